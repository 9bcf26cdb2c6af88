"""进度: where an expert should be today, and when the last sheet is done at the pace so far.

Working days of the evaluation period (article 3); each person's own pace, never an average.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from wanzhou_eval.workdays import Calendar, is_workday

FURTHEST = 400
"""Days ahead after which no forecast is given."""


def period_days(first: date, last: date, calendar: Calendar) -> list[date]:
    """The working days of the evaluation period; every day where it has none."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in days if is_workday(day, calendar, provisional=True)] or days


def days_begun(days: Sequence[date], today: date) -> int:
    """How many of the period's days have begun."""
    return sum(day <= today for day in days)


def planned(total: int, *, begun: int, days: int) -> int:
    """Sheets due by the end of today at an even pace, rounded down."""
    return total * begun // days


def finish(total: int, sealed: int, *, first: date, today: date, calendar: Calendar) -> date | None:
    """The working day of the last sheet at the pace so far.

    None before anything is sealed, when all is sealed, or beyond `FURTHEST` days.
    """
    span = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    worked = sum(is_workday(day, calendar, provisional=True) for day in span)
    if not sealed or not worked or sealed == total:
        return None
    left = -(-(total - sealed) * worked // sealed)
    day = today
    for _ in range(FURTHEST):
        day += timedelta(days=1)
        left -= is_workday(day, calendar, provisional=True)
        if not left:
            return day
    return None
