"""The import in Chromium: six planted errors, the keyboard only, at most two rounds; axe."""

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

from cases.actions import open_frame
from cases.exports import TITLE
from cases.models import Case, ImportBatch
from tests.people import PASSWORD, make_user
from tests.workbook_samples import HEADER, case, saved, xlsx
from wanzhou_eval.models import Role

pytestmark = pytest.mark.django_db(transaction=True)
IMPORT = "/y/2022/cases/import/"
PLANTED: dict[int, dict[str, object]] = {
    2: {"案号": "渝万援民〔2022〕1号"},
    4: {"结案日期": "2022年2月30日"},
    5: {"承办人": None},
    7: {"案件类型": "劳动"},
    8: {"结案日期": "2022-01-02", "归档日期": None},
    9: {"案件类型": "不知道"},
}
"""Serial → what is wrong with it: duplicate, no such day, nobody, two types, dates reversed."""
REPAIRS: dict[str, Callable[[int], str]] = {
    "案号": lambda serial: f"渝万援民〔2022〕{serial}号",
    "结案日期": lambda serial: "2022-03-01",
    "承办人": lambda serial: "孔望平",
    "案件类型": lambda serial: "民事",
}


@pytest.fixture
def clerk(page: Page) -> Page:
    open_frame(
        year=2022, window_from=date(2022, 1, 1), window_to=date(2022, 7, 31), rehearsal=False
    )
    make_user(Role.CLERK)
    page.goto("/login/")
    page.get_by_label("账号").fill("clerk")
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/login/" not in address)
    return page


def tab_to(page: Page, target: Locator) -> None:
    """Tab until the target has the focus: what the keyboard cannot reach fails."""
    target.wait_for()
    for _ in range(80):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"not reached with Tab: {target}")


def choose(page: Page, target: Locator, value: str) -> None:
    """Tab to a list and walk down to the value."""
    tab_to(page, target)
    for _ in range(40):
        if target.input_value() == value:
            return
        page.keyboard.press("ArrowDown")
    pytest.fail(f"no {value} in {target}")


def upload(page: Page, data: bytes) -> None:
    """Choose the file (the dialog is the system's), then to the button and Enter."""
    page.goto(IMPORT)
    file = {"name": "台账.xlsx", "mimeType": "application/octet-stream", "buffer": data}
    page.get_by_label("Excel 文件").set_input_files(file)  # type: ignore[arg-type]
    tab_to(page, page.get_by_role("button", name="上传并检查"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/import/*/")


def sound(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def repaired(marked: bytes) -> bytes:
    """The clerk at her desk: in every row with an error, the named columns put right."""
    book = openpyxl.load_workbook(io.BytesIO(marked))
    sheet = book.worksheets[0]
    names = {str(cell.value): place for place, cell in enumerate(sheet[1])}
    for row in sheet.iter_rows(min_row=2):
        said = str(row[names[TITLE]].value or "")
        for line in said.split("\n"):
            if line.startswith("错误："):
                column = line.removeprefix("错误：").partition("，")[0]
                row[names[column]].value = REPAIRS[column](int(str(row[0].value)))
    return saved(book)


def test_six_planted_errors_are_repaired_in_one_round_with_the_keyboard(
    clerk: Page, tmp_path: Path
) -> None:
    rows = [case(serial, **PLANTED.get(serial, {})) for serial in range(1, 11)]
    upload(clerk, xlsx([HEADER, *rows], names=("台账",)))
    assert "6 处错误要先改" in clerk.locator("main").inner_text()
    assert clerk.get_by_role("button", name="确认导入").count() == 0
    sound(clerk)
    with clerk.expect_download() as download:
        tab_to(clerk, clerk.get_by_role("link", name="下载标注表"))
        clerk.keyboard.press("Enter")
    download.value.save_as(tmp_path / "标注.xlsx")
    upload(clerk, repaired((tmp_path / "标注.xlsx").read_bytes()))
    tab_to(clerk, clerk.get_by_role("button", name="确认导入 10 件"))
    clerk.keyboard.press("Enter")
    clerk.get_by_text("这份文件的内容已写入案件名单").wait_for()
    assert Case.objects.count() == 10
    assert ImportBatch.objects.count() == 2


def test_columns_and_words_are_told_with_the_keyboard(clerk: Page) -> None:
    header = [*HEADER[:4], "经手", *HEADER[5:]]
    upload(clerk, xlsx([header, case(1), case(2, 案件类型="劳动")], names=("台账",)))
    sound(clerk)
    tab_to(clerk, clerk.get_by_role("link", name="指定列"))
    clerk.keyboard.press("Enter")
    clerk.wait_for_url("**/columns/")
    sound(clerk)
    choose(clerk, clerk.get_by_label("E 列认作"), "handlers")
    tab_to(clerk, clerk.get_by_role("button", name="保存并重新检查"))
    clerk.keyboard.press("Enter")
    clerk.wait_for_url("**/import/*/")
    clerk.get_by_text("列对应已保存").first.wait_for()
    assert "1 处错误要先改" in clerk.locator("main").inner_text()
    choose(clerk, clerk.get_by_label("“劳动”认作"), "民事")
    tab_to(clerk, clerk.get_by_role("button", name="登记为同义词"))
    clerk.keyboard.press("Enter")
    clerk.get_by_role("button", name="确认导入 2 件").wait_for()
    sound(clerk)
    clerk.goto("/words/")
    assert "劳动" in clerk.locator("#kind").inner_text()
    sound(clerk)
    clerk.goto(IMPORT)
    sound(clerk)
