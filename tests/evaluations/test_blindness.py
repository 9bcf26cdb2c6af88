"""背靠背 (article 9.2): a canary crawl over every page, before and after the reveal.

The marks planted are amounts, notes and totals that occur nowhere else; every GET address of the
project is visited as every role, and every answer, header and audit line is searched.
"""

import re
from contextlib import suppress
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from evaluations.actions import marking
from evaluations.actions.deliberation import confirm_agreement
from evaluations.models import Plan, ScoreSheet
from evaluations.queries.sheets import graded_sheets, visible_sheets
from tests.evaluations.crawling import addresses, ask, crawl, for_reader, told, verified
from tests.evaluations.marking_year import YEAR, Hall, open_hall, signed_in
from wanzhou_eval.models import AuditEvent, User

pytestmark = pytest.mark.django_db

AMOUNT, TOTAL, NOTE, PAGES = "13.37", "86.63", "金丝雀说明", "777—778"
OWN_PATHS = (f"/score/{YEAR}/1/", f"/y/{YEAR}/score/1/", "/score/offline/")
CANARY = re.compile(
    r"金丝雀说明|金丝雀总体意见|777—778"
    r"|(?<![\d.])(?:13\.37|86\.63|13\.4|86\.6|0\.1337|0\.8663|87分)(?![\d.])"
)
"""The values planted, as they are, rounded, as shares and as percentages."""


def plant(hall: Hall, user: User, *, sealed: bool) -> ScoreSheet:
    sheet = hall.sheet(user)
    amounts = {"A1": Decimal(AMOUNT), "B1": Decimal(0), "B2": Decimal(0)}
    for number, amount in amounts.items():
        marking.save_mark(
            sheet, item=hall.item(number), deduction=amount, reasons=(3,) if amount else (),
            pages=PAGES if amount else "", note=NOTE if amount else "", version=0, by=user,
        )  # fmt: skip
    marking.save_comment(sheet, comment="金丝雀总体意见", by=user)
    return marking.seal_sheet(sheet, by=user) if sealed else hall.sheet(user)


def everybody(hall: Hall) -> dict[str, User | None]:
    experts = {f"expert{place}": user for place, user in enumerate(hall.experts)}
    return {**experts, **hall.staff, "public": None}


FLOORS = {
    "expert0": 30, "expert1": 30, "expert2": 20, "bureau": 100, "clerk": 60, "leader": 80,
    "auditor": 80, "sysadmin": 20, "handler": 8, "public": 4,
}  # fmt: skip
"""So many pages and files at least are read as each: a crawl that reads nothing finds nothing."""
OPENED = {"bureau": 20, "leader": 15, "auditor": 15, "clerk": 8, "expert0": 2, "expert1": 2}
"""So many of them are workbooks, documents or packages whose members are searched."""


@pytest.mark.parametrize("sealed", [False, True])
def test_canaries_reach_nobody_but_the_author_before_the_reveal(sealed: bool) -> None:
    hall = open_hall(cases=2, experts=3)
    sheet = plant(hall, hall.leader, sealed=sealed)
    found = addresses(hall.plan)
    readers = everybody(hall)
    if not sealed:  # a draft is read by the same code: its nearest readers are enough
        readers = {name: readers[name] for name in ("expert0", "expert1", "auditor")}
    tables: dict[str, bool] = {}
    for name, user in readers.items():
        seen = crawl(browser(user), for_reader(found, user), tables=tables)
        assert seen.read >= FLOORS[name], (name, seen.read)
        assert seen.packed >= OPENED.get(name, 0), (name, seen.packed)
        broken = {path for path, answer in seen.answers.items() if answer.status >= 500}
        assert {path for path in broken if "/draws/" not in path} == set()  # a hall's have no lists
        if name == "expert0":
            own = seen.holding(CANARY)
            assert f"/score/{YEAR}/1/" in own
            assert {path for path in own if not path.startswith(OWN_PATHS)} == set()
        else:
            assert seen.holding(CANARY) == {}, name
    for event in AuditEvent.objects.all():
        text = f"{event.target}{event.detail}{event.sentence}"
        assert not CANARY.search(text)
        assert (sheet.seal_hash or "无指纹") not in text
    assert CANARY.findall(of_commands(hall.plan)) == []


def browser(user: User | None) -> Client:
    return signed_in(user) if user else Client()


def of_commands(plan: Plan) -> str:
    """What the commands of the server tell, exports among them."""
    out = StringIO()
    call_command("remind", dry_run=True, stdout=out)
    with suppress(CommandError):
        call_command("certificate", year=YEAR, kind="match", stdout=out)
    return out.getvalue() + verified(plan)


def test_refusals_and_answers_to_scripts_hold_no_canary() -> None:
    """JSON for the partner, for strangers and for staff: what a script is told."""
    hall = open_hall(cases=2, experts=3)
    plant(hall, hall.leader, sealed=True)
    tried = 0
    for user in (hall.member, hall.experts[2], *hall.staff.values()):
        client = signed_in(user)
        for place in ("", "check/", "print/", "save/", "seal/", "withdraw/"):
            for answer in (
                client.get(f"/score/{YEAR}/1/{place}", headers={"Accept": "application/json"}),
                client.post(f"/score/{YEAR}/1/{place}", headers={"Accept": "application/json"}),
            ):
                text = told(answer.content) + repr(answer.headers)
                assert answer.status_code < 500
                assert CANARY.findall(text) == []
                tried += 1
    assert tried == 96


