"""The allowances of 2022 and amounts in 大写."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.rules.allowance import DIGITS, Work, allowances, in_capitals

D = Decimal


def work(expert: str, sheets: int, *, society: bool = True) -> Work:
    return Work(expert=expert, name=expert, unit="所", society=society, sheets=sheets)


def test_fifty_yuan_for_each_sealed_sheet_of_society_experts() -> None:
    sheet = allowances([work("A", 19), work("B", 19, society=False), work("C", 0)])
    told = [(line.expert, line.sheets, line.rate, line.amount) for line in sheet.lines]
    assert told == [("A", 19, D(50), D(950)), ("B", 19, D(0), D(0)), ("C", 0, D(50), D(0))]
    assert (sheet.paid_sheets, sheet.total) == (19, D(950))
    assert sheet.total_in_capitals == "玖佰伍拾元整"
    assert [line.remark for line in sheet.lines] == ["", "公职人员，不发放", ""]


def test_all_of_2022_from_society_would_be_7600() -> None:
    sheet = allowances([work(name, 19) for name in "ABCDEFGH"])
    assert (sheet.paid_sheets, sheet.total) == (152, D(7600))
    assert sheet.total_in_capitals == "柒仟陆佰元整"


def test_another_rate_and_nobody_at_all() -> None:
    assert allowances([work("A", 3)], rate=D("62.50")).total == D("187.50")
    empty = allowances([])
    assert (empty.lines, empty.total, empty.total_in_capitals) == ((), D(0), "零元整")


@pytest.mark.parametrize(
    ("amount", "capitals"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("0.55", "伍角伍分"),
        ("1", "壹元整"),
        ("10", "壹拾元整"),
        ("10.05", "壹拾元零伍分"),
        ("15.20", "壹拾伍元贰角整"),
        ("101", "壹佰零壹元整"),
        ("110", "壹佰壹拾元整"),
        ("1005.50", "壹仟零伍元伍角整"),
        ("1010", "壹仟零壹拾元整"),
        ("7600", "柒仟陆佰元整"),
        ("10001", "壹万零壹元整"),
        ("10500", "壹万零伍佰元整"),
        ("15000", "壹万伍仟元整"),
        ("100000", "壹拾万元整"),
        ("1000500", "壹佰万零伍佰元整"),
        ("100000000", "壹亿元整"),
        ("100000001", "壹亿零壹元整"),
        ("100010000", "壹亿零壹万元整"),
        ("999999999999.99", "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_capitals(amount: str, capitals: str) -> None:
    assert in_capitals(D(amount)) == capitals


@pytest.mark.parametrize("amount", ["-1", "0.005", "1000000000000"])
def test_amounts_that_cannot_be_written(amount: str) -> None:
    with pytest.raises(ValueError, match="at most two decimals"):
        in_capitals(D(amount))


def value_of(capitals: str) -> Decimal:
    """Read 大写 back: the independent direction."""
    total = group = digit = 0
    cents = 0
    for sign in capitals:
        if sign in DIGITS:
            digit = DIGITS.index(sign)
        elif sign in "拾佰仟":
            group += digit * 10 ** ("拾佰仟".index(sign) + 1)
            digit = 0
        elif sign in "万亿":
            total += (group + digit) * {"万": 10**4, "亿": 10**8}[sign]
            group = digit = 0
        elif sign == "元":
            total += group + digit
            group = digit = 0
        elif sign in "角分":
            cents += digit * {"角": 10, "分": 1}[sign]
            digit = 0
    return total + D(cents) / 100


@given(st.integers(0, 10**14 - 1))
def test_capitals_read_back_to_the_same_amount(cents: int) -> None:
    written = in_capitals(D(cents) / 100)
    assert value_of(written) == D(cents) / 100
    assert "零零" not in written
