"""Files made to harm: each refused with a sentence that names the remedy, quickly."""

import io
import struct
import time
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pace import examples
from tests.workbook_samples import LEDGER, part, repacked, saved, xlsx
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.workbooks import read_workbook
from wanzhou_eval.workbooks.model import MAX_FILE_BYTES

GOOD = xlsx([["案号", "承办人"], ["1号", "甲"]])
SHEET = "xl/worksheets/sheet1.xml"
NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def sheet_of(body: str) -> bytes:
    """GOOD with another sheet."""
    xml = f"<worksheet {NS}>{body}</worksheet>".encode()
    return repacked(GOOD, change={SHEET: xml})


def refused(data: bytes) -> str:
    started = time.process_time()
    with pytest.raises(RefusedError) as caught:
        read_workbook(data)
    assert time.process_time() - started < 5
    assert caught.value.status == 422
    assert "请" in caught.value.sentence
    return caught.value.sentence


def read_or_refused(data: bytes) -> bool:
    """Whether the reader ended in a workbook or in a sentence; anything else raises."""
    try:
        return bool(read_workbook(data).sheets)
    except RefusedError as error:
        return error.status == 422 and "请" in error.sentence


def packed(**members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return target.getvalue()


def test_empty_and_too_large_files() -> None:
    assert "0 字节" in refused(b"")
    assert "超过上限 20 MB" in refused(b"PK\x03\x04" + b"x" * MAX_FILE_BYTES)


def test_zip_bomb_by_its_directory() -> None:
    assert "压缩炸弹" in refused(repacked(GOOD, add={"xl/media/a": b"\0" * 30_000_000}))


def test_zip_bomb_that_lies_about_its_size() -> None:
    body = "<sheetData>" + " " * 4_000_000 + "</sheetData>"
    data = bytearray(sheet_of(body))
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = 0
        while (at := data.find(mark, at)) >= 0:
            size = struct.unpack_from("<I", data, at + offset)[0]
            if size > 1_000_000:
                struct.pack_into("<I", data, at + offset, 1000)
            at += 4
    assert "损坏" in refused(bytes(data))


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE a [<!ENTITY x "xxxxxxxx"><!ENTITY y "&x;&x;&x;&x;">]>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a SYSTEM "http://example.invalid/a.dtd">',
        "<!DOCTYPE worksheet>",
        '<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/passwd">%p;]>',
    ],
)
@pytest.mark.parametrize("name", [SHEET, "xl/workbook.xml", "xl/styles.xml", "_rels/.rels"])
def test_entities_are_refused_in_every_part(doctype: str, name: str) -> None:
    xml = part(GOOD, name)
    head, mark, rest = xml.partition(b"?>")
    body = doctype.encode() + xml if not mark else head + mark + doctype.encode() + rest
    assert "DOCTYPE" in refused(repacked(GOOD, change={name: body}))


def test_a_far_cell_costs_nothing() -> None:
    far = '<sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    assert "XFD" in refused(sheet_of(far))
    low = (
        '<sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="A1048576"><v>2</v></c></row></sheetData>'
    )
    rows = read_workbook(sheet_of(low)).sheets[0].rows
    assert [(row.number, row.cells) for row in rows] == [(1, (1,)), (1048576, (2,))]


def test_too_many_columns_rows_merges_and_characters() -> None:
    assert "超出 400 列" in refused(
        sheet_of('<sheetData><row r="1"><c r="OK1"><v>1</v></c></row></sheetData>')
    )
    merges = '<mergeCell ref="A1:A2"/>' * 50_001
    assert "合并单元格超过" in refused(sheet_of(f"<sheetData/><mergeCells>{merges}</mergeCells>"))
    text = f"<is><t>{'长' * 40_000}</t></is>"
    long = f'<sheetData><row r="1"><c r="A1" t="inlineStr">{text}</c></row></sheetData>'
    assert "超过 32767 字" in refused(sheet_of(long))
    rows = "".join(f'<row r="{n}"><c><v>1</v></c></row>' for n in range(1, 100_102))
    assert "超过 100100 行" in refused(sheet_of(f"<sheetData>{rows}</sheetData>"))


