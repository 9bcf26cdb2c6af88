"""The frame itself: opened, its window, its control total, sealed; who may touch it."""

from datetime import date, datetime, timedelta

from django.db import transaction

from cases.models import Frame, ImportBatch
from cases.permissions import may_declare_total, may_import
from cases.rules import is_reason
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User


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


def set_frame_clock(frame: Frame, *, offset: timedelta) -> None:
    """Let the frame's day follow the rehearsal's clock, sealed or not."""
    Frame.objects.filter(pk=frame.pk).update(clock_offset=offset)


def refuse_window_backwards(window_from: date, window_to: date) -> None:
    """Raise `RefusedError` (422) when the window ends before it begins."""
    if window_to < window_from:
        raise RefusedError("抽选范围的截止日早于起始日，请改正日期。", status=422)


def refuse_unless_importer(by: User | None) -> None:
    """Raise `RefusedError` (403) unless the account may import."""
    if not may_import(by):
        raise RefusedError("只有中心和科室可以导入案件。请联系区法律援助中心。", status=403)


def refuse_unless_reasoned(text: str, *, what: str) -> None:
    """Raise `RefusedError` (422) when a sentence is empty or says nothing."""
    if not is_reason(text):
        raise RefusedError(f"{what}太短。请写明事实，至少5个字。", status=422)


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
def close_frame(frame: Frame, *, at: datetime) -> Frame:
    """Seal the frame; from here a trigger refuses every change. Called by `seal_frame`."""
    locked = lock_frame(frame)
    locked.sealed_at = at
    locked.save(update_fields=["sealed_at"])
    return locked
