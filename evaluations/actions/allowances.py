"""补贴发放: who was paid, when, on which evidence; two people, no sheet twice (article 8)."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from evaluations.actions.plan import lock_plan
from evaluations.models import AllowancePayment, AllowanceSheet, Plan
from evaluations.permissions.results import may_confirm_allowance, may_enter_allowance
from evaluations.queries.allowances import unpaid_sheets
from evaluations.rules.stages import Stage
from experts.models import Expert
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User

STAGES = (Stage.MARKED, Stage.PUBLISHED)


@transaction.atomic
def enter_allowances(
    plan: Plan, *, experts: Sequence[str], paid_on: date, evidence: str, by: User
) -> list[AllowancePayment]:
    """Enter that experts were paid what is due to them; another person confirms it."""
    plan = lock_plan(plan, in_stages=STAGES)
    if not may_enter_allowance(by):
        raise RefusedError("补贴发放由科室登记，请换用科室账号。", status=403)
    if not evidence.strip():
        raise RefusedError("请填发放凭据（转账凭证号、签领表编号等）后再登记。", status=422)
    if paid_on > plan.today:
        raise RefusedError("发放日期不能晚于今天，请核对后再登记。", status=422)
    found = {each.person.code: each for each in _experts(experts)}
    if not experts or set(found) != set(experts):
        raise RefusedError("请勾选要登记发放的专家。", status=422)
    return [
        _enter(plan, found[code], paid_on=paid_on, evidence=evidence.strip(), by=by)
        for code in sorted(found)
    ]


def _experts(codes: Sequence[str]) -> list[Expert]:
    return list(Expert.objects.filter(person__code__in=codes).select_related("person"))


def _enter(
    plan: Plan, expert: Expert, *, paid_on: date, evidence: str, by: User
) -> AllowancePayment:
    assert plan.now is not None
    name = expert.person.name
    if not expert.society:
        raise RefusedError(f"{name}是公职人员，不发放补贴。", status=422)
    if plan.payments.filter(expert=expert, confirmed_at=None, returned_at=None).exists():
        raise RefusedError(f"{name}的发放已经登记，等另一人确认，不用重复登记。")
    sheets = len(unpaid_sheets(plan, expert))
    if not sheets:
        raise RefusedError(f"{name}没有未发放的件次，不能重复发放。")
    payment = AllowancePayment.objects.create(
        plan=plan,
        expert=expert,
        sheets=sheets,
        rate=plan.fee,
        amount=plan.fee * sheets,
        paid_on=paid_on,
        evidence=evidence[:120],
        entered_by=by,
        entered_at=plan.now,
    )
    _record("enter_allowance", payment, by=by)
    return payment


@transaction.atomic
def confirm_allowance(payment: AllowancePayment, *, by: User) -> AllowancePayment:
    """The second person confirms; every sheet that was paid for is written down, once, for ever."""
    plan, payment = _open_entry(payment, by=by)
    sheets = unpaid_sheets(plan, payment.expert)
    if len(sheets) != payment.sheets:
        raise RefusedError(
            f"登记时是 {payment.sheets} 件次，现在应发 {len(sheets)} 件次。请退回后重新登记。"
        )
    payment.confirmed_by, payment.confirmed_at = by, plan.now
    payment.save(update_fields=["confirmed_by", "confirmed_at"])
    AllowanceSheet.objects.bulk_create(
        AllowanceSheet(payment=payment, sheet_id=sheet) for sheet in sheets
    )
    _record("confirm_allowance", payment, by=by)
    return payment


@transaction.atomic
def return_allowance(payment: AllowancePayment, *, reason: str, by: User) -> AllowancePayment:
    """The second person returns an entry that is wrong; nothing counts as paid."""
    plan, payment = _open_entry(payment, by=by)
    if not reason.strip():
        raise RefusedError("退回要写明理由。", status=422)
    payment.returned_by, payment.returned_at = by, plan.now
    payment.return_reason = reason.strip()[:200]
    payment.save(update_fields=["returned_by", "returned_at", "return_reason"])
    _record("return_allowance", payment, by=by)
    return payment


def _open_entry(payment: AllowancePayment, *, by: User) -> tuple[Plan, AllowancePayment]:
    plan = lock_plan(payment.plan, in_stages=STAGES)
    rows = AllowancePayment.objects.select_for_update(of=("self",))
    payment = rows.select_related("expert__person", "entered_by").get(pk=payment.pk)
    if not may_confirm_allowance(by, payment):
        raise RefusedError("补贴发放由登记人以外的科室人员或局领导确认。", status=403)
    if payment.confirmed_at or payment.returned_at:
        state = "确认" if payment.confirmed_at else "退回"
        raise RefusedError(f"这笔发放已经{state}，不能再办。请刷新页面看结果。")
    return plan, payment


def _record(action: str, payment: AllowancePayment, *, by: User) -> None:
    record_event(
        action,
        by=by,
        year=payment.plan.year,
        target=payment.expert.person.code,
        detail={
            "sheets": payment.sheets,
            "amount": str(payment.amount),
            "evidence": payment.evidence,
        },
    )
