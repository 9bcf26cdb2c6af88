"""评估补贴: payments, each with the sealed sheets that it pays for."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from evaluations.models.marking import ScoreSheet
from evaluations.models.plan import Plan
from experts.models import Expert
from wanzhou_eval.models import User


class AllowancePayment(models.Model):
    """What an expert was paid: entered by one person with evidence, confirmed by another.

    The sheets are written with the confirmation (`AllowanceSheet`); a returned entry pays nothing.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="payments")
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="payments")
    sheets = models.PositiveSmallIntegerField("件次")
    rate = models.DecimalField("单价（元）", max_digits=7, decimal_places=2)
    amount = models.DecimalField("金额（元）", max_digits=9, decimal_places=2)
    paid_on = models.DateField("发放日期")
    evidence = models.CharField("发放凭据", max_length=120)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    returned_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    returned_at = models.DateTimeField(null=True)
    return_reason = models.CharField("退回理由", max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(sheets__gte=1, amount=F("sheets") * F("rate")),
                name="allowance_amount_is_sheets_times_rate",
            ),
            models.CheckConstraint(condition=~Q(evidence=""), name="allowance_has_evidence"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("entered_by")),
                name="allowance_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(returned_at__isnull=True),
                name="allowance_confirmed_or_returned",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="allowance_confirmation_complete",
            ),
            models.UniqueConstraint(
                fields=["plan", "expert"],
                condition=Q(confirmed_at__isnull=True, returned_at__isnull=True),
                name="allowance_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.expert} {self.amount}元"


class AllowanceSheet(models.Model):
    """A sealed sheet that was paid for: once, ever; append-only."""

    payment = models.ForeignKey(AllowancePayment, on_delete=models.PROTECT, related_name="lines")
    sheet = models.OneToOneField(ScoreSheet, on_delete=models.PROTECT, related_name="allowance")
    recorded_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.payment} {self.sheet}"
