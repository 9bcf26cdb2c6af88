"""Words of the pages: dates, numbers, fingerprints, grades.

Every date a user reads is written 8月26日（周五）, every number without padding; one place
decides it. Values that are None or blank give a blank, so templates need no `if`.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils import timezone

from wanzhou_eval.code128 import Bars, bars
from wanzhou_eval.texts import spaces_shown

register = template.Library()

WEEKDAYS = "一二三四五六日"
GRADE_CLASSES = {"优秀": "g1", "优良": "g1", "良好": "g2", "合格": "g3", "不合格": "g4"}
GRADE_MARKS = {"g1": "◆", "g2": "●", "g3": "○", "g4": "✕"}


def _local(value: dt.date | dt.datetime) -> dt.date | dt.datetime:
    """Bring an aware time to the office's clock; a plain date stays as it is."""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


@register.filter
def spaces(value: str) -> str:
    """Return the text with the spaces that nobody sees as ␣."""
    return spaces_shown(value)


@register.filter
def month_day(value: dt.date | None) -> str:
    """Return 8月26日."""
    if not value:
        return ""
    value = _local(value)
    return f"{value.month}月{value.day}日"


@register.filter
def weekday(value: dt.date | None) -> str:
    """Return 周五."""
    return f"周{WEEKDAYS[_local(value).weekday()]}" if value else ""


@register.filter
def day(value: dt.date | None) -> str:
    """Return 8月26日（周五）."""
    return f"{month_day(value)}（{weekday(value)}）" if value else ""


@register.filter
def day_full(value: dt.date | None) -> str:
    """Return 2022年8月26日."""
    return f"{_local(value).year}年{month_day(value)}" if value else ""


@register.filter
def clock(value: dt.datetime | None) -> str:
    """Return 15:42:08 of the office's clock."""
    return f"{_local(value):%H:%M:%S}" if value else ""


@register.filter
def saved_words(value: dt.datetime | None) -> str:
    """Return the saved state of the scoring sheet in words; blank before the first saving."""
    return f"已自动保存 {clock(value)}" if value else ""


@register.filter
def moment(value: dt.datetime | None) -> str:
    """Return 8月26日（周五）15:42."""
    return f"{day(value)}{_local(value):%H:%M}" if value else ""


@register.filter
def hash_groups(value: str | None) -> str:
    """Split a fingerprint into groups of four characters, for reading aloud."""
    text = str(value or "")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


@register.filter
def hash_tail(value: str | None) -> str:
    """Return the last eight characters in two groups, as the projector shows them."""
    return hash_groups(str(value or "")[-8:])


@register.filter
def plain_number(value: Decimal | float | str | None) -> str:
    """Return a number without trailing zeros: 4, 1.5, 94.75."""
    if value is None or value == "":
        return ""
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def minus(value: Decimal | float | str | None) -> str:
    """Return a deduction as −2; zero stays 0, not yet scored is a dash."""
    text = plain_number(value)
    if not text:
        return "—"
    return text if Decimal(text) == 0 else f"−{text}"


@register.filter
def less(value: int, taken: int) -> int:
    """Subtract, for counts such as items still open."""
    return int(value) - int(taken)


@register.filter
def money(value: Decimal | int | None) -> str:
    """Return yuan with separators: 7,600 元."""
    if value is None:
        return ""
    amount = Decimal(value)
    return f"{amount:,.0f} 元" if amount == amount.to_integral_value() else f"{amount:,.2f} 元"


@register.filter
def grade_class(value: Any) -> str:
    """Return the style class g1 … g4 of a grade's Chinese name."""
    return GRADE_CLASSES.get(_grade_name(value), "g3")


@register.filter
def grade_mark(value: Any) -> str:
    """Return the sign that carries the grade where colour does not."""
    return GRADE_MARKS[grade_class(value)]


@register.inclusion_tag("components/grade.html")
def grade(value: Any) -> dict[str, str]:
    """Show a grade as tag with sign; nothing while there is no grade."""
    return {"grade": _grade_name(value)}


@register.simple_tag
def share(part: Decimal | int | None, whole: Decimal | int | None, width: int) -> str:
    """Return how wide `part` of `whole` is drawn on a scale of `width` units, one decimal."""
    if not part or not whole:
        return "0"
    wide = min(Decimal(part) / Decimal(whole), Decimal(1)) * width
    return plain_number(wide.quantize(Decimal("0.1")))


@register.simple_tag
def filter_query(**chosen: Any) -> str:
    """Return the filters in force as a query string, for the links of the pagination."""
    return urlencode({name: value for name, value in chosen.items() if value})


def _grade_name(value: Any) -> str:
    """Accept a Chinese name, or a member of a choices class that carries it as label."""
    return str(getattr(value, "label", value) or "")


@register.filter
def barcode(text: str) -> Bars:
    """Return the Code 128 bars of the text for `components/barcode.html`."""
    return bars(text)


@register.simple_tag(takes_context=True)
def export_url(context: dict[str, Any]) -> str:
    """Return the address of this list, as filtered, as a workbook."""
    asked = context["request"].GET.copy()
    asked.pop("page", None)
    asked["format"] = "xlsx"
    return f"?{asked.urlencode()}"
