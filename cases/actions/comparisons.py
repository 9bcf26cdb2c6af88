"""What a file means for the frame, kept beside it: changes, absences, rows left out."""

from cases.actions.absences import settle_absences
from cases.comparing import (
    Change,
    Comparison,
    Place,
    compare_rows,
    rows_rejected_before,
    without_rows,
)
from cases.imports.reading import LedgerReading
from cases.models import Absence, CleaningLine, Frame, ImportBatch, RowChange
from cases.queries.rejections import standing_rejections
from cases.rules import REJECTIONS
from wanzhou_eval.clock import database_now
from wanzhou_eval.copying import copy_rows
from wanzhou_eval.models import User
from wanzhou_eval.workbooks import read_workbook

LONGEST = 400


def keep_comparison(batch: ImportBatch, reading: LedgerReading) -> None:
    """Keep what the preview shows: 新增 and 修改 line by line, 缺少 waiting for a decision.

    May be repeated when the file is read anew by another mapping.
    """
    comparison = compare_rows(reading, batch.frame)
    keep_changes(batch, comparison)
    batch.absences.all().delete()
    missing = batch.frame.cases.filter(key__in=comparison.missing).order_by("serial")
    Absence.objects.bulk_create(
        (
            Absence(batch=batch, case_id=pk, key=key, number=number, serial=serial)
            for pk, key, number, serial in missing.values_list("pk", "key", "number", "serial")
        ),
        batch_size=2000,
    )


def keep_changes(batch: ImportBatch, comparison: Comparison) -> None:
    """The changes of a file as they stand now, instead of those of the preview."""
    RowChange.objects.filter(batch=batch).delete()
    copy_rows(
        RowChange,
        ("batch", "is_new", "sheet", "row", "number", "column", "before", "after", "corrected"),
        (_change_line(batch, change) for change in comparison.changes),
    )


def _change_line(batch: ImportBatch, change: Change) -> tuple[object, ...]:
    row = change.row
    return (
        batch.pk, not change.column, row.sheet, row.row, row.number, change.column,
        change.before[:LONGEST], change.after[:LONGEST], change.corrected,
    )  # fmt: skip


def left_out(batch: ImportBatch, reading: LedgerReading) -> LedgerReading:
    """The reading without the rows marked for this file or rejected from an earlier one."""
    marked = set(batch.rejected_rows.values_list("sheet", "row")) if batch.pk else set()
    return without_rows(reading, marked | carried_places(batch, reading))


def carried_places(batch: ImportBatch, reading: LedgerReading) -> frozenset[Place]:
    """Rows of this file that were rejected from an earlier one and count already."""
    standing = standing_rejections(batch.frame).values_list("fingerprint", flat=True)
    marks = list(standing)
    if not marks:
        return frozenset()
    return rows_rejected_before(reading, read_workbook(bytes(batch.data)), fingerprints=marks)


def settle_comparison(batch: ImportBatch, reading: LedgerReading, *, by: User | None) -> int:
    """The decisions about a file take effect; called by the confirmation before it stores.

    Returns how many cases were removed. Raises `RefusedError` while a case that the file lacks
    is undecided.
    """
    comparison = compare_rows(reading, batch.frame)
    keep_changes(batch, comparison)
    removed = settle_absences(batch, comparison.missing)
    keep_rejections(batch)
    supersede_rejections(batch, reading, by=by)
    return removed


def keep_rejections(batch: ImportBatch) -> None:
    """A line of the cleaning ledger for every row that is not imported."""
    CleaningLine.objects.bulk_create(
        CleaningLine(
            batch=batch, sheet=row.sheet, row=row.row, column="(整行)",
            before=row.number_original, after="不导入", by_id=row.by_id,
            rule=f"不导入：{REJECTIONS[row.code].label}。{row.reason}",
        )
        for row in batch.rejected_rows.all()
    )  # fmt: skip


def supersede_rejections(batch: ImportBatch, reading: LedgerReading, *, by: User | None) -> None:
    """A row rejected before that this file brings repaired is imported and counts no more."""
    frame: Frame = batch.frame
    standing = list(standing_rejections(frame))
    if not standing:
        return
    known = set(frame.cases.values_list("key", flat=True))
    new = {row.number_original: row for row in reading.rows if row.key not in known}
    now = database_now()
    for row in (each for each in standing if each.number_original in new):
        row.withdrawn_reason = f"改好后已由“{batch.file_name}”导入"[:200]
        row.withdrawn_by, row.withdrawn_at = by, now
        row.save(update_fields=["withdrawn_reason", "withdrawn_by", "withdrawn_at"])
