"""评分标准: the workbook of a scoring standard → scopes, items, reasons, vetoes and bands.

The reasons for deduction are parsed out of 扣分规则; the text stays beside them, so that a
person can see what was understood. Reading only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from evaluations.imports.deductions import ParsedReason, parse_rule
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.tables import Field, Finding, Header, Level, find_header, text_of
from wanzhou_eval.texts import clean_text, is_blank, squeeze
from wanzhou_eval.workbooks import Cell, Row, Sheet, Workbook

ITEM_FIELDS = (
    Field("scope", "案件类型/阶段", ("案件类型阶段", "适用范围", "类型"), required=True),
    Field("section", "一级指标", ("指标", "环节"), required=True),
    Field("title", "评估项目", ("项目", "评估内容", "二级指标"), required=True),
    Field("guidance", "评分说明", ("说明", "评审内容")),
    Field("marks", "分值", ("满分", "分数"), required=True),
    Field("rule", "扣分规则", ("扣分标准", "评分规则")),
    Field("veto", "是否一票否决", ("一票否决",)),
)
BAND_FIELDS = (
    Field("name", "等次", ("评估等次", "等级"), required=True),
    Field("floor", "下限", ("下限含", "最低分"), required=True),
    Field("ceiling", "上限", ("上限不含", "最高分")),
    Field("note", "说明", ()),
)
ALL_SCOPES = "全部"
FULL_MARKS = Decimal(100)


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


@dataclass(frozen=True, slots=True)
class VetoItem:
    """一票否决: an event that makes the case 不合格 at once, and the scopes it holds for."""

    row: int
    section: str
    number: str
    title: str
    guidance: str
    rule: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """等次 from `floor` (inclusive) to `ceiling` (exclusive; None = no upper end)."""

    name: str
    floor: Decimal
    ceiling: Decimal | None
    note: str


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
    items_sheet, items_header = _table(workbook, ITEM_FIELDS, "评分项目", "分值")
    bands_sheet, bands_header = _table(workbook, BAND_FIELDS, "等次", "下限(含)")
    findings: list[Finding] = []
    items, vetoes = _items(items_sheet, items_header, findings)
    bands, notes = _bands(bands_sheet, bands_header, findings)
    scopes = tuple(dict.fromkeys(item.scope for item in items))
    vetoes = [_with_scopes(veto, scopes, items_sheet, findings) for veto in vetoes]
    reading = StandardReading(
        scopes, tuple(items), tuple(vetoes), bands, notes, (), workbook.sha256
    )
    findings.extend(_check(reading, items_sheet.name, bands_sheet.name))
    return StandardReading(
        scopes, tuple(items), tuple(vetoes), bands, notes, tuple(findings), workbook.sha256
    )


def _table(
    workbook: Workbook, fields: tuple[Field, ...], what: str, example: str
) -> tuple[Sheet, Header]:
    for sheet in workbook.sheets:
        header = find_header(sheet, fields)
        if header and not header.missing(fields):
            return sheet, header
    names = "、".join(field.label for field in fields if field.required)
    raise RefusedError(
        f"没有找到{what}表（表头需要{names}，例如“{example}”）：请补上该工作表后重新上传。",
        status=422,
    )


def _texts(row: Row, header: Header, fields: tuple[Field, ...]) -> Mapping[str, str]:
    return {
        field.key: clean_text(text_of(row.cells[header.columns[field.key]]))
        if field.key in header.columns
        else ""
        for field in fields
    }


def _decimal(raw: Cell) -> Decimal | None:
    try:
        value = Decimal(squeeze(text_of(raw)).removesuffix("分"))
    except InvalidOperation:
        return None
    return value if value.is_finite() and 0 <= value <= 1000 else None


def _items(
    sheet: Sheet, header: Header, findings: list[Finding]
) -> tuple[list[StandardItem], list[VetoItem]]:
    items: list[StandardItem] = []
    vetoes: list[VetoItem] = []
    ordinals: dict[tuple[str, str], int] = {}
    per_scope: dict[str, int] = {}
    for row in sheet.rows:
        if row.number <= header.last:
            continue
        texts = _texts(row, header, ITEM_FIELDS)
        if not texts["scope"] or not texts["title"]:
            continue
        letter, section = _section(texts["section"])
        place = ("" if _is_yes(texts["veto"]) else texts["scope"], letter)
        ordinals[place] = ordinals.get(place, 0) + 1
        number = f"{letter}{ordinals[place]}"
        if _is_yes(texts["veto"]):
            vetoes.append(
                VetoItem(
                    row.number,
                    section,
                    number,
                    texts["title"],
                    texts["guidance"],
                    texts["rule"],
                    (texts["scope"],),
                )
            )
            continue
        marks = _decimal(row.cells[header.columns["marks"]])
        if marks is None or marks == 0:
            findings.append(_bad_marks(sheet, row, texts))
            continue
        per_scope[texts["scope"]] = per_scope.get(texts["scope"], 0) + 1
        items.append(
            StandardItem(
                row.number,
                texts["scope"],
                section,
                number,
                per_scope[texts["scope"]],
                texts["title"],
                texts["guidance"],
                texts["rule"],
                marks,
                parse_rule(texts["rule"], full_marks=marks),
            )
        )
    return items, vetoes


def _bad_marks(sheet: Sheet, row: Row, texts: Mapping[str, str]) -> Finding:
    return Finding(
        Level.ERROR,
        "bad_marks",
        sheet.name,
        row.number,
        "分值",
        texts["marks"] or "（空）",
        f"“{texts['title']}”的分值不是正数",
        "填大于 0 的分值",
    )


def _section(text: str) -> tuple[str, str]:
    """'B 会见' → ('B', '会见'); without a letter the first character serves."""
    letter, _, rest = text.partition(" ")
    if rest and len(letter) <= 2:
        return letter, rest.strip()
    return text[:1], text


def _is_yes(text: str) -> bool:
    return text in {"是", "Y", "YES", "√"}


def _with_scopes(
    veto: VetoItem, scopes: tuple[str, ...], sheet: Sheet, findings: list[Finding]
) -> VetoItem:
    told = veto.scopes[0].replace("，", "、").split("、")
    chosen = scopes if told == [ALL_SCOPES] else tuple(name.strip() for name in told)
    unknown = [name for name in chosen if name not in scopes]
    if unknown:
        findings.append(
            Finding(
                Level.ERROR,
                "unknown_scope",
                sheet.name,
                veto.row,
                "案件类型/阶段",
                "、".join(unknown),
                f"一票否决“{veto.title}”的适用范围没有对应的评分项目",
                "改为评分项目里出现的类型和阶段，或者填“全部”",
            )
        )
    return VetoItem(
        veto.row, veto.section, veto.number, veto.title, veto.guidance, veto.rule, chosen
    )


def _bands(
    sheet: Sheet, header: Header, findings: list[Finding]
) -> tuple[tuple[Band, ...], tuple[str, ...]]:
    bands: list[Band] = []
    notes: list[str] = []
    for row in sheet.rows:
        if row.number <= header.last:
            continue
        texts = _texts(row, header, BAND_FIELDS)
        floor = _decimal(row.cells[header.columns["floor"]])
        if is_blank(texts["floor"]):
            notes.append(texts["name"] or clean_text("".join(text_of(c) for c in row.cells)))
        elif floor is None:
            findings.append(
                Finding(
                    Level.ERROR,
                    "bad_band",
                    sheet.name,
                    row.number,
                    "下限",
                    texts["floor"],
                    f"等次“{texts['name']}”的下限不是数字",
                    "填下限分数，例如 60",
                )
            )
        else:
            bands.append(Band(texts["name"], floor, _decimal(texts["ceiling"]), texts["note"]))
    bands.sort(key=lambda band: -band.floor)
    return tuple(bands), tuple(notes)


def _check(reading: StandardReading, items: str, bands: str) -> list[Finding]:
    findings = [
        Finding(
            Level.WARNING,
            "not_hundred",
            items,
            0,
            "分值",
            str(reading.full_marks(scope)),
            f"“{scope}”各项分值合计 {reading.full_marks(scope)} 分，不是 100 分",
            "核对分值；评分时按满分折算为百分制",
        )
        for scope in reading.scopes
        if reading.full_marks(scope) != FULL_MARKS
    ]
    gapless = all(
        upper.ceiling is None or above is None or upper.ceiling == above.floor
        for above, upper in zip((None, *reading.bands), reading.bands, strict=False)
    )
    if len(reading.bands) < 2 or reading.bands[-1].floor != 0 or not gapless:
        findings.append(
            Finding(
                Level.ERROR,
                "bad_bands",
                bands,
                0,
                "下限",
                "、".join(f"{band.name}≥{band.floor}" for band in reading.bands) or "（空）",
                "等次不连续或没有从 0 分起",
                "让每一等次的上限等于上一等次的下限，最低等次从 0 起",
            )
        )
    return findings
