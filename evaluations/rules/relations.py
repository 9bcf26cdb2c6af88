"""回避 (article 9.2): which cases a relation of an expert reaches."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

FORMER_FIRM_YEARS = 2
"""How long after leaving a firm an expert does not evaluate its cases.

The plan names no term. Two years is what the law of judges and of prosecutors asks of those who
leave office before they may act as counsel (离任后二年内): the same fear of old ties.
"""
SAME_PERSON = "same-person"
SAME_FIRM = "same-firm"
FORMER_FIRM = "former-firm"


class CaseFacts(NamedTuple):
    """What a relation may reach of a case, as codes; `closed_on` is 结案日期."""

    case_no: str
    org: str
    handlers: frozenset[str]
    closed_on: date


class Tie(NamedTuple):
    """A relation of an expert to a case, an organisation or a handler (`scope`).

    `left_on` is the day the expert left the organisation; None for a relation without an end.
    """

    person: str
    scope: str
    value: str
    reason: str
    left_on: date | None = None


def last_barred_day(left_on: date) -> date:
    """Return the last day on which a case may be closed to be barred by a former firm.

    The term ends on the same day of its last month; where that month has none, on its last day.
    """
    year = left_on.year + FORMER_FIRM_YEARS
    try:
        return left_on.replace(year=year)
    except ValueError:
        return date(year, left_on.month + 1, 1) - timedelta(days=1)


def reaches(tie: Tie, case: CaseFacts) -> bool:
    """Whether the relation keeps its expert from the case."""
    if tie.scope == "case":
        return tie.value == case.case_no
    if tie.scope == "handler":
        return tie.value in case.handlers
    if tie.value != case.org:
        return False
    return tie.left_on is None or case.closed_on <= last_barred_day(tie.left_on)
