"""问题处理 of a final 不合格: the subsidy comes back, the inquiry is handed over (article 7)."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from appeals.models import Inquiry, Recovery, RecoveryPayment
from appeals.permissions import may_handle_consequences
from appeals.queries.work import failing_cases
from evaluations.actions.plan import lock_plan
from evaluations.models import DrawnCase, Plan
from evaluations.rules.stages import Stage
from evaluations.rules.standards import plain
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User


def open_consequences(plan: Plan, *, by: User | None) -> list[DrawnCase]:
    """启动问题处理 for every 不合格 that is final and not yet dealt with.

    The amount is the subsidy of the ledger. An open appeal, or a running period, keeps its case
    waiting. Raises `RefusedError` when nothing can be opened, saying what waits.
    """
    with transaction.atomic():
        plan = _lock(plan, by=by)
        assert plan.now is not None
        rows = failing_cases(plan, now=plan.now)
        ready = [row.drawn_case for row in rows if row.final and not row.opened]
        if not ready:
            raise RefusedError(_why_nothing(len(rows), [row for row in rows if not row.final]))
        for drawn_case in ready:
            amount = drawn_case.case.subsidy or Decimal(0)
            Recovery.objects.create(
                drawn_case=drawn_case,
                amount=amount,
                opened_at=plan.now,
                closed_at=None if amount else plan.now,
            )
            Inquiry.objects.create(drawn_case=drawn_case, opened_at=plan.now)
            label = drawn_case.case.label
            record_event("open_consequences", by=by, year=plan.year, target=label)
    return ready


def _why_nothing(failing: int, waiting: list[object]) -> str:
    if waiting:
        return f"{len(waiting)} 件不合格还在申辩期内或异议未答复，结果确定后再启动。"
    if failing:
        return "不合格案件都已启动追回和调查，不用重复启动。"
    return "本年度没有不合格案件，不用启动追回和调查。"


def _lock(plan: Plan, *, by: User | None) -> Plan:
    locked = lock_plan(plan, in_stages=(Stage.PUBLISHED,))
    if not may_handle_consequences(by):
        raise RefusedError("追回和移送由科室办理，请换用科室账号。", status=403)
    return locked


def _lock_recovery(recovery: Recovery, *, by: User | None) -> tuple[Plan, Recovery]:
    plan = _lock(recovery.drawn_case.draw.plan, by=by)
    rows = Recovery.objects.select_for_update(of=("self",)).select_related("drawn_case__case")
    locked = rows.get(pk=recovery.pk)
    if locked.closed_at:
        raise RefusedError(f"{locked.drawn_case.case.label}号案件的补贴已经收回办结。")
    return plan, locked


def send_recovery_notice(
    recovery: Recovery, *, notice: str, due_on: date, by: User | None
) -> Recovery:
    """发出追回通知 with its document number and the day by which to pay."""
    with transaction.atomic():
        plan, recovery = _lock_recovery(recovery, by=by)
        if recovery.notice:
            raise RefusedError(f"追回通知（{recovery.notice}）已经登记，不用重复登记。")
        if not notice.strip():
            raise RefusedError("请填追回通知的文号。", status=422)
        if due_on < plan.today:
            raise RefusedError("收回期限早于今天，请改为今天以后的日期。", status=422)
        recovery.notice, recovery.due_on = notice.strip()[:60], due_on
        recovery.save(update_fields=["notice", "due_on"])
        label = recovery.drawn_case.case.label
        record_event("send_recovery_notice", by=by, year=plan.year, target=label)
    return recovery


def record_payment(
    recovery: Recovery, *, amount: Decimal, paid_on: date, evidence: str, by: User | None
) -> RecoveryPayment:
    """登记收回 of one instalment with its receipt; the last one closes the recovery."""
    with transaction.atomic():
        plan, recovery = _lock_recovery(recovery, by=by)
        if not recovery.notice:
            raise RefusedError("还没有登记追回通知，请先登记通知文号和期限。")
        if paid_on > plan.today:
            raise RefusedError("收回日期晚于今天，请核对缴款凭证。", status=422)
        if not evidence.strip():
            raise RefusedError("请填缴款凭证号，没有凭证不能登记收回。", status=422)
        left = _left(recovery)
        if not 0 < amount <= left:
            sentence = f"这一笔应大于 0、不超过未收回的 {plain(left)} 元，请核对。"
            raise RefusedError(sentence, status=422)
        payment = RecoveryPayment.objects.create(
            recovery=recovery, amount=amount, paid_on=paid_on, evidence=evidence.strip(), by=by
        )
        if amount == left:
            recovery.closed_at = plan.now
            recovery.save(update_fields=["closed_at"])
        label = recovery.drawn_case.case.label
        record_event("record_payment", by=by, year=plan.year, target=label)
    return payment


def _left(recovery: Recovery) -> Decimal:
    """Yuan still to come back."""
    paid: Decimal | None = recovery.payments.aggregate(paid=Sum("amount"))["paid"]
    return recovery.amount - (paid or Decimal(0))


def _lock_inquiry(inquiry: Inquiry, *, by: User | None) -> tuple[Plan, Inquiry]:
    plan = _lock(inquiry.drawn_case.draw.plan, by=by)
    rows = Inquiry.objects.select_for_update(of=("self",)).select_related("drawn_case__case")
    locked = rows.get(pk=inquiry.pk)
    if locked.closed_at:
        raise RefusedError(f"{locked.drawn_case.case.label}号案件的履职调查已经办结。")
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
        inquiry.closed_at = plan.now
        inquiry.save(update_fields=["outcome", "evidence", "closed_at"])
        label = inquiry.drawn_case.case.label
        record_event("close_inquiry", by=by, year=plan.year, target=label)
    return inquiry
