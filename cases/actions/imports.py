"""What comes in: uploads kept, checked, confirmed or put aside."""

from datetime import date

from django.db import transaction

from cases.actions.batches import lock_batch
from cases.actions.comparisons import keep_comparison, left_out, settle_comparison
from cases.actions.exclusions import join_exclusions
from cases.actions.frames import lock_frame, refuse_unless_importer
from cases.imports import read_exclusions
from cases.imports.reading import LedgerReading
from cases.models import Frame, ImportBatch
from cases.readings import checked, read_batch, summary_of_exclusions
from cases.storing import store_exclusions, store_ledger
from wanzhou_eval.audit import record_event
from wanzhou_eval.clock import database_now
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User
from wanzhou_eval.workbooks import Workbook, read_workbook


@transaction.atomic
def upload_file(
    frame: Frame, *, content: str, data: bytes, file_name: str, by: User | None
) -> ImportBatch:
    """Keep an uploaded file with its SHA-256 and what was found in it; no case is written.

    Raises `RefusedError` (422) naming what is wrong with a file that cannot be read at all.
    """
    refuse_unless_importer(by)
    locked = lock_frame(frame)
    workbook = read_workbook(data)
    batch = ImportBatch(
        frame=locked,
        content=content,
        file_name=file_name[-200:] or "未命名",
        sha256=workbook.sha256,
        data=data,
        uploaded_by=by,
    )
    keep_checked(batch, workbook)
    record_event(
        "upload_file",
        by=by,
        year=locked.year,
        target=batch.file_name,
        detail={"content": content, "sha256": batch.sha256},
    )
    return batch


def keep_checked(batch: ImportBatch, workbook: Workbook) -> None:
    """Save an upload with what was found in it and what it would do to the frame."""
    if batch.content == ImportBatch.Content.LEDGER:
        check_ledger(batch, today=database_now().date())
    else:
        batch.summary = summary_of_exclusions(read_exclusions(workbook), batch.frame)
        batch.save()


def check_ledger(batch: ImportBatch, *, today: date) -> None:
    """Read an open upload and keep its mapping, its summary and what it means for the frame."""
    batch.mapping, batch.summary = checked(batch, today=today)
    batch.save()
    if batch.frame.cases.exists():
        keep_comparison(batch, left_out(batch, read_batch(batch, today=today)))


@transaction.atomic
def confirm_import(batch: ImportBatch, *, by: User | None) -> ImportBatch:
    """Write what the file says, all or nothing. The kept file is read again, not the preview.

    Raises `RefusedError` when the batch was decided before or still has errors.
    """
    refuse_unless_importer(by)
    frame = lock_frame(batch.frame)
    batch = lock_batch(batch)
    batch.confirmed_by, batch.confirmed_at = by, database_now()
    if batch.content == ImportBatch.Content.LEDGER:
        refuse_declarer(frame, by=by)
        counts = confirm_ledger(frame, batch, by=by)
    else:
        reading_out = read_exclusions(read_workbook(bytes(batch.data)))
        counts = store_exclusions(reading_out, frame=frame, batch=batch)
    batch.summary = {**batch.summary, "stored": counts}
    batch.save(update_fields=["confirmed_by", "confirmed_at", "summary"])
    record_event(
        "confirm_import",
        by=by,
        year=frame.year,
        target=batch.file_name,
        detail={"sha256": batch.sha256, **counts},
    )
    return batch


def confirm_ledger(frame: Frame, batch: ImportBatch, *, by: User | None) -> dict[str, object]:
    """Read the kept file again, let the decisions take effect, store the rest; the counts."""
    assert batch.confirmed_at is not None
    reading = left_out(batch, read_batch(batch, today=batch.confirmed_at.date()))
    refuse_errors(reading)
    removed = settle_comparison(batch, reading, by=by)
    counts = store_ledger(reading, frame=frame, batch=batch)
    join_exclusions(frame)
    rejected = batch.rejected_rows.count()
    told = {"removed": removed, "rejected": rejected}
    return counts | {name: count for name, count in told.items() if count}


def refuse_declarer(frame: Frame, *, by: User | None) -> None:
    """Raise `RefusedError` when the person who typed the control total imports the ledger."""
    if by is not None and frame.declared_by_id == by.pk:
        raise RefusedError("申报件数是您录入的，台账要由另一人确认导入。请换账号办理。")


def refuse_errors(reading: LedgerReading) -> None:
    """Raise `RefusedError` (422) while any finding is an error."""
    errors = [finding for finding in reading.findings if finding.level == "error"]
    if errors:
        first = errors[0]
        raise RefusedError(
            f"还有{len(errors)}处错误，没有导入任何案件。例如第{first.row}行“{first.column}”："
            f"{first.message}，{first.remedy}。请改好后重新上传。",
            status=422,
        )


@transaction.atomic
def discard_import(batch: ImportBatch, *, by: User | None) -> None:
    """Put an upload aside; the file stays on record."""
    refuse_unless_importer(by)
    batch = lock_batch(batch)
    batch.discarded_at = database_now()
    batch.save(update_fields=["discarded_at"])
    record_event("discard_import", by=by, year=batch.frame.year, target=batch.file_name)
