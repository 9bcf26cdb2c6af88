"""书面申辩: a second person has seen paper and receipt stamp, and confirms or refuses."""

from django.db import transaction

from appeals.actions.locks import lock_appeal
from appeals.models import Appeal
from appeals.permissions import may_confirm_appeal
from appeals.queries.answers import lateness
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User


def confirm_paper_appeal(appeal: Appeal, *, by: User) -> Appeal:
    """确认书面申辩: the second person has seen paper and receipt stamp.

    In time it is accepted; received too late it is 不予受理, now by the word of two people.
    """
    with transaction.atomic():
        plan, appeal = lock_appeal(appeal)
        _check_waiting(appeal, by=by)
        late = lateness(plan, appeal.received_at)
        appeal.confirmed_by, appeal.refused_reason = by, late
        appeal.accepted_at, appeal.refused_at = (None, plan.now) if late else (plan.now, None)
        appeal.save(update_fields=["confirmed_by", "accepted_at", "refused_at", "refused_reason"])
        record_event(
            "confirm_paper_appeal",
            by=by,
            year=plan.year,
            target=appeal.drawn_case.case.label,
            outcome="refused" if late else "done",
            sentence=late,
        )
    return appeal


def reject_paper_appeal(appeal: Appeal, *, reason: str, by: User) -> Appeal:
    """不予受理 of a paper appeal that the second person can not confirm: wrong case, no receipt."""
    with transaction.atomic():
        plan, appeal = lock_appeal(appeal)
        _check_waiting(appeal, by=by)
        if not reason.strip():
            raise RefusedError("请写明为什么不能确认这份书面申辩。", status=422)
        appeal.confirmed_by, appeal.refused_at = by, plan.now
        appeal.refused_reason = reason.strip()[:300]
        appeal.save(update_fields=["confirmed_by", "refused_at", "refused_reason"])
        label = appeal.drawn_case.case.label
        record_event("reject_paper_appeal", by=by, year=plan.year, target=label)
    return appeal


def _check_waiting(appeal: Appeal, *, by: User) -> None:
    if not may_confirm_appeal(by, appeal):
        raise RefusedError("书面申辩须由登记人以外的另一人确认，请换一人办理。", status=403)
    if appeal.accepted_at or appeal.refused_at:
        state = "受理" if appeal.accepted_at else "不予受理"
        raise RefusedError(f"这份书面申辩已经{state}，不用再确认。")
