"""A hall whose items take levels: short and long standards, whole sheets rated and sealed."""

from collections.abc import Mapping
from typing import Any

from evaluations.actions import marking
from evaluations.actions.entering import SavedRow
from evaluations.models import DeductionReason, GradeBand, Item, ScoreSheet, ScoringStandard
from tests.evaluations.marking_year import SCOPE, Hall, open_hall

GOOD = {"A1": 3, "B1": 3, "B2": 2}
BANDS = (("优良", 4), ("合格", 3), ("不合格", 1))
OPINION = "会见和阅卷扎实，文书个别处粗疏。"


def level_standard(*, items: int = 0) -> ScoringStandard:
    """Three items and a veto, or so many items in four sections; grades from 4 and 3 of five."""
    standard = ScoringStandard.objects.create(
        name="评等次标准", version=1, sha256="c" * 64, method="levels"
    )
    for place, (name, floor) in enumerate(BANDS, 1):
        GradeBand.objects.create(
            standard=standard, name=name, floor=floor, ordinal=place, failing=floor == 1
        )
    named = [("A1", "A 手续"), ("B1", "B 会见"), ("B2", "B 会见")]
    if items:
        parts = [n * 4 // items for n in range(items)]
        named = [(f"{'ABCD'[part]}{n}", f"{'ABCD'[part]} 指标") for n, part in enumerate(parts, 1)]
    for ordinal, (number, section) in enumerate(named, 1):
        item = Item.objects.create(
            standard=standard, scope=SCOPE, section=section, ordinal=ordinal, number=number,
            title=f"项目{number}", guidance="按期、完整、有签名", rule="缺件或缺签名的评 1",
            full_marks=0, by_level=True, na_allowed=number != "A1",
        )  # fmt: skip
        if number != "B2":
            for key, text in enumerate(("缺件", "缺签名", "其他（写明理由）"), 1):
                DeductionReason.objects.create(
                    item=item, ordinal=key, text=text, low=0, high=0, other=key == 3
                )
    Item.objects.create(
        standard=standard, scope=SCOPE, section="Z 一票否决", ordinal=len(named) + 1, number="Z1",
        title="伪造材料", guidance="查实", full_marks=0, veto=True,
    )  # fmt: skip
    return standard


def level_hall(**values: Any) -> Hall:
    """A year in 评分中 by such a standard."""
    return open_hall(standard=values.pop("standard", None) or level_standard(), **values)


def give(hall: Hall, number: str, level: int | None, **values: Any) -> SavedRow:
    """Save one level as its author does."""
    user = values.pop("by", hall.leader)
    sheet = values.pop("sheet", None) or hall.sheet(user)
    values.setdefault("version", 0)
    return marking.save_mark(sheet, item=hall.item(number), level=level, by=user, **values)


def rate(
    hall: Hall,
    user: Any,
    serial: int = 1,
    *,
    overall: int | None = 4,
    levels: Mapping[str, int] = GOOD,
    comment: str = OPINION,
    in_round: str = "first",
) -> ScoreSheet:
    """Rate every item, then the whole file; a low level has its cause, page and note."""
    sheet = hall.sheet(user, serial, in_round)
    for number, level in levels.items():
        low = level == 1
        marking.save_mark(
            sheet, item=hall.item(number), level=level, version=0, by=user,
            reasons=(1,) if low and number != "B2" else (),
            pages="17" if low else "", note="卷内没有" if low else "",
        )  # fmt: skip
    marking.save_overall(sheet, overall=overall, by=user)
    marking.save_comment(sheet, comment=comment, by=user)
    return hall.sheet(user, serial, in_round)


def seal_levels(hall: Hall, user: Any, serial: int = 1, **values: Any) -> ScoreSheet:
    """Rate and seal."""
    return marking.seal_sheet(rate(hall, user, serial, **values), by=user)
