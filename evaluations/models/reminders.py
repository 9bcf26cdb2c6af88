"""提醒: which e-mail of a day went out; the states themselves are computed, never stored."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from evaluations.models.plan import Plan
from experts.models import Expert
from wanzhou_eval.models import User


class Reminder(models.Model):
    """One duty of which one owner was told by e-mail on a day, in one state; append-only.

    The unique constraint keeps two runs of the command at once from sending twice.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="reminders")
    day = models.DateField("日期（按方案时钟）")
    owner = models.CharField("责任人", max_length=20)
    duty = models.CharField("事项", max_length=80)
    state = models.CharField("状态", max_length=8)
    sent_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "day", "owner", "duty", "state"], name="reminder_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.owner} {self.duty}"


class Nudge(models.Model):
    """提醒 of an expert inside the system, by staff who see counts only; append-only.

    One a day for each expert: a second press would only be noise.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="nudges")
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="nudges")
    day = models.DateField("日期（按方案时钟）")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "expert", "day"], name="nudge_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.expert}"
