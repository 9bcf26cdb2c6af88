"""Columns: by header, by contents, as told, as last time; what is missing is asked for."""

from datetime import date

import openpyxl
import pytest

from cases.imports import LedgerReading, Options, SheetMapping, Words, read_ledger
from tests.cases.ledgers import TODAY, found, read
from tests.workbook_samples import FIRM, HEADER, case, saved
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.headers import layout_of
from wanzhou_eval.workbooks import read_pasted, read_workbook


def test_two_row_header() -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["案号", "案件类型", "承办", None, "日期", None])
    page.append([None, None, "机构", "人", "指派", "结案"])
    page.merge_cells("C1:D1")
    page.merge_cells("E1:F1")
    page.append(["渝万援民〔2022〕1号", "民事", FIRM, "甲某", "2022-01-01", "2022-02-01"])
    reading = read_ledger(read_workbook(saved(book)), options=Options(today=TODAY))
    assert [(r.firm, r.handlers, r.closed_on) for r in reading.rows] == [
        (FIRM, ("甲某",), date(2022, 2, 1))
    ]


ODD = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛"]
KEYS = ("serial", "number", "kind", "firm", "handlers", "assigned_on", "closed_on", "filed_on")
BY_LETTER = SheetMapping(1, 1, dict(zip(KEYS, "ABCDEFGH", strict=True)))


def how(reading: LedgerReading) -> dict[str, str]:
    """By what each column of the first sheet was understood."""
    return {column.field: column.how for column in reading.columns[0].columns if column.field}


def test_columns_can_be_told() -> None:
    reading = read([ODD, case(1)], told={"表1": BY_LETTER})
    assert reading.rows[0].number == "渝万援民〔2022〕1号"
    assert reading.mapping == {"表1": BY_LETTER}


def test_a_sheet_can_be_left_out() -> None:
    told = {"表1": SheetMapping(0, 0, {}), "表2": BY_LETTER}
    reading = read([HEADER, case(1)], [ODD, case(2)], told=told)
    assert [row.row for row in reading.rows] == [2]
    assert found(reading) == []
    assert [(s.sheet, s.row, s.reason) for s in reading.skipped] == [
        ("表1", 1, "指定不读这个工作表"), ("表1", 2, "指定不读这个工作表"),
    ]  # fmt: skip


def test_the_next_file_of_a_layout_is_read_as_a_person_mapped_the_last() -> None:
    kept = SheetMapping(1, 1, BY_LETTER.columns, {}, "钟未央", "2022-08-15")
    layouts = {layout_of(ODD): kept}
    reading = read([["标题"], ODD, case(1)], words=Words({}, layouts))
    assert [row.row for row in reading.rows] == [3]
    assert set(how(reading).values()) == {"上次"}
    assert (reading.columns[0].by, reading.columns[0].on) == ("钟未央", "2022-08-15")
    other = read([[*ODD[:7], "壬"], case(1)], words=Words({}, layouts))
    assert other.unmapped is True


def test_headers_have_synonyms_of_their_own_table() -> None:
    header = [*HEADER[:6], "办完那天", HEADER[7]]
    reading = read([header, case(1)], words=Words({"办完那天": "closed_on"}))
    assert reading.rows[0].closed_on == date(2022, 3, 1)
    assert how(reading)["closed_on"] == "表头"


def test_a_column_without_a_known_header_is_known_by_its_contents() -> None:
    header = ["序号", "档号", "大类", "由谁办", "承办人", "指派日期", "何时结束", "归档日期"]
    reading = read([header, case(1), case(2)])
    assert {key: by for key, by in how(reading).items() if by == "内容"} == {
        "number": "内容", "kind": "内容", "firm": "内容", "closed_on": "内容",
    }  # fmt: skip
    guessed = [(f.column, f.found) for f in reading.findings if f.code == "column_by_contents"]
    assert sorted(guessed) == [
        ("承办机构", "D列"), ("案件类型", "C列"), ("案号", "B列"), ("结案日期", "G列"),
    ]  # fmt: skip
    assert len(reading.rows) == 2


def test_two_columns_that_fit_are_a_question_and_no_guess() -> None:
    header = ["序号", "案号", "案件类型", "承办机构", "承办人", "日期一", "日期二", "日期三"]
    reading = read([header, case(1)])
    assert (reading.unmapped, reading.rows) == (True, ())
    assert found(reading) == [("error", "missing_column", 1, "结案日期")]


def test_identity_and_telephone_columns_are_dropped_and_masked_whatever_they_are_called() -> None:
    rows = [[*case(n), f"50000019520616947{n}", f"1380000000{n}", 5e17] for n in (1, 2)]
    reading = read([[*HEADER, "证照", "找他", "旧号"], *rows])
    assert reading.dropped == ("证照", "找他")
    samples = {c.header: c.samples for c in reading.columns[0].columns}
    assert samples["证照"] == ("500···9471", "500···9472")
    assert samples["找他"] == ("138···0001", "138···0002")
    assert "5000001952" not in repr(reading)
    assert "13800000" not in repr(reading)


def test_a_missing_required_column_is_asked_for() -> None:
    short = [name for name in HEADER if name != "承办人"]
    reading = read([short, [*case(1)[:4], "甲某甲某甲", *case(1)[5:]]])
    assert (reading.unmapped, reading.rows, reading.data_rows) == (True, (), 0)
    assert found(reading) == [("error", "missing_column", 1, "承办人")]
    assert [(s.row, s.reason) for s in reading.skipped] == [
        (1, "列没有对应好，没有读取"), (2, "列没有对应好，没有读取"),
    ]  # fmt: skip


def test_a_table_without_any_known_header_is_asked_for() -> None:
    reading = read([ODD, [str(value) for value in range(8)]])
    assert (reading.unmapped, reading.mapping["表1"].columns) == (True, {})
    assert found(reading) == [("error", "no_header", 1, "(整表)")]
    assert "列对应" in reading.findings[0].remedy


def test_foreign_workbooks_and_empty_ledgers_are_refused_in_words() -> None:
    with pytest.raises(RefusedError, match="没有找到台账的表头") as refused:
        read([["菜名", "价格"], ["豆腐", 3]])
    assert refused.value.status == 422
    with pytest.raises(RefusedError, match="没有一行案件"):
        read([HEADER])


def test_pasted_cells_are_a_ledger() -> None:
    lines = ["\t".join(HEADER), "\t".join(str(value) for value in case(1))]
    reading = read_ledger(read_pasted("\r\n".join(lines)), options=Options(today=TODAY))
    assert (reading.kind, len(reading.rows)) == ("paste", 1)
