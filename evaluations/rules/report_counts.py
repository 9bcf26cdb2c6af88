"""The figures of a report as they are read from the database and frozen: nothing derived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class PairCount:
    """One pair of experts of a panel: their sheets beside each other, before any discussion.

    `by_place` counts the grades in force; `total` and `squares` are sums over leader minus
    member, in millionths of a mark. The last four count the leader's rulings and which way.
    """

    panel: str
    leader: str
    member: str
    by_place: list[int]
    compared: int
    exact: int
    total: int
    squares: int
    ruled: int
    own: int
    other: int
    higher: int
    lower: int


@dataclass(frozen=True, kw_only=True)
class ItemCount:
    """One item of the standard over all first sheets."""

    scope: str
    number: str
    title: str
    full: str
    scored: int
    lost: str
    skipped: int
    vetoed: int
    levels: tuple[int, ...] = ()
    """How often 3, 2 and 1 were given, where items take levels."""


@dataclass(frozen=True, kw_only=True)
class Counts:
    """The figures of a year; grades stand as their place, 1 is the best."""

    grades: list[str]
    failing_places: list[int]
    population: dict[str, int]
    kinds: list[tuple[str, int, int]]
    outcomes: list[tuple[str, int]]
    firms: list[tuple[str, int, int]]
    regular: list[tuple[str, int, int]]
    pairs: list[PairCount]
    items: list[ItemCount]

    @property
    def by_level(self) -> bool:
        """Whether the items took levels."""
        return any(item.levels for item in self.items)

    def as_json(self) -> dict[str, Any]:
        """Plain values for the record; levels stand in it only where there are any."""
        told = asdict(self)
        for item in told["items"]:
            item["levels"] = list(item["levels"])
            if not item["levels"]:
                del item["levels"]
        return told

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Counts:
        """The same figures from the record."""
        plain = dict(kept)
        for name in ("kinds", "outcomes", "firms", "regular"):
            plain[name] = [tuple(row) for row in plain[name]]
        plain["pairs"] = [PairCount(**row) for row in plain["pairs"]]
        plain["items"] = [
            ItemCount(**row | {"levels": tuple(row.get("levels", ()))}) for row in plain["items"]
        ]
        return cls(**plain)
