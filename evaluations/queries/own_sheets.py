"""The author's own sheet and files by hand-written statements, for the pages opened all day.

The same rows as `queries.sheets.own_sheets` gives, under the same row-level rules; to compose and
plan the joins anew for every page took longer than everything else on it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from cases.models import Case
from evaluations.models import (
    Draw,
    DrawnCase,
    Item,
    Mark,
    Plan,
    ScoreSheet,
    ScoringStandard,
    SheetContent,
)
from experts.models import Expert
from wanzhou_eval.models import Person, Role, User
from wanzhou_eval.prepared import INT_MAX, Columns, Statement

SHEET = Columns.of(ScoreSheet, "sheet")
DRAWN = Columns.of(DrawnCase, "drawn")
CASE = Columns.of(Case, "casefile")
DRAW = Columns.of(Draw, "draw", without=("freeze_text", "result_text"))
PLAN = Columns.of(Plan, "plan")
EXPERT = Columns.of(Expert, "expert")
PERSON = Columns.of(Person, "person")
STANDARD = Columns.of(ScoringStandard, "standard")
CONTENT = Columns.of(SheetContent, "content")
MARK = Columns.of(Mark, "mark")
ALL = (SHEET, DRAWN, CASE, DRAW, PLAN, EXPERT, PERSON, STANDARD, CONTENT)
WITH_CASE = f"""
SELECT {", ".join(columns.sql for columns in ALL)}
  FROM evaluations_scoresheet sheet
  JOIN experts_expert expert ON expert.id = sheet.expert_id
  JOIN wanzhou_eval_person person ON person.id = expert.person_id
  JOIN evaluations_drawncase drawn ON drawn.id = sheet.drawn_case_id
  JOIN cases_case casefile ON casefile.id = drawn.case_id
  JOIN evaluations_draw draw ON draw.id = drawn.draw_id
  JOIN evaluations_plan plan ON plan.id = draw.plan_id
  JOIN evaluations_scoringstandard standard ON standard.id = sheet.standard_id
  LEFT JOIN evaluations_sheetcontent content ON content.sheet_id = sheet.id
"""  # noqa: S608  # the names of our own columns
OWN_SHEET = f"{WITH_CASE} WHERE expert.person_id = $1 AND"
# The open sheet of a partner is hidden by the row rules; the last condition says so all the same.
OWN_PAIR = f"""{WITH_CASE}
 WHERE sheet.sealed AND sheet.withdrawn_at IS NULL
   AND EXISTS (SELECT FROM evaluations_scoresheet own
                 JOIN experts_expert reader ON reader.id = own.expert_id
                WHERE own.drawn_case_id = sheet.drawn_case_id AND own.round = sheet.round
                  AND own.withdrawn_at IS NULL AND reader.person_id = $1)
   AND NOT EXISTS (SELECT FROM evaluations_scoresheet open
                    WHERE open.drawn_case_id = sheet.drawn_case_id AND open.round = sheet.round
                      AND open.withdrawn_at IS NULL AND NOT open.sealed)
   AND"""  # noqa: S608  # the names of our own columns
PAIR_BY_ADDRESS = Statement(
    "own_pair",
    "bigint, int, int, text",
    f"{OWN_PAIR} plan.year = $2 AND casefile.serial = $3 AND sheet.round = $4",
)
PAIR_BY_CASE = Statement(
    "own_pair_by_case", "bigint, bigint, text", f"{OWN_PAIR} drawn.id = $2 AND sheet.round = $3"
)
BY_ADDRESS = Statement(
    "own_sheet",
    "bigint, int, int, text",
    OWN_SHEET
    + """
       plan.year = $2 AND casefile.serial = $3 AND sheet.round = $4
   AND sheet.withdrawn_at IS NULL
 ORDER BY sheet.position, sheet.id
 LIMIT 1
""",
)
BY_KEY = Statement("own_sheet_by_key", "bigint, bigint", f"{OWN_SHEET} sheet.id = $2")
OWN_FILES = Statement(
    "own_files",
    "bigint, bigint, text",
    """
