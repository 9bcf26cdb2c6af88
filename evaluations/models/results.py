"""合议与结果: proposals, gradings, the leader's approval and publications."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from evaluations.models.draw import DrawnCase
from evaluations.models.marking import SheetRound
from evaluations.models.plan import Plan
from experts.models import Expert
from wanzhou_eval.models import User


class Proposal(models.Model):
    """A grade one of the pair proposes, and what the other answered; append-only but for that.

    `amounts` are the deductions, `levels` the levels proposed for items on which the sheets differ,
    by item number; they need not be given.
    """

    class Answer(models.TextChoices):
        """What the partner said."""

        AGREED = "agreed", "同意"
        DISAGREED = "disagreed", "不同意"

    drawn_case = models.ForeignKey(DrawnCase, on_delete=models.PROTECT, related_name="proposals")
    round = models.CharField(max_length=6, choices=SheetRound.choices, default=SheetRound.FIRST)
    by = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="+")
    grade = models.CharField("提出等次", max_length=10)
    reason = models.CharField("理由", max_length=600)
    amounts = models.JSONField("单项合议扣分", default=dict)
    levels = models.JSONField("单项合议等次", default=dict)
    at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer.choices, blank=True)
    answered_by = models.ForeignKey(Expert, on_delete=models.PROTECT, null=True, related_name="+")
    answer_reason = models.CharField("不同意的理由", max_length=600, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["drawn_case", "round"], condition=Q(answer=""), name="proposal_one_open"
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | ~Q(answered_by=F("by")),
                name="proposal_answered_by_the_other",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.drawn_case} {self.grade}"

    @property
    def amounts_text(self) -> str:
        """What was proposed item by item, as the log tells it."""
        told = [f"{number} 扣 {amount}" for number, amount in self.amounts.items()]
        return "、".join(told + [f"{number} 评 {level}" for number, level in self.levels.items()])


class GradingOutcome(models.TextChoices):
    """How a grade came about: different facts, never blurred (article 6.2)."""

    AT_ONCE = "at_once", "两评一致"
    AGREED = "agreed", "协商一致"
    RULING = "ruling", "组长意见"
    UPHELD = "upheld", "复评维持"
    CHANGED = "changed", "复评变更"


class GradingQuerySet(models.QuerySet["Grading"]):
    """The words for selecting gradings."""

    def current(self) -> GradingQuerySet:
        """The grading in force of each case: the highest version."""
        later = Grading.objects.filter(
            drawn_case=models.OuterRef("drawn_case"), version__gt=models.OuterRef("version")
        )
        return self.exclude(models.Exists(later))


class Grading(models.Model):
    """定级 of a case; append-only: a changed grade is a new version beside the old."""

    drawn_case = models.ForeignKey(DrawnCase, on_delete=models.PROTECT, related_name="gradings")
    version = models.PositiveSmallIntegerField(default=1)
    grade = models.CharField("等次", max_length=10)
    outcome = models.CharField(max_length=8, choices=GradingOutcome.choices)
    reason = models.CharField("理由", max_length=1000, blank=True)
    dissent = models.CharField("不同意见", max_length=600, blank=True)
    failing = models.BooleanField("不合格", default=False)
    by = models.ForeignKey(Expert, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    objects = GradingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["drawn_case", "version"], name="grading_version_once"),
            models.CheckConstraint(
                condition=~Q(outcome="ruling") | ~Q(reason=""), name="grading_ruling_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.drawn_case} {self.grade}"


class ReviewGrading(models.Model):
    """What the 复评组 found for an appealed case, before the bureau answers; append-only.

    The grade in force stays a `Grading`: the bureau's answer adds it (article 6.3).
    """

    drawn_case = models.OneToOneField(
        DrawnCase, on_delete=models.PROTECT, related_name="review_grading"
    )
    grade = models.CharField("等次", max_length=10)
    outcome = models.CharField(max_length=8, choices=GradingOutcome.choices)
    reason = models.CharField("理由", max_length=1000, blank=True)
    dissent = models.CharField("不同意见", max_length=600, blank=True)
    by = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(outcome__in=["at_once", "agreed", "ruling"]),
                name="review_grading_known_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="ruling") | ~Q(reason=""), name="review_ruling_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.drawn_case} 复评 {self.grade}"


class Approval(models.Model):
    """送审单: submitted to 局领导, approved or returned for a defect of procedure."""

    class Decision(models.TextChoices):
        """What the leader decided; a grade can not be touched here."""

        APPROVED = "approved", "同意公布"
        RETURNED = "returned", "退回补正程序"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="approvals")
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    decision = models.CharField(max_length=8, choices=Decision.choices, blank=True)
    reason = models.CharField("理由", max_length=400, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan"], condition=Q(decision=""), name="approval_one_open"
            ),
            models.CheckConstraint(
                condition=~Q(decision="returned") | ~Q(reason=""), name="return_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("submitted_by")),
                name="approval_by_another_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} 送审"


class Publication(models.Model):
    """公布: a numbered snapshot of the public list; append-only. Where it stands: `places`.

    `appeal_until` is the first moment too late for an appeal, computed once with the calendar
    of that day and the same on every version: holidays edited later move no running deadline.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="publications")
    version = models.PositiveSmallIntegerField("版次")
    sha256 = models.CharField("公布稿指纹", max_length=64)
    coded = models.BooleanField("公布评估编号", default=False)
    reason = models.CharField("重新公布原因", max_length=200, blank=True)
    published_at = models.DateTimeField()
    appeal_until = models.DateTimeField("申辩期限")
    calendar_version = models.CharField("节假日安排指纹", max_length=16)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "version"], name="publication_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.plan} 第{self.version}版"

    @property
    def site(self) -> str:
        """Where it stands, as recorded."""
        return "、".join(place.name for place in self.places.all())


class PublicationLine(models.Model):
    """One line of the public list: exactly what the public sees, nothing else."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="lines")
    drawn_case = models.ForeignKey(DrawnCase, on_delete=models.PROTECT, related_name="+")
    ordinal = models.PositiveIntegerField("序号")
    number = models.CharField("案号", max_length=64)
    kind = models.CharField("案件类型", max_length=10)
    firm = models.CharField("承办机构", max_length=80)
    recipient = models.CharField("受援人（隐名）", max_length=120, blank=True)
    handler = models.CharField("承办人", max_length=200, blank=True)
    grade = models.CharField("等次", max_length=10)

    class Meta:
        ordering: ClassVar = ["ordinal"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["publication", "ordinal"], name="publication_line_once")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.grade}"


class PublicLookup(models.Model):
    """One search on the public page: counted per address to slow down whoever copies the list.

    Kept for the counting only; older rows go with the next search.
    """

    address = models.GenericIPAddressField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar = [models.Index(fields=["address", "at"], name="lookup_address")]

    def __str__(self) -> str:
        return f"{self.address} {self.at:%F %T}"
