"""专家库: the pool workbook → typed rows or the full list of findings. Reading only."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from wanzhou_eval.errors import RefusedError
from wanzhou_eval.headers import Field, Header, find_header, told_header
from wanzhou_eval.tables import CleaningStep, Finding, Level, SkippedRow, text_of
from wanzhou_eval.texts import (
    clean_name,
    clean_organisation,
    clean_text,
    is_blank,
    organisation_key,
    squeeze,
)
from wanzhou_eval.workbooks import Cell, Row, Sheet, Workbook

FIELDS = (
    Field("name", "姓名", ("专家姓名", "专家"), required=True),
    Field("firm", "工作单位", ("单位", "执业机构", "承办机构", "所在单位"), required=True),
    Field("specialties", "专业领域", ("专业", "领域", "擅长领域", "评估类别"), required=True),
    Field("is_local", "是否本地", ("本地",)),
    Field("source", "来源", ("专家来源", "人员来源")),
    Field("years", "执业年限", ("年限", "从业年限")),
    Field("phone", "联系电话", ("电话", "手机", "手机号码", "联系方式")),
    Field("may_lead", "可任组长", ("能否任组长", "组长")),
    Field("remarks", "备注", ("说明",)),
)
LABELS = {field.key: field.label for field in FIELDS}
LIMITS = {"name": 40, "firm": 80, "phone": 20, "remarks": 200}
YES, NO = (
    frozenset({"是", "可", "能", "Y", "YES", "√", "1", "TRUE"}),
    frozenset({"否", "不", "不可", "不能", "N", "NO", "×", "0", "FALSE", ""}),
)
SOURCES = {"社会": "society", "面向社会": "society", "律师": "society", "公职": "public"}
_FORMER = re.compile(
    r"(?P<year>\d{4})年(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})日)?(?:以?前|之前)"
    r"(?:曾)?(?:执业|任职|供职|工作|就职)于(?P<firm>[^，,；;。]+)"
)
_AWAY = re.compile(r"不能参加|无法参加|不参加|外出|请假|回避全部")


@dataclass(frozen=True, slots=True)
class ExpertRow:
    """One expert. `source` is society (paid) or public (公职, not paid).

    `specialties` holds criminal and/or civil; `left_former_on` is the last day at
    `former_firm`; `away` when the remarks say that the expert cannot come.
    """

    sheet: str
    row: int
    name: str
    firm: str
    specialties: tuple[str, ...]
    is_local: bool
    source: str
    years: int | None
    phone: str
    may_lead: bool
    remarks: str
    former_firm: str
    left_former_on: date | None
    away: bool


@dataclass(frozen=True, slots=True)
class PoolReading:
    """The pool as understood; only rows without an error are in `rows`."""

    rows: tuple[ExpertRow, ...]
    findings: tuple[Finding, ...]
    cleaning: tuple[CleaningStep, ...]
    skipped: tuple[SkippedRow, ...]
    sha256: str

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings that stop the import."""
        return tuple(found for found in self.findings if found.level is Level.ERROR)


class _Desk:
    """What one reading collects."""

    def __init__(self, firm_names: Mapping[str, str]) -> None:
        self.firm_names = firm_names
        self.rows: list[ExpertRow] = []
        self.findings: list[Finding] = []
        self.cleaning: list[CleaningStep] = []
        self.skipped: list[SkippedRow] = []

    def reading(self, sha256: str) -> PoolReading:
        return PoolReading(
            tuple(self.rows),
            tuple(self.findings),
            tuple(self.cleaning),
            tuple(self.skipped),
            sha256,
        )

    def fail(self, place: tuple[str, int], key: str, found: str, *says: str) -> None:
        self.findings.append(
            Finding(Level.ERROR, f"bad_{key}", *place, LABELS[key], found[:80], *says)
        )


def read_pool(
    workbook: Workbook,
    *,
    told: Mapping[str, Mapping[str, str]] | None = None,
    firm_names: Mapping[str, str] | None = None,
) -> PoolReading:
    """Read the pool of experts. `firm_names`: `organisation_key` → name (synonym table).

    Raises RefusedError (422) when no sheet has the columns 姓名, 工作单位 and 专业领域.
    """
    desk = _Desk(firm_names or {})
    tables = [(sheet, _header(sheet, (told or {}).get(sheet.name))) for sheet in workbook.sheets]
    if not any(header for _, header in tables):
        names = "、".join(field.label for field in FIELDS if field.required)
        raise RefusedError(f"没有找到专家库的表头（需要{names}）：请补上后重新上传。", status=422)
    for sheet, header in tables:
        for row in sheet.rows:
            if header is None or row.number < header.first:
                desk.skipped.append(SkippedRow(sheet.name, row.number, "标题行"))
            elif row.number > header.last:
                _take(row, sheet, header, desk)
    _check_repeats(desk)
    return desk.reading(workbook.sha256)


def _header(sheet: Sheet, told: Mapping[str, str] | None) -> Header | None:
    header = find_header(sheet, FIELDS, least=3)
    header = told_header(sheet, told, header) if told else header
    return header if header and not header.missing(FIELDS) else None


