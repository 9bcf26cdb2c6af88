"""Numbers, dates and escapes of spreadsheet cells."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from wanzhou_eval.workbooks.model import Cell

BUILTIN_DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
DIGITS_KEPT = 15  # a spreadsheet keeps 15 significant decimal digits; the rest is noise
LAST_SERIAL = 2_958_465  # 9999-12-31 in the 1900 system

_LITERALS = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def is_date_format(code: str) -> bool:
    """Whether a number format shows a date or time: a y, m, d, h or s outside literals."""
    return any(letter in "ymdhsYMDHS" for letter in _LITERALS.sub("", code))


def unescape(text: str) -> str:
    """Undo the `_x000D_` escapes of control characters (ECMA-376 ST_Xstring)."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def number(text: str) -> Cell:
    """A number as its file states it: int when whole, else Decimal of 15 significant digits.

    A whole number of more than 15 digits stays a Decimal: its last digits were lost in the
    spreadsheet, and the reader of a row must be able to notice it.
    """
    if text.isascii() and text.isdigit() and len(text) <= DIGITS_KEPT:
        return int(text)
    try:
        exact = Decimal(text.strip())
    except InvalidOperation:
        return text
    if not exact.is_finite() or not -400 < exact.adjusted() < 400:
        return text
    kept = round_significant(exact)
    if kept == kept.to_integral_value() and abs(kept) < 10**DIGITS_KEPT:
        return int(kept)
    return kept


def round_significant(value: Decimal) -> Decimal:
    """`value` to 15 significant digits, trailing zeros dropped."""
    if not value:
        return Decimal(0)
    exponent = value.adjusted() - DIGITS_KEPT + 1
    if value.as_tuple().exponent >= exponent:  # type: ignore[operator]  # finite by contract
        return value.normalize()
    return value.quantize(Decimal(1).scaleb(exponent)).normalize()


def from_serial(value: int | Decimal, *, date1904: bool) -> date | datetime | None:
    """The date of a serial number, None where there is none.

    1900 system: day 1 is 1900-01-01, and day 60 is a 29 February that never was (kept by
    Excel for Lotus); 1904 system: day 0 is 1904-01-01. A fraction is the time of day.
    """
    days = int(value)
    if days < 0 or days > LAST_SERIAL or (not date1904 and days in {0, 60}):
        return None
    if date1904:
        start = date(1904, 1, 1)
    else:
        start = date(1899, 12, 31) if days < 60 else date(1899, 12, 30)
    try:
        day = start + timedelta(days=days)
        seconds = int(((Decimal(value) - days) * 86400).to_integral_value())
        if not seconds:
            return day
        return datetime.combine(day, time()) + timedelta(seconds=seconds)
    except OverflowError:
        return None


def from_iso(text: str) -> Cell:
    """A `t="d"` cell: ISO 8601, else the text itself."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if len(text) <= 10 or moment.time() == datetime.min.time():
        return moment.date()
    return moment.replace(tzinfo=None)
