"""卷宗交接: what a label says, where a file may go from where, and the order of the shelf. Pure.

A label holds twelve digits: the year (4), the 卷宗号 (7, leading zeros) and a check digit (Luhn,
over the eleven before it). A mistyped digit and most swapped neighbours are found out.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from evaluations.rules.errors import RuleError

YEAR_DIGITS, SERIAL_DIGITS = 4, 7
CODE_LENGTH = YEAR_DIGITS + SERIAL_DIGITS + 1


class Place(StrEnum):
    """Where a file is."""

    ARCHIVE = "archive"
    HALL = "hall"
    EXPERT = "expert"
    MISSING = "missing"


class Move(StrEnum):
    """A hand-over; every one has one place it leads to."""

    OUT = "out"
    GIVE = "give"
    BACK = "back"
    RETURN = "return"
    MISS = "miss"
    FOUND = "found"


PLACE_WORDS = {
    Place.ARCHIVE: "档案室",
    Place.HALL: "评估现场",
    Place.EXPERT: "专家手中",
    Place.MISSING: "缺卷",
}
MOVE_WORDS = {
    Move.OUT: "调出档案室",
    Move.GIVE: "发给专家",
    Move.BACK: "专家交回",
    Move.RETURN: "还回档案室",
    Move.MISS: "登记缺卷",
    Move.FOUND: "找到，已在档案室",
}
MOVES: dict[Move, tuple[frozenset[Place], Place]] = {
    Move.OUT: (frozenset({Place.ARCHIVE}), Place.HALL),
    Move.GIVE: (frozenset({Place.HALL}), Place.EXPERT),
    Move.BACK: (frozenset({Place.EXPERT}), Place.HALL),
    Move.RETURN: (frozenset({Place.HALL}), Place.ARCHIVE),
    Move.MISS: (frozenset({Place.ARCHIVE, Place.HALL, Place.EXPERT}), Place.MISSING),
    Move.FOUND: (frozenset({Place.MISSING}), Place.ARCHIVE),
}
REMEDIES = {
    Place.ARCHIVE: "请先登记“调出档案室”",
    Place.HALL: "它已在评估现场",
    Place.EXPERT: "请先由这位专家交回现场",
    Place.MISSING: "找到后请先在卷宗页登记“找到”",
}


@dataclass(frozen=True)
class Standing:
    """Where a file is now: since when, with which expert, by which last move (None = never out).

    `ordinal` counts the hand-overs so far.
    """

    place: Place = Place.ARCHIVE
    move: Move | None = None
    holder: str = ""
    since: datetime | None = None
    by: str = ""
    ordinal: int = 0

    @property
    def words(self) -> str:
        """The place as people say it."""
        return f"{self.holder}专家手中" if self.holder else PLACE_WORDS[self.place]


def label_code(year: int, serial: int) -> str:
    """The twelve digits on a file's label."""
    body = f"{year:0{YEAR_DIGITS}d}{serial:0{SERIAL_DIGITS}d}"
    return body + luhn(body)


def luhn(digits: str) -> str:
    """The check digit of ISO/IEC 7812."""
    total = 0
    for place, sign in enumerate(reversed(digits)):
        value = int(sign) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def tidy(typed: str) -> str:
    """What was scanned or typed, without spaces and hyphens, full-width digits as plain ones."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", typed))


def label_parts(typed: str) -> tuple[int, int] | None:
    """Year and 卷宗号 of a label; None where it is none or its check digit is wrong."""
    text = tidy(typed)
    if not (text.isascii() and text.isdigit() and len(text) == CODE_LENGTH):
        return None
    if luhn(text[:-1]) != text[-1]:
        return None
    return int(text[:YEAR_DIGITS]), int(text[YEAR_DIGITS:-1])


def read_code(typed: str, *, year: int) -> int:
    """The 卷宗号 of what was scanned or typed for this year's files.

    Twelve digits are a label; up to seven are a 卷宗号 typed by hand. Raises `RuleError` with the
    sentence for anything else, a wrong check digit or another year's label.
    """
    text = tidy(typed)
    if not (text.isascii() and text.isdigit()):
        raise RuleError(
            f"“{typed.strip()[:40]}”不是卷宗条码。请扫卷宗封面标签，或输入封面上的卷宗号。"
        )
    if len(text) <= SERIAL_DIGITS:
        return int(text)
    parts = label_parts(text)
    if parts is None:
        raise RuleError(f"条码{text[:40]}读得不全或有误。请重扫一次，或输入封面上的卷宗号。")
    if parts[0] != year:
        raise RuleError(
            f"这是{parts[0]}年度的卷宗，不是{year}年度的。"
            f"请放回{parts[0]}年度的卷宗里，或切换年度再扫。"
        )
    return parts[1]


def why_not(label: str, move: Move, now: Standing, *, drawn: bool, to: str = "") -> str:
    """Why this file cannot make this move now; blank when it can.

    `drawn`: it is one of the year's standing cases. Others are never pulled or handed out, only
    brought back: a replaced case's file, or one of a void draw. `to`: the expert it is for.
    """
    allowed, target = MOVES[move]
    if move is Move.GIVE and now.holder and now.holder != to:
        return f"卷宗{label}现在在{now.words}，不能发给{to}：请先由{now.holder}交回现场。"
    if now.place == target and now.move == move:
        since = f"{now.since:%m月%d日 %H:%M}" if now.since else ""
        return f"卷宗{label}已经登记过“{MOVE_WORDS[move]}”（{since} {now.by}），不用再扫。"
    if not drawn and (move in {Move.OUT, Move.GIVE} or now.place is Place.ARCHIVE):
        return f"卷宗{label}不在本年度参加评估的案件里，不能{MOVE_WORDS[move]}。请核对调卷单。"
    if now.place not in allowed:
        return (
            f"卷宗{label}现在在{now.words}，不能登记“{MOVE_WORDS[move]}”：{REMEDIES[now.place]}。"
        )
    return ""


def shelf_key(number: str) -> tuple[str, str, int, str]:
    """The order of the shelf: year, then the series (its words), then the running number.

    Files stand by year and series; sorting the numbers as text would put 10 before 9.
    """
    digits = re.findall(r"\d+", number)
    year = next((run for run in digits if len(run) == 4), "")
    series = re.sub(r"\d+", "", number)
    last = int(digits[-1]) if digits else 0
    return year, series, last, number
