"""抽样 (article 4) by LAQD/1 2.4: sample and reserve in ticket order, seat by seat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, overload

from evaluations.rules.errors import RuleError
from evaluations.rules.freeze_sample import Allocation, SampleFreeze
from evaluations.rules.quotas import quotas_lr, quotas_min1, quotas_sys
from evaluations.rules.seeds import check_seed
from evaluations.rules.tickets import Purpose, Urn


class Stratum(NamedTuple):
    """A stratum with its number of eligible cases and its seats."""

    key: str
    size: int
    quota: int


class Drawn(NamedTuple):
    """A case of the sample or the reserve; ranks count from 1 in ticket order."""

    rank: int
    case_no: str
    stratum: str
    ticket: str


@dataclass(frozen=True, slots=True)
class Ranking(Sequence[Drawn]):
    """Cases in ticket order: places in the columns of a frame, which may hold two million."""

    order: list[int]
    numbers: Sequence[str]
    keys: Sequence[str]
    tickets: Sequence[str]

    @property
    def case_nos(self) -> list[str]:
        """The case numbers in ticket order."""
        return [self.numbers[place] for place in self.order]

    def __len__(self) -> int:
        return len(self.order)

    @overload
    def __getitem__(self, index: int) -> Drawn: ...
    @overload
    def __getitem__(self, index: slice) -> list[Drawn]: ...
    def __getitem__(self, index: int | slice) -> Drawn | list[Drawn]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        rank = range(1, len(self) + 1)[index]
        place = self.order[index]
        return Drawn(rank, self.numbers[place], self.keys[place], self.tickets[place])

    def __iter__(self) -> Iterator[Drawn]:
        for rank, place in enumerate(self.order, 1):
            yield Drawn(rank, self.numbers[place], self.keys[place], self.tickets[place])


@dataclass(frozen=True, slots=True)
class SampleResult:
    """The outcome of a draw of kind `sample`; strata in byte order of their keys."""

    strata: tuple[Stratum, ...]
    sample: Ranking
    reserve: Ranking


def announced_quotas(frozen: SampleFreeze) -> tuple[Stratum, ...]:
    """Return the seats that can be printed before the seed; with SYS the guaranteed seats.

    Raises `RuleError` when `min1` asks for more strata than seats.
    """
    sizes = stratum_sizes(frozen.eligible[1])
    total, n = sum(sizes.values()), frozen.terms.n
    if frozen.terms.alloc is Allocation.SYS:
        quotas = {key: n * size // total for key, size in sizes.items()}
    else:
        quotas = (quotas_min1 if frozen.terms.min1 else quotas_lr)(sizes, n)
    return tuple(Stratum(key, size, quotas[key]) for key, size in sizes.items())


def stratum_sizes(keys: Sequence[str]) -> dict[str, int]:
    """Return how many eligible cases each stratum has, in byte order of the keys."""
    return dict(sorted(Counter(keys).items()))


def draw_sample(frozen: SampleFreeze, *, seed: str) -> SampleResult:
    """Draw the sample. A pure function of list and seed; raises `RuleError` for a bad seed."""
    check_seed(seed, head=frozen.head)
    urn = Urn(frozen.head.hash, frozen.head.draw, seed)
    numbers, keys = frozen.eligible
    tickets = urn.tickets(Purpose.CASE, numbers)
    order = sorted(range(len(numbers)), key=tickets.__getitem__)
    strata = announced_quotas(frozen)
    if frozen.terms.alloc is Allocation.SYS:
        sizes = {stratum.key: stratum.size for stratum in strata}
        quotas = quotas_sys(sizes, frozen.terms.n, urn=urn)
        strata = tuple(Stratum(key, size, quotas[key]) for key, size in sizes.items())
    chosen, rest = walk(order, keys, strata)

    columns = (numbers, keys, tickets)
    return SampleResult(strata, Ranking(chosen, *columns), Ranking(rest, *columns))


def walk(
    order: list[int], keys: list[str], strata: Sequence[Stratum]
) -> tuple[list[int], list[int]]:
    """Split indices in ticket order into sample and reserve: sampled while the quota lasts."""
    left = {stratum.key: stratum.quota for stratum in strata}
    seats = sum(left.values())
    chosen: list[int] = []
    rest: list[int] = []
    for position, index in enumerate(order):
        if not seats:
            return chosen, rest + order[position:]
        if left[keys[index]]:
            left[keys[index]] -= 1
            seats -= 1
            chosen.append(index)
        else:
            rest.append(index)
    return chosen, rest


def next_reserve(result: SampleResult, *, missing: str, used: Collection[str] = ()) -> Drawn:
    """Return the replacement of a case: the next unused reserve of the same stratum (2.4).

    `used` are the reserves that already replaced a case. Raises `RuleError` when the case was
    not drawn or the stratum has no reserve left.
    """
    both = (*result.sample, *(drawn for drawn in result.reserve if drawn.case_no in used))
    stratum = next((drawn.stratum for drawn in both if drawn.case_no == missing), None)
    if stratum is None:
        raise RuleError(f"案件“{missing}”不在抽中名单里，没有什么可以递补。请核对案号。")
    for drawn in result.reserve:
        if drawn.stratum == stratum and drawn.case_no not in used:
            return drawn
    raise RuleError(f"“{missing}”所在的层“{stratum}”已没有候补案件。请记录缺卷，评估件数减少一件。")


def replacements(result: SampleResult, *, missing: Sequence[str]) -> tuple[Drawn, ...]:
    """Return the replacements of several cases one after the other.

    A case named twice means that the case which took its place is missing too.
    """
    found: list[Drawn] = []
    for case_no in missing:
        used = {drawn.case_no for drawn in found}
        found.append(next_reserve(result, missing=case_no, used=used))
    return tuple(found)


def standing_cases(result: SampleResult, *, replaced: Sequence[tuple[str, str]]) -> list[str]:
    """Return the cases that are evaluated after the replacements (missing, new), in draw order."""
    places = {drawn.case_no: drawn.case_no for drawn in result.sample}
    holders = {case_no: case_no for case_no in places}
    for missing, new in replaced:
        place = holders.get(missing, missing)
        places[place] = new
        holders[new] = place
    return list(places.values())
