"""指纹单 (sheet A): what is signed before the seed exists (draw.md §2.7)."""

from dataclasses import dataclass

from cases.rules import EXCLUSION_REASONS
from evaluations.models import Draw, DrawKind
from evaluations.queries.draws import TITLES
from evaluations.queries.draws_prepare import EXCLUSION_LABELS, seats_of
from evaluations.queries.draws_record import Fact, basis, match_facts, pool_facts, sample_facts
from evaluations.queries.draws_text import headers_of, sections_of
from evaluations.rules.freeze_sample import Allocation, parse_sample


@dataclass(frozen=True)
class SheetA:
    """Counts, decided size, seats, and the fingerprint in groups of four."""

    draw: Draw
    title: str
    basis: str
    facts: list[Fact]
    excluded: list[tuple[str, int]]
    strata: list[tuple[str, int, int]]
    after_seed: bool

    @property
    def code(self) -> str:
        """What the QR code of the sheet holds."""
        return f"LAQD/1|{self.draw.code}|{self.draw.hash_name}|{self.draw.freeze_hash}"


def sheet_a_page(draw: Draw) -> SheetA:
    """Everything on sheet A, from the sealed list alone."""
    kind, headers = DrawKind(draw.kind), headers_of(draw.freeze_text)
    strata: list[tuple[str, int, int]] = []
    after_seed = False
    if kind is DrawKind.SAMPLE:
        facts = sample_facts(draw, headers)
        frozen = parse_sample(draw.freeze_text)
        after_seed = frozen.terms.alloc is Allocation.SYS
        strata = seats_of(frozen)
    elif kind is DrawKind.MATCH:
        facts = match_facts(draw)
    else:
        facts = pool_facts(draw, headers)
    return SheetA(
        draw=draw,
        title=f"{draw.plan.year}年度{TITLES[kind]}名单指纹单（表A）",
        basis=basis(draw),
        facts=facts,
        excluded=excluded_counts(draw),
        strata=strata,
        after_seed=after_seed,
    )


def excluded_counts(draw: Draw) -> list[tuple[str, int]]:
    """How many rows are left out, by reason."""
    sections = sections_of(draw.freeze_text)
    rows = sections.get("cases", []) if draw.kind == DrawKind.SAMPLE else sections.get("pool", [])
    counts: dict[str, int] = {}
    for row in rows:
        if row[4] != "in":
            code = row[4].removeprefix("ex:")
            label = EXCLUSION_REASONS.get(code) or EXCLUSION_LABELS.get(code, code)
            counts[label] = counts.get(label, 0) + 1
    return sorted(counts.items())
