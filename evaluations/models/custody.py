"""卷宗交接: every time a file changes hands, one row; where it is now is the last one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from cases.models import Case
from evaluations.rules.custody import MOVE_WORDS, MOVES, Move, Place
from experts.models import Expert
from wanzhou_eval.models import User


def _lawful_moves() -> Q:
    """The table of moves as a condition on one row."""
    lawful = Q()
    for move, (sources, target) in MOVES.items():
        places = [source.value for source in sorted(sources)]
        lawful |= Q(move=move.value, source__in=places, place=target.value)
    return lawful


class FileMovement(models.Model):
    """One hand-over of a paper file; append-only, numbered without gaps per file.

    It belongs to the case, not to its place in a draw: a file that is out when its draw is
    declared void, or when its case is replaced, still has to come back. `holder` is the expert
    who takes it; `counterpart` whom it came from or went to in the archive, where told.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="movements")
    ordinal = models.PositiveSmallIntegerField("次序")
    move = models.CharField("办理", max_length=8, choices=[(m.value, MOVE_WORDS[m]) for m in Move])
    source = models.CharField("从", max_length=8)
    place = models.CharField("到", max_length=8)
    holder = models.ForeignKey(
        Expert, on_delete=models.PROTECT, null=True, related_name="files_taken"
    )
    counterpart = models.CharField("交接对方", max_length=40, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["case", "ordinal"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "ordinal"], name="movement_numbered_once"),
            models.CheckConstraint(condition=_lawful_moves(), name="movement_lawful"),
            models.CheckConstraint(
                condition=Q(place=Place.EXPERT.value, holder__isnull=False)
                | (~Q(place=Place.EXPERT.value) & Q(holder__isnull=True)),
                name="movement_holder_is_the_expert",
            ),
            models.CheckConstraint(
                condition=~Q(move=Move.MISS.value) | ~Q(note=""), name="movement_missing_with_note"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.get_move_display()}"
