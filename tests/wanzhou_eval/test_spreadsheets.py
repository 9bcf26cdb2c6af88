"""The one way out to .xlsx: text stays text, numbers and dates stay real."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pace import examples
from wanzhou_eval.spreadsheets import write_table
from wanzhou_eval.workbooks import read_workbook

AT = datetime(2022, 8, 26, 8, 30, tzinfo=UTC)
SIGNS = ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1", "'x", "=HYPERLINK(\"http://a\")",
         "=cmd|' /C calc'!A0", "http://example.invalid", "000123", "1E5", "<script>")  # fmt: skip


def table(*rows: list[object], title: str = "案件") -> openpyxl.Workbook:
    data = write_table(
        title, ["甲", "乙"], rows, filters=["类型：刑事"], exported_by="张三", exported_at=AT
    )
    return openpyxl.load_workbook(io.BytesIO(data))


@pytest.mark.parametrize("text", SIGNS)
def test_no_text_becomes_a_formula_or_link(text: str) -> None:
    cell = table([text, 1]).worksheets[0]["A2"]
    assert (cell.data_type, cell.hyperlink) == ("s", None)
    assert cell.value == text.replace("\r", "\n")


@settings(max_examples=examples(25, thorough=60), deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_any_text_comes_back(text: str) -> None:
    data = write_table("表", ["甲"], [[text]], filters=[], exported_by="a", exported_at=AT)
    rows = read_workbook(data).sheets[0].rows
    assert [row.cells[0] for row in rows[1:]] == ([text] if text.strip() else [])


def test_values_keep_their_types() -> None:
    page = table(
        [-5, Decimal("79.50")], [date(2022, 3, 1), AT], [10**15, Decimal("0.1234567890123456")],
        [True, None], ["长" * 40_000, "a\x00b"],
    ).worksheets[0]  # fmt: skip
    values = [[cell.value for cell in row] for row in page["A2:B6"]]
    assert values[0] == [-5, 79.5]
    assert values[1] == [datetime(2022, 3, 1), datetime(2022, 8, 26, 16, 30)]  # noqa: DTZ001
    assert values[2] == ["1000000000000000", "0.1234567890123456"]
    assert values[3] == ["是", None]
    assert len(values[4][0]) == 32_767
    assert values[4][1] == "ab"


def test_header_frozen_filtered_and_second_sheet() -> None:
    book = table(["x", 1], ["y", 2], title="2022年/案件[全部]")
    page, about = book.worksheets
    assert page.title == "2022年 案件 全部"
    assert (page.freeze_panes, page.auto_filter.ref) == ("A2", "A1:B3")
    facts = [(row[0].value, row[1].value) for row in about.iter_rows()]
    assert facts == [
        ("表名", "2022年/案件[全部]"),
        ("件数", 2),
        ("导出时间", datetime(2022, 8, 26, 16, 30)),  # noqa: DTZ001
        ("导出人", "张三"),
        ("筛选条件", "类型：刑事"),
    ]
