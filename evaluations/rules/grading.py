"""总分与等次: exact totals with re-basing, grades by bands, and where two sheets part.

Article 6.1 of the plan (评分标准及评估等次). Totals are `Fraction`, so a grade never hangs on
rounding: 79.999 is below 80. Where items take levels, what a sheet comes to is the overall
judgement of 1 to 5: judged, not added up.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

from evaluations.rules.levels import MOST_OVERALL
from evaluations.rules.standards import Band, Item, Mark, MarkState, Method, Standard

CHONGQING_BANDS = (
    Band(name="优良", floor=Decimal(80)),
    Band(name="合格", floor=Decimal(60)),
    Band(name="不合格", floor=Decimal(0), failing=True),
)
"""Three grades as the districts of Chongqing publish them."""

FOUR_BANDS = (
    Band(name="优秀", floor=Decimal(90)),
    Band(name="良好", floor=Decimal(75)),
    Band(name="合格", floor=Decimal(60)),
    Band(name="不合格", floor=Decimal(0), failing=True),
)
"""Four grades of the ministry's peer review; the floors are a proposal to be edited."""

FIVE_BANDS = (
    Band(name="优秀", floor=Decimal(5)),
    Band(name="良好", floor=Decimal(4)),
    Band(name="合格", floor=Decimal(3)),
    Band(name="不合格", floor=Decimal(1), failing=True),
)
"""What an overall judgement leads to on the platform for the ministry's peer review."""

THREE_OF_FIVE = (
    Band(name="优良", floor=Decimal(4)),
    Band(name="合格", floor=Decimal(3)),
    Band(name="不合格", floor=Decimal(1), failing=True),
)
"""The same judgement with the three grades of Chongqing."""

BAND_PRESETS = {
    "chongqing": CHONGQING_BANDS,
    "four": FOUR_BANDS,
    "three_of_five": THREE_OF_FIVE,
    "five": FIVE_BANDS,
}
PRESETS_OF = {
    Method.POINTS: ("chongqing", "four"),
    Method.LEVELS: ("three_of_five", "five"),
}

BLANK = Mark(item="")
STORED_PLACES = Decimal("0.000001")
SHOWN_PLACES = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """What a sheet comes to. `score` is out of 100, or the overall judgement of 1 to 5.

    It is None when nothing could be assessed, or nothing was judged yet. Unscored items count at
    full marks in `score`; `grade` is None until every item is dealt with, so that nobody scores
    towards a grade. `base` are the marks of the items that count: without 不适用 and 无法评价;
    `levels` how often each level was given, `unjudged` that the overall judgement is missing.
    """

    base: Decimal
    lost: Decimal
    score: Fraction | None
    unscored: tuple[str, ...]
    not_applicable: tuple[str, ...]
    cannot_assess: tuple[str, ...]
    vetoes: tuple[str, ...]
    grade: Band | None
    by_level: bool = False
    levels: Mapping[int, int] = field(default_factory=dict)
    unjudged: bool = False

    @property
    def complete(self) -> bool:
        """Whether every item is dealt with."""
        return not self.unscored


def check_bands(bands: Sequence[Band], *, method: Method = Method.POINTS) -> tuple[str, ...]:
    """What is wrong with a set of grades; empty when every total gets exactly one grade."""
    by_level = method is Method.LEVELS
    least, most = (1, MOST_OVERALL) if by_level else (0, 100)
    floors = [band.floor for band in bands]
    found = []
    if not bands or min(floors) != least:
        what = "总体判断" if by_level else "总分"
        found.append(f"最低等次的下限应为 {least}，否则有的{what}没有等次。")
    if any(not least <= floor <= most for floor in floors):
        found.append(f"等次下限应在 {least} 到 {most} 之间。")
    if by_level and any(floor != floor.to_integral_value() for floor in floors):
        found.append("总体判断只有 1 到 5 五档，等次下限应为整数。")
    if len(set(floors)) != len(floors) or len({band.name for band in bands}) != len(bands):
        found.append("等次名称和下限都不能重复。")
    failing = [band.floor for band in bands if band.failing]
    passing = [band.floor for band in bands if not band.failing]
    if not failing or not passing or max(failing) > min(passing):
        found.append("请把最低的等次标为不合格，其余为合格以上。")
    return tuple(found)


def band_for(score: Fraction | Decimal, bands: Iterable[Band]) -> Band:
    """The grade of an unrounded total; floors are inclusive."""
    reached = [band for band in bands if Fraction(band.floor) <= Fraction(score)]
    return max(reached, key=lambda band: band.floor)


