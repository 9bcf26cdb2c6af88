"""The work in progress of one ledger: drafts of rows, findings, the cleaning ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from cases.imports.cells import Options, Read, read_cell
from cases.imports.fields import DROPPED, FIELDS, LABELS, REQUIRED
from cases.imports.rows import Body
from cases.rules import kind_of
from wanzhou_eval.tables import CleaningStep, Finding, Level, SkippedRow, text_of
from wanzhou_eval.texts import mask_identity, squeeze, visible
from wanzhou_eval.workbooks import Cell, Row

READ = tuple(f.key for f in FIELDS if f.key not in DROPPED and f.key != "serial")
SHOWN = 80
SERIAL_LIMIT = 10_000_000
APOSTROPHES = "'‘’`"

Spot = tuple[str, int, str, str]
"""Sheet, row, column label, and what was found there."""


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
    skeleton: str = ""

    def spot(self, key: str, found: str) -> Spot:
        """The place of one of its cells."""
        return self.sheet, self.row, LABELS[key], found

    def add_person(self, person: object, category: object) -> None:
        """One more client; blank cells add nothing."""
        if isinstance(person, str):
            self.recipients.append(person)
        if isinstance(category, str) and category not in self.categories:
            self.categories.append(category)


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

    def warn(self, code: str, at: Spot, message: str, remedy: str) -> None:
        """A warning: unlikely, the import goes on."""
        self.findings.append(Finding(Level.WARNING, code, *_cut(at), message, remedy))

    def fail(self, code: str, at: Spot, message: str, remedy: str) -> None:
        """An error: the row is not accepted."""
        self.findings.append(Finding(Level.ERROR, code, *_cut(at), message, remedy))
        self._failed.add(at[:2])

    def is_failed(self, draft: Draft) -> bool:
        """Whether an error was found in the row."""
        return (draft.sheet, draft.row) in self._failed

    def take(self, row: Row, cells: Sequence[Cell], body: Body) -> Draft:
        """Read a case row cell by cell."""
        columns, sheet = body.header.columns, body.sheet.name
        values: dict[str, object] = dict.fromkeys(READ)
        broken: set[str] = set()
        for key, index in columns.items():
            raw = cells[index]
            if raw is None or key not in values:
                continue
            found = self._memo[key].get(raw) or self._read(key, raw)
            values[key] = found.value
            if found.code:
                broken.add(key)
            if found.code or found.rule:
                self._report((sheet, row.number, LABELS[key], _shown(key, raw)), found)
        if "kind" not in columns:
            values["kind"] = kind_of(sheet)
        draft = _draft(cells, columns, values, (sheet, row.number))
        self._require(draft, broken)
        if "identity" in columns:
            self._note_identity(draft, row.number, row.cells[columns["identity"]])
        self.drafts.append(draft)
        return draft

    def join_group(self, draft: Draft, row: Row, body: Body, *, merged: bool) -> None:
        """A further client of a group case: one case, one more recipient."""
        columns = body.header.columns
        raw = {key: row.cells[index] for key, index in columns.items()}
        person, category = (raw.get("recipient"), raw.get("recipient_category"))
        draft.add_person(
            None if person is None else self._read("recipient", person).value,
            None if category is None else self._read("recipient_category", category).value,
        )
        self._note_identity(draft, row.number, raw.get("identity"))
        draft.last = row.number
        reason = f"第 {draft.row} 行集体案件的又一名受援人，不另计件"
        self.skipped.append(SkippedRow(draft.sheet, row.number, reason))
        if not merged:
            self.warn(
                "group_by_position",
                (draft.sheet, row.number, LABELS["recipient"], _shown("recipient", person)),
                f"这一行没有案号，已并入第 {draft.row} 行的案件",
                "如果是另一件案件，请补填案号、承办机构等后重新上传",
            )

    def _read(self, key: str, raw: Cell) -> Read:
        """Read a cell and remember it: most words of a ledger come again and again."""
        found = read_cell(key, raw, self.options)
        if type(raw) is str or type(raw) is date:
            self._memo[key][raw] = found
        return found

    def _report(self, at: Spot, found: Read) -> None:
        """A cell with a problem is an error; one that was changed, a line of the ledger."""
        if found.code:
            self.fail(found.code, at, found.message, found.remedy)
        else:
            self.cleaning.append(CleaningStep(*at, found.shown, found.rule))

    def _require(self, draft: Draft, broken: set[str]) -> None:
        for key in REQUIRED:
            if draft.values[key] is None and key not in broken:
                label = LABELS[key]
                self.fail(
                    "missing",
                    draft.spot(key, "（空）"),
                    f"缺少{label}",
                    f"补填{label}后重新上传",
                )

    def _note_identity(self, draft: Draft, row: int, raw: Cell) -> None:
        """Identity numbers are not kept; only their damage is told, without the number."""
        at = (draft.sheet, row, LABELS["identity"], "（数值）")
        if isinstance(raw, Decimal) or (isinstance(raw, int) and raw >= 10**14):
            self.warn(
                "identity_lost_digits",
                at,
                "证件号码成了数值，末几位已丢失；系统不读入证件号码，不影响导入",
                "在原台账中把该列设为文本格式后补正",
            )
        elif isinstance(raw, str) and raw[0] in APOSTROPHES:
            before = "（带撇号，号码不显示）"
            self.cleaning.append(CleaningStep(*at[:3], before, "", "证件号码不读入"))


def _shown(key: str, raw: Cell) -> str:
    """A cell for people to read: numbers of persons hidden, a case number as it is."""
    text = visible(text_of(raw))
    return text if key == "number" else mask_identity(text)


def _draft(
    cells: Sequence[Cell],
    columns: Mapping[str, int],
    values: dict[str, object],
    place: tuple[str, int],
) -> Draft:
    sheet, row = place
    serial = cells[columns["serial"]] if "serial" in columns else None
    original = visible(text_of(cells[columns["number"]]))
    draft = Draft(sheet, row, _serial(serial), original, values, last=row)
    draft.add_person(values["recipient"], values["recipient_category"])
    return draft


def _serial(raw: Cell) -> int | None:
    if type(raw) is int:
        return raw if 0 < raw < SERIAL_LIMIT else None
    text = squeeze(text_of(raw))
    if text.isascii() and text.isdigit() and 0 < int(text[:10]) < SERIAL_LIMIT:
        return int(text[:10])
    return None


def _cut(at: Spot) -> Spot:
    sheet, row, column, found = at
    return sheet, row, column, found if len(found) <= SHOWN else found[: SHOWN - 1] + "…"
