"""理由雷同: how alike two experts' own words are (article 9.2, 背靠背).

A sign that one copied the other, never a proof: it is told to the office and changes no grade.
Ticked reasons are the standard's words and are not compared.
"""

import unicodedata
from difflib import SequenceMatcher
from fractions import Fraction

ALIKE = Fraction(9, 10)
SHORT = 12
"""Fewer characters say the same by nature (“没有会见笔录”)."""


def likeness(one: str, other: str) -> Fraction | None:
    """The share of characters that two texts have in common, 0 to 1.

    Spaces, punctuation and width do not count. None where a text is shorter than `SHORT`.
    """
    left, right = sorted((_bare(one), _bare(other)))
    if min(len(left), len(right)) < SHORT:
        return None
    whole = len(left) + len(right)
    if Fraction(2 * min(len(left), len(right)), whole) < ALIKE:
        return Fraction(0)  # too different in length to reach it: not worth the comparison
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    return Fraction(2 * sum(block.size for block in blocks), whole)


def alike(one: str, other: str) -> Fraction | None:
    """The likeness where it calls for a look, else None."""
    share = likeness(one, other)
    return share if share is not None and share >= ALIKE else None


def _bare(text: str) -> str:
    wide = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in wide if letter.isalnum())
