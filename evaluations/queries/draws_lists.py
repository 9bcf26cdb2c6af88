"""The rows of the lists that draws seal, read from the registers as codes (draw.md §2.1).

Order does not matter here: the rules sort by bytes. Names never enter a list.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q

from cases.models import Case, CaseHandler, Frame
from evaluations.models import Alternate, Draw, DrawKind, DrawnCase, Panel, PanelMember, Plan
from experts.models import Expert, FormerFirm, Recusal

Row = tuple[str, ...]
FORMER_FIRM = Recusal.Reason.FORMER_FIRM.value


def sample_rows(frame: Frame) -> list[Row]:
    """Every case of the frame: number, type, month of closing, firm, `in` or `ex:code`."""
    rows = frame.cases.values_list("number", "kind", "closed_on", "firm__code", "exclusion__code")
    return [
        (number, kind, f"{closed:%Y-%m}", firm, f"ex:{code}" if code else "in")
        for number, kind, closed, firm, code in rows.order_by()
    ]


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
    """Former firms and declared relations of these experts: person, what, value, reason."""
    people = {expert.pk: expert.person.code for expert in experts}
    former = FormerFirm.objects.filter(expert__in=people).values_list("expert_id", "firm__code")
    rows: set[Row] = {(people[pk], "org", firm, FORMER_FIRM) for pk, firm in former}
    declared = Recusal.objects.filter(expert__in=people, year=plan.year)
    keys = set(declared.exclude(case_key="").values_list("case_key", flat=True))
    by_key = dict(
        Case.objects.filter(frame=plan.frame, key__in=keys, number__in=numbers)
        .order_by().values_list("key", "number")
    )  # fmt: skip
    for recusal in declared.select_related("firm", "person"):
        row = _declared(recusal, people[recusal.expert_id], by_key)
        if row:
            rows.add(row)
    return sorted(rows)


def _declared(recusal: Recusal, person: str, by_key: dict[str, str]) -> Row | None:
    if recusal.firm:
        return (person, "org", recusal.firm.code, recusal.reason)
    if recusal.person:
        return (person, "handler", recusal.person.code, recusal.reason)
    number = by_key.get(recusal.case_key)
    return (person, "case", number, recusal.reason) if number else None


def conflicted_experts(plan: Plan, case: Case) -> set[int]:
    """Experts of the whole pool who may not judge this case, by primary key (复评组)."""
    handlers = set(case.handlers.values_list("person_id", flat=True))
    related: Any = (
        Q(person__in=handlers)
        | Q(person__firm=case.firm_id)
        | Q(former_firms__firm=case.firm_id)
        | Q(recusals__year=plan.year, recusals__firm=case.firm_id)
        | Q(recusals__year=plan.year, recusals__person__in=handlers)
        | Q(recusals__year=plan.year, recusals__case_key=case.key)
    )
    return set(Expert.objects.filter(related).values_list("pk", flat=True))
