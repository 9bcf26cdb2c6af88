"""评分标准 as a whole: what only shows once every row of a workbook is read."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from wanzhou_eval.tables import Level

if TYPE_CHECKING:
    from evaluations.imports.standard import StandardItem, StandardReading, VetoItem

BY_LEVEL = "等次"
"""What stands in 分值 of an item that takes a level: it has no marks."""
FULL_MARKS = Decimal(100)
Place = tuple[int, str, str]
Found = tuple[Level, str, Place, str, str]
"""Level, code, place (row, column, what stands there), sentence, remedy."""


def whole_of(reading: StandardReading) -> Iterator[Found]:
    """Numbers once per scope, at least one item, one method; marks that are not 100 in sum."""
    for scope in reading.scopes:
        yield from _numbers(reading, scope)
    if not reading.items:
        at = (0, "评估项目", "")
        yield Level.ERROR, "no_items", at, "没有一个评分项目", "补上评分项目后重新上传"
    for item in reading.items:
        if item.by_level != reading.by_level:
            at = (item.row, "分值", BY_LEVEL if item.by_level else str(item.full_marks))
            says = f"“{item.title}”与前面的项目不是一种评分办法"
            yield Level.ERROR, "mixed_method", at, says, "要么各项都填分值，要么都填“等次”"
    for scope in () if reading.by_level else reading.scopes:
        total = reading.full_marks(scope)
        if total != FULL_MARKS:
            says = f"“{scope}”各项分值合计 {total} 分，不是 100 分"
            remedy = "核对分值；评分时按满分折算为百分制"
            yield Level.WARNING, "not_hundred", (0, "分值", str(total)), says, remedy


def _numbers(reading: StandardReading, scope: str) -> Iterator[Found]:
    both: list[StandardItem | VetoItem] = [*reading.items_of(scope)]
    both += reading.vetoes_of(scope)
    for place, each in enumerate(both):
        if each.number in {other.number for other in both[:place]}:
            at = (each.row, "编号", each.number)
            says = f"“{scope}”里有编号相同的项目：{each.number} {each.title}"
            remedy = "让各一级指标用不同的字母开头，或在“编号”列改成不同的编号"
            yield Level.ERROR, "same_number", at, says, remedy
