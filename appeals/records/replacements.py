"""Exchanges after a draw: two people each, and the panels as they stand follow from them."""

from appeals.records.checks import Check, by_sql
from evaluations.models import Draw, DrawKind, PanelMember, Plan
from evaluations.queries.succession import hall_of
from evaluations.rules.errors import RuleError


def panels_follow(plans: list[Plan]) -> tuple[int, list[str]]:
    """The seats held now are those of the draw after its recorded withdrawals, leaders too."""
    broken: list[str] = []
    examined = 0
    draws = Draw.objects.live().filter(plan__in=plans, kind=DrawKind.EXPERTS)
    for draw in draws.exclude(result_hash=""):
        try:
            due = {(group.code, *group[2:]) for group in hall_of(draw).groups}
        except RuleError as error:
            broken.append(f"{draw.code} {error}")
            continue
        held = held_seats(draw)
        examined += len(due)
        broken += [f"{draw.code} {row[0]}" for row in sorted(due ^ held)]
    return examined, broken


def held_seats(draw: Draw) -> set[tuple[str, ...]]:
    """Panel, leader and member as they stand; nobody in the leader's place where nobody leads."""
    leaders: dict[str, list[str]] = {}
    members: dict[str, list[str]] = {}
    rows = PanelMember.objects.standing().filter(draw=draw).order_by("pk")
    for code, person, leads in rows.values_list("panel__code", "expert__person__code", "leads"):
        (leaders if leads else members).setdefault(code, []).append(person)
    return {(code, *leaders.get(code, [""]), *members.get(code, [])) for code in leaders | members}


CHECKS = (
    Check("I-08b", "小组现有成员、组长由抽选和历次递补得出", panels_follow),
    Check(
        "I-06b",
        "缺卷换件、专家换人各由两人办理，登记人不是确认人",
        by_sql("""
            SELECT w.code || ' ' || e.item, e.kind = 'recused' OR coalesce(
                     e.by_id <> e.confirmed_by_id, false)
              FROM evaluations_drawevent e JOIN evaluations_draw w ON w.id = e.draw_id
             WHERE w.plan_id = ANY(%(plans)s)
        """),
    ),
)
