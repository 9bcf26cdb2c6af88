"""The year in numbers, read with a fixed number of queries whatever the size of the year."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, Q

from appeals.models import Appeal, Inquiry, Recovery
from cases.models import Case
from cases.queries import standing_rejections
from cases.rules import Reconciliation, reconcile
from evaluations.models import (
    Approval,
    DrawnCase,
    Grading,
    PanelMember,
    Plan,
)
from evaluations.queries.progress import ExpertProgress, expert_progress
from evaluations.queries.replacements import waiting_requests
from evaluations.queries.results import appeal_until
from evaluations.rules.pace import days_begun, period_days
from evaluations.rules.stages import Stage, has_reached
from wanzhou_eval.models import AuditEvent
from wanzhou_eval.queries import working_calendar
from wanzhou_eval.workdays import Calendar, day_of


@dataclass(frozen=True)
class Facts:
    """What track, sentence and tasks are written from."""

    plan: Plan
    now: datetime
    calendar: Calendar
    entered: dict[str, datetime]
    cases: int
    excluded: int
    rejected: int
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
    waiting_requests: int
    progress: list[ExpertProgress]
    log: list[AuditEvent]

    @property
    def today(self) -> date:
        """The plan's present day."""
        return day_of(self.now)

    @property
    def counts(self) -> Reconciliation:
        """The control total; rejected rows are counted while the plan is a draft."""
        return reconcile(
            declared=self.plan.frame.declared_total,
            imported=self.cases - self.excluded,
            excluded=self.excluded,
            rejected=self.rejected,
        )

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
        return period_days(self.plan.marking_from, self.plan.marking_to, self.calendar)

    @property
    def days_elapsed(self) -> int:
        """Working days of the period that have begun."""
        return days_begun(self.marking_days, self.today)

    @property
    def sheets_planned(self) -> int:
        """Sheets that should be sealed by the end of today, half up."""
        days = len(self.marking_days)
        return (2 * self.sheets * self.days_elapsed + days) // (2 * days) if days else 0


def _seated(plan: Plan) -> int:
    """Experts on the panels of the standing draw."""
    seats = PanelMember.objects.standing()
    return seats.filter(panel__plan=plan, draw__voided_at__isnull=True).count()


def case_numbers(plan: Plan) -> dict[str, int]:
    """Cases, excluded ones, and while the plan is a draft the rejected rows."""
    cases = Case.objects.filter(frame=plan.frame_id)
    numbers = cases.aggregate(cases=Count("pk"), excluded=Count("exclusion"))
    draft = plan.stage == Stage.DRAFT
    return {**numbers, "rejected": standing_rejections(plan.frame).count() if draft else 0}


def year_facts(plan: Plan) -> Facts:
    """Read the facts of a plan whose clock was read (`plan_of`)."""
    assert plan.now is not None
    calendar = working_calendar()
    drawn = DrawnCase.objects.of(plan)
    numbers = {
        **case_numbers(plan),
        **drawn.aggregate(drawn=Count("pk")),
        "waiting_requests": waiting_requests(plan),
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
        experts=_seated(plan),
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
