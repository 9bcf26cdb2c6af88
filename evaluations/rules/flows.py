"""A feasible placing of cases in groups, kept feasible step by step (2.6).

"Can still be placed" is a yes/no question; the placing held here only answers it and never
enters a result. Cases and groups are indices; a set of groups is the bits of an integer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def bits(mask: int) -> Iterator[int]:
    """Yield the members of a set of groups, ascending."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


class Placing:
    """Cases in groups within [low, up] per group; every step keeps the cases placed.

    `counts[a][b]` counts the movable cases that sit in a and may go to b; `into[b]` is the set
    of those a. So a search looks at groups only, never at cases. `outside` is one more node: a
    group with room keeps a surplus (edge to outside), one above its low gives one away (from).
    """

    def __init__(self, allowed: Sequence[int], *, groups: int) -> None:
        self.allowed = allowed
        self.outside = groups
        self.at: dict[int, int] = {}
        self.inside: list[set[int]] = [set() for _ in range(groups)]
        self.counts = [[0] * groups for _ in range(groups)]
        self.into = [0] * groups
        self.load = [0] * groups
        self.low = [0] * groups
        self.up = [0] * groups

    def put(self, case: int, group: int) -> None:
        """Let a movable case sit in a group."""
        self.at[case] = group
        self.inside[group].add(case)
        self.load[group] += 1
        row = self.counts[group]
        for other in bits(self.allowed[case]):
            row[other] += 1
            self.into[other] |= 1 << group

    def lift(self, case: int) -> int:
        """Take a case out of its group and return the group."""
        group = self.at.pop(case)
        self.inside[group].discard(case)
        self.load[group] -= 1
        row = self.counts[group]
        for other in bits(self.allowed[case]):
            row[other] -= 1
            if not row[other]:
                self.into[other] &= ~(1 << group)
        return group

    def routes(self, target: int) -> dict[int, int]:
        """Return, for every node from which a surplus can be passed to `target`, the next node."""
        pairs = list(zip(self.low, self.load, self.up, strict=True))
        room = sum(1 << g for g, (_, load, up) in enumerate(pairs) if load < up)
        spare = sum(1 << g for g, (low, load, _) in enumerate(pairs) if load > low)
        step, seen, queue = {target: target}, 1 << target, [target]
        for node in queue:
            before = room if node == self.outside else self.into[node]
            if spare >> node & 1:
                before |= 1 << self.outside
            before &= ~seen
            seen |= before
            for other in bits(before):
                step[other] = node
                queue.append(other)
        return step

    def push(self, start: int, step: dict[int, int]) -> None:
        """Pass one surplus case along the route from `start` to where the route ends."""
        while step[start] != start:
            after = step[start]
            if self.outside not in (start, after):
                bit = 1 << after
                case = next(c for c in self.inside[start] if self.allowed[c] & bit)
                self.lift(case)
                self.put(case, after)
            start = after

    def add(self, case: int) -> bool:
        """Place one more case within `up`, moving others if needed; False if impossible."""
        groups = list(bits(self.allowed[case]))
        best = min(groups, key=self.load.__getitem__, default=-1)
        if best >= 0 and self.load[best] < self.up[best]:
            self.put(case, best)
            return True
        step = self.routes(self.outside)
        start = next((group for group in groups if group in step), None)
        if start is None:
            return False
        # The route is read before the case arrives, so push first: the case fills the gap.
        self.push(start, step)
        self.put(case, start)
        return True

    def raise_to(self, group: int, least: int) -> bool:
        """Bring the load of a group up to `least` from groups above their low."""
        while self.load[group] < least:
            step = self.routes(group)
            if self.outside not in step:
                return False
            self.push(self.outside, step)
        return True

    def settle(self, case: int, order: Sequence[int]) -> int:
        """Fix a case in the first group of `order` that keeps all others placed; return it."""
        home = self.at[case]
        step = {home: home} if order[0] == home else self.routes(home)
        group = next(group for group in order if group in step)
        self.lift(case)
        self.push(group, step)
        self.load[group] += 1
        return group
