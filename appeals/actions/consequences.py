"""启动 and 撤销 of what a final grade brings: recovery, inquiry and 整改 (article 7)."""

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction

from appeals.models import Inquiry, Recovery, Rectification
from appeals.permissions import may_handle_consequences
from appeals.queries.consequences import ConsequenceRow, consequence_rows, open_appeal
from evaluations.actions.plan import lock_plan
from evaluations.models import DrawnCase, Plan
from evaluations.queries.results import current_failing
from evaluations.rules.stages import Stage
from evaluations.rules.standards import plain
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User


def open_consequences(plan: Plan, *, by: User | None) -> list[DrawnCase]:
    """启动问题处理 of every final case: 追回和调查 of a 不合格, 整改 where the plan asks for it.

    The amount is the subsidy of the ledger. An open appeal, or a running period, keeps its case
    waiting. Raises `RefusedError` when nothing can be opened, saying what waits.
    """
    with transaction.atomic():
        plan = lock_year(plan, by=by)
        rows = consequence_rows(plan, now=plan.moment)
        ready = [row for row in rows if row.ready]
        if not ready:
            raise RefusedError(_why_nothing(rows))
        for row in ready:
            if row.failing:
                _open_recovery(plan, row.drawn_case, by=by)
            else:
                _open_rectification(plan, row, by=by)
    return [row.drawn_case for row in ready]


def _open_recovery(plan: Plan, drawn_case: DrawnCase, *, by: User | None) -> None:
    paid_out = drawn_case.case.subsidy
    Recovery.objects.create(
        drawn_case=drawn_case,
        paid_out=paid_out,
        amount=paid_out or Decimal(0),
        opened_at=plan.moment,
    )
    Inquiry.objects.create(drawn_case=drawn_case, opened_at=plan.moment)
    record_event("open_consequences", by=by, year=plan.year, target=drawn_case.case.label)


def _open_rectification(plan: Plan, row: ConsequenceRow, *, by: User | None) -> None:
    Rectification.objects.create(
        drawn_case=row.drawn_case,
        ground=Rectification.Ground.RULE,
        reason=_why_rectification(plan, row),
        opened_at=plan.moment,
        opened_by=by,
    )
    label = row.drawn_case.case.label
    record_event("open_rectification", by=by, year=plan.year, target=label)


def _why_rectification(plan: Plan, row: ConsequenceRow) -> str:
    if plan.by_level:
        return f"等次{row.grade}，方案规定这一等次的案件整改（逐项评等次，没有扣分）"
    assert row.deduction is not None
    return (
        f"等次{row.grade}，两评平均扣{plain(round(row.deduction, 2))}分，"
        f"达到方案规定的{plain(plan.rectify_deduction)}分"
    )


def _why_nothing(rows: Sequence[ConsequenceRow]) -> str:
    failing = [row for row in rows if row.failing]
    waiting = [row for row in failing if not row.final]
    weak = [row for row in rows if row.due and not row.final]
    if waiting:
        return f"{len(waiting)} 件不合格还在申辩期内或异议未答复，结果确定后再启动。"
    if weak:
        return f"{len(weak)} 件应整改的还在申辩期内或异议未答复，结果确定后再启动。"
    if failing:
        return "不合格案件都已启动追回和调查，不用重复启动。"
    return "本年度没有不合格案件，也没有其他待启动的整改，不用启动。"


def lock_year(plan: Plan, *, by: User | None) -> Plan:
    """Lock a published year for 科室."""
    locked = lock_plan(plan, in_stages=(Stage.PUBLISHED,))
    if not may_handle_consequences(by):
        raise RefusedError("问题处理由科室办理，请换用科室账号。", status=403)
    return locked


def refuse_while_appealed(drawn_case: DrawnCase) -> None:
    """Raise `RefusedError` while an appeal of the case is open: its grade may still change."""
    if open_appeal(drawn_case):
        raise RefusedError(
            f"{drawn_case.case.label}号案件的异议申辩还没有反馈，追回、调查和整改暂停办理，"
            "反馈后再办。"
        )


def refuse_unless_failing(drawn_case: DrawnCase) -> None:
    """Raise `RefusedError` where a review changed the grade: then it is to be lifted."""
    if not current_failing(drawn_case):
        raise RefusedError(
            f"{drawn_case.case.label}号案件复评后不再是不合格，请办理“撤销追回和调查”，"
            "不能继续办理。"
        )


def lift_consequences(
    recovery: Recovery, *, reason: str, evidence: str, by: User | None
) -> Recovery:
    """撤销追回和调查 after a review changed the grade: told in writing, the money goes back.

    An inquiry that its body has decided already stays as decided; the notice tells the body.
    """
    with transaction.atomic():
        plan = lock_year(recovery.drawn_case.draw.plan, by=by)
        rows = Recovery.objects.select_for_update(of=("self",)).select_related("drawn_case__case")
        recovery = rows.get(pk=recovery.pk)
        case = recovery.drawn_case
        refuse_while_appealed(case)
        if current_failing(case):
            raise RefusedError(f"{case.case.label}号案件现在仍是不合格，追回和调查不能撤销。")
        if recovery.lifted_at:
            raise RefusedError(f"{case.case.label}号案件的追回和调查已经撤销，不用重复办理。")
        if not reason.strip() or not evidence.strip():
            raise RefusedError("请填撤销的理由和撤销通知文号，没有凭据不能撤销。", status=422)
        recovery.lifted_at = plan.moment
        recovery.lifted_reason = f"{reason.strip()[:140]}（{evidence.strip()[:58]}）"
        settle_lifted(recovery, plan)
        _call_inquiry_back(plan, case, reason=reason, evidence=evidence)
        record_event("lift_consequences", by=by, year=plan.year, target=case.case.label)
    return recovery


def settle_lifted(recovery: Recovery, plan: Plan) -> None:
    """Save a lifted recovery; closed once nothing of the money is here any more."""
    kept = sum(p.amount if p.kind == "paid" else -p.amount for p in recovery.payments.all())
    fields = ["lifted_at", "lifted_reason"]
    if not kept and not recovery.closed_at:
        recovery.ending, recovery.closed_at = Recovery.Ending.LIFTED, plan.moment
        fields += ["ending", "closed_at"]
    recovery.save(update_fields=fields)


def _call_inquiry_back(plan: Plan, case: DrawnCase, *, reason: str, evidence: str) -> None:
    inquiry = Inquiry.objects.select_for_update().get(drawn_case=case)
    if inquiry.closed_at:
        return
    what = "撤回移送" if inquiry.transferred_on else "不再移送"
    inquiry.outcome, inquiry.evidence = f"{what}：{reason.strip()}"[:400], evidence.strip()[:120]
    inquiry.closed_at = plan.moment
    inquiry.save(update_fields=["outcome", "evidence", "closed_at"])
