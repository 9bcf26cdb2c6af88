"""卷宗交接: every pair of move and place, what a label says, the order of the shelf."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.rules.custody import (
    MOVE_WORDS,
    MOVES,
    PLACE_WORDS,
    Move,
    Place,
    Standing,
    label_code,
    luhn,
    read_code,
    shelf_key,
    why_not,
)
from evaluations.rules.errors import RuleError

LAWFUL = {
    (Move.OUT, Place.ARCHIVE),
    (Move.GIVE, Place.HALL),
    (Move.BACK, Place.EXPERT),
    (Move.RETURN, Place.HALL),
    (Move.MISS, Place.ARCHIVE),
    (Move.MISS, Place.HALL),
    (Move.MISS, Place.EXPERT),
    (Move.FOUND, Place.MISSING),
}


def at(place: Place, move: Move | None = None) -> Standing:
    holder = "张三" if place is Place.EXPERT else ""
    moment = datetime(2022, 8, 22, 9, 12)  # noqa: DTZ001  # as shown
    return Standing(place, move, holder, since=moment, by="钟未央", ordinal=1)


def test_every_move_and_place_has_words() -> None:
    assert set(MOVES) == set(MOVE_WORDS) == set(Move)
    assert set(PLACE_WORDS) == set(Place)


@pytest.mark.parametrize("place", Place)
@pytest.mark.parametrize("move", Move)
def test_a_file_goes_only_where_its_way_leads(move: Move, place: Place) -> None:
    sentence = why_not("0012", move, at(place), drawn=True, to="张三")
    assert (sentence == "") == ((move, place) in LAWFUL)
    if sentence:
        assert "卷宗0012" in sentence
        assert sentence.endswith("。")


def test_the_sentences_say_where_the_file_is_and_what_to_do() -> None:
    held = at(Place.EXPERT, Move.GIVE)
    assert why_not("0012", Move.GIVE, held, drawn=True, to="李四") == (
        "卷宗0012现在在张三专家手中，不能发给李四：请先由张三交回现场。"
    )
    assert why_not("0012", Move.GIVE, held, drawn=True, to="张三") == (
        "卷宗0012已经登记过“发给专家”（08月22日 09:12 钟未央），不用再扫。"
    )
    assert why_not("0012", Move.RETURN, held, drawn=True) == (
        "卷宗0012现在在张三专家手中，不能登记“还回档案室”：请先由这位专家交回现场。"
    )
    assert why_not("0012", Move.OUT, at(Place.HALL, Move.OUT), drawn=True) == (
        "卷宗0012已经登记过“调出档案室”（08月22日 09:12 钟未央），不用再扫。"
    )


@pytest.mark.parametrize("move", [Move.OUT, Move.MISS, Move.RETURN])
def test_a_file_that_is_not_evaluated_stays_in_the_archive(move: Move) -> None:
    assert "不在本年度参加评估的案件里" in why_not("0012", move, Standing(), drawn=False)


def test_a_replaced_file_is_only_brought_back() -> None:
    assert why_not("0012", Move.RETURN, at(Place.HALL), drawn=False) == ""
    assert why_not("0012", Move.BACK, at(Place.EXPERT), drawn=False) == ""
    assert "不能发给专家" in why_not("0012", Move.GIVE, at(Place.HALL), drawn=False)


@given(st.integers(2000, 2099), st.integers(1, 9_999_999))
def test_a_label_is_read_back(year: int, serial: int) -> None:
    code = label_code(year, serial)
    assert len(code) == 12
    assert read_code(code, year=year) == serial
    spaced = f" {code[:4]} {code[4:11]}-{code[11]}\r\n"
    assert read_code(spaced, year=year) == serial


@given(st.integers(1, 9_999_999), st.integers(0, 11), st.integers(1, 9))
def test_a_wrong_digit_is_found_out(serial: int, place: int, add: int) -> None:
    code = label_code(2022, serial)
    wrong = code[:place] + str((int(code[place]) + add) % 10) + code[place + 1 :]
    with pytest.raises(RuleError, match="读得不全或有误"):
        read_code(wrong, year=2022)


def test_the_check_digit_is_luhn() -> None:
    assert luhn("7992739871") == "3"
    assert label_code(2022, 123) == "202200001230"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "不是卷宗条码"),
        ("6901234567892", "读得不全或有误"),
        ("20220000123", "读得不全或有误"),
        ("渝万援民〔2022〕1号", "不是卷宗条码"),
        ("http://a", "不是卷宗条码"),
        (label_code(2021, 5), "这是2021年度的卷宗，不是2022年度的"),
    ],
)
def test_what_is_no_label_of_this_year_says_why(typed: str, told: str) -> None:
    with pytest.raises(RuleError, match=told):
        read_code(typed, year=2022)


def test_full_width_digits_are_a_number() -> None:
    assert read_code("０３１３", year=2022) == 313


def test_the_shelf_stands_by_year_series_and_running_number() -> None:
    shelf = [
        "渝万援民〔2022〕2号",
        "渝万援民〔2022〕10号",
        "渝万援刑〔2022〕1号",
        "渝万援民〔2021〕99号",
    ]
    assert sorted(shelf, key=shelf_key) == [shelf[3], shelf[2], *shelf[:2]]
