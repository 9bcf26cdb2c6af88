"""换人: an expert of a panel declines, leaves or does not appear; the alternate in turn comes."""

from django.db.models import Q

from evaluations.actions.draws_locks import now_of, refuse_void, rule_refusals
from evaluations.models import (
    Assignment,
    Draw,
    DrawEvent,
    DrawKind,
    Panel,
    PanelMember,
    Plan,
    ReplacementRequest,
    ScoreSheet,
    SheetNote,
)
from evaluations.permissions.marking import leader_of
from evaluations.queries.assignments import live_assignments
from evaluations.queries.draws_lists import live_draw
from evaluations.queries.panels import experts_by_code
from evaluations.queries.succession import (
    Hall,
    barred_people,
    groups_of_cases,
    hall_of,
    open_sheets,
    seats_now,
    sheets_by_case,
    takers,
)
from evaluations.rules.errors import RuleError
from evaluations.rules.panels import Group
from evaluations.rules.stages import Stage
from evaluations.rules.succession import Seats
from experts.models import Expert
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User

REMEDY_BEFORE = "请由两人作废匹配和专家抽选，补充专家库后重新封存、抽选专家；不能由人指定替补。"
REMEDY_MARKING = (
    "未封存的案件请逐件按回避办理，由其他小组接评；仍不够的，报局领导决定延长评估时间。"
)


def refuse_withdrawal(plan: Plan, draw: Draw, expert: Expert) -> Hall:
    """Raise `RefusedError` when this expert cannot be replaced now; else the panels as they are."""
    refuse_void(draw)
    if not draw.signed_at:
        raise RefusedError(f"{draw.code}还没有签名锁定，不能换人。请先在操作台办完。")
    match = live_draw(plan, DrawKind.MATCH)
    if match and not match.signed_at:
        raise RefusedError(
            f"匹配名单{match.code}已经封存，小组里有这位专家。请先办完匹配再换人，或先作废{match.code}。"
        )
    with rule_refusals():
        hall = hall_of(draw)
    group = hall.group_of(expert.person.code)
    if group is None:
        raise RefusedError(
            f"{expert.person.name}不在任何评估小组里，不用递补。"
            "个案代替的候补专家不能评的，请其在该案申请回避。"
        )
    refuse_without_alternate(plan, hall, expert)
    return hall


def refuse_without_alternate(plan: Plan, hall: Hall, expert: Expert) -> None:
    """Raise `RefusedError` with the remedy when no alternate of the draw fits."""
    try:
        hall.successor(expert.person.code)
    except RuleError:
        group = hall.group_of(expert.person.code)
        label = Panel.Category(group.category).label if group else ""
        remedy = REMEDY_MARKING if Stage(plan.stage) is Stage.MARKING else REMEDY_BEFORE
        raise RefusedError(
            f"{label}没有可以递补的候补专家（须有一人能任组长），{expert.person.name}不能直接换下。"
            f"{remedy}"
        ) from None


def exchange_expert(plan: Plan, request: ReplacementRequest, by: User) -> DrawEvent:
    """Seat the first unused alternate that fits (draw.md §2.5) in place of who leaves.

    Called under the plan's lock when the second person confirms. In the marking the leaver's
    open sheets are closed and each case gets a new blank one; sealed sheets stay as they are.
    """
    draw, now = request.draw, now_of(plan)
    leaver = Expert.objects.select_related("person__firm").get(person__code=request.item)
    hall = refuse_withdrawal(plan, draw, leaver)
    code, after = hall.successor(request.item)
    event = DrawEvent.objects.create(
        draw=draw, kind=DrawEvent.Kind.WITHDRAWN, item=request.item, replacement=code,
        reason=request.reason, at=now, by=request.by, confirmed_by=by,
    )  # fmt: skip
    seat_anew(draw, after, event)
    moved, vacant = 0, 0
    if Stage(plan.stage) is Stage.MARKING:
        moved, vacant = hand_over(plan, leaver, event, by=by)
    else:
        pass_on(plan, leaver, event)
    detail: dict[str, object] = {
        "from": request.item, "to": code, "panel": after.code, "reason": request.reason,
        "recorded_by": request.by.username, "sheets": moved, "vacant": vacant,
    }  # fmt: skip
    record_event("replace_withdrawn", by=by, year=plan.year, target=draw.code, detail=detail)
    return event


def seat_anew(draw: Draw, after: Group, event: DrawEvent) -> None:
    """End the seats that change and write the new ones; a seat that stays is left alone."""
    panel = Panel.objects.get(draw=draw, code=after.code)
    experts = experts_by_code({after.leader, after.member})
    wanted = {(experts[after.leader].pk, True), (experts[after.member].pk, False)}
    for seat in PanelMember.objects.standing().filter(panel=panel).select_for_update():
        if (seat.expert_id, seat.leads) in wanted:
            wanted.discard((seat.expert_id, seat.leads))
        else:
            seat.ended_at = event.at
            seat.save(update_fields=["ended_at"])
    for pk, leads in sorted(wanted, key=lambda row: not row[1]):
        PanelMember.objects.create(panel=panel, draw=draw, expert_id=pk, leads=leads, event=event)


