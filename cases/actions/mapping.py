"""What the columns of an upload hold, as a person says; and checking an upload again."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from cases.actions.batches import lock_batch
from cases.actions.frames import lock_frame, refuse_unless_importer
from cases.actions.imports import check_ledger
from cases.imports import SheetMapping
from cases.models import ColumnLayout, ImportBatch
from cases.queries import today_of
from cases.readings import told_of
from wanzhou_eval.audit import record_event
from wanzhou_eval.clock import database_now
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User


@transaction.atomic
def map_columns(
    batch: ImportBatch, *, mapping: Mapping[str, SheetMapping], by: User | None
) -> ImportBatch:
    """Read an upload with these columns, and remember them for the next file of its layout.

    Raises `RefusedError` when the batch was decided before or no row is left to read.
    """
    batch = _undecided(batch, by=by)
    batch.mapping = told_mapping(batch, mapping, by=by)
    told = told_of(batch) or {}
    check_ledger(batch, today=today_of(batch.frame))
    remember(batch, told, by=by)
    return batch


def told_mapping(
    batch: ImportBatch, mapping: Mapping[str, SheetMapping], *, by: User | None
) -> dict[str, dict[str, Any]]:
    """The columns as they are kept with an upload: with who told them, and when."""
    if batch.content != ImportBatch.Content.LEDGER:
        raise RefusedError("清单的列不用指定，只要有“案号”列。请回检查页。")
    day, name = f"{database_now().astimezone():%Y-%m-%d}", by.name if by else ""
    return {sheet: asdict(replace(each, by=name, on=day)) for sheet, each in mapping.items()}


def remember(batch: ImportBatch, told: Mapping[str, SheetMapping], *, by: User | None) -> None:
    """Keep what a person told for the next file of the layout, and in the trail."""
    _keep_layouts(batch, told, database_now())
    record_event(
        "map_columns",
        by=by,
        year=batch.frame.year,
        target=batch.file_name,
        detail={"sheets": {sheet: dict(each.columns) for sheet, each in told.items()}},
    )


def _keep_layouts(batch: ImportBatch, told: Mapping[str, SheetMapping], now: datetime) -> None:
    """Keep the mapping of every sheet that is read by the fingerprint of its header."""
    layouts = {table["sheet"]: table["layout"] for table in batch.summary["columns"]}
    for sheet, each in told.items():
        if each.first:
            ColumnLayout.objects.update_or_create(
                fingerprint=layouts[sheet],
                defaults={"columns": dict(each.columns), "kept_by": each.by, "kept_at": now},
            )


@transaction.atomic
def recheck(batch: ImportBatch, *, by: User | None) -> ImportBatch:
    """Read an upload again, because what helps to read it has changed."""
    batch = _undecided(batch, by=by)
    check_ledger(batch, today=today_of(batch.frame))
    return batch


def _undecided(batch: ImportBatch, *, by: User | None) -> ImportBatch:
    refuse_unless_importer(by)
    lock_frame(batch.frame)
    return lock_batch(batch)
