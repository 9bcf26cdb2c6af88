"""部、市已抽评案件清单: the numbers taken by ministry or city, excluded by article 4."""

from collections.abc import Mapping
from dataclasses import dataclass

from cases.rules import canonical_number, case_key, spelling_changes
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.headers import Field, Header, find_header, told_header
from wanzhou_eval.tables import CleaningStep, Finding, Level, SkippedRow, text_of
from wanzhou_eval.texts import clean_text, is_blank, visible
from wanzhou_eval.workbooks import Cell, Row, Sheet, Workbook

FIELDS = (
    Field("serial", "序号", ("编号",)),
    Field("number", "案号", ("案件号", "案件编号", "法援编号", "受理号", "法律援助案号"), True),
    Field("level", "抽评级别", ("级别", "抽评单位", "抽评机关", "抽评层级")),
    Field("month", "抽评时间", ("抽评日期", "时间", "抽评月份", "日期")),
    Field("remarks", "备注", ("说明",)),
)


@dataclass(frozen=True, slots=True)
class ExclusionRow:
    """One case already evaluated above. `level` 部级 or 市级 as written, `month` YYYY-MM."""

    sheet: str
    row: int
    number: str
    number_original: str
    key: str
    level: str
    month: str
    remarks: str


@dataclass(frozen=True, slots=True)
class ExclusionReading:
    """The list as understood; a repeated number is an error."""

    rows: tuple[ExclusionRow, ...]
    findings: tuple[Finding, ...]
    cleaning: tuple[CleaningStep, ...]
    skipped: tuple[SkippedRow, ...]
    sha256: str

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings that stop the import."""
        return tuple(found for found in self.findings if found.level is Level.ERROR)


def read_exclusions(
    workbook: Workbook, *, told: Mapping[str, Mapping[str, str]] | None = None
) -> ExclusionReading:
    """Read the list. Raises RefusedError (422) when no sheet has a column of case numbers."""
    desk = _Desk()
    tables = [(sheet, _header(sheet, (told or {}).get(sheet.name))) for sheet in workbook.sheets]
    if not any(header for _, header in tables):
        raise RefusedError("清单里没有找到“案号”列：请补上表头后重新上传。", status=422)
    for sheet, header in tables:
        for row in sheet.rows:
            if header is None or row.number < header.first:
                desk.skipped.append(SkippedRow(sheet.name, row.number, "标题行"))
            elif row.number > header.last:
                desk.take(row, sheet, header)
    if not desk.rows and not desk.findings:
        raise RefusedError("清单的表头下面没有一个案号：请核对文件后重新上传。", status=422)
    desk.findings.extend(_repeated(desk.rows))
    return ExclusionReading(
        tuple(desk.rows),
        tuple(desk.findings),
        tuple(desk.cleaning),
        tuple(desk.skipped),
        workbook.sha256,
    )


class _Desk:
    """What one reading collects."""

    def __init__(self) -> None:
        self.rows: list[ExclusionRow] = []
        self.findings: list[Finding] = []
        self.cleaning: list[CleaningStep] = []
        self.skipped: list[SkippedRow] = []

    def take(self, row: Row, sheet: Sheet, header: Header) -> None:
        """One row below the header: a case number, or nothing."""
        original = visible(text_of(row.cells[header.columns["number"]]))
        place = (sheet.name, row.number)
        if is_blank(original) or not any(letter.isdigit() for letter in original):
            self.skipped.append(SkippedRow(*place, "没有案号"))
            return
        try:
            number = canonical_number(original)
        except ValueError:
            says = ("案号含有不能使用的字符或过长", "核对案号后改正")
            found = Finding(Level.ERROR, "bad_number", *place, "案号", original[:80], *says)
            self.findings.append(found)
            return
        if number != original:
            rule = f"案号{spelling_changes(original)}"
            self.cleaning.append(CleaningStep(*place, "案号", original, number, rule))
        level, remarks = (_text(row, header, key) for key in ("level", "remarks"))
        month = _month(row.cells[header.columns["month"]]) if "month" in header.columns else ""
        key = case_key(original)
        self.rows.append(ExclusionRow(*place, number, original, key, level, month, remarks))


def _header(sheet: Sheet, told: Mapping[str, str] | None) -> Header | None:
    header = find_header(sheet, FIELDS, least=1)
    header = told_header(sheet, told, header) if told else header
    return header if header and "number" in header.columns else None


def _text(row: Row, header: Header, key: str) -> str:
    return clean_text(text_of(row.cells[header.columns[key]])) if key in header.columns else ""


def _month(raw: Cell) -> str:
    """2022-06 from a date or from text; other text is kept as written."""
    return clean_text(text_of(raw))[:7] if not isinstance(raw, str) else clean_text(raw)[:20]


def _repeated(rows: list[ExclusionRow]) -> list[Finding]:
    seen: dict[str, ExclusionRow] = {}
    findings = []
    for row in rows:
        first = seen.setdefault(row.key, row)
        if first is not row:
            findings.append(
                Finding(
                    Level.ERROR,
                    "duplicate",
                    row.sheet,
                    row.row,
                    "案号",
                    row.number_original,
                    f"案号重复，与第 {first.row} 行是同一案号",
                    "同一案件只留一行",
                )
            )
    return findings
