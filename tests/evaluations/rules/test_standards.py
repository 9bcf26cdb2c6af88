"""What an expert may enter for an item, and what is sent back with which sentence."""

from decimal import Decimal

import pytest

from evaluations.rules.checks import AmountRange, Problem, amount_range, check_mark
from evaluations.rules.errors import RuleError
from evaluations.rules.standards import (
    Item,
    Mark,
    MarkState,
    Reason,
    Scope,
    applicable_scope,
    parse_amount,
    plain,
)

D = Decimal
ITEM = Item(
    number="B1",
    title="会见笔录",
    full_marks=D(6),
    reasons=(
        Reason(key=1, text="缺签名", low=D(2), high=D(2)),
        Reason(key=2, text="要素不全", low=D(1), high=D("2.5")),
        Reason(key=3, text="无笔录", low=D(6), high=D(6)),
        Reason(key=9, text="其他", low=D("0.5"), high=D(6), other=True),
    ),
)
VETO = Item(number="Z1", title="伪造材料", full_marks=D(0), veto=True)


def mark(deduction: str | None, *keys: int, pages: str = "12", note: str = "") -> Mark:
    amount = None if deduction is None else D(deduction)
    return Mark(item="B1", deduction=amount, reasons=keys, pages=pages, note=note)


def fields(item: Item, given: Mark) -> list[str]:
    return [problem.field for problem in check_mark(item, given)]


@pytest.mark.parametrize(
    ("kind", "stage", "scope"),
    [
        ("criminal", "侦查", Scope.INVESTIGATION),
        ("criminal", "审查起诉", Scope.PROSECUTION),
        ("criminal", "起诉", Scope.PROSECUTION),
        ("criminal", "一审", Scope.TRIAL),
        ("criminal", " 二审 ", Scope.TRIAL),
        ("criminal", "再审", Scope.TRIAL),
        ("criminal", "", None),
        ("criminal", "调解", None),
        ("civil", "一审", Scope.CIVIL),
        ("civil", "劳动仲裁", Scope.CIVIL),
        ("civil", "调解", Scope.CIVIL),
        ("civil", "执行", Scope.CIVIL),
        ("admin", "行政复议", Scope.ADMIN),
        ("other", "一审", None),
    ],
)
def test_the_items_that_fit_a_case(kind: str, stage: str, scope: Scope | None) -> None:
    assert applicable_scope(kind=kind, stage=stage) is scope


def test_scopes_are_written_as_in_the_workbook() -> None:
    assert " ".join(Scope) == "刑事-侦查 刑事-审查起诉 刑事-审判 民事 行政"


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("", None),
        ("　", None),
        ("0", D(0)),
        ("２", D(2)),
        ("1.5", D("1.5")),
        ("１。５", D("1.5")),
        ("1．25", D("1.25")),
        (".5", D("0.5")),
        (" 3 ", D(3)),
    ],
)
def test_typed_amounts(typed: str, amount: Decimal | None) -> None:
    assert parse_amount(typed) == amount


@pytest.mark.parametrize(
    "typed", ["-1", "1e2", "abc", "1,5", "1.234", "NaN", "一", "1 5", ".", "²³x"]
)
def test_what_is_no_number_of_marks(typed: str) -> None:
    with pytest.raises(RuleError, match="最多两位小数"):
        parse_amount(typed)


def test_marks_are_written_plainly() -> None:
    assert [plain(D(text)) for text in ("2.00", "1.50", "20", "0", "2E+1")] == [
        "2",
        "1.5",
        "20",
        "0",
        "20",
    ]


def test_blank_is_not_zero() -> None:
    assert mark(None).blank
    assert not mark("0").blank
    assert not Mark(item="B1", state=MarkState.CANNOT_ASSESS, note="缺卷").blank
    assert check_mark(ITEM, mark(None)) == ()
    assert check_mark(ITEM, mark("0", pages="")) == ()


@pytest.mark.parametrize(
    ("deduction", "keys"),
    [("2", (1,)), ("1", (2,)), ("2.5", (2,)), ("3", (1, 2)), ("4.5", (1, 2)), ("6", (1, 3))],
)
def test_amounts_that_agree_with_their_reasons(deduction: str, keys: tuple[int, ...]) -> None:
    assert check_mark(ITEM, mark(deduction, *keys)) == ()


