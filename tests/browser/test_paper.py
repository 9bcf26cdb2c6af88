"""Paper, offline and withdrawn sheets in Chromium: axe, the office's sizes, three pages of A4."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from evaluations.models import ScoreSheet, ScoringStandard
from evaluations.rules.paper import sheet_code
from tests.browser.pages import fits, sheets, sign_in, sound
from tests.browser.sheets import long_standard, without_deductions
from tests.evaluations.marking_year import YEAR, Hall, open_hall
from tests.people import make_user
from wanzhou_eval.models import Role, User

pytestmark = pytest.mark.django_db(transaction=True)
PAPER = f"/y/{YEAR}/paper/"
SCAN: FilePayload = {
    "name": "签名.pdf",
    "mimeType": "application/pdf",
    "buffer": b"%PDF-1.4 signed",
}


@pytest.fixture
def hall() -> Hall:
    return open_hall(cases=2, standard=longest_standard())


def longest_standard() -> ScoringStandard:
    """As many items as the standard of 2022 has, with reasons that need room."""
    return long_standard(items=28)


def type_all(page: Page, *, note: str = "") -> None:
    """Each item by the keyboard: 0, or 2 with its reason and page."""
    for n, field in enumerate(page.locator("input[name^=ded-]").all()):
        field.fill("2" if n == 1 else "0")
    key = page.locator("input[name^=ded-]").nth(1).get_attribute("name")
    assert key
    page.locator(f"[name={key.replace('ded', 'why')}]").fill("1")
    page.locator(f"[name={key.replace('ded', 'pages')}]").fill("17")
    if note:
        page.locator(f"[name={key.replace('ded', 'note')}]").fill(note)
    page.get_by_role("button", name="录完第").click()


def test_a_signed_sheet_comes_in_by_two_people(
    page: Page, browser: Browser, hall: Hall, live_server: object
) -> None:
    sheet = hall.sheet(hall.leader)
    code = sheet_code(YEAR, sheet.pk)
    sign_in(page, hall.staff["clerk"], live_server)
    for address in (PAPER, f"{PAPER}print/?code={code}", f"{PAPER}{code}/"):
        fits(page, address)
        sound(page)
    assert sheets(page, f"{PAPER}print/?code={code}") <= 3
    page.goto(PAPER)
    page.locator("#code").fill(code)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("录第1遍")
    type_all(page, note="缺一处签名")
    expect(page.locator("main")).to_contain_text("这一遍已录完")
    other = second_desk(browser, live_server, make_user(Role.CLERK, "clerk2"))
    other.goto(f"{PAPER}{code}/")
    expect(other.locator("[name^=note-]")).to_have_count(0)
    sound(other)
    type_all(other)
    expect(other.locator("main")).to_contain_text("缺一处签名")
    sound(other)
    other.get_by_role("checkbox", name="一致").check()
    other.locator("input[type=file]").set_input_files(SCAN)
    other.get_by_role("button", name="核对无误，封存").click()
    expect(other.locator("main")).to_contain_text("已封存（纸质）")
    other.context.close()
    sealed = ScoreSheet.objects.get(pk=sheet.pk)
    assert (sealed.sealed, sealed.paper) == (True, True)


def second_desk(browser: Browser, site: object, user: User) -> Page:
    opened = browser.new_context(base_url=str(site), locale="zh-CN").new_page()
    sign_in(opened, user, site)
    return opened


def test_the_pages_of_the_expert_are_sound(page: Page, hall: Hall, live_server: object) -> None:
    sign_in(page, hall.leader, live_server)
    fits(page, "/score/offline/")
    sound(page)
    with page.expect_download() as got:
        page.get_by_role("button", name="下载离线评分表").click()
    assert got.value.suggested_filename == "离线评分表.xlsx"
    page.locator("input[type=file]").set_input_files(got.value.path())
    page.get_by_role("button", name="上传并检查").click()
    expect(page.locator(".toast")).to_contain_text("没有改动")
    page.goto(f"/score/{YEAR}/1/")
    without_deductions(page)
    expect(page.locator("[data-grade] .grade")).to_be_visible()
    sound(page)
    page.keyboard.press("Control+Enter")
    page.locator("dialog[open] .primary").click()
    expect(page).to_have_url(f"{live_server}/score/{YEAR}/2/")
    page.goto(f"/score/{YEAR}/1/")
    page.get_by_role("link", name="撤回封存").click()
    sound(page)
    page.get_by_label("撤回原因").fill("再核对一项")
    page.get_by_role("button", name="撤回封存").click()
    expect(page.locator("[data-side]")).to_contain_text("再核对一项")
    assert sheets(page, f"/score/{YEAR}/1/print/") <= 3
