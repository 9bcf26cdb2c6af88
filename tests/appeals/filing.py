"""A published year, and appeals filed in it: by the handler or on paper by the clerk."""

from datetime import date, datetime

from appeals.actions import file_appeal, register_paper_appeal
from appeals.models import Appeal
from cases.models import CaseHandler
from tests.appeals.builders import GROUNDS, IN_WINDOW, SCAN, STATEMENT, Year, make_year, publish

PDF = b"%PDF-1.4 paper"


def published(*, at: datetime = IN_WINDOW) -> Year:
    year = publish(make_year())
    year.set_clock(at)
    return year


def filed(
    year: Year, n: int = 0, *, statement: str = STATEMENT, handler: int | None = None
) -> Appeal:
    """The appeal against case `n`, by its own handler unless told otherwise."""
    by = year.handlers[n % 2 if handler is None else handler]
    return file_appeal(year.cases[n], statement=statement, grounds=GROUNDS, by=by)


def add_handler(year: Year) -> None:
    """The other handler is on the first case too (behind the sealed list's back)."""
    case = year.cases[0].case
    if not case.handlers.filter(person=year.person(1)).exists():
        CaseHandler.objects.create(case=case, person=year.person(1), position=2)


def registered(year: Year, *, received_on: date = date(2022, 9, 9), by: str = "clerk") -> Appeal:
    return register_paper_appeal(
        year.cases[0],
        appellant=year.person(0),
        statement=STATEMENT,
        grounds=GROUNDS,
        received_on=received_on,
        files=SCAN,
        by=year.users[by],
    )
