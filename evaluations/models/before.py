"""Before the first sheet: undertaking, training, and the files that all experts score on trial."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from cases.models import Case
from evaluations.models.marking import ScoringStandard
from evaluations.models.plan import Plan
from experts.models import Expert, Recusal
from wanzhou_eval.models import User


class Undertaking(models.Model):
    """保密承诺与回避声明, signed by the expert in the system before the first sheet.

    `text_version` names the wording of `rules.undertakings`, `text_sha256` proves it. Relations
    declared while signing are recusals like any other; here is which.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="undertakings")
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="undertakings")
    text_version = models.CharField(max_length=20)
    text_sha256 = models.CharField("文本指纹", max_length=64)
    declares = models.BooleanField("申报了回避关系", default=False)
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "expert"], name="undertaking_once")
        ]

    def __str__(self) -> str:
        return f"{self.expert} {self.signed_at:%F}"


class DeclaredRelation(models.Model):
    """A recusal that was declared on an undertaking; append-only like both."""

    undertaking = models.ForeignKey(Undertaking, on_delete=models.PROTECT, related_name="declared")
    recusal = models.OneToOneField(Recusal, on_delete=models.PROTECT, related_name="declared_on")

    def __str__(self) -> str:
        return f"{self.undertaking} {self.recusal}"


class Training(models.Model):
    """专项培训 (article 9.3): when, where, by whom, and what was agreed; append-only.

    A wrong record is answered by a later one that `corrects` it; both stay.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="trainings")
    held_on = models.DateField("培训日期")
    place = models.CharField("地点", max_length=80)
    trainer = models.CharField("主讲", max_length=80)
    notes = models.TextField("培训口径", max_length=4000)
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="corrected_by"
    )
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["held_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(notes=""), name="training_has_notes")
        ]

    def __str__(self) -> str:
        return f"{self.held_on:%F} {self.place}"


class Attendance(models.Model):
    """An expert who took part in a training."""

    training = models.ForeignKey(Training, on_delete=models.PROTECT, related_name="attendances")
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["training", "expert"], name="attendance_once")
        ]

    def __str__(self) -> str:
        return f"{self.training} {self.expert}"


class Trial(models.Model):
    """试评: one to four files that all experts score before the start, to compare their reading.

    Tables of their own: no sum of the evaluation can ever meet a trial sheet. `closed_at` is set
    when everybody sealed, or when the bureau ends it with a reason.
    """

    plan = models.OneToOneField(Plan, on_delete=models.PROTECT, related_name="trial")
    standard = models.ForeignKey(ScoringStandard, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField("选用理由", max_length=300)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_reason = models.CharField("结束原因", max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="trial_has_reason"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_reason="")
                | Q(closed_at__isnull=False) & ~Q(closed_reason=""),
                name="trial_closed_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan.year}年度试评"


class TrialFile(models.Model):
    """A file of the trial under its number 1 to 4."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="files")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    ordinal = models.PositiveSmallIntegerField("试评序号")
    scope = models.CharField(max_length=40)

    class Meta:
        ordering: ClassVar = ["ordinal"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["trial", "case"], name="trial_file_once"),
            models.UniqueConstraint(fields=["trial", "ordinal"], name="trial_ordinal_once"),
            models.CheckConstraint(
                condition=Q(ordinal__gte=1, ordinal__lte=4), name="trial_one_to_four_files"
            ),
        ]

    def __str__(self) -> str:
        return f"试评{self.ordinal}号"


class TrialSheet(models.Model):
    """One expert's sheet of a trial file; immutable once sealed (trigger).

    `marks` holds what was entered, by item key as text: a trial is small and never added up.
    """

    file = models.ForeignKey(TrialFile, on_delete=models.PROTECT, related_name="sheets")
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="+")
    marks = models.JSONField(default=dict)
    comment = models.CharField("总体意见", max_length=1000, blank=True)
    overall = models.PositiveSmallIntegerField("总体判断", null=True)
    saved_at = models.DateTimeField(null=True)
    sealed_at = models.DateTimeField(null=True)
    total = models.DecimalField("总分", max_digits=9, decimal_places=6, null=True)
    grade = models.CharField("等次", max_length=10, blank=True)

    class Meta:
        ordering: ClassVar = ["file__ordinal", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["file", "expert"], name="trial_sheet_once"),
            models.CheckConstraint(
                condition=Q(sealed_at__isnull=True, total__isnull=True, grade="")
                | Q(sealed_at__isnull=False, total__isnull=False) & ~Q(grade=""),
                name="trial_total_only_when_sealed",
            ),
            models.CheckConstraint(
                condition=Q(overall__isnull=True)
                | Q(overall__gte=1, overall__lte=5, sealed_at__isnull=True)
                | Q(overall__gte=1, overall__lte=5, total=F("overall")) & ~Q(comment=""),
                name="trial_overall_is_the_total",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file} {self.expert}"
