"""追回补贴: assessed, noticed, paid in instalments, given back where the grade changed."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, Sum

from appeals.actions.consequences import refuse_unless_failing, refuse_while_appealed
from appeals.models import Recovery, RecoveryPayment
from appeals.permissions import may_recover
from evaluations.actions.plan import lock_plan
from evaluations.models import Plan
from evaluations.rules.stages import Stage
from evaluations.rules.standards import plain
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User

ASSESSED = ["costs", "amount", "basis", "assessed_by", "ending", "closed_at"]


def lock_recovery(recovery: Recovery, *, by: User | None) -> tuple[Plan, Recovery]:
    """Lock plan and recovery; 科室 and 中心 only, and never while an appeal is open."""
    plan = lock_plan(recovery.drawn_case.draw.plan, in_stages=(Stage.PUBLISHED,))
    if not may_recover(by):
        raise RefusedError("追回补贴由科室和中心办理，请换用科室或中心账号。", status=403)
    rows = Recovery.objects.select_for_update(of=("self",)).select_related("drawn_case__case")
    locked = rows.get(pk=recovery.pk)
    refuse_while_appealed(locked.drawn_case)
    return plan, locked


def _lock_running(recovery: Recovery, *, by: User | None) -> tuple[Plan, Recovery]:
    plan, locked = lock_recovery(recovery, by=by)
    if locked.lifted_at:
        raise RefusedError(f"{locked.drawn_case.case.label}号案件的追回已经撤销。")
    refuse_unless_failing(locked.drawn_case)
    if locked.closed_at:
        raise RefusedError(f"{locked.drawn_case.case.label}号案件的补贴已经收回办结。")
    return plan, locked


def assess_recovery(
    recovery: Recovery, *, costs: Decimal, amount: Decimal, basis: str, by: User | None
) -> Recovery:
    """核定应收回金额 before the notice: never above what was paid out (article 7).

    `costs` is what was paid beside the ledger's subsidy, with the voucher that proves it. Where
    nothing at all was paid out the recovery closes with that proof.
    """
    with transaction.atomic():
        plan, recovery = _lock_running(recovery, by=by)
        if recovery.notice:
            raise RefusedError(f"追回通知（{recovery.notice}）已经发出，应收回金额不能再改。")
        if not basis.strip():
            raise RefusedError(
                "请填核定依据（付款凭证号或财务核对单），没有依据不能核定。", status=422
            )
        most = (recovery.paid_out or Decimal(0)) + costs
        if costs < 0 or not 0 <= amount <= most:
            raise RefusedError(
                f"应收回金额不能超过实际已付的 {plain(most)} 元，也不能小于 0，请核对。", status=422
            )
        recovery.costs, recovery.amount, recovery.basis = costs, amount, basis.strip()[:200]
        recovery.assessed_by = by
        if not amount:
            recovery.ending, recovery.closed_at = Recovery.Ending.NOTHING, plan.moment
        recovery.save(update_fields=ASSESSED)
        record_event(
            "assess_recovery", by=by, year=plan.year, target=recovery.drawn_case.case.label
        )
    return recovery


def send_recovery_notice(
    recovery: Recovery, *, notice: str, due_on: date, by: User | None
) -> Recovery:
    """发出追回通知 with its document number and the day by which to pay."""
    with transaction.atomic():
        plan, recovery = _lock_running(recovery, by=by)
        if recovery.notice:
            raise RefusedError(f"追回通知（{recovery.notice}）已经登记，不用重复登记。")
        if not recovery.amount:
            raise RefusedError("台账没有已发补贴，请先核定应收回金额，再发追回通知。")
        if not notice.strip():
            raise RefusedError("请填追回通知的文号。", status=422)
        if due_on < plan.today:
            raise RefusedError("收回期限早于今天，请改为今天以后的日期。", status=422)
        recovery.notice, recovery.due_on = notice.strip()[:60], due_on
        recovery.noticed_at = plan.moment
        recovery.save(update_fields=["notice", "due_on", "noticed_at"])
        record_event(
            "send_recovery_notice", by=by, year=plan.year, target=recovery.drawn_case.case.label
        )
    return recovery


def record_payment(
    recovery: Recovery, *, amount: Decimal, paid_on: date, evidence: str, by: User | None
) -> RecoveryPayment:
    """登记收回 of one instalment with its receipt; the last one closes the recovery."""
    with transaction.atomic():
        plan, recovery = _lock_running(recovery, by=by)
        if not recovery.notice:
            raise RefusedError("还没有登记追回通知，请先登记通知文号和期限。")
        _check_receipt(plan, paid_on=paid_on, evidence=evidence)
        left = recovery.amount - _kept(recovery)
        if not 0 < amount <= left:
            sentence = f"这一笔应大于 0、不超过未收回的 {plain(left)} 元，请核对。"
            raise RefusedError(sentence, status=422)
        payment = RecoveryPayment.objects.create(
            recovery=recovery, amount=amount, paid_on=paid_on, evidence=evidence.strip(), by=by
        )
        if amount == left:
            recovery.ending, recovery.closed_at = Recovery.Ending.PAID, plan.moment
            recovery.save(update_fields=["ending", "closed_at"])
        record_event("record_payment", by=by, year=plan.year, target=recovery.drawn_case.case.label)
    return payment


def record_refund(
    recovery: Recovery, *, amount: Decimal, paid_on: date, evidence: str, by: User | None
) -> RecoveryPayment:
    """登记退还 of what came back before a review changed the grade."""
    with transaction.atomic():
        plan, recovery = lock_recovery(recovery, by=by)
        if not recovery.lifted_at:
            raise RefusedError("追回没有撤销，不能登记退还。")
        _check_receipt(plan, paid_on=paid_on, evidence=evidence)
        kept = _kept(recovery)
        if not 0 < amount <= kept:
            sentence = f"这一笔应大于 0、不超过还没有退还的 {plain(kept)} 元，请核对。"
            raise RefusedError(sentence, status=422)
        refund = RecoveryPayment.objects.create(
            recovery=recovery,
            kind=RecoveryPayment.Kind.RETURNED,
            amount=amount,
            paid_on=paid_on,
            evidence=evidence.strip(),
            by=by,
        )
        if amount == kept and not recovery.closed_at:
            recovery.ending, recovery.closed_at = Recovery.Ending.LIFTED, plan.moment
            recovery.save(update_fields=["ending", "closed_at"])
        record_event("record_refund", by=by, year=plan.year, target=recovery.drawn_case.case.label)
    return refund


def _check_receipt(plan: Plan, *, paid_on: date, evidence: str) -> None:
    if paid_on > plan.today:
        raise RefusedError("收付日期晚于今天，请核对凭证。", status=422)
    if not evidence.strip():
        raise RefusedError("请填缴款凭证号，没有凭证不能登记收回或退还。", status=422)


def _kept(recovery: Recovery) -> Decimal:
    """Yuan that came back and did not go back again."""
    sums = recovery.payments.aggregate(
        came=Sum("amount", filter=Q(kind="paid")), went=Sum("amount", filter=Q(kind="returned"))
    )
    came, went = (sums[name] or Decimal(0) for name in ("came", "went"))
    return Decimal(came - went)
