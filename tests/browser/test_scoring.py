"""Scoring in Chromium against the real server: keys, the standard beside, no script, 合议."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Page, expect

from evaluations.actions import marking
from tests.browser.sheets import (
    BASE,
    TOKEN_COOKIE,
    Keys,
    enter,
    long_standard,
    nothing_waits,
    own,
    saved,
)
from tests.evaluations.marking_year import YEAR, Hall, open_hall, signed_in
from wanzhou_eval.models import User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("base")]


@pytest.fixture
def hall() -> Hall:
    return open_hall(cases=2, standard=long_standard())


def test_22_items_with_5_deductions_need_at_most_60_keys_and_no_mouse(
    page: Page, hall: Hall
) -> None:
    enter(page, hall.leader)
    page.goto(f"/score/{YEAR}/1/")
    expect(page.locator("input.ded").first).to_be_focused()
    keys = Keys(page)
    for n in range(22):
        if n in {1, 5, 8, 13, 20}:
            keys.press("2", "Enter", "1", "Tab", "1", "7", "Enter")
        else:
            keys.press("Enter")
    keys.press("Control+Enter")
    expect(page.locator("dialog[open]")).to_contain_text("总分 90")
    keys.press("Enter")
    expect(page).to_have_url(f"{BASE[0]}/score/{YEAR}/2/")
    assert keys.count <= 60
    sheet = hall.sheet(hall.leader)
    assert (sheet.total, sheet.grade) == (Decimal("90.000000"), "优良")
    marks = own(hall)
    assert [mark.deduction for mark in marks if mark.deduction] == [Decimal(2)] * 5
    assert {(tuple(m.reasons), m.pages) for m in marks if m.deduction} == {((1,), "17")}
    assert len(marks) == 22


def test_the_rest_of_a_section_is_kept_as_such(page: Page, hall: Hall) -> None:
    enter(page, hall.leader)
    page.goto(f"/score/{YEAR}/1/")
    page.keyboard.press("Enter")
    saved(page)
    page.locator("[data-rest]").first.click()
    expect(page.locator("[data-done]")).to_have_text("6")
    nothing_waits(page)
    assert [mark.bulk for mark in own(hall)] == [False] + [True] * 5
    page.goto(f"/score/{YEAR}/1/check/")
    expect(page.locator("main")).to_contain_text("5 项用“本节其余项不扣分”记入")


def test_an_ime_keeps_its_enter_and_full_width_signs_are_numbers(page: Page, hall: Hall) -> None:
    enter(page, hall.leader)
    page.goto(f"/score/{YEAR}/1/")
    first = page.locator("input.ded").first
    first.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    expect(first).to_be_focused()
    expect(first).to_have_value("")
    page.keyboard.insert_text("１。５")
    expect(first).to_have_value("1.5")
    saved(page)
    assert [mark.deduction for mark in own(hall)] == [Decimal("1.5")]


def test_the_standard_stands_beside_on_a_wide_screen_and_behind_a_key_on_a_small_one(
    page: Page, hall: Hall
) -> None:
    enter(page, hall.leader)
    page.goto(f"/score/{YEAR}/1/")
    column = page.locator("[data-standard]")
    expect(column).not_to_be_visible()
    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_contain_text("按期、完整、有签名")
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 1920, "height": 1080})
    expect(column).to_contain_text("A1 评估项目1")
    page.keyboard.press("Enter")
    expect(column).to_contain_text("A2 评估项目2")
    nothing_waits(page)


def test_left_out_items_and_vetoes_reach_the_check(page: Page, hall: Hall) -> None:
    enter(page, hall.leader)
    page.goto(f"/score/{YEAR}/1/")
    item = page.locator(".item").first
    item.locator("input[value=na]").check()
    expect(item.locator(".err")).to_have_text("请在说明里写明原因，写了才保存")
    item.locator(".nt").fill("没有开庭")
    saved(page)
    page.goto(f"/score/{YEAR}/1/check/")
    expect(page.locator("table.list")).to_contain_text("没有开庭")


def test_sheet_is_scored_and_sealed_without_script(browser: Browser, hall: Hall) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=BASE[0], locale="zh-CN")
    page = context.new_page()
    cookie = signed_in(hall.leader).cookies[TOKEN_COOKIE]
    context.add_cookies([{"name": TOKEN_COOKIE, "value": cookie.value, "url": BASE[0]}])
    page.goto(f"/score/{YEAR}/1/")
    for _ in range(4):
        page.locator("button[name=rest]:not([hidden])").first.click()
    page.locator("input.ded").first.fill("２")
    page.locator(".item").first.locator(".reasons input").first.check()
    page.locator(".pg").first.fill("17")
    page.get_by_role("button", name="保存，稍后再评").click()
    expect(page).to_have_url(f"{BASE[0]}/score/")
    page.goto(f"/score/{YEAR}/1/check/")
    expect(page.locator(".lead")).to_contain_text("总分 98")
    page.locator("#comment").fill("总体良好")
    page.get_by_role("button", name="封存评分表").click()
    expect(page.locator("main")).to_contain_text("封存")
    sheet = hall.sheet(hall.leader)
    assert (sheet.total, sheet.comment) == (Decimal(98), "总体良好")
    context.close()


def test_pair_settles_a_difference_by_the_leader_s_ruling(page: Page, hall: Hall) -> None:
    for user, lose in ((hall.leader, "0"), (hall.member, "2")):
        _bulk(hall, user, lose=lose)
    enter(page, hall.member)
    page.goto(f"/settle/{YEAR}/1/")
    expect(page.locator("tr.differs")).to_have_count(15)
    page.get_by_label("合格", exact=True).check()
    page.locator("textarea").first.fill("多处缺签名")
    page.get_by_role("button", name="提出等次").click()
    enter(page, hall.leader)
    page.goto(f"/settle/{YEAR}/1/")
    page.get_by_label("不同意", exact=True).check()
    page.locator("textarea").first.fill("不影响质量")
    page.get_by_role("button", name="答复对方").click()
    rule = page.locator("section", has_text="组长意见").last
    rule.get_by_label("优良", exact=True).check()
    rule.locator("textarea").fill("材料齐全")
    rule.get_by_role("button", name="以组长意见定等次").click()
    expect(page.locator(".lead")).to_contain_text("组长意见")
    expect(page.locator(".log")).to_contain_text("认为应评为合格：多处缺签名")


def _bulk(hall: Hall, user: User, *, lose: str) -> None:
    """Score and seal a case by the actions, 15 items losing `lose`."""
    sheet = hall.sheet(user)
    for n, item in enumerate(hall.standard.items.all()):
        amount = Decimal(lose) if n < 15 else Decimal(0)
        marking.save_mark(
            sheet, item=item, deduction=amount, reasons=(1,) if amount else (),
            pages="3" if amount else "", version=0, by=user,
        )  # fmt: skip
    marking.seal_sheet(sheet, by=user)
