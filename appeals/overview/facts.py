"""The year in numbers, read with a fixed number of queries whatever the size of the year."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q

from appeals.models import Appeal, Inquiry, Recovery
from cases.models import Case
from evaluations.models import (
    Approval,
    DrawnCase,
    Grading,
    PanelMember,
    Plan,
    ScoreSheet,
    SheetRound,
)
from evaluations.queries.results import appeal_until
from evaluations.rules.stages import Stage, has_reached
from wanzhou_eval.models import AuditEvent
from wanzhou_eval.queries import working_calendar
from wanzhou_eval.workdays import Calendar, day_of, is_workday


@dataclass(frozen=True)
class ExpertProgress:
    """One expert's sheets: counts only, never values."""

    panel: str
    name: str
    leads: bool
    total: int
    sealed: int
    today: int
    planned: int
    finish: date | None


@dataclass(frozen=True)
class Facts:
    """What track, sentence and tasks are written from."""

    plan: Plan
    now: datetime
    calendar: Calendar
    entered: dict[str, datetime]
    cases: int
    excluded: int
    drawn: int
    experts: int
    sheets: int
    sealed: int
    graded: int
    approval: Approval | None
    appeal_until: datetime | None
    appeals: int
    appeals_open: int
    answer_due: date | None
    open_consequences: int
    progress: list[ExpertProgress]
    log: list[AuditEvent]

    @property
    def today(self) -> date:
        """The plan's present day."""
        return day_of(self.now)

    def reached(self, stage: Stage) -> bool:
        """Whether the plan stands at the stage or beyond it."""
        return has_reached(Stage(self.plan.stage), stage)

    @property
    def approved(self) -> bool:
        """Whether 局领导 agreed to the publication."""
        return bool(self.approval and self.approval.decision == Approval.Decision.APPROVED)

    @property
    def marking_days(self) -> list[date]:
        """The working days of the evaluation period."""
        return period_days(self.plan, self.calendar)

    @property
    def days_elapsed(self) -> int:
        """Working days of the period that have begun."""
        return sum(day <= self.today for day in self.marking_days)

    @property
    def sheets_planned(self) -> int:
        """Sheets that should be sealed by the end of today, half up."""
        days = len(self.marking_days)
        return (2 * self.sheets * self.days_elapsed + days) // (2 * days) if days else 0


def year_facts(plan: Plan) -> Facts:
    """Read the facts of a plan whose clock was read (`plan_of`)."""
    assert plan.now is not None
    calendar = working_calendar()
    drawn = DrawnCase.objects.of(plan)
    numbers = {
        **Case.objects.filter(frame=plan.frame_id).aggregate(
            cases=Count("pk"), excluded=Count("exclusion")
        ),
        **drawn.aggregate(drawn=Count("pk")),
    }
    progress = expert_progress(plan, calendar=calendar)
    appeals = Appeal.objects.of(plan).aggregate(
        appeals=Count("pk", filter=Q(refused_at__isnull=True)),
        open=Count("pk", filter=Q(accepted_at__isnull=False, withdrawn_at=None, answered_at=None)),
        due=Max("answer_due", filter=Q(refused_at__isnull=True)),
    )
    return Facts(
        plan=plan,
        now=plan.now,
        calendar=calendar,
        entered={entry.stage: entry.at for entry in plan.entries.all()},
        experts=PanelMember.objects.filter(panel__plan=plan, draw__voided_at__isnull=True).count(),
        sheets=sum(row.total for row in progress),
        sealed=sum(row.sealed for row in progress),
        graded=Grading.objects.filter(version=1, drawn_case__in=drawn).count(),
        approval=plan.approvals.order_by("-pk").first(),
        appeal_until=appeal_until(plan),
        appeals=appeals["appeals"],
        appeals_open=appeals["open"],
        answer_due=appeals["due"],
        open_consequences=(
            Recovery.objects.filter(drawn_case__draw__plan=plan, closed_at=None).count()
            + Inquiry.objects.filter(drawn_case__draw__plan=plan, closed_at=None).count()
        ),
        progress=progress,
        log=list(AuditEvent.objects.filter(year=plan.year, outcome="done")[:6]),
        **numbers,
    )


def expert_progress(plan: Plan, *, calendar: Calendar) -> list[ExpertProgress]:
    """Sheets given and sealed per expert of the first evaluation, with a forecast.

    The forecast is the expert's own pace in working days since the period began; None before
    the first sealed sheet. Experts without a panel of the plan are alternates.
    """
    assert plan.now is not None
    today = day_of(plan.now)
    counted = (
        ScoreSheet.objects.standing()
        .filter(drawn_case__in=DrawnCase.objects.of(plan), round=SheetRound.FIRST)
        .values("expert_id", "expert__person__name")
        .annotate(
            total=Count("pk"),
            sealed=Count("pk", filter=Q(sealed_at__isnull=False)),
            sealed_today=Count("pk", filter=Q(sealed_at__date=today)),
        )
    )
    members = {
        member.expert_id: member
        for member in PanelMember.objects.filter(
            panel__plan=plan, draw__voided_at__isnull=True
        ).select_related("panel")
    }
    rows = sorted(counted, key=lambda row: _place(members.get(row["expert_id"])))
    return [
        _progress_row(plan, row, members.get(row["expert_id"]), today=today, calendar=calendar)
        for row in rows
    ]


def _place(member: PanelMember | None) -> tuple[str, int, bool]:
    """Criminal panels first, each with its leader first, alternates last."""
    if member is None:
        return ("~", 0, False)
    order = {"criminal": "a", "civil": "b"}[member.panel.category]
    return (order, member.panel.ordinal, not member.leads)


def _progress_row(
    plan: Plan,
    row: Mapping[str, Any],
    member: PanelMember | None,
    *,
    today: date,
    calendar: Calendar,
) -> ExpertProgress:
    days = period_days(plan, calendar)
    return ExpertProgress(
        panel=str(member.panel) if member else "候补专家",
        name=row["expert__person__name"],
        leads=bool(member and member.leads),
        total=row["total"],
        sealed=row["sealed"],
        today=row["sealed_today"],
        planned=row["total"] * sum(day <= today for day in days) // max(len(days), 1),
        finish=forecast(plan, row["total"], row["sealed"], today=today, calendar=calendar),
    )


def period_days(plan: Plan, calendar: Calendar) -> list[date]:
    """The working days of the evaluation period (article 3)."""
    first, last = plan.marking_from, plan.marking_to
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if is_workday(day, calendar, provisional=True)]


def forecast(
    plan: Plan, total: int, sealed: int, *, today: date, calendar: Calendar
) -> date | None:
    """The working day on which the last sheet is sealed at the pace so far."""
    if sealed == total:
        return today
    span = range(max((today - plan.marking_from).days + 1, 0))
    past = (plan.marking_from + timedelta(days=n) for n in span)
    elapsed = sum(is_workday(day, calendar, provisional=True) for day in past)
    if not sealed or not elapsed:
        return None
    left = -(-(total - sealed) * elapsed // sealed)
    day = today
    for _ in range(400):
        if not left:
            return day
        day += timedelta(days=1)
        left -= is_workday(day, calendar, provisional=True)
    return None