def failing_band(bands: Iterable[Band]) -> Band:
    """不合格: what a veto leads to."""
    return min(bands, key=lambda band: band.floor)


def assess(standard: Standard, marks: Iterable[Mark], *, overall: int | None = None) -> Assessment:
    """Total and grade of a sheet; marks of items that the standard does not have are ignored.

    不适用 re-bases the maximum. 无法评价 is not 0: it leaves the maximum too and is listed apart.
    A veto makes the grade 不合格 whatever the total. `overall` is the judgement of 1 to 5 where
    items take levels: the total itself, whatever the levels are.
    """
    given = {mark.item: mark for mark in marks}
    in_state = {state: _numbers_in(standard.items, given, state) for state in MarkState}
    left_out = {*in_state[MarkState.NOT_APPLICABLE], *in_state[MarkState.CANNOT_ASSESS]}
    scored = [item for item in standard.items if not item.veto]
    counting = [item for item in scored if item.number not in left_out]
    base = sum((item.full_marks for item in counting), Decimal(0))
    lost = sum((_lost(given.get(item.number)) for item in counting), Decimal(0))
    unscored = tuple(item.number for item in scored if given.get(item.number, BLANK).blank)
    score = Fraction(base - lost) / Fraction(base) * 100 if base else None
    if standard.by_level:
        score = Fraction(overall) if overall and counting else None
    return Assessment(
        base=base,
        lost=lost,
        score=score,
        unscored=unscored,
        not_applicable=in_state[MarkState.NOT_APPLICABLE],
        cannot_assess=in_state[MarkState.CANNOT_ASSESS],
        vetoes=in_state[MarkState.VETO],
        grade=None if unscored else _grade(score, in_state[MarkState.VETO], standard.bands),
        by_level=standard.by_level,
        levels=_levels(given.get(item.number, BLANK).level for item in counting),
        unjudged=bool(standard.by_level and counting and not overall),
    )


def _levels(given: Iterable[int | None]) -> dict[int, int]:
    return dict(Counter(level for level in given if level))


def _grade(score: Fraction | None, vetoes: tuple[str, ...], bands: tuple[Band, ...]) -> Band | None:
    if score is None:
        return None
    return failing_band(bands) if vetoes else band_for(score, bands)


def _numbers_in(
    items: tuple[Item, ...], given: dict[str, Mark], state: MarkState
) -> tuple[str, ...]:
    return tuple(
        item.number for item in items if item.number in given and given[item.number].state is state
    )


def _lost(mark: Mark | None) -> Decimal:
    return mark.deduction if mark is not None and mark.deduction is not None else Decimal(0)


def why_not_sealable(assessment: Assessment) -> str | None:
    """Why the sheet cannot be sealed yet, as a sentence; None when it can."""
    if assessment.unscored:
        count, first = len(assessment.unscored), assessment.unscored[0]
        told = f"还有{count}项没有评，从第{first}项开始。"
        return told if assessment.by_level else f"{told}不扣分的请填 0。"
    if assessment.unjudged:
        return "还没有作总体判断，请评 1 到 5。总体判断不是各项相加。"
    if assessment.score is None:
        return "没有一项可以评分，无法得出总分。请改记“卷宗有问题”，由科室处理。"
    return None


def stored(score: Fraction) -> Decimal:
    """A total with six decimals for the database, cut off so that it never crosses a floor."""
    return _cut(score, STORED_PLACES)


def shown(score: Fraction | Decimal) -> Decimal:
    """A total with two decimals for people, cut off: 79.999 reads 79.99 and not 80."""
    return _cut(Fraction(score), SHOWN_PLACES)


def _cut(score: Fraction, places: Decimal) -> Decimal:
    steps = score / Fraction(places)
    return (Decimal(steps.numerator // steps.denominator) * places).quantize(
        places, rounding=ROUND_FLOOR
    )


def crossed_floors(
    first: Fraction | Decimal, second: Fraction | Decimal, bands: Iterable[Band]
) -> tuple[Decimal, ...]:
    """The floors that lie between two totals, lowest first: where the pair's grades part."""
    low, high = sorted((Fraction(first), Fraction(second)))
    floors = sorted(band.floor for band in bands)
    return tuple(floor for floor in floors if low < Fraction(floor) <= high)


def crosses_grade(first: Assessment, second: Assessment) -> bool:
    """Whether two complete sheets lead to different grades, by total or by veto."""
    return first.grade is not None and second.grade is not None and first.grade != second.grade
