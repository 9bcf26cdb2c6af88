"""背靠背 (article 9.2) as non-interference: what is read must not depend on the partner's sheet.

One hall in four worlds that differ only in the leader's sheet of case 1: not begun, a draft,
sealed at 41 (不合格), sealed at 95 (优良). Every GET page is compared byte for byte, with its
headers and the number of statements behind it. Digests, clock times and tokens are left out.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from evaluations.actions import marking
from tests.evaluations.crawling import (
    CHANGING,
    Address,
    Crawl,
    addresses,
    ask,
    crawl,
    for_reader,
    rows_of,
    verified,
)
from tests.evaluations.marking_year import Hall, open_hall, put, signed_in
from tests.pace import THOROUGH
from wanzhou_eval.models import User

pytestmark = pytest.mark.django_db
STATES = ("none", "draft", "sealed at 41", "sealed at 95")
LOSSES = {"sealed at 41": ("50", "9"), "sealed at 95": ("5", "0"), "draft": ("50", "9")}
TOLD_TO_STAFF = frozenset({
    "home", "overview", "progress", "audit", "allowances", "allowance_word", "paper_list",
    "panel_withdraw",
})  # fmt: skip
"""Pages that show staff 未评/草稿/已交, or that somebody sealed: alike in both sealed worlds."""


@contextmanager
def world(hall: Hall, state: str) -> Iterator[None]:
    """The hall in this state; everything is taken back afterwards."""
    with transaction.atomic():
        if state != "none":
            first, second = LOSSES[state]
            for number, amount in (("A1", first), ("B1", second), ("B2", "0")):
                lost = amount != "0"
                put(hall, number, amount, reasons=(2,) if lost else (), pages="17" if lost else "")
        if state.startswith("sealed"):
            sealed = marking.seal_sheet(hall.sheet(hall.leader), by=hall.leader)
            assert sealed.total == Decimal(state[-2:])
        yield
        transaction.set_rollback(True)


def seen_in(
    hall: Hall, state: str, user: User | None, found: list[Address], tables: dict[str, bool]
) -> Crawl:
    with world(hall, state):
        client = signed_in(user) if user else Client()
        return crawl(client, for_reader(found, user), tables=tables)


def differing(one: Crawl, other: Crawl) -> dict[str, str]:
    """What differs per path: a byte, a header or the number of statements."""
    assert one.answers.keys() == other.answers.keys()
    return {
        path: answer.against(other.answers[path])
        for path, answer in one.answers.items()
        if answer.comparable != other.answers[path].comparable
    }


FLOORS = {"member": 30, "stranger": 20, "handler": 8, "public": 4}
STAFF_FLOORS = {"bureau": 100, "auditor": 80, "sysadmin": 20}
if THOROUGH:  # they read by the same code as the two others
    STAFF_FLOORS |= {"clerk": 60, "leader": 80}


def test_partner_stranger_handler_and_public_read_the_same_in_all_four_worlds() -> None:
    hall = open_hall(cases=2, experts=3)
    found, tables = addresses(hall.plan), dict[str, bool]()
    readers = {"member": hall.member, "stranger": hall.experts[2], "public": None}
    for name, user in (readers | {"handler": hall.staff["handler"]}).items():
        if name == "member":  # what is computed once per process
            seen_in(hall, "none", user, found, tables)
        seen = [seen_in(hall, state, user, found, tables) for state in STATES]
        assert seen[0].read >= FLOORS[name], (name, seen[0].read)
        for state, other in zip(STATES[1:], seen[1:], strict=True):
            assert differing(seen[0], other) == {}, (name, state)


@pytest.mark.parametrize("name", list(STAFF_FLOORS))
def test_staff_read_the_same_in_both_sealed_worlds_and_elsewhere_only_progress(name: str) -> None:
    hall = open_hall(cases=2, experts=3)
    user = hall.staff[name]
    found, tables = addresses(hall.plan), dict[str, bool]()
    first = [address for address in found if address.name in TOLD_TO_STAFF]
    seen_in(hall, "none", user, first, {})  # their statements are prepared once per connection
    low, high = (seen_in(hall, state, user, found, tables) for state in STATES[2:])
    assert low.read >= STAFF_FLOORS[name], low.read
    assert differing(low, high) == {}
    names = {address.path: address.name for address in found}
    earlier = STATES[:2] if THOROUGH else STATES[1:2] if name == "bureau" else ()
    for state in earlier:
        told = differing(low, seen_in(hall, state, user, found, tables))
        assert {names[path.partition("?format")[0]] for path in told} <= TOLD_TO_STAFF


def test_commands_tell_the_same_of_both_sealed_worlds() -> None:
    hall = open_hall(cases=2, experts=3)
    texts = []
    for state in ("sealed at 41", "sealed at 95"):
        with world(hall, state):
            out = StringIO()
            call_command("remind", dry_run=True, stdout=out)
            texts.append(CHANGING.sub("#", out.getvalue() + verified(hall.plan)))
    assert texts[0] == texts[1]


IGNORED = (
    ("score__gt=50", "score__gt=99"), ("total=41", "total=95"), ("grade=优良", "grade=不合格"),
    ("content__total__gt=50", "content__total__gt=99"), ("sort=total", "sort=-total"),
    ("order=total", "order=-total"), ("ordering=content__total", "ordering=-content__total"),
    ("scoresheet__content__grade=优良", "scoresheet__content__grade=不合格"),
)  # fmt: skip
"""Lookups that somebody may try: one that would be true of the sealed sheet, one that is not."""
LISTS = frozenset({
    "audit", "case_cleaning", "case_left_out", "case_list", "custody", "document_list",
    "draw_list", "draw_lookup", "expert_list", "home", "import_list", "letter_list", "my_tasks",
    "overview", "panel_list", "paper_list", "progress", "recusal_list", "replacement_list",
    "settle_list", "settle_overview", "standard_list", "training", "trial", "admin",
})  # fmt: skip


@pytest.mark.parametrize("name", ["member", "bureau", "sysadmin"])
def test_no_parameter_of_a_list_is_an_oracle(name: str) -> None:
    hall = open_hall(cases=2, experts=3)
    user = hall.member if name == "member" else hall.staff[name]
    lists = [each for each in addresses(hall.plan) if each.name in LISTS and "?" not in each.path]
    with world(hall, "sealed at 95"):
        client, tried = signed_in(user), 0
        client.raise_request_exception = False
        for path in for_reader(lists, user):
            plain = ask(client, path)
            for asked in IGNORED:
                yes, no = (ask(client, f"{path}?{query}") for query in asked)
                assert (yes.status, rows_of(yes.text)) == (no.status, rows_of(no.text)), path
                assert yes.status in {plain.status, 302, 400}
                if yes.status == plain.status == 200 and not path.startswith("/audit/"):
                    assert rows_of(yes.text) == rows_of(plain.text), (path, asked)
                tried += 1
            found, other = (ask(client, f"{path}?q={text}") for text in ("95.00", "73.00"))
            assert rows_of(found.text) == rows_of(other.text), path
        assert tried >= {"member": 40, "bureau": 150, "sysadmin": 40}[name]
