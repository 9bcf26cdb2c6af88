"""The reader: every format by its content, values typed, nothing lost."""

import io
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.pace import examples
from tests.workbook_samples import (
    EXCLUSIONS,
    LEDGER,
    POOL,
    STANDARD,
    cells,
    part,
    repacked,
    saved,
    xlsx,
)
from wanzhou_eval.workbooks import (
    column_index,
    column_letter,
    read_workbook,
)
from wanzhou_eval.workbooks.numbers import from_serial, is_date_format, number


@pytest.mark.parametrize("path", [LEDGER, EXCLUSIONS, POOL, STANDARD], ids=lambda path: path.stem)
def test_equal_to_openpyxl_on_the_real_workbooks(path: object) -> None:
    data = LEDGER.parent.joinpath(str(path)).read_bytes()
    read = read_workbook(data)
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    for sheet in read.sheets:
        page = book[sheet.name]
        mine = {
            (row.number, column + 1): value
            for row in sheet.rows
            for column, value in enumerate(row.cells)
            if value is not None
        }
        theirs = {
            (cell.row, cell.column): cell.value.date()
            if isinstance(cell.value, datetime)
            else cell.value
            for row in page.iter_rows()
            for cell in row
            if cell.value is not None
        }
        lost = {place for place, value in theirs.items() if isinstance(value, float)}
        assert {k: v for k, v in mine.items() if k not in lost} == {
            k: v for k, v in theirs.items() if k not in lost
        }
        merges = {(m.top, m.left + 1, m.bottom, m.right + 1) for m in sheet.merges}
        assert merges == {(r.min_row, r.min_col, r.max_row, r.max_col) for r in page.merged_cells}


VALUES = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(
        lambda text: bool(text.strip()) and not text.startswith("=")
    ),
    st.integers(-(10**14), 10**14),
    st.decimals(-(10**6), 10**6, allow_nan=False, places=2),
    st.dates(date(1900, 3, 1), date(2999, 12, 31)),
    st.datetimes(datetime(1900, 3, 1), datetime(2999, 12, 31)).map(  # noqa: DTZ001
        lambda moment: moment.replace(microsecond=0)
    ),
    st.booleans(),
)


def expected(value: object) -> object:
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value.normalize()
    return value


@settings(
    max_examples=examples(20, thorough=60),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.lists(st.lists(VALUES, min_size=3, max_size=3), min_size=1, max_size=6))
def test_what_was_written_is_read(rows: list[list[object]]) -> None:
    read = read_workbook(xlsx(rows))
    wanted = [[expected(value) for value in row] for row in rows]
    wanted = [row for row in wanted if any(value is not None for value in row)]
    got = [[*row, *[None] * (3 - len(row))] for row in cells(read)]
    assert got == wanted
    assert [[type(value) for value in row] for row in got] == [
        [type(value) for value in row] for row in wanted
    ]


