"""卷宗交接 in Chromium: scan out, hand over and back by the keyboard; labels on A4; axe."""

import pytest
from playwright.sync_api import Page, expect

from evaluations.models import FileMovement
from evaluations.queries.assignments import assigned_pairs
from evaluations.rules.custody import label_code
from tests.browser.pages import PAGE_OBJECT, sign_in, sound
from tests.evaluations.draw_year import Year, matched_year

pytestmark = pytest.mark.django_db(transaction=True)
FILES = "/y/2031/files/"


@pytest.fixture
def year() -> Year:
    return matched_year()


def scan(page: Page, code: str) -> None:
    """What a wedge scanner does: the code and Enter, wherever the cursor stands."""
    expect(page.get_by_label("扫条码或输入卷宗号")).to_be_focused()
    page.keyboard.type(code)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_out_to_an_expert_and_back_without_the_mouse(
    page: Page, year: Year, live_server: object
) -> None:
    sign_in(page, year.clerk, live_server)
    file = assigned_pairs(year.plan)[0]
    case, name = file.drawn_case.case, file.leader.person.name
    code = label_code(2031, case.serial)
    page.goto(FILES)
    sound(page)
    scan(page, code)
    expect(page.get_by_text(f"卷宗{case.label}已登记“调出档案室”。")).to_be_visible()
    scan(page, code)
    expect(page.get_by_role("alert")).to_contain_text("不用再扫")
    sound(page)
    page.locator("#id_move").select_option("give")
    page.locator("#id_holder").select_option(str(file.leader.pk))
    page.get_by_label("扫条码或输入卷宗号").focus()
    scan(page, case.label)
    expect(page.get_by_text(f"卷宗{case.label}已登记“发给专家”：{name}。")).to_be_visible()
    scan(page, "6901234567892")
    expect(page.get_by_role("alert")).to_contain_text("读得不全或有误")
    for move in ("back", "return"):
        page.locator("#id_move").select_option(move)
        page.get_by_label("扫条码或输入卷宗号").focus()
        scan(page, code)
    moves = list(FileMovement.objects.filter(case=case).values_list("move", flat=True))
    assert moves == ["out", "give", "back", "return"]
    page.goto(f"{FILES}{case.serial}/")
    sound(page)


def test_labels_and_pull_list_on_paper(page: Page, year: Year, live_server: object) -> None:
    sign_in(page, year.clerk, live_server)
    page.goto(f"{FILES}labels/?first=10")
    sound(page)
    assert page.locator(".barcode").count() == 20
    box = page.locator(".barcode").first.bounding_box()
    assert box is not None
    assert box["width"] == pytest.approx(60 / 25.4 * 96, abs=1)
    sheets = page.pdf(prefer_css_page_size=True)
    assert len(PAGE_OBJECT.findall(sheets)) == 2
    page.goto(f"{FILES}pull/")
    sound(page)
    assert len(PAGE_OBJECT.findall(page.pdf(prefer_css_page_size=True))) == 1
