"""评分表 of a plan counted per expert in one prepared statement: two pages open with it."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from evaluations.models import Panel, Plan
from wanzhou_eval.prepared import Statement

COUNTS = Statement(
    "progress_counts",
    "bigint, date",
    """
WITH drawn AS (
        SELECT sampled.id FROM evaluations_drawncase sampled
          JOIN evaluations_draw draw ON draw.id = sampled.draw_id
         WHERE draw.plan_id = $1 AND draw.voided_at IS NULL AND sampled.replaced_at IS NULL),
     seat AS (
        SELECT DISTINCT ON (member.expert_id) member.expert_id, panel.category, panel.ordinal,
               member.leads, member.ended_at IS NOT NULL AS ended
          FROM evaluations_panelmember member
          JOIN evaluations_draw draw ON draw.id = member.draw_id
          JOIN evaluations_panel panel ON panel.id = member.panel_id
         WHERE draw.plan_id = $1 AND draw.kind = 'experts' AND draw.voided_at IS NULL
         ORDER BY member.expert_id, member.id DESC),
     counted AS (SELECT * FROM sheet_counts($1, $2))
SELECT (SELECT count(*) FROM drawn WHERE NOT EXISTS
          (SELECT FROM evaluations_grading graded WHERE graded.drawn_case_id = drawn.id)),
       (SELECT count(*) FROM evaluations_scoresheet sheet
          JOIN drawn ON drawn.id = sheet.drawn_case_id
         WHERE sheet.round = 'first' AND sheet.withdrawn_at IS NOT NULL),
       (SELECT json_agg(json_build_array(expert.id, person.name, counted.total, counted.sealed,
                   counted.today, counted.drafts, seat.category, seat.ordinal, seat.leads,
                   seat.ended))
          FROM counted
          JOIN experts_expert expert ON expert.id = counted.expert_id
          JOIN wanzhou_eval_person person ON person.id = expert.person_id
          LEFT JOIN seat ON seat.expert_id = counted.expert_id)
""",
)


@dataclass(frozen=True)
class SheetCount:
    """The standing sheets of one expert; `panel` is None for a stand-in without a seat.

    Of the panel only category and number are read. `ended` tells that the seat was given up.
    """

    expert: int
    name: str
    total: int
    sealed: int
    today: int
    drafts: int
    panel: Panel | None
    leads: bool
    ended: bool


@dataclass(frozen=True)
class SheetCounts:
    """The first evaluation: cases without grade, withdrawn sheets, and the counts per expert."""

    open_cases: int
    withdrawn: int
    experts: list[SheetCount]


def sheet_counts(plan: Plan) -> SheetCounts:
    """Count a plan's sheets; its clock must be read. One query."""
    with connection.cursor() as cursor:
        COUNTS.run(cursor, plan.pk, plan.today)
        open_cases, withdrawn, rows = cursor.fetchone()
    return SheetCounts(open_cases, withdrawn, [_counted(row) for row in rows or ()])


def _counted(row: list[Any]) -> SheetCount:
    expert, name, total, sealed, today, drafts, category, ordinal, leads, ended = row
    panel = Panel(category=category, ordinal=ordinal) if category else None
    return SheetCount(expert, name, total, sealed, today, drafts, panel, bool(leads), bool(ended))
