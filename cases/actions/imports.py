"""What comes in: uploads kept, checked, confirmed or put aside."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from cases.actions.absences import decide_absences
from cases.actions.batches import lock_batch
from cases.actions.comparisons import keep_comparison, left_out, settle_comparison
from cases.actions.exclusions import join_exclusions
from cases.actions.frames import lock_frame, refuse_unless_importer
from cases.imports import LedgerReading
from cases.models import Frame, ImportBatch
from cases.queries import is_outdated, today_of
from cases.readings import Reading, checked, read_batch, read_content
from cases.storing import Watch, store_exclusions, store_ledger, unwatched
from wanzhou_eval.audit import record_event
from wanzhou_eval.clock import database_now
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User

KEPT_UNSEEN = "文件里缺少的，按导入命令的选项全部保留"


@transaction.atomic
def upload_file(
    frame: Frame, *, content: str, data: bytes, file_name: str, by: User | None
) -> ImportBatch:
    """Keep an uploaded file with its SHA-256 and what was found in it; no case is written.

    Raises `RefusedError` (422) naming what is wrong with a file that cannot be read at all.
    """
    refuse_unless_importer(by)
    batch = new_batch(lock_frame(frame), content=content, data=data, file_name=file_name, by=by)
    return keep_batch(batch, read_content(batch, today=today_of(batch.frame)))


def new_batch(
    frame: Frame, *, content: str, data: bytes, file_name: str, by: User | None
) -> ImportBatch:
    """A file that came in, not yet stored."""
    name = file_name[-200:] or "未命名"
    return ImportBatch(frame=frame, content=content, data=data, file_name=name, uploaded_by=by)


def keep_batch(batch: ImportBatch, reading: Reading) -> ImportBatch:
    """Store a file with what was found in it."""
    batch.sha256 = reading.sha256
    keep_checked(batch, reading)
    record_upload(batch)
    return batch


def record_upload(batch: ImportBatch) -> None:
    """The line of the trail: who brought which file."""
    record_event(
        "upload_file",
        by=batch.uploaded_by,
        year=batch.frame.year,
        target=batch.file_name,
        detail={"content": batch.content, "sha256": batch.sha256},
    )


def keep_checked(batch: ImportBatch, reading: Reading, *, at: datetime | None = None) -> None:
    """Save an upload with what was found in it and what it would do to the frame.

    `at` is the moment before which the list was looked at, when that was not just now.
    """
    new = batch.pk is None
    batch.mapping, summary = checked(batch, reading)
    batch.summary = {**summary, "checked_at": (at or database_now()).isoformat()}
    batch.save(update_fields=None if new else ["mapping", "summary"])  # not the file once more
    if isinstance(reading, LedgerReading) and batch.frame.cases.exists():
        keep_comparison(batch, left_out(batch, reading))


def check_ledger(batch: ImportBatch, *, today: date) -> None:
    """Read an open upload and keep its mapping, its summary and what it means for the frame."""
    keep_checked(batch, read_batch(batch, today=today))


@transaction.atomic
def check_upload(
    batch: ImportBatch,
    *,
    mapping: dict[str, Any] | None = None,
    by: User | None,
    watch: Watch = unwatched,
) -> ImportBatch:
    """Read a large kept file, with the columns that were told, and keep what it says.

    Nobody waits for the frame meanwhile: it is locked only to compare. Raises `RefusedError`
    for a file that cannot be read, when the batch was decided, and what `watch` raises.
    """
    refuse_unless_importer(by)
    began = database_now()
    last = batch.jobs.first()
    rows = last.total if last else 0
    batch.mapping = batch.mapping if mapping is None else mapping
    reading = read_content(
        batch,
        today=today_of(batch.frame),
        pace=lambda share: watch("读取文件", int(rows * min(share, 1))),
    )
    watch("与现有名单对比", rows)
    lock_frame(batch.frame)
    locked = lock_batch(batch)
    keep_checked(locked, reading, at=began)
    return locked


@transaction.atomic
def confirm_import(batch: ImportBatch, *, by: User | None, watch: Watch = unwatched) -> ImportBatch:
    """Write what the file says, all or nothing. The kept file is read again, not the preview.

    Raises `RefusedError` when the batch was decided before or still has errors, and what
    `watch` raises to stop it.
    """
    refuse_unless_importer(by)
    frame = lock_frame(batch.frame)
    batch = lock_batch(batch)
    refuse_outdated(batch)
    watch("读取并核对文件", 0)
    reading = read_content(batch, today=today_of(batch.frame))
    return write_cases(batch, reading, frame=frame, by=by, watch=watch)


@transaction.atomic
def import_file(
    frame: Frame,
    *,
    content: str,
    data: bytes,
    file_name: str,
    by: User | None,
    keep_missing: bool = False,
    watch: Watch = unwatched,
) -> tuple[Reading, ImportBatch | None]:
    """Upload and confirm in one act, read once; without a batch, and nothing kept, on errors.

    For automation: nobody looks at a preview in between. `keep_missing` decides that cases
    which the file lacks stay. Raises `RefusedError` as the two do.
    """
    refuse_unless_importer(by)
    locked = lock_frame(frame)
    batch = new_batch(locked, content=content, data=data, file_name=file_name, by=by)
    watch("读取并核对文件", 0)
    reading = read_content(batch, today=today_of(batch.frame))
    left = left_out(batch, reading) if isinstance(reading, LedgerReading) else reading
    if left.errors:
        return reading, None
    keep_batch(batch, reading)
    if keep_missing and batch.absences.exists():
        decide_absences(batch, decision="keep", reason=KEPT_UNSEEN, by=by)
    return reading, write_cases(batch, reading, frame=locked, by=by, watch=watch)


def write_cases(
    batch: ImportBatch, reading: Reading, *, frame: Frame, by: User | None, watch: Watch
) -> ImportBatch:
    """Store a reading and say so on the batch and in the trail.

    Raises `RefusedError` (422) while it has an error.
    """
    batch.confirmed_by, batch.confirmed_at = by, database_now()
    if isinstance(reading, LedgerReading):
        refuse_declarer(frame, by=by)
        counts = confirm_ledger(batch, left_out(batch, reading), by=by, watch=watch)
    else:
        refuse_errors(reading)
        counts = store_exclusions(reading, frame=frame, batch=batch)
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


def confirm_ledger(
    batch: ImportBatch, reading: LedgerReading, *, by: User | None, watch: Watch
) -> dict[str, object]:
    """Let the decisions take effect, store the rest of the rows; the counts."""
    refuse_errors(reading)
    removed = settle_comparison(batch, reading, by=by)
    counts = store_ledger(reading, frame=batch.frame, batch=batch, watch=watch)
    join_exclusions(batch.frame)
    rejected = batch.rejected_rows.count()
    told = {"removed": removed, "rejected": rejected}
    return counts | {name: count for name, count in told.items() if count}


def refuse_outdated(batch: ImportBatch) -> None:
    """Raise `RefusedError` when what the preview compared with is not what stands there now."""
    if not batch.summary:
        raise RefusedError("这份文件还没有核对完，没有导入。请等核对完，或点“重新核对”。")
    if is_outdated(batch):
        raise RefusedError(
            "这份文件检查以后，案件名单变过，没有导入。请在检查页点“重新核对”（或重新上传），"
            "看过新增、修改、缺少再确认。"
        )


def refuse_declarer(frame: Frame, *, by: User | None) -> None:
    """Raise `RefusedError` when the person who typed the control total imports the ledger."""
    if by is not None and frame.declared_by_id == by.pk:
        raise RefusedError("申报件数是您录入的，台账要由另一人确认导入。请换账号办理。")


def refuse_errors(reading: Reading) -> None:
    """Raise `RefusedError` (422) while any finding is an error."""
    if errors := reading.errors:
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
