"""承诺值 in Chromium: the slip once, the envelope scanned, the offline page; axe."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from evaluations.models import Draw
from evaluations.queries.draws_proof import certificate_of
from evaluations.rules.certificates import certificate_json
from tests.browser.pages import OFFLINE_PAGE, sign_in, sound
from tests.evaluations.draw_year import SEEDS, open_year

pytestmark = pytest.mark.django_db(transaction=True)
SHOTS = os.environ.get("DRAW_SHOTS", "")
CODE = "/y/2031/draws/WZ-2031-S1/"


def shoot(page: Page, name: str) -> None:
    """Keep a picture when asked to; every page is read by axe."""
    sound(page)
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"commit-{name}.png", full_page=True)


def test_from_the_slip_to_the_offline_page(
    page: Page, browser: Browser, live_server: object, tmp_path: Path
) -> None:
    year = open_year(commitment=True)
    sign_in(page, year.bureau, live_server)
    page.goto("/y/2031/draws/")
    shoot(page, "list")
    page.get_by_role("button", name="封存案件名单").click()
    page.get_by_role("dialog").get_by_role("button", name="封存案件名单").click()
    expect(page.get_by_role("heading", name="抽选承诺值")).to_be_visible()
    value = page.locator("p.lead.hash").inner_text().replace(" ", "")
    expect(page.locator("svg.barcode")).to_have_count(2)
    shoot(page, "slip")
    if SHOTS:
        page.pdf(path=Path(SHOTS) / "slip.pdf", prefer_css_page_size=True)
    page.get_by_role("link", name="已打印并装入信封，去操作台").click()
    expect(page.get_by_text("先核对承诺信封")).to_be_visible()
    shoot(page, "sheet-step")
    page.goto(f"{CODE}sheet-a/")
    shoot(page, "sheet-a")
    page.goto(f"{CODE}console/")
    page.get_by_role("button", name="登记指纹单已签名").click()
    page.get_by_label("随机数", exact=True).fill(SEEDS["sample"])
    page.get_by_label("谁掷的，各几位").fill("纪检 甲 16位；律师代表 乙 8位")
    shoot(page, "first")
    page.get_by_role("button", name="录入第一遍").click()
    expect(page.get_by_text("现在当众启封")).to_be_visible()
    sign_in(page, year.clerk, live_server)
    page.goto(f"{CODE}console/")
    page.get_by_label("随机数", exact=True).fill(SEEDS["sample"])
    page.get_by_label("承诺值").focus()
    for half in (value[:32], value[32:]):  # a wedge scanner: the code and Enter
        page.keyboard.type(half.upper())
        page.keyboard.press("Enter")
    shoot(page, "second")
    page.get_by_role("button", name="录入第二遍并执行抽选").click()
    expect(page.get_by_role("heading", name="逐号宣读")).to_be_visible()
    page.get_by_role("button", name="全部宣读").click()
    page.goto(f"{CODE}live/")
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / "commit-live.png")
    page.goto(CODE)
    shoot(page, "record")
    draw = Draw.objects.get()
    assert draw.seed == f"{SEEDS['sample']}+{value}"
    offline_page_agrees(browser, draw, folder=tmp_path)


def offline_page_agrees(browser: Browser, draw: Draw, *, folder: Path) -> None:
    """The certificate is proven without a network; another value is named as such."""
    context = browser.new_context(locale="zh-CN", offline=True)
    page, path = context.new_page(), folder / "证书.json"
    good = certificate_of(draw)
    bad = good | {"seed": f"{SEEDS['sample']}+{'f' * 64}"}
    for certificate, said in ((good, "一致"), (bad, "承诺值与封存的承诺不符")):
        path.write_text(certificate_json(certificate), encoding="utf-8")
        page.goto(OFFLINE_PAGE.as_uri())
        page.locator("#files").set_input_files(path)
        page.locator("#sheet-1").fill(draw.freeze_hash)
        page.get_by_role("button", name="核对证书").click()
        page.locator('#verdicts[data-state="done"]').wait_for(state="attached")
        expect(page.locator(".verdict").first).to_contain_text(said)
    context.close()
