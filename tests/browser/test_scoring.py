"""Scoring in Chromium against the real server: keys, two windows, lost sessions, no script."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, Page, expect

from evaluations.actions import marking
from evaluations.models import DeductionReason, GradeBand, Item, Mark, ScoreSheet, ScoringStandard
from tests.evaluations.marking_year import SCOPE, YEAR, Hall, open_hall, signed_in
from wanzhou_eval.models import User

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN_COOKIE = "wanzhou_session"


def long_standard(*, items: int = 22) -> ScoringStandard:
    """22 items of 100 marks in four sections, each with a fixed, a ranged and another reason."""
    standard = ScoringStandard.objects.create(name="长标准", version=1, sha256="b" * 64)
    for place, (name, floor) in enumerate((("优良", 80), ("合格", 60), ("不合格", 0)), 1):
        GradeBand.objects.create(
            standard=standard, name=name, floor=floor, ordinal=place, failing=floor == 0
        )
    for n in range(items):
        part = n * 4 // items
        item = Item.objects.create(
            standard=standard, scope=SCOPE, section=f"{'ABCD'[part]} 指标{part}", ordinal=n + 1,
            number=f"{'ABCD'[part]}{n + 1}", title=f"评估项目{n + 1}", rule="缺签名扣2分",
            guidance="按期、完整、有签名", full_marks=6 if n < 12 else Decimal("2.8"),
        )  # fmt: skip
        DeductionReason.objects.create(item=item, ordinal=1, text="缺签名", low=2, high=2)
        DeductionReason.objects.create(
            item=item, ordinal=2, text="其他（写明理由）", low=Decimal("0.5"), high=2, other=True
        )
    return standard


@pytest.fixture
def hall() -> Hall:
    return open_hall(cases=2, standard=long_standard())


def enter(page: Page, user: User) -> None:
    """Sign in without typing: the login has its own test."""
    cookie = signed_in(user).cookies[TOKEN_COOKIE]
    page.context.add_cookies([{"name": TOKEN_COOKIE, "value": cookie.value, "url": BASE[0]}])


BASE: list[str] = []


@pytest.fixture(autouse=True)
def _base(live_server: object) -> None:
    BASE[:] = [str(live_server)]


class Keys:
    """A keyboard that counts."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1


def saved(page: Page) -> None:
    expect(page.locator("[data-save]")).to_have_attribute("data-state", "saved")


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
    sheet = ScoreSheet.objects.get(pk=hall.sheet(hall.leader).pk)
    assert (sheet.total, sheet.grade) == (Decimal("90.000000"), "优良")
    marks = sheet.marks.order_by("item__ordinal")
    assert [mark.deduction for mark in marks if mark.deduction] == [Decimal(2)] * 5
    assert {(tuple(m.reasons), m.pages) for m in marks if m.deduction} == {((1,), "17")}
    assert marks.count() == 22


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
    expect(dialog).to_contain_text("在另一窗口改过")
    dialog.get_by_role("button", name="用那边的").click()
    expect(first).to_have_value("0")
    assert Mark.objects.get().deduction == 0


def test_draft_survives_an_expired_session(page: Page, hall: Hall) -> None:
    enter(page, hall.leader)
    page.goto(f"/score/{YEAR}/1/")
    Session.objects.all().delete()
    page.keyboard.press("Enter")
    expect(page.locator("[data-save]")).to_contain_text("登录已过期，已存本机 1 项")
    assert not Mark.objects.exists()
    enter(page, hall.leader)
    page.goto(f"/score/{YEAR}/1/")
    saved(page)
    assert Mark.objects.get().deduction == 0


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
    assert Mark.objects.count() == 3
    again.context.close()


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
    sheet = ScoreSheet.objects.get(pk=hall.sheet(hall.leader).pk)
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
