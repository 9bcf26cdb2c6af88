"""Cells of a ledger: cleaned, with a line for each."""

from decimal import Decimal

import pytest

from tests.cases.ledgers import found, read
from tests.workbook_samples import HEADER, case


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


def test_a_stage_that_grows_beyond_its_column_is_an_error() -> None:
    reading = read([[*HEADER, "诉讼阶段"], [*case(1), "㍿" * 6], [*case(2), "审查起诉阶段"]])
    assert found(reading) == [("error", "too_long", 2, "诉讼阶段")]
    assert [row.stage_label for row in reading.rows] == ["审查起诉"]


def test_one_client_in_three_stages_is_three_cases() -> None:
    stages = ("侦查", "审查起诉", "一审")
    rows = [
        [*case(n, 案号=f"渝万援刑〔2022〕{n}号", 案件类型="刑事"), "李泉", stage]
        for n, stage in enumerate(stages, start=1)
    ]
    reading = read([[*HEADER, "受援人", "诉讼阶段"], *rows])
    assert [(row.recipient, row.stage_label) for row in reading.rows] == [
        ("李泉", stage) for stage in stages
    ]
    assert found(reading) == []
