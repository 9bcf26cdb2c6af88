"""评分标准: the workbook of a scoring standard → scopes, items, reasons, vetoes and bands.

The reasons for deduction are parsed out of 扣分规则; the text stays beside them, so that a
person can see what was understood.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from evaluations.imports.bands import (
    BAND_FIELDS,
    Band,
    check_reach,
    marks_of,
    read_bands,
    texts_of,
)
from evaluations.imports.deductions import ParsedReason, parse_causes, parse_listed, parse_rule
from evaluations.imports.whole import BY_LEVEL, whole_of
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.headers import Field, Header, find_header
from wanzhou_eval.tables import Finding, Level
from wanzhou_eval.texts import squeeze
from wanzhou_eval.workbooks import Row, Sheet, Workbook

ITEM_FIELDS = (
    Field("scope", "案件类型/阶段", ("案件类型阶段", "适用范围", "类型"), required=True),
    Field("section", "一级指标", ("指标", "环节"), required=True),
    Field("title", "评估项目", ("项目", "评估内容", "二级指标"), required=True),
    Field("guidance", "评分说明", ("说明", "评审内容")),
    Field("marks", "分值", ("满分", "分数"), required=True),
    Field("rule", "扣分规则", ("扣分标准", "评分规则")),
    Field("veto", "是否一票否决", ("一票否决",)),
    Field("number", "编号", ("项目编号",)),
    Field("reasons", "扣分情形", ("扣分情形和分数",)),
    Field("na", "可记不适用", ("不适用",)),
    Field("where", "看卷位置", ()),
    Field("training", "培训口径", ()),
)
ALL_SCOPES = "全部"
YES = frozenset({"是", "Y", "YES", "√"})
NO = frozenset({"否", "N", "NO", "×", "不可以"})
LEVEL_MARKS = frozenset({BY_LEVEL, "评等次", "1-3", "1—3"})
LIMITS = {
    "scope": 40, "section": 40, "title": 60, "guidance": 300, "rule": 300, "number": 10,
    "where": 80, "training": 400,
}  # fmt: skip
VETO_TEXTS = ("guidance", "rule", "where", "training")
LABELS = {field.key: field.label for field in ITEM_FIELDS}


@dataclass(frozen=True, slots=True)
class StandardItem:
    """评估项目: `number` is the section's letter and the position in it (B3)."""

    row: int
    scope: str
    section: str
    number: str
    ordinal: int
    title: str
    guidance: str
    rule: str
    full_marks: Decimal
    reasons: tuple[ParsedReason, ...]
    na_allowed: bool
    where: str
    training: str
    by_level: bool = False


@dataclass(frozen=True, slots=True)
class VetoItem:
    """一票否决: an event that makes the case 不合格 at once, and the scopes it holds for."""

    row: int
    section: str
    number: str
    title: str
    guidance: str
    rule: str
    where: str
    training: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StandardReading:
    """A scoring standard as understood; `notes` are the free lines below the bands."""

    scopes: tuple[str, ...]
    items: tuple[StandardItem, ...]
    vetoes: tuple[VetoItem, ...]
    bands: tuple[Band, ...]
    notes: tuple[str, ...]
    findings: tuple[Finding, ...]
    sha256: str

    @property
    def by_level(self) -> bool:
        """Whether its items take levels: what the first one says."""
        return bool(self.items) and self.items[0].by_level

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings that stop the import."""
        return tuple(found for found in self.findings if found.level is Level.ERROR)

    def items_of(self, scope: str) -> tuple[StandardItem, ...]:
        """The items of one scope in their order."""
        return tuple(item for item in self.items if item.scope == scope)

    def vetoes_of(self, scope: str) -> tuple[VetoItem, ...]:
        """The vetoes that hold for one scope."""
        return tuple(veto for veto in self.vetoes if scope in veto.scopes)

    def full_marks(self, scope: str) -> Decimal:
        """The sum of the items' marks, 100 in a sound standard."""
        return sum((item.full_marks for item in self.items_of(scope)), Decimal(0))


def read_standard(workbook: Workbook) -> StandardReading:
    """Read a standard. Raises RefusedError (422) when the sheet of items or bands is missing."""
    sheet, header = _table(workbook, ITEM_FIELDS, "评分项目")
    bands_sheet, bands_header = _table(workbook, BAND_FIELDS, "等次")
    desk = _Desk(sheet)
    for row in sheet.rows:
        if row.number > header.last:
            desk.take(row, texts_of(row, header, ITEM_FIELDS), header)
    bands, notes = read_bands(bands_sheet, bands_header, desk.findings)
    scopes = tuple(dict.fromkeys(item.scope for item in desk.items))
    vetoes = tuple(desk.with_scopes(veto, scopes) for veto in desk.vetoes)
    reading = StandardReading(scopes, tuple(desk.items), vetoes, bands, notes, (), workbook.sha256)
    desk.check_whole(reading)
    check_reach(bands_sheet, bands, desk.findings, least=1 if reading.by_level else 0)
    return replace(reading, findings=tuple(desk.findings))


