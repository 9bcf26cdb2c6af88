"""部、市已抽评案件清单: odd lists."""

import pytest

from cases.imports import read_exclusions
from tests.workbook_samples import xlsx
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.workbooks import read_pasted, read_workbook

HEADER = ["序号", "案号", "抽评级别", "抽评时间"]


def test_title_rows_blank_lines_and_bad_numbers() -> None:
    reading = read_exclusions(
        read_workbook(
            xlsx(
                [
                    ["已抽评案件"],
                    HEADER,
                    [1, "渝万援刑〔2022〕1号", "部级", "2022-06"],
                    [2, "渝万援刑〔2022〕2号|x", "部级", "2022-06"],
                    ["合计", "共计", None, None],
                    [3, "渝万援刑(2022)01号", "市级", "2022-05"],
                ]
            )
        )
    )
    assert [(row.row, row.number, row.level, row.month) for row in reading.rows] == [
        (3, "渝万援刑〔2022〕1号", "部级", "2022-06"),
        (6, "渝万援刑〔2022〕1号", "市级", "2022-05"),
    ]
    assert [(f.code, f.row) for f in reading.errors] == [("bad_number", 4), ("duplicate", 6)]
    assert [(s.row, s.reason) for s in reading.skipped] == [(1, "标题行"), (5, "没有案号")]


def test_a_pasted_column_of_numbers_is_enough() -> None:
    reading = read_exclusions(read_pasted("案号\n渝万援刑〔2022〕1号\n"))
    assert [(row.number, row.level) for row in reading.rows] == [("渝万援刑〔2022〕1号", "")]


def test_lists_without_numbers_are_refused() -> None:
    with pytest.raises(RefusedError, match="没有找到“案号”列"):
        read_exclusions(read_workbook(xlsx([["姓名"], ["甲"]])))
    with pytest.raises(RefusedError, match="没有一个案号"):
        read_exclusions(read_workbook(xlsx([HEADER])))
