"""Findings of a ledger: what cannot be is an error, what is unlikely a warning."""

import io
from datetime import date

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from tests.cases.ledgers import found, read, read_bytes
from tests.workbook_samples import FIRM, HEADER, case, saved, xlsx


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
        ({"承办机构": "㈱" * 30}, "too_long", "承办机构"),
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
        ({"案号": "渝万援民〔2O22〕l号"}, "near_number", "案号"),
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


def test_a_wrong_total_is_told() -> None:
    reading = read([HEADER, case(1), ["合计", "5件"]])
    assert [(f.code, f.found) for f in reading.findings] == [("declared_total", "5件")]


def test_formulas_count_by_their_stored_value_or_are_errors() -> None:
    reading = read([HEADER, case(1, 案号="=1+1"), case(2, 承办人="=HYPERLINK(1)")])
    assert found(reading)[0] == ("error", "formula_without_value", 2, "案号")
    assert {(f.code, f.row) for f in reading.errors} >= {("formula_without_value", 3)}
    assert reading.rows == ()


def test_numbers_of_the_ministrys_and_the_citys_list_are_findings_of_their_own() -> None:
    reading = read(
        [HEADER, case(1), case(2)], taken={"渝万援民〔2022〕2号": "已被部级抽评（2022-06）"}
    )
    assert found(reading) == [("warning", "taken_above", 3, "案号")]
    assert reading.findings[0].message == "这个案号在清单里：已被部级抽评（2022-06）"
    assert len(reading.rows) == 2


def test_bare_serial_numbers_follow_the_date_system_of_their_file() -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx([HEADER, case(1, 结案日期=44747)])))
    days: list[list[date]] = []
    for epoch in (CALENDAR_WINDOWS_1900, CALENDAR_MAC_1904):
        book.epoch = epoch
        days.append([row.closed_on for row in read_bytes(saved(book)).rows])
    assert days == [[date(2022, 7, 5)], []]  # 2026 in the 1904 system: an error, in the future
