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
    lines = [
        SPEC,
        f"result={frozen.kind}",
        f"draw={frozen.head.draw}",
        f"freeze={frozen.freeze_hash}",
        f"seed={seed}",
    ]
    for name, rows in sections(result).items():
        lines.append(f"[{name}]")
        lines += rows
    lines.append("")
    return "\n".join(lines)


def result_hash(frozen: Freeze, text: str) -> str:
    """Return the fingerprint of a result text."""
    return text_hash(frozen.head, text)


def sections(result: Result) -> dict[str, list[str]]:
    """Return the rows of every section of a result."""
    if isinstance(result, SampleResult):
        return {
            "strata": tabbed(result.strata),
            "sample": ranking_rows(result.sample),
            "reserve": ranking_rows(result.reserve),
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
    return ["\t".join(map(str, row)) for row in rows]


def ranking_rows(ranking: Ranking) -> list[str]:
    """Return the rows of a sample or reserve; the one place where millions of rows are written."""
    numbers, keys, tickets = ranking.numbers, ranking.keys, ranking.tickets
    return [
        f"{rank}\t{numbers[place]}\t{keys[place]}\t{tickets[place]}"
        for rank, place in enumerate(ranking.order, 1)
    ]
