"""我的任务: what an expert has to do, and nothing about anybody else."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.urls import reverse

from evaluations.models import Nudge, Plan, ScoreSheet, SheetRound, Undertaking
from evaluations.queries.appointments import own_appointments
from evaluations.queries.custody import files_held
from evaluations.queries.deliberation import load_cases, revealed_pairs
from evaluations.queries.score_page import sheet_url
from evaluations.queries.sheets import NO_SHEET, own_sheets, why_closed
from evaluations.queries.trial import own_trial_sheets
from evaluations.rules.custody import label_parts
from evaluations.rules.deliberation import Phase
from evaluations.rules.pace import days_begun, period_days, planned
from evaluations.rules.paper import sheet_parts
from wanzhou_eval.clock import database_now
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User
from wanzhou_eval.queries import working_calendar
from wanzhou_eval.workdays import Calendar

ACTIVE = (Plan.Stage.MARKING, Plan.Stage.MARKED, Plan.Stage.PUBLISHED)


@dataclass(frozen=True)
class TaskRow:
    """One file of the expert; `state` is empty, draft or sealed, of the own sheet alone."""

    position: int
    serial: str
    number: str
    cause: str
    kind: str
    stage: str
    state: str
    saved_at: datetime | None
    sealed_at: datetime | None
    url: str


@dataclass(frozen=True)
class TaskGroup:
    """The files of one year and round, with what has to be signed first."""

    plan: Plan
    review: bool
    rows: list[TaskRow]
    signed: bool
    lock_text: str
    due_today: int = 0
    nudged_at: datetime | None = None

    @property
    def sealed(self) -> int:
        """How many are sealed."""
        return sum(1 for row in self.rows if row.state == "sealed")

    @property
    def drafts(self) -> int:
        """How many are begun and not sealed."""
        return sum(1 for row in self.rows if row.state == "draft")

    @property
    def left(self) -> int:
        """How many are not sealed."""
        return len(self.rows) - self.sealed

    @property
    def next_row(self) -> TaskRow | None:
        """The file to go on with: the first draft, else the first untouched."""
        waiting = [row for row in self.rows if row.state != "sealed"]
        return min(waiting, key=lambda row: row.state != "draft", default=None)


@dataclass(frozen=True)
class Tasks:
    """The page 我的任务; `files` are the paper files that the expert has at hand."""

    groups: list[TaskGroup]
    to_settle: int
    files: list[str]


def my_tasks(user: User) -> Tasks:
    """Everything the expert has to do. A fixed number of queries, whatever the number of files."""
    by_group: dict[tuple[int, str], list[ScoreSheet]] = defaultdict(list)
    now = database_now()
    sheets = own_sheets(user).filter(drawn_case__draw__plan__stage__in=ACTIVE)
    for sheet in sheets.order_by("-drawn_case__draw__plan__year", "-round", "position", "pk"):
        plan = sheet.drawn_case.draw.plan
        plan.now = now + plan.clock_offset
        by_group[plan.pk, sheet.round].append(sheet)
    signed = set(
        Undertaking.objects.filter(expert__person=user.person_id).values_list("plan_id", flat=True)
    )
    nudged = dict(
        Nudge.objects.filter(expert__person=user.person_id).order_by("pk").values_list("plan", "at")
    )
    calendar = working_calendar()
    groups = [
        replace(_group(rows, signed=signed), **_today(rows, nudged=nudged, calendar=calendar))
        for rows in by_group.values()
    ]
    return Tasks(groups, _to_settle(user), files_held(user))


def _group(sheets: list[ScoreSheet], *, signed: set[int]) -> TaskGroup:
    plan = sheets[0].drawn_case.draw.plan
    return TaskGroup(
        plan=plan,
        review=sheets[0].round == SheetRound.REVIEW,
        rows=[_row(sheet) for sheet in sheets],
        signed=plan.pk in signed,
        lock_text=why_closed(sheets[0]),
    )


def _today(
    sheets: list[ScoreSheet], *, nudged: Mapping[int, datetime], calendar: Calendar
) -> dict[str, Any]:
    """How many files are due by tonight at an even pace, and when staff last reminded."""
    plan = sheets[0].drawn_case.draw.plan
    sealed = sum(1 for sheet in sheets if sheet.sealed)
    if sheets[0].round == SheetRound.REVIEW or plan.stage != Plan.Stage.MARKING:
        return {}
    days = period_days(plan.marking_from, plan.marking_to, calendar)
    due = planned(len(sheets), begun=days_begun(days, plan.today), days=len(days))
    waits = sealed < len(sheets)
    return {
        "due_today": max(due - sealed, 0),
        "nudged_at": nudged.get(plan.pk) if waits else None,
    }


def _row(sheet: ScoreSheet) -> TaskRow:
    case, plan = sheet.drawn_case.case, sheet.drawn_case.draw.plan
    return TaskRow(
        position=sheet.position,
        serial=f"{case.serial:04d}",
        number=case.number,
        cause=case.cause,
        kind=case.get_kind_display(),
        stage=case.stage,
        state="sealed" if sheet.sealed else "draft" if sheet.begun else "empty",
        saved_at=sheet.saved_at,
        sealed_at=sheet.sealed_at,
        url=sheet_url(plan.year, case.serial, review=sheet.round == SheetRound.REVIEW),
    )


def _to_settle(user: User) -> int:
    """Cases in which this expert may act now; only revealed ones are counted."""
    pairs = [p for p in revealed_pairs(user) if p[0].drawn_case.draw.plan.stage in ACTIVE]
    cases = load_cases(pairs)
    return sum(1 for case in cases if case.phase is not Phase.GRADED and case.acts_of(user))


def is_signed(user: User, plan: Plan) -> bool:
    """Whether the expert signed the undertaking of this year."""
    return Undertaking.objects.filter(plan=plan, expert__person=user.person_id).exists()


def plan_to_sign(user: User) -> Plan:
    """The latest year whose undertaking the reader is to sign or has signed; 404 without a seat.

    From the forming of the panels on: what is declared before the matching still steers it.
    """
    sheets = own_sheets(user).filter(drawn_case__draw__plan__stage__in=ACTIVE)
    sheet = sheets.order_by("-drawn_case__draw__plan__year").first()
    plans = [seat.plan for seat in own_appointments(user)]
    plans += [sheet.drawn_case.draw.plan] if sheet else []
    plans += [each.file.trial.plan for each in own_trial_sheets(user)]
    if not plans:
        raise RefusedError(
            "本年度没有聘请你评估，也没有分给你的案件，不需要签署承诺书。", status=404
        )
    return max(plans, key=lambda plan: plan.year)


def find_file(user: User, typed: str) -> str:
    """The address of the own sheet for a scanned or typed file number.

    Accepts `0354`, `354`, `2022-0354`, a label's twelve digits and a printed sheet's fourteen.
    Raises `RefusedError` (404) with one sentence for whatever is not the reader's own: nothing
    can be learned by trying.
    """
    paper = sheet_parts(typed)
    if paper:
        sheets = own_sheets(user).filter(pk=paper[1], drawn_case__draw__plan__year=paper[0])
        return _address(sheets.filter(drawn_case__draw__plan__stage__in=ACTIVE))
    label = label_parts(typed)
    year, _, serial = typed.strip().rpartition("-")
    if label:
        year, serial = str(label[0]), str(label[1])
    if not (serial.isascii() and serial.isdigit() and len(serial) <= 6):
        raise RefusedError("请扫卷宗标签，或输入卷宗封面的编号，例如 0354。", status=422)
    sheets = own_sheets(user).filter(drawn_case__case__serial=int(serial))
    sheets = sheets.filter(drawn_case__draw__plan__stage__in=ACTIVE)
    if year.isascii() and year.isdigit():
        sheets = sheets.filter(drawn_case__draw__plan__year=int(year[:4]))
    return _address(sheets.order_by("-drawn_case__draw__plan__year", "-round"))


def _address(sheets: Iterable[ScoreSheet]) -> str:
    for sheet in sheets:
        year, serial = sheet.drawn_case.draw.plan.year, sheet.drawn_case.case.serial
        return sheet_url(year, serial, review=sheet.round == SheetRound.REVIEW)
    raise RefusedError(NO_SHEET, status=404)


def tasks_url() -> str:
    """The address of 我的任务."""
    return reverse("my_tasks")
