"""What changes the population: uploads, confirmed imports, totals, exclusions."""

from datetime import date, datetime

from django.db import transaction

from cases.imports import read_exclusions
from cases.imports.reading import LedgerReading
from cases.models import Case, Exclusion, Frame, ImportBatch
from cases.permissions import may_declare_total, may_import
from cases.readings import read_batch, summary_of_exclusions, summary_of_ledger
from cases.storing import store_exclusions, store_ledger
from wanzhou_eval.audit import record_event
from wanzhou_eval.clock import database_now
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User
from wanzhou_eval.workbooks import read_workbook

EXCLUSION_CODES = {"ministry": "已被部级抽评", "city": "已被市级抽评", "closed": "终止法律援助"}
"""原因代码 of the sealed list (`ex:code`) and what they mean (article 4)."""


def lock_frame(frame: Frame) -> Frame:
    """Lock the frame's row. Raises `RefusedError` once the frame is sealed."""
    locked = Frame.objects.select_for_update().get(pk=frame.pk)
    if locked.sealed_at:
        raise RefusedError(
            f"{locked.year}年度案件名单已封存，不能再导入或修改。"
            "确需更正，请由科室先作废抽选并说明理由。"
        )
    return locked


def open_frame(*, year: int, window_from: date, window_to: date, rehearsal: bool) -> Frame:
    """Open the empty frame of a year; called inside `create_plan`'s transaction."""
    refuse_window_backwards(window_from, window_to)
    return Frame.objects.create(
        year=year, window_from=window_from, window_to=window_to, rehearsal=rehearsal
    )


def set_window(frame: Frame, *, window_from: date, window_to: date) -> None:
    """Change the window of closing dates while the plan is a draft."""
    refuse_window_backwards(window_from, window_to)
    locked = lock_frame(frame)
    locked.window_from, locked.window_to = window_from, window_to
    locked.save(update_fields=["window_from", "window_to"])


def refuse_window_backwards(window_from: date, window_to: date) -> None:
    """Raise `RefusedError` (422) when the window ends before it begins."""
    if window_to < window_from:
        raise RefusedError("抽选范围的截止日早于起始日，请改正日期。", status=422)


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
        batch.summary = summary_of_ledger(read_batch(batch, today=database_now().date()), locked)
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


def refuse_unless_importer(by: User | None) -> None:
    """Raise `RefusedError` (403) unless the account may import."""
    if not may_import(by):
        raise RefusedError("只有中心和科室可以导入案件。请联系区法律援助中心。", status=403)


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


@transaction.atomic
def declare_total(frame: Frame, *, total: int, by: User | None) -> Frame:
    """Type the number of cases from the register: the control total of the import.

    Raises `RefusedError` when the importer himself types it, or the number is not positive.
    """
    if not may_declare_total(by):
        raise RefusedError("申报件数由科室或中心录入。", status=403)
    locked = lock_frame(frame)
    if total < 1:
        raise RefusedError("申报件数至少为1，请按登记簿重新填写。", status=422)
    importers = locked.batches.filter(
        content=ImportBatch.Content.LEDGER, confirmed_at__isnull=False
    ).values_list("confirmed_by_id", flat=True)
    if by is not None and by.pk in set(importers):
        raise RefusedError("导入台账的人不能自己录入申报件数。请另一人按登记簿录入。")
    locked.declared_total, locked.declared_by = total, by
    locked.save(update_fields=["declared_total", "declared_by"])
    record_event("declare_total", by=by, year=locked.year, detail={"total": total})
    return locked


@transaction.atomic
def exclude_case(
    case: Case, *, code: str, reason: str, document: str, by: User | None
) -> Exclusion:
    """Leave one case out of the draw with its reason and document; it stays in the list."""
    refuse_unless_importer(by)
    frame = lock_frame(case.frame)
    if code not in EXCLUSION_CODES:
        raise RefusedError("请从列表中选剔除原因。", status=422)
    if Exclusion.objects.filter(frame=frame, key=case.key).exists():
        raise RefusedError(f"{case.number}已经剔除，不用再办。")
    exclusion = Exclusion.objects.create(
        frame=frame,
        case=case,
        number_original=case.number,
        key=case.key,
        code=code,
        reason=reason or EXCLUSION_CODES[code],
        document=document,
    )
    record_event("exclude_case", by=by, year=frame.year, target=case.number, detail={"code": code})
    return exclusion


@transaction.atomic
def close_frame(frame: Frame, *, at: datetime) -> Frame:
    """Seal the frame; from here a trigger refuses every change. Called by `seal_frame`."""
    locked = lock_frame(frame)
    locked.sealed_at = at
    locked.save(update_fields=["sealed_at"])
    return locked
