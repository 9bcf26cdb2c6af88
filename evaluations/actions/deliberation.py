"""合议定等次: how two sealed sheets become one grade (article 6.2).

小组协商一致确定等次，协商不一致的，以组长意见确定等次. Every act locks plan and case first, so
that of two simultaneous acts exactly one grades it. Works for the first round and for the 复评组
alike; a review's grade is a `ReviewGrading`, for the bureau's answer to take up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from evaluations.actions.plan import lock_plan
from evaluations.actions.sheets import STAGE_OF
from evaluations.models import (
    DrawnCase,
    Grading,
    GradingOutcome,
    Plan,
    Proposal,
    ReviewGrading,
    ScoreSheet,
    SheetRound,
)
from evaluations.permissions.plan import may_run_plan
from evaluations.queries.agreed_items import why_not_amounts
from evaluations.queries.deliberation import (
    Case,
    case_facts,
    confirmable_cases,
    current_grading,
    review_outcome,
)
from evaluations.rules.deliberation import (
    Act,
    agreed_grade,
    dissent,
    outcome_of,
    why_refused,
)
from evaluations.rules.stages import Stage
from evaluations.rules.standards import plain
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User
from wanzhou_eval.readers import reads_as_actor


@dataclass(frozen=True, kw_only=True)
class Locked:
    """A case under the lock, as one of the pair acts on it."""

    plan: Plan
    drawn_case: DrawnCase
    in_round: SheetRound
    case: Case
    sheet: ScoreSheet


def lock_case(drawn_case: DrawnCase, *, in_round: str, by: User) -> Locked:
    """Lock plan and case and read the facts after it; 404 for anybody outside the pair."""
    found = SheetRound(in_round)
    plan = lock_plan(drawn_case.draw.plan, in_stages=(STAGE_OF[found],))
    locked = (
        DrawnCase.objects.select_for_update(of=("self",))
        .select_related("case")
        .get(pk=drawn_case.pk)
    )
    case = case_facts(by, drawn_case=locked, in_round=found)
    sheet = next((each for each in case.pair if each.expert.person_id == by.person_id), None)
    if sheet is None:
        raise RefusedError("没有找到由你合议的这件案件。", status=404)
    return Locked(plan=plan, drawn_case=locked, in_round=found, case=case, sheet=sheet)


def require(locked: Locked, act: Act, *, grade: str = "", reason: str = "") -> None:
    """Refuse what the rules refuse: 422 for what was typed, 409 for what is out of step."""
    facts, expert = locked.case.facts, locked.sheet.expert.person.code
    grades = [band.name for band in locked.case.bands]
    refused = why_refused(facts, act, expert=expert, grades=grades, grade=grade, reason=reason)
    if refused is None:
        return
    in_step = why_refused(facts, act, expert=expert, grades=[""], grade="", reason="-") is None
    raise RefusedError(refused, status=422 if in_step else 409)


def _grade(locked: Locked, act: Act, *, grade: str, reason: str = "") -> Grading | ReviewGrading:
    """Record the grade with its outcome, in the table of the round."""
    outcome = outcome_of(act)
    assert outcome is not None
    assert locked.plan.now is not None
    common = {
        "drawn_case": locked.drawn_case,
        "grade": grade,
        "outcome": GradingOutcome(outcome.value),
        "reason": reason.strip(),
        "dissent": dissent(locked.case.facts)[:600] if act is Act.RULE else "",
        "by": locked.sheet.expert,
        "at": locked.plan.now,
    }
    if locked.in_round == SheetRound.REVIEW:
        return ReviewGrading.objects.create(**common)
    failing = next(band.failing for band in locked.case.bands if band.name == grade)
    return Grading.objects.create(**common, version=1, failing=failing)


def record(locked: Locked, action: str, *, by: User, outcome: str = "") -> None:
    """The audit line tells that and how, never which grade."""
    detail: dict[str, object] = {"round": locked.in_round.value}
    if outcome:
        detail["outcome"] = outcome
    record_event(
        action,
        by=by,
        year=locked.plan.year,
        target=f"{locked.drawn_case.case.serial:04d}",
        detail=detail,
    )


@reads_as_actor
def confirm_agreement(
    drawn_case: DrawnCase, *, by: User, in_round: str = SheetRound.FIRST
) -> Grading | ReviewGrading:
    """两评一致: the leader confirms the grade that both sheets give."""
    locked = lock_case(drawn_case, in_round=in_round, by=by)
    require(locked, Act.CONFIRM)
    grade = agreed_grade(locked.case.facts)
    assert grade is not None
    grading = _grade(locked, Act.CONFIRM, grade=grade)
    record(locked, "confirm_agreement", by=by, outcome=grading.outcome)
    return grading


@reads_as_actor
def confirm_agreements(plan: Plan, *, by: User) -> int:
    """Confirm all cases of the leader whose two sheets agree; the number confirmed.

    Raises `RefusedError` (409) when there is none, so that a second click is told so.
    """
    plan = lock_plan(plan, in_stages=(Stage.MARKING,))
    agreeing = confirmable_cases(plan, user=by)
    if not agreeing:
        raise RefusedError("没有待确认的一致案件。请刷新页面查看现在的情况。")
    for drawn_case in agreeing:
        confirm_agreement(drawn_case, by=by)
    return len(agreeing)


@reads_as_actor
def propose_grade(
    drawn_case: DrawnCase,
    *,
    grade: str,
    reason: str,
    amounts: Mapping[str, Decimal] | None = None,
    levels: Mapping[str, int] | None = None,
    by: User,
    in_round: str = SheetRound.FIRST,
) -> Proposal:
    """One of the pair proposes a grade with a reason; one open proposal at a time.

    `amounts` or `levels` settle items on which the sheets differ; deductions for all of them must
    come to the grade.
    """
    locked = lock_case(drawn_case, in_round=in_round, by=by)
    require(locked, Act.PROPOSE, grade=grade, reason=reason)
    _fits(reason, 600)
    settled = _settled(locked, amounts or {}, levels or {}, grade=grade)
    who = {"round": locked.in_round, "by": locked.sheet.expert, "at": locked.plan.now}
    proposal = Proposal.objects.create(
        drawn_case=locked.drawn_case, grade=grade, reason=reason.strip(), **who, **settled
    )
    record(locked, "propose_grade", by=by)
    return proposal


@reads_as_actor
def answer_proposal(proposal: Proposal, *, agree: bool, reason: str = "", by: User) -> Proposal:
    """The other agrees, which grades the case (协商一致), or disagrees with a reason kept."""
    locked = lock_case(proposal.drawn_case, in_round=proposal.round, by=by)
    act = Act.AGREE if agree else Act.DISAGREE
    proposal = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if proposal.answer:
        said = proposal.get_answer_display()
        raise RefusedError(f"这一意见已经答复“{said}”，不能再答。请刷新页面查看。")
    require(locked, act, reason=reason)
    _fits(reason, 600)
    answers = Proposal.Answer
    proposal.answer = answers.AGREED if agree else answers.DISAGREED
    proposal.answered_by = locked.sheet.expert
    proposal.answer_reason = reason.strip()
    proposal.answered_at = locked.plan.now
    proposal.save()
    if agree:
        _grade(locked, act, grade=proposal.grade, reason=proposal.reason)
    record(locked, "answer_proposal", by=by, outcome="agreed" if agree else "disagreed")
    return proposal


@reads_as_actor
def rule_grade(
    drawn_case: DrawnCase, *, grade: str, reason: str, by: User, in_round: str = SheetRound.FIRST
) -> Grading | ReviewGrading:
    """组长意见: after a recorded disagreement only, with a reason; the dissent is kept."""
    locked = lock_case(drawn_case, in_round=in_round, by=by)
    require(locked, Act.RULE, grade=grade, reason=reason)
    _fits(reason, 1000)
    grading = _grade(locked, Act.RULE, grade=grade, reason=reason)
    record(locked, "rule_grade", by=by, outcome=grading.outcome)
    return grading


def _settled(
    locked: Locked, amounts: Mapping[str, Decimal], levels: Mapping[str, int], *, grade: str
) -> dict[str, Any]:
    """The deductions or levels of single items as the proposal keeps them."""
    refused = why_not_amounts(locked.case, amounts, grade=grade, levels=levels)
    if refused:
        raise RefusedError(refused, status=422)
    told = {number: plain(amount) for number, amount in amounts.items()}
    return {"amounts": told, "levels": dict(levels)}


def _fits(reason: str, limit: int) -> None:
    if len(reason) > limit:
        raise RefusedError(f"理由最多{limit}字，请精简后再提交。", status=422)


@transaction.atomic
def regrade_case(
    drawn_case: DrawnCase, *, grade: str, outcome: str, reason: str, by: User | None
) -> Grading:
    """复评维持 or 复评变更: a new version of the grade beside the old one (article 6.3).

    Called by the answer to an appeal, inside its transaction. The grade must be the review's.
    """
    plan = lock_plan(drawn_case.draw.plan, in_stages=(Stage.PUBLISHED,))
    if not may_run_plan(by, plan):
        raise RefusedError("复评结果由公共法律服务科按复评组意见登记。", status=403)
    DrawnCase.objects.select_for_update(of=("self",)).get(pk=drawn_case.pk)
    before = current_grading(drawn_case)
    if before is None or plan.standard is None or plan.now is None:
        raise RefusedError("这件案件还没有初评等次，不能登记复评结果。")
    _refuse_regrading(drawn_case, before=before, grade=grade, outcome=outcome)
    band = plan.standard.bands.filter(name=grade).first()
    if band is None:
        raise RefusedError(f"评分标准里没有“{grade}”这一等次。", status=422)
    made = {"version": before.version + 1, "grade": grade, "outcome": outcome, "at": plan.now}
    made |= {"reason": reason.strip()[:1000], "failing": band.failing}
    grading = Grading.objects.create(drawn_case=drawn_case, **made)
    target, detail = f"{drawn_case.case.serial:04d}", {"outcome": outcome}
    record_event("regrade_case", by=by, year=plan.year, target=target, detail={**detail})
    return grading


def _refuse_regrading(drawn_case: DrawnCase, *, before: Grading, grade: str, outcome: str) -> None:
    """The outcome fits the two grades, and the grade is what the 复评组 found."""
    kept = GradingOutcome.UPHELD if grade == before.grade else GradingOutcome.CHANGED
    if outcome != kept:
        raise RefusedError(f"原等次是“{before.grade}”，复评等次是“{grade}”，应为“{kept.label}”。")
    found = review_outcome(drawn_case)
    reviewed = drawn_case.sheets.filter(round=SheetRound.REVIEW).exists()
    if reviewed and (found is None or found.grade != grade):
        raise RefusedError("复评等次须与复评组的意见一致。请等复评组定等次后再登记。")
