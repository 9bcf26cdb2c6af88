"""Reading a kept file again, and the summary that its preview shows.

A layer between imports and actions: nothing here writes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from operator import attrgetter
from typing import Any, cast

from cases.imports import (
    CaseRow,
    ExclusionReading,
    LedgerReading,
    Options,
    SheetColumns,
    SheetMapping,
    Told,
    Words,
    read_exclusions,
    read_ledger,
)
from cases.imports.mapping import describe, table_at, table_of
from cases.imports.reading import row_list
from cases.models import Case, CaseHandler, ColumnLayout, Frame, ImportBatch, Synonym
from wanzhou_eval.collector import collector_put_off
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Firm, FirmAlias
from wanzhou_eval.tables import Finding, SkippedRow
from wanzhou_eval.workbooks import Pace, read_workbook, unheard

Reading = LedgerReading | ExclusionReading
FOUND = tuple(each.name for each in fields(Finding))
KEPT_OF_A_KIND, MOST_KEPT = 200, 2000
"""Findings stored with the preview, of one remedy and together; the counts are always whole."""


@collector_put_off()
def read_batch(batch: ImportBatch, *, today: date, pace: Pace = unheard) -> LedgerReading:
    """Read the kept file as it was mapped, with all that is known besides it."""
    return read_ledger(
        read_workbook(bytes(batch.data), pace=pace),
        options=options_for(batch.frame, today=today),
        told=told_of(batch),
    )


def told_of(batch: ImportBatch) -> Told | None:
    """The mapping kept with the upload, None when its columns are still to be guessed."""
    kept = batch.mapping or {}
    return {name: SheetMapping(**stored) for name, stored in kept.items()} or None


def options_for(frame: Frame, *, today: date) -> Options:
    """The frame's window, the known firms, the synonyms, the other years' and listed numbers."""
    years = dict(Frame.objects.exclude(pk=frame.pk).values_list("pk", "year"))
    elsewhere = Case.objects.filter(frame__in=list(years)).order_by().values_list("key", "frame_id")
    listed = frame.exclusions.filter(code__in=["ministry", "city"])
    words: dict[str, dict[str, str]] = {}
    for subject, word, meaning in Synonym.objects.values_list("subject", "word", "meaning"):
        words.setdefault(subject, {})[word] = meaning
    return Options(
        today=today,
        window=(frame.window_from, frame.window_to),
        firms=frozenset(Firm.objects.values_list("name", flat=True)) or None,
        firm_names=dict(FirmAlias.objects.values_list("key", "firm__name")),
        kind_words=words.get(Synonym.Subject.KIND, {}),
        stage_words=words.get(Synonym.Subject.STAGE, {}),
        known={key: f"{years[other]}年度" for key, other in elsewhere.iterator(chunk_size=5000)},
        taken=dict(listed.values_list("key", "reason")),
        words=Words(words.get(Synonym.Subject.HEADER, {}), known_layouts()),
    )


def known_layouts() -> dict[str, SheetMapping]:
    """The layouts that people mapped before, by fingerprint."""
    return {
        layout.fingerprint: SheetMapping(
            1, 1, layout.columns, {}, layout.kept_by, f"{layout.kept_at.astimezone():%Y-%m-%d}"
        )
        for layout in ColumnLayout.objects.all()
    }


def read_content(batch: ImportBatch, *, today: date, pace: Pace = unheard) -> Reading:
    """Read a file, kept or not, as what it lists."""
    if batch.content == ImportBatch.Content.EXCLUSIONS:
        return read_exclusions(read_workbook(bytes(batch.data), pace=pace))
    return read_batch(batch, today=today, pace=pace)


def checked(batch: ImportBatch, reading: Reading) -> tuple[dict[str, Any], dict[str, Any]]:
    """Mapping and summary of a reading, to be kept with the upload.

    From here the file is read by this mapping, whatever anybody maps elsewhere meanwhile.
    Sheets whose columns a person has still to name are guessed again after that.
    """
    if isinstance(reading, ExclusionReading):
        return {}, summary_of_exclusions(reading, batch.frame)
    mapping = {} if reading.unmapped else reading.mapping
    kept = {name: asdict(told) for name, told in mapping.items()}
    return kept, summary_of_ledger(reading, batch.frame)


def summary_of_ledger(reading: LedgerReading, frame: Frame) -> dict[str, Any]:
    """What the review page shows: counts, groups, differences to what is stored, findings."""
    totals = reading.totals
    return {
        "rows": reading.data_rows,
        "accepted": len(reading.rows),
        "rejected": reading.rejected,
        "skipped": skipped_groups(reading.skipped),
        "cleaned": len(reading.cleaning),
        "declared_total": reading.declared_total,
        "dropped": list(reading.dropped),
        "by_kind": dict(totals.by_kind),
        "by_month": dict(totals.by_month),
        "columns": [asdict(columns) for columns in reading.columns],
        "sheets": [
            {**asdict(rows), "accepted": rows.cases - rows.rejected} for rows in reading.sheets
        ],
        "unmapped": reading.unmapped,
        "taken": sum(finding.code == "taken_above" for finding in reading.findings),
        "compared": compare(reading, frame),
        **summary_of_findings(reading.findings),
    }


def summary_of_exclusions(reading: ExclusionReading, frame: Frame) -> dict[str, Any]:
    """Counts of an exclusion list: how many are in the frame, which are not."""
    in_frame = set(frame.cases.values_list("key", flat=True))
    absent = [row.number_original for row in reading.rows if row.key not in in_frame]
    return {
        "rows": len(reading.rows),
        "accepted": len(reading.rows),
        "rejected": 0,
        "skipped": skipped_groups(reading.skipped),
        "cleaned": len(reading.cleaning),
        "in_frame": len(reading.rows) - len(absent),
        "absent": absent,
        **summary_of_findings(reading.findings),
    }


def skipped_groups(skipped: Iterable[SkippedRow]) -> list[dict[str, Any]]:
    """The rows passed over by sheet and reason, in the order in which the reasons come up."""
    groups: dict[tuple[str, str], list[int]] = {}
    for row in skipped:
        rows = range(row.row, (row.last or row.row) + 1)
        groups.setdefault((row.sheet, row.reason), []).extend(rows)
    return [
        {"sheet": sheet, "reason": reason, "rows": row_list(rows), "count": len(rows)}
        for (sheet, reason), rows in groups.items()
    ]


def summary_of_findings(findings: Iterable[Finding]) -> dict[str, Any]:
    """Numbers of errors and warnings, how many have which remedy, and the first of each."""
    listed = list(findings)
    counts: Counter[tuple[str, str, str]] = Counter()
    kept: list[dict[str, Any]] = []
    for finding in listed:
        kind = (finding.level, finding.code, finding.remedy)
        if counts[kind] < KEPT_OF_A_KIND and len(kept) < MOST_KEPT:
            kept.append({name: getattr(finding, name) for name in FOUND})
        counts[kind] += 1
    return {
        "errors": sum(finding.level == "error" for finding in listed),
        "warnings": sum(finding.level == "warning" for finding in listed),
        "findings": kept,
        "kinds": [[*kind, count] for kind, count in counts.items() if count > KEPT_OF_A_KIND],
    }


def compare(reading: LedgerReading, frame: Frame) -> dict[str, int]:
    """新增, 修改, 不变 against the cases stored now, and those that the file lacks."""
    stored = stored_facts(frame)
    new = changed = 0
    for row in reading.rows:
        case = stored.get(row.key)
        if case is None:
            new += 1
        elif case.facts != row_facts(row):
            changed += 1
    found = {row.key for row in reading.rows}
    return {
        "new": new,
        "changed": changed,
        "same": len(reading.rows) - new - changed,
        "missing": len(stored.keys() - found),
    }


@dataclass(frozen=True, slots=True)
class StoredCase:
    """A case as it is stored; `facts` are comparable with `row_facts`."""

    pk: int
    serial: int
    facts: tuple[object, ...]


def stored_facts(frame: Frame) -> dict[str, StoredCase]:
    """The frame's cases by key, in two queries and without a model object per row."""
    if not frame.cases.exists():
        return {}
    handlers: dict[int, list[str]] = defaultdict(list)
    named = CaseHandler.objects.filter(case__frame=frame).order_by("case_id", "position")
    for case, name in named.values_list("case_id", "person__name").iterator():
        handlers[case].append(name)
    columns = ("key", "pk", "serial", *FACTS, "stage", "firm__name")
    return {
        key: StoredCase(pk, serial, (*facts, tuple(handlers[pk])))
        for key, pk, serial, *facts in frame.cases.order_by().values_list(*columns).iterator()
    }


