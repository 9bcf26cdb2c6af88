"""The two statements of an autosave: functions of the database, written by hand.

Twenty arrive a second while fifty experts work, and each must cost little more than its UPDATE:
composing the same statements through the models takes five times as long as running them. Only
actions use them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from evaluations.models import ScoreSheet
from evaluations.rules.marking_time import MarkingTime
from evaluations.rules.standards import Mark, MarkState
from wanzhou_eval.prepared import INT_MAX, Statement
from wanzhou_eval.workdays import day_of

OPEN = Statement(
    "own_draft",
    "bigint, int, int, text, bigint",
    "SELECT * FROM own_draft($1, $2, $3, $4, $5)",
)
WRITE = Statement(
    "store_marks", "bigint, timestamptz, jsonb", "SELECT FROM store_marks($1, $2, $3)"
)


@dataclass(frozen=True)
class SheetAddress:
    """A sheet as its author names it: the year, the file's serial and the round."""

    year: int
    serial: int
    round: str


@dataclass(frozen=True)
class OwnDraft:
    """The expert's own sheet with its row locked, and what decides whether it is open.

    `now` is the plan's moment and `stored` what stands on the sheet, both read after the lock.
    """

    pk: int
    standard: int
    standard_locked_at: datetime | None
    scope: str
    sealed: bool
    withdrawn: bool
    review: bool
    stage: str
    first: date
    last: date
    signed: bool
    paper: bool
    now: datetime
    stored: str | None

    @property
    def why_closed(self) -> str:
        """Why it cannot be worked on at this moment; empty when it can."""
        return MarkingTime(
            withdrawn=self.withdrawn,
            review=self.review,
            stage=self.stage,
            today=day_of(self.now),
            first=self.first,
            last=self.last,
        ).why_closed

    def marks(self, numbers: Mapping[int, str]) -> dict[int, "StoredMark"]:
        """What stands on the sheet by item; `numbers` names the items."""
        rows = json.loads(self.stored) if self.stored else ()
        return {row[0]: _stored(numbers[row[0]], *row[1:]) for row in rows}


@dataclass(frozen=True)
class StoredMark:
    """A row of the sheet as stored, with the window's version and the time."""

    mark: Mark
    version: int
    saved_at: datetime


def open_draft(which: SheetAddress | ScoreSheet, *, person: int | None) -> OwnDraft | None:
    """Tell that this person reads, and lock the own sheet; None when there is none.

    Inside a transaction only (`wanzhou_eval.readers.tells_reader`).
    """
    if isinstance(which, SheetAddress) and which.serial > INT_MAX:
        return None
    with connection.cursor() as cursor:
        if isinstance(which, SheetAddress):
            OPEN.run(cursor, person, which.year, which.serial, which.round, None)
        else:
            OPEN.run(cursor, person, None, None, None, which.pk)
        row = cursor.fetchone()
    return OwnDraft(*row) if row else None


def _stored(  # noqa: PLR0913, PLR0917  # a row of the table
    number: str,
    state: str,
    deduction: str | None,
    reasons: list[int],
    pages: str,
    note: str,
    bulk: bool,  # noqa: FBT001
    level: int | None,
    version: int,
    saved_at: str,
) -> StoredMark:
    mark = Mark(
        item=number,
        state=MarkState(state),
        deduction=None if deduction is None else Decimal(deduction),
        reasons=tuple(reasons),
        pages=pages,
        note=note,
        bulk=bulk,
        level=level,
    )
    return StoredMark(mark, version, datetime.fromisoformat(saved_at))


def store_marks(sheet: OwnDraft, marks: Mapping[int, Mark]) -> None:
    """Write rows by item and count the save on the sheet, in one statement."""
    rows = [
        {
            "item": item,
            "state": mark.state.value,
            "deduction": None if mark.deduction is None else str(mark.deduction),
            "reasons": mark.reasons,
            "pages": mark.pages,
            "note": mark.note,
            "bulk": mark.bulk,
            "level": mark.level,
        }
        for item, mark in marks.items()
    ]
    with connection.cursor() as cursor:
        WRITE.run(cursor, sheet.pk, sheet.now, json.dumps(rows))
