"""Who evaluates which case, as the draws decided it: the pairs, and who stands in for a recusal."""

from dataclasses import dataclass

from evaluations.models import (
    Alternate,
    Assignment,
    Draw,
    DrawKind,
    DrawnCase,
    Panel,
    Plan,
    ScoreSheet,
    SheetRound,
)
from evaluations.queries.draws_lists import conflicted_experts, live_draw
from evaluations.queries.draws_text import sections_of
from experts.models import Expert


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
    rows = rows.select_related("drawn_case__case", "panel").order_by("drawn_case__case__serial")
    pairs = []
    for row in rows:
        seats = told.get(row.drawn_case.case.number)
        if seats and seats[0] == row.panel.code:
            leader, member = people[seats[1]], people[seats[2]]
        else:
            leader, member = _seated(plan, row)
        pairs.append(AssignedPair(row.drawn_case, row.panel, leader, member))
    return pairs


def _seated(plan: Plan, row: Assignment) -> tuple[Expert, Expert]:
    """The panel's own two, each recused one replaced by the first clean alternate (draw 2.6)."""
    recused = conflicted_experts(plan, row.drawn_case.case)
    members = row.panel.members.select_related("expert__person").order_by("-leads")
    stay = [member.expert for member in members if member.expert_id not in recused]
    clean = [a.expert for a in alternates_of(plan, row.panel) if a.expert_id not in recused]
    seats = (*stay, *clean)
    return seats[0], seats[1]


def alternates_of(plan: Plan, panel: Panel) -> list[Alternate]:
    """候补专家 of the panel's category in the order of the draw."""
    drawn = Alternate.objects.filter(draw=panel.draw_id, category=panel.category)
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
