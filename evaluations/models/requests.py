"""换件、换人的登记: what one person records and another confirms before a draw's event exists."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from evaluations.models.draw import Draw, DrawEvent
from wanzhou_eval.models import User


class ReplacementRequest(models.Model):
    """A missing file or an expert who leaves, as recorded; nothing changes until it is confirmed.

    `item` is the case number or the person code, as the event writes it. Who takes the place is
    decided by the draw's own order at the confirmation, never by the request.
    """

    class Outcome(models.TextChoices):
        """What became of it; empty while it waits."""

        CONFIRMED = "confirmed", "已确认"
        RETURNED = "returned", "已退回"
        TAKEN_BACK = "taken_back", "已撤回"

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=10, choices=DrawEvent.Kind.choices)
    item = models.CharField("原项", max_length=64)
    reason = models.CharField("原因", max_length=200)
    at = models.DateTimeField("登记时间")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices, blank=True)
    note = models.CharField("退回理由", max_length=200, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    event = models.OneToOneField(
        DrawEvent, on_delete=models.PROTECT, null=True, related_name="request"
    )
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["draw", "item"], condition=Q(outcome=""), name="request_one_open_per_item"
            ),
            models.CheckConstraint(
                condition=(
                    Q(outcome="", decided_by__isnull=True, decided_at__isnull=True)
                    | Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(outcome="")
                ),
                name="request_decided_by_a_person",
            ),
            models.CheckConstraint(
                condition=(
                    Q(outcome="taken_back", decided_by=F("by"))
                    | ~Q(outcome="taken_back") & ~Q(decided_by=F("by"))
                    | Q(outcome="")
                ),
                name="request_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=(
                    Q(outcome="confirmed", event__isnull=False)
                    | ~Q(outcome="confirmed") & Q(event__isnull=True)
                ),
                name="request_event_once_confirmed",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="returned") | ~Q(note=""), name="request_returned_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draw} {self.item}"