@pytest.mark.parametrize(
    ("deduction", "keys", "should"),
    [
        ("1", (1,), "应扣2分"),
        ("3", (1,), "应扣2分"),
        ("0.5", (2,), "应扣1至2.5分"),
        ("3", (2,), "应扣1至2.5分"),
        ("2.5", (1, 2), "应扣3至4.5分"),
        ("5", (1, 3), "应扣6分"),
    ],
)
def test_amounts_that_do_not(deduction: str, keys: tuple[int, ...], should: str) -> None:
    (problem,) = check_mark(ITEM, mark(deduction, *keys))
    assert problem.field == "deduction"
    assert problem.sentence == (
        f"“会见笔录”所选情形{should}，现在填的是{deduction}分。请改扣分或改情形。"
    )


def test_the_range_of_reasons() -> None:
    assert amount_range(ITEM, (1,)) == AmountRange(low=D(2), high=D(2))
    assert amount_range(ITEM, (1,)).exact == D(2)
    assert amount_range(ITEM, (1, 1)).exact == D(2)
    assert amount_range(ITEM, (2,)).exact is None
    assert amount_range(ITEM, (1, 2, 3)) == AmountRange(low=D(6), high=D(6))
    with pytest.raises(KeyError):
        amount_range(ITEM, (7,))


@pytest.mark.parametrize("deduction", ["6.5", "-1"])
def test_over_full_marks_is_refused_with_the_limit(deduction: str) -> None:
    assert check_mark(ITEM, mark(deduction, 1)) == (
        Problem(field="deduction", sentence="“会见笔录”满分6分，扣分只能填 0 到 6。"),
    )


def test_a_deduction_needs_reason_pages_and_for_other_a_note() -> None:
    assert fields(ITEM, mark("2", pages="")) == ["reasons", "pages"]
    assert fields(ITEM, mark("2", 5)) == ["reasons"]
    assert fields(ITEM, mark("2", 1, pages=" ")) == ["pages"]
    assert fields(ITEM, mark("2", 9)) == ["note"]
    assert fields(ITEM, mark("2", 9, note="材料缺页")) == []


def test_zero_with_a_reason_disagrees() -> None:
    assert fields(ITEM, mark("0", 1)) == ["deduction"]


def test_left_out_needs_a_reason_and_takes_no_amount() -> None:
    for state in (MarkState.NOT_APPLICABLE, MarkState.CANNOT_ASSESS):
        good = Mark(item="B1", state=state, note="案卷未附庭审笔录")
        assert check_mark(ITEM, good) == ()
        assert fields(ITEM, Mark(item="B1", state=state)) == ["note"]
        zero = Mark(item="B1", state=state, deduction=D(0), note="无")
        assert fields(ITEM, zero) == ["deduction"]


def test_not_applicable_only_where_the_standard_allows_it() -> None:
    strict = Item(number="I1", title="结案报告", full_marks=D(4), na_allowed=False)
    left_out = Mark(item="I1", state=MarkState.NOT_APPLICABLE, note="无")
    assert fields(strict, left_out) == ["state"]
    cannot = Mark(item="I1", state=MarkState.CANNOT_ASSESS, note="缺页")
    assert check_mark(strict, cannot) == ()


def test_a_veto_is_found_with_pages_and_facts_or_not_found() -> None:
    found = Mark(item="Z1", state=MarkState.VETO, pages="30", note="签名系代签")
    assert check_mark(VETO, found) == ()
    assert check_mark(VETO, Mark(item="Z1")) == ()
    assert fields(VETO, Mark(item="Z1", state=MarkState.VETO)) == ["pages", "note"]
    assert fields(VETO, Mark(item="Z1", deduction=D(5))) == ["state"]
    assert fields(VETO, Mark(item="Z1", state=MarkState.NOT_APPLICABLE, note="无")) == ["state"]
    assert fields(ITEM, Mark(item="B1", state=MarkState.VETO)) == ["state"]
