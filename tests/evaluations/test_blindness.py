"""背靠背 (article 9.2): a canary crawl over every page, before and after the reveal.

The marks planted are amounts, notes and totals that occur nowhere else; every GET address of the
project is visited as every role, and every answer, header and audit line is searched.
"""

from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from cases.models import ImportBatch
from evaluations.actions import marking
from evaluations.actions.deliberation import confirm_agreement
from evaluations.models import Item, ScoreSheet, ScoringStandard
from evaluations.queries.sheets import graded_sheets, visible_sheets
from experts.models import Expert
from tests.evaluations.marking_year import YEAR, Hall, open_hall, signed_in
from tests.test_matrix import POLICY
from wanzhou_eval.models import AuditEvent, Role, User

pytestmark = pytest.mark.django_db

AMOUNT, TOTAL, NOTE, PAGES = "13.37", "86.63", "金丝雀说明", "777—778"
OURS = ("/score/", "/settle/", f"/y/{YEAR}/scoring/", f"/y/{YEAR}/settle/", f"/y/{YEAR}/plan/")
CANARIES = (AMOUNT, TOTAL, NOTE, PAGES, "金丝雀总体意见")


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


def addresses() -> list[str]:
    """Every address of the project, filled with what exists, as a page and as a table (.xlsx)."""
    values = {"year": str(YEAR), "serial": "1", "topic": "expert", "ordinal": "1"}
    values |= {"code": "T-match", "kind": "sample", "app_label": "cases", "version": "1"}
    values |= {"step": "notice", "subject": "kind"}
    values["item"] = str(Item.objects.order_by("pk").values_list("pk", flat=True)[0])
    keys = {"import": ImportBatch, "standard": ScoringStandard, "sheet": ScoreSheet}
    found: list[str] = []

    def walk(patterns: Any, prefix: str) -> None:
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns, route)
            elif isinstance(pattern, URLPattern):
                path = "/" + route
                model = keys.get((pattern.name or "").partition("_")[0], Expert)
                values["pk"] = str(
                    model._default_manager.order_by("pk").values_list("pk", flat=True)[0]
                )
                for name, value in values.items():
                    for kind in ("int:", "str:", "slug:", ""):
                        path = path.replace(f"<{kind}{name}>", value)
                if "<" not in path and "^" not in path and "(" not in path:
                    found.append(path)

    walk(get_resolver().url_patterns, "")
    named = {resolve(path).url_name for path in found}
    assert {name for name in POLICY if name not in named} == set()
    pages = [path for path in found if not path.startswith(("/logout", "/static"))]
    lists = (
        "/score/",
        "/settle/",
        f"/y/{YEAR}/scoring/",
        f"/y/{YEAR}/settle/",
        f"/y/{YEAR}/cases/",
    )
    queries = ("?q=13.37", "?sort=-total", "?q=金丝雀说明")
    tables = [f"{path}?format=xlsx" for path in pages]
    late = [f"/y/{YEAR}/experts/recusals/?touching=1", f"/y/{YEAR}/files/?place=expert"]
    return [*pages, *tables, *late, *(path + query for path in lists for query in queries)]


def told(body: bytes) -> str:
    """What a reader can read of an answer: an .xlsx and a ZIP are opened."""
    if body[:2] != b"PK":
        return body.decode("utf-8", "replace")
    with ZipFile(BytesIO(body)) as whole:
        return "".join(told(whole.read(name)) for name in whole.namelist())


def open_to(user: User, path: str) -> bool:
    """Whether the page answers this role at all; the rest is one refusal, held by the matrix."""
    if path.startswith("/admin/"):
        return user.role == Role.SYSADMIN
    roles = getattr(resolve(path.partition("?")[0]).func, "allowed_roles", None)
    return roles is None or user.role in roles


def crawl(user: User | None, paths: list[str]) -> dict[str, set[str]]:
    """The canaries found per address, as this user or without a login."""
    client = signed_in(user) if user else Client()
    client.raise_request_exception = False
    paths = [path for path in paths if user is None or open_to(user, path)]
    leaks: dict[str, set[str]] = {}
    for path in paths:
        answer = client.get(path)
        if path.startswith(OURS):
            assert answer.status_code < 500, path
        body = b"".join(answer) if answer.streaming else answer.content
        text = told(body) + str(answer.headers)
        found = {canary for canary in CANARIES if canary in text.replace(path, "")}
        found -= {canary for canary in CANARIES if canary in path}
        if found:
            leaks[path] = found
    return leaks


def everybody(hall: Hall) -> dict[str, User]:
    experts = {f"expert{place}": user for place, user in enumerate(hall.experts)}
    return experts | hall.staff


@pytest.mark.parametrize("sealed", [False, True])
def test_canaries_reach_nobody_but_the_author_before_the_reveal(sealed: bool) -> None:
    hall = open_hall(cases=2, experts=3)
    sheet = plant(hall, hall.leader, sealed=sealed)
    paths = addresses()
    readers = everybody(hall)
    if not sealed:  # a draft is read by the same code: its nearest readers are enough
        readers = {name: readers[name] for name in ("expert0", "expert1", "bureau", "auditor")}
    for name, user in readers.items():
        leaks = crawl(user, paths)
        if name == "expert0":
            assert leaks
            assert all(path.startswith(f"/score/{YEAR}/1/") for path in leaks)
        else:
            assert leaks == {}, name
    assert crawl(None, paths) == {}
    for event in AuditEvent.objects.all():
        text = f"{event.target}{event.detail}{event.sentence}"
        assert not any(canary in text for canary in (*CANARIES, sheet.seal_hash or "无指纹"))


def test_canaries_reach_the_pair_after_the_reveal_and_staff_after_the_grade() -> None:
    hall = open_hall(cases=2, experts=3)
    plant(hall, hall.leader, sealed=True)
    plant(hall, hall.member, sealed=True)
    paths = addresses()
    assert f"/settle/{YEAR}/1/" in crawl(hall.member, paths)
    for name in ("bureau", "leader", "auditor"):
        assert crawl(hall.staff[name], paths) == {}, name
    assert crawl(hall.experts[2], paths) == {}
    confirm_agreement(hall.drawn(), by=hall.leader)
    record = f"/y/{YEAR}/settle/1/"
    for name in ("bureau", "leader", "auditor"):
        assert crawl(hall.staff[name], [record])[record] >= {AMOUNT, TOTAL, NOTE}, name
    for name in ("clerk", "sysadmin", "handler"):
        assert crawl(hall.staff[name], paths) == {}, name


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
    assert {event.target for event in refused} == {path, f"/settle/{YEAR}/1/propose/"}
    assert {event.sentence for event in refused} == {""}
    assert client.get("/audit/").status_code == 403
    assert "这个页面供" in AuditEvent.objects.get(action="refuse", target="/audit/").sentence
