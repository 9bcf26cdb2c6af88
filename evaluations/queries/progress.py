"""评分进度 and 合议总览 for staff: counts per expert, never a value (article 9.2, 背靠背)."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q

from evaluations.models import (
    DrawnCase,
    Grading,
    GradingOutcome,
    Panel,
    Plan,
    ScoreSheet,
    SheetNote,
    SheetRound,
)
from evaluations.queries.assignments import live_assignments
from evaluations.queries.progress_counts import SheetCount, sheet_counts
from evaluations.rules.pace import days_begun, finish, period_days, planned
from wanzhou_eval.queries import working_calendar
from wanzhou_eval.workdays import Calendar


@dataclass(frozen=True)
class ExpertProgress:
    """How far one expert is: counts of the own sheets and a forecast from the own pace."""

    pk: int
    name: str
    panel: str
    leads: bool
    total: int
    empty: int
    drafts: int
    sealed: int
    today: int
    planned: int
    forecast: date | None
    late: bool
    nudged_at: datetime | None = None

    @property
    def behind(self) -> int:
        """How many sheets are missing to the even pace."""
        return max(self.planned - self.sealed, 0)


@dataclass(frozen=True)
class PanelForecast:
    """When a panel is done: the slowest of the two decides; None before a pace is known."""

    name: str
    forecast: date | None
    slowest: str
    late: bool


@dataclass(frozen=True)
class Progress:
    """The page 评分进度; `days_gone` of `days` of the period have passed."""

    plan: Plan
    experts: list[ExpertProgress]
    total: int
    sealed: int
    drafts: int
    days: int
    days_gone: int
    notes: list[SheetNote]
    vacant: list[ScoreSheet]
    open_cases: int

    @property
    def empty(self) -> int:
        """Sheets not begun."""
        return self.total - self.sealed - self.drafts

    @property
    def behind(self) -> list[ExpertProgress]:
        """今日清单: who is short of today's even pace, the furthest behind first."""
        return sorted((e for e in self.experts if e.behind), key=lambda e: -e.behind)

    @property
    def panels(self) -> list[PanelForecast]:
        """Each panel by its slowest member; who is done does not hold it up."""
        found: dict[str, list[ExpertProgress]] = {}
        for expert in self.experts:
            found.setdefault(expert.panel, []).append(expert)
        return [_panel(name, members) for name, members in found.items()]

    @property
    def late(self) -> list[ExpertProgress]:
        """Who will not be done by the last day at the present pace."""
        return [expert for expert in self.experts if expert.late]


def _panel(name: str, members: list[ExpertProgress]) -> PanelForecast:
    waiting = [each for each in members if each.sealed < each.total]
    unknown = [each for each in waiting if each.forecast is None]
    slowest = max(waiting, key=lambda e: e.forecast or date.max, default=None)
    return PanelForecast(
        name=name,
        forecast=slowest.forecast if slowest and not unknown else None,
        slowest=slowest.name if slowest else "",
        late=any(each.late for each in waiting),
    )


def progress(plan: Plan) -> Progress:
    """Counts per expert; the plan's clock must be read. Five queries, whatever the numbers."""
    calendar = working_calendar()
    days = period_days(plan.marking_from, plan.marking_to, calendar)
    counts = sheet_counts(plan)
    nudged = dict(plan.nudges.filter(day=plan.today).values_list("expert_id", "at"))
    rows = expert_rows(plan, counts.experts, calendar=calendar)
    experts = [replace(expert, nudged_at=nudged.get(expert.pk)) for expert in rows]
    notes = SheetNote.objects.filter(sheet__drawn_case__draw__plan=plan).select_related(
        "sheet__drawn_case__case", "sheet__expert__person"
    )
    return Progress(
        plan=plan,
        experts=experts,
        total=sum(expert.total for expert in experts),
        sealed=sum(expert.sealed for expert in experts),
        drafts=sum(expert.drafts for expert in experts),
        days=len(days),
        days_gone=days_begun(days, plan.today),
        notes=list(notes.order_by("-pk")[:50]),
        vacant=vacant_sheets(plan) if counts.withdrawn else [],
        open_cases=counts.open_cases,
    )


def expert_progress(plan: Plan, *, calendar: Calendar) -> list[ExpertProgress]:
    """Counts of standing sheets per expert, panel by panel with the leader first.

    The plan's clock must be read. One query.
    """
    return expert_rows(plan, sheet_counts(plan).experts, calendar=calendar)


def expert_rows(
    plan: Plan, counts: list[SheetCount], *, calendar: Calendar
) -> list[ExpertProgress]:
    """The counts in the order of the panels, each with its forecast."""
    days = period_days(plan.marking_from, plan.marking_to, calendar)
    return [_expert(plan, row, days, calendar=calendar) for row in sorted(counts, key=_place)]


def _place(row: SheetCount) -> tuple[int, int, bool, str]:
    """Criminal panels first, each with its leader first; alternates last."""
    if row.panel is None:
        return (2, 0, False, row.name)
    first = 0 if row.panel.category == Panel.Category.CRIMINAL else 1
    return (first, row.panel.ordinal, not row.leads, row.name)


