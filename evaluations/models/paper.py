"""纸质评分表: what two people typed from a signed paper sheet, and its scan."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from evaluations.models.marking import ScoreSheet
from wanzhou_eval.models import User


class PaperTyping(models.Model):
    """One person's typing of a signed sheet. Two people type it; the second sees nothing of it.

    `values` holds what must agree (amount, state, reasons, pages by item), `texts` the notes and
    总体意见, which the second person checks against the paper afterwards. A typing is corrected by
    its author alone until both agree. A discarded one is kept: who typed it knows the sheet.
    """

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.PROTECT, related_name="typings")
    turn = models.PositiveSmallIntegerField("第几遍")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    values = models.JSONField(default=dict)
    texts = models.JSONField(default=dict)
    saves = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    discarded_at = models.DateTimeField(null=True)
    discarded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    discard_reason = models.CharField("撤销原因", max_length=200, blank=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["sheet", "turn"],
                condition=Q(discarded_at__isnull=True),
                name="paper_turn_once",
            ),
            models.UniqueConstraint(
                fields=["sheet", "by"],
                condition=Q(discarded_at__isnull=True),
                name="paper_two_people",
            ),
            models.CheckConstraint(condition=Q(turn__in=[1, 2]), name="paper_turn_known"),
            models.CheckConstraint(
                condition=Q(discarded_at__isnull=True)
                | (Q(discarded_by__isnull=False) & ~Q(discard_reason="")),
                name="paper_discard_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet} 第{self.turn}遍"


class PaperScan(models.Model):
    """A scan of the signed sheet; kept in the database, handed out as a download only."""

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.PROTECT, related_name="scans")
    name = models.CharField("文件名", max_length=100)
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    data = models.BinaryField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.name
