"""评等次 in Chromium against the real server: keys, two windows, offline, no script, axe."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from evaluations.actions import marking
from evaluations.models import Mark
from evaluations.rules.paper import sheet_code
from tests.browser.pages import fits, sheets, sound
from tests.browser.sheets import Keys, enter, nothing_waits, own, saved
from tests.evaluations.levels_year import level_hall, level_standard, seal_levels
from tests.evaluations.marking_year import YEAR, Hall
from wanzhou_eval.readers import reading_as

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("base")]
FIRST = f"/score/{YEAR}/1/"


@pytest.fixture
def hall() -> Hall:
    return level_hall(cases=2, standard=level_standard(items=28))


def levels(marks: list[Mark]) -> list[int | None]:
    return [mark.level for mark in marks]


def test_28_items_with_3_low_levels_need_at_most_60_keys_and_no_mouse(
    page: Page, hall: Hall
) -> None:
    enter(page, hall.leader)
    page.goto(FIRST)
    expect(page.locator(".lvl input").first).to_be_focused()
    keys = Keys(page)
    for n in range(28):
        if n in {1, 5, 20}:
            keys.press("1", "1", "Tab", "1", "7", "Enter")
        elif n in {3, 8}:
            keys.press("2")
        else:
            keys.press("3")
    expect(page.locator("[data-grade]")).to_have_text("全部评完并作出总体判断后显示对应等次。")
    keys.press("4")
    expect(page.locator("[data-side] .grade")).to_contain_text("优良")
    keys.press("Enter", "o", "k")
    keys.press("Control+Enter")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("总体判断 4，对应优良。各项：好 23、一般 2、差 3。")
    keys.press("Enter")
    expect(page).to_have_url(re.compile(f"/score/{YEAR}/2/$"))
    assert keys.count <= 60
    sheet = hall.sheet(hall.leader)
    assert (sheet.overall, sheet.total, sheet.grade, sheet.comment) == (4, 4, "优良", "ok")
    marks = own(hall)
    assert [mark.level for mark in marks].count(3) == 23
    assert {(tuple(m.reasons), m.pages) for m in marks if m.level == 1} == {((1,), "17")}


def test_c_and_n_ask_for_their_reason_and_arrows_move(page: Page, hall: Hall) -> None:
    enter(page, hall.leader)
    page.goto(FIRST)
    page.keyboard.press("C")
    expect(page.locator(".item").nth(0).locator(".err")).to_have_text(
        "请在说明里写明原因，写了才保存"
    )
    page.keyboard.type("缺第二卷")
    page.keyboard.press("Enter")
    page.keyboard.press("n")
    page.keyboard.type("没有开庭")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("2")
    nothing_waits(page)
    marks = own(hall)
    assert [(m.state, m.level, m.note) for m in marks] == [
        ("cannot", None, "缺第二卷"), ("na", None, "没有开庭"), ("", 2, ""),
    ]  # fmt: skip
    expect(page.locator("[data-done]")).to_have_text("3")


def test_rest_of_a_section_is_rated_best_and_marked_as_such(page: Page, hall: Hall) -> None:
    enter(page, hall.leader)
    page.goto(FIRST)
    page.keyboard.press("2")
    page.get_by_role("button", name="本节其余 6 项评 3（好）").click()
    nothing_waits(page)
    marks = own(hall)
    assert [(mark.level, mark.bulk) for mark in marks] == [(2, False)] + [(3, True)] * 6


def test_two_windows_ask_for_an_item_and_for_the_judgement(page: Page, hall: Hall) -> None:
    enter(page, hall.leader)
    page.goto(FIRST)
    other = page.context.new_page()
    other.goto(FIRST)
    page.keyboard.press("3")
    page.locator("#overall-4").check(force=True)
    saved(page)
    nothing_waits(page)
    other.locator(".lvl input[value='2']").first.check(force=True)
    dialog = other.locator("dialog[open]")
    expect(dialog).to_contain_text(re.compile(r"在另一窗口改成 3 好，用哪个？"))
    dialog.get_by_role("button", name="用这里的（2 一般）").click()
    nothing_waits(other)
    other.locator("#overall-2").check(force=True)
    expect(dialog).to_contain_text("在另一窗口改成 4，用哪个？")
    dialog.get_by_role("button", name="用那边的（4）").click()
    expect(other.locator("#overall-4")).to_be_checked()
    nothing_waits(other)
    assert levels(own(hall)) == [2]
    assert hall.sheet(hall.leader).overall == 4


def test_levels_wait_in_the_browser_while_the_network_is_gone(page: Page, hall: Hall) -> None:
    enter(page, hall.leader)
    page.goto(FIRST)
    page.context.set_offline(True)
    page.keyboard.press("3")
    page.keyboard.press("2")
    page.locator("#overall-3").check(force=True)
    expect(page.locator("[data-save]")).to_contain_text("没连上，已存本机")
    assert own(hall) == []
    page.context.set_offline(False)
    page.reload()
    expect(page.locator("#overall-3")).to_be_checked()
    nothing_waits(page)
    assert levels(own(hall)) == [3, 2]
    assert hall.sheet(hall.leader).overall == 3


def test_a_low_level_without_its_cause_is_listed_before_the_seal(page: Page, hall: Hall) -> None:
    enter(page, hall.leader)
    page.goto(FIRST)
    page.keyboard.press("1")
    page.keyboard.press("Control+Enter")
    errors = page.locator("#score-errors")
    expect(errors).to_contain_text("A1 项目A1：评为 1 差，请勾选情形或在说明里写明理由")
    expect(errors).to_contain_text("总体判断：还没有作出，5 最好，1 最差")
    expect(errors).to_contain_text("总体意见：请写明总体判断的理由")
    expect(page.locator("#score-errors li")).to_have_count(30)
    errors.get_by_role("link", name="总体判断：还没有作出").click()
    expect(page.locator("#overall-5")).to_be_focused()


def test_works_without_script(browser: Browser, hall: Hall, live_server: object) -> None:
    context = browser.new_context(
        java_script_enabled=False, locale="zh-CN", base_url=str(live_server)
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    enter(page, hall.leader)
    page.goto(FIRST)
    page.locator(".lvl input[value='3']").first.check(force=True)
    page.get_by_role("button", name=re.compile("本节其余 7 项评 3")).first.click()
    page.locator("#overall-4").check(force=True)
    page.locator("#comment").fill("扎实")
    page.get_by_role("button", name=re.compile("提交并评下一件")).first.click()
    expect(page.locator("main")).to_contain_text("还没有评")
    assert levels(own(hall)) == [3] * 7
    with reading_as(hall.leader):
        items = hall.standard.items.filter(veto=False).order_by("ordinal")[7:]
        for item in items:
            marking.save_mark(
                hall.sheet(hall.leader), item=item, level=3, version=0, by=hall.leader
            )
    page.reload()
    expect(page.locator("main")).to_contain_text("总体判断 4，对应")
    page.get_by_role("button", name="封存评分表").click()
    assert hall.sheet(hall.leader).grade == "优良"
    context.close()


def test_axe_has_nothing_to_say_on_any_state_of_the_sheet(page: Page, hall: Hall) -> None:
    enter(page, hall.leader)
    fits(page, FIRST)
    sound(page)
    page.keyboard.press("1")
    sound(page)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#score-errors li")).to_have_count(30)
    sound(page)
    page.goto(f"{FIRST}check/")
    sound(page)
    whole = {f"{'ABCD'[(n - 1) * 4 // 28]}{n}": 3 if n % 9 else 1 for n in range(1, 29)}
    seal_levels(hall, hall.leader, 2, levels=whole, overall=4)
    seal_levels(hall, hall.member, 2, levels=whole | {"A1": 2}, overall=2)
    second = f"/score/{YEAR}/2/"
    for address in (second, f"{second}check/", f"/settle/{YEAR}/2/", "/score/practice/"):
        fits(page, address)
        sound(page)
    assert sheets(page, f"{second}print/") <= 3


def test_the_blank_sheet_takes_three_pages_and_the_desk_types_levels(
    page: Page, hall: Hall
) -> None:
    code = sheet_code(YEAR, hall.sheet(hall.leader).pk)
    desk = f"/y/{YEAR}/paper/"
    enter(page, hall.staff["clerk"])
    for address in (f"{desk}print/?code={code}", f"{desk}{code}/"):
        fits(page, address)
        sound(page)
    assert sheets(page, f"{desk}print/?code={code}") <= 3
    page.goto(f"{desk}{code}/")
    for field in page.locator("input[name^=ded-]").all():
        field.fill("3")
    page.get_by_label("总体判断").fill("4")
    page.get_by_role("button", name="录完第").click()
    expect(page.locator("main")).to_contain_text("总体意见：纸上应写明总体判断的理由")
    sound(page)
    page.locator("#comment").fill("扎实")
    page.get_by_role("button", name="录完第").click()
    expect(page.locator("main")).to_contain_text("这一遍已录完")


@pytest.mark.parametrize("path", ["", "{pk}/", "{pk}/preview/", "new/", "import/"])
def test_the_pages_of_a_standard_of_levels_are_sound(page: Page, hall: Hall, path: str) -> None:
    enter(page, hall.bureau)
    address = f"/y/{YEAR}/plan/items/{path.format(pk=hall.standard.pk)}"
    fits(page, address)
    sound(page)