FACTS = (
    "number",
    "kind",
    "cause",
    "aid_method",
    "source",
    "recipient",
    "recipient_category",
    "recipients_count",
    "assigned_on",
    "closed_on",
    "filed_on",
    "subsidy",
    "regular_grade",
    "remarks",
)
"""The columns of a ledger row that a case keeps under the same name."""


row_texts = attrgetter(*FACTS, "stage_label", "firm", "handlers")


def row_facts(row: CaseRow) -> tuple[object, ...]:
    """What a ledger row says, comparable with `StoredCase.facts`."""
    return cast("tuple[object, ...]", row_texts(row))


def described_columns(batch: ImportBatch, *, rows: Mapping[str, str]) -> list[dict[str, Any]]:
    """The columns of every sheet as the upload keeps them; `rows`: first_<place> → header row.

    A sheet whose header a person says to be elsewhere is read again from there. Raises
    `RefusedError` for a list, which has no columns to tell.
    """
    if batch.content != ImportBatch.Content.LEDGER:
        raise RefusedError("清单的列不用指定，只要有“案号”列。请回检查页。")
    tables = [dict(table) for table in batch.summary["columns"]]
    asked = {place: _row(rows.get(f"first_{place}", "")) for place in range(len(tables))}
    moved = {p: row for p, row in asked.items() if row and row != tables[p]["header_row"]}
    if moved:
        sheets = read_workbook(bytes(batch.data)).sheets
        words = options_for(batch.frame, today=batch.frame.window_to).words
        for place, row in moved.items():
            tables[place] = asdict(describe(table_at(sheets[place], row, words=words)))
    return tables


def _row(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def read_for_marking(
    batch: ImportBatch, *, today: date
) -> tuple[tuple[Finding, ...], tuple[SheetColumns, ...]]:
    """All findings of a kept file and its columns, for the workbook that goes back."""
    if batch.content != ImportBatch.Content.EXCLUSIONS:
        reading = read_batch(batch, today=today)
        return reading.findings, reading.columns
    workbook = read_workbook(bytes(batch.data))
    tables = (table_of(sheet, told=None, words=Words()) for sheet in workbook.sheets)
    return read_exclusions(workbook).findings, tuple(describe(table) for table in tables)
