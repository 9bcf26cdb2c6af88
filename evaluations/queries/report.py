"""分析报告: the page of the figures, the panels' words and the bureau's."""

from dataclasses import dataclass

from evaluations.models import GradingOutcome, PanelMember, PanelReport, Plan, Report
from evaluations.queries.deadlines import report_due
from evaluations.queries.report_desk import (
    PanelPart,
    facts_hash,
    issued_reports,
    own_seat,
    panel_parts,
)
from evaluations.queries.tallies import report_counts
from evaluations.rules.report import Analysis, analyse
from evaluations.rules.report_counts import Counts
from wanzhou_eval import workdays
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User
from wanzhou_eval.queries import working_calendar

FIRMS_SHOWN = 30


@dataclass(frozen=True)
class ReportPage:
    """分析报告 of a year; without figures before the evaluation ended (blindness).

    `shown` is the issued report whose frozen figures are on the page, None for those of today.
    """

    plan: Plan
    analysis: Analysis | None
    due: workdays.Deadline | None
    late: bool
    panels: list[PanelPart]
    draft: Report | None
    issued: list[Report]
    shown: Report | None
    changed: bool

    @property
    def missing(self) -> list[str]:
        """Panels that have not handed in."""
        return [str(part.panel) for part in self.panels if part.report is None]

    @property
    def firms_left(self) -> int:
        """Firms that only the workbook lists."""
        return max(len(self.analysis.firms) - FIRMS_SHOWN, 0) if self.analysis else 0

    @property
    def firms(self) -> list[tuple[str, dict[str, int]]]:
        """The firms on the page: those with most cases."""
        return self.analysis.firms[:FIRMS_SHOWN] if self.analysis else []

    @property
    def text(self) -> Report | None:
        """Whose words are on the page: those of the version shown, the draft's, the latest's."""
        return self.shown or self.draft or self.latest

    @property
    def latest(self) -> Report | None:
        """The report in force."""
        return self.issued[-1] if self.issued else None


OUTCOMES = {outcome.value: outcome.label for outcome in GradingOutcome}


def analysis_of(counts: Counts) -> Analysis:
    """The figures with what they say."""
    return analyse(counts, OUTCOMES)


def report_page(plan: Plan, *, version: str = "") -> ReportPage:
    """The page; the number of queries does not grow with the cases.

    `version` shows the frozen figures of an issued report. Raises `RefusedError` (404) when there
    is none of that number.
    """
    reports = list(plan.reports.select_related("issued_by"))
    issued = [report for report in reports if report.issued_at]
    shown = _asked_for(issued, version)
    panels = panel_parts(plan) if plan.ended_at else []
    known = [part.panel for part in panels]
    counts = report_counts(plan, panels=known) if plan.ended_at else None
    changed = bool(issued and counts and facts_hash(counts.as_json()) != issued[-1].sha256)
    if shown:
        counts = Counts.from_json(shown.facts)
    due = report_due(plan, working_calendar())
    first = issued[0].issued_at if issued else plan.now
    return ReportPage(
        plan=plan,
        analysis=analysis_of(counts) if counts else None,
        due=due,
        late=bool(due and first and due.is_over(first)),
        panels=panels,
        draft=next((report for report in reports if not report.issued_at), None),
        issued=issued,
        shown=shown,
        changed=changed,
    )


@dataclass(frozen=True)
class OwnReportPage:
    """What an expert sees of the own panel's report; figures only after the end."""

    plan: Plan
    seat: PanelMember | None
    report: PanelReport | None
    grades: dict[str, int]
    due: workdays.Deadline | None
    issued: bool
    leader: str

    @property
    def written(self) -> dict[str, str]:
        """The text handed in last, to go on from."""
        names = ("overview", "problems", "advice")
        return {name: getattr(self.report, name) for name in names} if self.report else {}

    @property
    def may_report(self) -> bool:
        """The leader, between the end and the bureau's report."""
        ended = self.plan.stage in {Plan.Stage.MARKED, Plan.Stage.PUBLISHED}
        return bool(ended and self.seat and self.seat.leads and not self.issued)


def own_report_page(plan: Plan, user: User) -> OwnReportPage:
    """The page of a panel; what its own pairs came to, nobody else's."""
    seat = own_seat(plan, user)
    mine = [p for p in panel_parts(plan) if seat and p.panel.pk == seat.panel_id]
    counts = report_counts(plan) if seat and plan.ended_at else None
    rows = dict(analysis_of(counts).panels) if counts else {}
    return OwnReportPage(
        plan=plan,
        seat=seat,
        report=mine[0].report if mine else None,
        grades=rows.get(str(seat.panel), {}) if seat else {},
        due=report_due(plan, working_calendar()),
        issued=bool(issued_reports(plan)),
        leader=mine[0].leader if mine else "",
    )


def _asked_for(issued: list[Report], version: str) -> Report | None:
    if not version:
        return None
    found = [report for report in issued if str(report.version) == version]
    if not found:
        raise RefusedError("没有这一版评估报告。请从“分析报告”页选择。", status=404)
    return found[0]
