"""Everybody of the year, each at an own browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.management import call_command

from appeals.rehearsal.people import accounts
from tests.story.person import Person
from wanzhou_eval.models import User

FIXTURES = Path(__file__).parents[2] / "fixtures"
DATA = FIXTURES / "2022"
Y = "/y/2022"


@dataclass
class Office:
    """Who is logged in; experts and handlers come in once they have an account."""

    bureau: Person
    clerk: Person
    leader: Person
    auditor: Person
    admin: Person
    experts: dict[str, Person] = field(default_factory=dict)
    seen: bool = False

    def clock(self, moment: str) -> None:
        """Set the rehearsal clock on the overview, as 科室 does; the text is YYYY-MM-DD HH:MM."""
        self.bureau.open(f"{Y}/").press("拨动时钟", moment=moment)

    def expert(self, user: User) -> Person:
        """The expert's browser; opened at the first use."""
        if user.username not in self.experts:
            self.experts[user.username] = Person(user.username)
        return self.experts[user.username]


def open_office() -> Office:
    """Accounts as `demo` makes them; each staff member logs in on the login page."""
    call_command("load_reference")
    accounts()
    return Office(
        bureau=Person("bureau"),
        clerk=Person("clerk"),
        leader=Person("leader"),
        auditor=Person("auditor"),
        admin=Person("admin"),
    )


def upload(name: str) -> Any:
    """A workbook of the year, opened for sending."""
    return (DATA / name).open("rb")
