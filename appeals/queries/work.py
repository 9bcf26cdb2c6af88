"""What the pages of appeals, consequences and closing show."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Prefetch, Q

from appeals.models import (
    Appeal,
    AppealFile,
    AppealGround,
    Inquiry,
    Recovery,
    ReviewPanel,
)
from appeals.permissions import may_download
from appeals.queries.answers import AppealRow, appeal_row, appeal_rows, window_of
from appeals.queries.materials import reviews
from appeals.rules import is_final
from evaluations.models import (
    Draw,
    DrawKind,
    DrawnCase,
    Plan,
    ReviewGrading,
    ScoreSheet,
    SheetRound,
)
from evaluations.queries.custody import outstanding_files
from evaluations.queries.publication import unpublished_change
from evaluations.queries.relations import case_relations
from evaluations.queries.results import appeal_until, graded_cases
from evaluations.queries.sheets import graded_sheets
from evaluations.rules.standards import plain
from experts.models import Expert
from wanzhou_eval import workdays
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Person, User
from wanzhou_eval.queries import working_calendar


def ground_rows(appeal: Appeal) -> list[AppealGround]:
    """The disputed items of an appeal."""
    return list(appeal.grounds.all())


def barred_experts(plan: Plan, drawn_case: DrawnCase) -> dict[Expert, str]:
    """Who may not review the case, with the code of the freeze file: `scored` or `recused`.

    Scored: held a first sheet, a withdrawn one too. Recused: 回避 as for every matching.
    """
    recused = case_relations(plan, drawn_case.case)
    sheets = ScoreSheet.objects.filter(drawn_case=drawn_case, round=SheetRound.FIRST)
    scored = Expert.objects.filter(pk__in=sheets.values("expert"))
    return dict.fromkeys(recused, "recused") | dict.fromkeys(scored, "scored")


@dataclass(frozen=True)
class FailingRow:
    """A 不合格 on its way: whether it is final, and what was opened."""

    drawn_case: DrawnCase
    final: bool
    waits: str
    recovery: Recovery | None
    inquiry: Inquiry | None
    paid: Decimal

    @property
    def opened(self) -> bool:
        """Whether recovery and inquiry were started."""
        return self.recovery is not None

    @property
    def left(self) -> Decimal:
        """What is still to be paid back."""
        return self.recovery.amount - self.paid if self.recovery else Decimal(0)


def failing_cases(plan: Plan, *, now: datetime) -> list[FailingRow]:
    """Cases whose grade in force is 不合格, and cases with consequences once opened."""
    until = appeal_until(plan)
    cases = (
        graded_cases(plan)
        .filter(Q(failing=True) | Q(recovery__isnull=False))
        .select_related("case__firm", "recovery", "inquiry")
        .prefetch_related(
            Prefetch("appeals", queryset=Appeal.objects.counting(), to_attr="counting"),
            "recovery__payments",
            "case__handlers__person",
        )
    )
    return [_failing_row(case, now=now, until=until) for case in cases]


def _failing_row(case: DrawnCase, *, now: datetime, until: datetime | None) -> FailingRow:
    appeal: Appeal | None = next(iter(getattr(case, "counting", [])), None)
    final = is_final(
        now=now,
        until=until,
        appealed=appeal is not None,
        answered=bool(appeal and appeal.answered_at),
        withdrawn=bool(appeal and appeal.withdrawn_at),
    )
    waits = "" if final else "异议尚未答复" if appeal else "申辩期未满"
    recovery: Recovery | None = getattr(case, "recovery", None)
    payments = recovery.payments.all() if recovery else []
    return FailingRow(
        drawn_case=case,
        final=final,
        waits=waits,
        recovery=recovery,
        inquiry=getattr(case, "inquiry", None),
        paid=sum((payment.amount for payment in payments), Decimal(0)),
    )


@dataclass(frozen=True)
class AppealPage:
    """One appeal with everything needed to work on it."""

    row: AppealRow
    plan: Plan
    drawn_case: DrawnCase
    grade: str
    grounds: list[AppealGround]
    files: list[AppealFile]
    window: workdays.Deadline
    draw: Draw | None
    panel: ReviewPanel | None
    found: ReviewGrading | None
    first: list[ScoreSheet]
    review: list[ScoreSheet]

    @property
    def appeal(self) -> Appeal:
        """The appeal itself."""
        return self.row.appeal

    @property
    def due(self) -> workdays.Deadline:
        """The answer's date with its reckoning."""
        return self.row.due

    @property
    def next_step(self) -> str:
        """Which act comes next: confirm, freeze, draw, form, mark, answer, or nothing."""
        if not self.row.running:
            return ""
        if not self.appeal.accepted_at:
            return "confirm"
        if self.panel is None:
            if self.draw is None:
                return "freeze"
            return "form" if self.draw.signed_at else "draw"
        return "answer" if self.found else "mark"


