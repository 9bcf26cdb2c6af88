"""What every row of a ledger is; nothing is dropped in silence."""

import re
from dataclasses import astuple
from datetime import date

import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.imports import Options, read_ledger
from cases.imports.reading import row_list
from tests.cases.ledgers import TODAY, found, read, read_bytes
from tests.pace import examples
from tests.workbook_samples import FIRM, HEADER, case, part, repacked, saved, xlsx
from wanzhou_eval.tables import Level
from wanzhou_eval.workbooks import read_workbook


def test_several_sheets_are_one_ledger_and_their_totals_add_up() -> None:
    criminal = [case(i, 案号=f"渝万援刑〔2022〕{i}号", 案件类型="刑事") for i in (1, 2)]
    reading = read(
        [["刑事案件台账"], HEADER, *criminal, ["合计", "2件"]],
        [HEADER, case(1), ["合 计", 1]],
        names=("刑事", "民事"),
    )
    assert (reading.declared_total, reading.data_rows) == (3, 3)
    assert found(reading) == [("warning", "serial_renumbered", 3, "序号")]
    assert [row.serial for row in reading.rows] == [1, 2, 3]


def test_a_sheet_named_after_its_kind_needs_no_kind_column() -> None:
    header = [name for name in HEADER if name != "案件类型"]
    row = case(1, 案号="渝万援刑〔2022〕1号")
    reading = read([header, row[:2] + row[3:]], names=("刑事",))
    assert reading.rows[0].kind == "criminal"
    assert ("案件类型", "取自工作表名") in [(s.column, s.rule) for s in reading.cleaning]


def test_rows_that_are_no_cases_are_skipped_with_their_reason() -> None:
    reading = read(
        [
            ["某区法律援助中心台账"],
            ["统计期间：2022年1月1日至2022年7月31日　单位：件"],
            HEADER,
            case(1),
            [None, None, "民事"],
            HEADER,
            [],
            case(2),
            ["小计", "2件"],
            ["合计", "2件"],
            ["注：本表由系统导出"],
            [None, "制表人：甲", None, "审核人：乙"],
        ]
    )
    assert [(s.row, s.reason) for s in reading.skipped] == [
        (1, "标题行"), (2, "统计期间/单位行"), (6, "重复的表头"), (7, "空行"),
        (9, "小计行（非案件）"), (10, "合计行（非案件）"), (11, "说明行（非案件）"),
        (12, "制表人/审核人行（非案件）"),
    ]  # fmt: skip
    assert [row.row for row in reading.rows] == [4, 8]
    assert {f.row for f in reading.errors} == {5}  # 类型栏有字：宁可报错，不可丢行
    assert reading.declared_total == 2


def test_vertical_merges_of_a_group_case_and_of_a_firm() -> None:
    header = [*HEADER, "受援人"]
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (header, [*case(1), "甲一"], [None] * 8 + ["乙二"], [*case(2), "丙三"],
                [*case(3, 承办机构=None), "丁四"]):  # fmt: skip
        page.append(row)
    page.merge_cells("B2:B3")
    page.merge_cells("D4:D5")
    reading = read_ledger(read_workbook(saved(book)), options=Options(today=TODAY))
    assert [(r.recipient, r.recipients_count, r.firm) for r in reading.rows] == [
        ("甲一、乙二", 2, FIRM), ("丙三", 1, FIRM), ("丁四", 1, FIRM),
    ]  # fmt: skip
    assert [s.row for s in reading.skipped] == [3]


def test_a_further_client_without_merges_joins_with_a_warning() -> None:
    header = [*HEADER, "受援人"]
    reading = read([header, [*case(1), "甲一"], [None] * 8 + ["乙二"]])
    assert found(reading) == [("warning", "group_by_position", 3, "受援人")]
    assert reading.rows[0].recipients_count == 2


def test_hidden_rows_and_sheets_are_read_and_told() -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "台账"
    for row in (HEADER, case(1), case(2)):
        page.append(list(row))
    page.row_dimensions[3].hidden = True
    other = book.create_sheet("旧表")
    for row in (HEADER, case(3)):
        other.append(list(row))
    other.sheet_state = "hidden"
    reading = read_ledger(read_workbook(saved(book)), options=Options(today=TODAY))
    codes = {(f.code, f.sheet, f.row) for f in reading.findings}
    assert codes >= {("hidden_rows", "台账", 3), ("hidden_sheet", "旧表", 1)}
    hidden = next(f for f in reading.findings if f.code == "hidden_rows")
    assert (hidden.message, hidden.found) == ("隐藏行 1 行也已读入", "第3行")
    assert len(reading.rows) == 3


def test_a_sheet_without_a_ledger_is_passed_over_loudly() -> None:
    reading = read([HEADER, case(1)], [["统计", "数量"], ["民事", 1]], names=("台账", "统计"))
    assert found(reading) == [("warning", "sheet_skipped", 1, "(整表)")]
    assert [(s.sheet, s.row) for s in reading.skipped] == [("统计", 1), ("统计", 2)]
    assert [astuple(rows) for rows in reading.sheets] == [
        ("台账", 2, 1, 1, 0, 0, 0), ("统计", 2, 0, 0, 0, 2, 0),
    ]  # fmt: skip


def test_a_million_blank_formatted_rows_are_nothing() -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (HEADER, case(1)):
        page.append(list(row))
    page.cell(900_000, 1).number_format = "0.00"
    reading = read_ledger(read_workbook(saved(book)), options=Options(today=TODAY))
    assert [(s.row, s.reason) for s in reading.skipped] == []
    assert len(reading.rows) == 1


CELLS = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30),
    st.integers(-(10**15), 10**15),
    st.dates(date(1901, 1, 1), date(2100, 1, 1)),
    st.booleans(),
    st.sampled_from(["合计", "小计", "民事", "=1+1", "'001", "<script>", "2022.3.1", "#N/A"]),
)


@settings(
    max_examples=examples(20, thorough=60),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.lists(st.lists(CELLS, min_size=8, max_size=8), min_size=1, max_size=8))
def test_whatever_the_cells_hold_every_row_is_accounted_for(rows: list[list[object]]) -> None:
    workbook = read_workbook(xlsx([HEADER, case(1), *rows]))
    reading = read_ledger(workbook, options=Options(today=TODAY))
    accepted = {row.row for row in reading.rows}
    skipped = {s.row for s in reading.skipped if s.reason != "空行"}
    failed = {f.row for f in reading.findings if f.level is Level.ERROR}
    assert accepted | skipped | failed >= {r.number for r in workbook.sheets[0].rows} - {1}
    assert not accepted & skipped
    assert reading.data_rows == len(accepted) + reading.rejected
    for sheet in reading.sheets:
        assert sheet.used == sheet.header + sheet.cases + sheet.skipped
        assert sheet.header == 1


def test_row_numbers_are_listed_as_people_do() -> None:
    assert row_list([3, 5, 6, 7, 9, 10]) == "3、5–7、9–10"
    assert row_list([]) == ""


def test_three_hundred_columns_and_a_forged_dimension_lose_nothing() -> None:
    wide = [f"自定义{n}" for n in range(292)]
    data = xlsx([[*HEADER, *wide], *([*case(n), *range(292)] for n in range(1, 4))])
    xml = part(data, "xl/worksheets/sheet1.xml")
    forged = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:B2"', xml)
    assert forged != xml
    reading = read_bytes(repacked(data, change={"xl/worksheets/sheet1.xml": forged}))
    assert [row.row for row in reading.rows] == [2, 3, 4]
    assert len([column for column in reading.columns[0].columns if not column.field]) == 292
