"""The three ways through a sheet give the same rows: by layout, cell by cell, by the parser."""

from contextlib import suppress
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.pace import examples
from tests.workbook_samples import (
    part,
    repacked,
    saved,
    with_plain_letters,
    with_shared_strings,
    xlsx,
)
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.workbooks import Sheet, layouts, read_workbook

SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=12)
VALUES = st.one_of(
    st.none(), TEXTS, st.booleans(), st.integers(-(10**16), 10**16), st.floats(-1e9, 1e9),
    st.datetimes(datetime.fromisoformat("1905-01-01"), datetime.fromisoformat("2100-01-01")).map(
        lambda day: day.replace(microsecond=0)
    ),
)  # fmt: skip
MANY = layouts.LEARNED_AFTER * 2


def book(rows: list[list[object]], *, inline: bool = False) -> bytes:
    """Texts shared, as Excel keeps them, or inline; formatted blanks."""
    made = openpyxl.Workbook()
    page = made.worksheets[0]
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            cell: Any = page.cell(number, column)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
            if value is None or isinstance(value, datetime):
                cell.number_format = "yyyy-mm-dd"
    if not inline:
        return with_shared_strings(saved(made))
    xml = with_plain_letters(part(saved(made), SHEET).decode())
    return repacked(saved(made), change={SHEET: xml.encode()})


def by_the_parser(data: bytes) -> tuple[Sheet, ...]:
    """The same file with a comment before its rows and strings: expat reads everything."""
    change = {SHEET: part(data, SHEET).replace(b"<sheetData>", b"<sheetData><!---->")}
    with suppress(KeyError):
        change[STRINGS] = part(data, STRINGS).replace(b"<si>", b"<!----><si>", 1)
    return read_workbook(repacked(data, change=change)).sheets


@settings(
    max_examples=examples(15, thorough=60),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.lists(st.lists(VALUES, min_size=4, max_size=4), min_size=1, max_size=5), st.booleans())
def test_all_ways_read_the_same(kinds: list[list[object]], inline: bool) -> None:
    data = book([["案号", 1, None, "备注"], *(kinds * MANY)], inline=inline)
    assert read_workbook(data).sheets == by_the_parser(data)


def row(number: int, cells: str, more: str = "") -> str:
    return f'<row r="{number}"{more}>{cells}</row>'


def value(number: int, column: str, given: object) -> str:
    return f'<c r="{column}{number}"><v>{given}</v></c>'


def text(number: int, column: str, given: str, more: str = "") -> str:
    return f'<c r="{column}{number}" t="inlineStr"><is><t{more}>{given}</t></is></c>'


def long_list(*, last: str) -> bytes:
    """A sheet whose rows are one layout, the last one as given."""
    rows = "".join(row(n, value(n, "A", n) + text(n, "B", "甲")) for n in range(1, MANY)) + last
    ns = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    xml = f"<worksheet {ns}><sheetData>{rows}</sheetData></worksheet>"
    return repacked(book([["甲"]]), change={SHEET: xml.encode()})


@pytest.mark.parametrize(
    ("last", "cells"),
    [
        (value(99, "A", 5) + text(99, "B", "a&amp;b"), (5, "a&b")),
        (value(99, "A", " ") + text(99, "B", " 乙 ", ' xml:space="preserve"'), (" ", " 乙 ")),
        (value(99, "A", 1) + text(99, "B", "_x4E59_"), (1, "乙")),
        (text(99, "B", "乙") + value(99, "A", 7), (7, "乙")),
        (value(99, "A", 7) + text(99, "B", ""), (7, None)),
        (f'<c r="A99"><f>1+6</f><v>7</v></c>{text(99, "B", "乙")}', (7, "乙")),
        (value(99, "A", 7) + text(99, "B", "乙") + '<c r="C99" s="0"/>', (7, "乙")),
    ],
)  # fmt: skip
def test_a_row_that_is_written_differently_is_read_all_the_same(
    last: str, cells: tuple[object, ...]
) -> None:
    sheet = read_workbook(long_list(last=row(99, last))).sheets[0]
    assert len(sheet.rows) == MANY
    assert (sheet.rows[-1].number, sheet.rows[-1].cells, sheet.rows[-1].hidden) == (
        99,
        cells,
        False,
    )


def test_a_hidden_row_and_one_without_its_number() -> None:
    cells = '<c r="A9"><v>9</v></c><c r="B9" t="inlineStr"><is><t>甲</t></is></c>'
    last = (
        f'<row r="99" hidden="1">{cells}</row><row>{cells}</row><row ht="3" r="120">{cells}</row>'
    )
    rows = read_workbook(long_list(last=last)).sheets[0].rows[-3:]
    assert [(row.number, row.hidden) for row in rows] == [(99, True), (100, False), (120, False)]
    assert {row.cells for row in rows} == {(9, "甲")}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("甲" * 33_000, "工作表“Sheet”第 99 行 B 列的内容超过 32767 字：请删短。"),
        ("\ufffe", "文件已损坏或没有传完整"),
        ("\x01", "文件已损坏或没有传完整"),
    ],
)
def test_what_is_refused_is_refused_with_its_place_in_a_known_layout(
    given: str, sentence: str
) -> None:
    data = long_list(last=row(99, value(99, "A", 1) + text(99, "B", given)))
    with pytest.raises(RefusedError, match=f"^{sentence}"):
        read_workbook(data)


def test_rich_text_and_entities_among_plain_strings() -> None:
    data = book([[f"文{n}"] for n in range(20)])
    strings = part(data, STRINGS)
    for old, new in (
        (b"<t>\xe6\x96\x877</t>", "<r><t>七</t></r><r><t>号</t></r><rPh><t>x</t></rPh>".encode()),
        (b"<t>\xe6\x96\x878</t>", b"<t>&lt;8&gt;</t>"),
        (b"<t>\xe6\x96\x879</t>", b"<t/>"),
    ):
        assert old in strings
        strings = strings.replace(old, new)
    rows = read_workbook(repacked(data, change={STRINGS: strings})).sheets[0].rows
    read = {row.number: row.cells[0] for row in rows}
    assert (read[8], read[9], read.get(10), read[20]) == ("七号", "<8>", None, "文19")


@pytest.mark.parametrize("hiding", ["<!-- <si><t>假</t></si> -->", "<?p <si><t>假</t></si> ?>"])
def test_what_only_looks_like_a_string_is_none(hiding: str) -> None:
    data = book([["甲"], ["乙"]])
    strings = part(data, STRINGS).replace(b"</si><si>", f"</si>{hiding}<si>".encode())
    rows = read_workbook(repacked(data, change={STRINGS: strings})).sheets[0].rows
    assert [row.cells for row in rows] == [("甲",), ("乙",)]


def test_too_many_rows_over_all_sheets_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wanzhou_eval.workbooks.xlsx.MAX_ROWS", 3)
    data = xlsx([["甲"], ["乙"]], [["丙"], ["丁"]])
    with pytest.raises(RefusedError, match="各工作表合计超过 .* 行：请按月份分成几个文件导入。"):
        read_workbook(data)
