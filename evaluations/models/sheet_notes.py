"""What an expert tells the bureau about a file."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from evaluations.models.marking import ScoreSheet
from wanzhou_eval.models import User


class SheetNote(models.Model):
    """What an expert tells the bureau about a file without scoring it; append-only."""

    class Kind(models.TextChoices):
        """What it is about."""

        PROBLEM = "problem", "卷宗有问题"
        RECUSAL = "recusal", "申请回避"
        LEFT = "left", "专家退出"

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    text = models.CharField("说明", max_length=400)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.sheet} {self.get_kind_display()}"
