"""The rows of the lists that draws seal, read from the registers as codes (draw.md §2.1).

Order does not matter here: the rules sort by bytes. Names never enter a list.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from cases.models import Case, CaseHandler, Frame
from evaluations.models import Alternate, Draw, DrawKind, DrawnCase, Panel, PanelMember, Plan
from evaluations.queries.relations import case_facts, known_ties
from evaluations.rules.relations import reaches
from experts.models import Expert

Row = tuple[str, ...]


def sample_rows(frame: Frame) -> list[Row]:
    """Every case of the frame: number, type, month of closing, firm, `in` or `ex:code`."""
    rows = frame.cases.values_list("number", "kind", "closed_on", "firm__code", "exclusion__code")
    return [sample_row(row) for row in rows.order_by()]


def sample_row(row: tuple[str, str, date, str, str | None]) -> Row:
    """One case as the list has it."""
    number, kind, closed, firm, code = row
    return (number, kind, f"{closed:%Y-%m}", firm, f"ex:{code}" if code else "in")


def pool_rows(*, excluded: dict[int, str] | None = None) -> list[Row]:
    """Every expert of the pool with the reason why he or she cannot be drawn, if any (article 5).

    `excluded` names further experts (by primary key) with the code of their reason.
    """
    reasons = excluded or {}
    experts = Expert.objects.select_related("person__firm").order_by()
    return [
        (
            expert.person.code,
            expert.person.firm.code,
            expert.specialties,
            "1" if expert.may_lead else "0",
            _status(expert, reasons),
        )
        for expert in experts
    ]


def _status(expert: Expert, reasons: dict[int, str]) -> str:
    if not expert.active:
        return "ex:inactive"
    if not expert.is_local:
        return "ex:nonlocal"
    return f"ex:{reasons[expert.pk]}" if expert.pk in reasons else "in"


@dataclass(frozen=True)
class MatchRows:
    """The sections of a matching list, as rows."""

    alternates: list[Row]
    cases: list[Row]
    conflicts: list[Row]
    experts: list[Row]
    groups: list[Row]


def live_draw(plan: Plan, kind: DrawKind) -> Draw | None:
    """The draw of a kind that stands, held or not."""
    return Draw.objects.live().filter(plan=plan, kind=kind, target="").first()


def standing_seats() -> "Prefetch[str]":
    """The seats of a panel as held now, with person and firm."""
    seats = PanelMember.objects.standing().select_related("expert__person__firm", "event")
    return Prefetch("members", seats)


def match_rows(plan: Plan, *, reserves: Collection[str]) -> MatchRows:
    """Panels, alternates, cases and every known relation between them (article 9.2 回避).

    `reserves` are the numbers of cases that may still take the place of a missing file: their
    relations are sealed too. Costs a fixed number of queries.
    """
    draw = live_draw(plan, DrawKind.EXPERTS)
    panels = list(Panel.objects.filter(draw=draw).prefetch_related(standing_seats()))
    alternates = list(
        Alternate.objects.filter(draw=draw)
        .exclude(expert__in=PanelMember.objects.filter(draw=draw).values("expert"))
        .select_related("expert__person__firm")
        .order_by()
    )
    experts = [m.expert for p in panels for m in p.members.all()]
    experts += [alternate.expert for alternate in alternates]
    standing = set(DrawnCase.objects.of(plan).values_list("case__number", flat=True))
    cases = case_rows(plan.frame, standing=standing, reserves=reserves)
    return MatchRows(
        alternates=[(a.category, f"{a.rank:03d}", a.expert.person.code) for a in alternates],
        cases=cases,
        conflicts=conflict_rows(plan, experts=experts, numbers=standing | set(reserves)),
        experts=sorted({(e.person.code, e.person.firm.code) for e in experts}),
        groups=[_group(panel) for panel in panels],
    )


def _group(panel: Panel) -> Row:
    leader, member = sorted(panel.members.all(), key=lambda m: not m.leads)
    return (panel.code, panel.category, leader.expert.person.code, member.expert.person.code)


def case_rows(frame: Frame, *, standing: set[str], reserves: Collection[str]) -> list[Row]:
    """Cases to place (`S`) and reserves (`R`): number, type, firm, handlers."""
    wanted = standing | set(reserves)
    people: dict[int, set[str]] = {}
    cases = Case.objects.filter(frame=frame, number__in=wanted).order_by()
    handlers = CaseHandler.objects.filter(case__in=cases).values_list("case_id", "person__code")
    for case_id, code in handlers.order_by():
        people.setdefault(case_id, set()).add(code)
    return [
        (number, kind, firm, ",".join(sorted(people.get(pk, set()))) or "-",
         "S" if number in standing else "R")
        for pk, number, kind, firm in cases.values_list("pk", "number", "kind", "firm__code")
    ]  # fmt: skip


def conflict_rows(plan: Plan, *, experts: Iterable[Expert], numbers: set[str]) -> list[Row]:
    """Former firms and recorded relations of these experts: person, what, value, reason.

    A former firm left on a known day reaches only some cases: each of those has its own row.
    """
    cases = case_facts(plan, numbers)
    rows: set[Row] = set()
    for known in known_ties(plan, experts={expert.pk for expert in experts}):
        tie = known.tie
        if known.recusal is None and known.former is None:
            continue
        if tie.scope == "case" or tie.left_on:
            reached = [case.case_no for case in cases if reaches(tie, case)]
            rows |= {(tie.person, "case", number, tie.reason) for number in reached}
        else:
            rows.add((tie.person, tie.scope, tie.value, tie.reason))
    return sorted(rows)
