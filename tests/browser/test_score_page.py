"""The scoring page in Chromium, its server played by the test: keys, saving, loss of network.

The page is the template itself with invented items; every answer of `save_url` is written here,
so that the protocol at the top of `score.js` is tested from the page's side.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Browser, Page, Route, expect

from evaluations.queries.score_rows import ItemRow
from evaluations.rules.standards import Reason

STATIC = Path(__file__).parents[2] / "wanzhou_eval" / "static"
HOME = "http://score.test"


class Server:
    """Answers of the server: what was saved, and how the next saving goes."""

    def __init__(self) -> None:
        self.saved: list[dict[str, list[str]]] = []
        self.sealed: list[str] = []
        self.next: Callable[[Route], None] | None = None
        self.grade: str | None = None

    def save(self, route: Route) -> None:
        if self.next:
            return self.next(route)
        sent = parse_qs(route.request.post_data or "", keep_blank_values=True)
        self.saved.append(sent)
        totals = {"score": "90", "full": "100", "grade": self.grade}
        answer = {"version": int(sent["version"][0]) + 1, "saved_at": "15:42:08", "totals": totals}
        return route.fulfill(json=answer)

    def seal(self, route: Route) -> None:
        self.sealed.append(route.request.post_data or "")
        route.fulfill(body="ok")

    def last(self) -> dict[str, str]:
        return {name: values[0] for name, values in self.saved[-1].items()}


def reason(key: int, low: str, high: str) -> Reason:
    return Reason(key=key, text=f"情形{key}", low=Decimal(low), high=Decimal(high))


def row(n: int, reasons: tuple[Reason, ...]) -> ItemRow:
    return ItemRow(
        id=n, number=f"1.{n}", title=f"项目{n}", guidance="", rule="", where="", training="",
        full_marks=Decimal(4), na_allowed=True, state="", deduction=None, score=None,
        reasons=reasons, chosen=(), pages="", note="", version=1, error="",
    )  # fmt: skip


def context() -> dict[str, Any]:
    """Three items of a section, none scored; the third has no reasons."""
    reasons = (reason(1, "2", "2"), reason(2, "1", "3"))
    items = [row(n, reasons if n < 3 else ()) for n in (1, 2, 3)]
    section = {"code": "A", "title": "甲", "full_marks": Decimal(12), "scored_count": 0}
    totals = {"score": Decimal(12), "full": Decimal(12), "deducted": 0, "scored_count": 0}
    by = {"code": "A", "title": "甲", "scored_count": 0, "item_count": 3, "deducted": 0}
    return {
        "sheet": {"id": 9, "serial": "0313", "cause": "劳动争议", "version": 1, "sealed": False},
        "sections": [{**section, "items": items}],
        "totals": {**totals, "item_count": 3, "grade": None, "sections": [by]},
        "save_url": "/save/",
        "submit_url": "/seal/",
        "csrf_token": "token",
    }


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def tab(browser: Browser, server: Server) -> Iterator[Page]:
    """The scoring page, opened without a live server; a script error fails the test."""
    html = render_to_string("evaluations/score_sheet.html", context())
    errors: list[str] = []
    window = browser.new_context(viewport={"width": 1366, "height": 768})
    opened = window.new_page()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.route(f"{HOME}/score/", lambda r: r.fulfill(body=html, content_type="text/html"))
    opened.route(f"{HOME}/static/**", static)
    opened.route(f"{HOME}/save/", server.save)
    opened.route(f"{HOME}/seal/", server.seal)
    opened.goto(f"{HOME}/score/")
    expect(opened.locator("#ded-1")).to_be_focused()
    yield opened
    window.close()
    assert errors == []


def static(route: Route) -> None:
    """Our own files, as they lie in the source."""
    route.fulfill(path=STATIC / route.request.url.split("/static/")[1])


def saved_well(tab: Page) -> None:
    expect(tab.locator("[data-save]")).to_have_attribute("data-state", "saved")


def test_enter_on_a_blank_means_no_deduction_and_moves_on(tab: Page, server: Server) -> None:
    tab.keyboard.press("Enter")
    expect(tab.locator("#ded-2")).to_be_focused()
    saved_well(tab)
    assert tab.input_value("#ded-1") == "0"
    assert server.last() | {"note": ""} == {
        "item": "1",
        "deduction": "0",
        "state": "",
        "pages": "",
        "note": "",
        "version": "1",
    }


def test_a_deduction_by_keys_alone(tab: Page, server: Server) -> None:
    tab.keyboard.type("２")
    for key in ("Enter", "1", "Tab", "1", "7", "Enter"):
        tab.keyboard.press(key)
    expect(tab.locator("#ded-2")).to_be_focused()
    saved_well(tab)
    sent = server.last()
    assert (sent["deduction"], sent["reasons"], sent["pages"]) == ("2", "1", "17")
    expect(tab.locator("#item-1 [data-brief]")).to_contain_text("卷宗第 17 页")
    expect(tab.locator("[data-side] [data-total]")).to_have_text("90")


def test_a_fixed_reason_sets_the_amount_and_a_range_checks_it(tab: Page) -> None:
    tab.keyboard.type("4")
    for key in ("Enter", "1"):
        tab.keyboard.press(key)
    assert tab.input_value("#ded-1") == "2"
    for key in ("1", "2"):
        tab.keyboard.press(key)
    tab.fill("#ded-1", "4")
    tab.press("#ded-1", "Enter")
    expect(tab.locator("#err-1")).to_have_text("所选情形应扣 1—3 分，现在填的是 4")


def test_more_than_full_marks_is_refused_at_once_and_not_sent(tab: Page, server: Server) -> None:
    tab.keyboard.type("9")
    expect(tab.locator("#err-1")).to_have_text("本项满分 4，最多扣 4")
    tab.wait_for_timeout(1000)
    assert server.saved == []


def test_without_network_the_entry_is_kept_and_sent_after_a_reload(
    tab: Page, server: Server
) -> None:
    server.next = lambda route: route.abort()
    tab.keyboard.press("Enter")
    expect(tab.locator("[data-save]")).to_contain_text("已存本机 1 项")
    server.next = None
    tab.reload()
    saved_well(tab)
    assert tab.input_value("#ded-1") == "0"
    assert server.last()["item"] == "1"
    assert tab.evaluate("localStorage.length") == 0


def test_the_older_window_is_asked_which_entry_counts(tab: Page, server: Server) -> None:
    theirs = {"deduction": "1.5", "state": "", "reasons": [], "pages": "9", "note": ""}
    body = {"message": "", "theirs": {**theirs, "version": 7, "saved_at": "15:40"}}

    def conflict(route: Route) -> None:
        server.next = None
        route.fulfill(status=409, body=json.dumps(body), content_type="application/json")

    server.next = conflict
    tab.keyboard.press("Enter")
    dialog = tab.locator("dialog")
    expect(dialog).to_contain_text("这一项 15:40 在另一窗口改成 扣 1.5 分，用哪个？")
    expect(dialog).to_contain_text("这里填的是 不扣分。")
    tab.get_by_role("button", name="用那边的（扣 1.5 分）").click()
    assert tab.input_value("#ded-1") == "1.5"
    assert server.saved == []


def test_an_unfinished_sheet_is_not_submitted_but_explained(tab: Page, server: Server) -> None:
    tab.keyboard.press("Control+Enter")
    expect(tab.locator("#score-errors")).to_be_focused()
    expect(tab.locator("#score-errors li")).to_have_count(3)
    assert server.sealed == []


def test_a_finished_sheet_is_submitted_with_two_keys(tab: Page, server: Server) -> None:
    expect(tab.locator("[data-grade]")).to_have_text("全部评完后显示对应等次。")
    server.grade = "良好"
    tab.locator("[data-rest]").click()
    expect(tab.locator("[data-grade] .grade")).to_contain_text("良好")
    for _ in range(50):  # one item goes at a time; the grade shows with the first answer
        if len(server.saved) == 3:
            break
        tab.wait_for_timeout(100)
    assert [sent["bulk"] for sent in server.saved] == [["1"]] * 3
    tab.keyboard.press("Control+Enter")
    expect(tab.locator("dialog")).to_contain_text("对应良好。扣分 0 项，其余 3 项不扣分")
    with tab.expect_navigation():
        tab.keyboard.press("Enter")
    assert server.sealed == ["csrfmiddlewaretoken=token&comment="]
