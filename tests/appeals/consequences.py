"""A year whose failing case is taken up: the recovery and the inquiry are open."""

from appeals.actions import open_consequences
from appeals.models import Recovery
from tests.appeals.builders import AFTER, Year, make_year, publish


def final_year() -> Year:
    """A published year whose appeal period is over."""
    year = publish(make_year())
    year.set_clock(AFTER)
    return year


def opened() -> tuple[Year, Recovery]:
    year = final_year()
    open_consequences(year.plan, by=year.users["bureau"])
    return year, Recovery.objects.get()
