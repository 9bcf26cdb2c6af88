"""Cases left out of the draw, one by one; lists of them come in through `imports`."""

from django.db import transaction

from cases.actions.frames import lock_frame, refuse_unless_importer
from cases.models import Case, Exclusion
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User

EXCLUSION_CODES = {"ministry": "已被部级抽评", "city": "已被市级抽评", "closed": "终止法律援助"}
"""原因代码 of the sealed list (`ex:code`) and what they mean (article 4)."""


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
