"""The ceremony in Chromium: two operators, the space bar, a reload in the middle, the record."""

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from evaluations.models import Draw
from tests.evaluations.draw_year import SEEDS, Year, open_year
from wanzhou_eval.models import User

pytestmark = pytest.mark.django_db(transaction=True)
SHOTS = os.environ.get("DRAW_SHOTS", "")
CODE = "/y/2031/draws/WZ-2031-S1/"


def sign_in(page: Page, user: User) -> None:
    """Put a session of this account into the browser."""
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": str(page.base)}]  # type: ignore[attr-defined]
    )


def shoot(page: Page, name: str, *, full: bool = False) -> None:
    """Keep a picture when asked to."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=full)


@pytest.fixture
def year() -> Year:
    return open_year(cases=761, decided_size=76, decided_reason="按批复取七十六件",
                     decided_clause="方案第四条", decided_signer="甲局长")  # fmt: skip


def test_the_ceremony(page: Page, browser: Browser, year: Year, live_server: object) -> None:
    page.base = live_server  # type: ignore[attr-defined]
    second = browser.new_context(base_url=str(live_server)).new_page()
    second.base = live_server  # type: ignore[attr-defined]
    sign_in(page, year.bureau)
    sign_in(second, year.clerk)
    page.goto("/y/2031/draws/")
    shoot(page, "list")
    page.get_by_role("button", name="封存案件名单").click()
    page.get_by_role("dialog").get_by_role("button", name="封存案件名单").click()
    expect(page.get_by_role("heading", name="打印指纹单，各方签名")).to_be_visible()
    shoot(page, "console-sheet")
    page.goto(f"{CODE}sheet-a/")
    shoot(page, "sheet-a")
    page.goto(f"{CODE}console/")
    page.get_by_role("button", name="登记指纹单已签名").click()
    page.get_by_label("随机数", exact=True).fill(SEEDS["sample"])
    page.get_by_label("随机数来源").select_option("d10")
    page.get_by_label("谁掷的，各几位").fill("纪检 甲 8位\n律师代表 乙 8位\n专家代表 丙 8位")
    shoot(page, "console-first")
    page.get_by_role("button", name="录入第一遍").click()
    expect(page.get_by_text("请换另一人")).to_be_visible()
    second.goto(f"{CODE}console/")
    second.get_by_label("随机数", exact=True).fill(SEEDS["sample"][:-1] + "9")
    second.get_by_role("button", name="录入第二遍并执行抽选").click()
    expect(second.get_by_text("两次输入第24位不同")).to_be_visible()
    second.goto(f"{CODE}console/")
    second.get_by_label("随机数", exact=True).fill(SEEDS["sample"])
    shoot(second, "console-second")
    second.get_by_role("button", name="录入第二遍并执行抽选").click()
    expect(second.get_by_role("heading", name="逐号宣读")).to_be_visible()
    read_out(page)
    page.get_by_role("button", name="锁定抽选记录").click()
    expect(page.get_by_text("已锁定，重算一致")).to_be_visible()
    shoot(page, "record")
    shoot(page, "record-full", full=True)
    if SHOTS:
        page.pdf(path=Path(SHOTS) / "record.pdf", prefer_css_page_size=True)
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 658, "height": 1000})
        shoot(page, "record-print", full=True)
    assert Draw.objects.get().signed_at is not None
    second.context.close()


def read_out(page: Page) -> None:
    """Space bar, reload, End; the state is the server's."""
    page.goto(f"{CODE}live/")
    expect(page.locator("[data-board] li.wait")).to_have_count(76)
    page.keyboard.press("Space")
    expect(page.locator("[data-board] li:not(.wait)")).to_have_count(1)
    page.keyboard.press("Space")
    expect(page.locator("[data-board] li:not(.wait)")).to_have_count(2)
    page.reload()
    expect(page.locator("[data-board] li:not(.wait)")).to_have_count(2)
    assert Draw.objects.get().announced == 2
    page.keyboard.press("p")
    expect(page.locator("[data-live-status]")).to_have_text("已暂停，按 P 继续")
    page.keyboard.press("p")
    expect(page.locator("[data-live-status]")).to_have_text("")
    page.keyboard.press("Space")
    expect(page.locator("[data-board] li:not(.wait)")).to_have_count(3)
    shoot(page, "live")
    page.keyboard.press("End")
    expect(page.locator(".phases .now b")).to_have_text("各方签名")
    shoot(page, "live-end")
    page.goto(f"{CODE}console/")
