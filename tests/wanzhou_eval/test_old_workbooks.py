"""Old .xls and .ods files through the child process, and what the child cannot tell."""

import struct
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workbook_samples import cells, ods, ods_of, record, xls
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.workbooks import read_workbook
from wanzhou_eval.workbooks.marks import xls_marks

SMALL_XLS = xls([["案号", "承办人"], ["1号", "甲"]], hidden=[2])

ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">
<office:body><office:spreadsheet><table:table table:name="台账">
<table:table-row>
<table:table-cell office:value-type="string"><text:p>案号</text:p></table:table-cell>
<table:table-cell office:value-type="float" office:value="12"><text:p>12</text:p></table:table-cell>
<table:table-cell office:value-type="date" office:date-value="2022-07-05"><text:p>x</text:p>
</table:table-cell></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""


def test_ods_through_the_child_process() -> None:
    read = read_workbook(ods(ODS))
    assert (read.kind, read.sheets[0].name) == ("ods", "台账")
    assert cells(read) == [["案号", 12, date(2022, 7, 5)]]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("?>", '?><!DOCTYPE a [<!ENTITY x "y">]>', "DOCTYPE"),
        (
            "<table:table-row>",
            (
                '<table:table-row table:number-rows-repeated="1048570">'
                '<table:table-cell table:number-columns-repeated="16000"/>'
            ),
            "读不出来",
        ),
    ],
)
def test_hostile_ods_files_are_refused(old: str, new: str, words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        read_workbook(ods(ODS.replace(old, new, 1)))


def test_old_xls_through_the_child_process() -> None:
    read = read_workbook(xls([["案号", "补贴"], ["渝万援民〔2022〕1号", 1600], [None, 0.5]]))
    assert (read.kind, read.sheets[0].name) == ("xls", "台账")
    assert cells(read) == [["案号", "补贴"], ["渝万援民〔2022〕1号", 1600], [None, Decimal("0.5")]]


def test_hidden_rows_of_old_files_are_marked() -> None:
    rows = [["案号", "承办人"], ["1号", "甲"], ["2号", "乙"], ["3号", "丙"]]
    for data in (xls(rows, hidden=[2, 4]), ods_of(rows, hidden=[2, 4])):
        marked = [(row.number, row.hidden) for row in read_workbook(data).sheets[0].rows]
        assert marked == [(1, False), (2, True), (3, False), (4, True)]


def test_a_million_repeated_blank_rows_of_an_ods_are_nothing() -> None:
    rows = read_workbook(ods_of([["案号"], ["1号"]])).sheets[0].rows
    assert [row.number for row in rows] == [1, 2]


def test_the_date_system_of_an_xls() -> None:
    mac = record(0x0022, struct.pack("<H", 1))
    assert read_workbook(xls([["案号"]], extra=mac)).date1904 is True
    assert read_workbook(xls([["案号"]])).date1904 is False


def test_a_password_and_macros_of_an_xls_are_named() -> None:
    locked = xls([["案号"]], extra=record(0x002F, b"\x01\x00\x01\x00"))
    with pytest.raises(RefusedError, match="打开密码") as refused:
        read_workbook(locked)
    assert refused.value.status == 422
    named = "Root Entry".encode("utf-16-le"), "_VBA_PROJECT_CUR".encode("utf-16-le")
    data = xls([["案号"]])
    entry = data.find(named[0]) + 2 * 128
    macro = named[1].ljust(64, b"\0") + struct.pack("<HBB", len(named[1]) + 2, 1, 1)
    with pytest.raises(RefusedError, match="含有宏"):
        read_workbook(data[:entry] + macro + data[entry + len(macro) :])


@given(st.integers(0, 2000), st.integers(1, 255))
def test_a_changed_byte_of_an_xls_is_read_or_refused(position: int, change: int) -> None:
    data = bytearray(SMALL_XLS)
    data[position] ^= change
    marks = xls_marks(bytes(data))
    assert marks.hidden == [] or all(isinstance(rows, frozenset) for rows in marks.hidden)
