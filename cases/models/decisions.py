"""What people decided about single rows and cases: kept facts, none of them silent."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cases.models.imports import Frame, ImportBatch
from cases.models.population import Case
from wanzhou_eval.models import User


class RejectedRow(models.Model):
    """A row of a file that is deliberately not imported: where, what stood there, why, who.

    It counts in the control total once its file is confirmed and until it is withdrawn.
    `fingerprint` finds the same row in the next file.
    """

    frame = models.ForeignKey(Frame, on_delete=models.PROTECT, related_name="rejected_rows")
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="rejected_rows")
    sheet = models.CharField(max_length=60, blank=True)
    row = models.PositiveIntegerField("行")
    number_original = models.CharField("原始案号", max_length=120, blank=True)
    found = models.CharField("检查发现", max_length=200)
    code = models.CharField("原因代码", max_length=20)
    reason = models.CharField("原因", max_length=200)
    fingerprint = models.CharField(max_length=64)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())
    withdrawn_reason = models.CharField("撤回理由", max_length=200, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "sheet", "row"], name="rejected_row_once"),
            models.CheckConstraint(
                condition=~Q(code="") & ~Q(reason=""), name="rejected_row_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_reason=""),
                name="rejected_row_withdrawn_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"第{self.row}行 {self.number_original}"


class Absence(models.Model):
    """缺少: a case of the frame that a new file does not have, and what was decided about it."""

    class Decision(models.TextChoices):
        """Nothing is decided by default."""

        OPEN = "", "待定"
        KEEP = "keep", "保留"
        REMOVE = "remove", "移出"

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="absences")
    case = models.ForeignKey(
        Case, on_delete=models.DO_NOTHING, db_constraint=False, related_name="absences"
    )
    key = models.CharField(max_length=64)
    number = models.CharField("案号", max_length=64)
    serial = models.PositiveIntegerField("卷宗号")
    decision = models.CharField(max_length=6, choices=Decision.choices, blank=True)
    reason = models.CharField("原因", max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["serial"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "key"], name="absence_once_per_file"),
            models.CheckConstraint(
                condition=~Q(decision="remove") | ~Q(reason=""), name="absence_removal_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.get_decision_display()}"


class RowChange(models.Model):
    """新增 or 修改 by a file, against what stood before: one line per changed field."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="changes")
    is_new = models.BooleanField("新增", default=False)
    sheet = models.CharField(max_length=60, blank=True)
    row = models.PositiveIntegerField("行")
    number = models.CharField("案号", max_length=64)
    column = models.CharField("列", max_length=40, blank=True)
    before = models.CharField("原值", max_length=400, blank=True)
    after = models.CharField("改为", max_length=400, blank=True)
    corrected = models.BooleanField("曾人工更正", default=False)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.number} {self.column or '新增'}"


class Correction(models.Model):
    """更正: one field of one case, before and after, why, by which paper, by whom; append-only.

    A removed case leaves its corrections behind, hence no constraint on `case`.
    """

    frame = models.ForeignKey(Frame, on_delete=models.PROTECT, related_name="corrections")
    case = models.ForeignKey(
        Case, on_delete=models.DO_NOTHING, db_constraint=False, related_name="corrections"
    )
    number = models.CharField("案号", max_length=64)
    field = models.CharField(max_length=20)
    column = models.CharField("项目", max_length=40)
    before = models.CharField("原值", max_length=400, blank=True)
    after = models.CharField("改为", max_length=400, blank=True)
    reason = models.CharField("理由", max_length=200)
    document = models.CharField("依据", max_length=120)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(document=""), name="correction_has_reason"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.column}"


class Removal(models.Model):
    """A case or an exclusion taken out of the frame, with all that stood there; append-only.

    A trigger lets no case and no exclusion be deleted without its line here.
    """

    class What(models.TextChoices):
        """What was taken out."""

        CASE = "case", "案件"
        EXCLUSION = "exclusion", "剔除"

    frame = models.ForeignKey(Frame, on_delete=models.PROTECT, related_name="removals")
    what = models.CharField(max_length=9, choices=What.choices)
    row_id = models.BigIntegerField()
    number = models.CharField("案号", max_length=120)
    facts = models.JSONField()
    reason = models.CharField("原因", max_length=200)
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["what", "row_id"], name="removal_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="removal_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.reason}"
