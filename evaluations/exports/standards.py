"""评分标准 as the workbook that comes back in unchanged."""

from collections.abc import Iterator
from typing import IO

from evaluations.imports.bands import BAND_FIELDS
from evaluations.imports.standard import ITEM_FIELDS
from evaluations.imports.whole import BY_LEVEL
from evaluations.queries.standards import StandardPage
from evaluations.rules.standard_versions import reason_text
from evaluations.rules.standards import Item, Section, plain
from wanzhou_eval.workbooks.writing import BookWriter

ITEM_WIDTHS = (14, 14, 20, 36, 8, 36, 12, 8, 40, 12, 20, 40)
BAND_WIDTHS = (12, 12, 12, 40)


def write_standard(page: StandardPage, *, into: IO[bytes]) -> None:
    """Two sheets as the import reads them: items with their reasons one by one, and grades.

    分值 tells the method: marks, or the word 等次.
    """
    with BookWriter(into) as book:
        book.add_sheet(
            "评分项目", _items(page), widths=ITEM_WIDTHS,
            header=[field.label for field in ITEM_FIELDS],
        )  # fmt: skip
        book.add_sheet(
            "等次", _bands(page), widths=BAND_WIDTHS, header=[field.label for field in BAND_FIELDS]
        )


def _items(page: StandardPage) -> Iterator[list[object]]:
    for scope, standard in page.content.items():
        for section in standard.sections:
            for item in section.items:
                yield _row(scope, section, item)


def _row(scope: str, section: Section, item: Item) -> list[object]:
    reasons = "；".join(reason_text(reason) for reason in item.reasons)
    yes = {True: "是", False: "否"}
    marks = BY_LEVEL if item.by_level else item.full_marks
    return [
        scope, section.title, item.title, item.guidance, marks, item.rule,
        yes[item.veto], item.number, reasons, yes[item.na_allowed], item.where, item.training,
    ]  # fmt: skip


def _bands(page: StandardPage) -> Iterator[list[object]]:
    above = None
    for band in page.bands:
        note = "一票否决成立时也是这一等次" if band.failing else ""
        yield [band.name, band.floor, None if above is None else plain(above), note]
        above = band.floor
    if page.standard.draft_note:
        yield [page.standard.draft_note]
