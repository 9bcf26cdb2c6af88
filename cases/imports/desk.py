"""The work in progress of one ledger: drafts of rows, findings, the cleaning ledger."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from cases.imports.cells import EMPTY, Options, Read, read_cell
from cases.imports.fields import DROPPED, FIELDS, LABELS
from cases.imports.rows import Body
from cases.rules import kind_of
from wanzhou_eval.tables import CleaningStep, Finding, Level, SkippedRow, text_of
from wanzhou_eval.texts import squeeze
from wanzhou_eval.workbooks import Cell, Row

REQUIRED = tuple(f.key for f in FIELDS if f.required)
READ = tuple(f.key for f in FIELDS if f.key not in DROPPED and f.key != "serial")
SHOWN = 80


@dataclass(slots=True)
class Draft:
    """A row that is a case, as far as it could be read."""

    sheet: str
    row: int
    serial: int | None
    original: str
    values: dict[str, object]
    recipients: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    last: int = 0
    failed: bool = False


class Desk:
    """Collects what one reading finds; every list keeps the order of the file."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.drafts: list[Draft] = []
        self.findings: list[Finding] = []
        self.cleaning: list[CleaningStep] = []
        self.skipped: list[SkippedRow] = []
        self.dropped: list[str] = []
        self.declared_total: int | None = None
        self.declared_subsidy: Decimal | None = None
        self.period: tuple[date, date] | None = None
        self._memo: dict[str, dict[Cell, Read]] = {key: {} for key in READ}
        self._failed: set[tuple[str, int]] = set()

    def warn(self, code: str, sheet: str, row: int, column: str, found: str, *says: str) -> None:
        """A warning: `says` is the message and the remedy."""
        self.findings.append(Finding(Level.WARNING, code, sheet, row, column, _short(found), *says))

    def fail(self, code: str, sheet: str, row: int, column: str, found: str, *says: str) -> None:
        """An error: the row is not accepted."""
        self.findings.append(Finding(Level.ERROR, code, sheet, row, column, _short(found), *says))
        self._failed.add((sheet, row))

    def is_failed(self, draft: Draft) -> bool:
        """Whether an error was found in the row."""
        return (draft.sheet, draft.row) in self._failed

    def take(self, row: Row, cells: tuple[Cell, ...], body: Body) -> Draft:
        """Read a case row cell by cell."""
        columns, sheet = body.header.columns, body.sheet.name
        values: dict[str, object] = {}
        for key in READ:
            index = columns.get(key)
            raw = cells[index] if index is not None else None
            if raw is None:
                values[key] = None
                continue
            found = self._read(key, raw)
            values[key] = found.value
            if found.rule or found.code:
                self._report(key, raw, found, sheet, row.number)
        if "kind" not in columns:
            values["kind"] = kind_of(sheet)
        self._require(values, columns, sheet, row.number)
        self._identity(row, columns, sheet)
        number = cells[columns["number"]]
        serial = cells[columns["serial"]] if "serial" in columns else None
        draft = Draft(sheet, row.number, _serial(serial), text_of(number), values, last=row.number)
        _add_person(draft, values["recipient"], values["recipient_category"])
        self.drafts.append(draft)
        return draft

    def join_group(self, draft: Draft, row: Row, body: Body, *, merged: bool) -> None:
        """A further client of a group case: one case, one more recipient."""
        columns = body.header.columns
        person, category = (
            self._read(key, row.cells[columns[key]]).value if key in columns else None
            for key in ("recipient", "recipient_category")
        )
        _add_person(draft, person, category)
        self._identity(row, columns, draft.sheet)
        draft.last = row.number
        reason = f"第 {draft.row} 行集体案件的又一名受援人，不另计件"
        self.skipped.append(SkippedRow(draft.sheet, row.number, reason))
        if not merged:
            self.warn(
                "group_by_position",
                draft.sheet,
                row.number,
                LABELS["recipient"],
                text_of(row.cells[columns["recipient"]]),
                f"这一行没有案号，已并入第 {draft.row} 行的案件",
                "如果是另一件案件，请补填案号、承办机构等后重新上传",
            )

    def _read(self, key: str, raw: Cell) -> Read:
        if raw is None:
            return EMPTY
        if isinstance(raw, (bool, Decimal)) or key == "number":
            return read_cell(key, raw, self.options)
        memo = self._memo[key]
        found = memo.get(raw)
        if found is None:
            found = memo[raw] = read_cell(key, raw, self.options)
        return found

    def _report(self, key: str, raw: Cell, found: Read, sheet: str, row: int) -> None:
        if found.code:
            says = (found.message, found.remedy)
            self.fail(found.code, sheet, row, LABELS[key], text_of(raw), *says)
        else:
            before = text_of(raw) if "隐去" not in found.rule else found.shown
            self.cleaning.append(
                CleaningStep(sheet, row, LABELS[key], before, found.shown, found.rule)
            )

    def _require(
        self, values: Mapping[str, object], columns: Mapping[str, int], sheet: str, row: int
    ) -> None:
        for key in REQUIRED:
            if values[key] is None and not self._has_error(sheet, row, key):
                self.fail(
                    "missing",
                    sheet,
                    row,
                    LABELS[key],
                    "（空）",
                    f"缺少{LABELS[key]}",
                    f"在第 {row} 行补填{LABELS[key]}后重新上传",
                )

    def _has_error(self, sheet: str, row: int, key: str) -> bool:
        if (sheet, row) not in self._failed:
            return False
        return any(
            found.row == row and found.sheet == sheet and found.column == LABELS[key]
            for found in self.findings[-len(READ) :]
        )

    def _identity(self, row: Row, columns: Mapping[str, int], sheet: str) -> None:
        """Identity numbers are not kept; only their damage is told, without the number."""
        index = columns.get("identity")
        raw = row.cells[index] if index is not None else None
        if raw is None:
            return
        if isinstance(raw, Decimal) or (isinstance(raw, int) and raw >= 10**14):
            self.warn(
                "identity_lost_digits",
                sheet,
                row.number,
                LABELS["identity"],
                "（数值）",
                "证件号码成了数值，末几位已丢失；系统不读入证件号码，不影响导入",
                "在原台账中把该列设为文本格式后补正",
            )
        elif isinstance(raw, str) and squeeze(raw)[:1] in {"'", "‘", "’", "`"}:
            self.cleaning.append(
                CleaningStep(
                    sheet,
                    row.number,
                    LABELS["identity"],
                    "（带撇号，号码不显示）",
                    "",
                    "证件号码不读入",
                )
            )


def _serial(raw: Cell) -> int | None:
    text = squeeze(text_of(raw))
    if text.isascii() and text.isdigit() and 0 < int(text[:10]) < 10_000_000:
        return int(text[:10])
    return None


def _add_person(draft: Draft, person: object, category: object) -> None:
    if isinstance(person, str) and person:
        draft.recipients.append(person)
    if isinstance(category, str) and category and category not in draft.categories:
        draft.categories.append(category)


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