def pass_on(plan: Plan, leaver: Expert, event: DrawEvent) -> None:
    """Before the marking: give each matched case of the leaver to who comes (2.5, 2.6).

    A case that nobody clean is left for stays with the leaver; the marking does not open so.
    """
    hall = hall_of(event.draw)
    rows = list(
        live_assignments(plan)
        .filter(Q(leader=leaver) | Q(member=leaver))
        .select_related("drawn_case__case__firm", "panel", "leader__person", "member__person")
    )
    barred = barred_people(plan, [row.drawn_case.case for row in rows])
    for row in rows:
        pair = Seats(row.leader.person.code, row.member.person.code)
        out = barred[row.drawn_case.case_id]
        seats = seats_now(hall, pair, group=row.panel.code, barred=out)
        if seats:
            assign_anew(row, seats, event)


def assign_anew(row: Assignment, seats: Seats, event: DrawEvent) -> None:
    """Write who evaluates a case from now on; the row before stays."""
    people = experts_by_code(set(seats))
    Assignment.objects.create(
        draw_id=row.draw_id,
        drawn_case_id=row.drawn_case_id,
        panel_id=row.panel_id,
        leader=people[seats.leader],
        member=people[seats.member],
        by_alternate=row.by_alternate,
        replaces=row,
        event=event,
    )


def hand_over(plan: Plan, leaver: Expert, event: DrawEvent, *, by: User) -> tuple[int, int]:
    """Close the leaver's open sheets and give each case to who comes; how many found nobody.

    A case without a clean alternate waits in 评分进度, where it is dealt with by itself.
    """
    hall, sheets = hall_of(event.draw), open_sheets(plan, leaver)
    barred = barred_people(plan, [sheet.drawn_case.case for sheet in sheets])
    groups = groups_of_cases(plan, [sheet.drawn_case for sheet in sheets])
    around = sheets_by_case(sheets)
    made = 0
    for sheet in sheets:
        others = around[sheet.drawn_case_id]
        free = takers(
            hall,
            group=groups[sheet.drawn_case_id],
            barred=barred[sheet.drawn_case.case_id],
            taken={other.expert.person.code for other in others},
        )
        leads = bool(free) and leads_anew(hall, sheet, others, code=free[0])
        close_sheet(sheet, event, by=by)
        if free:
            take_over(sheet, free[0], leads=leads)
            assign_to(plan, sheet, free[0], event)
            made += 1
    return made, len(sheets) - made


def assign_to(plan: Plan, sheet: ScoreSheet, code: str, event: DrawEvent) -> None:
    """Note that the one who comes evaluates the case with who stays."""
    row = (
        live_assignments(plan)
        .select_related("leader__person", "member__person")
        .get(drawn_case=sheet.drawn_case_id)
    )
    standing = ScoreSheet.objects.standing().filter(
        drawn_case=sheet.drawn_case_id, round=sheet.round
    )
    leader = leader_of(list(standing.select_related("expert__person"))).expert.person.code
    stays = next(one.person.code for one in (row.leader, row.member) if one.pk != sheet.expert_id)
    pair = Seats(code, stays) if leader == code else Seats(stays, code)
    assign_anew(row, pair, event)


def leads_anew(hall: Hall, sheet: ScoreSheet, others: list[ScoreSheet], *, code: str) -> bool:
    """Whether the new one leads the case: the leader left and who stays is not qualified."""
    pair = [other for other in others if other.withdrawn_at is None]
    if leader_of(pair) != sheet:
        return False
    stays = [other for other in pair if other != sheet]
    return not any(other.expert.person.code in hall.may_lead for other in stays) and (
        code in hall.may_lead or not stays
    )


def close_sheet(sheet: ScoreSheet, event: DrawEvent, *, by: User) -> None:
    """Withdraw an open sheet with the reason; its draft stays unread by anybody else."""
    sheet.withdrawn_at, sheet.withdrawn_reason = event.at, "专家退出"
    sheet.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    SheetNote.objects.create(
        sheet=sheet, kind=SheetNote.Kind.LEFT, text=event.reason, at=event.at, by=by
    )


def take_over(sheet: ScoreSheet, code: str, *, leads: bool) -> ScoreSheet:
    """A new blank sheet of the same case for the one who comes."""
    expert = Expert.objects.get(person__code=code)
    mine = ScoreSheet.objects.filter(expert=expert, drawn_case__draw=sheet.drawn_case.draw_id)
    return ScoreSheet.objects.create(
        drawn_case_id=sheet.drawn_case_id,
        round=sheet.round,
        expert=expert,
        leads=leads,
        position=1 + mine.count(),
        standard_id=sheet.standard_id,
        scope=sheet.scope,
    )
