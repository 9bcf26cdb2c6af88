"""缺少: cases of the frame that a new file lacks are kept or removed, each by decision."""

from collections.abc import Collection

from django.db import transaction

from cases.actions.batches import lock_batch
from cases.actions.frames import lock_frame, refuse_unless_importer, refuse_unless_reasoned
from cases.comparing import facts_in_words
from cases.models import Absence, Case, CleaningLine, Exclusion, ImportBatch, Removal
from cases.readings import stored_facts
from wanzhou_eval.audit import record_event
from wanzhou_eval.clock import database_now
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User


@transaction.atomic
def decide_absences(
    batch: ImportBatch,
    *,
    decision: str,
    reason: str,
    by: User | None,
    serials: Collection[int] | None = None,
) -> int:
    """Keep or remove cases that the file lacks; `serials` None keeps all that are open.

    Removing needs a reason and the cases by name. Takes effect with the confirmation of the
    file. Returns how many were decided.
    """
    refuse_unless_importer(by)
    frame = lock_frame(batch.frame)
    batch = lock_batch(batch)
    if decision not in {Absence.Decision.KEEP.value, Absence.Decision.REMOVE.value}:
        raise RefusedError("请选“保留”或“移出”。", status=422)
    if decision == Absence.Decision.REMOVE:
        refuse_unless_reasoned(reason, what="移出原因")
        if not serials:
            raise RefusedError("移出要逐件勾选，不能一次移出全部。请先勾选案件。", status=422)
    rows = batch.absences.filter(decision="") if serials is None else batch.absences.filter(
        serial__in=serials)  # fmt: skip
    count = rows.update(decision=decision, reason=reason.strip(), by=by, at=database_now())
    if not count:
        raise RefusedError("没有选中要决定的案件。请先勾选，或刷新页面看是否已经决定。", status=422)
    detail: dict[str, object] = {"decision": decision, "cases": count, "reason": reason.strip()}
    record_event("decide_absence", by=by, year=frame.year, target=batch.file_name, detail=detail)
    return count


def settle_absences(batch: ImportBatch, missing: frozenset[str]) -> int:
    """Remove what was decided to go; called by the confirmation. How many were removed.

    Raises `RefusedError` while a case that the file lacks now has no decision.
    """
    decided = {a.key: a for a in batch.absences.exclude(decision="") if a.key in missing}
    undecided = len(missing) - len(decided)
    if undecided:
        raise RefusedError(
            f"名单里有{undecided}件案件在这份文件里没有，还没有决定保留还是移出，没有导入。"
            "请在检查页“文件里缺少的案件”逐件决定，或全部保留。"
        )
    batch.absences.exclude(key__in=missing).delete()
    leaving = {a.key: a for a in decided.values() if a.decision == Absence.Decision.REMOVE}
    if leaving:
        remove_cases(batch, leaving)
    return len(leaving)


def remove_cases(batch: ImportBatch, leaving: dict[str, Absence]) -> None:
    """Take cases out of the frame; everything that stood there is kept as a `Removal`."""
    frame = batch.frame
    facts = stored_facts(frame)
    cases = [(case, leaving[case.key]) for case in frame.cases.filter(key__in=leaving)]
    Removal.objects.bulk_create(
        Removal(
            frame=frame,
            what=Removal.What.CASE,
            row_id=case.pk,
            number=case.number,
            facts=facts_in_words(facts[case.key])
            | {"serial": case.serial, "number_original": case.number_original, "row": case.row},
            reason=absence.reason,
            batch=batch,
            by=absence.by,
        )
        for case, absence in cases
    )
    CleaningLine.objects.bulk_create(removal_line(case, absence) for case, absence in cases)
    pks = [case.pk for case, _ in cases]
    Exclusion.objects.filter(case__in=pks).update(case=None)
    Case.objects.filter(pk__in=pks).delete()
    for case, absence in cases:
        record_event("remove_case", by=absence.by, year=frame.year, target=case.number)


def removal_line(case: Case, absence: Absence) -> CleaningLine:
    """The removal in the cleaning ledger, at the row where the case had come from."""
    return CleaningLine(
        batch_id=case.batch_id,
        sheet=case.sheet,
        row=case.row,
        column="(整件)",
        before=case.number,
        after="移出名单",
        rule=f"移出：{absence.reason}",
        by=absence.by,
    )
