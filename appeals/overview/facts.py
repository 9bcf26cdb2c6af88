"""The year in numbers, read with a fixed number of queries whatever the size of the year."""

from dataclasses import dataclass
from datetime import date, datetime

from appeals.overview.counts import Counts, year_counts
from cases.rules import Reconciliation, reconcile
from evaluations.models import (
    Approval,
    Plan,
)
from evaluations.queries.progress import ExpertProgress, expert_progress
from evaluations.rules.pace import days_begun, period_days
from evaluations.rules.stages import Stage, has_reached
from wanzhou_eval.models import AuditEvent
from wanzhou_eval.queries import working_calendar
from wanzhou_eval.workdays import Calendar, day_of


@dataclass(frozen=True)
class Facts(Counts):
    """What track, sentence and tasks are written from."""

    plan: Plan
    now: datetime
    calendar: Calendar
    entered: dict[str, datetime]
    approval: Approval | None
    progress: list[ExpertProgress]
    log: list[AuditEvent]

    @property
    def today(self) -> date:
        """The plan's present day."""
        return day_of(self.now)

    @property
    def counts(self) -> Reconciliation:
        """The control total."""
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
    def sheets(self) -> int:
        """Sheets of the first evaluation."""
        return sum(row.total for row in self.progress)

    @property
    def sealed(self) -> int:
        """Sheets of the first evaluation that are sealed."""
        return sum(row.sealed for row in self.progress)

    @property
    def days_elapsed(self) -> int:
        """Working days of the period that have begun."""
        return days_begun(self.marking_days, self.today)

    @property
    def sheets_planned(self) -> int:
        """Sheets that should be sealed by the end of today, half up."""
        days = len(self.marking_days)
        return (2 * self.sheets * self.days_elapsed + days) // (2 * days) if days else 0


def year_facts(plan: Plan) -> Facts:
    """Read the facts of a plan whose clock was read (`plan_of`)."""
    assert plan.now is not None
    calendar = working_calendar()
    return Facts(
        **vars(year_counts(plan)),
        plan=plan,
        now=plan.now,
        calendar=calendar,
        entered={entry.stage: entry.at for entry in plan.entries.all()},
        approval=plan.approvals.order_by("-pk").first(),
        progress=expert_progress(plan, calendar=calendar),
        log=list(AuditEvent.objects.filter(year=plan.year, outcome="done")[:6]),
    )
