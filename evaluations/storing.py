"""The statements of autosave and sealing: functions of the database, written by hand.

Twenty saves arrive a second while fifty experts work, and each must cost little more than its
UPDATE: composing the same statements through the models takes five times as long as running
them. Only actions use them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import DatabaseError, connection

from evaluations.models import ScoreSheet, SheetContent
from evaluations.rules.marking_time import MarkingTime
from evaluations.rules.standards import Mark, MarkState
from wanzhou_eval.prepared import INT_MAX, Statement
from wanzhou_eval.workdays import day_of

OPEN = Statement(
    "own_draft",
    "bigint, int, int, text, bigint",
    "SELECT * FROM own_draft($1, $2, $3, $4, $5)",
)
CHAIN = Statement(
    "own_chain",
    "bigint, int, int, text, bigint",
    "SELECT * FROM own_chain($1, $2, $3, $4, $5)",
)
WRITE = Statement(
    "store_marks", "bigint, timestamptz, jsonb", "SELECT FROM store_marks($1, $2, $3)"
)
SEAL = Statement(
    "store_seal",
    "bigint, numeric, text, timestamptz, text",
    """
UPDATE evaluations_sheetcontent SET total = $2, grade = $3, sealed_at = $4, seal_hash = $5
 WHERE sheet_id = $1
""",
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
    comment: str
    saved_at: datetime | None
    overall: int | None

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


@dataclass(frozen=True)
class OwnChain:
    """The expert's own sheet with plan, drawn case and sheet locked; the moment after the locks."""

    sheet: int
    now: datetime
    signed: bool


def open_draft(which: SheetAddress | ScoreSheet, *, person: int | None) -> OwnDraft | None:
    """Tell that this person reads, and lock the own sheet; None when there is none.

    Inside a transaction only (`wanzhou_eval.readers.tells_reader`).
    """
    row = _own_row(OPEN, which, person)
    return OwnDraft(*row) if row else None


def lock_own_chain(which: SheetAddress | ScoreSheet, *, person: int | None) -> OwnChain | None:
    """As `open_draft`, with the plan and the drawn case locked before the sheet."""
    row = _own_row(CHAIN, which, person)
    return OwnChain(*row) if row else None


def _own_row(
    statement: Statement, which: SheetAddress | ScoreSheet, person: int | None
) -> tuple[Any, ...] | None:
    if isinstance(which, SheetAddress) and which.serial > INT_MAX:
        return None
    with connection.cursor() as cursor:
        if isinstance(which, SheetAddress):
            statement.run(cursor, person, which.year, which.serial, which.round, None)
        else:
            statement.run(cursor, person, None, None, None, which.pk)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


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


def store_seal(content: SheetContent) -> None:
    """Write total, grade, time and hash of a seal; a trigger fixes the row from then on.

    Raises `DatabaseError` where the transaction does not read as the author: nothing is sealed.
    """
    with connection.cursor() as cursor:
        SEAL.run(
            cursor, content.pk, content.total, content.grade, content.sealed_at, content.seal_hash
        )
        if cursor.rowcount != 1:  # the rules of the rows hide it from this reader
            raise DatabaseError("the seal was not stored")
