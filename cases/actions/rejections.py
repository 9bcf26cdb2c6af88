"""不导入的行: error rows of a file put aside with a reason, one by one, never in silence."""

from collections.abc import Collection
from typing import Any

from django.db import transaction

from cases.actions.batches import lock_batch
from cases.actions.frames import lock_frame, refuse_unless_importer, refuse_unless_reasoned
from cases.comparing import Place, column_of, findings_at, fingerprint_of, rows_at
from cases.imports.reading import LedgerReading
from cases.models import ImportBatch, RejectedRow
from cases.queries import today_of
from cases.readings import read_batch
from cases.rules import REJECTIONS, allowed_rejections
from wanzhou_eval.audit import record_event
from wanzhou_eval.clock import database_now
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User
from wanzhou_eval.tables import Finding, text_of
from wanzhou_eval.workbooks import Row, read_workbook


@transaction.atomic
def reject_rows(
    batch: ImportBatch, *, places: Collection[Place], code: str, reason: str, by: User | None
) -> int:
    """Mark rows of an unconfirmed ledger as not to be imported; the number of rows.

    Only rows whose findings allow the reason: a row without a finding is a case. Raises
    `RefusedError` (422) otherwise, or without a sentence.
    """
    refuse_unless_importer(by)
    frame = lock_frame(batch.frame)
    batch = lock_batch(batch)
    if code not in REJECTIONS:
        raise RefusedError("请选不导入的原因。", status=422)
    refuse_unless_reasoned(reason, what="不导入的说明")
    if not places:
        raise RefusedError("没有选中任何一行。请先勾选不导入的行。", status=422)
    made = RejectedRow.objects.bulk_create(
        RejectedRow(frame=frame, batch=batch, code=code, reason=reason.strip(), by=by, **facts)
        for facts in rows_to_reject(batch, places, code=code)
    )
    detail: dict[str, object] = {"rows": [each.row for each in made], "code": code}
    record_event("reject_row", by=by, year=frame.year, target=batch.file_name, detail=detail)
    return len(made)


def rows_to_reject(
    batch: ImportBatch, places: Collection[Place], *, code: str
) -> list[dict[str, Any]]:
    """What is kept of each row that is not marked yet; the file is read again for it."""
    reading = read_batch(batch, today=today_of(batch.frame))
    grouped = findings_at(reading.findings, places)
    refuse_unallowed(grouped, code)
    rows = rows_at(read_workbook(bytes(batch.data)), places)
    known = set(batch.rejected_rows.values_list("sheet", "row"))
    return [
        {
            "sheet": place[0],
            "row": place[1],
            "found": "；".join(finding.message for finding in found)[:200],
            **identity_of(rows[place], reading, place),
        }
        for place, found in grouped.items()
        if place not in known
    ]


def identity_of(row: Row, reading: LedgerReading, place: Place) -> dict[str, str]:
    """The number as it stands in the row, and the mark by which the row is found again."""
    number = column_of(reading, place[0], "number")
    text = text_of(row.cells[number]) if number is not None else ""
    serial = column_of(reading, place[0], "serial")
    return {"number_original": text[:120], "fingerprint": fingerprint_of(row, skip=serial)}


def refuse_unallowed(grouped: dict[Place, list[Finding]], code: str) -> None:
    """Raise `RefusedError` (422) for a row whose findings do not allow the reason."""
    for (_, row), findings in grouped.items():
        allowed = allowed_rejections(finding.code for finding in findings)
        if code not in {each.code for each in allowed}:
            may = "、".join(f"“{each.label}”" for each in allowed)
            remedy = f"这一行可用的原因：{may}。" if may else "请在原表里改正后重新上传。"
            raise RefusedError(
                f"第{row}行不能以“{REJECTIONS[code].label}”为由不导入：检查没有发现这样的问题。"
                f"{remedy}",
                status=422,
            )


@transaction.atomic
def unreject_row(rejected: RejectedRow, *, by: User | None) -> None:
    """Take the mark off again while the file is not confirmed."""
    refuse_unless_importer(by)
    frame = lock_frame(rejected.frame)
    batch = lock_batch(rejected.batch)
    if not RejectedRow.objects.filter(pk=rejected.pk).delete()[0]:
        raise RefusedError("这一行的标记已经取消。")
    detail: dict[str, object] = {"row": rejected.row}
    record_event("unreject_row", by=by, year=frame.year, target=batch.file_name, detail=detail)


@transaction.atomic
def withdraw_rejection(rejected: RejectedRow, *, reason: str, by: User | None) -> None:
    """Take back a rejection of a confirmed file: the row no longer counts; it stays on record."""
    refuse_unless_importer(by)
    frame = lock_frame(rejected.frame)
    refuse_unless_reasoned(reason, what="撤回理由")
    locked = RejectedRow.objects.select_related("batch").get(pk=rejected.pk)
    if not locked.batch.confirmed_at:
        raise RefusedError("这份文件还没有确认导入。请在检查页取消标记。")
    if locked.withdrawn_at:
        raise RefusedError("这一行已经撤回，不用再办。")
    locked.withdrawn_reason, locked.withdrawn_by = reason.strip(), by
    locked.withdrawn_at = database_now()
    locked.save(update_fields=["withdrawn_reason", "withdrawn_by", "withdrawn_at"])
    record_event(
        "withdraw_rejection",
        by=by,
        year=frame.year,
        target=locked.number_original or f"第{locked.row}行",
        detail={"reason": locked.withdrawn_reason, "row": locked.row},
    )
