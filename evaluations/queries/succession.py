"""After a withdrawal: the panels as they stand now, and who takes which of the leaver's cases."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from cases.models import Case, CaseHandler
from evaluations.models import (
    Assignment,
    Draw,
    DrawnCase,
    Plan,
    ScoreSheet,
)
from evaluations.queries.draws_lists import conflict_rows
from evaluations.queries.draws_proof import certificate_events
from evaluations.rules.certificates import run_draw
from evaluations.rules.events import replay_experts
from evaluations.rules.freeze_experts import ExpertsFreeze
from evaluations.rules.panels import ExpertsResult, Group, replace_expert
from evaluations.rules.succession import Seats, next_clean, seats_after
from experts.models import Expert
from wanzhou_eval.errors import RefusedError


@dataclass(frozen=True)
class Hall:
    """A draw of experts with every withdrawal so far, as the rules see it."""

    draw: Draw
    frozen: ExpertsFreeze
    result: ExpertsResult
    groups: tuple[Group, ...]
    gone: tuple[str, ...]

    def group_of(self, person: str) -> Group | None:
        """The panel on which a person sits now."""
        return next((group for group in self.groups if person in group[2:]), None)

    def panel(self, code: str) -> Group:
        """A panel as it sits now."""
        return next(group for group in self.groups if group.code == code)

    def successor(self, person: str) -> tuple[str, Group]:
        """The alternate in turn for a person who leaves, and the panel afterwards.

        Raises `RuleError` when nobody is left.
        """
        after = replace_expert(
            self.frozen, self.result, withdrawn=person, groups=self.groups, used=self.gone
        )
        before = self.panel(after.code)
        return next(one for one in after[2:] if one not in before[2:]), after

    def alternates(self, category: str) -> list[str]:
        """Alternates of a category who are neither seated nor gone, in the order of the draw."""
        used = {*self.gone, *(person for group in self.groups for person in group[2:])}
        rows = self.result.alternates
        return [a.person for a in rows if a.category == category and a.person not in used]

    @cached_property
    def may_lead(self) -> frozenset[str]:
        """Who may lead, by the sealed list."""
        return frozenset(member.person for member in self.frozen.pool if member.may_lead)


def hall_of(draw: Draw) -> Hall:
    """Re-compute a draw of experts and play its withdrawals. Raises `RuleError`."""
    outcome = run_draw(draw.freeze_text, seed=draw.seed)
    frozen, result = outcome.frozen, outcome.result
    if not isinstance(frozen, ExpertsFreeze) or not isinstance(result, ExpertsResult):
        raise RefusedError(f"{draw.code}不是专家抽选。请从分组匹配页办理。")
    events = certificate_events(draw)
    groups = replay_experts(frozen, result, events)
    return Hall(draw, frozen, result, groups, tuple(event["withdrawn"] for event in events))


def barred_people(plan: Plan, cases: Iterable[Case]) -> dict[int, set[str]]:
    """Who may not judge each case, by person code, as everything is known now (2.6).

    The same person, the same firm, former firms, declared relations. A fixed number of queries.
    """
    listed = list(cases)
    experts = list(Expert.objects.select_related("person__firm"))
    numbers = {case.number for case in listed}
    conflicts = conflict_rows(plan, experts=experts, numbers=numbers)
    handlers: dict[int, set[str]] = {case.pk: set() for case in listed}
    rows = CaseHandler.objects.filter(case__in=handlers).order_by()
    for case_id, code in rows.values_list("case_id", "person__code"):
        handlers[case_id].add(code)
    by_firm: dict[int, set[str]] = {}
    for expert in experts:
        by_firm.setdefault(expert.person.firm_id, set()).add(expert.person.code)
    return {
        case.pk: handlers[case.pk]
        | by_firm.get(case.firm_id, set())
        | {row[0] for row in conflicts if reaches(row, case, handlers[case.pk])}
        for case in listed
    }


def reaches(row: tuple[str, ...], case: Case, handlers: set[str]) -> bool:
    """Whether a relation (person, scope, value, reason) is one to this case."""
    _, scope, value, _ = row
    if scope == "org":
        return value == case.firm.code
    return value in handlers if scope == "handler" else value == case.number


def seats_now(hall: Hall, pair: Seats, *, group: str, barred: set[str]) -> Seats | None:
    """The two of a matched case of this panel after every withdrawal so far."""
    panel = hall.panel(group)
    return seats_after(
        pair,
        panel=panel,
        alternates=hall.alternates(panel.category),
        gone=hall.gone,
        barred=barred,
        may_lead=hall.may_lead,
    )


def takers(hall: Hall, *, group: str, barred: set[str], taken: set[str]) -> list[str]:
    """Who may take over an open sheet of this panel, in turn."""
    panel = hall.panel(group)
    return next_clean(
        panel,
        alternates=hall.alternates(panel.category),
        gone=hall.gone,
        barred=barred,
        taken=taken,
    )


def open_sheets(plan: Plan, expert: Expert) -> list[ScoreSheet]:
    """The expert's first-round sheets that are neither sealed nor withdrawn, in file order."""
    sheets = ScoreSheet.objects.standing().filter(
        expert=expert, round="first", sealed=False,
        drawn_case__in=DrawnCase.objects.of(plan),
    )  # fmt: skip
    return list(sheets.select_related("drawn_case__case__firm").order_by("position"))


def sheets_by_case(sheets: Iterable[ScoreSheet]) -> dict[int, list[ScoreSheet]]:
    """Every first-round sheet of the cases of these sheets, withdrawn ones too. One query."""
    found: dict[int, list[ScoreSheet]] = {}
    cases = {sheet.drawn_case_id for sheet in sheets}
    rows = ScoreSheet.objects.filter(drawn_case__in=cases, round="first")
    for row in rows.select_related("expert__person").order_by("pk"):
        found.setdefault(row.drawn_case_id, []).append(row)
    return found


def groups_of_cases(plan: Plan, drawn: Iterable[DrawnCase]) -> dict[int, str]:
    """The panel of each drawn case as matched, the latest assignment where there are several."""
    rows = Assignment.objects.filter(
        drawn_case__in=list(drawn), draw__plan=plan, draw__voided_at__isnull=True
    ).order_by("pk")
    return dict(rows.values_list("drawn_case_id", "panel__code"))