def appeal_page(plan: Plan, pk: int) -> AppealPage:
    """The appeal of this year. Raises `RefusedError` (404) when there is none.

    Sheets appear only once their round is graded: who drafts the answer does not talk to a panel
    that still deliberates.
    """
    appeal = _appeal_of(plan, pk)
    assert plan.now is not None
    calendar = working_calendar()
    sheets = graded_sheets().filter(drawn_case=appeal.drawn_case)
    shown = list(sheets.select_related("expert__person").order_by("-leads"))
    number = appeal.drawn_case.case.number
    draws = Draw.objects.live().filter(plan=plan, kind=DrawKind.REVIEW, target=number)
    panels = ReviewPanel.objects.select_related("leader__person", "member__person")
    return AppealPage(
        row=appeal_row(appeal, plan=plan, now=plan.now, calendar=calendar),
        plan=plan,
        drawn_case=appeal.drawn_case,
        grade=first_grade(appeal),
        grounds=list(appeal.grounds.all()),
        files=list(appeal.files.defer("data")),
        window=window_of(appeal, plan=plan, calendar=calendar),
        draw=draws.first(),
        panel=panels.live().filter(appeal=appeal).first(),
        found=ReviewGrading.objects.filter(drawn_case=appeal.drawn_case).first(),
        first=[sheet for sheet in shown if sheet.round == SheetRound.FIRST],
        review=[sheet for sheet in shown if sheet.round == SheetRound.REVIEW],
    )


def _appeal_of(plan: Plan, pk: int) -> Appeal:
    rows = Appeal.objects.of(plan).select_related(
        "drawn_case__case__firm",
        "appellant",
        "registered_by",
        "confirmed_by",
        "answered_by",
        "publication",
        "withdrawal_by",
    )
    appeal = rows.filter(pk=pk).first()
    if appeal is None:
        raise RefusedError(f"{plan.year}年度没有这份异议申辩。请从“异议”列表进入。", status=404)
    return appeal


def first_grade(appeal: Appeal) -> str:
    """The grade that the appeal disputes: of the first evaluation."""
    grading = appeal.drawn_case.gradings.order_by("version").first()
    return grading.grade if grading else ""


def find_handler(drawn_case: DrawnCase, name: str) -> Person:
    """The handler of the case with this name. Raises `RefusedError` (422) when there is none."""
    handlers = drawn_case.case.handlers.select_related("person")
    found = [each.person for each in handlers if each.person.name == name.strip()]
    if not found:
        raise RefusedError(
            f"{drawn_case.case.label}号案件没有叫“{name.strip()}”的承办人，请核对卷宗号和姓名。",
            status=422,
        )
    return found[0]


def find_consequence(plan: Plan, serial: int, relation: str) -> Recovery | Inquiry:
    """The recovery or inquiry of a case. Raises `RefusedError` (404) when none was opened."""
    model = Recovery if relation == "recovery" else Inquiry
    rows = model.objects.filter(drawn_case__draw__plan=plan, drawn_case__case__serial=serial)
    found: Recovery | Inquiry | None = rows.select_related("drawn_case__draw__plan").first()
    if found is None:
        raise RefusedError(f"{serial:04d}号案件还没有启动追回和调查，请先启动。", status=404)
    return found


def find_file(pk: int, *, for_user: User) -> AppealFile:
    """An attachment. Raises `RefusedError` (404) when it is not there for this reader."""
    file = AppealFile.objects.select_related("appeal").filter(pk=pk).first()
    if file is None or not may_download(
        for_user, file.appeal, reviews=reviews(for_user, file.appeal)
    ):
        raise RefusedError("没有找到这个附件。请从申辩书页面下载。", status=404)
    return file


def closing_blockers(plan: Plan, *, now: datetime) -> list[str]:
    """What keeps the year open, one clause each; empty when it can be closed."""
    blockers = []
    until = appeal_until(plan)
    if until is None:
        blockers.append("评估结果还没有公布")
    elif now < until:
        last = workdays.format_day(workdays.day_of(until - timedelta(microseconds=1)))
        blockers.append(f"申辩期限到{last}24:00，还没有届满")
    for each in appeal_rows(plan, now=now, calendar=working_calendar()):
        if each.running:
            due = f"尚未反馈，期限{each.due_told}"
            what = due if each.appeal.accepted_at else "待第二人确认"
            blockers.append(f"{each.appeal.drawn_case.case.label}号案件的异议申辩{what}")
    if unpublished_change(plan):
        blockers.append("公布内容有变更，还没有重新公布")
    for row in failing_cases(plan, now=now):
        blockers += _case_blockers(row)
    return [*blockers, *outstanding_files(plan)]


def _case_blockers(row: FailingRow) -> list[str]:
    label = row.drawn_case.case.label
    if not row.opened:
        return [f"{label}号案件不合格，追回和调查还没有启动"] if row.final else []
    blockers = []
    if row.recovery and not row.recovery.closed_at:
        blockers.append(f"{label}号案件的补贴还有{plain(row.left)}元没有收回")
    if row.inquiry and not row.inquiry.closed_at:
        blockers.append(f"{label}号案件的履职调查还没有办结")
    return blockers
