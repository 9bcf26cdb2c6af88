"""Code 128: what is drawn is read back by a reader of its own, from the bars alone."""

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pace import examples
from wanzhou_eval.code128 import MODULUS, QUIET, START_B, STOP, WIDTHS, bars, pattern

START_C = 105
BAR = re.compile(r"M(\d+) 0h(\d+)v(\d+)h-(\d+)z")


def scan(drawing: str) -> str:
    """Read the bars of a path as a scanner does: edges, symbols, check symbol, text."""
    edges = [(int(x), int(x) + int(w)) for x, w, _, _ in BAR.findall(drawing)]
    flat = [edge for bar in edges for edge in bar]
    widths = "".join(str(b - a) for a, b in pairwise(flat))
    found = {width: value for value, width in enumerate(WIDTHS)}
    values = [found[widths[at : at + 6]] for at in range(0, len(widths) - 7, 6)]
    assert found[widths[-7:]] == STOP
    *body, check = values
    assert check == (body[0] + sum(place * value for place, value in enumerate(body))) % MODULUS
    if body[0] == START_C:
        return "".join(f"{value:02d}" for value in body[1:])
    assert body[0] == START_B
    return "".join(chr(value + 32) for value in body[1:])


@settings(max_examples=examples(60, thorough=400), deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=40))
def test_any_printable_text_is_read_back(text: str) -> None:
    assert scan(bars(text).path) == text


@settings(max_examples=examples(60, thorough=400), deadline=None)
@given(st.text("0123456789", min_size=1, max_size=24))
def test_digits_are_read_back_and_even_runs_are_short(digits: str) -> None:
    assert scan(bars(digits).path) == digits
    if len(digits) % 2 == 0:
        assert sum(map(int, pattern(digits))) == 11 * (len(digits) // 2 + 2) + 13


def test_the_table_has_every_symbol_once_with_eleven_modules() -> None:
    assert len(WIDTHS) == len(set(WIDTHS)) == 107
    assert {sum(map(int, width)) for width in WIDTHS[:-1]} == {11}
    assert all(sum(map(int, width[::2])) % 2 == 0 for width in WIDTHS[:-1])


def test_a_known_barcode() -> None:
    """`PJJ123C`, the common example: check symbol 55 in set B."""
    assert pattern("PJJ123C")[-13:-7] == WIDTHS[55]


def test_white_stands_on_both_sides() -> None:
    drawn = bars("202200012340")
    last = [int(x) + int(w) for x, w, _, _ in BAR.findall(drawn.path)][-1]
    assert drawn.width == last + QUIET
    assert BAR.findall(drawn.path)[0][0] == str(QUIET)


@pytest.mark.parametrize("text", ["", "卷", "a\n", "é"])
def test_what_a_scanner_cannot_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        bars(text)