def _take(row: Row, sheet: Sheet, header: Header, desk: _Desk) -> None:
    raw = {key: row.cells[index] for key, index in header.columns.items()}
    place = (sheet.name, row.number)
    texts = {field.key: text_of(raw.get(field.key)) for field in FIELDS}
    if is_blank(texts["name"]) and is_blank(texts["firm"]):
        desk.skipped.append(SkippedRow(*place, "没有姓名和单位"))
        return
    before = len(desk.findings)
    for key, limit in LIMITS.items():
        if len(texts[key]) > limit:
            desk.fail(place, key, texts[key], f"{LABELS[key]}超过 {limit} 字", "删短后重新上传")
    expert = _expert(texts, raw.get("years"), place, desk)
    if len(desk.findings) == before:
        desk.rows.append(expert)


def _expert(
    texts: Mapping[str, str], years: Cell, place: tuple[str, int], desk: _Desk
) -> ExpertRow:
    remarks = clean_text(texts["remarks"])
    former, left = _former(remarks, place, desk)
    return ExpertRow(
        *place,
        name=_name(texts, place, desk),
        firm=_firm(texts["firm"], place, desk),
        specialties=_specialties(texts["specialties"], place, desk),
        is_local=_yes(texts, "is_local", place, desk, default=True),
        source=_source(texts["source"], place, desk),
        years=_years(years, place, desk),
        phone=squeeze(texts["phone"]).strip("'"),
        may_lead=_yes(texts, "may_lead", place, desk, default=False),
        remarks=remarks,
        former_firm=former,
        left_former_on=left,
        away=bool(_AWAY.search(remarks)),
    )


def _name(texts: Mapping[str, str], place: tuple[str, int], desk: _Desk) -> str:
    name = clean_name(texts["name"])
    if is_blank(name):
        desk.fail(place, "name", "（空）", "缺少姓名", f"在第 {place[1]} 行补填姓名")
    elif name != texts["name"]:
        step = CleaningStep(*place, LABELS["name"], texts["name"], name, "姓名去空格")
        desk.cleaning.append(step)
    return name


def _firm(text: str, place: tuple[str, int], desk: _Desk) -> str:
    if is_blank(text):
        desk.fail(place, "firm", "（空）", "缺少工作单位", f"在第 {place[1]} 行补填工作单位")
        return ""
    name = desk.firm_names.get(organisation_key(text), clean_organisation(text))
    if name != text:
        rule = "单位括号改全角、去空格，或按同义词表统一"
        desk.cleaning.append(CleaningStep(*place, LABELS["firm"], text, name, rule))
    return name


def _specialties(text: str, place: tuple[str, int], desk: _Desk) -> tuple[str, ...]:
    plain = squeeze(text)
    criminal = "刑" in plain or plain == "全部"
    civil = any(sign in plain for sign in ("民", "行政")) or plain == "全部"
    if not criminal and not civil:
        desk.fail(
            place,
            "specialties",
            text or "（空）",
            "专业领域不是刑事或民事行政",
            "填刑事、民事行政，或两者都填",
        )
    pairs = (("criminal", criminal), ("civil", civil))
    return tuple(name for name, applies in pairs if applies)


def _yes(
    texts: Mapping[str, str], key: str, place: tuple[str, int], desk: _Desk, *, default: bool
) -> bool:
    plain = squeeze(texts[key]).upper()
    if not plain:
        return default
    if plain not in YES | NO:
        desk.fail(place, key, texts[key], f"{LABELS[key]}不是“是”或“否”", "填是或否")
    return plain in YES


def _source(text: str, place: tuple[str, int], desk: _Desk) -> str:
    plain = squeeze(text)
    found = SOURCES.get(plain) or next((v for k, v in SOURCES.items() if k in plain), None)
    if found is None:
        desk.fail(place, "source", text or "（空）", "来源不是社会或公职", "填社会或公职")
    return found or ""


def _years(raw: Cell, place: tuple[str, int], desk: _Desk) -> int | None:
    plain = squeeze(text_of(raw)).removesuffix("年")
    if is_blank(plain):
        return None
    if isinstance(raw, (int, str)) and plain.isascii() and plain.isdigit() and len(plain) <= 2:
        return int(plain)
    if isinstance(raw, Decimal) and raw == raw.to_integral_value() and 0 <= raw < 100:
        return int(raw)
    desk.fail(place, "years", plain, "执业年限不是整年数", "填整数，例如 12")
    return None


def _former(remarks: str, place: tuple[str, int], desk: _Desk) -> tuple[str, date | None]:
    """2021年10月前执业于… → the firm and 2021-09-30, the last day it can have been."""
    found = _FORMER.search(remarks)
    if not found:
        return "", None
    name = clean_organisation(found["firm"])
    firm = desk.firm_names.get(organisation_key(name), name)
    try:
        left = date(int(found["year"]), int(found["month"]), int(found["day"] or 1))
    except ValueError:
        desk.fail(place, "remarks", remarks, "备注里的日期不成立", "改正备注里的日期")
        return firm, None
    return firm, left - timedelta(days=1)


def _check_repeats(desk: _Desk) -> None:
    seen: dict[tuple[str, str], ExpertRow] = {}
    for row in desk.rows:
        first = seen.setdefault((row.name, organisation_key(row.firm)), row)
        if first is not row:
            desk.fail(
                (row.sheet, row.row),
                "name",
                row.name,
                f"与第 {first.row} 行是同一人（姓名和单位都相同）",
                "同一人只留一行",
            )
