"""Writing a confirmed reading in bulk; only `actions.confirm_import` calls it."""

from cases.imports import CaseRow, ExclusionReading, LedgerReading
from cases.models import Case, CaseHandler, CleaningLine, Exclusion, Frame, ImportBatch
from cases.readings import FACTS, case_facts, row_facts, stored_cases
from wanzhou_eval.actions import register_firms, register_people
from wanzhou_eval.models import Firm
from wanzhou_eval.tables import CleaningStep
from wanzhou_eval.texts import organisation_key

LEVEL_CODES = {"部级": "ministry", "市级": "city"}


def store_ledger(reading: LedgerReading, *, frame: Frame, batch: ImportBatch) -> dict[str, object]:
    """Insert new cases, update changed ones, leave the same; returns the counts."""
    names = {row.firm for row in reading.rows}
    by_key = register_firms((organisation_key(name), name) for name in sorted(names))
    firms = {name: by_key[organisation_key(name)] for name in names}
    stored = {case.key: case for case in stored_cases(frame)}
    taken = {case.serial for case in stored.values()}
    new: list[Case] = []
    changed: list[Case] = []
    for row in reading.rows:
        case = stored.get(row.key)
        if case is None:
            serial = row.serial if row.serial not in taken else max(taken) + 1
            taken.add(serial)
            case = Case(frame=frame, key=row.key, skeleton=row.skeleton, serial=serial)
            new.append(case)
        elif case_facts(case) == row_facts(row):
            continue
        else:
            changed.append(case)
        fill(case, row, firm=firms[row.firm], batch=batch)
    Case.objects.bulk_create(new, batch_size=2000)
    if changed:
        fields = (*FACTS, "stage", "firm", "batch", "number_original", "sheet", "row")
        Case.objects.bulk_update(changed, fields, batch_size=500)
    store_handlers(reading, new + changed, firms=firms, replace=changed)
    store_cleaning(reading.cleaning, batch=batch)
    counts: dict[str, object] = {"new": len(new), "changed": len(changed)}
    return counts | {"same": len(reading.rows) - len(new) - len(changed)}


def fill(case: Case, row: CaseRow, *, firm: Firm, batch: ImportBatch) -> None:
    """Take over a ledger row."""
    for name in FACTS:
        setattr(case, name, getattr(row, name))
    case.kind = row.kind.value
    case.stage = row.stage_label
    case.firm = firm
    case.batch = batch
    case.number_original = row.number_original
    case.sheet, case.row = row.sheet, row.row


def store_handlers(
    reading: LedgerReading, cases: list[Case], *, firms: dict[str, Firm], replace: list[Case]
) -> None:
    """Enter the handlers of the given cases; those of changed cases anew."""
    rows = {row.key: row for row in reading.rows}
    wanted = [
        (name, firms[rows[case.key].firm]) for case in cases for name in rows[case.key].handlers
    ]
    people = register_people(wanted)
    CaseHandler.objects.filter(case__in=replace).delete()
    CaseHandler.objects.bulk_create(
        (
            CaseHandler(
                case=case,
                person=people[name, firms[rows[case.key].firm].pk],
                position=position,
            )
            for case in cases
            for position, name in enumerate(rows[case.key].handlers, start=1)
        ),
        batch_size=5000,
    )


def store_cleaning(steps: tuple[CleaningStep, ...], *, batch: ImportBatch) -> None:
    """Keep the cleaning ledger of the file."""
    CleaningLine.objects.bulk_create(
        (
            CleaningLine(
                batch=batch,
                sheet=step.sheet,
                row=step.row,
                column=step.column,
                before=step.before[:200],
                after=step.after[:200],
                rule=step.rule,
            )
            for step in steps
        ),
        batch_size=5000,
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
        )
        for row in rows
    )
    store_cleaning(reading.cleaning, batch=batch)
    matched = sum(row.key in cases for row in rows)
    return {"new": len(rows), "matched": matched, "unmatched": len(rows) - matched}
