"""问题处理: every case with consequences, what each waits for and what is still owed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Prefetch, Q, QuerySet

from appeals.models import Appeal, Inquiry, Recovery, Rectification
from appeals.rules import is_final, mean_deduction, named_grades, wants_rectification
from evaluations.models import (
    DrawnCase,
    Grading,
    GradingOutcome,
    Plan,
    ScoreSheet,
    SheetRound,
)
from evaluations.queries.results import appeal_until, graded_cases
from evaluations.rules.standards import plain
from wanzhou_eval import workdays
from wanzhou_eval.errors import RefusedError


@dataclass(frozen=True)
class ConsequenceRow:
    """A case on its way: whether its grade is final, what was opened, what is owed.

    `due` says that the plan's limit asks for 整改. `held` is an appeal that came in time but was
    registered only after the consequences were opened: nothing moves until it is answered.
    """

    drawn_case: DrawnCase
    grade: str
    failing: bool
    final: bool
    waits: str
    held: bool
    due: bool
    deduction: Decimal | None
    recovery: Recovery | None
    inquiry: Inquiry | None
    rectification: Rectification | None

    @property
    def opened(self) -> bool:
        """Whether recovery and inquiry were started."""
        return self.recovery is not None

    @property
    def ready(self) -> bool:
        """Whether something is to be started now."""
        recover = self.failing and not self.opened
        return self.final and (recover or (self.due and self.rectification is None))

    def _sum(self, kind: str) -> Decimal:
        payments = self.recovery.payments.all() if self.recovery else ()
        return sum((p.amount for p in payments if p.kind == kind), Decimal(0))

    @property
    def came(self) -> Decimal:
        """What came back."""
        return self._sum("paid")

    @property
    def went(self) -> Decimal:
        """What went back again."""
        return self._sum("returned")

    @property
    def kept(self) -> Decimal:
        """What came back and was not given back."""
        return self.came - self.went

    @property
    def left(self) -> Decimal:
        """What is still to be paid back."""
        return self.recovery.amount - self.kept if self.recovery else Decimal(0)

    @property
    def to_lift(self) -> bool:
        """The grade in force is no longer 不合格, and what was started for it still runs."""
        running = self.recovery is not None and not self.recovery.lifted_at
        return not self.failing and running

    @property
    def to_refund(self) -> bool:
        """Lifted, and money that came back is still here."""
        return bool(self.recovery and self.recovery.lifted_at and self.kept)

    @property
    def proofs_late(self) -> bool:
        """Whether a proof came after the day that the notice set."""
        rectification = self.rectification
        if rectification is None or rectification.due_on is None:
            return False
        return any(p.received_on > rectification.due_on for p in rectification.proofs.all())

    def overdue(self, today: date) -> list[str]:
        """What should have been done by today, one clause each."""
        told = []
        recovery, rectification = self.recovery, self.rectification
        if recovery and recovery.due_on and not recovery.closed_at and recovery.due_on < today:
            day = workdays.format_day(recovery.due_on)
            told.append(f"收回期限{day}已过，还有{plain(self.left)}元没有收回")
        due = rectification.due_on if rectification and not rectification.closed_at else None
        if due and due < today:
            told.append(f"整改期限{workdays.format_day(due)}已过")
        return told


def consequence_rows(plan: Plan, *, now: datetime) -> list[ConsequenceRow]:
    """Cases that are 不合格 or were, that the plan wants corrected, or that 科室 chose."""
    weak = _weak_cases(plan)
    cases = list(
        graded_cases(plan)
        .filter(
            Q(failing=True)
            | Q(recovery__isnull=False)
            | Q(rectification__isnull=False)
            | Q(pk__in=weak)
        )
        .select_related("case__firm", "recovery", "inquiry", "rectification")
        .prefetch_related(
            Prefetch("appeals", queryset=Appeal.objects.counting(), to_attr="counting"),
            "recovery__payments",
            "rectification__proofs",
            "case__handlers__person",
        )
    )
    totals = {} if plan.by_level else _totals(cases)
    until = appeal_until(plan)
    return [_row(plan, case, totals.get(case.pk, []), now=now, until=until) for case in cases]


def _sheets() -> QuerySet[ScoreSheet]:
    return ScoreSheet.objects.filter(sealed=True, withdrawn_at__isnull=True)


def _weak_cases(plan: Plan) -> list[int]:
    """Cases with a sheet that took off as much as the plan's limit: few, whatever the year.

    Where items take levels, those of a named grade.
    """
    named, cases = named_grades(plan.rectify_grades), DrawnCase.objects.of(plan)
    if not named:
        return []
    if plan.by_level:
        graded = Grading.objects.current().filter(drawn_case__in=cases, grade__in=named)
        return list(graded.values_list("drawn_case_id", flat=True))
    low = _sheets().filter(drawn_case__in=cases, content__total__lte=100 - plan.rectify_deduction)
    return list(low.values_list("drawn_case_id", flat=True).distinct())


def _totals(cases: Sequence[DrawnCase]) -> dict[int, list[Decimal]]:
    """The totals behind the grade in force: of the review where it changed the grade."""
    rounds = {
        case.pk: SheetRound.REVIEW
        if getattr(case, "outcome", "") == GradingOutcome.CHANGED
        else SheetRound.FIRST
        for case in cases
    }
    found: dict[int, list[Decimal]] = {}
    rows = _sheets().filter(drawn_case__in=cases)
    for case, in_round, total in rows.values_list("drawn_case_id", "round", "content__total"):
        if total is not None and in_round == rounds[case]:
            found.setdefault(case, []).append(total)
    return found


def _row(
    plan: Plan,
    case: DrawnCase,
    totals: Sequence[Decimal],
    *,
    now: datetime,
    until: datetime | None,
) -> ConsequenceRow:
    final, waits = _finality(case, now=now, until=until)
    recovery: Recovery | None = getattr(case, "recovery", None)
    rectification: Rectification | None = getattr(case, "rectification", None)
    grade, failing = getattr(case, "grade", "") or "", bool(getattr(case, "failing", False))
    return ConsequenceRow(
        drawn_case=case,
        grade=grade,
        failing=failing,
        final=final,
        waits=waits,
        held=not final and (recovery is not None or rectification is not None),
        due=_due(plan, totals, grade=grade, failing=failing),
        deduction=mean_deduction(totals),
        recovery=recovery,
        inquiry=getattr(case, "inquiry", None),
        rectification=rectification,
    )


def _finality(case: DrawnCase, *, now: datetime, until: datetime | None) -> tuple[bool, str]:
    """Whether the grade is final, and else what it waits for."""
    appeal: Appeal | None = next(iter(getattr(case, "counting", [])), None)
    final = is_final(
        now=now,
        until=until,
        appealed=appeal is not None,
        answered=bool(appeal and appeal.answered_at),
        withdrawn=bool(appeal and appeal.withdrawn_at),
    )
    return final, "" if final else "异议尚未答复" if appeal else "申辩期未满"


def _due(plan: Plan, totals: Sequence[Decimal], *, grade: str, failing: bool) -> bool:
    return wants_rectification(
        grade=grade,
        failing=failing,
        totals=totals,
        grades=named_grades(plan.rectify_grades),
        limit=plan.rectify_deduction,
        by_level=plan.by_level,
    )


def shown_rows(plan: Plan, *, now: datetime) -> list[ConsequenceRow]:
    """The rows that the page lists: nothing of cases that only came near the limit."""
    rows = consequence_rows(plan, now=now)
    return [row for row in rows if row.failing or row.opened or row.rectification or row.due]


def consequence_of(plan: Plan, serial: int) -> ConsequenceRow:
    """One case of the page. Raises `RefusedError` (404) when it has no consequences."""
    rows = shown_rows(plan, now=plan.moment) if plan.published_at else []
    found = [row for row in rows if row.drawn_case.case.serial == serial]
    if not found:
        raise RefusedError(
            f"{serial:04d}号案件没有问题处理事项。请从“问题处理”页进入。", status=404
        )
    return found[0]


def find_consequence(plan: Plan, serial: int, relation: str) -> Recovery | Inquiry | Rectification:
    """The recovery, inquiry or 整改 of a case. Raises `RefusedError` (404) when none was opened."""
    models = {"recovery": Recovery, "inquiry": Inquiry, "rectification": Rectification}
    rows = models[relation].objects.filter(  # type: ignore[attr-defined]
        drawn_case__draw__plan=plan, drawn_case__case__serial=serial
    )
    found: Recovery | Inquiry | Rectification | None = rows.select_related(
        "drawn_case__draw__plan", "drawn_case__case"
    ).first()
    if found is None:
        what = "整改" if relation == "rectification" else "追回和调查"
        raise RefusedError(f"{serial:04d}号案件还没有启动{what}，请先启动。", status=404)
    return found


def open_appeal(drawn_case: DrawnCase) -> Appeal | None:
    """An appeal of the case that is neither answered nor withdrawn."""
    appeals = Appeal.objects.counting().filter(drawn_case=drawn_case)
    return appeals.filter(withdrawn_at__isnull=True, answered_at__isnull=True).first()
