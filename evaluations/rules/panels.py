"""抽选专家 and 组成小组 (article 5) by LAQD/1 2.5: experts, leaders, pairs, alternates."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import NamedTuple

from evaluations.rules.errors import RuleError
from evaluations.rules.freeze_experts import Category, ExpertsFreeze, PoolMember, Slot
from evaluations.rules.pairing import pair_members
from evaluations.rules.seeds import check_seed
from evaluations.rules.tickets import Purpose, Urn

LABELS = {Category.CRIMINAL: "刑事", Category.CIVIL: "民事行政"}


class DrawnExpert(NamedTuple):
    """An expert drawn, or an alternate, with the rank in the category."""

    category: Category
    rank: int
    person: str
    ticket: str


class Group(NamedTuple):
    """评估小组: two experts, one of them the leader."""

    code: str
    category: Category
    leader: str
    member: str


class FlagKind(StrEnum):
    """What had to give way, on record in the result."""

    SKIPPED = "skipped"
    PAIR_RELAXED = "pair_relaxed"


class Flag(NamedTuple):
    """A person passed over for the leader quota, or a group of one firm."""

    kind: FlagKind
    category: Category
    subject: str


@dataclass(frozen=True, slots=True)
class ExpertsResult:
    """The outcome of a draw of kind `experts`."""

    drawn: tuple[DrawnExpert, ...]
    alternates: tuple[DrawnExpert, ...]
    groups: tuple[Group, ...]
    flags: tuple[Flag, ...]


class Seat(NamedTuple):
    """A kind of seat still to fill; a leader seat takes only persons who may lead."""

    category: Category
    leads: bool


def fits(member: PoolMember, seat: Seat) -> bool:
    """Whether a person may take a seat."""
    return member.serves(seat.category) and (member.may_lead or not seat.leads)


def shortage(needs: dict[Seat, int], people: Sequence[PoolMember]) -> list[Seat]:
    """Return the first kinds of seat that cannot all be filled from `people`, else nothing.

    Hall's condition: every set of seats needs as many persons who fit one of them.
    """
    seats = [seat for seat, need in needs.items() if need > 0]
    for chosen in sorted(product((True, False), repeat=len(seats)), key=sum):
        wanted = [seat for seat, taken in zip(seats, chosen, strict=True) if taken]
        able = sum(any(fits(member, seat) for seat in wanted) for member in people)
        if able < sum(needs[seat] for seat in wanted):
            return wanted
    return []


def needs_of(slots: Sequence[Slot], taken: dict[Category, list[PoolMember]]) -> dict[Seat, int]:
    """Return the seats still open; leaders already drawn fill leader seats first."""
    needs: dict[Seat, int] = {}
    for slot in slots:
        drawn = taken.get(slot.category, [])
        leaders = min(slot.groups, sum(member.may_lead for member in drawn))
        others = len(drawn) - leaders
        needs[Seat(slot.category, leads=True)] = slot.groups - leaders
        needs[Seat(slot.category, leads=False)] = slot.seats - slot.groups - others
    return needs


def fillable(
    frozen: ExpertsFreeze, taken: dict[Category, list[PoolMember]], free: Sequence[PoolMember]
) -> bool:
    """Whether every open seat, one leader per group included, can still be filled."""
    needs = needs_of(frozen.slots, taken)
    return min(needs.values()) >= 0 and not shortage(needs, free)


def check_pool(frozen: ExpertsFreeze) -> None:
    """Refuse, before any seed, a pool that cannot fill the slots; names what is missing."""
    needs = needs_of(frozen.slots, {})
    short = shortage(needs, frozen.pool)
    if not short:
        return
    able = sum(any(fits(member, seat) for seat in short) for member in frozen.pool)
    names = "、".join(LABELS[seat.category] + ("组长" if seat.leads else "专家") for seat in short)
    needed = sum(needs[seat] for seat in short)
    raise RuleError(
        f"专家库不够：{names}席位共需{needed}人，符合条件的只有{able}人，缺{needed - able}人。"
        "请补充专家、认定组长资格或减少小组后重新封存。"
    )


def draw_category(
    frozen: ExpertsFreeze, slot: Slot, *, urn: Urn, taken: dict[Category, list[PoolMember]]
) -> tuple[list[str], list[str], list[str]]:
    """Return persons drawn, the rest and those passed over, each in ticket order."""
    gone = {member.person for members in taken.values() for member in members}
    able = [m.person for m in frozen.pool if m.serves(slot.category) and m.person not in gone]
    order = urn.ordered(Purpose.EXPERT, able, prefix=f"{slot.category}|")
    free = [member for member in frozen.pool if member.person not in gone]
    drawn, rest, skipped = taken.setdefault(slot.category, []), [], []
    for person in order:
        member = frozen.people[person]
        others = [one for one in free if one is not member]
        if len(drawn) == slot.seats:
            rest.append(person)
        elif fillable(frozen, taken | {slot.category: [*drawn, member]}, others):
            drawn.append(member)
            free = others
        else:
            rest.append(person)
            skipped.append(person)
    return [member.person for member in drawn], rest, skipped


def draw_experts(frozen: ExpertsFreeze, *, seed: str) -> ExpertsResult:
    """Draw experts and form groups. Pure; raises `RuleError` for a bad seed or a short pool."""
    check_seed(seed, head=frozen.head)
    check_pool(frozen)
    urn = Urn(frozen.head.hash, frozen.head.draw, seed)
    taken: dict[Category, list[PoolMember]] = {}
    drawn: list[DrawnExpert] = []
    alternates: list[DrawnExpert] = []
    flags: list[Flag] = []
    rests: dict[Category, list[str]] = {}
    for slot in frozen.slots:
        people, rests[slot.category], skipped = draw_category(frozen, slot, urn=urn, taken=taken)
        drawn += ranked(urn, slot.category, people)
        flags += [Flag(FlagKind.SKIPPED, slot.category, person) for person in skipped]
    gone = {expert.person for expert in drawn}
    for category, rest in rests.items():
        alternates += ranked(urn, category, [person for person in rest if person not in gone])
    groups: list[Group] = []
    for slot in frozen.slots:
        formed, relaxed = form_groups(frozen, slot, urn=urn, people=taken[slot.category])
        groups += formed
        flags += [Flag(FlagKind.PAIR_RELAXED, slot.category, code) for code in relaxed]
    return ExpertsResult(tuple(drawn), tuple(alternates), tuple(groups), tuple(flags))


def ranked(urn: Urn, category: Category, people: Sequence[str]) -> list[DrawnExpert]:
    """Return persons in their order with rank and ticket."""
    tickets = urn.tickets(Purpose.EXPERT, [f"{category}|{person}" for person in people])
    return [
        DrawnExpert(category, rank, person, ticket)
        for rank, (person, ticket) in enumerate(zip(people, tickets, strict=True), 1)
    ]


def form_groups(
    frozen: ExpertsFreeze, slot: Slot, *, urn: Urn, people: Sequence[PoolMember]
) -> tuple[list[Group], list[str]]:
    """Return the groups of a category and the codes of those of one firm."""
    able = [member.person for member in people if member.may_lead]
    leaders = urn.ordered(Purpose.LEADER, able)[: slot.groups]
    others = [member.person for member in people if member.person not in leaders]
    members = urn.ordered(Purpose.MEMBER, others)
    orgs = {member.person: member.org for member in people}
    distinct = frozen.pair_distinct_org
    partners = pair_members(
        [orgs[person] for person in leaders],
        member_orgs=[orgs[person] for person in members],
        distinct=distinct,
    )
    groups = [
        Group(f"{slot.category}-{i + 1}", slot.category, leader, members[partners[i]])
        for i, leader in enumerate(leaders)
    ]
    same = [g.code for g in groups if distinct and orgs[g.leader] == orgs[g.member]]
    return groups, same


def replace_expert(
    frozen: ExpertsFreeze,
    result: ExpertsResult,
    *,
    withdrawn: str,
    groups: Sequence[Group] | None = None,
    used: Collection[str] = (),
) -> Group:
    """Return the group after a withdrawal; `groups` and `used` are the state so far (2.5).

    The first unused alternate that leaves a qualified leader, preferably of another firm; a
    remaining qualified member leads. Raises `RuleError` when no alternate fits.
    """
    current = result.groups if groups is None else groups
    group = next((g for g in current if withdrawn in (g.leader, g.member)), None)
    if group is None:
        raise RuleError(f"专家“{withdrawn}”不在任何评估小组里，不需要递补。请核对代码。")
    stays = frozen.people[group.member if withdrawn == group.leader else group.leader]
    seated = {person for g in current for person in (g.leader, g.member)} | {*used, withdrawn}
    new = first_alternate(frozen, result, group=group, stays=stays, seated=seated)
    leader, member = (stays, new) if stays.may_lead else (new, stays)
    return Group(group.code, group.category, leader.person, member.person)


def first_alternate(
    frozen: ExpertsFreeze,
    result: ExpertsResult,
    *,
    group: Group,
    stays: PoolMember,
    seated: Collection[str],
) -> PoolMember:
    """Return the alternate in turn for a group. Raises `RuleError` when none fits."""
    free = [
        frozen.people[alternate.person]
        for alternate in result.alternates
        if alternate.category is group.category and alternate.person not in seated
    ]
    fit = [member for member in free if stays.may_lead or member.may_lead]
    if not fit:
        raise RuleError(f"“{group.code}”组没有可用的候补专家（须有一人能任组长）。请重新抽选专家。")
    others = [member for member in fit if member.org != stays.org]
    return (others or fit)[0] if frozen.pair_distinct_org else fit[0]
