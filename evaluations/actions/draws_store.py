"""From the result text to rows: what the pages, panels and score sheets stand on."""

from cases.models import Case
from evaluations.actions.plan import move_plan
from evaluations.models import (
    Alternate,
    Assignment,
    Draw,
    DrawKind,
    DrawnCase,
    Panel,
    PanelMember,
    Plan,
)
from evaluations.queries.draws_lists import live_draw
from evaluations.queries.draws_text import Sections, sections_of
from evaluations.rules.stages import Stage
from experts.models import Expert
from wanzhou_eval.models import User
from wanzhou_eval.statistics import take_statistics

NEXT_STAGE = {
    DrawKind.SAMPLE: Stage.DRAWN,
    DrawKind.EXPERTS: Stage.EMPANELLED,
    DrawKind.MATCH: Stage.MATCHED,
}


def store_rows(draw: Draw) -> None:
    """Write the rows of a held draw; a review draw has none, its text is read where needed."""
    result = sections_of(draw.result_text)
    if draw.kind == DrawKind.SAMPLE:
        store_sample(draw, result)
    elif draw.kind == DrawKind.EXPERTS:
        store_panels(draw, result)
    elif draw.kind == DrawKind.MATCH:
        store_assignments(draw, result)


def enter_stage(plan: Plan, draw: Draw, *, by: User) -> None:
    """Move the plan to the stage that this kind of draw leads to."""
    stage = NEXT_STAGE.get(DrawKind(draw.kind))
    if stage:
        move_plan(plan, stage, by=by)


def store_sample(draw: Draw, result: Sections) -> None:
    """One `DrawnCase` per sampled case."""
    rows = result["sample"]
    cases = dict(
        draw.plan.frame.cases.filter(number__in=[row[1] for row in rows])
        .order_by()
        .values_list("number", "pk")
    )
    DrawnCase.objects.bulk_create(
        DrawnCase(draw=draw, case_id=cases[number], rank=int(rank), stratum=stratum, ticket=ticket)
        for rank, number, stratum, ticket in rows
    )
    take_statistics(DrawnCase, Case)


def store_panels(draw: Draw, result: Sections) -> None:
    """评估小组 with leader and member, and the alternates in their order."""
    codes = {row[2] for row in result["drawn"]} | {row[2] for row in result["alternates"]}
    experts = {
        expert.person.code: expert
        for expert in Expert.objects.filter(person__code__in=codes).select_related("person")
    }
    for code, category, leader, member in result["groups"]:
        panel = Panel.objects.create(
            plan=draw.plan,
            draw=draw,
            code=code,
            category=category,
            ordinal=int(code.rpartition("-")[2]),
        )
        PanelMember.objects.create(panel=panel, draw=draw, expert=experts[leader], leads=True)
        PanelMember.objects.create(panel=panel, draw=draw, expert=experts[member])
    Alternate.objects.bulk_create(
        Alternate(draw=draw, category=row[0], rank=int(row[1]), expert=experts[row[2]])
        for row in result["alternates"]
    )
    take_statistics(Panel, PanelMember, Alternate)


def store_assignments(draw: Draw, result: Sections) -> None:
    """Which panel and which two experts evaluate which case."""
    panels = {
        panel.code: panel
        for panel in Panel.objects.filter(draw=live_draw(draw.plan, DrawKind.EXPERTS))
    }
    drawn = {
        number: pk
        for pk, number in DrawnCase.objects.of(draw.plan)
        .order_by()
        .values_list("pk", "case__number")
    }
    people = dict(Expert.objects.order_by().values_list("person__code", "pk"))
    Assignment.objects.bulk_create(
        Assignment(
            draw=draw,
            drawn_case_id=drawn[number],
            panel=panels[group],
            leader_id=people[leader],
            member_id=people[member],
            by_alternate=note != "-",
        )
        for _, _, number, group, leader, member, note in result["assign"]
    )
    take_statistics(Assignment)
