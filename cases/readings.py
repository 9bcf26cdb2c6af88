"""Reading a kept file again, and the summary that its preview shows.

A layer between imports and actions: nothing here writes.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from operator import attrgetter
from typing import Any, cast

from cases.imports import CaseRow, ExclusionReading, LedgerReading, read_exclusions, read_ledger
from cases.imports.cells import Options
from cases.models import Case, CaseHandler, Frame, ImportBatch
from wanzhou_eval.models import Firm, FirmAlias
from wanzhou_eval.tables import Finding
from wanzhou_eval.workbooks import read_workbook

FINDINGS_KEPT = 500
"""Findings stored with the preview; the count is always the whole."""


def read_batch(batch: ImportBatch, *, today: date) -> LedgerReading:
    """Read the kept file with the frame's window, the known firms and the other years' keys."""
    frame = batch.frame
    known_firms = frozenset(Firm.objects.values_list("name", flat=True))
    elsewhere = Case.objects.exclude(frame=frame).values_list("key", "frame__year")
    options = Options(
        today=today,
        window=(frame.window_from, frame.window_to),
        firms=known_firms or None,
        firm_names=dict(FirmAlias.objects.values_list("key", "firm__name")),
        known={key: f"{year}年度" for key, year in elsewhere},
    )
    return read_ledger(
        read_workbook(bytes(batch.data)), options=options, told=batch.mapping or None
    )


def summary_of_ledger(reading: LedgerReading, frame: Frame) -> dict[str, Any]:
    """What the review page shows: counts, groups, differences to what is stored, findings."""
    totals = reading.totals
    return {
        "rows": reading.data_rows,
        "accepted": len(reading.rows),
        "rejected": reading.rejected,
        "skipped": [asdict(skipped) for skipped in reading.skipped],
        "cleaned": len(reading.cleaning),
        "declared_total": reading.declared_total,
        "dropped": list(reading.dropped),
        "by_kind": dict(totals.by_kind),
        "by_month": dict(totals.by_month),
        "columns": [asdict(columns) for columns in reading.columns],
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
        "skipped": [asdict(skipped) for skipped in reading.skipped],
        "cleaned": len(reading.cleaning),
        "in_frame": len(reading.rows) - len(absent),
        "absent": absent,
        **summary_of_findings(reading.findings),
    }


def summary_of_findings(findings: Iterable[Finding]) -> dict[str, Any]:
    """Numbers of errors and warnings, and the findings themselves."""
    listed = list(findings)
    return {
        "errors": sum(finding.level == "error" for finding in listed),
        "warnings": sum(finding.level == "warning" for finding in listed),
        "findings": [asdict(finding) for finding in listed[:FINDINGS_KEPT]],
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


def read_unsaved(
    frame: Frame, *, content: str, data: bytes, today: date
) -> LedgerReading | ExclusionReading:
    """Read a file that is not kept: the dry run of the command line."""
    if content == ImportBatch.Content.EXCLUSIONS:
        return read_exclusions(read_workbook(data))
    return read_batch(ImportBatch(frame=frame, content=content, data=data), today=today)


def read_batch_findings(batch: ImportBatch, *, today: date) -> tuple[Finding, ...]:
    """All findings of a kept file, for the workbook that goes back to the clerk."""
    if batch.content == ImportBatch.Content.EXCLUSIONS:
        return read_exclusions(read_workbook(bytes(batch.data))).findings
    return read_batch(batch, today=today).findings
