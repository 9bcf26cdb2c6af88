"""Writing a confirmed reading in bulk; only `actions.confirm_import` calls it."""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from operator import attrgetter

from cases.imports import CaseRow, ExclusionReading, LedgerReading
from cases.models import Case, CaseHandler, CleaningLine, Exclusion, Frame, ImportBatch
from cases.readings import FACTS, StoredCase, row_facts, stored_facts
from wanzhou_eval.actions import register_firms, register_people
from wanzhou_eval.collector import collector_put_off
from wanzhou_eval.copying import Told, copy_rows, take_keys, update_rows
from wanzhou_eval.models import Firm
from wanzhou_eval.tables import CleaningStep
from wanzhou_eval.texts import organisation_key

TAKEN = (*FACTS, "stage", "number_original", "sheet", "row")
"""The columns that a case takes over from its row; `stage` is the row's label."""
taken_from = attrgetter(*FACTS, "stage_label", "number_original", "sheet", "row")
LEVEL_CODES = {"部级": "ministry", "市级": "city"}


Watch = Callable[[str, int], object]
"""Told the step and the number of cases written so far; what it raises stops the import."""


def unwatched(_step: str, _done: int) -> None:
    """Nobody waits."""


@collector_put_off()
def store_ledger(
    reading: LedgerReading, *, frame: Frame, batch: ImportBatch, watch: Watch = unwatched
) -> dict[str, object]:
    """Insert new cases, update changed ones, leave the same; returns the counts."""
    names = {row.firm for row in reading.rows}
    by_key = register_firms((organisation_key(name), name) for name in sorted(names))
    firms = {name: by_key[organisation_key(name)] for name in names}
    stored = stored_facts(frame)
    new = [row for row in reading.rows if row.key not in stored]
    changed = changed_rows(reading, stored)
    keys = add_cases(
        new, stored=stored.values(), firms=firms, batch=batch, told=partial(watch, "写入案件")
    )
    update_rows(
        Case,
        ("batch", "firm", *TAKEN),
        ((pk, *filled(row, firms, batch)) for pk, row in changed),
    )
    watch("写入承办人和清洗台账", len(new))
    CaseHandler.objects.filter(case__in=[pk for pk, _ in changed]).delete()
    store_handlers([*zip(keys, new, strict=True), *changed], firms=firms)
    store_cleaning(reading.cleaning, batch=batch)
    same = len(reading.rows) - len(new) - len(changed)
    return {"new": len(new), "changed": len(changed), "same": same}


def changed_rows(
    reading: LedgerReading, stored: Mapping[str, StoredCase]
) -> list[tuple[int, CaseRow]]:
    """The rows that say something else than their case, each with the case's key."""
    return [
        (found.pk, row)
        for row in reading.rows
        if (found := stored.get(row.key)) and found.facts != row_facts(row)
    ]


def add_cases(
    rows: list[CaseRow],
    *,
    stored: Collection[StoredCase],
    firms: dict[str, Firm],
    batch: ImportBatch,
    told: Told,
) -> list[int]:
    """Enter new cases; returns their keys."""
    serials = free_serials(rows, taken={case.serial for case in stored})
    keys = take_keys(Case, len(rows))
    copy_rows(
        Case,
        ("id", "frame", "key", "skeleton", "serial", "withheld", "batch", "firm", *TAKEN),
        (
            (pk, batch.frame_id, row.key, row.skeleton, serial, False, *filled(row, firms, batch))
            for pk, serial, row in zip(keys, serials, rows, strict=True)
        ),
        told=told,
    )
    return keys


def filled(row: CaseRow, firms: dict[str, Firm], batch: ImportBatch) -> tuple[object, ...]:
    """What a case takes over from its row, in the order batch, firm, `TAKEN`."""
    return (batch.pk, firms[row.firm].pk, *taken_from(row))


def free_serials(rows: list[CaseRow], *, taken: set[int]) -> Iterator[int]:
    """序号 as printed where it is free, else the next after the highest."""
    highest = max(taken, default=0)
    for row in rows:
        serial = row.serial if row.serial not in taken else highest + 1
        highest = max(highest, serial)
        taken.add(serial)
        yield serial


def store_handlers(cases: list[tuple[int, CaseRow]], *, firms: dict[str, Firm]) -> None:
    """Enter the handlers of the given cases (key, row)."""
    people = register_people((name, firms[row.firm]) for _, row in cases for name in row.handlers)
    copy_rows(
        CaseHandler,
        ("case", "person", "position"),
        (
            (pk, people[name, firms[row.firm].pk].pk, position)
            for pk, row in cases
            for position, name in enumerate(row.handlers, start=1)
        ),
    )


def store_cleaning(steps: tuple[CleaningStep, ...], *, batch: ImportBatch) -> None:
    """Keep the cleaning ledger of the file."""
    copy_rows(
        CleaningLine,
        ("batch", "sheet", "row", "column", "before", "after", "rule"),
        (
            (batch.pk, at.sheet, at.row, at.column, at.before[:200], at.after[:200], at.rule)
            for at in steps
        ),
    )


def store_exclusions(
    reading: ExclusionReading, *, frame: Frame, batch: ImportBatch
) -> dict[str, object]:
    """Enter the exclusion lines that are not there yet; cases not in the frame are kept too."""
    known = set(frame.exclusions.values_list("key", flat=True))
    cases = {case.key: case for case in frame.cases.all()}
    rows = [row for row in reading.rows if row.key not in known]
    Exclusion.objects.bulk_create(
        Exclusion(
            frame=frame,
            batch=batch,
            case=cases.get(row.key),
            number_original=row.number_original,
            key=row.key,
            code=LEVEL_CODES.get(row.level, "city"),
            reason=f"已被{row.level}抽评（{row.month}）" if row.month else f"已被{row.level}抽评",
            document=batch.file_name,
            by=batch.confirmed_by,
        )
        for row in rows
    )
    store_cleaning(reading.cleaning, batch=batch)
    matched = sum(row.key in cases for row in rows)
    return {"new": len(rows), "matched": matched, "unmatched": len(rows) - matched}
