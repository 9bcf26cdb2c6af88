"""What comes in: uploads kept, checked, confirmed or put aside."""

from django.db import transaction

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
from wanzhou_eval.workbooks import read_workbook


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
    if content == ImportBatch.Content.LEDGER:
        batch.mapping, batch.summary = checked(batch, today=database_now().date())
    else:
        batch.summary = summary_of_exclusions(read_exclusions(workbook), locked)
    batch.save()
    record_event(
        "upload_file",
        by=by,
        year=locked.year,
        target=batch.file_name,
        detail={"content": content, "sha256": batch.sha256},
    )
    return batch


@transaction.atomic
def confirm_import(batch: ImportBatch, *, by: User | None) -> ImportBatch:
    """Write what the file says, all or nothing. The kept file is read again, not the preview.

    Raises `RefusedError` when the batch was decided before or still has errors.
    """
    refuse_unless_importer(by)
    frame = lock_frame(batch.frame)
    batch = ImportBatch.objects.select_for_update().select_related("frame").get(pk=batch.pk)
    refuse_decided(batch)
    batch.confirmed_by, batch.confirmed_at = by, database_now()
    if batch.content == ImportBatch.Content.LEDGER:
        reading = read_batch(batch, today=batch.confirmed_at.date())
        refuse_errors(reading)
        counts = store_ledger(reading, frame=frame, batch=batch)
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


def refuse_decided(batch: ImportBatch) -> None:
    """Raise `RefusedError` when the batch was confirmed or discarded before."""
    if batch.confirmed_at:
        raise RefusedError(f"“{batch.file_name}”已经导入，没有重复导入。请到案件页查看。")
    if batch.discarded_at:
        raise RefusedError(f"“{batch.file_name}”已经放弃，没有导入。请重新上传。")


def refuse_errors(reading: LedgerReading) -> None:
    """Raise `RefusedError` (422) while any finding is an error."""
    errors = [finding for finding in reading.findings if finding.level == "error"]
    if errors:
        first = errors[0]
        raise RefusedError(
            f"还有{len(errors)}处错误，没有导入任何案件。例如第{first.row}行“{first.column}”："
            f"{first.message}{first.remedy} 请改好后重新上传。",
            status=422,
        )


@transaction.atomic
def discard_import(batch: ImportBatch, *, by: User | None) -> None:
    """Put an upload aside; the file stays on record."""
    refuse_unless_importer(by)
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    refuse_decided(batch)
    batch.discarded_at = database_now()
    batch.save(update_fields=["discarded_at"])
    record_event("discard_import", by=by, year=batch.frame.year, target=batch.file_name)
