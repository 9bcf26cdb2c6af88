"""Dates as clerks write them. An impossible date is reported, never guessed."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from wanzhou_eval.texts import clean_text, is_blank, squeeze
from wanzhou_eval.workbooks.numbers import from_serial

FIRST_YEAR, LAST_YEAR = 1980, 2100
NOT_FILED = frozenset({"未归档", "未结案", "待归档", "未填", "待定", "未定", "未指派"})

_TIME = r"\d{1,2}[:时]\d{1,2}(?:[:分]\d{1,2}(?:\.\d+)?秒?)?分?Z?"
_PARTS = re.compile(
    r"(\d{4}) ?([-/.年]) ?(\d{1,2}) ?([-/.月]) ?(\d{1,2}) ?"
    rf"(?:日?|日? ?[T ]{_TIME}|日{_TIME})",
    re.ASCII,
)
_EIGHT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{6})?", re.ASCII)
_SERIAL = re.compile(r"[2-6]\d{4}(?:\.\d+)?")
_RULES = {"年": "年月日", ".": "点号", "/": "斜线", "-": "短横"}


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """The date found (None = blank), the rule applied ("" = none needed), or the problem."""

    value: date | None = None
    rule: str = ""
    problem: str = ""


BLANK = ParsedDate()
FILLER = ParsedDate(rule="日期栏填文字，作空白")


def parse_date(value: object, *, date1904: bool = False) -> ParsedDate:
    """A cell of a date column → its date.

    Understood: real dates, text as 2022-7-5, 2022.7.5, 2022/7/5, 2022年7月5日, 20220705, each
    also with a time, serial numbers of the 1900 system (or 1904 when the file says so).
    Order day-month-year and two-digit years are ambiguous, hence problems.
    """
    if type(value) is date:
        return _checked(value, "")
    if isinstance(value, datetime):
        return _checked(value.date(), "")
    if value is None:
        return BLANK
    if isinstance(value, (str, int, Decimal)) and not isinstance(value, bool):
        return _from_text(str(value), date1904=date1904)
    return ParsedDate(problem="不是日期")


def _from_text(text: str, *, date1904: bool) -> ParsedDate:
    plain = clean_text(unicodedata.normalize("NFKC", text))
    if is_blank(plain) or plain in NOT_FILED:
        return FILLER if plain else BLANK
    found = _PARTS.fullmatch(plain)
    if found and (found[2] == "年") == (found[4] == "月"):
        spaced = "，去空格" if squeeze(text) != text else ""
        return _built(found[1], found[3], found[5], f"日期为文本（{_RULES[found[2]]}{spaced}）")
    found = _EIGHT.fullmatch(plain)
    if found:
        return _built(found[1], found[2], found[3], "日期为文本（八位数字）")
    if _SERIAL.fullmatch(plain):
        return _serial(plain, date1904=date1904)
    return ParsedDate(problem="看不出是哪一天")


def _serial(plain: str, *, date1904: bool) -> ParsedDate:
    found = from_serial(Decimal(plain), date1904=date1904)
    if found is None:
        return ParsedDate(problem="序列号超出范围")
    day = found.date() if isinstance(found, datetime) else found
    return _checked(day, f"日期为序列号（{'1904' if date1904 else '1900'} 年制）")


def _built(year: str, month: str, day: str, rule: str) -> ParsedDate:
    try:
        return _checked(date(int(year), int(month), int(day)), rule)
    except ValueError:
        return ParsedDate(problem="日历上没有这一天")


def _checked(day: date, rule: str) -> ParsedDate:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return ParsedDate(problem=f"年份 {day.year} 不合理")
    return ParsedDate(day, rule)
