"""The frame of a year and the files that fill it."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from wanzhou_eval.models import User


class Frame(models.Model):
    """抽样框: the closed cases of a window from which a year's sample is drawn.

    Rows of the frame can be corrected until `sealed_at`; from then on a trigger refuses every
    change. `declared_total` is typed from the register by a second person. `clock_offset` is
    that of the plan above, which a frame does not know.
    """

    year = models.PositiveSmallIntegerField("年度", unique=True)
    window_from = models.DateField("办结起始日")
    window_to = models.DateField("办结截止日")
    rehearsal = models.BooleanField("演练", default=False)
    clock_offset = models.DurationField("演练时钟偏移", default=timedelta, db_default=timedelta())
    declared_total = models.PositiveIntegerField("申报件数", null=True)
    declared_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    sealed_at = models.DateTimeField("封存时间", null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(window_from__lte=F("window_to")), name="frame_window_in_order"
            ),
            models.CheckConstraint(
                condition=Q(rehearsal=True) | Q(clock_offset=timedelta()),
                name="frame_clock_moved_in_rehearsal_only",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年度抽样框"


class ImportBatch(models.Model):
    """One uploaded file: kept with its SHA-256, previewed, then confirmed or discarded."""

    class Content(models.TextChoices):
        """What the file lists."""

        LEDGER = "ledger", "办结案件台账"
        EXCLUSIONS = "exclusions", "部、市已抽评案件清单"

    frame = models.ForeignKey(Frame, on_delete=models.PROTECT, related_name="batches")
    content = models.CharField(max_length=10, choices=Content.choices)
    file_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("文件指纹", max_length=64)
    data = models.BinaryField()
    mapping = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(db_default=Now())
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    discarded_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(discarded_at__isnull=True),
                name="batch_confirmed_or_discarded",
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_name}（{self.sha256[:8]}）"

    @property
    def state(self) -> str:
        """What became of the file, in the words of every page."""
        if self.confirmed_at:
            return "已导入"
        if self.discarded_at:
            return "已放弃"
        if not self.summary:
            return "还没有核对完"
        return "有错误，未导入" if self.summary.get("errors") else "待确认"

    @property
    def unit(self) -> str:
        """What its lines are counted in: a ledger has cases, a list has lines."""
        return "件" if self.content == self.Content.LEDGER else "条"


class ImportJob(models.Model):
    """A large file at work in the background of the server: how far it is, why it ended.

    Whether the cases are there is told by the batch alone: `confirmed_at` is written in the
    same transaction as they. While that transaction lives it holds the advisory lock
    (`JOBS`, pk), which goes with the process, however it ends.
    """

    JOBS = 20220816

    class Work(models.TextChoices):
        """What the job does with the file."""

        CHECK = "check", "核对"
        MAP = "map", "按列核对"
        CONFIRM = "confirm", "导入"

    work = models.CharField(max_length=7, choices=Work.choices, default=Work.CONFIRM)
    mapping = models.JSONField("指定的列", null=True)
    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="jobs")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    step = models.CharField("步骤", max_length=20, blank=True)
    done = models.PositiveIntegerField("已写入", default=0)
    total = models.PositiveIntegerField("总数")
    stopped_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    sentence = models.CharField("没有导入的原因", max_length=400, blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["batch"], condition=Q(ended_at__isnull=True), name="job_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.batch} {self.done}/{self.total}"


class CleaningLine(models.Model):
    """清洗台账: what was changed between file and frame, by which rule; append-only.

    `by` is the person of a correction, rejection or removal; empty for a rule of the import,
    which the person who confirmed the file answers for.
    """

    batch = models.ForeignKey(
        ImportBatch, on_delete=models.PROTECT, related_name="cleaning", db_constraint=False
    )
    sheet = models.CharField(max_length=60, blank=True)
    row = models.PositiveIntegerField("行")
    column = models.CharField("列", max_length=40)
    before = models.CharField("原值", max_length=200)
    after = models.CharField("改为", max_length=200)
    rule = models.CharField("规则", max_length=400)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"第{self.row}行{self.column}"
