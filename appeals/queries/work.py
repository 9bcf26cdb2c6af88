"""What the pages of appeals, consequences and closing show."""

from dataclasses import dataclass
from datetime import datetime

from appeals.models import (
    Appeal,
    AppealFile,
    AppealGround,
    ReviewPanel,
)
from appeals.permissions import may_download
from evaluations.models import (
    Draw,
    DrawKind,
    DrawnCase,
    Plan,
    ReviewGrading,
    ScoreSheet,
    SheetRound,
)
from evaluations.queries.relations import case_relations
from evaluations.queries.results import terms_of
from evaluations.queries.sheets import graded_sheets
from evaluations.rules import terms
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
class AppealRow:
    """One appeal in the queue with its clock."""

    appeal: Appeal
    left: int
    urgency: workdays.Urgency
    answer_late: bool

    @property
    def running(self) -> bool:
        """Whether the answer is still to be given."""
        appeal = self.appeal
        return not (appeal.refused_at or appeal.withdrawn_at or appeal.answered_at)


def appeal_rows(plan: Plan, *, now: datetime, calendar: workdays.Calendar) -> list[AppealRow]:
    """All appeals of a year, the nearest answer first."""
    appeals = Appeal.objects.of(plan).select_related("drawn_case__case__firm", "appellant")
    return [appeal_row(appeal, now=now, calendar=calendar) for appeal in appeals]


def appeal_row(appeal: Appeal, *, now: datetime, calendar: workdays.Calendar) -> AppealRow:
    """The appeal with how many 工作日 are left for the answer and whether it came late."""
    assert appeal.answer_due is not None
    today = workdays.day_of(now)
    late = appeal.answered_at and appeal.answered_at >= workdays.end_of_day(appeal.answer_due)
    return AppealRow(
        appeal=appeal,
        left=workdays.workdays_left(today, appeal.answer_due, calendar, provisional=True),
        urgency=workdays.urgency(today, appeal.answer_due, calendar, provisional=True),
        answer_late=bool(late),
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
    due: workdays.Deadline
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
        row=appeal_row(appeal, now=plan.now, calendar=calendar),
        plan=plan,
        drawn_case=appeal.drawn_case,
        grade=first_grade(appeal),
        grounds=list(appeal.grounds.all()),
        files=list(appeal.files.defer("data")),
        due=terms.answer_due(appeal.received_at, terms_of(plan), calendar, provisional=True),
        draw=draws.first(),
        panel=panels.live().filter(appeal=appeal).first(),
        found=ReviewGrading.objects.filter(drawn_case=appeal.drawn_case).first(),
        first=[sheet for sheet in shown if sheet.round == SheetRound.FIRST],
        review=[sheet for sheet in shown if sheet.round == SheetRound.REVIEW],
    )


def _appeal_of(plan: Plan, pk: int) -> Appeal:
    rows = Appeal.objects.of(plan).select_related(
        "drawn_case__case__firm", "appellant", "registered_by", "confirmed_by", "answered_by"
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


def find_file(pk: int, *, for_user: User) -> AppealFile:
    """An attachment. Raises `RefusedError` (404) when it is not there for this reader."""
    file = AppealFile.objects.select_related("appeal").filter(pk=pk).first()
    if file is None or not may_download(for_user, file.appeal):
        raise RefusedError("没有找到这个附件。请从申辩书页面下载。", status=404)
    return file
