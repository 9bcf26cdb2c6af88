"""The work in progress of one ledger: drafts of rows, findings, the cleaning ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any

from cases.imports.cells import Options, Read, read_cell
from cases.imports.fields import DROPPED, FIELDS, LABELS, REQUIRED
from cases.imports.rows import Body
from cases.rules import Kind, Stage, kind_of
from wanzhou_eval.tables import CleaningStep, Finding, Level, SkippedRow, text_of
from wanzhou_eval.texts import mask_identity, squeeze, visible
from wanzhou_eval.workbooks import Cell, Row

READ = tuple(f.key for f in FIELDS if f.key not in DROPPED and f.key != "serial")
SHOWN = 80
PIECE = 2_000
"""Rows read column by column at a time: they stay in the processor's cache meanwhile."""
SERIAL_LIMIT = 10_000_000
APOSTROPHES = "'‘’`"
MEMORABLE = frozenset({str, int, date, type(None)})
REMEMBERED = 20_000
"""Texts kept of one field: beyond that hardly any comes again, and memory is to stay bounded."""

Spot = tuple[str, int, str, str]
"""Sheet, row, column label, and what was found there."""


@dataclass(slots=True)
class Draft:
    """A row that is a case, as far as it could be read: the fields of `READ`, None where blank."""

    sheet: str
    row: int
    serial: int | None
    original: str
    number: str | None
    kind: Kind | None
    cause: str | None
    aid_method: str | None
    stage: tuple[Stage, str] | None
    source: str | None
    recipients: list[str]
    categories: list[str]
    firm: str | None
    handlers: tuple[str, ...] | None
    assigned_on: date | None
    closed_on: date | None
    filed_on: date | None
    subsidy: Decimal | None
    regular_grade: str | None
    remarks: str | None
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


class Memo(dict[Cell, Read]):
    """What the cells of a field say, read once for each text: most come again and again.

    Asked by `MEMORABLE` types alone, of which no two values of different type are equal.
    """

    def __init__(self, key: str, options: Options) -> None:
        self.key, self.options = key, options
        self.noted = False
        self[None] = read_cell(key, None, options)

    def __missing__(self, raw: Cell) -> Read:
        found = self._new(raw)
        if len(self) < REMEMBERED:
            self[raw] = found
        return found

    def _new(self, raw: Cell) -> Read:
        """Read a cell; `noted` tells that some cell of the field was changed or refused."""
        found = read_cell(self.key, raw, self.options)
        self.noted = self.noted or bool(found.rule or found.code)
        return found

    def read(self, cells: Sequence[Cell]) -> list[Read]:
        """A whole column."""
        if MEMORABLE.issuperset(map(type, cells)):
            return [self[raw] for raw in cells]
        return [self.one(raw) for raw in cells]

    def one(self, raw: Cell) -> Read:
        """A cell of whatever type."""
        return self[raw] if type(raw) in MEMORABLE else self._new(raw)


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
        self._memo = {key: Memo(key, options) for key in READ}
        self._failed: set[tuple[str, int]] = set()
        self._broken: set[tuple[str, int, str]] = set()

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

    def take(self, rows: Sequence[tuple[int, Sequence[Cell]]], body: Body) -> list[Draft]:
        """Read the case rows of a sheet (number, cells)."""
        drafts: list[Draft] = []
        for start in range(0, len(rows), PIECE):
            drafts += self._take(rows[start : start + PIECE], body)
        self.drafts += drafts
        return drafts

    def _take(self, rows: Sequence[tuple[int, Sequence[Cell]]], body: Body) -> list[Draft]:
        """Read some rows column by column."""
        columns, sheet = body.header.columns, body.sheet.name
        numbers = [number for number, _ in rows]
        raws = list(zip(*[cells for _, cells in rows], strict=True))
        values: dict[str, Sequence[Any]] = dict.fromkeys(READ, [None] * len(rows))
        if "kind" not in columns:
            values["kind"] = [kind_of(sheet)] * len(rows)
        for key, index in columns.items():
            if key in values:
                memo = self._memo[key]
                reads = memo.read(raws[index])
                values[key] = [found.value for found in reads]
                if memo.noted:
                    self._report((sheet, numbers, key), raws[index], reads)
        originals = map(_original, raws[columns["number"]], values["number"])
        printed = raws[columns["serial"]] if "serial" in columns else [None] * len(rows)
        serials = map(_serial, printed)
        for key in ("recipient", "recipient_category"):
            values[key] = [[text] if text else [] for text in values[key]]
        read = zip(numbers, serials, originals, *values.values(), numbers, strict=True)
        drafts = [Draft(sheet, *given) for given in read]
        for key in REQUIRED:
            self._require(key, drafts)
        return drafts

    def join_group(self, draft: Draft, row: Row, body: Body, *, merged: bool) -> None:
        """A further client of a group case: one case, one more recipient."""
        columns = body.header.columns
        raw = {key: row.cells[index] for key, index in columns.items()}
        person, category = (raw.get("recipient"), raw.get("recipient_category"))
        draft.add_person(
            self._memo["recipient"].one(person).value,
            self._memo["recipient_category"].one(category).value,
        )
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

    def _report(
        self, column: tuple[str, list[int], str], raws: Sequence[Cell], reads: Sequence[Read]
    ) -> None:
        """A cell with a problem is an error; one that was changed, a line of the ledger."""
        sheet, rows, key = column
        for place, found in enumerate(reads):
            if found.code:
                at = (sheet, rows[place], LABELS[key], _shown(key, raws[place]))
                self.fail(found.code, at, found.message, found.remedy)
                self._broken.add((sheet, rows[place], key))
            elif found.rule:
                at = (sheet, rows[place], LABELS[key], _shown(key, raws[place]))
                self.cleaning.append(CleaningStep(*at, found.shown, found.rule))

    def _require(self, key: str, drafts: Sequence[Draft]) -> None:
        label, value = LABELS[key], attrgetter(key)
        for draft in drafts:
            if value(draft) is None and (draft.sheet, draft.row, key) not in self._broken:
                at = draft.spot(key, "（空）")
                self.fail("missing", at, f"缺少{label}", f"补填{label}后重新上传")

    def note_identities(self, rows: Sequence[Row], body: Body) -> None:
        """Identity numbers are not kept; only their damage is told, without the number."""
        index = body.header.columns.get("identity")
        if index is None:
            return
        for row in rows:
            raw = row.cells[index]
            if raw is None or (type(raw) is str and raw[0] not in APOSTROPHES):
                continue
            at = (body.sheet.name, row.number, LABELS["identity"], "（数值）")
            if isinstance(raw, Decimal) or (isinstance(raw, int) and raw >= 10**14):
                self.warn(
                    "identity_lost_digits",
                    at,
                    "证件号码成了数值，末几位已丢失；系统不读入证件号码，不影响导入",
                    "在原台账中把该列设为文本格式后补正",
                )
            elif isinstance(raw, str):
                before = "（带撇号，号码不显示）"
                self.cleaning.append(CleaningStep(*at[:3], before, "", "证件号码不读入"))


def _shown(key: str, raw: Cell) -> str:
    """A cell for people to read: numbers of persons hidden, a case number as it is."""
    text = visible(text_of(raw))
    return text if key == "number" else mask_identity(text)


def _original(raw: Cell, number: object) -> str:
    """The case number as it was typed."""
    return raw if raw is number and isinstance(raw, str) else visible(text_of(raw))


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
