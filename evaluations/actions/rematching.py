"""迟到的回避 (draw.md §2.6, last line): the rule gives the case to whoever comes next.

Nobody chooses: the old panel if it may, else the least loaded, ties by ticket. What came before
stays on record; sheets of experts who no longer evaluate the case are closed and never shown.
"""

from django.db import transaction

from evaluations.actions.draws_locks import now_of, rule_refusals
from evaluations.actions.plan import lock_plan
from evaluations.models import (
    Assignment,
    Draw,
    DrawEvent,
    DrawKind,
    DrawnCase,
    Panel,
    Plan,
    ScoreSheet,
    SheetRound,
)
from evaluations.permissions.replacements import may_rematch
from evaluations.queries.assignments import live_assignments
from evaluations.queries.draws_lists import live_draw
from evaluations.queries.match_state import facts_of, later_conflicts, match_state, panels_changed
from evaluations.queries.panels import experts_by_code
from evaluations.queries.relations import case_recorders
from evaluations.rules.freeze_match import Conflict
from evaluations.rules.matching import Assigned
from evaluations.rules.rematching import MatchState, recuse_late, with_panels
from evaluations.rules.stages import Stage
from experts.models import Expert
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User

MOVED = "本案因回避重新匹配，改由其他专家评估"


@transaction.atomic
def rematch_case(drawn_case: DrawnCase, *, expert: Expert, by: User | None) -> Assignment:
    """Take a recused expert off a case after the matching; the rule says who evaluates it.

    Raises `RefusedError`: 403 for who recorded the relation himself, another person confirms it;
    409 when the expert does not evaluate the case, has no recorded relation or both sheets are
    sealed; 422 when nobody is left.
    """
    plan = lock_plan(drawn_case.draw.plan, in_stages=(Stage.MATCHED, Stage.MARKING))
    case = DrawnCase.objects.select_for_update(of=("self",)).select_related("case").get(
        pk=drawn_case.pk
    )  # fmt: skip
    old = seated_row(plan, case, expert)
    sheets = list(ScoreSheet.objects.select_for_update().filter(
        drawn_case=case, round=SheetRound.FIRST
    ).order_by("pk"))  # fmt: skip
    refuse_seen(sheets, case=case)
    event, row = decide(plan, old, case=case, expert=expert, by=by)
    new = seat(old.draw, case, row, event=event, replaces=old)
    if Stage(plan.stage) is Stage.MARKING:
        hand_over(plan, new, sheets=sheets, recused=expert)
    record_event(
        "rematch_case", by=by, year=plan.year, target=case.case.label,
        detail={"recused": event.item, "from": old.panel.code, "to": new.panel.code},
    )  # fmt: skip
    return new


def refuse_one_person(
    plan: Plan, case: DrawnCase, *, later: list[Conflict], by: User | None
) -> None:
    """Raise `RefusedError` (403) where one account would record a relation and confirm it.

    That holds for everybody whom the rule passes over since the list was sealed (`later`), not
    for the recused expert alone.
    """
    passed = {one.person for one in later}
    told = {
        one: who for one, who in case_recorders(plan, case.case).items()
        if one.person.code in passed
    }  # fmt: skip
    if not may_rematch(by, [who for each in told.values() for who in each]):
        raise RefusedError(
            "回避后的重新匹配须由登记回避以外的另一人确认，两人中须有一人是科室。请换人办理。",
            status=403,
        )
    alone = [str(one) for one, who in told.items() if {*who} == {by}]
    if by is not None and alone:
        raise RefusedError(
            f"{'、'.join(alone)}与本案的回避是您登记的，影响由谁接评。请换另一人确认重新匹配。",
            status=403,
        )


def seated_row(plan: Plan, case: DrawnCase, expert: Expert) -> Assignment:
    """The assignment in force, with the expert in it."""
    match = live_draw(plan, DrawKind.MATCH)
    if match is None or not match.signed_at:
        raise RefusedError("匹配还没有签名锁定，不能重新匹配。请先在操作台办完。")
    row = (
        live_assignments(plan)
        .filter(drawn_case=case)
        .select_related("draw__plan", "panel", "leader__person", "member__person")
        .first()
    )
    if row is None or expert.pk not in {row.leader_id, row.member_id}:
        raise RefusedError(f"卷宗{case.case.label}现在不由{expert}评估，不用重新匹配。请刷新页面。")
    return row


