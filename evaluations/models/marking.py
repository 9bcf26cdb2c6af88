"""评分: standards as data, score sheets and marks."""

from __future__ import annotations

from operator import attrgetter
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from evaluations.models.draw import DrawnCase
from experts.models import Expert
from wanzhou_eval.models import User


class Method(models.TextChoices):
    """评分办法: marks taken off a hundred, or a level for every item and an overall judgement."""

    POINTS = "points", "百分扣分"
    LEVELS = "levels", "逐项评等次"


class ScoringStandard(models.Model):
    """评分标准: a version of items and bands with its basis; locked once anybody scores by it.

    `method` says what its items take; it never changes. `sha256` is that of the imported file, or
    of the content once a draft was edited in the browser (`edited_at`).
    """

    name = models.CharField("名称", max_length=80)
    version = models.PositiveSmallIntegerField("版本")
    method = models.CharField(
        "评分办法", max_length=6, choices=Method.choices, default=Method.POINTS
    )
    copied_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    basis = models.CharField("依据", max_length=200, blank=True)
    draft_note = models.CharField("说明", max_length=200, blank=True)
    sha256 = models.CharField("指纹", max_length=64, blank=True)
    edited_at = models.DateTimeField("编辑时间", null=True)
    locked_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "version"], name="standard_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.name}（第{self.version}版）"

    @property
    def by_level(self) -> bool:
        """Whether its items take levels."""
        return self.method == Method.LEVELS


