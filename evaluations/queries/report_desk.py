"""小组汇总 and the bureau's report: what is written, what is missing, what changed since."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from evaluations.models import Panel, PanelMember, PanelReport, Plan, Report
from evaluations.queries.deadlines import report_due
from evaluations.queries.tallies import standing_panels
from wanzhou_eval import workdays
from wanzhou_eval.models import User
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


def panel_parts(plan: Plan) -> list[PanelPart]:
    """Every standing panel with its latest report."""
    panels = standing_panels(plan)
    latest = {
        report.panel_id: report
        for report in PanelReport.objects.filter(panel__in=panels)
        .select_related("expert__person")
        .order_by("version")
    }
    seats = PanelMember.objects.standing().filter(panel__in=panels, leads=True)
    leaders = {
        seat.panel_id: seat.expert.person.name for seat in seats.select_related("expert__person")
    }
    return [PanelPart(p, leaders.get(p.pk, ""), latest.get(p.pk)) for p in panels]


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
