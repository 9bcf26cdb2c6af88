"""理由雷同: own words that are nearly the same are told; short ones never."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.rules.likeness import SHORT, alike, likeness

LONG = "卷内没有会见笔录，只有一次电话记录，未问清案发经过"


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        (LONG, LONG, Fraction(1)),
        (LONG, " 卷内没有会见笔录,只有一次电话记录。未问清案发经过！", Fraction(1)),
        (LONG, LONG.replace("未问清", "没问清"), Fraction(44, 46)),
        ("没有会见笔录", "没有会见笔录", None),
        (LONG, "", None),
        (LONG, LONG * 2, Fraction(0)),
        ("一二三四五六七八九十百千", "甲乙丙丁戊己庚辛壬癸子丑", Fraction(0)),
    ],
)
def test_share_of_characters_in_common(one: str, other: str, share: Fraction | None) -> None:
    assert likeness(one, other) == share
    assert likeness(other, one) == share


@pytest.mark.parametrize(("kept", "told"), [(18, True), (17, False)])
def test_told_from_nine_tenths(kept: int, told: bool) -> None:
    one = "".join(chr(0x4E00 + n) for n in range(20))
    other = one[:kept] + "".join(chr(0x5E00 + n) for n in range(20 - kept))
    assert likeness(one, other) == Fraction(kept, 20)
    assert (alike(one, other) is not None) is told


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_a_share_whoever_comes_first(one: str, other: str) -> None:
    share = likeness(one, other)
    assert share == likeness(other, one)
    assert share is None or 0 <= share <= 1
    assert likeness(one, one) in {None, Fraction(1)}
    assert likeness("字" * (SHORT - 1), one) is None
