"""What the public sees of a name, and what the scan finds left in a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.rules.masking import (
    COMPOUND_SURNAMES,
    Kind,
    Residual,
    mask_all,
    mask_name,
    mask_recipient,
    residuals,
)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张某"),
        ("史枕舒", "史某"),
        ("司徒岚舟", "司徒某"),
        ("欧阳霖秋", "欧阳某"),
        ("欧阳", "欧某"),
        ("买买提·吐尔逊", "买某"),
        ("上官·阿依", "上某"),
        (" 张 三 ", "张某"),
        ("张\u200b三", "张某"),
        ("John Smith", "J"),
        ("", ""),
        ("　", ""),
    ],
)
def test_one_name(name: str, masked: str) -> None:
    assert mask_name(name) == masked


def test_surnames_of_two_characters() -> None:
    assert len(COMPOUND_SURNAMES) == 64
    assert {len(surname) for surname in COMPOUND_SURNAMES} == {2}
    assert {"司徒", "叶赫", "段干", "令狐"} < COMPOUND_SURNAMES


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("张三等6人", "张某等6人"),
        ("张三、李四", "张某、李某"),
        ("张三，司徒岚舟等十二名", "张某、司徒某等十二名"),
        ("张三等", "张某等"),
    ],
)
def test_a_recipient_cell_with_several(text: str, masked: str) -> None:
    assert mask_recipient(text) == masked


def test_equal_masks_are_numbered_line_by_line() -> None:
    names = ["张三", "李四", "张三丰", "司徒岚舟", "张三", "张五等6人", "张六等6人", "", ""]
    assert mask_all(names) == [
        "张某1",
        "李某",
        "张某2",
        "司徒某",
        "张某3",
        "张某1等6人",
        "张某2等6人",
        "",
        "",
    ]


@given(st.lists(st.sampled_from(["张三", "张四", "李五", "司徒听墨", "王六"]), max_size=20))
def test_no_masked_list_repeats_itself_or_keeps_a_given_name(names: list[str]) -> None:
    masked = mask_all(names)
    assert len(set(masked)) == len(masked)
    assert residuals("\n".join(masked), known_names=names) == ()


NUMBERS = [
    ("500101199001011234", Kind.IDENTITY),
    ("50010119900101123X", Kind.IDENTITY),
    ("５００１０１１９９００１０１１２３ｘ", Kind.IDENTITY),
    ("500101 19900101 1234", Kind.IDENTITY),
    ("证件500101199001011234，", Kind.IDENTITY),
    ("ID500101199001011234", Kind.IDENTITY),
    ("500101900101123", Kind.IDENTITY),
    ("500101199001\u200b011234", Kind.IDENTITY),
    ("13800001001", Kind.PHONE),
    ("138 0000 1001", Kind.PHONE),
    ("138-0000-1001", Kind.PHONE),
    ("+8613800001001", Kind.PHONE),
    ("023-58120000", Kind.PHONE),
    ("02358120000", Kind.PHONE),
    ("6222021234567890123", Kind.BANK_CARD),
    ("6222 0212 3456 7890", Kind.BANK_CARD),
]


@pytest.mark.parametrize(("text", "kind"), NUMBERS)
def test_numbers_that_are_left(text: str, kind: Kind) -> None:
    assert [found.kind for found in residuals(f"第一行\n{text}")] == [kind]
    assert [found.line for found in residuals(f"第一行\n{text}")] == [2]


@pytest.mark.parametrize(
    "text",
    [
        "渝万援民〔2022〕1161号",
        "公布日期 2022-08-26 2022-09-09",
        "2022年8月26日至2022年9月9日",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "a1380000100113800001001b2b0b822cd15d6c15b0f00a08aaaaaaaaaaaaaaaa",
        "序号 1 卷宗 0313 合格 80.00",
        "张某1 司徒某",
    ],
)
def test_what_is_meant_to_be_public(text: str) -> None:
    assert residuals(text, known_names=["张三", "司徒岚舟"]) == ()


def test_known_names_are_found_through_blanks_and_full_width() -> None:
    text = "1\t张某\n2\t史 枕 舒\n3\t李\u200b四"
    assert residuals(text, known_names=["史枕舒", "李 四", "", "王五"]) == (
        Residual(line=2, kind=Kind.NAME, text="史枕舒"),
        Residual(line=3, kind=Kind.NAME, text="李四"),
    )


def test_the_sentence_points_without_repeating_what_it_found() -> None:
    name, number = residuals("史枕舒 500101199001011234", known_names=["史枕舒"])[::-1]
    assert {name.sentence, number.sentence} == {
        "第1行还有姓名（史某），请隐去后再公布。",
        "第1行还有证件号（500…），请隐去后再公布。",
    }


def test_the_offices_own_telephone_is_allowed() -> None:
    text = "申辩电话 023-58120000，举报 023-58129999"
    found = residuals(text, allowed=["023-58120000"])
    assert [residual.text for residual in found] == ["023-58129999"]
