"""Who evaluates which case, as the draws decided it: the pairs, and who stands in for a recusal."""

from dataclasses import dataclass

from evaluations.models import (
    Alternate,
    Assignment,
    Draw,
    DrawKind,
    DrawnCase,
    Panel,
    PanelMember,
    Plan,
    ScoreSheet,
    SheetRound,
)
from evaluations.queries.draws_lists import conflicted_experts, live_draw
from evaluations.queries.draws_text import sections_of
from evaluations.queries.succession import barred_people, hall_with_changes, seats_now
from evaluations.rules.succession import Seats
from experts.models import Expert
from wanzhou_eval.errors import RefusedError


@dataclass(frozen=True)
class AssignedPair:
    """The two experts of a case; `leader` is the remaining member where the leader is recused."""

    drawn_case: DrawnCase
    panel: Panel
    leader: Expert
    member: Expert


def assigned_pairs(plan: Plan) -> list[AssignedPair]:
    """The pair of every standing case that has one, in file order.

    The two experts stand in the text of the matching; a reserve that came later sits with the
    panel of its assignment. A fixed number of queries but for such reserves.
    """
    draw = live_draw(plan, DrawKind.MATCH)
    if draw is None:
        return []
    told = {row[2]: (row[3], row[4], row[5]) for row in sections_of(draw.result_text)["assign"]}
    people = {expert.person.code: expert for expert in Expert.objects.select_related("person")}
    rows = Assignment.objects.filter(draw=draw, drawn_case__in=DrawnCase.objects.of(plan))
    related = ("drawn_case__case__firm", "panel")
    matched = list(rows.select_related(*related).order_by("drawn_case__case__serial"))
    seats = {row.pk: told.get(row.drawn_case.case.number) for row in matched}
    pairs = {
        row.pk: Seats(*seat[1:])
        for row in matched
        if (seat := seats[row.pk]) and seat[0] == row.panel.code
    }
    pairs |= _after_withdrawals(plan, [row for row in matched if row.pk in pairs], pairs)
    return [
        AssignedPair(row.drawn_case, row.panel, *(people[code] for code in pairs[row.pk]))
        if row.pk in pairs
        else AssignedPair(row.drawn_case, row.panel, *_seated(plan, row))
        for row in matched
    ]


def _after_withdrawals(
    plan: Plan, rows: list[Assignment], pairs: dict[int, Seats]
) -> dict[int, Seats]:
    """The seats of the cases whose experts left since the matching; nothing where nobody did.

    Raises `RefusedError` naming the case that nobody clean is left for.
    """
    hall = hall_with_changes(plan)
    if hall is None:
        return {}
    changed = [row for row in rows if not set(hall.gone).isdisjoint(pairs[row.pk])]
    barred = barred_people(plan, [row.drawn_case.case for row in changed])
    found: dict[int, Seats] = {}
    for row in changed:
        case = row.drawn_case.case
        seats = seats_now(hall, pairs[row.pk], group=row.panel.code, barred=barred[case.pk])
        if seats is None:
            raise RefusedError(
                f"卷宗{case.label}的专家退出后，没有不需回避的候补专家可以接替。"
                "请由两人作废匹配后重新匹配，或按签序换件。"
            )
        found[row.pk] = seats
    return found


def _seated(plan: Plan, row: Assignment) -> tuple[Expert, Expert]:
    """The panel's own two, each recused one replaced by the first clean alternate (draw 2.6)."""
    recused = conflicted_experts(plan, row.drawn_case.case)
    members = row.panel.members.standing().select_related("expert__person").order_by("-leads")
    stay = [member.expert for member in members if member.expert_id not in recused]
    clean = [a.expert for a in alternates_of(plan, row.panel) if a.expert_id not in recused]
    seats = (*stay, *clean)
    return seats[0], seats[1]


def alternates_of(plan: Plan, panel: Panel) -> list[Alternate]:
    """候补专家 of the panel's category who never took a seat, in the order of the draw."""
    drawn = Alternate.objects.filter(draw=panel.draw_id, category=panel.category).exclude(
        expert__in=PanelMember.objects.filter(draw=panel.draw_id).values("expert")
    )
    return list(drawn.select_related("expert__person").order_by("rank"))


def stand_in_for(sheet: ScoreSheet) -> Expert | None:
    """The first clean alternate for a withdrawn sheet; None when nobody of the list is left.

    Clean is who has no conflict with the case and no sheet of it. Reviews have no alternates.
    """
    if sheet.round != SheetRound.FIRST:
        return None
    plan, case = sheet.drawn_case.draw.plan, sheet.drawn_case
    row = Assignment.objects.filter(drawn_case=case).select_related("panel").last()
    if row is None:
        return None
    barred = conflicted_experts(plan, case.case)
    barred |= set(case.sheets.values_list("expert_id", flat=True))
    free = (a.expert for a in alternates_of(plan, row.panel) if a.expert_id not in barred)
    return next(free, None)


def match_draw_of(drawn_case: DrawnCase) -> Draw | None:
    """The live matching of the case's year."""
    return live_draw(drawn_case.draw.plan, DrawKind.MATCH)
