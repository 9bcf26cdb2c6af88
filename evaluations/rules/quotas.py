"""Seats per stratum: largest remainder, random systematic rounding, at least one (2.4).

Integers only. With largest remainder the quotas are known and printed before the seed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from evaluations.rules.errors import RuleError
from evaluations.rules.tickets import Purpose, Urn


def quotas_lr(sizes: Mapping[str, int], n: int) -> dict[str, int]:
    """Largest remainder: floor, then one seat each by remainder, size, key."""
    total = sum(sizes.values())
    if not total:
        return dict.fromkeys(sizes, 0)
    quotas = {key: n * size // total for key, size in sizes.items()}
    order = sorted(sizes, key=lambda key: (-(n * sizes[key] % total), -sizes[key], key))
    for key in order[: n - sum(quotas.values())]:
        quotas[key] += 1
    return quotas


def quotas_min1(sizes: Mapping[str, int], n: int) -> dict[str, int]:
    """Largest remainder where each stratum expecting less than one gets one; repeated."""
    if len(sizes) > n:
        raise RuleError(f"共有{len(sizes)}层，只抽{n}件，不能每层至少一件。请减少分层或增加件数。")
    rest, seats = dict(sizes), n
    single: dict[str, int] = {}
    while True:
        total = sum(rest.values())
        small = [key for key, size in rest.items() if seats * size < total]
        if not small:
            return single | quotas_lr(rest, seats)
        for key in small:
            single[key] = 1
            del rest[key]
        seats -= len(small)


def quotas_sys(sizes: Mapping[str, int], n: int, *, urn: Urn) -> dict[str, int]:
    """Random systematic rounding: every stratum expects exactly n·N_h/N, less than one off."""
    total = sum(sizes.values())
    quotas = {key: n * size // total for key, size in sizes.items()}
    point = int(urn.ticket(Purpose.START, "-"), 16) % total
    walked = 0
    for key in urn.ordered(Purpose.STRATUM, sizes):
        walked += n * sizes[key] % total
        if point < walked:
            quotas[key] += 1
            point += total
    return quotas


@dataclass(frozen=True, slots=True)
class SeatPreview:
    """What a stratum may expect before the seed: `least` seats for certain, `most` at best."""

    key: str
    size: int
    expected: Fraction
    least: int
    most: int


def preview_lr(sizes: Mapping[str, int], n: int) -> list[SeatPreview]:
    """The seats of largest remainder, which the seed cannot change."""
    total = sum(sizes.values())
    return [
        SeatPreview(key, sizes[key], Fraction(n * sizes[key], total), quota, quota)
        for key, quota in quotas_lr(sizes, n).items()
    ]


def preview_sys(sizes: Mapping[str, int], n: int) -> list[SeatPreview]:
    """The guaranteed seats of random systematic rounding; by lot one more where some is left."""
    total = sum(sizes.values())
    return [
        SeatPreview(key, size, Fraction(n * size, total), n * size // total, -(-n * size // total))
        for key, size in sizes.items()
    ]
