"""Ledgers of every shape: findings with their place, nothing dropped in silence."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.imports import LedgerReading, Options, guess_columns, read_ledger
from tests.pace import examples
from tests.workbook_samples import FIRM, HEADER, case, saved, xlsx
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.tables import Level
from wanzhou_eval.workbooks import read_pasted, read_workbook

TODAY = date(2022, 8, 22)


def read(
    *sheets: Sequence[Sequence[object]], names: Sequence[str] = (), **more: Any
) -> LedgerReading:
    told = more.pop("told", None)
    workbook = read_workbook(xlsx(*sheets, names=names))
    return read_ledger(workbook, options=Options(today=TODAY, **more), told=told)


def found(reading: LedgerReading) -> list[tuple[str, str, int, str]]:
    return [(f.level.value, f.code, f.row, f.column) for f in reading.findings]


def test_a_sound_ledger_has_nothing_to_say() -> None:
    reading = read([HEADER, case(1), case(2)])
    assert found(reading) == []
    assert reading.cleaning != ()  # dates as text
    assert [row.number for row in reading.rows] == ["渝万援民〔2022〕1号", "渝万援民〔2022〕2号"]


@pytest.mark.parametrize(
    ("changes", "code", "column"),
    [
        ({"案号": None}, "missing", "案号"),
        ({"案号": " - "}, "missing", "案号"),
        ({"案件类型": None}, "missing", "案件类型"),
        ({"承办机构": "无"}, "missing", "承办机构"),
        ({"承办人": "/"}, "missing", "承办人"),
        ({"结案日期": None}, "missing", "结案日期"),
        ({"结案日期": "未结案"}, "missing", "结案日期"),
        ({"案件类型": "其他"}, "unknown_kind", "案件类型"),
        ({"结案日期": "2022年11月31日"}, "bad_date", "结案日期"),
        ({"结案日期": "2022-08-23"}, "future_date", "结案日期"),
        ({"结案日期": "2022-01-04", "归档日期": None}, "closed_before_assigned", "结案日期"),
        ({"案号": "案<script>1"}, "bad_number", "案号"),
        ({"案号": "渝万援民〔2022〕" + "1" * 70}, "bad_number", "案号"),
        ({"案号": "没有数字"}, "bad_number", "案号"),
        ({"案号": 1234567890123456789}, "lost_digits", "案号"),
        ({"案号": "#REF!"}, "error_value", "案号"),
        ({"承办机构": "某" * 81}, "too_long", "承办机构"),
        ({"承办人": "某" * 41}, "bad_handlers", "承办人"),
    ],
)
def test_what_cannot_be_is_an_error_at_its_cell(
    changes: dict[str, object], code: str, column: str
) -> None:
    reading = read([HEADER, case(1), case(2, **changes), case(3)])
    assert found(reading) == [("error", code, 3, column)]
    assert [row.row for row in reading.rows] == [2, 4]
    assert (reading.data_rows, reading.rejected) == (3, 1)


@pytest.mark.parametrize(
    ("changes", "code", "column"),
    [
        ({"归档日期": "2022-04-02"}, "late_filing", "归档日期"),
        ({"归档日期": "2022-02-28"}, "filed_before_closed", "归档日期"),
        ({"结案日期": "2022-08-01", "归档日期": None}, "outside_window", "结案日期"),
        ({"案件类型": "刑事"}, "kind_mismatch", "案件类型"),
        ({"承办机构": "重庆榆舟律所"}, "unknown_firm", "承办机构"),
        ({"案号": "渝万援民字〔2022〕1号"}, "near_number", "案号"),
    ],
)
def test_what_is_unlikely_is_a_warning(changes: dict[str, object], code: str, column: str) -> None:
    reading = read(
        [HEADER, case(1), case(2, **changes)],
        window=(date(2022, 1, 1), date(2022, 7, 31)),
        firms=frozenset({FIRM}),
    )
    assert found(reading) == [("warning", code, 3, column)]
    assert len(reading.rows) == 2


def test_duplicates_name_both_rows() -> None:
    reading = read([HEADER, case(1), case(2, 案号="渝万援民(2022)第01号")])
    assert found(reading) == [("error", "duplicate", 3, "案号")]
    assert "第 2 行" in reading.findings[0].message
    assert len(reading.rows) == 1


def test_numbers_of_other_years_and_synonyms_are_arguments() -> None:
    reading = read(
        [HEADER, case(1, 承办机构="重庆榆舟律所")],
        known={"渝万援民〔2022〕1号": "2021年度"},
        firm_names={"重庆榆舟律所": FIRM},
    )
    assert found(reading) == [("warning", "known_elsewhere", 2, "案号")]
    near = read([HEADER, case(1)], known={"渝万援民字〔2022〕1号": "2021年度"})
    assert found(near) == [("warning", "near_known", 2, "案号")]
    assert reading.rows[0].firm == FIRM
    assert any("同义词" in step.rule for step in reading.cleaning)


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


def test_a_wrong_total_is_told() -> None:
    reading = read([HEADER, case(1), ["合计", "5件"]])
    assert [(f.code, f.found) for f in reading.findings] == [("declared_total", "5件")]


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
    assert codes >= {("hidden_row", "台账", 3), ("hidden_sheet", "旧表", 1)}
    assert len(reading.rows) == 3


def test_a_sheet_without_a_ledger_is_passed_over_loudly() -> None:
    reading = read([HEADER, case(1)], [["统计", "数量"], ["民事", 1]], names=("台账", "统计"))
    assert found(reading) == [("warning", "sheet_skipped", 1, "(整表)")]
    assert [(s.sheet, s.row) for s in reading.skipped] == [("统计", 1), ("统计", 2)]


def test_formulas_count_by_their_stored_value_or_are_errors() -> None:
    reading = read([HEADER, case(1, 案号="=1+1"), case(2, 承办人="=HYPERLINK(1)")])
    assert found(reading)[0] == ("error", "formula_without_value", 2, "案号")
    assert {(f.code, f.row) for f in reading.errors} >= {("formula_without_value", 3)}
    assert reading.rows == ()


def test_columns_can_be_told() -> None:
    odd = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛"]
    told = {"表1": dict(zip(
        ("serial", "number", "kind", "firm", "handlers", "assigned_on", "closed_on", "filed_on"),
        "ABCDEFGH", strict=True))}  # fmt: skip
    reading = read([odd, case(1)], told=told)
    assert reading.rows[0].number == "渝万援民〔2022〕1号"
    guessed = guess_columns(read_workbook(xlsx([HEADER, case(1)])))[0]
    assert guessed.missing == ()
    assert [c.field for c in guessed.columns][:3] == ["serial", "number", "kind"]


def test_missing_columns_and_foreign_workbooks_are_refused_in_words() -> None:
    short = [name for name in HEADER if name != "承办人"]
    with pytest.raises(RefusedError, match="缺|没有找到必需的列：承办人") as refused:
        read([short, case(1)[:4] + case(1)[5:]])
    assert refused.value.status == 422
    with pytest.raises(RefusedError, match="没有找到台账的表头"):
        read([["菜名", "价格"], ["豆腐", 3]])
    with pytest.raises(RefusedError, match="没有一行案件"):
        read([HEADER])


def test_names_firms_amounts_and_free_text_are_cleaned_with_a_line_each() -> None:
    header = [*HEADER, "受援人", "办案补贴(元)", "备注"]
    reading = read(
        [
            header,
            [*case(1, 承办人="廖　果（主办）；严霜墨", 承办机构="四川青禾渡(万州)律师事务所 "),
             "李　泉", "1,600元", "电话13800000000，证件500000195206169474"],
        ]
    )  # fmt: skip
    row = reading.rows[0]
    assert row.handlers == ("廖果", "严霜墨")
    assert row.firm == "四川青禾渡（万州）律师事务所"
    assert (row.recipient, row.subsidy) == ("李泉", Decimal("1600"))
    assert row.remarks == "电话［已隐去］，证件［已隐去］"
    assert "13800000000" not in repr(reading)
    assert "500000195206169474" not in repr(reading)


@pytest.mark.parametrize("amount", ["一千", "-5", "1.005", -3, Decimal("0.001")])
def test_amounts_that_are_none_are_errors(amount: object) -> None:
    header = [*HEADER, "办案补贴"]
    assert [f.code for f in read([header, [*case(1), amount]]).errors] == ["bad_amount"]


def test_pasted_cells_are_a_ledger() -> None:
    lines = ["\t".join(HEADER), "\t".join(str(value) for value in case(1))]
    reading = read_ledger(read_pasted("\r\n".join(lines)), options=Options(today=TODAY))
    assert (reading.kind, len(reading.rows)) == ("paste", 1)


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
