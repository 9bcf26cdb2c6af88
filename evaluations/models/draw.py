"""抽选: draws by LAQD/1, what happened to them later, and the cases drawn."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now

from cases.models import Case
from evaluations.models.plan import Plan
from wanzhou_eval.models import User


class DrawKind(models.TextChoices):
    """What is drawn. `review` draws a 复评组 for one appealed case."""

    SAMPLE = "sample", "抽选案件"
    EXPERTS = "experts", "抽选专家"
    MATCH = "match", "匹配案件与小组"
    REVIEW = "review", "抽选复评组"


ROLLED = Func(
    F("seed"), Value("+"), Value(1), function="split_part", output_field=models.CharField()
)
"""The rolled digits of a seed, without a commitment: no draw of any year has them again."""
OPENED = r"^[0-9]{20,200}\+[0-9a-f]{64}$"
"""A seed with the value of the commitment (draw.md §2.2)."""


class DrawQuerySet(models.QuerySet["Draw"]):
    """The words for selecting draws."""

    def live(self) -> DrawQuerySet:
        """Draws that are not void."""
        return self.filter(voided_at__isnull=True)

    def rolled(self, seed: str) -> DrawQuerySet:
        """Draws of any year that were held with the rolled digits of this seed."""
        return self.alias(rolled=ROLLED).filter(rolled=seed.partition("+")[0])


class Draw(models.Model):
    """One draw: frozen list, seed, result, in this order and each only once (draw.md §2).

    The texts are kept to the byte; whoever has them re-computes everything. A void is asked for
    by one person (`voided_by`, `void_reason`) and takes effect (`voided_at`) when another
    confirms it; the void draw stays on record, the next attempt has a new code, list and seed.
    `commitment` is what the list says of the value in the envelope; the value itself is nowhere
    until it is typed from the paper and becomes the end of the seed.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="draws")
    kind = models.CharField(max_length=8, choices=DrawKind.choices)
    target = models.CharField("对象", max_length=64, blank=True)
    attempt = models.PositiveSmallIntegerField("次数", default=1)
    code = models.CharField("编号", max_length=40, unique=True)
    hash_name = models.CharField(max_length=8, choices=Plan.HashName.choices)
    freeze_text = models.TextField()
    freeze_hash = models.CharField("名单指纹", max_length=64)
    commitment = models.CharField("承诺", max_length=64, blank=True)
    cleaning_hash = models.CharField("清洗台账指纹", max_length=64, blank=True)
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    sheet_a_at = models.DateTimeField("指纹单签名时间", null=True)
    sheet_a_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    seed = models.CharField("种子", max_length=270, blank=True)
    seed_source = models.CharField("种子来源", max_length=8, blank=True)
    readback = models.CharField("复读码", max_length=8, blank=True)
    seed_entered_at = models.DateTimeField(null=True)
    seed_entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    first_typing = models.CharField(max_length=270, blank=True)
    first_typed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    witnesses = models.CharField("在场见证人", max_length=200, blank=True)
    result_text = models.TextField(blank=True)
    result_hash = models.CharField("结果指纹", max_length=64, blank=True)
    drawn_at = models.DateTimeField(null=True)
    announced = models.PositiveIntegerField("已宣读件数", default=0)
    paused = models.BooleanField("暂停宣读", default=False)
    signed_at = models.DateTimeField("签名锁定时间", null=True)
    voided_at = models.DateTimeField("作废时间", null=True)
    void_reason = models.CharField("作废理由", max_length=200, blank=True)
    voided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    void_confirmed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = DrawQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "kind", "target"],
                condition=Q(voided_at__isnull=True),
                name="draw_one_live",
            ),
            models.UniqueConstraint(
                fields=["plan", "kind", "target", "attempt"], name="draw_attempt_once"
            ),
            models.UniqueConstraint(ROLLED, condition=~Q(seed=""), name="draw_seed_used_once"),
            models.CheckConstraint(
                condition=Q(seed="")
                | (Q(first_typing=ROLLED) & ~Q(first_typed_by=F("seed_entered_by"))),
                name="draw_typed_by_two_people",
            ),
            models.CheckConstraint(
                condition=(
                    Q(seed="")
                    | (Q(commitment="") & ~Q(seed__contains="+"))
                    | (~Q(commitment="") & Q(seed__regex=OPENED))
                ),
                name="draw_seed_opens_commitment",
            ),
            models.CheckConstraint(
                condition=(
                    Q(first_typed_by__isnull=True, first_typing="", seed="")
                    | Q(first_typed_by__isnull=False, sheet_a_at__isnull=False)
                ),
                name="draw_typed_after_sheet_a",
            ),
            models.CheckConstraint(
                condition=(
                    (Q(sheet_a_at__isnull=True) | Q(sheet_a_at__gte=F("frozen_at")))
                    & (Q(seed="") | Q(seed_entered_at__gte=F("sheet_a_at")))
                    & (Q(signed_at__isnull=True) | Q(signed_at__gte=F("drawn_at")))
                    & (Q(signed_at__isnull=True) | Q(drawn_at__isnull=False))
                    & (Q(voided_at__isnull=True) | Q(voided_at__gte=F("frozen_at")))
                ),
                name="draw_times_in_order",
            ),
            models.CheckConstraint(
                condition=(
                    Q(seed="", seed_entered_at__isnull=True)
                    | (~Q(seed="") & Q(seed_entered_at__gt=F("frozen_at")))
                ),
                name="draw_seed_after_freeze",
            ),
            models.CheckConstraint(
                condition=(
                    Q(result_hash="", drawn_at__isnull=True)
                    | (~Q(result_hash="") & ~Q(seed="") & Q(drawn_at__gte=F("seed_entered_at")))
                ),
                name="draw_result_after_seed",
            ),
            models.CheckConstraint(
                condition=(
                    Q(voided_at__isnull=True, void_confirmed_by__isnull=True)
                    | (
                        Q(voided_at__isnull=False)
                        & Q(voided_by__isnull=False, void_confirmed_by__isnull=False)
                        & ~Q(void_reason="")
                        & ~Q(voided_by=F("void_confirmed_by"))
                    )
                ),
                name="draw_void_needs_reason_and_two_people",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class DrawEvent(models.Model):
    """A replacement after a draw: by the draw's own order, with its reason; append-only.

    One person records a missing file or a withdrawal (`by`), another confirms it
    (`confirmed_by`): no single account changes what was drawn. For a late recusal `item` is the
    expert, `case_number` the case and `replacement` the panel. `facts` is what else the rule
    decided by at that moment, for the certificate: `also` further persons left out, each with
    the reason; `panels` and `sat` the panels and the pair that withdrawals changed.
    """

    class Kind(models.TextChoices):
        """Why an item was replaced."""

        MISSING = "missing", "卷宗缺失"
        INELIGIBLE = "ineligible", "不符合条件"
        WITHDRAWN = "withdrawn", "专家退出"
        RECUSED = "recused", "回避"

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    item = models.CharField("原项", max_length=64)
    case_number = models.CharField("案号", max_length=64, blank=True)
    replacement = models.CharField("替换为", max_length=64, blank=True)
    facts = models.JSONField("认定时的情况", default=dict)
    reason = models.CharField("原因", max_length=200)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["draw", "kind", "item", "case_number"], name="event_once_per_item"
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind="recused")
                    | (Q(by__isnull=False, confirmed_by__isnull=False) & ~Q(by=F("confirmed_by")))
                ),
                name="event_needs_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draw} {self.item} → {self.replacement}"


class DrawnCaseQuerySet(models.QuerySet["DrawnCase"]):
    """The words for selecting drawn cases."""

    def standing(self) -> DrawnCaseQuerySet:
        """Cases that are evaluated: drawn by a live draw and not replaced."""
        return self.filter(draw__voided_at__isnull=True, replaced_at__isnull=True)

    def of(self, plan: Plan) -> DrawnCaseQuerySet:
        """Standing cases of a plan."""
        return self.standing().filter(draw__plan=plan)


class DrawnCase(models.Model):
    """抽中案件: a case in the sample, or the reserve that took the place of a missing one."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="cases")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="drawn")
    rank = models.PositiveIntegerField("签序")
    stratum = models.CharField("分层", max_length=80)
    ticket = models.CharField("签号", max_length=64)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )
    replaced_at = models.DateTimeField(null=True)

    objects = DrawnCaseQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["rank"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draw", "case"], name="drawn_once"),
        ]

    def __str__(self) -> str:
        return str(self.case)
