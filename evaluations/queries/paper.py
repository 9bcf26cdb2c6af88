"""纸质评分表 for those who type it: which sheets, how far, and nothing of what stands on them.

A typing is read by its own typist alone; the database sees to it (`typing_own`). What others may
know of it comes from the functions `paper_states`, `paper_differences` and `paper_texts`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection, transaction
from django.urls import reverse

from evaluations.models import Item, PaperScan, PaperTyping, Plan, ScoreSheet, SheetRound
from evaluations.permissions.paper import may_type_paper
from evaluations.queries.sheets import visible_sheets
from evaluations.queries.standards import load_scope
from evaluations.rules.paper import sheet_code, sheet_parts, spoken_code
from evaluations.rules.stages import Stage
from evaluations.rules.standards import Standard
from experts.models import Expert
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User

ROUND_AT = {Stage.MARKING: SheetRound.FIRST, Stage.PUBLISHED: SheetRound.REVIEW}
NO_PAPER = "没有找到这张评分表。请重扫纸上的条码；重新打印过的，请扫最新的一张。"
TYPIST = "SELECT set_config('app.typist', %s, true)"


@contextmanager
def typing_as(user: User) -> Iterator[None]:
    """One transaction in which the own typings of this account can be read and written."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TYPIST, [str(user.pk)])
        yield
        cursor.execute(TYPIST, [""])


@dataclass(frozen=True)
class Turn:
    """A typing as everybody of the hall may know it."""

    sheet: int
    turn: int
    by: int
    name: str
    at: datetime
    finished: bool
    alike: bool


@dataclass(frozen=True)
class PaperHead:
    """Which sheet it is: the file, the expert, the code on the paper."""

    sheet: int
    year: int
    serial: str
    number: str
    cause: str
    stage: str
    closed_on: date
    expert: str
    review: bool
    scope: str
    standard: str
    code: str

    @property
    def spoken(self) -> str:
        """The code in groups."""
        return spoken_code(self.code)

    @property
    def url(self) -> str:
        """The page where the sheet is typed."""
        return reverse("paper_sheet", args=[self.year, self.code])


@dataclass(frozen=True)
class PaperRow:
    """A sheet in the list, with its typings and what is to be done next, in words."""

    head: PaperHead
    turns: list[Turn]
    sealed: bool
    paper: bool

    @property
    def state(self) -> str:
        """How far the paper is; for a sheet without paper whether it is sealed."""
        if self.sealed:
            return "已封存（纸质）" if self.paper else "已封存"
        if not self.turns:
            return "没有录入"
        if len(self.turns) == 1:
            return "等第二遍" if self.turns[0].finished else "第一遍录入中"
        if not all(turn.finished for turn in self.turns):
            return "第二遍录入中"
        return "等核对说明、附扫描件" if self.turns[0].alike else "两遍有不同"


@dataclass(frozen=True)
class PaperDesk:
    """The list of the year's sheets by expert."""

    rows: list[PaperRow]
    experts: list[tuple[int, str]] = field(default_factory=list)


