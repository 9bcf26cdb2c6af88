"""Charts as inline SVG: geometry here, drawing in `components/chart_*.html`.

Natural width, so that text never shrinks: 640 units in a wide column, 375 in a narrow one.
Colours come from the style sheet's classes; dots and hatch keep the grades apart in grey.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import template

from wanzhou_eval.templatetags.ui import GRADE_CLASSES, plain_number

register = template.Library()

WIDE = 640
NARROW = 375
PATTERNS = {"g3": "dot", "g4": "hatch"}
_ROW_GRADES = 38
_ROW_BARS = 30


def _edges(*, wide: bool) -> tuple[int, int, int]:
    """Return total width, left edge and right edge of the drawing area."""
    return (WIDE, 100, 580) if wide else (NARROW, 74, 315)


@register.inclusion_tag("components/chart_grades.html")
def stacked_bars(
    rows: Iterable[tuple[str, Mapping[str, int]]],
    *,
    name: str = "grades",
    wide: bool = True,
    label: str = "等次分布",
) -> dict[str, Any]:
    """Draw one bar per row, (label, {grade name: cases}), every bar as long as the others.

    `name` must differ between two charts on one page: it marks the patterns.
    """
    listed = list(rows)
    grades = list(listed[0][1]) if listed else []
    width, left, right = _edges(wide=wide)
    drawn = [
        _stack(title, counts, at, left=left, right=right)
        for at, (title, counts) in enumerate(listed)
    ]
    bottom = len(listed) * _ROW_GRADES
    spoken = "；".join(_spoken(title, counts) for title, counts in listed)
    return {
        "chart": {
            "id": name,
            "width": width,
            "height": bottom + 24,
            "rows": drawn,
            "label": f"{label}：{spoken}",
            "legend": [
                _key(grade, left + at * (right - left) // 4) for at, grade in enumerate(grades)
            ],
            "legend_y": bottom + 4,
            "legend_text_y": bottom + 16,
        }
    }


def _spoken(title: str, counts: Mapping[str, int]) -> str:
    """Say one bar as a sentence for people who listen."""
    return f"{title}" + "、".join(f"{grade} {n} 件" for grade, n in counts.items())


def _key(grade: str, x: int) -> dict[str, Any]:
    """Return one entry of the legend."""
    kind = GRADE_CLASSES.get(grade, "g3")
    pattern = PATTERNS.get(kind, "")
    return {"kind": kind, "pattern": pattern, "label": grade, "x": x, "text_x": x + 24}


def _stack(
    title: str, counts: Mapping[str, int], at: int, *, left: int, right: int
) -> dict[str, Any]:
    """Return one bar cut into its grades; a slice too thin for its number shows none."""
    total, passed, parts, y = sum(counts.values()), 0, [], at * _ROW_GRADES
    for grade, count in counts.items():
        start = left + (right - left) * passed // max(total, 1)
        passed += count
        wide = left + (right - left) * passed // max(total, 1) - start
        if count:
            parts.append(_part(grade, count, start, wide))
    return {
        "label": title,
        "y": y,
        "plate_y": y + 4,
        "text_y": y + 18,
        "parts": parts,
        "total": total,
        "counts": list(counts.values()),
    }


def _part(grade: str, count: int, start: int, wide: int) -> dict[str, Any]:
    """Return one slice with the place of its number and of the plate below it."""
    plate = 8 + 9 * len(str(count))
    key = _key(grade, start)
    middle = start + wide // 2
    return {
        **key,
        "count": count,
        "width": wide,
        "middle": middle,
        "plate_x": middle - plate // 2,
        "plate_width": plate,
        "shown": wide >= plate + 4,
    }


@register.inclusion_tag("components/chart_bars.html")
def bars(
    rows: Sequence[tuple[str, Decimal | int, str]],
    *,
    unit: str = "%",
    wide: bool = True,
    label: str = "",
) -> dict[str, Any]:
    """Draw (label, value, note) as bars from zero; the longest fills the width."""
    width, left, right = _edges(wide=wide)
    left, right = (160, right - 110) if wide else (left + 54, right - 50)
    top = max((value for _, value, _ in rows), default=0) or 1
    drawn = []
    for at, (title, value, note) in enumerate(rows):
        long, shown = int((right - left) * value / top), f"{plain_number(value)}{unit}"
        y = at * _ROW_BARS
        drawn.append(
            {"label": title, "y": y + 4, "text_y": y + 18, "width": long, "note": note}
            | {"value": shown, "value_x": left + long + 8, "short": fitting(title, room=left - 8)}
        )
    spoken = "；".join(f"{row['label']} {row['value']}" for row in drawn)
    height = len(drawn) * _ROW_BARS
    return {
        "chart": {"width": width, "height": height, "left": left, "rows": drawn}
        | {"label": f"{label}：{spoken}"}
    }


def fitting(text: str, *, room: int) -> str:
    """Return as much of a label as fits into so many pixels, with … where some is left out."""
    used = 0
    for place, letter in enumerate(text):
        used += 8 if letter.isascii() else 14
        if used > room:
            return text[: place - 1] + "…"
    return text


@register.inclusion_tag("components/chart_scale.html")
def scale(
    rows: Sequence[tuple[str, Decimal, Decimal, Decimal]],
    *,
    wide: bool = True,
    label: str = "",
    ends: str = "← 比同组严|比同组松 →",
    columns: str = "专家|平均分差|四分位范围",
) -> dict[str, Any]:
    """Draw (expert, lower end, mean difference, upper end) around zero, in points.

    `ends` says what left and right mean, `columns` heads the table of the same figures.
    """
    width, left, right = _edges(wide=wide)
    reach = max((max(abs(low), abs(high)) for _, low, _, high in rows), default=Decimal(1))
    zero, half = (left + right) // 2, (right - left) // 2
    drawn = [
        _span(row, at, place=lambda value: zero + int(half * value / (reach or 1)))
        for at, row in enumerate(rows)
    ]
    bottom = len(drawn) * _ROW_BARS
    spoken = "；".join(f"{row['label']} {row['value']}" for row in drawn)
    return {
        "chart": {"width": width, "height": bottom + 24, "left": left, "right": right}
        | {"zero": zero, "axis_y": bottom, "foot_y": bottom + 18, "rows": drawn}
        | {"label": f"{label}：{spoken}", "columns": columns.split("|"), "ends": ends.split("|")}
    }


def _span(
    row: tuple[str, Decimal, Decimal, Decimal], at: int, *, place: Callable[[Decimal], int]
) -> dict[str, Any]:
    """Return one line with its dot."""
    title, low, mean, high = row
    y = at * _ROW_BARS
    return (
        {"label": title, "y": y + 13, "text_y": y + 18, "value": f"{_signed(mean)} 分"}
        | {"low": place(low), "at": place(mean), "high": place(high)}
        | {"range": f"{_signed(low)} 至 {_signed(high)}"}
    )


def _signed(value: Decimal) -> str:
    """Return +1.2 or −1.2."""
    text = plain_number(abs(value))
    return f"+{text}" if value > 0 else f"−{text}" if value < 0 else "0"
