"""签号 of LAQD/1 (2.3): HASH("LAQD/1|purpose|draw|seed|item"), compared as lower-case hex."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from evaluations.rules.hashing import HashName, hash_many, hasher

SPEC = "LAQD/1"


class Purpose(StrEnum):
    """What a ticket is for; part of the hashed line, so that no two uses share tickets."""

    CASE = "case"
    STRATUM = "stratum"
    START = "start"
    EXPERT = "expert"
    LEADER = "leader"
    MEMBER = "member"
    MATCH_EXTRA = "match-extra"
    MATCH_CASE = "match-case"
    MATCH_EDGE = "match-edge"
    REPLACE = "replace"
    COMMIT = "commit"
    READBACK = "readback"


def ticket_line(purpose: Purpose, *, draw: str, seed: str, item: str) -> str:
    """Return the readable line that is hashed; anybody can feed it to `sha256sum`."""
    return "|".join((SPEC, purpose, draw, seed, item))


@dataclass(frozen=True, slots=True)
class Urn:
    """All tickets of one draw: hash, draw code and seed are fixed."""

    hash: HashName
    draw: str
    seed: str

    def ticket(self, purpose: Purpose, item: str) -> str:
        """Return the ticket of one item; parts of a compound item are joined with `|`."""
        line = ticket_line(purpose, draw=self.draw, seed=self.seed, item=item)
        return hasher(self.hash)(line.encode())

    def tickets(self, purpose: Purpose, items: Sequence[str]) -> list[str]:
        """Return the tickets of many items (none holds a line feed), in their order."""
        if not items:
            return []
        prefix = ticket_line(purpose, draw=self.draw, seed=self.seed, item="").encode()
        return hash_many(self.hash, prefix, "\n".join(items).encode().split(b"\n"))

    def ordered(self, purpose: Purpose, items: Iterable[str], *, prefix: str = "") -> list[str]:
        """Return the items in ticket order; the hashed item is `prefix` + item."""
        return sorted(items, key=lambda item: self.ticket(purpose, prefix + item))
