"""Scoring in Chromium against the real server: keys, two windows, lost sessions, no script."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, Page, expect

from evaluations.actions import marking
from evaluations.models import DeductionReason, GradeBand, Item, Mark, ScoringStandard
from tests.evaluations.marking_year import SCOPE, YEAR, Hall, open_hall, signed_in
from wanzhou_eval.models import User
from wanzhou_eval.readers import reading_as

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


DRAFTS = "Object.keys(localStorage).filter((key) => key.startsWith('wz-draft-')).length"


def nothing_waits(page: Page) -> None:
    """Everything that waited in the browser was sent or wiped."""
    for _ in range(100):
        if page.evaluate(DRAFTS) == 0:
            return
        page.wait_for_timeout(50)
    raise AssertionError(page.evaluate(DRAFTS))


def own(hall: Hall) -> list[Mark]:
    """What the leader has saved, as its author reads it."""
    with reading_as(hall.leader):
        return list(Mark.objects.order_by("item__ordinal"))


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
    sheet = hall.sheet(hall.leader)
    assert (sheet.total, sheet.grade) == (Decimal("90.000000"), "优良")
    marks = own(hall)
    assert [mark.deduction for mark in marks if mark.deduction] == [Decimal(2)] * 5
    assert {(tuple(m.reasons), m.pages) for m in marks if m.deduction} == {((1,), "17")}
    assert len(marks) == 22


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


def without_deductions(page: Page) -> None:
    """本节其余项不扣分, section after section: a button goes once its section is dealt with."""
    rest = page.locator("[data-rest]:visible")
    for left in range(rest.count(), 0, -1):
        expect(rest).to_have_count(left)
        rest.first.click()


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