def test_rich_text_phonetics_escapes_and_prefixes() -> None:
    data = xlsx([["甲"]])
    sheet = (
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<x:sheetData><x:row><x:c t="inlineStr"><x:is><x:r><x:t>重</x:t></x:r><x:r><x:t>庆</x:t>'
        '</x:r><x:rPh><x:t>Chong</x:t></x:rPh></x:is></x:c><x:c t="str"><x:f>A1</x:f>'
        '<x:v>a_x000D_b</x:v></x:c><x:c t="d"><x:v>2022-07-05</x:v></x:c>'
        '<x:c t="e"><x:v>#N/A</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    read = read_workbook(repacked(data, change={"xl/worksheets/sheet1.xml": sheet.encode()}))
    assert cells(read) == [["重庆", "a\rb", date(2022, 7, 5), "#N/A"]]


def test_hidden_marks_merges_formulas_and_forged_dimension() -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (["a", "b"], ["c", "=1+1"], [None, "=A1"]):
        page.append(row)
    page.row_dimensions[2].hidden = True
    page.merge_cells("A1:B1")
    book.create_sheet("藏").append([1])
    book["藏"].sheet_state = "veryHidden"
    data = saved(book)
    xml = part(data, "xl/worksheets/sheet1.xml").replace(b'ref="A1:B3"', b'ref="A1:A1"')
    read = read_workbook(repacked(data, change={"xl/worksheets/sheet1.xml": xml}))
    first = read.sheets[0]
    assert [(row.number, row.hidden) for row in first.rows] == [(1, False), (2, True)]
    assert [(m.top, m.left, m.bottom, m.right) for m in first.merges] == [(1, 0, 1, 1)]
    assert first.uncalculated == ((2, 1), (3, 1))
    assert [(sheet.name, sheet.hidden) for sheet in read.sheets] == [
        ("Sheet", False),
        ("藏", True),
    ]


def test_the_1904_date_system() -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    page = book.active
    assert page is not None
    page.append([date(2022, 7, 5), 5])
    read = read_workbook(saved(book))
    assert read.date1904 is True
    assert cells(read) == [[date(2022, 7, 5), 5]]


def test_serial_numbers_around_the_day_that_never_was() -> None:
    known = [(1, date(1900, 1, 1)), (59, date(1900, 2, 28)), (61, date(1900, 3, 1))]
    assert [from_serial(serial, date1904=False) for serial, _ in known] == [d for _, d in known]
    assert from_serial(60, date1904=False) is None
    assert from_serial(-1, date1904=True) is None
    assert from_serial(10**9, date1904=False) is None
    assert from_serial(Decimal("44747.75"), date1904=False) == datetime(2022, 7, 5, 18)  # noqa: DTZ001


@given(st.dates(date(1900, 3, 1), date(9999, 12, 31)))
def test_serials_of_all_days(day: date) -> None:
    assert from_serial((day - date(1899, 12, 30)).days, date1904=False) == day
    if day >= date(1904, 1, 1):
        assert from_serial((day - date(1904, 1, 1)).days, date1904=True) == day


def test_numbers_keep_fifteen_digits_and_show_the_loss() -> None:
    assert number("884200") == 884200
    assert number("0.30000000000000004") == Decimal("0.3")
    assert number("1E3") == 1000
    assert isinstance(number("5.0000019680522e+17"), Decimal)
    assert number("NaN") == "NaN"
    assert number("1e999999999") == "1e999999999"


@pytest.mark.parametrize(
    ("code", "is_date"),
    [
        ("yyyy-mm-dd", True), ("[$-804]yyyy年m月d日", True), ("h:mm", True), ("General", False),
        ("0.00", False), ("@", False), ('0"days"', False), ("[Red]0", False), ("G/通用格式", False),
        (r"0\d", False),
    ],
)  # fmt: skip
def test_date_formats(code: str, is_date: bool) -> None:
    assert is_date_format(code) is is_date


def test_column_letters() -> None:
    assert [column_letter(index) for index in (0, 25, 26, 701, 702)] == [
        "A", "Z", "AA", "ZZ", "AAA",
    ]  # fmt: skip
    assert all(column_index(column_letter(index)) == index for index in range(2000))
    for wrong in ("", "a", "A1"):
        with pytest.raises(ValueError, match=f"^{wrong}$"):
            column_index(wrong)


def test_all_rows_walks_every_sheet() -> None:
    read = read_workbook(xlsx([["a"]], [["b"], ["c"]]))
    assert [(sheet.name, row.cells) for sheet, row in read.all_rows()] == [
        ("表1", ("a",)), ("表2", ("b",)), ("表2", ("c",)),
    ]  # fmt: skip


@settings(
    max_examples=examples(20, thorough=60),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.lists(st.lists(VALUES, min_size=3, max_size=3), min_size=1, max_size=6))
def test_the_quick_way_and_the_parser_read_the_same(rows: list[list[object]]) -> None:
    data = xlsx(rows)
    xml = part(data, "xl/worksheets/sheet1.xml").replace(b"<sheetData>", b"<sheetData><!---->")
    slow = read_workbook(repacked(data, change={"xl/worksheets/sheet1.xml": xml}))
    assert slow.sheets == read_workbook(data).sheets


@pytest.mark.parametrize(
    "body",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><!-- <row r="2"><c r="A2"><v>2</v></c></row> -->',
        '<row r="1"><c r="A1"><v>1</v></c></row><?p <row r="2"><c r="A2"><v>2</v></c></row>?>',
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v><![CDATA[]]></v></c></row>',
        '<row r="1" spans="1:1"><c r="A1" s="0"><v>1</v></c></row><row r="3"/><rowx/>',
    ],
)
def test_what_only_looks_like_a_row_is_none(body: str) -> None:
    ns = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    xml = f"<worksheet {ns}><sheetData>{body}</sheetData><rowBreaks/></worksheet>"
    data = repacked(xlsx([["甲"]]), change={"xl/worksheets/sheet1.xml": xml.encode()})
    assert [(row.number, row.cells) for row in read_workbook(data).sheets[0].rows] == [(1, (1,))]
