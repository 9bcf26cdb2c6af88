"""The clerk's workbook back with its findings."""

import io
import re
from datetime import date

import openpyxl

from cases.exports import TITLE, annotated_workbook
from cases.imports import Options, read_ledger
from tests.workbook_samples import HEADER, LEDGER, case, part, repacked, saved, xlsx
from wanzhou_eval.workbooks import read_workbook

OPTIONS = Options(today=date(2022, 8, 22))


def marked(data: bytes) -> openpyxl.Workbook:
    reading = read_ledger(read_workbook(data), options=OPTIONS)
    return openpyxl.load_workbook(
        io.BytesIO(annotated_workbook(data, reading.findings, columns=reading.columns))
    )


def test_cells_are_coloured_commented_and_explained() -> None:
    data = xlsx([HEADER, case(1), case(2, 案件类型="其他"), case(3, 归档日期="2022-05-01")])
    page = marked(data).worksheets[0]
    assert page.cell(1, 9).value == TITLE
    wrong, late = page["C3"], page["H4"]
    assert (wrong.fill.fgColor.rgb, late.fill.fgColor.rgb) == ("FFF4C7C3", "FFFCE8B2")
    assert "改为刑事、民事或行政" in wrong.comment.text
    assert page["I3"].value.startswith("错误：案件类型")
    assert page["I4"].value.startswith("提醒：归档日期")
    assert page["I2"].value is None
    assert page["B2"].value == "渝万援民〔2022〕1号"


def test_the_marked_file_reads_as_before_and_can_be_marked_again() -> None:
    data = LEDGER.read_bytes()
    before = read_ledger(read_workbook(data), options=OPTIONS)
    again = annotated_workbook(data, before.findings, columns=before.columns)
    after = read_ledger(read_workbook(again), options=OPTIONS)
    assert after.rows == before.rows
    lost = [f for f in before.findings if f.code == "identity_lost_digits"]
    assert after.findings == tuple(f for f in before.findings if f not in lost)  # now masked
    twice = annotated_workbook(again, after.findings, columns=after.columns)
    page = openpyxl.load_workbook(io.BytesIO(twice)).active
    assert page is not None
    assert [cell.value for cell in page[3]].count(TITLE) == 1
    assert page.merged_cells.ranges


def test_a_csv_comes_back_as_a_workbook_without_formulas() -> None:
    rows = [HEADER, case(1, 承办人="=1+1", 案件类型="")]
    text = "\r\n".join(",".join(str(value) for value in row) for row in rows)
    page = marked(text.encode("gb18030")).worksheets[0]
    assert (page["E2"].value, page["E2"].data_type) == ("=1+1", "s")
    assert page["I2"].value.startswith("错误：案件类型，缺少案件类型")


def test_a_finding_of_the_whole_row_or_sheet_has_its_line() -> None:
    data = xlsx([HEADER, case(1), ["合计", "9件"]])
    page = marked(data).worksheets[0]
    assert "合计行写 9 件" in page["I2"].value


def test_links_go_numbers_are_masked_and_what_a_formula_gave_stays() -> None:
    header = [*HEADER, "身份证号", "联系电话", "备注"]
    person = ["500000195206169474", "13800000001", "家属 13900000002"]
    book = openpyxl.load_workbook(io.BytesIO(xlsx([header, [*case(1), *person], case(2)])))
    sheet = book.worksheets[0]
    sheet["B2"].hyperlink = "http://example.invalid/"
    sheet["D3"] = "=D2"
    data = saved(book)
    xml = part(data, "xl/worksheets/sheet1.xml")
    cell = '<c r="D3" t="str"><f>D2</f><v>甚</v></c>'.encode()
    stored = re.sub(rb'<c r="D3".*?</c>', cell, xml)
    assert stored != xml
    page = marked(repacked(data, change={"xl/worksheets/sheet1.xml": stored})).worksheets[0]
    assert (page["D3"].value, page["D3"].data_type) == ("甚", "s")
    assert page["B2"].hyperlink is None
    shown = [page.cell(2, column).value for column in (9, 10, 11)]
    assert shown == ["500···9474", "138···0001", "家属 ［已隐去］"]


def test_a_workbook_with_many_blank_formatted_cells_comes_back_in_bounds() -> None:
    cells = [f'<c r="{letter}{{0}}" s="0"/>' for letter in "ABCDEFGH"]
    blank = "".join(f"<row>{''.join(cells)}</row>".format(n) for n in range(5, 130_000))
    data = xlsx([HEADER, case(1, 案件类型="其他")])
    xml = part(data, "xl/worksheets/sheet1.xml")
    full = xml.replace(b"</sheetData>", blank.encode() + b"</sheetData>")
    page = marked(repacked(data, change={"xl/worksheets/sheet1.xml": full})).worksheets[0]
    assert str(page["I2"].value).startswith("错误：案件类型")
    assert page.max_row == 2  # rebuilt from what stands in it
