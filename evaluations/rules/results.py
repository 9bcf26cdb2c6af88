"""Result texts (2.7): what is hashed, shown on screen before the first name, and kept for ever."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from evaluations.rules.canonical import text_hash
from evaluations.rules.freeze import Freeze
from evaluations.rules.freeze_experts import ExpertsFreeze
from evaluations.rules.freeze_sample import SampleFreeze
from evaluations.rules.matching import MatchResult, draw_match
from evaluations.rules.panels import ExpertsResult, draw_experts
from evaluations.rules.sampling import Ranking, SampleResult, draw_sample
from evaluations.rules.tickets import SPEC

Result = SampleResult | ExpertsResult | MatchResult


def draw(frozen: Freeze, *, seed: str) -> Result:
    """Run the draw of any kind. Raises `RuleError`."""
    if isinstance(frozen, SampleFreeze):
        return draw_sample(frozen, seed=seed)
    if isinstance(frozen, ExpertsFreeze):
        return draw_experts(frozen, seed=seed)
    return draw_match(frozen, seed=seed)


def result_text(frozen: Freeze, *, seed: str, result: Result) -> str:
    """Return the text of a result, byte for byte the same on every machine."""
    pieces = [
        f"{SPEC}\n",
        f"result={frozen.kind}\n",
        f"draw={frozen.head.draw}\n",
        f"freeze={frozen.freeze_hash}\n",
        f"seed={seed}\n",
    ]
    for name, rows in sections(result).items():
        pieces.append(f"[{name}]\n")
        pieces += rows
    return "".join(pieces)


def result_hash(frozen: Freeze, text: str) -> str:
    """Return the fingerprint of a result text."""
    return text_hash(frozen.head, text)


def sections(result: Result) -> dict[str, list[str]]:
    """Return every section of a result in pieces; the last of each row ends it."""
    if isinstance(result, SampleResult):
        tails = ranking_tails(result.sample)
        return {
            "strata": tabbed(result.strata),
            "sample": ranking_rows(result.sample.order, tails),
            "reserve": ranking_rows(result.reserve.order, tails),
        }
    if isinstance(result, ExpertsResult):
        alternates = [(e.category, f"{e.rank:03d}", *e[2:]) for e in result.alternates]
        return {
            "drawn": tabbed(result.drawn),
            "alternates": tabbed(alternates),
            "groups": tabbed(result.groups),
            "flags": tabbed(result.flags),
        }
    limits = [(*row[:-1], int(row.relaxed)) for row in result.limits]
    return {
        "limits": tabbed(limits),
        "load": tabbed(result.load),
        "assign": tabbed(result.assigned),
    }


def tabbed(rows: Iterable[Sequence[object]]) -> list[str]:
    """Return rows with their cells joined by tabs."""
    return ["\t".join(map(str, row)) + "\n" for row in rows]


def ranking_tails(ranking: Ranking) -> list[str]:
    """Return for every case of the frame what its row says after the rank.

    Written in the order of the frame, where the columns lie side by side in memory: gathering
    three of them in ticket order, for millions of rows, waits for the memory at each.
    """
    columns = zip(ranking.numbers, ranking.keys, ranking.tickets, strict=True)
    return [f"\t{number}\t{key}\t{ticket}\n" for number, key, ticket in columns]


def ranking_rows(order: list[int], tails: list[str]) -> list[str]:
    """Return the rows of a sample or reserve: rank and tail in turn."""
    pieces = [""] * (2 * len(order))
    pieces[0::2] = map(str, range(1, len(order) + 1))
    pieces[1::2] = map(tails.__getitem__, order)
    return pieces