def turns_of(plan: Plan, sheet: int | None = None) -> dict[int, list[Turn]]:
    """The standing typings by sheet, of a whole year or of one sheet. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM paper_states(%s, %s)", [plan.pk, sheet])
        found: dict[int, list[Turn]] = {}
        for row in cursor.fetchall():
            found.setdefault(row[0], []).append(Turn(*row))
    return found


def paper_sheets(plan: Plan) -> list[ScoreSheet]:
    """The standing sheets of the round that is worked on, by expert in file order."""
    in_round = ROUND_AT.get(Stage(plan.stage))
    sheets = ScoreSheet.objects.standing().with_case().filter(
        drawn_case__draw__plan=plan, drawn_case__replaced_at=None, round=in_round or "-"
    )  # fmt: skip
    return list(sheets.order_by("expert__person__name", "expert", "position", "pk"))


def paper_desk(plan: Plan, expert: str = "") -> PaperDesk:
    """Every sheet that may come on paper, with its state. Two queries, whatever the number."""
    turns, rows = turns_of(plan), paper_sheets(plan)
    experts = {sheet.expert_id: sheet.expert.person.name for sheet in rows}
    shown = [sheet for sheet in rows if not expert or str(sheet.expert_id) == expert]
    return PaperDesk(
        [
            PaperRow(paper_head(sheet, plan), turns.get(sheet.pk, []), sheet.sealed, sheet.paper)
            for sheet in shown
        ],
        list(experts.items()),
    )


def paper_head(sheet: ScoreSheet, plan: Plan) -> PaperHead:
    """The head of a sheet whose related rows are at hand."""
    case = sheet.drawn_case.case
    return PaperHead(
        sheet=sheet.pk,
        year=plan.year,
        serial=f"{case.serial:04d}",
        number=case.number,
        cause=case.cause or case.get_kind_display(),
        stage=case.stage,
        closed_on=case.closed_on,
        expert=sheet.expert.person.name,
        review=sheet.round == SheetRound.REVIEW,
        scope=sheet.scope,
        standard=str(sheet.standard),
        code=sheet_code(plan.year, sheet.pk),
    )


def find_paper(plan: Plan, typed: str) -> ScoreSheet:
    """The standing sheet behind a code. Raises `RefusedError` (404)."""
    year, key = sheet_parts(typed) or (0, 0)
    sheets = ScoreSheet.objects.standing().with_case().filter(drawn_case__draw__plan=plan, pk=key)
    found = sheets.first()
    if found is None or year != plan.year:
        raise RefusedError(NO_PAPER, status=404)
    found.drawn_case.draw.plan.now = plan.now
    return found


@dataclass(frozen=True)
class PaperPage:
    """The page of one sheet for one account: what this person may do now.

    `turn` is the turn this person types, 0 where there is nothing to type; `why` says why.
    """

    head: PaperHead
    standard: Standard
    items: list[Item]
    turns: list[Turn]
    turn: int
    own: PaperTyping | None
    differs: frozenset[int]
    alike: bool
    sealed: bool
    why: str


def paper_page(sheet: ScoreSheet, plan: Plan, *, user: User, why: str) -> PaperPage:
    """The page. Inside `typing_as(user)`; `why` closes the sheet for everybody."""
    standard, items = load_scope(sheet.standard, sheet.scope)
    turns = turns_of(plan, sheet.pk).get(sheet.pk, [])
    own = PaperTyping.objects.filter(sheet=sheet, by=user, discarded_at=None).first()
    turn, refused = turn_of(turns, user=user)
    return PaperPage(
        head=paper_head(sheet, plan),
        standard=standard,
        items=items,
        turns=turns,
        turn=0 if sheet.sealed or why else turn,
        own=own,
        differs=differences(sheet) if own else frozenset(),
        alike=bool(turns and turns[0].alike),
        sealed=sheet.sealed,
        why=why or refused,
    )


def turn_of(turns: Sequence[Turn], *, user: User) -> tuple[int, str]:
    """Which turn this account types now; 0 and the reason where none."""
    own = next((each.turn for each in turns if each.by == user.pk), 0)
    if own:
        return own, ""
    if len(turns) == 2:
        return 0, f"这张评分表由{turns[0].name}和{turns[1].name}录入，别人不用再录。"
    if turns and not turns[0].finished:
        return 0, f"第一遍由{turns[0].name}在录，录完后再由另一人录第二遍。"
    turn = len(turns) + 1
    if not may_type_paper(user, turn=turn):
        return 0, "第一遍由区法律援助中心录入；录完后科室或中心的另一人可以录第二遍。"
    return turn, ""


def differences(sheet: ScoreSheet) -> frozenset[int]:
    """The items in which two finished typings differ; which, never how."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM paper_differences(%s)", [sheet.pk])
        return frozenset(row[0] for row in cursor.fetchall())


def first_texts(sheet: ScoreSheet) -> dict[str, str]:
    """The notes of the first typing, for the second person once all else agrees; else empty."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT paper_texts(%s)", [sheet.pk])
        ((texts,),) = cursor.fetchall()
    found: Mapping[str, str] = json.loads(texts) if isinstance(texts, str) else texts or {}
    return dict(found)


def blank_sheets(plan: Plan, *, expert: str, code: str) -> list[ScoreSheet]:
    """Sheets to print blank: those of an expert that are not sealed, or one by its code."""
    if code:
        return [find_paper(plan, code)]
    sheets = [sheet for sheet in paper_sheets(plan) if not sheet.sealed]
    return [sheet for sheet in sheets if str(sheet.expert_id) == expert]


def expert_name(plan: Plan, expert: str) -> str:
    """The name behind a choice of the list; empty for none."""
    if not (expert.isascii() and expert.isdigit() and len(expert) < 10):
        return ""
    rows = Expert.objects.filter(pk=int(expert), sheets__drawn_case__draw__plan=plan)
    return rows.values_list("person__name", flat=True).first() or ""


def scans_of(sheets: Iterable[ScoreSheet]) -> list[PaperScan]:
    """The scans of sheets that their reader may see, without their content; no query without."""
    keys = [sheet.pk for sheet in sheets if sheet.paper]
    return list(PaperScan.objects.filter(sheet__in=keys).defer("data")) if keys else []


def find_scan(pk: int, *, for_user: User) -> PaperScan:
    """A scan, for whoever may read the sheet itself at this moment; else 404."""
    scan = PaperScan.objects.filter(pk=pk, sheet__in=visible_sheets(for_user).values("pk")).first()
    if scan is None:
        raise RefusedError("没有找到这个扫描件。请从评分表页面下载。", status=404)
    return scan