def test_blank_formatted_rows_do_not_slow() -> None:
    rows = "".join(f'<row r="{n}" s="1" customFormat="1"/>' for n in range(2, 300_000))
    body = f'<sheetData><row r="1"><c r="A1"><v>7</v></c></row>{rows}</sheetData>'
    data = sheet_of(body)
    started = time.process_time()
    assert [row.cells for row in read_workbook(data).sheets[0].rows] == [(7,)]
    assert time.process_time() - started < 3


@pytest.mark.parametrize(
    "body",
    [
        '<sheetData><row r="x"><c/></row></sheetData>',
        '<sheetData><row r="1"><c r="?1"><v>1</v></c></row></sheetData>',
        '<sheetData><row r="1"><c r="A1" t="s"><v>99</v></c></row></sheetData>',
        '<sheetData><row r="1"><c r="A1" t="s"><v>x</v></c></row></sheetData>',
        '<mergeCells><mergeCell ref="A:B"/></mergeCells>',
        "<sheetData><row>",
    ],
)
def test_broken_sheets(body: str) -> None:
    assert "损坏" in refused(sheet_of(body))


def test_rows_out_of_order_or_twice() -> None:
    twice = '<row r="2"><c><v>1</v></c></row>' * 2
    assert "行号重复" in refused(sheet_of(f"<sheetData>{twice}</sheetData>"))


def test_encrypted_macro_and_foreign_containers() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    assert "打开密码" in refused(ole + "EncryptedPackage".encode("utf-16-le"))
    assert ".xls" in refused(ole)
    assert "宏" in refused(repacked(GOOD, add={"xl/vbaProject.bin": b"x"}))
    types = part(GOOD, "[Content_Types].xml").replace(b"sheet.main", b"sheet.macroEnabled.main")
    assert "宏" in refused(repacked(GOOD, change={"[Content_Types].xml": types}))
    assert "Word" in refused(packed(**{"[Content_Types].xml": b"<a/>", "word/document.xml": b""}))
    assert "xlsb" in refused(packed(**{"xl/workbook.bin": b""}))
    assert "压缩包" in refused(packed(**{"inner.xlsx": GOOD}))
    assert "不是表格" in refused(b"%PDF-1.7 ...")
    assert "不是表格" in refused(b"\x89PNG\r\n")
    assert "另存为 .xlsx" in refused(b"MIME-Version: 1.0\r\n")
    assert "没有表格" in refused(b"<html><body>login</body></html>")


def test_encrypted_members_and_duplicate_members() -> None:
    data = bytearray(GOOD)
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    assert "密码" in refused(bytes(data))
    target = io.BytesIO(GOOD)
    with zipfile.ZipFile(target, "a") as package, pytest.warns(UserWarning, match="Duplicate"):
        package.writestr(SHEET, b"<worksheet/>")
    assert "重名" in refused(target.getvalue())


def test_truncated_at_many_offsets() -> None:
    data = LEDGER.read_bytes()
    for cut in range(100, len(data), len(data) // 40):
        assert "请" in refused(data[:cut])


@settings(max_examples=examples(50, thorough=150), deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_one_changed_byte_is_read_or_refused(position: int, change: int) -> None:
    data = bytearray(GOOD)
    data[position] ^= change
    assert read_or_refused(bytes(data))


@settings(max_examples=examples(50, thorough=150), deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert read_or_refused(data)


def test_no_worksheet_at_all_and_chart_sheets() -> None:
    book = openpyxl.Workbook()
    book.create_chartsheet("图")
    first = book.worksheets[0]
    first.append(["a"])
    assert [sheet.name for sheet in read_workbook(saved(book)).sheets] == [first.title]
    assert "没有工作表" in refused(
        repacked(GOOD, change={"xl/workbook.xml": f"<workbook {NS}/>".encode()})
    )


def test_control_characters_and_markup_are_only_text() -> None:
    body = (
        '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&lt;script&gt;alert(1)&lt;/script&gt;'
        '</t></is></c><c r="B1" t="inlineStr"><is><t>a_x0000_b</t></is></c></row></sheetData>'
    )
    assert read_workbook(sheet_of(body)).sheets[0].rows[0].cells == (
        "<script>alert(1)</script>",
        "a\x00b",
    )
