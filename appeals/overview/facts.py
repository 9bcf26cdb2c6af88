"""The year in numbers, read with a fixed number of queries whatever the size of the year."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from appeals.overview.counts import Counts, year_counts
from cases.rules import Reconciliation, reconcile
from evaluations.models import (
    Approval,
    Plan,
)
from evaluations.queries.deadlines import moment_told, publication_due, report_due, terms_of
from evaluations.queries.progress import ExpertProgress, expert_progress
from evaluations.rules import terms
from evaluations.rules.pace import days_begun, period_days
from evaluations.rules.stages import Stage, has_reached
from wanzhou_eval.models import AuditEvent
from wanzhou_eval.queries import calendar_of, missing_notices, working_calendar
from wanzhou_eval.workdays import Calendar, Deadline, day_of


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
    def missing_notices(self) -> list[int]:
        """Years whose notice on holidays should be entered by now."""
        return missing_notices(self.today, self.calendar.years)

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

    @cached_property
    def publication_due(self) -> Deadline | None:
        """公布期限, once the evaluation ended."""
        return publication_due(self.plan, self.calendar)

    @cached_property
    def report_due(self) -> Deadline | None:
        """报告期限, once the evaluation ended."""
        return report_due(self.plan, self.calendar)

    @cached_property
    def appeal_due(self) -> Deadline | None:
        """申辩期限, by the calendar of the first publication."""
        if self.plan.published_at is None:
            return None
        calendar = calendar_of(self.appeal_calendar or "", present=self.calendar)
        told = f"公布稿第1版，{moment_told(self.plan.published_at)}公布；位置和凭据见“公布与异议”"
        return terms.appeal_due(
            self.plan.published_at, terms_of(self.plan), calendar, evidence=told, provisional=True
        )

    @cached_property
    def answer(self) -> Deadline | None:
        """反馈期限 of the appeal whose answer is due first, by the calendar stored with it."""
        if self.answer_from is None:
            return None
        calendar = calendar_of(self.answer_calendar or "", present=self.calendar)
        told = f"最先到期的一份{moment_told(self.answer_from)}收到，见“异议”列表"
        return terms.answer_due(
            self.answer_from, terms_of(self.plan), calendar, evidence=told, provisional=True
        )

    @property
    def answer_due(self) -> date | None:
        """The date of that answer."""
        return self.answer.due if self.answer else None

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
