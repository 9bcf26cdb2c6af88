"""The characters a freeze file may hold (LAQD/1 2.1), and the skeleton of look-alikes.

The sets are closed under NFC, so no normalisation happens on the way to the hash.
"""

from __future__ import annotations

import re
import unicodedata

CODE = re.compile(r"[0-9A-Za-z._-]{1,40}")
ITEM_CLASS = r"[-0-9A-Za-z._/()\[\]·〇【】〔〕（）\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]"
ITEM_LENGTH = 64
ITEM = re.compile(ITEM_CLASS + r"{1,64}")
ITEMS = re.compile(rf"(?:{ITEM_CLASS}{{1,{ITEM_LENGTH}}}\n)*")
"""A whole column, each item closed by a line feed: one pass instead of one call per item."""
MONTH = re.compile(r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])")
HEX64 = re.compile(r"[0-9a-f]{64}")
INTEGER = re.compile(r"0|[1-9][0-9]{0,9}")

BRACKETS = str.maketrans(
    dict.fromkeys("[{〔【〖（［｛", "(") | dict.fromkeys("]}〕】〗）］｝", ")")
)
HIDDEN = re.compile(r"[^\S\n]|[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
LEADING_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")


def skeleton(text: str) -> str:
    """Return what a number looks like: equal skeletons are look-alikes a person must decide on.

    NFKC and casefold, no spaces or zero-width characters, brackets `()`, leading zeros dropped.
    Line feeds are kept, so a whole column joined by them is done in one call.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    plain = HIDDEN.sub("", folded.translate(BRACKETS))
    return LEADING_ZEROS.sub("", plain)


DIGITS = b"0123456789"


def shapes(joined: str) -> set[str]:
    """Return what numbers joined by line feeds are without digits: few, however many they are."""
    return {shape.decode() for shape in set(joined.encode().translate(None, DIGITS).split(b"\n"))}


def surely_distinct(joined: str, left: set[str]) -> bool:
    """Whether different numbers of these shapes must have different skeletons.

    True when no two shapes look alike and no digit run begins with a zero: `skeleton` changes
    `ITEM` characters one by one, so equal skeletons then mean equal shapes and equal digits.
    """
    before = {"\n", *"".join(left)}
    zeros = joined.startswith("0") or any(f"{char}0" in joined for char in before)
    return not zeros and len(set(map(skeleton, left))) == len(left)