def _table(workbook: Workbook, fields: tuple[Field, ...], what: str) -> tuple[Sheet, Header]:
    for sheet in workbook.sheets:
        header = find_header(sheet, fields)
        if header and not header.missing(fields):
            return sheet, header
    names = "、".join(field.label for field in fields if field.required)
    raise RefusedError(
        f"没有找到{what}表（表头需要：{names}）：请补上该工作表后重新上传。", status=422
    )


class _Desk:
    """What one reading collects."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.items: list[StandardItem] = []
        self.vetoes: list[VetoItem] = []
        self.findings: list[Finding] = []
        self.in_section: Counter[tuple[str, str]] = Counter()
        self.in_scope: Counter[str] = Counter()

    def _find(self, level: Level, code: str, at: tuple[int, str, str], *says: str) -> None:
        row, column, found = at
        place = (self.sheet.name, row, column, found[:80] or "（空）")
        self.findings.append(Finding(level, code, *place, *says))

    def take(self, row: Row, texts: Mapping[str, str], header: Header) -> None:
        """One row below the header: an item, a veto, or a line without scope and title."""
        if not texts["scope"] or not texts["title"]:
            return
        for key, limit in LIMITS.items():
            if len(texts[key]) > limit:
                at = (row.number, LABELS[key], texts[key])
                self._find(Level.ERROR, "too_long", at, f"内容超过 {limit} 字", "删短后重新上传")
        letter, section = _section(texts["section"])
        veto = texts["veto"].upper() in YES
        counted = ("" if veto else texts["scope"], letter)
        self.in_section[counted] += 1
        number = texts["number"] or f"{letter}{self.in_section[counted]}"
        if veto:
            self.vetoes.append(self._veto(row, texts, (section, number)))
            return
        by_level = squeeze(texts["marks"]) in LEVEL_MARKS
        marks = Decimal(0) if by_level else marks_of(row.cells[header.columns["marks"]])
        if marks is None or (marks == 0 and not by_level):
            at = (row.number, "分值", texts["marks"])
            says = f"“{texts['title']}”的分值不是正数"
            self._find(Level.ERROR, "bad_marks", at, says, "填大于 0 的分值；评等次的填“等次”")
            return
        self.items.append(self._item(row, texts, (section, number), marks))

    def _veto(self, row: Row, texts: Mapping[str, str], named: tuple[str, str]) -> VetoItem:
        guidance, rule, where, training = (texts[key] for key in VETO_TEXTS)
        section, number = named
        return VetoItem(
            row=row.number,
            section=section,
            number=number,
            title=texts["title"],
            guidance=guidance,
            rule=rule,
            where=where,
            training=training,
            scopes=(texts["scope"],),
        )

    def _item(
        self, row: Row, texts: Mapping[str, str], named: tuple[str, str], marks: Decimal
    ) -> StandardItem:
        self.in_scope[texts["scope"]] += 1
        section, number = named
        return StandardItem(
            row=row.number,
            scope=texts["scope"],
            section=section,
            number=number,
            ordinal=self.in_scope[texts["scope"]],
            title=texts["title"],
            guidance=texts["guidance"],
            rule=texts["rule"],
            full_marks=marks,
            reasons=self._reasons(row, texts, marks),
            na_allowed=texts["na"].upper() not in NO,
            where=texts["where"],
            training=texts["training"],
            by_level=marks == 0,
        )

    def _reasons(
        self, row: Row, texts: Mapping[str, str], marks: Decimal
    ) -> tuple[ParsedReason, ...]:
        """The reasons as listed one by one, else as the sentence of 扣分规则 tells them."""
        listed = texts["reasons"]
        remedy = "写成“情形 扣2”或“情形 扣1-3”，几条之间用分号；最多九条，不超过本项分值"
        if not marks:
            reasons, unread = parse_causes(listed, texts["rule"])
            remedy = "最多九条情形，用数字键 1 到 9 选，请合并"
        elif listed:
            reasons, unread = parse_listed(listed, full_marks=marks)
        else:
            return parse_rule(texts["rule"], full_marks=marks)
        for line in unread:
            says = f"“{texts['title']}”的这条情形读不懂或超过满分：{line[:40]}"
            at = (row.number, "扣分情形", line)
            self._find(Level.ERROR, "bad_reason", at, says, remedy)
        return reasons

    def with_scopes(self, veto: VetoItem, scopes: tuple[str, ...]) -> VetoItem:
        """全部, or the scopes named in the veto's first column."""
        told = tuple(name.strip() for name in veto.scopes[0].replace("，", "、").split("、"))
        chosen = scopes if told == (ALL_SCOPES,) else told
        if unknown := [name for name in chosen if name not in scopes]:
            self._find(
                Level.ERROR,
                "unknown_scope",
                (veto.row, "案件类型/阶段", "、".join(unknown)),
                f"一票否决“{veto.title}”的适用范围没有对应的评分项目",
                "改为评分项目里出现的类型和阶段，或者填“全部”",
            )
        return replace(veto, scopes=chosen)

    def check_whole(self, reading: StandardReading) -> None:
        """What only shows once all rows are read."""
        for level, code, at, says, remedy in whole_of(reading):
            self._find(level, code, at, says, remedy)


def _section(text: str) -> tuple[str, str]:
    """'B 会见' → ('B', '会见'); without a letter the first character serves."""
    letter, _, rest = text.partition(" ")
    if rest and len(letter) <= 2:
        return letter, rest.strip()
    return text[:1], text
