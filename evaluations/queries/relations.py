"""Every relation that keeps an expert from cases: derived from the registers and recorded."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from cases.models import Case, CaseHandler
from evaluations.models import Plan
from evaluations.rules.relations import (
    FORMER_FIRM,
    SAME_FIRM,
    SAME_PERSON,
    CaseFacts,
    Tie,
    reaches,
)
from experts.models import Expert, FormerFirm, Recusal
from wanzhou_eval.models import User

DERIVED_LABELS = {SAME_PERSON: "本人承办", SAME_FIRM: "同一机构", FORMER_FIRM: "曾在该机构执业"}
REASON_LABELS = DERIVED_LABELS | {value: str(label) for value, label in Recusal.Reason.choices}


@dataclass(frozen=True)
class KnownTie:
    """A relation with its row: a recusal where somebody recorded it, a former firm from the pool.

    With neither it follows from the person and the firm themselves.
    """

    expert: Expert
    tie: Tie
    recusal: Recusal | None = None
    former: FormerFirm | None = None


def known_ties(plan: Plan, *, experts: Collection[int] | None = None) -> list[KnownTie]:
    """All relations in force, of the whole pool or of `experts` (by primary key). Four queries."""
    pool = Expert.objects.select_related("person__firm").order_by("pk")
    people = {one.pk: one for one in (pool if experts is None else pool.filter(pk__in=experts))}
    return [
        *(tie for expert in people.values() for tie in _own(expert)),
        *_former(people),
        *_recorded(plan, people),
    ]


def _own(expert: Expert) -> list[KnownTie]:
    person = expert.person
    return [
        KnownTie(expert, Tie(person.code, "handler", person.code, SAME_PERSON)),
        KnownTie(expert, Tie(person.code, "org", person.firm.code, SAME_FIRM)),
    ]


def _former(people: dict[int, Expert]) -> list[KnownTie]:
    rows = FormerFirm.objects.filter(expert__in=list(people)).select_related("firm").order_by("pk")
    return [
        KnownTie(
            people[row.expert_id],
            Tie(people[row.expert_id].person.code, "org", row.firm.code, FORMER_FIRM, row.left_on),
            former=row,
        )
        for row in rows
    ]


def _recorded(plan: Plan, people: dict[int, Expert]) -> list[KnownTie]:
    rows = list(
        Recusal.objects.live()
        .filter(expert__in=list(people), year=plan.year)
        .select_related("firm", "person__firm", "declared_by")
        .order_by("pk")
    )
    numbers = numbers_by_key(plan, {row.case_key for row in rows if row.case_key})
    return [
        KnownTie(people[row.expert_id], tie_of(row, people[row.expert_id], numbers), recusal=row)
        for row in rows
    ]


def numbers_by_key(plan: Plan, keys: Collection[str]) -> dict[str, str]:
    """Case numbers as the draw writes them, by the key of the register."""
    rows = Case.objects.filter(frame=plan.frame_id, key__in=keys).order_by()
    return dict(rows.values_list("key", "number"))


def tie_of(recusal: Recusal, expert: Expert, numbers: dict[str, str]) -> Tie:
    """A recorded relation as the rule reads it; a case that is not in the frame keeps its key."""
    code = expert.person.code
    if recusal.firm:
        return Tie(code, "org", recusal.firm.code, recusal.reason, recusal.left_on)
    if recusal.person:
        return Tie(code, "handler", recusal.person.code, recusal.reason)
    return Tie(code, "case", numbers.get(recusal.case_key, recusal.case_key), recusal.reason)


def case_facts(plan: Plan, numbers: Collection[str]) -> list[CaseFacts]:
    """What relations may reach of these cases, in file order. Two queries."""
    cases = Case.objects.filter(frame=plan.frame_id, number__in=numbers).order_by("serial")
    rows = list(cases.values_list("pk", "number", "firm__code", "closed_on"))
    people: dict[int, set[str]] = {}
    handlers = CaseHandler.objects.filter(case__in=[row[0] for row in rows]).order_by()
    for pk, code in handlers.values_list("case_id", "person__code"):
        people.setdefault(pk, set()).add(code)
    return [
        CaseFacts(number, firm, frozenset(people.get(pk, ())), closed_on)
        for pk, number, firm, closed_on in rows
    ]


def barred_from(ties: Iterable[KnownTie], case: CaseFacts) -> dict[Expert, str]:
    """Who may not evaluate a case, with the first reason."""
    found: dict[Expert, str] = {}
    for known in ties:
        if known.expert not in found and reaches(known.tie, case):
            found[known.expert] = known.tie.reason
    return found


def recorders_of(
    ties: Iterable[KnownTie], case: CaseFacts
) -> dict[Expert, tuple[User | None, ...]]:
    """Who recorded what keeps each expert from a case; None is the registers or the system."""
    found: dict[Expert, tuple[User | None, ...]] = {}
    for known in ties:
        if reaches(known.tie, case):
            who = known.recusal.declared_by if known.recusal else None
            found[known.expert] = (*found.get(known.expert, ()), who)
    return found


def case_recorders(plan: Plan, case: Case) -> dict[Expert, tuple[User | None, ...]]:
    """Experts of the whole pool who may not evaluate this case, each with who recorded why."""
    (facts,) = case_facts(plan, [case.number])
    return recorders_of(known_ties(plan), facts)


def case_relations(plan: Plan, case: Case) -> dict[Expert, str]:
    """Experts of the whole pool who may not evaluate this case, each with the reason."""
    (facts,) = case_facts(plan, [case.number])
    return barred_from(known_ties(plan), facts)
