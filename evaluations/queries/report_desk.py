"""小组汇总 and the bureau's report: what is written, what is missing, what changed since."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Max

from evaluations.models import Panel, PanelMember, PanelReport, Plan, Report
from evaluations.queries.deadlines import report_due
from experts.models import Expert
from wanzhou_eval import workdays
from wanzhou_eval.models import Person, User
from wanzhou_eval.prepared import Columns, Statement
from wanzhou_eval.queries import working_calendar


def facts_hash(facts: dict[str, Any]) -> str:
    """SHA-256 of the figures in one canonical form."""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class PanelPart:
    """A panel with its leader and the report that counts."""

    panel: Panel
    leader: str
    report: PanelReport | None


PANEL = Columns.of(Panel, "panel")
REPORT = Columns.of(PanelReport, "report")
AUTHOR = Columns.of(Expert, "author")
PERSON = Columns.of(Person, "person")
PANEL_PARTS = Statement(
    "panel_parts",
    "bigint",
    f"""
SELECT coalesce(leader.name, ''), {PANEL.sql}, {REPORT.sql}, {AUTHOR.sql}, {PERSON.sql}
  FROM evaluations_panel panel
  JOIN evaluations_draw draw ON draw.id = panel.draw_id
  LEFT JOIN evaluations_panelmember seat
       ON seat.panel_id = panel.id AND seat.leads AND seat.ended_at IS NULL
  LEFT JOIN experts_expert chair ON chair.id = seat.expert_id
  LEFT JOIN wanzhou_eval_person leader ON leader.id = chair.person_id
  LEFT JOIN LATERAL (SELECT * FROM evaluations_panelreport latest
       WHERE latest.panel_id = panel.id ORDER BY latest.version DESC LIMIT 1) report ON true
  LEFT JOIN experts_expert author ON author.id = report.expert_id
  LEFT JOIN wanzhou_eval_person person ON person.id = author.person_id
 WHERE panel.plan_id = $1 AND draw.voided_at IS NULL
 ORDER BY panel.category DESC, panel.ordinal
""",  # noqa: S608  # the names of our own columns
)


def panel_parts(plan: Plan) -> list[PanelPart]:
    """Every standing panel with its latest report. One query."""
    with connection.cursor() as cursor:
        PANEL_PARTS.run(cursor, plan.pk)
        return [_part(iter(row)) for row in cursor.fetchall()]


def _part(cells: Iterator[Any]) -> PanelPart:
    leader, panel, report = next(cells), PANEL.take(cells), REPORT.take(cells)
    if not report.pk:
        return PanelPart(panel, leader, None)
    report.panel, report.expert = panel, AUTHOR.take(cells)
    report.expert.person = PERSON.take(cells)
    return PanelPart(panel, leader, report)


def missing_panels(plan: Plan) -> list[str]:
    """Panels that have not handed in yet."""
    return [str(part.panel) for part in panel_parts(plan) if part.report is None]


def issued_reports(plan: Plan) -> list[Report]:
    """Issued reports, the latest last."""
    return list(plan.reports.filter(issued_at__isnull=False).select_related("issued_by"))


def draft_report(plan: Plan) -> Report | None:
    """The report that is being written, if there is one."""
    draft: Report | None = plan.reports.filter(issued_at__isnull=True).first()
    return draft


def report_blockers(plan: Plan) -> list[str]:
    """What the report keeps open in the year, one clause each."""
    if issued_reports(plan):
        return []
    due = report_due(plan, working_calendar())
    told = f"，期限{workdays.format_day(due.due)}" if due else ""
    return [f"评估分析报告还没有印发{told}"]


def own_seat(plan: Plan, user: User) -> PanelMember | None:
    """The seat that this expert holds on a standing panel of the plan."""
    seats = PanelMember.objects.standing().filter(
        panel__plan=plan, draw__voided_at__isnull=True, expert__person__user=user
    )
    seat: PanelMember | None = seats.select_related("panel__plan", "expert").first()
    return seat


def latest_seat_year(user: User) -> int | None:
    """The latest year in which this expert sits on a standing panel."""
    seats = PanelMember.objects.standing().filter(
        draw__voided_at__isnull=True, expert__person__user=user
    )
    year: int | None = seats.aggregate(year=Max("panel__plan__year"))["year"]
    return year