SELECT sheet.id, sheet.position, casefile.serial, sheet.sealed, sheet.begun
  FROM evaluations_scoresheet sheet
  JOIN experts_expert expert ON expert.id = sheet.expert_id
  JOIN evaluations_drawncase drawn ON drawn.id = sheet.drawn_case_id
  JOIN cases_case casefile ON casefile.id = drawn.case_id
  JOIN evaluations_draw draw ON draw.id = drawn.draw_id
 WHERE expert.person_id = $1 AND draw.plan_id = $2 AND sheet.round = $3
   AND sheet.withdrawn_at IS NULL
 ORDER BY sheet.position, sheet.id
""",
)
SHEET_MARKS = Statement(
    "sheet_marks",
    "bigint",
    f"SELECT {MARK.sql} FROM evaluations_mark mark WHERE mark.sheet_id = $1",  # noqa: S608  # own names
)


@dataclass(frozen=True)
class OwnFile:
    """One of the author's files: where it stands in the queue and how far it is."""

    sheet: int
    position: int
    serial: int
    sealed: bool
    begun: bool


def read_own_sheet(user: User, *, year: int, serial: int, in_round: str) -> ScoreSheet | None:
    """The reader's standing sheet of a case with all that belongs to it. One query."""
    if user.role != Role.EXPERT or user.person_id is None or serial > INT_MAX:
        return None
    return _one(BY_ADDRESS, user.person_id, year, serial, in_round)


def read_own_key(user: User, key: int) -> ScoreSheet | None:
    """The reader's sheet by its key, standing or not, with all that belongs to it. One query."""
    return _one(BY_KEY, user.person_id, key)


def read_own_pair(
    user: User, *, drawn_case: int | None, address: tuple[int, int], in_round: str
) -> list[ScoreSheet]:
    """The sealed sheets of the reader's case while none of it is open. One query."""
    if user.person_id is None or address[1] > INT_MAX:
        return []
    if drawn_case is not None:
        return _sheets(PAIR_BY_CASE, user.person_id, drawn_case, in_round)
    return _sheets(PAIR_BY_ADDRESS, user.person_id, *address, in_round)


def _one(statement: Statement, *values: Any) -> ScoreSheet | None:
    return next(iter(_sheets(statement, *values)), None)


def _sheets(statement: Statement, *values: Any) -> list[ScoreSheet]:
    with connection.cursor() as cursor:
        statement.run(cursor, *values)
        return [_sheet(iter(row)) for row in cursor.fetchall()]


def _sheet(cells: Iterator[Any]) -> ScoreSheet:
    sheet, drawn = SHEET.take(cells), DRAWN.take(cells)
    drawn.case, drawn.draw = CASE.take(cells), DRAW.take(cells)
    drawn.draw.plan = PLAN.take(cells)
    sheet.drawn_case, sheet.expert = drawn, EXPERT.take(cells)
    sheet.expert.person, sheet.standard = PERSON.take(cells), STANDARD.take(cells)
    content = CONTENT.take(cells)
    if content.pk is not None:
        sheet.content = content
    return sheet


def own_files(user: User, *, plan: int, in_round: str) -> list[OwnFile]:
    """The reader's standing files of a year and round in their order. One query."""
    if user.role != Role.EXPERT or user.person_id is None:
        return []
    with connection.cursor() as cursor:
        OWN_FILES.run(cursor, user.person_id, plan, in_round)
        return [OwnFile(*row) for row in cursor.fetchall()]


def marks_of(sheet: ScoreSheet, items: Mapping[int, Item]) -> dict[int, Mark]:
    """What stands on a sheet by item key, as the row-level rules show it. One query."""
    with connection.cursor() as cursor:
        SHEET_MARKS.run(cursor, sheet.pk)
        marks = [MARK.take(iter(row)) for row in cursor.fetchall()]
    for mark in marks:
        mark.reasons, mark.item = json.loads(mark.reasons), items[mark.item_id]
    return {mark.item_id: mark for mark in marks}
