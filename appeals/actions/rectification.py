"""整改: ordered by 科室 or by the plan's limit, noticed with a deadline, closed with its proof."""

from datetime import date

from django.db import transaction

from appeals.actions.consequences import lock_year, refuse_while_appealed
from appeals.models import Rectification, RectificationProof
from appeals.queries.consequences import open_appeal
from appeals.rules import is_final
from evaluations.models import DrawnCase, Plan
from evaluations.queries.results import appeal_until, current_failing
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User

ACTS = {True: "accept_proof", False: "return_proof"}


def order_rectification(drawn_case: DrawnCase, *, reason: str, by: User | None) -> Rectification:
    """科室 decides on 整改 of a case below the plan's limit, with the reason."""
    with transaction.atomic():
        plan = lock_year(drawn_case.draw.plan, by=by)
        DrawnCase.objects.select_for_update(of=("self",)).get(pk=drawn_case.pk)
        label = drawn_case.case.label
        if Rectification.objects.filter(drawn_case=drawn_case).exists():
            raise RefusedError(f"{label}号案件已经启动整改，不用重复启动。")
        if current_failing(drawn_case):
            raise RefusedError(f"{label}号案件不合格，办理追回和调查，不另发整改通知。")
        if not reason.strip():
            raise RefusedError("请写明为什么要这一件整改。", status=422)
        _refuse_before_final(plan, drawn_case)
        ordered = Rectification.objects.create(
            drawn_case=drawn_case,
            ground=Rectification.Ground.DECISION,
            reason=reason.strip()[:300],
            opened_at=plan.moment,
            opened_by=by,
        )
        record_event("open_rectification", by=by, year=plan.year, target=label)
    return ordered


def _refuse_before_final(plan: Plan, drawn_case: DrawnCase) -> None:
    appeals = drawn_case.appeals.filter(refused_at__isnull=True)
    appealed = appeals.exists()
    settled = appealed and open_appeal(drawn_case) is None
    if not is_final(
        now=plan.moment,
        until=appeal_until(plan),
        appealed=appealed,
        answered=settled,
        withdrawn=False,
    ):
        raise RefusedError(
            f"{drawn_case.case.label}号案件还在申辩期内或异议未答复，结果确定后再启动整改。"
        )


def _lock_rectification(row: Rectification, *, by: User | None) -> tuple[Plan, Rectification]:
    plan = lock_year(row.drawn_case.draw.plan, by=by)
    rows = Rectification.objects.select_for_update(of=("self",)).select_related("drawn_case__case")
    locked = rows.get(pk=row.pk)
    refuse_while_appealed(locked.drawn_case)
    if locked.closed_at:
        raise RefusedError(f"{locked.drawn_case.case.label}号案件的整改已经办结。")
    return plan, locked


def send_rectification_notice(
    rectification: Rectification, *, notice: str, demand: str, due_on: date, by: User | None
) -> Rectification:
    """发出整改通知: number, what is to be put right, and by which day."""
    with transaction.atomic():
        plan, row = _lock_rectification(rectification, by=by)
        if row.notice:
            raise RefusedError(f"整改通知（{row.notice}）已经登记，不用重复登记。")
        if not notice.strip() or not demand.strip():
            raise RefusedError("请填整改通知的文号和整改要求。", status=422)
        if due_on < plan.today:
            raise RefusedError("整改期限早于今天，请改为今天以后的日期。", status=422)
        row.notice, row.demand, row.due_on = notice.strip()[:60], demand.strip()[:600], due_on
        row.noticed_at = plan.moment
        row.save(update_fields=["notice", "demand", "due_on", "noticed_at"])
        label = row.drawn_case.case.label
        record_event("send_rectification_notice", by=by, year=plan.year, target=label)
    return row


def check_proof(
    rectification: Rectification,
    *,
    received_on: date,
    proof: str,
    evidence: str,
    accepted: bool,
    note: str,
    by: User | None,
) -> RectificationProof:
    """核验整改材料: an accepted proof closes the 整改, a returned one says what is missing."""
    with transaction.atomic():
        plan, row = _lock_rectification(rectification, by=by)
        if not row.notice:
            raise RefusedError("还没有登记整改通知，请先登记通知文号、要求和期限。")
        if received_on > plan.today:
            raise RefusedError("收到日期晚于今天，请核对。", status=422)
        _check_words(proof, evidence, note, accepted=accepted)
        texts = {"proof": proof.strip(), "evidence": evidence.strip(), "note": note.strip()}
        given = {"rectification": row, "received_on": received_on, "at": plan.moment, **texts}
        kept = RectificationProof.objects.create(accepted=accepted, by=by, **given)
        if accepted:
            row.closed_at = plan.moment
            row.save(update_fields=["closed_at"])
        record_event(ACTS[accepted], by=by, year=plan.year, target=row.drawn_case.case.label)
    return kept


def _check_words(proof: str, evidence: str, note: str, *, accepted: bool) -> None:
    if not proof.strip() or not evidence.strip():
        raise RefusedError("请填整改情况和凭据，没有凭据不能办结整改。", status=422)
    if not accepted and not note.strip():
        raise RefusedError("退回补正要写明还缺什么。", status=422)


def lift_rectification(
    rectification: Rectification, *, reason: str, evidence: str, by: User | None
) -> Rectification:
    """撤销整改 with a reason and its document: put right before, or the grade changed."""
    with transaction.atomic():
        plan, row = _lock_rectification(rectification, by=by)
        if not reason.strip() or not evidence.strip():
            raise RefusedError("请填撤销整改的理由和凭据，没有凭据不能撤销。", status=422)
        row.lifted_reason = reason.strip()[:300]
        row.lifted_evidence, row.closed_at = evidence.strip()[:120], plan.moment
        row.save(update_fields=["lifted_reason", "lifted_evidence", "closed_at"])
        label = row.drawn_case.case.label
        record_event("lift_rectification", by=by, year=plan.year, target=label)
    return row
