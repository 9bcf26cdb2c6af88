"""The one way out to .xlsx: text stays text, numbers and dates stay real."""

import io
import tracemalloc
from datetime import UTC, date, datetime
from decimal import Decimal
from tempfile import TemporaryFile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pace import examples
from wanzhou_eval import spreadsheets
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.spreadsheets import Table, write_table
from wanzhou_eval.workbooks import read_workbook

AT = datetime(2022, 8, 26, 8, 30, tzinfo=UTC)
SIGNS = ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1", "'x", "=HYPERLINK(\"http://a\")",
         "=cmd|' /C calc'!A0", "http://example.invalid", "000123", "1E5", "<script>")  # fmt: skip


def table(*rows: list[object], title: str = "案件") -> openpyxl.Workbook:
    data = written(Table(title, ["甲", "乙"], rows, filters=["类型：刑事"]))
    return openpyxl.load_workbook(io.BytesIO(data))


def written(table: Table) -> bytes:
    target = io.BytesIO()
    write_table(table, into=target, exported_by="张三", exported_at=AT)
    return target.getvalue()


@pytest.mark.parametrize("text", SIGNS)
def test_no_text_becomes_a_formula_or_link(text: str) -> None:
    cell = table([text, 1]).worksheets[0]["A2"]
    assert (cell.data_type, cell.hyperlink) == ("s", None)
    assert cell.value == text.replace("\r", "\n")


@settings(max_examples=examples(25, thorough=60), deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_any_text_comes_back(text: str) -> None:
    rows = read_workbook(written(Table("表", ["甲"], [[text]]))).sheets[0].rows
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


def test_what_looks_like_an_escape_stays_what_it_is() -> None:
    rows = read_workbook(written(Table("表", ["甲"], [["_x0041_"], ["<a & b>"]]))).sheets[0].rows
    assert [row.cells[0] for row in rows[1:]] == ["_x0041_", "<a & b>"]


def test_days_before_march_1900_and_subclasses() -> None:
    class Word(str):
        __slots__ = ()

    class Count(int):
        pass

    page = table([date(1900, 2, 28), Word("=1")], [datetime(1899, 1, 1), Count(3)]).worksheets[0]  # noqa: DTZ001
    values = [[cell.value for cell in row] for row in page["A2:B3"]]
    assert values == [["1900-02-28", "=1"], ["1899-01-01 00:00:00", 3]]


def test_the_same_cells_give_the_same_bytes() -> None:
    made = Table("表", ["甲", "乙"], [["x", 1], ["y", date(2022, 8, 26)]])
    assert written(made) == written(made)


def test_memory_does_not_grow_with_the_rows() -> None:
    peaks = []
    for count in (10_000, 40_000):
        rows = ([f"渝万援民〔2022〕{n}号", n, date(2022, 3, 1)] for n in range(count))
        tracemalloc.start()
        with TemporaryFile() as target:
            written_to = Table("大表", ["案号", "序号", "日期"], rows)
            write_table(written_to, into=target, exported_by="张三", exported_at=AT)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert max(peaks) < 3_000_000
    assert peaks[1] < peaks[0] * 1.2


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "MAX_ROWS", 2)
    with pytest.raises(RefusedError, match="请先筛选再导出") as refused:
        written(Table("表", ["甲"], [["1"], ["2"], ["3"]]))
    assert refused.value.status == 422


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
