"""Drafts in Chromium: two windows, lost sessions, no network; nothing stays in a shared PC."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, Page, expect

from tests.browser.sheets import (
    BASE,
    DRAFTS,
    TOKEN_COOKIE,
    enter,
    long_standard,
    nothing_waits,
    own,
    saved,
    without_deductions,
)
from tests.evaluations.marking_year import YEAR, Hall, open_hall, signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("base")]


@pytest.fixture
def hall() -> Hall:
    return open_hall(cases=2, standard=long_standard())


def test_two_windows_ask_which_one(page: Page, hall: Hall) -> None:
    enter(page, hall.leader)
    page.goto(f"/score/{YEAR}/1/")
    other = page.context.new_page()
    other.goto(f"/score/{YEAR}/1/")
    page.keyboard.press("Enter")
    saved(page)
    first = other.locator("input.ded").first
    first.fill("2")
    first.blur()
    dialog = other.locator("dialog[open]")
    expect(dialog).to_contain_text(re.compile(r"这一项 \d\d:\d\d 在另一窗口改成 不扣分，用哪个？"))
    dialog.get_by_role("button", name="用那边的").click()
    expect(first).to_have_value("0")
    assert [mark.deduction for mark in own(hall)] == [0]


def test_draft_survives_an_expired_session(page: Page, hall: Hall) -> None:
    enter(page, hall.leader)
    page.goto(f"/score/{YEAR}/1/")
    Session.objects.all().delete()
    page.keyboard.press("Enter")
    expect(page.locator("[data-save]")).to_contain_text("登录已过期，已存本机 1 项")
    assert own(hall) == []
    enter(page, hall.leader)
    page.goto(f"/score/{YEAR}/1/")
    saved(page)
    assert [mark.deduction for mark in own(hall)] == [0]


def test_draft_survives_a_killed_window(browser: Browser, page: Page, hall: Hall) -> None:
    enter(page, hall.leader)
    page.goto(f"/score/{YEAR}/1/")
    for _ in range(3):
        page.keyboard.press("Enter")
    saved(page)
    page.close(run_before_unload=False)
    again = browser.new_context(base_url=BASE[0]).new_page()
    cookie = signed_in(hall.leader).cookies[TOKEN_COOKIE]
    again.context.add_cookies([{"name": TOKEN_COOKIE, "value": cookie.value, "url": BASE[0]}])
    again.goto(f"/score/{YEAR}/1/")
    expect(again.locator("input.ded").nth(3)).to_be_focused()
    assert len(own(hall)) == 3
    again.context.close()


def test_a_script_of_an_expired_session_keeps_the_draft_and_leads_back(
    page: Page, hall: Hall
) -> None:
    """Idle too long, not logged out: the browser's storage stays, one link leads back here."""
    enter(page, hall.leader)
    page.goto(f"/score/{YEAR}/1/")
    session = Session.objects.latest("expire_date")
    data = session.get_decoded() | {"seen_at": 0}
    Session.objects.filter(pk=session.pk).update(session_data=Session.objects.encode(data))
    page.keyboard.press("Enter")
    expect(page.locator("[data-save]")).to_contain_text("登录已过期，已存本机 1 项")
    page.get_by_role("link", name="重新登录").click()
    expect(page).to_have_url(re.compile(r"/login/\?timeout=1&next="))
    enter(page, hall.leader)
    page.goto(f"/score/{YEAR}/1/")
    saved(page)
    assert [mark.deduction for mark in own(hall)] == [0]


def test_two_sessions_of_one_expert_ask_which_one(browser: Browser, page: Page, hall: Hall) -> None:
    enter(page, hall.leader)
    page.goto(f"/score/{YEAR}/1/")
    context = browser.new_context(base_url=BASE[0], locale="zh-CN")
    elsewhere = context.new_page()
    enter(elsewhere, hall.leader)
    elsewhere.goto(f"/score/{YEAR}/1/")
    elsewhere.locator("input.ded").first.fill("2")
    elsewhere.locator("input.ded").first.blur()
    saved(elsewhere)
    page.keyboard.press("Enter")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("在另一窗口改成 扣 2 分，用哪个？")
    dialog.get_by_role("button", name="用这里的").click()
    saved(page)
    assert [mark.deduction for mark in own(hall)] == [0]
    context.close()


def test_offline_work_waits_in_the_browser_and_is_sent_afterwards(page: Page, hall: Hall) -> None:
    enter(page, hall.leader)
    page.goto(f"/score/{YEAR}/1/")
    page.context.set_offline(offline=True)
    for _ in range(3):
        page.keyboard.press("Enter")
    page.locator("#comment").fill("总体良好")
    page.locator("#comment").blur()
    status = page.locator("[data-save]")
    expect(status).to_contain_text("没连上，已存本机 4 项")
    assert own(hall) == []
    page.context.set_offline(offline=False)
    saved(page)
    nothing_waits(page)
    assert [mark.deduction for mark in own(hall)] == [Decimal(0)] * 3
    assert hall.sheet(hall.leader).comment == "总体良好"


@pytest.mark.parametrize("way", ["logout", "day", "seal"])
def test_the_browser_keeps_nothing_after(way: str, page: Page, hall: Hall) -> None:
    """Logout, 24 hours and the seal wipe what waits in a shared PC."""
    enter(page, hall.leader)
    page.goto(f"/score/{YEAR}/2/")
    page.context.set_offline(offline=True)
    page.keyboard.press("Enter")
    expect(page.locator("[data-save]")).to_contain_text("已存本机 1 项")
    assert page.evaluate(DRAFTS) == 1
    page.evaluate("addEventListener('online', (event) => event.stopImmediatePropagation(), true)")
    if way == "day":
        page.evaluate(
            "for (const key of Object.keys(localStorage).filter((k) => k.startsWith('wz-draft-')))"
            ' localStorage[key] = localStorage[key].replace(/"at":\\d+/, \'"at":1000\')'
        )
    page.context.set_offline(offline=False)
    if way == "logout":
        page.get_by_role("button", name="退出").click()
        expect(page).to_have_url(re.compile("/login/"))
    elif way == "day":
        page.goto("/score/")
    else:
        page.goto(f"/score/{YEAR}/1/")
        without_deductions(page)
        page.keyboard.press("Control+Enter")
        page.locator("dialog[open] .primary").click()
        expect(page).to_have_url(f"{BASE[0]}/score/{YEAR}/2/")
        page.goto("/score/")
    nothing_waits(page)


def test_the_session_warns_before_it_ends(page: Page, hall: Hall) -> None:
    enter(page, hall.leader)
    page.clock.install()
    page.goto("/score/")
    page.clock.fast_forward("24:00")
    expect(page.locator(".toast")).to_have_count(0)
    page.clock.fast_forward("02:00")
    expect(page.locator(".toast.warning")).to_contain_text("没有操作就自动退出")
    page.get_by_role("button", name="继续使用").click()
    expect(page.locator(".toast")).to_have_count(0)