def refuse_seen(sheets: list[ScoreSheet], *, case: DrawnCase) -> None:
    """Refuse once both sheets are sealed: a result that is known is not evaluated again.

    A sheet that the recused expert alone sealed nobody saw: it is closed and does not count.
    """
    if sum(1 for sheet in sheets if sheet.sealed and not sheet.withdrawn_at) > 1:
        raise RefusedError(
            f"卷宗{case.case.label}两份评分表都已封存、互相看到分数，不能再重新匹配。"
            "请在合议意见里写明回避情况，由局领导审定时一并处理；公布后当事人可以申请复评。"
        )


def decide(
    plan: Plan, old: Assignment, *, case: DrawnCase, expert: Expert, by: User | None
) -> tuple[DrawEvent, Assigned]:
    """The rule's new row, and the dated fact beside the draw with all that it was decided by."""
    number, match = case.case.number, old.draw
    with rule_refusals():
        frozen, state = match_state(match)
        later = later_conflicts(plan, frozen, state, case=case.case)
        mine = own_conflict(later, case=case, expert=expert)
        refuse_one_person(plan, case, later=later, by=by)
        also = [one for one in later if one != mine]
        panels, sat = panels_changed(plan, frozen), pair_of(old)
        facts = facts_of(also, panels, () if sat == pair_in(state, number) else sat)
        now = with_panels(frozen, panels)
        state = recuse_late(now, state, seed=match.seed, recusal=mine, also=also, sat=sat)
    row = state.row(number)
    event = DrawEvent.objects.create(
        draw=match, kind=DrawEvent.Kind.RECUSED, item=mine.person, case_number=number,
        replacement=row.group, facts=facts, reason=mine.reason, at=now_of(plan), by=by,
    )  # fmt: skip
    return event, row


def pair_of(row: Assignment) -> tuple[str, str]:
    """The two experts of an assignment, as codes."""
    return row.leader.person.code, row.member.person.code


def pair_in(state: MatchState, number: str) -> tuple[str, str]:
    """The two experts of a case as the matching has them, without withdrawals."""
    row = state.row(number)
    return row.leader, row.member


def own_conflict(later: list[Conflict], *, case: DrawnCase, expert: Expert) -> Conflict:
    """The recused expert's own relation; without one nobody is taken off a case."""
    mine = next((one for one in later if one.person == expert.person.code), None)
    if mine is None:
        raise RefusedError(
            f"没有登记{expert}与卷宗{case.case.label}的回避关系。请先在回避页登记，再重新匹配。"
        )
    return mine


def seat(
    match: Draw,
    case: DrawnCase,
    row: Assigned,
    *,
    event: DrawEvent,
    replaces: Assignment | None = None,
) -> Assignment:
    """Write who evaluates the case from now on."""
    people = experts_by_code({row.leader, row.member})
    return Assignment.objects.create(
        draw=match,
        drawn_case=case,
        panel=Panel.objects.get(draw=live_draw(match.plan, DrawKind.EXPERTS), code=row.group),
        leader=people[row.leader],
        member=people[row.member],
        by_alternate=row.note != "-",
        event=event,
        replaces=replaces,
    )


def hand_over(
    plan: Plan, new: Assignment, *, sheets: list[ScoreSheet], recused: Expert
) -> list[ScoreSheet]:
    """Close the sheets of those who no longer evaluate the case, open blank ones for the others.

    Who stays keeps the own sheet; where the leader left, whoever stays leads (the older sheet).
    """
    pair = [new.leader, new.member]
    kept = close_others(plan, sheets, pair=pair, recused=recused)
    made = [
        ScoreSheet(
            drawn_case=new.drawn_case,
            expert=expert,
            leads=not kept and expert == new.leader,
            position=1 + expert.sheets.filter(drawn_case__draw=new.drawn_case.draw_id).count(),
            standard=sheets[0].standard,
            scope=sheets[0].scope,
        )
        for expert in pair
        if expert.pk not in kept
    ]
    return ScoreSheet.objects.bulk_create(made)


def close_others(
    plan: Plan, sheets: list[ScoreSheet], *, pair: list[Expert], recused: Expert
) -> set[int]:
    """Close standing sheets of experts outside the pair; returns who keeps the own sheet."""
    kept: set[int] = set()
    staying = {expert.pk for expert in pair}
    for sheet in sheets:
        if sheet.withdrawn_at:
            continue
        if sheet.expert_id in staying:
            kept.add(sheet.expert_id)
            continue
        sheet.withdrawn_at = now_of(plan)
        sheet.withdrawn_reason = "回避" if sheet.expert_id == recused.pk else MOVED
        sheet.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    return kept
