"""The same ledger in every form in which a clerk may have it, through the page."""

import io
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cases.actions import open_frame
from cases.exports import TITLE
from cases.models import Case, ImportBatch
from tests.people import make_user, signed_in, words
from tests.workbook_samples import FIRM, HEADER, case, ods_of, xls, xlsx
from wanzhou_eval.models import Role

pytestmark = pytest.mark.django_db
IMPORT = "/y/2022/cases/import/"
Rows = Sequence[Sequence[object]]
ROWS: Rows = [["台账"], HEADER, case(1), case(2, 承办人="廖果、严霜墨"), ["合计", "2件"]]


def delimited(rows: Rows, mark: str = ",") -> str:
    return "\r\n".join(mark.join("" if cell is None else str(cell) for cell in row) for row in rows)


def html(rows: Rows) -> bytes:
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<html><meta charset="gb2312"><table>{lines}</table></html>'.encode("gb18030")


FORMS: dict[str, Callable[[Rows], bytes]] = {
    "台账.xlsx": xlsx,
    "旧.xls": xls,
    "网页.xls": html,
    "台账.ods": ods_of,
    "utf8.csv": lambda rows: delimited(rows).encode("utf-8"),
    "bom.csv": lambda rows: delimited(rows).encode("utf-8-sig"),
    "gb.csv": lambda rows: delimited(rows).encode("gb18030"),
    "utf16.csv": lambda rows: delimited(rows, "\t").encode("utf-16"),
    "tab.tsv": lambda rows: delimited(rows, "\t").encode("gb18030"),
    "没有扩展名": xlsx,
    "名不副实.csv": xlsx,
}


@pytest.fixture
def desk() -> Client:
    open_frame(
        year=2022, window_from=date(2022, 1, 1), window_to=date(2022, 7, 31), rehearsal=False
    )
    return signed_in(make_user(Role.CLERK))


def send(desk: Client, name: str, data: bytes) -> str:
    answer: Any = desk.post(IMPORT, {"content": "ledger", "file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 302, words(answer)
    return f"{IMPORT}{ImportBatch.objects.latest('pk').pk}/"


def stored() -> list[tuple[object, ...]]:
    return [
        (found.number, found.kind, found.firm.name, found.closed_on, found.row,
         tuple(handler.person.name for handler in found.handlers.all()))
        for found in Case.objects.order_by("serial")
    ]  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_one_ledger_in_every_form_gives_the_same_cases(desk: Client, name: str) -> None:
    review = send(desk, name, FORMS[name](ROWS))
    page = words(desk.get(review))
    assert "读到2件，可导入2件；合计行写2件。还没有写入。" in page
    desk.post(f"{review}confirm/")
    assert stored() == [
        ("渝万援民〔2022〕1号", "civil", FIRM, date(2022, 3, 1), 3, ("孔望平",)),
        ("渝万援民〔2022〕2号", "civil", FIRM, date(2022, 3, 1), 4, ("廖果", "严霜墨")),
    ]  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_every_form_comes_back_as_a_marked_workbook(desk: Client, name: str) -> None:
    rows = [*ROWS[:3], case(2, 结案日期="2022-02-30"), ["合计", "2件"]]
    review = send(desk, name, FORMS[name](rows))
    answer = desk.get(f"{review}annotated/")
    assert answer["Content-Disposition"].endswith(".xlsx")
    page = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert page.cell(2, 9).value == TITLE
    assert str(page.cell(4, 9).value).startswith("错误：结案日期，日期不成立（日历上没有这一天）")
    assert page.cell(4, 7).comment is not None
    assert page.cell(4, 7).fill.fgColor.rgb == "FFF4C7C3"


def test_pasted_cells_come_back_marked_too(desk: Client) -> None:
    rows = [HEADER, case(1), case(2, 案件类型="其他")]
    desk.post(IMPORT, {"content": "ledger", "pasted": delimited(rows, "\t")})
    review = f"{IMPORT}{ImportBatch.objects.get().pk}/"
    answer = desk.get(f"{review}annotated/")
    page = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert str(page.cell(3, 9).value).startswith("错误：案件类型")


def test_sheets_by_kind_with_all_the_dirt_are_one_ledger(desk: Client) -> None:
    bare = [name for name in HEADER if name != "案件类型"]
    criminal = [*case(3, 案号="渝万援刑〔2022〕3号")[:2], *case(3)[3:]]
    book = openpyxl.load_workbook(io.BytesIO(xlsx(
        [["某区民事台账"], ["单位：件"], HEADER, case(1), HEADER, [], case(2), ["小计", "2件"]],
        [bare, criminal, ["合计", "1件"], ["制表人：甲"]],
        names=("民事", "刑事"),
    )))  # fmt: skip
    book["民事"].row_dimensions[7].hidden = True
    target = io.BytesIO()
    book.save(target)
    review = send(desk, "台账.xlsx", target.getvalue())
    page = words(desk.get(review))
    for told in ("读到3件，可导入3件", "第1行标题行", "第2行统计期间/单位行", "第5行重复的表头",
                 "第6行空行", "第8行小计行（非案件）", "第3行合计行（非案件）",
                 "第4行制表人/审核人行（非案件）", "隐藏行1行也已读入"):  # fmt: skip
        assert told in page
    desk.post(f"{review}confirm/")
    assert [found.kind for found in Case.objects.order_by("serial")] == [
        "civil",
        "civil",
        "criminal",
    ]
