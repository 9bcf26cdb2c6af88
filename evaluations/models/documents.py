"""文书: templates that the bureau edited in Word, and packs of documents made in the background."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from evaluations.models.plan import Plan
from evaluations.rules.documents import LABELS
from wanzhou_eval.models import User

KINDS = [(kind.value, label) for kind, label in LABELS.items()]


class DocumentTemplate(models.Model):
    """A version of a template; append-only. Without data it goes back to the built-in one."""

    kind = models.CharField("文书", max_length=16, choices=KINDS)
    version = models.PositiveSmallIntegerField("版次")
    built_in = models.BooleanField("恢复内置", default=False)
    name = models.CharField("文件名", max_length=120, blank=True)
    data = models.BinaryField()
    sha256 = models.CharField("指纹", max_length=64, blank=True)
    reason = models.CharField("修改说明", max_length=200)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["kind", "version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "version"], name="template_version_once"),
            models.CheckConstraint(
                condition=Q(built_in=True, data=b"", sha256="")
                | (Q(built_in=False) & ~Q(data=b"") & ~Q(sha256="")),
                name="template_has_a_file_or_none",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}模板第{self.version}版"


class DocumentPack(models.Model):
    """All documents of one kind of a year as a ZIP, made in the background.

    The job lives as long as the advisory lock `PACKS`, `pk` is held. Only the latest pack of a year
    and kind is kept: it can be made anew at any time.
    """

    PACKS = 20220905

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="packs")
    kind = models.CharField("文书", max_length=16, choices=KINDS)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    done = models.PositiveIntegerField("已生成", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    ended_at = models.DateTimeField(null=True)
    sentence = models.CharField("没有生成的原因", max_length=400, blank=True)
    data = models.BinaryField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "kind"],
                condition=Q(ended_at__isnull=True),
                name="pack_one_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.get_kind_display()} {self.done}/{self.total}"
