"""Who evaluates which case, as the draws and the late recusals decided it: the pairs."""

from dataclasses import dataclass

from django.db.models import QuerySet

from evaluations.models import Assignment, DrawEvent, DrawKind, DrawnCase, Panel, Plan
from evaluations.queries.draws_lists import live_draw
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
    """The pair of every standing case that has one, in file order. Three queries.

    Before the marking it raises `RefusedError` naming the first case that still waits for the
    one who takes the place of an expert who left.
    """
    rows = live_assignments(plan).select_related(
        "drawn_case__case", "panel", "leader__person", "member__person"
    )
    pairs = [
        AssignedPair(row.drawn_case, row.panel, row.leader, row.member)
        for row in rows.order_by("drawn_case__case__serial")
    ]
    if plan.stage == Plan.Stage.MATCHED:
        refuse_leavers(plan, pairs)
    return pairs


def refuse_leavers(plan: Plan, pairs: list[AssignedPair]) -> None:
    """Raise `RefusedError` while a case is still with an expert who left the panel."""
    draw = live_draw(plan, DrawKind.EXPERTS)
    left = DrawEvent.objects.filter(draw=draw, kind=DrawEvent.Kind.WITHDRAWN)
    gone = set(left.values_list("item", flat=True))
    for pair in pairs:
        if not gone.isdisjoint({pair.leader.person.code, pair.member.person.code}):
            raise RefusedError(
                f"卷宗{pair.drawn_case.case.label}的专家退出后，没有不需回避的候补专家可以接替。"
                "请由两人作废匹配后重新匹配，或按签序换件。"
            )


def live_assignments(plan: Plan) -> QuerySet[Assignment]:
    """The assignments in force: of the standing matching, of cases that are evaluated."""
    draw = live_draw(plan, DrawKind.MATCH)
    rows = Assignment.objects.live().filter(draw=draw) if draw else Assignment.objects.none()
    return rows.filter(drawn_case__replaced_at__isnull=True)
