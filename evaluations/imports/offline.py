"""离线评分表: the workbook that an expert filled in without network → rows and findings.

One tab per sheet, so that a file and its case cannot come apart. Pure: whose sheets they are and
what was saved meanwhile is for `actions.offline`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from evaluations.rules.errors import RuleError
from evaluations.rules.levels import parse_level, parse_overall
from evaluations.rules.paper import reason_keys
from evaluations.rules.standards import MarkState, parse_amount
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.tables import Finding, Level, text_of
from wanzhou_eval.workbooks import Cell, Row, Sheet, Workbook

CODE, STANDARD, COMMENT = "评分表编号", "评分标准", "总体意见"
COLUMNS = (
    "编号",
    "评估项目",
    "满分",
    "扣分",
    "情形",
    "卷宗页码",
    "记载",
    "说明",
    "可选情形",
    "保存版次",
)
LEVEL_COLUMNS = (*COLUMNS[:2], "可评", "等次", *COLUMNS[4:])
"""The same table where items take levels."""
OVERALL = "总体判断"
NUMBER, AMOUNT, REASONS, PAGES, STATE, NOTE, VERSION = 0, 3, 4, 5, 6, 7, 9
STATES = {
    "": MarkState.SCORED,
    "不适用": MarkState.NOT_APPLICABLE,
    "无法评价": MarkState.CANNOT_ASSESS,
    "成立": MarkState.VETO,
}
AS_TEXT = "这一格被表格软件变成了日期：把它设为“文本”格式，再照原样重填"
ABOUT = "填写说明"


@dataclass(frozen=True)
class OfflineRow:
    """One item as filled in; `version` is the one that was saved when the file was made."""

    row: int
    number: str
    deduction: Decimal | None
    level: int | None
    reasons: tuple[int, ...]
    pages: str
    state: MarkState
    note: str
    version: int


@dataclass(frozen=True)
class OfflineSheet:
    """One tab: which sheet it says it is, by which standard, and what stands on it."""

    name: str
    code: str
    standard: str
    comment: str
    comment_was: str
    rows: tuple[OfflineRow, ...]
    overall: int | None = None
    overall_was: str = ""


def fingerprint(text: str) -> str:
    """A short sign of a text, to see whether it was changed in between."""
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def read_offline(workbook: Workbook) -> tuple[list[OfflineSheet], list[Finding]]:
    """Every tab with a sheet's code. Raises `RefusedError` (422) when there is none."""
    found: list[OfflineSheet] = []
    findings: list[Finding] = []
    for sheet in workbook.sheets:
        facts = _facts(sheet)
        if CODE in facts:
            found.append(_sheet(sheet, facts, findings))
    if not found:
        raise RefusedError(
            "文件里没有离线评分表。请上传从“离线评分”页下载、填好的那个工作簿。", status=422
        )
    codes = [part.code for part in found]
    for part in found:
        if codes.count(part.code) > 1:
            findings.append(finding((part.name, 2, CODE), part.code, "同一张评分表出现两次"))
    return found, findings


def finding(place: tuple[str, int, str], found: str, message: str) -> Finding:
    """What has to be put right at a place: tab, row and column as the author sees them."""
    shown = found[:80] or "（空）"
    return Finding(Level.ERROR, "offline", *place, shown, message, "改好后重新上传")


def _facts(sheet: Sheet) -> Mapping[str, tuple[Cell, ...]]:
    """The lines above the table by their first cell."""
    return {text_of(row.cells[0]).strip(): row.cells for row in sheet.rows[:7] if row.cells}


def _text(cells: tuple[Cell, ...], place: int) -> str:
    return text_of(cells[place]).strip() if place < len(cells) else ""


def _sheet(
    sheet: Sheet, facts: Mapping[str, tuple[Cell, ...]], findings: list[Finding]
) -> OfflineSheet:
    head = next((row for row in sheet.rows if _text(row.cells, 0) == COLUMNS[0]), None)
    names = tuple(_text(head.cells, n) for n in range(len(COLUMNS))) if head else ()
    by_level = names == LEVEL_COLUMNS
    if names != COLUMNS and not by_level:
        place = (sheet.name, head.number if head else 1, COLUMNS[0])
        findings.append(finding(place, "", "表头被改动了，请重新下载再填"))
        return OfflineSheet(sheet.name, _text(facts[CODE], 1), "", "", "", ())
    assert head is not None
    filled = [row for row in sheet.rows if row.number > head.number and _text(row.cells, NUMBER)]
    rows = [_row(sheet.name, row, findings, by_level=by_level) for row in filled]
    comment, overall = facts.get(COMMENT, ()), facts.get(OVERALL, ())
    return OfflineSheet(
        name=sheet.name,
        code=_text(facts[CODE], 1),
        standard=_text(facts.get(STANDARD, ()), 3),
        comment=_text(comment, 1),
        comment_was=_text(comment, 3),
        rows=tuple(row for row in rows if row),
        overall=_judged(sheet.name, _text(overall, 1), findings),
        overall_was=_text(overall, 3),
    )


def _judged(sheet: str, text: str, findings: list[Finding]) -> int | None:
    """The overall judgement above the table; None with a finding for what is none."""
    try:
        return parse_overall(text)
    except RuleError as error:
        findings.append(finding((sheet, 5, OVERALL), text, str(error)))
        return None


def _row(sheet: str, row: Row, findings: list[Finding], *, by_level: bool) -> OfflineRow | None:
    """One line, or None with what is wrong with it in `findings`."""
    cells = row.cells
    (level, wrong) = _level(cells) if by_level else (None, [])
    (amount, wrong) = (None, wrong) if by_level else _amount(cells)
    names = LEVEL_COLUMNS if by_level else COLUMNS
    keys, state = reason_keys(_text(cells, REASONS)), STATES.get(_text(cells, STATE))
    version = _text(cells, VERSION)
    if keys is None:
        wrong.append((REASONS, "情形请填数字键，如 1 或 1、3"))
    if state is None:
        wrong.append((STATE, "记载只能填“不适用”“无法评价”，否决项填“成立”"))
    if not (version.isascii() and version.isdigit() and len(version) < 9):
        wrong.append((VERSION, "这一列不能改，请重新下载再填"))
    findings += [
        finding((sheet, row.number, names[place]), _text(cells, place), told)
        for place, told in wrong
    ]
    if wrong or keys is None or state is None:
        return None
    return OfflineRow(
        row.number, _text(cells, NUMBER), amount, level, keys, _text(cells, PAGES), state,
        _text(cells, NOTE), int(version),
    )  # fmt: skip


def _level(cells: tuple[Cell, ...]) -> tuple[int | None, list[tuple[int, str]]]:
    """The level, and what is wrong with cells that should hold what was typed."""
    wrong = _dates(cells)
    try:
        return parse_level(_text(cells, AMOUNT)), wrong
    except RuleError as error:
        return None, [*wrong, (AMOUNT, str(error))]


def _dates(cells: tuple[Cell, ...]) -> list[tuple[int, str]]:
    return [
        (place, AS_TEXT)
        for place in (AMOUNT, REASONS, PAGES)
        if place < len(cells) and isinstance(cells[place], date)
    ]


def _amount(cells: tuple[Cell, ...]) -> tuple[Decimal | None, list[tuple[int, str]]]:
    """The deduction, and what is wrong with cells that should hold what was typed."""
    wrong = _dates(cells)
    try:
        return parse_amount(_text(cells, AMOUNT)), wrong
    except RuleError as error:
        return None, [*wrong, (AMOUNT, str(error))]
