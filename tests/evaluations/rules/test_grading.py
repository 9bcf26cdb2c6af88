"""Totals, re-basing, grades at their very edge, vetoes and crossings."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.rules.grading import (
    CHONGQING_BANDS,
    FOUR_BANDS,
    Assessment,
    assess,
    band_for,
    check_bands,
    crossed_floors,
    crosses_grade,
    failing_band,
    shown,
    stored,
    why_not_sealable,
)
from evaluations.rules.standards import Band, Item, Mark, MarkState, Section, Standard

D = Decimal
STANDARD = Standard(
    name="试用",
    version=1,
    scope="民事",
    sections=(
        Section(
            title="A 手续",
            items=(
                Item(number="1", title="委托", full_marks=D(30)),
                Item(number="2", title="谈话", full_marks=D(30)),
            ),
        ),
        Section(
            title="F 出庭",
            items=(
                Item(number="3", title="庭审", full_marks=D(10)),
                Item(number="4", title="意见", full_marks=D(30)),
            ),
        ),
        Section(
            title="Z 一票否决",
            items=(Item(number="Z1", title="伪造", full_marks=D(0), veto=True),),
        ),
    ),
    bands=CHONGQING_BANDS,
)


def sheet(
    *deductions: str | None, veto: bool = False, states: dict[int, MarkState] | None = None
) -> Assessment:
    marks = []
    for number, text in enumerate(deductions, start=1):
        state = (states or {}).get(number, MarkState.SCORED)
        amount = None if text is None else D(text)
        marks.append(Mark(item=str(number), state=state, deduction=amount))
    if veto:
        marks.append(Mark(item="Z1", state=MarkState.VETO))
    return assess(STANDARD, marks)


def grade(assessment: Assessment) -> str | None:
    return assessment.grade.name if assessment.grade else None


def test_a_plain_sheet() -> None:
    result = sheet("5", "0", "2", "13")
    assert (result.base, result.lost, result.score) == (D(100), D(20), Fraction(80))
    assert result.complete
    assert grade(result) == "优良"


@pytest.mark.parametrize(
    ("lost", "name"),
    [("20", "优良"), ("20.01", "合格"), ("40", "合格"), ("40.01", "不合格"), ("0", "优良")],
)
def test_grades_hang_on_the_unrounded_total(lost: str, name: str) -> None:
    first, second = ("30", str(D(lost) - 30)) if D(lost) > 30 else (lost, "0")
    assert grade(sheet(first, second, "0", "0")) == name


def test_unscored_items_count_in_full_and_hide_the_grade() -> None:
    result = sheet("5", None, "2", None)
    assert result.score == Fraction(93)
    assert result.unscored == ("2", "4")
    assert grade(result) is None
    assert why_not_sealable(result) == "还有2项没有评，从第2项开始。不扣分的请填 0。"
    assert sheet().unscored == ("1", "2", "3", "4")


def test_not_applicable_rebases_the_maximum_exactly() -> None:
    result = sheet("9", "9", None, "0", states={3: MarkState.NOT_APPLICABLE})
    assert (result.base, result.lost) == (D(90), D(18))
    assert result.score == Fraction(80)
    assert result.not_applicable == ("3",)
    assert grade(result) == "优良"
    just_below = sheet("9", "9.01", None, "0", states={3: MarkState.NOT_APPLICABLE})
    assert grade(just_below) == "合格"
    assert stored(just_below.score or Fraction(0)) == D("79.988888")


def test_cannot_assess_is_neither_zero_nor_full_and_is_listed_apart() -> None:
    result = sheet("12", "0", "0", None, states={4: MarkState.CANNOT_ASSESS})
    assert (result.base, result.score) == (D(70), Fraction(5800, 70))
    assert (result.cannot_assess, result.not_applicable) == (("4",), ())
    assert result.complete


def test_a_deduction_left_from_before_does_not_count_on_a_left_out_item() -> None:
    result = sheet("0", "0", "10", "0", states={3: MarkState.NOT_APPLICABLE})
    assert result.score == Fraction(100)


def test_nothing_to_assess_gives_no_total() -> None:
    left_out = dict.fromkeys(range(1, 5), MarkState.NOT_APPLICABLE)
    result = sheet(None, None, None, None, states=left_out)
    assert (result.score, result.grade, result.complete) == (None, None, True)
    assert why_not_sealable(result) == (
        "没有一项可以评分，无法得出总分。请改记“卷宗有问题”，由科室处理。"
    )


def test_a_veto_fails_whatever_the_total() -> None:
    result = sheet("0", "0", "0", "0", veto=True)
    assert (result.score, result.vetoes, grade(result)) == (Fraction(100), ("Z1",), "不合格")
    assert why_not_sealable(result) is None
    assert grade(sheet("0", None, "0", "0", veto=True)) is None


def test_marks_of_foreign_items_are_ignored() -> None:
    marks = [Mark(item=str(n), deduction=D(0)) for n in range(1, 5)]
    assert assess(STANDARD, [*marks, Mark(item="99", deduction=D(50))]).score == Fraction(100)


def test_presets_are_sound_and_cover_every_total() -> None:
    assert check_bands(CHONGQING_BANDS) == ()
    assert check_bands(FOUR_BANDS) == ()
    assert failing_band(FOUR_BANDS).name == "不合格"
    names = [band_for(D(total), FOUR_BANDS).name for total in ("90", "89.99", "75", "60", "0")]
    assert names == ["优秀", "良好", "良好", "合格", "不合格"]


@pytest.mark.parametrize(
    "bands",
    [
        (),
        (Band(name="合格", floor=D(60)), Band(name="不合格", floor=D(1), failing=True)),
        (Band(name="合格", floor=D(120)), Band(name="不合格", floor=D(0), failing=True)),
        (Band(name="合格", floor=D(0)), Band(name="不合格", floor=D(0), failing=True)),
        (Band(name="合格", floor=D(60)), Band(name="合格", floor=D(0), failing=True)),
        (Band(name="优良", floor=D(80)), Band(name="合格", floor=D(0))),
        (Band(name="合格", floor=D(0)), Band(name="不合格", floor=D(60), failing=True)),
    ],
)
def test_bands_that_do_not_hold(bands: tuple[Band, ...]) -> None:
    assert check_bands(bands) != ()


def test_stored_and_shown_totals_never_climb_over_a_floor() -> None:
    below = Fraction(80) - Fraction(1, 10**9)
    assert (stored(below), shown(below)) == (D("79.999999"), D("79.99"))
    assert (stored(Fraction(80)), shown(Fraction(80))) == (D("80.000000"), D("80.00"))
    assert shown(Fraction(200, 3)) == D("66.66")


@given(st.fractions(0, 100))
def test_a_stored_total_has_the_grade_of_the_exact_one(score: Fraction) -> None:
    assert band_for(stored(score), CHONGQING_BANDS) == band_for(score, CHONGQING_BANDS)
    assert 0 <= score - Fraction(stored(score)) < Fraction(1, 10**6)


def test_crossed_floors_between_two_totals() -> None:
    assert crossed_floors(D(82), D(79), CHONGQING_BANDS) == (D(80),)
    assert crossed_floors(D(55), D(80), CHONGQING_BANDS) == (D(60), D(80))
    assert crossed_floors(D(80), D(95), CHONGQING_BANDS) == ()
    assert crossed_floors(D(70), D(70), CHONGQING_BANDS) == ()


def test_crossing_of_a_grade_by_total_or_by_veto() -> None:
    good, fair = sheet("0", "0", "0", "0"), sheet("21", "0", "0", "0")
    assert crosses_grade(good, fair)
    assert not crosses_grade(good, sheet("20", "0", "0", "0"))
    assert crosses_grade(good, sheet("0", "0", "0", "0", veto=True))
    assert not crosses_grade(good, sheet("21", None, "0", "0"))
