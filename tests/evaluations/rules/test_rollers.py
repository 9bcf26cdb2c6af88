"""谁掷了哪几位: the record of the rollers, and what keeps it from being one."""

import pytest

from evaluations.rules.errors import RuleError
from evaluations.rules.rollers import Roller, rollers_of, rollers_text


@pytest.mark.parametrize(
    "text",
    [
        "纪检 甲 8位；律师代表 乙 8位；专家代表 丙 8位",
        "纪检 甲 8\n律师代表 乙 8\n\n专家代表 丙 8",
        "纪检 甲（8位）;律师代表 乙(8位);专家代表 丙 8 位。",
        "纪检 甲8位；律师代表 乙8位；专家代表 丙8位；",
    ],
)
def test_three_people_and_their_digits(text: str) -> None:
    found = rollers_of(text, count=24)
    assert found == [
        Roller("纪检 甲", 1, 8),
        Roller("律师代表 乙", 9, 16),
        Roller("专家代表 丙", 17, 24),
    ]
    assert rollers_text(found) == "纪检 甲 8位；律师代表 乙 8位；专家代表 丙 8位"
    assert rollers_of(rollers_text(found), count=24) == found


def test_one_person_rolled_all() -> None:
    assert rollers_of("纪检 甲", count=20) == [Roller("纪检 甲", 1, 20)]
    assert rollers_of("纪检 甲 20位", count=20) == [Roller("纪检 甲", 1, 20)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "请写明谁掷的"),
        ("；\n 。", "请写明谁掷的"),
        ("纪检 甲；律师 乙", "“纪检 甲”没有写掷了几位"),
        ("纪检 甲 8位；律师 乙", "“律师 乙”没有写掷了几位"),
        ("纪检 甲 0位；律师 乙 24位", "“纪检 甲 0位”没有写掷了几位"),
        ("纪检 甲 8位；律师 乙 8位", "各人合计掷了16位，录入的随机数是24位。"),
        ("纪检 甲 8位", "各人合计掷了8位，录入的随机数是24位。"),
    ],
)
def test_what_is_not_a_record(text: str, sentence: str) -> None:
    with pytest.raises(RuleError, match=sentence):
        rollers_of(text, count=24)
