"""The three statements of an autosave, written by hand.

Twenty arrive a second while fifty experts work, and each must cost little more than its UPDATE:
composing the same statements through the models takes five times as long as running them. Only
`actions.entering` uses them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from evaluations.models import ScoreSheet
from evaluations.rules.marking_time import MarkingTime
from evaluations.rules.standards import Mark, MarkState
from wanzhou_eval.prepared import INT_MAX, Statement
from wanzhou_eval.workdays import day_of

LOCK = """
SELECT sheet.id, sheet.standard_id, standard.locked_at, sheet.scope, sheet.sealed,
       sheet.withdrawn_at IS NOT NULL, sheet.round = 'review',
       plan.stage, plan.marking_from, plan.marking_to, plan.clock_offset,
       EXISTS (SELECT FROM evaluations_undertaking signed
                WHERE signed.plan_id = plan.id AND signed.expert_id = sheet.expert_id),
       sheet.paper
  FROM evaluations_scoresheet sheet
  JOIN experts_expert expert ON expert.id = sheet.expert_id
  JOIN evaluations_drawncase drawn ON drawn.id = sheet.drawn_case_id
  JOIN cases_case casefile ON casefile.id = drawn.case_id
  JOIN evaluations_draw draw ON draw.id = drawn.draw_id
  JOIN evaluations_plan plan ON plan.id = draw.plan_id
  JOIN evaluations_scoringstandard standard ON standard.id = sheet.standard_id
 WHERE expert.person_id = $1 AND {which}
 ORDER BY sheet.withdrawn_at IS NOT NULL, sheet.id DESC
 LIMIT 1
   FOR UPDATE OF sheet
"""
LOCK_ADDRESS = Statement(
    "lock_sheet_address",
    "bigint, int, int, text",
    LOCK.format(which="plan.year = $2 AND casefile.serial = $3 AND sheet.round = $4"),
)
LOCK_KEY = Statement("lock_sheet_key", "bigint, bigint", LOCK.format(which="sheet.id = $2"))
READ = Statement(
    "read_marks",
    "bigint",
    """
SELECT clock_timestamp(), mark.item_id, mark.state, mark.deduction, mark.reasons, mark.pages,
       mark.note, mark.bulk, mark.level, mark.version, mark.saved_at
  FROM (SELECT $1 AS id) sheet
  LEFT JOIN evaluations_mark mark ON mark.sheet_id = sheet.id
""",
)
WRITE = Statement(
    "store_marks",
    "bigint, timestamptz, jsonb",
    """
WITH touched AS (
    UPDATE evaluations_sheetcontent
       SET version = version + 1, saved_at = $2, opened_at = coalesce(opened_at, $2)
     WHERE sheet_id = $1
)
INSERT INTO evaluations_mark
       (sheet_id, item_id, state, deduction, reasons, pages, note, bulk, level, version, saved_at)
SELECT $1, item, state, deduction, reasons, pages, note, bulk, level, 1, $2
  FROM jsonb_to_recordset($3) AS entered
       (item bigint, state text, deduction numeric, reasons jsonb, pages text, note text,
        bulk boolean, level smallint)
    ON CONFLICT (sheet_id, item_id) DO UPDATE
   SET state = excluded.state, deduction = excluded.deduction, reasons = excluded.reasons,
       pages = excluded.pages, note = excluded.note, bulk = excluded.bulk,
       level = excluded.level, saved_at = excluded.saved_at,
       version = evaluations_mark.version + 1
""",
)


@dataclass(frozen=True)
class SheetAddress:
    """A sheet as its author names it: the year, the file's serial and the round."""

    year: int
    serial: int
    round: str


@dataclass(frozen=True)
class LockedSheet:
    """The expert's own sheet with its row locked, and what decides whether it is open."""

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
    clock_offset: timedelta
    signed: bool
    paper: bool

    def time_at(self, now: datetime) -> MarkingTime:
        """Whether it may be worked on at the plan's moment `now`."""
        return MarkingTime(
            withdrawn=self.withdrawn,
            review=self.review,
            stage=self.stage,
            today=day_of(now),
            first=self.first,
            last=self.last,
        )


@dataclass(frozen=True)
class StoredMark:
    """A row of the sheet as stored, with the window's version and the time."""

    mark: Mark
    version: int
    saved_at: datetime


def lock_sheet(which: SheetAddress | ScoreSheet, *, person: int | None) -> LockedSheet | None:
    """Lock the person's own sheet; None when there is none. Inside a transaction only."""
    if isinstance(which, SheetAddress) and which.serial > INT_MAX:
        return None
    with connection.cursor() as cursor:
        if isinstance(which, SheetAddress):
            LOCK_ADDRESS.run(cursor, person, which.year, which.serial, which.round)
        else:
            LOCK_KEY.run(cursor, person, which.pk)
        row = cursor.fetchone()
    return LockedSheet(*row) if row else None


def read_marks(
    sheet: LockedSheet, numbers: Mapping[int, str]
) -> tuple[datetime, dict[int, StoredMark]]:
    """The plan's moment, read after the lock, and the marks by item. `numbers` names the items."""
    with connection.cursor() as cursor:
        READ.run(cursor, sheet.pk)
        rows = cursor.fetchall()
    found = {row[1]: _stored(numbers[row[1]], row[2:]) for row in rows if row[1] is not None}
    return rows[0][0] + sheet.clock_offset, found


def _stored(number: str, row: Sequence[Any]) -> StoredMark:
    state, deduction, reasons, pages, note, bulk, level, version, saved_at = row
    mark = Mark(
        item=number,
        state=MarkState(state),
        deduction=deduction,
        reasons=tuple(json.loads(reasons)),
        pages=pages,
        note=note,
        bulk=bulk,
        level=level,
    )
    return StoredMark(mark, version, saved_at)


def store_marks(sheet: LockedSheet, marks: Mapping[int, Mark], *, at: datetime) -> None:
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
        WRITE.run(cursor, sheet.pk, at, json.dumps(rows))
