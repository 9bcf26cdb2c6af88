"""Bad files through the page: a sentence with place and remedy, nothing written, try again."""

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cases.actions import open_frame
from cases.models import Case, ImportBatch
from tests.people import make_user, signed_in, words
from tests.workbook_samples import HEADER, case, part, record, repacked, saved, xls, xlsx
from wanzhou_eval.models import Role

pytestmark = pytest.mark.django_db
IMPORT = "/y/2022/cases/import/"
GOOD = xlsx([HEADER, case(1)])
TWO = xlsx([HEADER, case(1)], [HEADER, case(2)], names=("A", "B"))
SHEET = "xl/worksheets/sheet1.xml"


def with_doctype(doctype: str) -> bytes:
    head, mark, rest = part(GOOD, SHEET).partition(b">")
    return repacked(GOOD, change={SHEET: doctype.encode() + head + mark + rest})


BOMB = '<!DOCTYPE a [<!ENTITY x "xxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;&x;">]>'
LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
HOSTILE: dict[str, tuple[bytes, str]] = {
    "corrupt zip": (GOOD[: len(GOOD) // 2], "文件已损坏或没有传完整"),
    "password": (LOCKED, "设了打开密码"),
    "password of an old file": (xls([["案号"]], extra=record(0x2F, b"\x01\0")), "设了打开密码"),
    "zip bomb": (repacked(GOOD, add={"xl/media/a": b"\0" * 30_000_000}), "疑似压缩炸弹"),
    "XML bomb": (with_doctype(BOMB), "DOCTYPE 或实体声明"),
    "external entity": (
        with_doctype('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), "DOCTYPE",
    ),
    "macros": (repacked(GOOD, add={"xl/vbaProject.bin": b"x"}), "文件含有宏"),
    "headers only": (xlsx([HEADER]), "没有一行案件"),
    "another table": (xlsx([["菜名", "价格"], ["豆腐", 3]]), "没有找到台账的表头"),
    "picture": (b"\x89PNG\r\n" + b"0" * 50, "不是表格"),
    "broken text": (b"a,b\n\x80\x81\xff\n", "无法识别文字编码"),
    "a cell without end": (
        repacked(GOOD, change={SHEET: part(GOOD, SHEET).replace(b"2022-01-05", b"x" * 33_000)}),
        "的内容超过 32767 字",
    ),
    "sheets of one name": (
        repacked(TWO, change={"xl/workbook.xml": part(TWO, "xl/workbook.xml").replace(b"B", b"A")}),
        "有工作表重名",
    ),
}  # fmt: skip


@pytest.fixture
def desk() -> Client:
    open_frame(
        year=2022, window_from=date(2022, 1, 1), window_to=date(2022, 7, 31), rehearsal=False
    )
    return signed_in(make_user(Role.CLERK))


def send(desk: Client, data: bytes) -> Any:
    return desk.post(IMPORT, {"content": "ledger", "file": SimpleUploadedFile("台账.xlsx", data)})


@pytest.mark.parametrize("what", HOSTILE)
def test_a_bad_file_is_a_sentence_and_the_next_one_goes_in(desk: Client, what: str) -> None:
    data, sentence = HOSTILE[what]
    answer = send(desk, data)
    assert answer.status_code == 422
    assert sentence.replace(" ", "") in words(answer)
    assert "请" in words(answer)
    assert not ImportBatch.objects.exists()
    assert send(desk, GOOD).status_code == 302
    desk.post(f"{IMPORT}{ImportBatch.objects.get().pk}/confirm/")
    assert Case.objects.count() == 1


FORMULAS = ("=1+1", '=HYPERLINK("http://x.invalid","点")', "=cmd|'/c calc'!A1", "+1-1", "@SUM(A1)")


def test_formulas_are_values_and_never_come_back_live(desk: Client) -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx([HEADER, *(case(n) for n in range(1, 6))])))
    page = book.worksheets[0]
    for row, formula in enumerate(FORMULAS, start=2):
        page.cell(row, 9).value = formula
        page.cell(row, 5).value = formula
    page["A7"] = "x"
    send(desk, saved(book))
    review = f"{IMPORT}{ImportBatch.objects.get().pk}/"
    assert "公式没有保存计算结果，读不到值" in words(desk.get(review))
    marked = openpyxl.load_workbook(io.BytesIO(desk.get(f"{review}annotated/").content))
    live = [cell for sheet in marked for row in sheet for cell in row if cell.data_type == "f"]
    assert live == []
    assert not Case.objects.exists()


def test_markup_controls_and_emoji_are_only_text(desk: Client) -> None:
    name = "<script>alert(1)"
    emoji = "王" * 20 + "👨‍👩‍👧‍👦" + "小" * 9
    rows = [
        case(1, 承办人=name),
        case(2, 承办人=emoji),
        case(3, 承办机构="某\u202e所\u200b律师事务所"),
    ]
    data = xlsx([[*HEADER, "备注"], *([*row, "a_x0000_b_x001B_[31m"] for row in rows)])
    send(desk, data)
    review = f"{IMPORT}{ImportBatch.objects.get().pk}/"
    html = desk.get(review).content.decode()
    assert name not in html
    assert "确认导入" in html
    desk.post(f"{review}confirm/")
    people = {
        handler.person.name for found in Case.objects.all() for handler in found.handlers.all()
    }
    assert people >= {name, emoji.replace("\u200d", "")}
    assert Case.objects.get(serial=3).firm.name == "某所律师事务所"
    assert {found.remarks for found in Case.objects.all()} == {"ab[31m"}
    assert "a␀b␛[31m" in desk.get("/y/2022/cases/cleaning/").content.decode()


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("承办人", "王" * 41, "看不出承办人姓名"),
        ("承办机构", "某" * 81, "内容有81字，超过80字"),
        ("案号", "渝万援民〔2022〕<b>1</b>号", "案号含有不能使用的字符"),
    ],
)
def test_a_cell_that_is_too_much_is_named_by_row_and_column(
    desk: Client, column: str, value: str, told: str
) -> None:
    send(desk, xlsx([HEADER, case(1), case(2, **{column: value})]))
    page = words(desk.get(f"{IMPORT}{ImportBatch.objects.get().pk}/"))
    assert f"表13{column}" in page
    assert told in page
    assert not Case.objects.exists()
