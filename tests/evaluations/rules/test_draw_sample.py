"""Sampling: sizes, quotas, order-independence, uniform inclusion, reserves, refusals."""

from collections import Counter
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.rules.canonical import Head
from evaluations.rules.errors import RuleError
from evaluations.rules.freeze_sample import (
    Allocation,
    SampleTerms,
    Variable,
    build_sample,
    parse_sample,
)
from evaluations.rules.hashing import HashName
from evaluations.rules.quotas import quotas_lr, quotas_min1, quotas_sys
from evaluations.rules.sampling import (
    announced_quotas,
    draw_sample,
    next_reserve,
    standing_cases,
)
from evaluations.rules.sizes import (
    LITERAL_RULE,
    SizeReading,
    SizeRule,
    parse_size_rule,
    report_size,
    size_by_rule,
)
from evaluations.rules.tickets import Urn
from tests.evaluations.rules.draw_builders import SEED, frame
from tests.pace import examples

SIZES = st.dictionaries(
    st.sampled_from(["L01", "L02", "L03", "L04", "L05", "L06"]), st.integers(1, 60), min_size=1
)


def test_size_table_of_every_total_to_3000_under_every_reading() -> None:
    for total in range(3001):
        tenth = Fraction(total, 10)
        whole = int(tenth + Fraction(1, 2))
        wanted = {
            SizeReading.TENS: int((tenth + 5) / 10) * 10,
            SizeReading.NEAREST: whole,
            SizeReading.NOT_LESS: -int(-tenth // 1) if tenth.denominator == 1 else int(tenth) + 1,
            SizeReading.CLAMP: int(tenth),
        }
        for reading, rounded in wanted.items():
            found = size_by_rule(total, eligible=total, rule=SizeRule(reading=reading))
            assert found == min(max(20, min(200, rounded)), total), (total, reading)


def test_readings_of_the_year_2022_and_its_warning() -> None:
    sizes = {
        reading: report_size(761, eligible=761, rule=SizeRule(reading=reading))
        for reading in SizeReading
    }
    assert {reading: report.size for reading, report in sizes.items()} == {
        SizeReading.TENS: 80,
        SizeReading.NEAREST: 76,
        SizeReading.NOT_LESS: 77,
        SizeReading.CLAMP: 76,
    }
    assert sizes[SizeReading.TENS].warning == sizes[SizeReading.NOT_LESS].warning == ""
    assert "761件抽76件为9.98%，低于方案第四条“不少于10%”" in sizes[SizeReading.NEAREST].warning
    warning = report_size(744, eligible=744, rule=LITERAL_RULE).warning
    assert "744件抽70件为9.40%" in warning


def test_totals_that_get_less_than_a_tenth() -> None:
    low = [n for n in range(200, 2050) if report_size(n, eligible=n, rule=LITERAL_RULE).warning]
    assert len(low) == 931


def test_size_rule_text_goes_both_ways_and_refuses_the_unknown() -> None:
    rule = SizeRule(15, SizeReading.NOT_LESS, 10, 300)
    assert parse_size_rule(str(rule)) == rule
    assert str(LITERAL_RULE) == "pct10-tens-20-200"
    assert parse_size_rule("pct10-tens-200-20") is None
    assert parse_size_rule("pct10-up-20-200") is None


@given(SIZES, st.data())
def test_largest_remainder_is_within_one_and_complete(
    sizes: dict[str, int], data: st.DataObject
) -> None:
    total = sum(sizes.values())
    n = data.draw(st.integers(1, total))
    quotas = quotas_lr(sizes, n)
    assert sum(quotas.values()) == n
    for key, size in sizes.items():
        assert abs(quotas[key] - Fraction(n * size, total)) < 1
        assert quotas[key] <= size


@given(SIZES, st.data())
def test_every_stratum_gets_one_when_asked(sizes: dict[str, int], data: st.DataObject) -> None:
    n = data.draw(st.integers(len(sizes), sum(sizes.values())))
    quotas = quotas_min1(sizes, n)
    assert sum(quotas.values()) == n
    assert all(1 <= quotas[key] <= size for key, size in sizes.items())


def test_more_strata_than_seats_cannot_have_one_each() -> None:
    with pytest.raises(RuleError, match="共有3层，只抽2件"):
        quotas_min1({"a": 1, "b": 1, "c": 1}, 2)


def test_systematic_rounding_expects_exactly_the_share() -> None:
    sizes = {"L01": 7, "L02": 5, "L03": 3, "L04": 2, "L05": 1}
    total, n, rounds = sum(sizes.values()), 5, 6000
    seats: Counter[str] = Counter()
    for i in range(rounds):
        quotas = quotas_sys(sizes, n, urn=Urn(HashName.SHA256, "T", f"{i:020d}"))
        assert sum(quotas.values()) == n
        for key, size in sizes.items():
            assert abs(quotas[key] - Fraction(n * size, total)) < 1
        seats.update(quotas)
    for key, size in sizes.items():
        share = n * size / total
        spread = (rounds * (share % 1) * (1 - share % 1)) ** 0.5
        assert abs(seats[key] - rounds * share) < 4.5 * spread, key


def test_replacements_take_the_next_reserve_of_the_same_stratum() -> None:
    frozen = frame(300, strata=(Variable.TYPE,))
    result = draw_sample(frozen, seed=SEED)
    missing = result.sample[0]
    first = next_reserve(result, missing=missing.case_no)
    same = [drawn for drawn in result.reserve if drawn.stratum == missing.stratum]
    assert first == same[0]
    second = next_reserve(result, missing=first.case_no, used={first.case_no})
    assert second == same[1]
    standing = standing_cases(
        result, replaced=[(missing.case_no, first.case_no), (first.case_no, second.case_no)]
    )
    assert standing == [second.case_no, *result.sample.case_nos[1:]]


def test_replacing_the_undrawn_or_beyond_the_reserve_is_refused() -> None:
    result = draw_sample(frame(25), seed=SEED)
    with pytest.raises(RuleError, match="不在抽中名单里"):
        next_reserve(result, missing=result.reserve[0].case_no)
    used = set(result.reserve.case_nos)
    with pytest.raises(RuleError, match="已没有候补案件"):
        next_reserve(result, missing=result.sample[0].case_no, used=used)


def test_quotas_are_known_before_the_seed_with_largest_remainder() -> None:
    frozen = frame(300, strata=(Variable.TYPE,))
    assert announced_quotas(frozen) == draw_sample(frozen, seed=SEED).strata
    assert [(s.key, s.size, s.quota) for s in announced_quotas(frozen)] == [
        ("admin", 60, 6),
        ("civil", 180, 18),
        ("criminal", 60, 6),
    ]


def test_a_reserve_reads_like_a_sequence() -> None:
    reserve = draw_sample(frame(25), seed=SEED).reserve
    assert len(reserve) == 5
    assert reserve[-1] == list(reserve)[4] == reserve[4:][0]
    assert [drawn.rank for drawn in reserve] == [1, 2, 3, 4, 5]
    with pytest.raises(IndexError):
        reserve[5]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"n": 21}, "名单第11行：抽21件与规则的20件不同，却没有写理由"),
        ({"n": 20, "override": "理由"}, "名单第11行：件数与规则相同，不应另写理由"),
        ({"n": 26, "override": "多抽"}, "名单第10行：抽样件数26应在1和可抽案件25件之间"),
        ({"min1": True, "alloc": Allocation.SYS}, "名单第14行：每层至少一件只能与最大余数法同用"),
        ({"override": "两\t栏", "n": 19}, "名单第11行：“override”没有内容或含有制表符"),
    ],
)
def test_terms_that_contradict_are_refused(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RuleError, match=f"^{sentence}"):
        frame(25, **change)


def test_an_empty_frame_and_one_without_eligible_cases_are_refused() -> None:
    with pytest.raises(RuleError, match="名单第16行：名单里没有案件"):
        build_sample(Head("T"), terms=SampleTerms(n=1), cases=[])
    with pytest.raises(RuleError, match="可抽案件0件"):
        frame(5, excluded=5, n=1, override="理由")


def test_a_row_with_a_cell_too_few_is_named() -> None:
    text = frame(25).text.replace("\tin\n", "\n", 1)
    with pytest.raises(RuleError, match="名单第16行：应有5栏且不留空"):
        parse_sample(text)


@given(st.integers(0, 3000), st.integers(1, 255))
@settings(max_examples=examples(100, thorough=300))
def test_no_changed_byte_goes_unnoticed(position: int, change: int) -> None:
    frozen = frame(30)
    data = bytearray(frozen.text.encode())
    data[position % len(data)] ^= change
    try:
        other = parse_sample(data.decode())
    except (RuleError, UnicodeDecodeError):
        return
    assert other.freeze_hash != frozen.freeze_hash
