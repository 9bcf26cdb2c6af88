"""问题处理: recovery and inquiry of a final 不合格, 整改 of a weak case (article 7)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from evaluations.models import DrawnCase
from wanzhou_eval.models import User


class Recovery(models.Model):
    """补贴追回 of a final 不合格 (article 7).

    `paid_out` is what the ledger says was paid, `costs` what was paid beside it and is proved by
    `basis`; never more than both together comes back. A review that changes the grade lifts it:
    then what came back goes back (`RecoveryPayment` of kind 退还).
    """

    class Ending(models.TextChoices):
        """How it was closed."""

        PAID = "paid", "已收清"
        NOTHING = "nothing", "没有应收回的款项"
        LIFTED = "lifted", "复评改定等次，撤销追回"

    drawn_case = models.OneToOneField(DrawnCase, on_delete=models.PROTECT, related_name="recovery")
    paid_out = models.DecimalField("台账已发补贴（元）", max_digits=9, decimal_places=2, null=True)
    costs = models.DecimalField(
        "另行查明的补贴和费用（元）", max_digits=9, decimal_places=2, default=0
    )
    amount = models.DecimalField("应收回（元）", max_digits=9, decimal_places=2)
    basis = models.CharField("核定依据", max_length=200, blank=True)
    assessed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    notice = models.CharField("通知文号", max_length=60, blank=True)
    noticed_at = models.DateTimeField("通知登记时间", null=True)
    due_on = models.DateField("收回期限", null=True)
    lifted_at = models.DateTimeField("撤销时间", null=True)
    lifted_reason = models.CharField("撤销凭据", max_length=200, blank=True)
    ending = models.CharField("办结方式", max_length=8, choices=Ending.choices, blank=True)
    closed_at = models.DateTimeField("办结时间", null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="recovery_not_negative"),
            models.CheckConstraint(
                condition=Q(paid_out__isnull=True, amount__lte=F("costs"))
                | Q(paid_out__isnull=False, amount__lte=F("paid_out") + F("costs")),
                name="recovery_within_what_was_paid_out",
            ),
            models.CheckConstraint(
                condition=Q(costs=0) | (Q(costs__gt=0) & ~Q(basis="")),
                name="recovery_costs_have_a_basis",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, ending="")
                | (Q(closed_at__isnull=False) & ~Q(ending="")),
                name="recovery_closed_somehow",
            ),
            models.CheckConstraint(
                condition=~Q(ending="nothing") | (Q(amount=0) & ~Q(basis="")),
                name="recovery_of_nothing_has_a_basis",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True) | ~Q(lifted_reason=""),
                name="recovery_lifted_with_evidence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.drawn_case} 追回{self.amount}元"


class RecoveryPayment(models.Model):
    """One instalment paid back, or given back after the grade changed; append-only."""

    class Kind(models.TextChoices):
        """Which way the money went."""

        PAID = "paid", "收回"
        RETURNED = "returned", "退还"

    recovery = models.ForeignKey(Recovery, on_delete=models.PROTECT, related_name="payments")
    kind = models.CharField("款项", max_length=8, choices=Kind.choices, default=Kind.PAID)
    amount = models.DecimalField("金额（元）", max_digits=9, decimal_places=2)
    paid_on = models.DateField("日期")
    evidence = models.CharField("凭证", max_length=120)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive"),
            models.CheckConstraint(condition=~Q(evidence=""), name="payment_has_evidence"),
        ]

    def __str__(self) -> str:
        return f"{self.recovery} {self.get_kind_display()}{self.amount}元"


class Inquiry(models.Model):
    """履职调查 by the competent body, started for a final 不合格 (article 7)."""

    drawn_case = models.OneToOneField(DrawnCase, on_delete=models.PROTECT, related_name="inquiry")
    body = models.CharField("移送单位", max_length=80, blank=True)
    transferred_on = models.DateField("移送日期", null=True)
    outcome = models.CharField("处理结果", max_length=400, blank=True)
    evidence = models.CharField("处理结果凭据", max_length=120, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField("办结时间", null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | (~Q(outcome="") & ~Q(evidence="")),
                name="inquiry_closed_with_evidence",
            )
        ]

    def __str__(self) -> str:
        return f"{self.drawn_case} 履职调查"


class Rectification(models.Model):
    """整改 of a case that is not 不合格 but weak: by the plan's limit, or as 科室 decides.

    It closes with an accepted proof, or is lifted with a reason and its document.
    """

    class Ground(models.TextChoices):
        """Why it was opened."""

        RULE = "rule", "达到方案规定的扣分"
        DECISION = "decision", "科室决定"

    drawn_case = models.OneToOneField(
        DrawnCase, on_delete=models.PROTECT, related_name="rectification"
    )
    ground = models.CharField("原因", max_length=8, choices=Ground.choices)
    reason = models.CharField("理由", max_length=300)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    notice = models.CharField("整改通知文号", max_length=60, blank=True)
    demand = models.CharField("整改要求", max_length=600, blank=True)
    due_on = models.DateField("整改期限", null=True)
    noticed_at = models.DateTimeField("通知登记时间", null=True)
    lifted_reason = models.CharField("撤销理由", max_length=300, blank=True)
    lifted_evidence = models.CharField("撤销凭据", max_length=120, blank=True)
    closed_at = models.DateTimeField("办结时间", null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="rectification_has_a_reason"),
            models.CheckConstraint(
                condition=Q(notice="", demand="", due_on__isnull=True, noticed_at__isnull=True)
                | (
                    ~Q(notice="")
                    & ~Q(demand="")
                    & Q(due_on__isnull=False, noticed_at__isnull=False)
                ),
                name="rectification_notice_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(lifted_reason="", lifted_evidence="")
                | (~Q(lifted_reason="") & ~Q(lifted_evidence="")),
                name="rectification_lifted_with_evidence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.drawn_case} 整改"


class RectificationProof(models.Model):
    """整改情况 as handed in, and what 科室 found; append-only: a returned one stays on record."""

    rectification = models.ForeignKey(
        Rectification, on_delete=models.PROTECT, related_name="proofs"
    )
    received_on = models.DateField("收到日期")
    proof = models.CharField("整改情况", max_length=600)
    evidence = models.CharField("整改凭据", max_length=120)
    accepted = models.BooleanField("核验通过")
    note = models.CharField("核验意见", max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(proof="") & ~Q(evidence=""), name="proof_has_evidence"
            ),
            models.CheckConstraint(
                condition=Q(accepted=True) | ~Q(note=""), name="returned_proof_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rectification} {self.received_on:%F}"
