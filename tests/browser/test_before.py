"""Before the first sheet in Chromium: the practice sheet by keys alone, and reasons for 不适用."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from evaluations.models import Mark
from tests.browser.sheets import enter
from tests.evaluations.marking_year import YEAR, Hall, matched_hall, open_hall
from wanzhou_eval.models import User
from wanzhou_eval.readers import reading_as

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("base")]


@pytest.fixture
def hall() -> Hall:
    return matched_hall(cases=1)


def test_practice_by_keys_alone_is_two_minutes_and_leaves_nothing(page: Page, hall: Hall) -> None:
    enter(page, hall.leader)
    page.goto("/score/")
    page.get_by_role("link", name="开始演练").click()
    page.wait_for_selector(".item.current")
    page.keyboard.press("Enter")
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    page.keyboard.press("1")
    page.keyboard.press("Tab")
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.locator("[name=state-4][value=na]").focus()
    page.keyboard.press("Space")
    expect(page.locator("#err-4")).to_have_text("请在说明里写明原因，写了才保存")
    page.keyboard.type("调解结案未开庭")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("[data-side] .grade")).to_contain_text("优良")
    page.keyboard.press("Control+Enter")
    expect(page.locator("dialog")).to_contain_text("这是演练，提交后什么也不留下")
    page.keyboard.press("Enter")
    expect(page.get_by_text("演练卷做完了")).to_be_visible()
    expect(page.get_by_role("link", name="开始演练")).to_have_count(0)
    assert User.objects.get(pk=hall.leader.pk).practised_at is not None
    assert (
        page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('wz-draft-')).length")
        == 0
    )


def left_out(hall: Hall) -> list[tuple[str, str]]:
    """What the author reads of the own sheet: nobody else reads anything yet."""
    with reading_as(hall.leader):
        return list(Mark.objects.values_list("state", "note"))


def test_an_item_left_out_is_saved_with_its_reason_and_not_before(page: Page) -> None:
    hall = open_hall(cases=1)
    enter(page, hall.leader)
    page.goto(f"/score/{YEAR}/1/")
    item = hall.item("B1")
    page.locator(f"#item-{item.pk}").hover()
    page.locator(f"[name=state-{item.pk}][value=cannot]").check()
    expect(page.locator(f"#err-{item.pk}")).to_have_text("请在说明里写明原因，写了才保存")
    assert left_out(hall) == []
    page.keyboard.type("缺页")
    page.keyboard.press("Enter")
    expect(page.locator("[data-save]")).to_contain_text("已自动保存")
    assert left_out(hall) == [("cannot", "缺页")]
    page.reload()
    expect(page.locator(f"[name=state-{item.pk}][value=cannot]")).to_be_checked()
