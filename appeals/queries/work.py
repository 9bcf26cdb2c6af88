"""What the pages of appeals, consequences and closing show."""

from dataclasses import dataclass

from appeals.models import (
    Appeal,
    AppealFile,
    AppealGround,
    ReviewPanel,
)
from appeals.permissions import may_download
from appeals.queries.answers import AppealRow, appeal_row, window_of
from appeals.queries.materials import reviews
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
from evaluations.queries.sheets import graded_sheets
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
    def late(self) -> bool:
        """Whether it came in after the period."""
        return self.appeal.received_at >= self.appeal.window_end

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


def find_file(pk: int, *, for_user: User) -> AppealFile:
    """An attachment. Raises `RefusedError` (404) when it is not there for this reader."""
    file = AppealFile.objects.select_related("appeal").filter(pk=pk).first()
    if file is None or not may_download(
        for_user, file.appeal, reviews=reviews(for_user, file.appeal)
    ):
        raise RefusedError("没有找到这个附件。请从申辩书页面下载。", status=404)
    return file
