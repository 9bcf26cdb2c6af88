"""The plan of a year with its clock, and the number of cases its rule asks for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from cases.models import Frame
from evaluations.models import Plan, ScoringStandard
from evaluations.rules.sizes import SizeReading, SizeRule, size_by_rule
from wanzhou_eval.clock import database_now
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.prepared import INT_MAX, Columns, Statement

PLAN = Columns.of(Plan, "plan")
FRAME = Columns.of(Frame, "frame")
STANDARD = Columns.of(ScoringStandard, "standard")
PLAN_OF_YEAR = Statement(
    "plan_of_year",
    "int",
    f"""
SELECT clock_timestamp(), {PLAN.sql}, {FRAME.sql}, {STANDARD.sql}
  FROM evaluations_plan plan
  JOIN cases_frame frame ON frame.id = plan.frame_id
  LEFT JOIN evaluations_scoringstandard standard ON standard.id = plan.standard_id
 WHERE plan.year = $1
""",  # noqa: S608  # the names of our own columns
)
"""Every page of a year begins with it."""


def plan_of(year: int) -> Plan:
    """The plan of a year with its clock read. Raises `RefusedError` (404) when there is none."""
    row = _read(year) if year <= INT_MAX else None
    if row is None:
        raise RefusedError(f"还没有{year}年度方案。请由科室先拟定方案。", status=404)
    cells = iter(row)
    read_at, plan = next(cells), PLAN.take(cells)
    plan.frame, standard = FRAME.take(cells), STANDARD.take(cells)
    plan.standard = standard if standard.pk else None
    plan.now = read_at + plan.clock_offset
    return plan


def _read(year: int) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        PLAN_OF_YEAR.run(cursor, year)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def latest_plan() -> Plan | None:
    """The plan of the latest year, if any; its clock is not read."""
    return Plan.objects.select_related("frame").first()


def plan_clock(plan: Plan) -> datetime:
    """The plan's present moment for showing; acts read it again after the lock."""
    return database_now() + plan.clock_offset


def size_rule_of(plan: Plan, reading: str | None = None) -> SizeRule:
    """The plan's rule, or another reading of it."""
    return SizeRule(
        percent=plan.ratio_percent,
        reading=SizeReading(reading or plan.size_rule),
        least=plan.size_min,
        most=plan.size_max,
    )


@dataclass(frozen=True)
class DueSize:
    """What the plan's own rule asks for, and from how many cases."""

    total: int
    eligible: int
    base: int
    by_rule: int


def due_size(plan: Plan) -> DueSize:
    """Apply the plan's rule to the frame as it stands now."""
    total = plan.frame.cases.count()
    eligible = plan.frame.cases.filter(exclusion__isnull=True).count()
    base = total if plan.size_base == Plan.SizeBase.ALL else eligible
    rule = size_rule_of(plan)
    return DueSize(total, eligible, base, size_by_rule(base, eligible=eligible, rule=rule))
