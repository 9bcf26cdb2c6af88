"""签号 on the record: the cases in ticket order, and where each stratum ended."""

from dataclasses import dataclass

from evaluations.models import Draw, DrawKind
from evaluations.queries.draws_calls import case_facts
from evaluations.queries.draws_prepare import in_office_order, stratum_label
from evaluations.queries.draws_text import sections_of

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


def ticket_lines(draw: Draw) -> list[TicketLine]:
    """The sampled cases with their ranks and the first digits of their tickets."""
    rows = sections_of(draw.result_text).get("sample", [])
    labels = case_facts(draw, [row[1] for row in rows])
    return [
        TicketLine(rank, labels[number][0], number, ticket[:SHOWN])
        for rank, number, _, ticket in rows
    ]


def stratum_lines(draw: Draw) -> list[StratumLine]:
    """Seats, last ticket and first reserves of every stratum of a sample."""
    result = sections_of(draw.result_text)
    if draw.kind != DrawKind.SAMPLE or not result:
        return []
    last = {stratum: ticket[:SHOWN] for _, _, stratum, ticket in result["sample"]}
    reserve: dict[str, list[str]] = {}
    for _, number, stratum, _ in result["reserve"]:
        row = reserve.setdefault(stratum, [])
        if len(row) < FIRST_RESERVES:
            row.append(number)
    labels = case_facts(draw, [number for row in reserve.values() for number in row])
    return [
        StratumLine(
            stratum_label(key),
            size,
            quota,
            last.get(key, "无"),
            "、".join(labels[number][0] for number in reserve.get(key, [])) or "无",
        )
        for key, size, quota in sorted(result["strata"], key=lambda row: in_office_order(row[0]))
    ]
