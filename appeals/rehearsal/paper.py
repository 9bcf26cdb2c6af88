"""纸质评分表 of the rehearsal: one sheet comes in on paper, typed by two, with its scan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evaluations.actions.paper import save_typing, seal_paper
from evaluations.models import Item, ScoreSheet, SheetRound
from evaluations.rules.paper import COMMENT
from evaluations.rules.standards import Mark

if TYPE_CHECKING:
    from appeals.rehearsal.year import Rehearsal

SCAN = ("签名评分表.pdf", b"%PDF-1.4\n% rehearsal\n%%EOF\n")


def comes_on_paper(sheet: ScoreSheet) -> bool:
    """The first file of the criminal panel's leader."""
    first = sheet.round == SheetRound.FIRST and sheet.position == 1
    return first and sheet.leads and sheet.scope.startswith("刑事")


def type_twice(
    year: Rehearsal, sheet: ScoreSheet, rows: list[dict[str, Any]], **whole: Any
) -> None:
    """中心 types, 科室 types again, compares and seals. `whole`: the judgement and the opinion."""
    clerk, bureau = year.people["clerk"], year.people["bureau"]
    vetoes = Item.objects.filter(standard=sheet.standard_id, scope=sheet.scope, veto=True)
    marks = {veto.pk: Mark(item=veto.number) for veto in vetoes}
    for row in rows:
        item: Item = row["item"]
        marks[item.pk] = Mark(
            item=item.number, deduction=row["deduction"], level=row["level"],
            reasons=row["reasons"], pages=row["pages"],
        )  # fmt: skip
    save_typing(sheet, marks=marks, finish=True, saves=0, by=clerk, **whole)
    save_typing(sheet, marks=marks, finish=True, saves=0, by=bureau, **whole)
    seal_paper(sheet, files=[SCAN], checked={COMMENT} if whole else set(), by=bureau)
