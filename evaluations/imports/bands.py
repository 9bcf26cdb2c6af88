"""等次: the sheet of grade bands and the notes below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from wanzhou_eval.headers import Field, Header
from wanzhou_eval.tables import Finding, Level, text_of
from wanzhou_eval.texts import clean_text, is_blank, squeeze
from wanzhou_eval.workbooks import Cell, Row, Sheet

BAND_FIELDS = (
    Field("name", "等次", ("评估等次", "等级"), required=True),
    Field("floor", "下限", ("下限含", "最低分"), required=True),
    Field("ceiling", "上限", ("上限不含", "最高分")),
    Field("note", "说明", ()),
)
MOST_MARKS = 1000


@dataclass(frozen=True, slots=True)
class Band:
    """等次 from `floor` (inclusive) to `ceiling` (exclusive; None = no upper end)."""

    name: str
    floor: Decimal
    ceiling: Decimal | None
    note: str


def marks_of(raw: Cell) -> Decimal | None:
    """A number of marks from 0 to 1000, None for anything else."""
    try:
        value = Decimal(squeeze(text_of(raw)).removesuffix("分"))
    except InvalidOperation:
        return None
    return value if value.is_finite() and 0 <= value <= MOST_MARKS else None


def texts_of(row: Row, header: Header, fields: tuple[Field, ...]) -> dict[str, str]:
    """The cleaned text of every field of a row, "" where there is no column."""
    return {
        field.key: clean_text(text_of(row.cells[header.columns[field.key]]))
        if field.key in header.columns
        else ""
        for field in fields
    }


def read_bands(
    sheet: Sheet, header: Header, findings: list[Finding]
) -> tuple[tuple[Band, ...], tuple[str, ...]]:
    """The bands from the highest down, and the free lines below the table."""
    bands: list[Band] = []
    notes: list[str] = []
    for row in sheet.rows:
        if row.number <= header.last:
            continue
        texts = texts_of(row, header, BAND_FIELDS)
        floor = marks_of(texts["floor"])
        if is_blank(texts["floor"]):
            notes.append(texts["name"] or clean_text("".join(text_of(c) for c in row.cells)))
        elif floor is None:
            says = (f"等次“{texts['name']}”的下限不是数字", "填下限分数，例如 60")
            place = (sheet.name, row.number, "下限", texts["floor"][:80])
            findings.append(Finding(Level.ERROR, "bad_band", *place, *says))
        else:
            bands.append(Band(texts["name"], floor, marks_of(texts["ceiling"]), texts["note"]))
    bands.sort(key=lambda band: -band.floor)
    return tuple(bands), tuple(notes)


def check_reach(
    sheet: Sheet, bands: Sequence[Band], findings: list[Finding], *, least: int
) -> None:
    """Note where the bands do not cover everything from `least` up."""
    if not _sound(bands, least):
        shown = "、".join(f"{band.name}≥{band.floor}" for band in bands) or "（空）"
        says = (
            f"等次不连续或没有从 {least} 起",
            f"让每一等次的上限等于上一等次的下限，最低等次从 {least} 起",
        )
        findings.append(Finding(Level.ERROR, "bad_bands", sheet.name, 0, "下限", shown, *says))


def _sound(bands: Sequence[Band], least: int) -> bool:
    """At least two, the lowest from the least, each reaching up to the next, no limit twice."""
    joined = all(
        lower.ceiling in {None, upper.floor} and lower.floor < upper.floor
        for upper, lower in pairwise(bands)
    )
    return len(bands) > 1 and bands[-1].floor == least and joined
