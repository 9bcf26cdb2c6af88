"""申辩 in Chromium: a handler goes the whole way without a mouse; axe reads every page of it."""

from datetime import datetime
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from appeals.actions import file_appeal, register_paper_appeal
from appeals.models import Appeal
from tests.appeals.builders import (
    GROUNDS,
    IN_WINDOW,
    SCAN,
    SHANGHAI,
    STATEMENT,
    WINDOW_END,
    Year,
    add_sheets,
    make_year,
    publish,
)
from wanzhou_eval.models import Holiday, HolidayNotice, User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def year() -> Year:
    made = publish(make_year())
    made.set_clock(IN_WINDOW)
    return made


def sign_in(page: Page, user: User, site: object) -> None:
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie: Any = {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": str(site)}
    page.context.clear_cookies()
    page.context.add_cookies([cookie])


def sound(page: Page) -> None:
    """Nothing for axe, nothing wider than the screen, at both sizes and with all opened."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    for width, height in ((1366, 768), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        found = Axe().run(page)
        assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def tab_to(page: Page, text: str) -> None:
    """Tab until the focus stands on what is called so."""
    for _ in range(60):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "(document.activeElement.labels?.[0] || document.activeElement).textContent.trim()"
        )
        if name.startswith(text):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"{text}: the focus is not seen"
            return
    raise AssertionError(f"{text}: not reached with the Tab key on {page.url}")


def test_a_handler_appeals_and_withdraws_without_the_mouse(
    page: Page, year: Year, live_server: object
) -> None:
    sign_in(page, year.handlers[0], live_server)
    page.goto("/my/")
    sound(page)
    tab_to(page, "0001")
    page.keyboard.press("Enter")
    page.wait_for_url("**/my/2022/1/")
    tab_to(page, "申辩期限")
    page.keyboard.press("Enter")
    expect(page.get_by_text("当日不计入，数5个工作日")).to_be_visible()
    sound(page)
    page.goto("/my/2022/1/")
    tab_to(page, "提出异议")
    page.keyboard.press("Enter")
    page.wait_for_url("**/appeal/")
    sound(page)
    page.goto("/my/2022/1/appeal/")
    tab_to(page, "申辩意见")
    page.keyboard.type(STATEMENT)
    tab_to(page, "对“1.1 会见”的异议")
    page.keyboard.type(GROUNDS[0][1])
    tab_to(page, "提交异议申辩")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert not Appeal.objects.exists()
    tab_or_stay(page, "提交异议申辩")
    page.keyboard.press("Enter")
    page.wait_for_url("**/my/2022/1/")
    expect(page.get_by_text("异议申辩已收到")).to_be_visible()
    appeal = Appeal.objects.get()
    assert appeal.state == "已受理"
    sound(page)
    page.goto(f"/my/2022/1/notices/{appeal.pk}/")
    sound(page)
    page.goto("/my/2022/1/")
    tab_to(page, "撤回异议")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    tab_or_stay(page, "撤回异议")
    page.keyboard.press("Enter")
    expect(page.get_by_text("异议申辩已撤回")).to_be_visible()
    appeal.refresh_from_db()
    assert appeal.withdrawn_at is not None


def tab_or_stay(page: Page, text: str) -> None:
    """The button of the dialog, where the focus may stand already."""
    here = page.evaluate("document.activeElement.textContent.trim()")
    if here != text:
        tab_to(page, text)


def test_the_pages_of_an_appeal_have_nothing_for_axe(
    page: Page, year: Year, live_server: object
) -> None:
    appeal = file_appeal(
        year.cases[0], statement=STATEMENT, grounds=GROUNDS, files=SCAN, by=year.handlers[0]
    )
    paper = register_paper_appeal(
        year.cases[1], appellant=year.person(1), statement=STATEMENT, grounds=GROUNDS,
        received_on=IN_WINDOW.date(), files=SCAN, by=year.users["clerk"],
    )  # fmt: skip
    sign_in(page, year.users["bureau"], live_server)
    base = "/y/2022/appeals/"
    for tail in ("", f"{appeal.pk}/", f"{paper.pk}/", f"{appeal.pk}/notice/", "register/"):
        page.goto(base + tail)
        sound(page)
    year.set_clock(WINDOW_END)
    late = file_appeal(year.cases[2], statement=STATEMENT, grounds=GROUNDS, by=year.handlers[0])
    page.goto(f"{base}{late.pk}/notice/")
    sound(page)
    year.set_clock(datetime(2022, 10, 10, 9, tzinfo=SHANGHAI))
    for address in (base, f"{base}{appeal.pk}/", "/y/2022/"):
        page.goto(address)
        sound(page)
    add_sheets(appeal.drawn_case, year.experts[2:4], grade="合格", in_round="review")
    sign_in(page, User.objects.get(person=year.experts[2].person), live_server)
    for address in ("/settle/2022/1/review/", "/my/reviews/2022/1/"):
        page.goto(address)
        sound(page)


def test_the_calendar_and_a_provisional_date_have_nothing_for_axe(
    page: Page, year: Year, live_server: object
) -> None:
    sign_in(page, year.users["clerk"], live_server)
    page.goto("/calendar/?year=2022")
    old = page.locator("ol.log a").first.inner_text()
    Holiday.objects.filter(notice__year=2026).delete()
    HolidayNotice.objects.filter(year=2026).delete()
    page.goto(f"/calendar/?year=2026&version={old}")
    expect(page.get_by_text(f"这是旧版本 {old}。")).to_be_visible()
    sound(page)
    page.goto("/calendar/?year=2026")
    sound(page)
    year.set_clock(datetime(2025, 12, 29, 9, tzinfo=SHANGHAI))
    page.goto("/y/2022/")
    expect(page.get_by_text("登记2026年节假日通知")).to_be_visible()
    sound(page)
