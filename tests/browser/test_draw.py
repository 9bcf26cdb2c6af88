"""The ceremony in Chromium without the mouse: two typings, the space bar, a reload, the record.

Every page of it goes through axe; nothing hangs over at the office's two sizes; the prints have
the pages that the room expects.
"""

from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from evaluations.actions import draws
from evaluations.models import Draw
from tests.browser.pages import DESK, fits, sheets, sign_in, sound
from tests.evaluations.draw_year import SEEDS, Year, ceremony, open_year

pytestmark = pytest.mark.django_db(transaction=True)
DRAWS = "/y/2031/draws/"
CODE = f"{DRAWS}WZ-2031-S1/"
GROUNDS: dict[str, Any] = {
    "decided_reason": "按批复取七十六件",
    "decided_clause": "方案第四条",
    "decided_signer": "甲局长",
}


def tab_to(page: Page, target: Locator) -> None:
    """Tab until it has the focus."""
    for _ in range(60):
        if target.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"the keyboard never comes to {target}")


def press(page: Page, name: str, *, within: Page | Locator | None = None) -> None:
    """Tab to a button and press Enter."""
    tab_to(page, (within or page).get_by_role("button", name=name, exact=True))
    page.keyboard.press("Enter")


def type_in(page: Page, label: str, words: str) -> None:
    tab_to(page, page.get_by_label(label, exact=True))
    page.keyboard.press("Control+a")
    page.keyboard.type(words)


def test_the_ceremony_by_the_keyboard(page: Page, browser: Browser, live_server: object) -> None:
    year = open_year(cases=761, decided_size=76, **GROUNDS)
    second = browser.new_context(base_url=str(live_server), viewport=DESK).new_page()
    sign_in(page, year.bureau, live_server)
    sign_in(second, year.clerk, live_server)
    page.goto("/y/2031/plan/size/")
    sound(page)
    seal_and_sign(page)
    type_twice(page, second)
    expect(second.get_by_role("heading", name="逐号宣读")).to_be_visible()
    second.context.close()
    read_out(page)
    page.goto(f"{CODE}console/")
    sound(page)
    press(page, "锁定抽选记录")
    expect(page.get_by_text("已锁定，重算一致")).to_be_visible()
    sound(page)
    assert Draw.objects.get().signed_at is not None
    assert (sheets(page, f"{CODE}sheet-a/"), sheets(page, CODE)) == (1, 2)
    verify_by_the_keyboard(page)
    for address in (f"{DRAWS}why/5/", "/public/2031/draws/", "/y/2031/plan/size/"):
        page.goto(address)
        sound(page)


def seal_and_sign(page: Page) -> None:
    """封存、指纹单签名."""
    page.goto(DRAWS)
    press(page, "封存案件名单")
    press(page, "封存案件名单", within=page.get_by_role("dialog"))
    expect(page.get_by_role("heading", name="打印指纹单（表A），各方签名")).to_be_visible()
    sound(page)
    press(page, "登记指纹单已签名")


def type_twice(page: Page, second: Page) -> None:
    """Two people, the second one with a slip of the finger first."""
    expect(page.get_by_role("heading", name="第一人录入随机数")).to_be_visible()
    sound(page)
    type_in(page, "随机数", SEEDS["sample"])
    source = page.get_by_label("随机数来源")
    tab_to(page, source)
    for _ in range(4):
        if source.input_value() != "d10":
            page.keyboard.press("ArrowDown")
    type_in(page, "谁掷的，各几位", "纪检 甲 8位；律师代表 乙 8位；专家代表 丙 8位")
    press(page, "录入第一遍")
    expect(page.get_by_text("请换另一人")).to_be_visible()
    sound(page)
    second.goto(f"{CODE}console/")
    type_in(second, "随机数", SEEDS["sample"][:-1] + "9")
    press(second, "录入第二遍并执行抽选")
    expect(second.get_by_text("两次输入第24位不同")).to_be_visible()
    second.goto(f"{CODE}console/")
    type_in(second, "随机数", SEEDS["sample"])
    press(second, "录入第二遍并执行抽选")


def read_out(page: Page) -> None:
    """The fingerprint first; space bar, reload, pause, End; the state is the server's."""
    read = page.locator("[data-board] li:not(.wait)")
    page.goto(f"{CODE}live/")
    tail = Draw.objects.get().result_hash[-8:]
    expect(page.locator("[data-call]")).to_have_text(f"{tail[:4]} {tail[4:]}")
    expect(page.locator("[data-board] li.wait")).to_have_count(76)
    for count in (1, 2):
        page.keyboard.press("Space")
        expect(read).to_have_count(count)
    expect(page.locator("[data-line]")).to_contain_text("第 2 件")
    page.reload()
    expect(read).to_have_count(2)
    assert Draw.objects.get().announced == 2
    page.keyboard.press("p")
    expect(page.locator("[data-live-status]")).to_have_text("已暂停，按 P 继续")
    sound(page)
    page.keyboard.press("p")
    expect(page.locator("[data-live-status]")).to_have_text("")
    page.keyboard.press("Space")
    expect(read).to_have_count(3)
    page.keyboard.press("End")
    expect(page.locator(".phases .now b")).to_have_text("各方签名")
    expect(page.locator("[data-call]")).to_have_text("76 件")


def verify_by_the_keyboard(page: Page) -> None:
    """复算: red with both fingerprints, then green."""
    printed = Draw.objects.get().freeze_hash
    for typed, said in (("0" * 64, "不一致"), (printed, "一致")):
        page.goto(f"{CODE}verify/")
        type_in(page, "指纹单（表A）上的名单指纹", typed)
        page.keyboard.press("Enter")
        expect(page.locator(".notice strong")).to_have_text(said)
        sound(page)


def test_the_projector_fits_in_every_state(page: Page, live_server: object) -> None:
    year = open_year(cases=761, decided_size=80)
    sign_in(page, year.bureau, live_server)
    live = f"{CODE}live/"
    draw = draws.seal_frame(year.plan, by=year.bureau)
    fits(page, live, whole=True)
    expect(page.locator(".ahead .now")).to_contain_text("逐组核对名单指纹")
    sound(page)
    page.goto("about:blank")  # the open page would come again by itself, in the midst of the next
    draw = ceremony(year, draw, seed=SEEDS["sample"], finish=False)
    fits(page, live, whole=True)
    draws.announce(draw, upto=31, by=year.bureau)
    fits(page, live, whole=True)
    page.goto("about:blank")
    draws.announce(draw, upto=10**6, by=year.bureau)
    draw = draws.sign_draw(draw, by=year.bureau)
    for address in (CODE, f"{CODE}verify/", f"{CODE}console/", DRAWS, "/y/2031/plan/size/"):
        fits(page, address)
    assert sheets(page, CODE) == 2
    void(year, draw)
    fits(page, live, whole=True)
    expect(page.locator(".voided .reason")).to_have_text("理由：骰子落地后被人碰动")
    sound(page)


def void(year: Year, draw: Draw) -> None:
    why = "骰子落地后被人碰动"
    draws.void_draw(draw, reason=why, by=year.bureau, confirmed_by=year.leader)
