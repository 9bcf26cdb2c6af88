"""匹配可行性, before the seed: limits per category, cases that need an alternate, blocked ones."""

from dataclasses import dataclass

from evaluations.models import DrawKind, DrawnCase, Plan
from evaluations.queries.draws_calls import panel_name, person_names
from evaluations.queries.draws_lists import live_draw
from evaluations.queries.relations import REASON_LABELS, barred_from, case_facts, known_ties
from evaluations.rules.feasibility import BlockedCase, Feasibility, StandInCase, examine
from evaluations.rules.freeze_match import MatchFreeze
from evaluations.rules.panels import LABELS


@dataclass(frozen=True)
class LimitRow:
    """How many cases each panel of a category gets."""

    label: str
    cases: int
    groups: int
    low: int
    up: int
    relaxed: bool

    @property
    def each(self) -> str:
        """Cases per panel in words."""
        return f"{self.low} 件" if self.low == self.up else f"{self.low} 至 {self.up} 件"


@dataclass(frozen=True)
class BlockedRow:
    """A case that nobody may evaluate, with the experts in the way and what lacks."""

    serial: int
    number: str
    people: list[tuple[str, str]]
    lacks: str


@dataclass(frozen=True)
class StandInRow:
    """A case that a pre-drawn alternate will evaluate, whatever the seed says."""

    serial: int
    number: str
    changes: list[str]


@dataclass(frozen=True)
class MatchFeasibility:
    """What the system proved before the seed; `experts` is the draw whose alternates are used."""

    limits: list[LimitRow]
    blocked: list[BlockedRow]
    stand_ins: list[StandInRow]
    experts: str

    @property
    def relaxed(self) -> bool:
        """Whether some category can not be balanced to one case."""
        return any(row.relaxed for row in self.limits)


def match_feasibility(plan: Plan, frozen: MatchFreeze) -> MatchFeasibility:
    """The proof for the list as it stands now, with names. A fixed number of queries."""
    found = examine(frozen)
    rows = DrawnCase.objects.of(plan).order_by().values_list("case__number", "case__serial")
    serials = dict(rows)
    names = person_names({row.person for row in frozen.people})
    draw = live_draw(plan, DrawKind.EXPERTS)
    return MatchFeasibility(
        limits=[
            LimitRow(LABELS[one.category], *one[1:5], relaxed=one.relaxed) for one in found.limits
        ],
        blocked=_blocked(plan, found, serials=serials, names=names),
        stand_ins=sorted(
            (_stand_in(one, serials=serials, names=names) for one in found.stand_ins),
            key=lambda row: row.serial,
        ),
        experts=draw.code if draw else "",
    )


def _blocked(
    plan: Plan, found: Feasibility, *, serials: dict[str, int], names: dict[str, str]
) -> list[BlockedRow]:
    if not found.blocked:
        return []
    ties = known_ties(plan)
    facts = {one.case_no: one for one in case_facts(plan, [b.case.case_no for b in found.blocked])}
    rows = []
    for one in found.blocked:
        barred = barred_from(ties, facts[one.case.case_no])
        reasons = {expert.person.code: REASON_LABELS[why] for expert, why in barred.items()}
        people = [(names[code], reasons.get(code, "")) for code in one.people]
        number = one.case.case_no
        rows.append(BlockedRow(serials[number], number, people, lacks_of(one)))
    return rows


def lacks_of(one: BlockedCase) -> str:
    """What is missing, in words."""
    label = LABELS[one.case.category]
    if not one.groups:
        return f"没有{label}小组"
    return f"缺 {one.missing} 名没有回避关系的{label}候补专家"


def _stand_in(one: StandInCase, *, serials: dict[str, int], names: dict[str, str]) -> StandInRow:
    number = one.case.case_no
    return StandInRow(
        serials[number],
        number,
        [f"{panel_name(s.group)}：{change_in_words(s.note, names)}" for s in one.seatings],
    )


def change_in_words(note: str, names: dict[str, str]) -> str:
    """A note of the matching, `old>new` by commas, with names."""
    pairs = [pair.split(">") for pair in note.split(",")]
    return "，".join(f"{names[old]}回避，由候补{names[new]}代替" for old, new in pairs)
