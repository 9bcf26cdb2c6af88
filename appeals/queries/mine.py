"""我的案件: what a handler reads of own cases, and from when on."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet

from appeals.models import Appeal, AppealFile
from appeals.queries.answers import AppealRow, appeal_row
from evaluations.models import DrawnCase, Mark, Plan, ScoreSheet, SheetRound
from evaluations.queries.deadlines import appeal_window, first_publication, publication_due
from evaluations.queries.results import WORSE, graded_cases
from wanzhou_eval import workdays
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User
from wanzhou_eval.queries import working_calendar


@dataclass(frozen=True)
class Deduction:
    """A deducted item with its reasons; neither who deducted nor how much."""

    item: str
    reasons: list[str]
    pages: str
    notes: list[str]


@dataclass(frozen=True)
class MyYear:
    """One year as a handler sees it: cases once published, before that only the date."""

    plan: Plan
    cases: list[DrawnCase]
    window: workdays.Deadline | None
    open: bool
    expected: workdays.Deadline | None
    left: int


def own_cases(user: User, plan: Plan) -> QuerySet[DrawnCase]:
    """The reader's own cases of a published year; none before the publication."""
    if plan.published_at is None:
        return DrawnCase.objects.none()
    if user.person_id is None:
        return DrawnCase.objects.none()
    return graded_cases(plan).filter(case__handlers__person=user.person_id)


def my_years(user: User, *, clock: datetime) -> list[MyYear]:
    """Every year in which something is, or will be, there for the handler."""
    calendar = working_calendar()
    appeals = Prefetch("appeals", queryset=Appeal.objects.order_by("pk"), to_attr="own_appeals")
    return [
        _my_year(plan, list(own_cases(user, plan).prefetch_related(appeals)), clock, calendar)
        for plan in Plan.objects.exclude(stage=Plan.Stage.DRAFT).select_related("standard")
    ]


def _my_year(
    plan: Plan, cases: list[DrawnCase], clock: datetime, calendar: workdays.Calendar
) -> MyYear:
    now = clock + plan.clock_offset
    published = first_publication(plan)
    until = published.appeal_until if published else None
    window = appeal_window(plan, calendar, published=published)
    today = workdays.day_of(now)
    left = workdays.workdays_left(today, window.due, calendar, provisional=True) if window else 0
    return MyYear(
        plan=plan,
        cases=cases,
        window=window,
        open=until is not None and now < until,
        expected=None if plan.published_at else publication_due(plan, calendar),
        left=left,
    )


@dataclass(frozen=True)
class MyCase:
    """One own case: grade, what was deducted and why, the period and the appeal."""

    plan: Plan
    drawn_case: DrawnCase
    deductions: list[Deduction]
    window: workdays.Deadline
    open: bool
    left: int
    rows: list[AppealRow]

    @property
    def answer(self) -> AppealRow | None:
        """The appeal that used the one chance, with the clock of its answer."""
        return next((row for row in self.rows if not row.appeal.refused_at), None)

    @property
    def counting(self) -> Appeal | None:
        """The appeal that used the one chance, if there is one."""
        return self.answer.appeal if self.answer else None

    def own(self, pk: int) -> Appeal:
        """One of the own appeals. Raises `RefusedError` (404) for any other."""
        found = [row.appeal for row in self.rows if row.appeal.pk == pk]
        if not found:
            raise RefusedError("没有找到这份异议申辩。请从“我的案件”进入。", status=404)
        return found[0]

    @property
    def may_appeal(self) -> bool:
        """Whether the page offers the appeal; the act decides again after the lock."""
        return self.open and self.counting is None


def my_case(user: User, *, plan: Plan, serial: int) -> MyCase:
    """An own case. Raises `RefusedError` (404) for others' cases and before the publication."""
    found = own_cases(user, plan).filter(case__serial=serial).first()
    if found is None:
        raise RefusedError("没有找到这个案件。请从“我的案件”进入。", status=404)
    assert plan.now is not None
    calendar = working_calendar()
    published = first_publication(plan)
    window = appeal_window(plan, calendar, published=published)
    assert published is not None
    assert window is not None
    shown = _own_appeals(user, found)
    today = workdays.day_of(plan.now)
    return MyCase(
        plan=plan,
        drawn_case=found,
        deductions=deductions(found),
        window=window,
        open=plan.now < published.appeal_until,
        left=workdays.workdays_left(today, window.due, calendar, provisional=True),
        rows=[appeal_row(each, plan=plan, now=plan.now, calendar=calendar) for each in shown],
    )


def _own_appeals(user: User, drawn_case: DrawnCase) -> QuerySet[Appeal]:
    """The reader's own appeals of a case, without the contents of the files."""
    files = Prefetch("files", queryset=AppealFile.objects.defer("data"))
    own = Appeal.objects.filter(drawn_case=drawn_case, appellant=user.person_id)
    joined = own.select_related("publication", "appellant", "drawn_case__case")
    return joined.prefetch_related("grounds", files).order_by("pk")


def deductions(drawn_case: DrawnCase) -> list[Deduction]:
    """What both sheets of the first evaluation took off, merged: nobody can tell whose it was.

    Where items take levels: those below the best.
    """
    revealed = ScoreSheet.objects.revealed().filter(drawn_case=drawn_case, round=SheetRound.FIRST)
    sheets = list(revealed.values_list("pk", flat=True))
    marks = (
        Mark.objects.filter(WORSE | Q(state=Mark.State.VETO), sheet__in=sheets)
        .select_related("item")
        .prefetch_related("item__reasons")
        .order_by("item__ordinal", "pk")
    )
    by_item: dict[str, list[Mark]] = defaultdict(list)
    for mark in marks:
        by_item[f"{mark.item.number} {mark.item.title}"].append(mark)
    return [_merged(item, found) for item, found in by_item.items()]


def _merged(item: str, marks: list[Mark]) -> Deduction:
    keys = {key for mark in marks for key in mark.reasons}
    return Deduction(
        item=item,
        reasons=[each.text for each in marks[0].item.reasons.all() if each.ordinal in keys],
        pages="；".join(sorted({mark.pages for mark in marks if mark.pages})),
        notes=sorted({mark.note for mark in marks if mark.note}),
    )
