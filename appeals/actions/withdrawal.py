"""撤回: until the answer is given; the case's one appeal is used up, and its review ends.

The appellant withdraws with a click. A written withdrawal takes two people, as the paper did.
"""

from django.db import transaction

from appeals.actions.locks import lock_appeal
from appeals.models import Appeal
from appeals.permissions import may_confirm_withdrawal, may_register_appeal
from evaluations.models import Plan, ScoreSheet, SheetRound
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User

WITHDRAWN = "异议已撤回"


def withdraw_appeal(appeal: Appeal, *, by: User) -> Appeal:
    """撤回 by the appellant."""
    with transaction.atomic():
        plan, appeal = lock_appeal(appeal)
        if by.person_id is None or by.person_id != appeal.appellant_id:
            raise RefusedError("没有找到这份异议申辩。请从“我的案件”进入。", status=404)
        _check_running(appeal)
        _withdraw(plan, appeal, by=by)
    return appeal


def register_withdrawal(appeal: Appeal, *, evidence: str, by: User) -> Appeal:
    """登记书面撤回 with what shows it; another person confirms."""
    with transaction.atomic():
        plan, appeal = lock_appeal(appeal)
        if not may_register_appeal(by):
            raise RefusedError("书面撤回由科室或中心登记，请换用科室或中心账号。", status=403)
        _check_running(appeal)
        if not evidence.strip():
            raise RefusedError("请写明书面撤回申请的收文编号或存放位置。", status=422)
        appeal.withdrawal_evidence = evidence.strip()[:120]
        appeal.withdrawal_by = by
        appeal.save(update_fields=["withdrawal_evidence", "withdrawal_by"])
        label = appeal.drawn_case.case.label
        record_event("register_withdrawal", by=by, year=plan.year, target=label)
    return appeal


def confirm_withdrawal(appeal: Appeal, *, by: User) -> Appeal:
    """确认书面撤回 by somebody else than who registered it."""
    with transaction.atomic():
        plan, appeal = lock_appeal(appeal)
        _check_running(appeal)
        if not appeal.withdrawal_evidence:
            raise RefusedError("还没有登记书面撤回，请先登记。")
        if not may_confirm_withdrawal(by, appeal):
            raise RefusedError("书面撤回须由登记人以外的另一人确认，请换一人办理。", status=403)
        _withdraw(plan, appeal, by=by)
    return appeal


def _check_running(appeal: Appeal) -> None:
    if appeal.answered_at:
        raise RefusedError("这份异议申辩已经反馈结果，不能撤回。")
    if appeal.refused_at or appeal.withdrawn_at:
        state = "不予受理" if appeal.refused_at else "撤回"
        raise RefusedError(f"这份异议申辩已经{state}，不用再撤回。")


def _withdraw(plan: Plan, appeal: Appeal, *, by: User) -> None:
    appeal.withdrawn_at, appeal.withdrawn_by = plan.now, by
    appeal.save(update_fields=["withdrawn_at", "withdrawn_by"])
    closed = _close_review(plan, appeal)
    record_event(
        "withdraw_appeal",
        by=by,
        year=plan.year,
        target=appeal.drawn_case.case.label,
        detail={"sheets": closed} if closed else {},
    )


def _close_review(plan: Plan, appeal: Appeal) -> int:
    """收回 the reviewers' sheets: nobody scores for nothing. A revealed pair keeps its own."""
    standing = ScoreSheet.objects.standing().select_for_update(of=("self",))
    sheets = list(standing.filter(drawn_case=appeal.drawn_case_id, round=SheetRound.REVIEW))
    if all(sheet.sealed for sheet in sheets):
        return 0
    for sheet in sheets:
        sheet.withdrawn_at, sheet.withdrawn_reason = plan.now, WITHDRAWN
        sheet.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    return len(sheets)