class GradeBand(models.Model):
    """等次 with its lower limit, inclusive: on the unrounded total, or the overall judgement."""

    standard = models.ForeignKey(ScoringStandard, on_delete=models.CASCADE, related_name="bands")
    name = models.CharField("等次", max_length=10)
    floor = models.DecimalField("下限（含）", max_digits=6, decimal_places=2)
    ordinal = models.PositiveSmallIntegerField(default=1)
    failing = models.BooleanField("不合格等次", default=False)

    class Meta:
        ordering: ClassVar = ["-floor"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["standard", "floor"], name="band_floor_once"),
            models.UniqueConstraint(fields=["standard", "name"], name="band_name_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ≥{self.floor}"


class Item(models.Model):
    """评估项目 of one scope (case type and stage); `veto` items carry no marks.

    Nor does an item `by_level`: it takes a level of 1 to 3, as the method of its standard has it.
    """

    standard = models.ForeignKey(ScoringStandard, on_delete=models.CASCADE, related_name="items")
    scope = models.CharField("适用范围", max_length=40)
    section = models.CharField("一级指标", max_length=40)
    ordinal = models.PositiveSmallIntegerField("次序")
    number = models.CharField("编号", max_length=10)
    title = models.CharField("评估项目", max_length=60)
    guidance = models.CharField("评分说明", max_length=300)
    rule = models.CharField("扣分规则", max_length=300, blank=True)
    where = models.CharField("看卷位置", max_length=80, blank=True)
    training = models.CharField("培训口径", max_length=400, blank=True)
    full_marks = models.DecimalField("分值", max_digits=5, decimal_places=2)
    veto = models.BooleanField("一票否决", default=False)
    by_level = models.BooleanField("评等次", default=False)
    na_allowed = models.BooleanField("可记不适用", default=True)

    class Meta:
        ordering: ClassVar = ["scope", "ordinal"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["standard", "scope", "ordinal"], name="item_ordinal_once"
            ),
            models.UniqueConstraint(
                fields=["standard", "scope", "number"], name="item_number_once"
            ),
            models.CheckConstraint(
                condition=Q(veto=True, full_marks=0, by_level=False)
                | Q(veto=False, full_marks=0, by_level=True)
                | Q(veto=False, full_marks__gt=0, by_level=False),
                name="item_marks_or_level_or_veto",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class DeductionReason(models.Model):
    """扣分情形: `low` to `high` marks; a fixed amount where both are equal.

    The cause of a low level has no amounts: both are 0 there, and only there.
    """

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="reasons")
    ordinal = models.PositiveSmallIntegerField("数字键")
    text = models.CharField("情形", max_length=120)
    low = models.DecimalField("最少扣", max_digits=5, decimal_places=2)
    high = models.DecimalField("最多扣", max_digits=5, decimal_places=2)
    other = models.BooleanField("其他（写明理由）", default=False)

    class Meta:
        ordering: ClassVar = ["ordinal"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "ordinal"], name="reason_ordinal_once"),
            models.CheckConstraint(
                condition=Q(low__gt=0, high__gte=models.F("low")) | Q(low=0, high=0),
                name="reason_amounts_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class SheetRound(models.TextChoices):
    """First evaluation or 复评."""

    FIRST = "first", "初评"
    REVIEW = "review", "复评"


class ScoreSheetQuerySet(models.QuerySet["ScoreSheet"]):
    """Blindness (背靠背) is here: who may read a sheet is a condition on rows."""

    def written_by(self, user: User) -> ScoreSheetQuerySet:
        """The reader's own sheets."""
        return self.filter(expert__person_id=user.person_id) if user.person_id else self.none()

    def revealed(self) -> ScoreSheetQuerySet:
        """Sheets of cases of which both sheets of this round are sealed.

        One sealed sheet whose partner's was withdrawn stays hidden: the replacement is blind too.
        """
        standing = ScoreSheet.objects.filter(
            drawn_case=models.OuterRef("drawn_case"),
            round=models.OuterRef("round"),
            withdrawn_at__isnull=True,
        )
        partner = standing.filter(sealed=True).exclude(pk=models.OuterRef("pk"))
        return self.filter(
            models.Exists(partner),
            ~models.Exists(standing.filter(sealed=False)),
            sealed=True,
            withdrawn_at__isnull=True,
        ).select_related("content")

    def standing(self) -> ScoreSheetQuerySet:
        """Sheets that count: not withdrawn by recusal or replacement."""
        return self.filter(withdrawn_at__isnull=True)

    def with_case(self) -> ScoreSheetQuerySet:
        """Joined to case, plan, expert and standard; the draw's long texts stay where they are."""
        draw = "drawn_case__draw"
        return self.select_related(
            "drawn_case__case", f"{draw}__plan", "expert__person", "standard", "content"
        ).defer(f"{draw}__freeze_text", f"{draw}__result_text")


class ScoreSheet(models.Model):
    """评分表 of one expert for one case: whose it is and how far, never what stands on it.

    What the author wrote and when is in `content`, which the database shows to nobody else before
    the reveal; the names below read it from there. `begun`, `sealed` and `paper` are kept by
    triggers and written by no page. `withdrawn_at` ends a sheet whose case went to other experts
    after a recusal or a replacement; its marks are kept and shown to nobody. A seal taken back by
    its author, or given back to him by one of the pair (`returned_by`), leaves the sealed sheet as
    it was and opens a new `edition` of it beside the old; `origin` is the first edition. Why is
    told in the content of the new edition, which speaks of scores.
    """

    drawn_case = models.ForeignKey(DrawnCase, on_delete=models.PROTECT, related_name="sheets")
    round = models.CharField(max_length=6, choices=SheetRound.choices, default=SheetRound.FIRST)
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="sheets")
    leads = models.BooleanField("组长", default=False)
    position = models.PositiveSmallIntegerField("件序", default=1)
    standard = models.ForeignKey(ScoringStandard, on_delete=models.PROTECT, related_name="+")
    scope = models.CharField(max_length=40)
    begun = models.BooleanField("已开始", default=False)
    sealed = models.BooleanField("已封存", default=False)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField("收回原因", max_length=200, blank=True)
    returned_by = models.ForeignKey(Expert, on_delete=models.PROTECT, null=True, related_name="+")
    paper = models.BooleanField("纸质", default=False)
    origin = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="editions")
    edition = models.PositiveSmallIntegerField("版次", default=1)

    objects = ScoreSheetQuerySet.as_manager()
    version = property(attrgetter("content.version"))
    comment = property(attrgetter("content.comment"))
    overall = property(attrgetter("content.overall"))
    saved_at = property(attrgetter("content.saved_at"))
    sealed_at = property(attrgetter("content.sealed_at"))
    total = property(attrgetter("content.total"))
    grade = property(attrgetter("content.grade"))
    seal_hash = property(attrgetter("content.seal_hash"))

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["drawn_case", "round", "expert"],
                condition=Q(withdrawn_at__isnull=True),
                name="sheet_once_per_expert",
            ),
            models.UniqueConstraint(
                fields=["drawn_case", "round"],
                condition=Q(leads=True, withdrawn_at__isnull=True),
                name="sheet_one_leader",
            ),
            models.UniqueConstraint(fields=["origin", "edition"], name="sheet_edition_once"),
            models.CheckConstraint(
                condition=Q(origin__isnull=True, edition=1)
                | Q(origin__isnull=False, edition__gt=1),
                name="sheet_edition_of_origin",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.drawn_case} {self.expert}"


class Mark(models.Model):
    """One item on a sheet. No row, or neither deduction nor level, is not scored yet: blank ≠ 0.

    `bulk`: written for the rest of a section at once, not item by item.
    """

    class State(models.TextChoices):
        """How the item was dealt with."""

        SCORED = "", "已评"
        NOT_APPLICABLE = "na", "不适用"
        CANNOT_ASSESS = "cannot", "无法评价"
        VETO = "veto", "一票否决成立"

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.PROTECT, related_name="marks")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=6, choices=State.choices, default="", blank=True)
    deduction = models.DecimalField("扣分", max_digits=5, decimal_places=2, null=True)
    level = models.PositiveSmallIntegerField("等次", null=True)
    reasons = models.JSONField("扣分情形", default=list)
    pages = models.CharField("卷宗页码", max_length=60, blank=True)
    note = models.CharField("说明", max_length=400, blank=True)
    bulk = models.BooleanField("成批记入", default=False)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sheet", "item"], name="mark_once_per_item"),
            models.CheckConstraint(
                condition=Q(deduction__isnull=True) | Q(deduction__gte=0),
                name="mark_deduction_not_negative",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["na", "cannot"]) | Q(deduction__isnull=True) & ~Q(note=""),
                name="mark_left_out_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(level__isnull=True)
                | Q(level__gte=1, level__lte=3, state="", deduction__isnull=True),
                name="mark_level_alone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet} {self.item}"
