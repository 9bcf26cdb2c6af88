"""移送履职调查: handed over to the competent body, closed with what it decided (article 7)."""

from datetime import date

from django.db import transaction

from appeals.actions.consequences import (
    lock_year,
    refuse_unless_failing,
    refuse_while_appealed,
)
from appeals.models import Inquiry
from evaluations.models import Plan
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User


def _lock_inquiry(inquiry: Inquiry, *, by: User | None) -> tuple[Plan, Inquiry]:
    plan = lock_year(inquiry.drawn_case.draw.plan, by=by)
    rows = Inquiry.objects.select_for_update(of=("self",)).select_related("drawn_case__case")
    locked = rows.get(pk=inquiry.pk)
    if locked.closed_at:
        raise RefusedError(f"{locked.drawn_case.case.label}号案件的履职调查已经办结。")
    refuse_while_appealed(locked.drawn_case)
    refuse_unless_failing(locked.drawn_case)
    return plan, locked


def transfer_inquiry(
    inquiry: Inquiry, *, body: str, transferred_on: date, by: User | None
) -> Inquiry:
    """移送 to the body that inquires into the handler's performance of duty."""
    with transaction.atomic():
        plan, inquiry = _lock_inquiry(inquiry, by=by)
        if inquiry.transferred_on:
            raise RefusedError(f"已移送{inquiry.body}，不用重复移送。")
        if not body.strip():
            raise RefusedError("请填移送的机关或单位。", status=422)
        if transferred_on > plan.today:
            raise RefusedError("移送日期晚于今天，请核对。", status=422)
        inquiry.body, inquiry.transferred_on = body.strip()[:80], transferred_on
        inquiry.save(update_fields=["body", "transferred_on"])
        label = inquiry.drawn_case.case.label
        record_event("transfer_inquiry", by=by, year=plan.year, target=label)
    return inquiry


def close_inquiry(inquiry: Inquiry, *, outcome: str, evidence: str, by: User | None) -> Inquiry:
    """办结履职调查 with what the body decided and the document that says so."""
    with transaction.atomic():
        plan, inquiry = _lock_inquiry(inquiry, by=by)
        if not inquiry.transferred_on:
            raise RefusedError("还没有登记移送，请先登记移送单位和日期。")
        if not outcome.strip() or not evidence.strip():
            raise RefusedError("请填处理结果和凭据（文号），没有凭据不能办结。", status=422)
        inquiry.outcome, inquiry.evidence = outcome.strip()[:400], evidence.strip()[:120]
        inquiry.closed_at = plan.moment
        inquiry.save(update_fields=["outcome", "evidence", "closed_at"])
        label = inquiry.drawn_case.case.label
        record_event("close_inquiry", by=by, year=plan.year, target=label)
    return inquiry
