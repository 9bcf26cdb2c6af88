"""签号 on the record: the cases in ticket order, and where each stratum ended."""

from dataclasses import dataclass

from evaluations.models import Draw, DrawKind
from evaluations.queries.draws_calls import case_facts
from evaluations.queries.draws_prepare import in_office_order, stratum_label
from evaluations.queries.draws_text import Sections, sections_of

FIRST_RESERVES = 3
SHOWN = 12
"""Hex digits of a ticket on paper: enough to find it, short enough to read."""


@dataclass(frozen=True)
class TicketLine:
    """One drawn case in ticket order; `number` is what the ticket was computed from."""

    rank: str
    label: str
    number: str
    ticket: str


@dataclass(frozen=True)
class StratumLine:
    """A stratum with its seats, the highest ticket drawn and the first reserves."""

    label: str
    size: str
    quota: str
    last: str
    reserves: str


@dataclass(frozen=True)
class Tickets:
    """Where each stratum ended, and the sampled cases with their ranks."""

    strata: list[StratumLine]
    lines: list[TicketLine]


def tickets_of(draw: Draw) -> Tickets:
    """Strata and sampled cases of a sample; nothing for other draws. One query."""
    result = sections_of(draw.result_text)
    if draw.kind != DrawKind.SAMPLE or not result:
        return Tickets([], [])
    reserve: dict[str, list[str]] = {}
    for _, number, stratum, _ in result["reserve"]:
        row = reserve.setdefault(stratum, [])
        if len(row) < FIRST_RESERVES:
            row.append(number)
    shown = [row[1] for row in result["sample"]]
    shown += [number for row in reserve.values() for number in row]
    labels = {number: label for number, (label, _) in case_facts(draw, shown).items()}
    lines = [
        TicketLine(rank, labels[number], number, ticket[:SHOWN])
        for rank, number, _, ticket in result["sample"]
    ]
    return Tickets(_strata(result, reserve, labels), lines)


def _strata(
    result: Sections, reserve: dict[str, list[str]], labels: dict[str, str]
) -> list[StratumLine]:
    """Seats, last ticket and first reserves of every stratum of a sample."""
    last = {stratum: ticket[:SHOWN] for _, _, stratum, ticket in result["sample"]}
    return [
        StratumLine(
            stratum_label(key),
            size,
            quota,
            last.get(key, "无"),
            "、".join(labels[number] for number in reserve.get(key, [])) or "无",
        )
        for key, size, quota in sorted(result["strata"], key=lambda row: in_office_order(row[0]))
    ]