def _expert(plan: Plan, row: SheetCount, days: list[date], *, calendar: Calendar) -> ExpertProgress:
    total, sealed = row.total, row.sealed
    forecast = finish(total, sealed, first=plan.marking_from, today=plan.today, calendar=calendar)
    return ExpertProgress(
        pk=row.expert,
        name=row.name,
        panel=seat_words(row.panel, ended=row.ended),
        leads=row.leads and not row.ended,
        total=total,
        empty=total - sealed - row.drafts,
        drafts=row.drafts,
        sealed=sealed,
        today=row.today,
        planned=planned(total, begun=days_begun(days, plan.today), days=len(days)),
        forecast=forecast,
        late=forecast is not None and forecast > plan.marking_to,
    )


def seat_words(panel: Panel | None, *, ended: bool) -> str:
    """The panel of an expert, with what became of the seat."""
    if panel is None:
        return "候补专家"
    return f"{panel}（已退出）" if ended else str(panel)


def vacant_sheets(plan: Plan) -> list[ScoreSheet]:
    """Withdrawn sheets whose case waits for the stand-in: a duty of 科室."""
    pair = Count("drawn_case__sheets", filter=Q(
        drawn_case__sheets__withdrawn_at__isnull=True,
        drawn_case__sheets__round=SheetRound.FIRST,
    ))  # fmt: skip
    withdrawn = ScoreSheet.objects.filter(
        drawn_case__in=DrawnCase.objects.of(plan),
        round=SheetRound.FIRST,
        withdrawn_at__isnull=False,
    )
    missing = withdrawn.annotate(standing_count=pair).filter(standing_count__lt=2)
    found = missing.select_related("drawn_case__case", "expert__person").order_by("pk")
    latest = {sheet.drawn_case_id: sheet for sheet in found}
    return list(latest.values())


@dataclass(frozen=True)
class GradedRow:
    """A case that has its grade, for staff."""

    serial: int
    number: str
    kind: str
    grade: str
    outcome: str


@dataclass
class PanelSettling:
    """How many cases of a panel wait for a sheet, for the pair, or have their grade."""

    name: str
    blind: int = 0
    open: int = 0
    done: int = 0

    @property
    def total(self) -> int:
        """All its cases."""
        return self.blind + self.open + self.done


@dataclass(frozen=True)
class SettleOverview:
    """合议总览: how many wait for what; grades only of cases that have theirs."""

    total: int
    blind: int
    open: int
    graded: list[GradedRow]
    outcomes: list[tuple[str, int]]
    panels: list[PanelSettling]

    @property
    def done(self) -> int:
        """Cases with a grade."""
        return len(self.graded)


def settle_overview(plan: Plan) -> SettleOverview:
    """Counts by panel and the graded cases. Four queries.

    Whether two sheets agree is told of none before its grade: that too is news of the scores.
    """
    panels, rows = _panels_settling(plan), _graded_rows(plan)
    total, revealed = DrawnCase.objects.of(plan).count(), sum(panel.open for panel in panels)
    labels = (GradingOutcome.AT_ONCE, GradingOutcome.AGREED, GradingOutcome.RULING)
    return SettleOverview(
        total=total,
        blind=total - revealed - len(rows),
        open=revealed,
        graded=rows,
        outcomes=[
            (str(each.label), sum(1 for row in rows if row.outcome == each.label))
            for each in labels
        ],
        panels=panels,
    )


def _panels_settling(plan: Plan) -> list[PanelSettling]:
    """The panels in their order; which of the pair is missing is on the page 评分进度."""
    sealed = Count("drawn_case__sheets", filter=Q(
        drawn_case__sheets__sealed=True,
        drawn_case__sheets__withdrawn_at__isnull=True,
        drawn_case__sheets__round=SheetRound.FIRST,
    ))  # fmt: skip
    graded = Exists(Grading.objects.filter(drawn_case=OuterRef("drawn_case")))
    rows = live_assignments(plan).annotate(sealed=sealed, graded=graded).select_related("panel")
    found: dict[int, PanelSettling] = {}
    for row in rows.order_by("-panel__category", "panel__ordinal"):  # criminal, then civil
        panel = found.setdefault(row.panel_id, PanelSettling(str(row.panel)))
        if row.graded:
            panel.done += 1
        elif row.sealed >= 2:
            panel.open += 1
        else:
            panel.blind += 1
    return list(found.values())


def _graded_rows(plan: Plan) -> list[GradedRow]:
    gradings = Grading.objects.filter(drawn_case__in=DrawnCase.objects.of(plan), version=1)
    ordered = gradings.select_related("drawn_case__case").order_by("drawn_case__case__serial")
    return [
        GradedRow(
            serial=grading.drawn_case.case.serial,
            number=grading.drawn_case.case.number,
            kind=grading.drawn_case.case.get_kind_display(),
            grade=grading.grade,
            outcome=grading.get_outcome_display(),
        )
        for grading in ordered
    ]
