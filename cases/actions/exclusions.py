"""剔除: cases left out of the draw one by one, and taken back; lists come in through `imports`."""

from django.db import connection, transaction

from cases.actions.frames import lock_frame, refuse_unless_importer, refuse_unless_reasoned
from cases.models import Case, Exclusion, Frame, Removal
from cases.rules import EXCLUSION_REASONS
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User


@transaction.atomic
def exclude_case(
    case: Case, *, code: str, reason: str, document: str, by: User | None
) -> Exclusion:
    """Leave one case out of the draw with reason and document (article 4); it stays in the list.

    Raises `RefusedError` (422) without a known code, without the paper that approves it, or for
    其他 without a sentence.
    """
    refuse_unless_importer(by)
    frame = lock_frame(case.frame)
    case = find_locked_case(frame, case)
    refuse_without_grounds(code, reason=reason, document=document)
    if Exclusion.objects.filter(frame=frame, key=case.key).exists():
        raise RefusedError(f"{case.number}已经剔除，不用再办。")
    exclusion = Exclusion.objects.create(
        frame=frame,
        case=case,
        number_original=case.number,
        key=case.key,
        code=code,
        reason=reason.strip() or EXCLUSION_REASONS[code],
        document=document.strip(),
        by=by,
    )
    record_event("exclude_case", by=by, year=frame.year, target=case.number, detail={"code": code})
    return exclusion


def refuse_without_grounds(code: str, *, reason: str, document: str) -> None:
    """Raise `RefusedError` (422) without a known code, its sentence, or the approving paper."""
    if code not in EXCLUSION_REASONS:
        raise RefusedError("请从列表中选剔除原因。", status=422)
    if code == "other":
        refuse_unless_reasoned(reason, what="选“其他”时，剔除原因")
    if not document.strip():
        raise RefusedError("剔除要有依据：请填写批准文件的名称或文号。", status=422)


def find_locked_case(frame: Frame, case: Case) -> Case:
    """The case as it stands now. Raises `RefusedError` (404) when it was removed meanwhile."""
    now = Case.objects.filter(pk=case.pk, frame=frame).first()
    if now is None:
        raise RefusedError(f"{case.number}已从名单移出，不能再办。请回案件名单核对。", status=404)
    return now


@transaction.atomic
def include_case(exclusion: Exclusion, *, reason: str, by: User | None) -> None:
    """Take an exclusion back, with a reason; what stood there is kept as a `Removal`."""
    refuse_unless_importer(by)
    frame = lock_frame(exclusion.frame)
    refuse_unless_reasoned(reason, what="撤销剔除的理由")
    found = Exclusion.objects.filter(pk=exclusion.pk, frame=frame).first()
    if found is None:
        raise RefusedError(f"{exclusion.number_original}的剔除已经撤销，不用再办。")
    Removal.objects.create(
        frame=frame,
        what=Removal.What.EXCLUSION,
        row_id=found.pk,
        number=found.number_original,
        facts={name: getattr(found, name) for name in ("key", "code", "reason", "document")},
        reason=reason.strip(),
        by=by,
    )
    Exclusion.objects.filter(pk=found.pk).delete()
    record_event(
        "include_case",
        by=by,
        year=frame.year,
        target=found.number_original,
        detail={"code": found.code, "reason": reason.strip()},
    )


def join_exclusions(frame: Frame) -> None:
    """Bind listed numbers that had no case to the cases that came in since."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE cases_exclusion e SET case_id = c.id FROM cases_case c
                WHERE e.frame_id = %(frame)s AND e.case_id IS NULL
                  AND c.frame_id = e.frame_id AND c.key = e.key""",
            {"frame": frame.pk},
        )