def test_canaries_reach_the_pair_after_the_reveal_and_staff_after_the_grade() -> None:
    hall = open_hall(cases=2, experts=3)
    plant(hall, hall.leader, sealed=True)
    plant(hall, hall.member, sealed=True)
    found = addresses(hall.plan)
    tables: dict[str, bool] = {}

    def seen(user: User) -> dict[str, set[str]]:
        return crawl(signed_in(user), for_reader(found, user), tables=tables).holding(CANARY)

    assert f"/settle/{YEAR}/1/" in seen(hall.member)
    for name in ("bureau", "auditor"):
        assert seen(hall.staff[name]) == {}, name
    assert seen(hall.experts[2]) == {}
    confirm_agreement(hall.drawn(), by=hall.leader)
    record = f"/y/{YEAR}/settle/1/"
    for name in ("bureau", "leader", "auditor"):
        answer = ask(signed_in(hall.staff[name]), record)
        assert {AMOUNT, TOTAL, NOTE} <= set(CANARY.findall(answer.text)), name
    for name in ("clerk", "sysadmin", "handler"):
        assert seen(hall.staff[name]) == {}, name


def page_of(user: User, path: str) -> bytes:
    """A page without what differs between any two requests."""
    client = signed_in(user)
    text = client.get(path).content
    token = client.cookies.get("csrftoken") or client.cookies.get("wanzhou_csrf")
    assert token is not None or b"csrfmiddlewaretoken" not in text
    lines = [line for line in text.splitlines() if b"csrfmiddlewaretoken" not in line]
    return b"\n".join(line for line in lines if "打印于".encode() not in line)


def test_expert_s_pages_do_not_depend_on_the_partner_in_any_byte() -> None:
    hall = open_hall(cases=2)
    paths = [
        "/score/",
        "/settle/",
        f"/score/{YEAR}/1/",
        f"/score/{YEAR}/1/check/",
        f"/score/{YEAR}/2/",
    ]
    before = {path: page_of(hall.member, path) for path in paths}
    plant(hall, hall.leader, sealed=False)
    drafted = {path: page_of(hall.member, path) for path in paths}
    marking.seal_sheet(hall.sheet(hall.leader), by=hall.leader)
    sealed = {path: page_of(hall.member, path) for path in paths}
    assert before == drafted == sealed


def test_autosave_answers_do_not_depend_on_the_partner() -> None:
    hall = open_hall(cases=2)

    def save(version: int) -> tuple[int, dict[str, Any]]:
        body = {"item": hall.item("B1").pk, "deduction": "1", "version": version}
        answer = signed_in(hall.member).post(
            f"/score/{YEAR}/1/save/", body, headers={"Accept": "application/json"}
        )
        told = answer.json()
        return answer.status_code, {
            k: v for k, v in told.items() if k not in {"saved_at", "version"}
        }

    alone = save(0)
    plant(hall, hall.leader, sealed=True)
    assert save(1) == alone


def test_rows_are_hidden_where_they_are_read() -> None:
    hall = open_hall(cases=2)
    mine = plant(hall, hall.leader, sealed=True)
    assert list(visible_sheets(hall.leader).filter(drawn_case=mine.drawn_case)) == [mine]
    for user in (hall.member, hall.experts[2], *hall.staff.values()):
        assert mine not in visible_sheets(user)
    plant(hall, hall.member, sealed=True)
    assert visible_sheets(hall.member).filter(drawn_case=mine.drawn_case).count() == 2
    assert not graded_sheets().exists()
    for user in (hall.experts[2], *hall.staff.values()):
        assert mine not in visible_sheets(user)
    confirm_agreement(hall.drawn(), by=hall.leader)
    assert set(visible_sheets(hall.staff["auditor"])) == set(graded_sheets())
    assert graded_sheets().count() == 2
    for name in ("clerk", "sysadmin", "handler"):
        assert not visible_sheets(hall.staff[name]).exists()


@pytest.mark.parametrize("page", ["", "check/", "recuse/", "problem/", "print/"])
def test_somebody_else_s_sheet_looks_like_none(page: str) -> None:
    hall = open_hall(cases=1)
    client = signed_in(hall.experts[2])
    there = page_of(hall.experts[2], f"/score/{YEAR}/1/{page}")
    nowhere = page_of(hall.experts[2], f"/score/{YEAR}/999/{page}")
    assert there.replace(b"/1/", b"/999/") == nowhere
    assert client.get(f"/score/{YEAR}/1/{page}").status_code == 404
    for path in ("save/", "seal/", "recuse/", "problem/"):
        assert client.post(f"/score/{YEAR}/1/{path}", {"reason": "x"}).status_code == 404
    for name in hall.staff:
        assert signed_in(hall.staff[name]).get(f"/score/{YEAR}/1/{page}").status_code == 403


def test_the_trail_keeps_no_sentence_that_tells_an_expert_of_scores() -> None:
    hall = open_hall(cases=1)
    item = hall.item("A1")
    client = signed_in(hall.leader)
    body = {"item": item.pk, "deduction": "1", "reasons": "99", "version": "0"}
    path = f"/score/{YEAR}/1/save/"
    answer = client.post(path, body, headers={"Accept": "application/json"})
    assert answer.status_code in {409, 422}
    assert item.title in answer.json()["message"]
    plant(hall, hall.leader, sealed=True)
    plant(hall, hall.member, sealed=True)
    body = {"propose-grade": "合格", "propose-reason": "应为合格"}
    answer = client.post(f"/settle/{YEAR}/1/propose/", body)
    assert "等次一致" in answer.content.decode()
    refused = AuditEvent.objects.filter(action="refuse", actor=hall.leader.username)
    hidden = {f"/score/{YEAR}/…/save/", f"/settle/{YEAR}/…/propose/"}
    assert {event.target for event in refused} == hidden
    assert {event.sentence for event in refused} == {""}
    assert client.get("/audit/").status_code == 403
    assert "这个页面供" in AuditEvent.objects.get(action="refuse", target="/audit/").sentence
