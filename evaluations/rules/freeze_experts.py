"""封存名单, kind `experts`: the pool of the year, and how many seats each category has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from evaluations.rules.canonical import (
    Document,
    Head,
    Section,
    bad_line,
    head_headers,
    put_together,
    read_head,
    take_apart,
    text_hash,
)
from evaluations.rules.characters import CODE
from evaluations.rules.freeze_sample import STATUS

KEYS = ("kind", "draw", "hash", "prev", "commit", "slots", "pair_distinct_org")
SPECIALTIES = ("criminal", "civil", "criminal,civil")
SLOT = re.compile(r"(criminal|civil):([1-9][0-9]{0,2})")


class Category(StrEnum):
    """Which cases a group takes: criminal, or civil and administrative (article 5)."""

    CRIMINAL = "criminal"
    CIVIL = "civil"


@dataclass(frozen=True, slots=True)
class Slot:
    """Seats of one category; two make a group."""

    category: Category
    seats: int

    @property
    def groups(self) -> int:
        """Number of groups, and of leaders."""
        return self.seats // 2


@dataclass(frozen=True, slots=True)
class PoolMember:
    """One row of the pool; `specialties` is one of `SPECIALTIES`, `status` `in` or `ex:code`."""

    person: str
    org: str
    specialties: str
    may_lead: bool
    status: str = "in"

    def serves(self, category: Category) -> bool:
        """Whether the person may be drawn for a category."""
        return self.status == "in" and category.value in self.specialties.split(",")


@dataclass(frozen=True)
class ExpertsFreeze:
    """A checked freeze file of kind `experts`."""

    text: str
    head: Head
    slots: tuple[Slot, ...]
    pair_distinct_org: bool
    pool: tuple[PoolMember, ...]

    @property
    def kind(self) -> str:
        """`experts`."""
        return "experts"

    @cached_property
    def freeze_hash(self) -> str:
        """The fingerprint that is printed on sheet A."""
        return text_hash(self.head, self.text)

    @cached_property
    def people(self) -> dict[str, PoolMember]:
        """The pool by person."""
        return {member.person: member for member in self.pool}


def build_experts(
    head: Head,
    *,
    slots: Sequence[Slot],
    pool: Iterable[PoolMember],
    pair_distinct_org: bool = True,
) -> ExpertsFreeze:
    """Write and check the freeze file of a pool. Raises `RuleError` naming the line."""
    headers = head_headers("experts", head) | {
        "slots": ",".join(f"{slot.category}:{slot.seats}" for slot in slots),
        "pair_distinct_org": str(int(pair_distinct_org)),
    }
    rows = [
        "\t".join((m.person, m.org, m.specialties, str(int(m.may_lead)), m.status)) for m in pool
    ]
    return parse_experts(put_together(headers, {"pool": rows}))


def parse_experts(text: str) -> ExpertsFreeze:
    """Read a freeze file of kind `experts`. Raises `RuleError` naming the line."""
    document = take_apart(text, keys=KEYS, names=("pool",))
    head = read_head(document)
    if document.headers["pair_distinct_org"] not in ("0", "1"):
        raise bad_line(document.line_of("pair_distinct_org"), "应为0或1")
    distinct = document.headers["pair_distinct_org"] == "1"
    pool = read_pool(document.sections["pool"])
    return ExpertsFreeze(text, head, read_slots(document), distinct, pool)


def read_slots(document: Document) -> tuple[Slot, ...]:
    """Return the slots; every category once, an even number of seats."""
    number, slots = document.line_of("slots"), []
    for part in document.headers["slots"].split(","):
        found = SLOT.fullmatch(part)
        if not found or int(found[2]) % 2:
            raise bad_line(number, f"席位“{part}”应写成“criminal:2”，人数为双数（每组2人）")
        slots.append(Slot(Category(found[1]), int(found[2])))
    if len({slot.category for slot in slots}) != len(slots):
        raise bad_line(number, "同一类别写了两次")
    return tuple(slots)


def read_pool(section: Section) -> tuple[PoolMember, ...]:
    """Return the pool; every person once."""
    pool: dict[str, PoolMember] = {}
    for number, (person, org, specialties, may_lead, status) in section.cells(5):
        for name, value in (("专家代码", person), ("机构代码", org)):
            if not CODE.fullmatch(value):
                raise bad_line(number, f"{name}“{value}”不合规定")
        if specialties not in SPECIALTIES:
            raise bad_line(number, f"专业“{specialties}”只能是criminal、civil或criminal,civil")
        if may_lead not in ("0", "1") or not STATUS.fullmatch(status):
            raise bad_line(number, "能否任组长应为0或1，状态应为in或ex:原因代码")
        if person in pool:
            raise bad_line(number, f"专家“{person}”重复")
        pool[person] = PoolMember(person, org, specialties, may_lead == "1", status)
    return tuple(pool.values())
