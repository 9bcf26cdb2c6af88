"""Matching: limits, feasibility by subset conditions, stand-ins, late changes, refusals."""

from collections.abc import Sequence
from itertools import combinations
from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.rules.canonical import Head
from evaluations.rules.certificates import run_draw
from evaluations.rules.conflicts import Recusals
from evaluations.rules.errors import RuleError
from evaluations.rules.flows import Placing
from evaluations.rules.freeze_experts import Category
from evaluations.rules.freeze_match import (
    AlternateRow,
    Conflict,
    ExpertOrg,
    GroupRow,
    MatchCase,
    MatchFreeze,
    build_match,
)
from evaluations.rules.matching import draw_match, find_limits, prepare
from evaluations.rules.rematching import MatchState, changed_rows, recuse_late, replace_case
from evaluations.verifiers import verify_draw, verify_panels
from tests.evaluations.rules.draw_builders import SEED, random_match
from tests.pace import examples

MASKS = st.lists(st.integers(1, 15), min_size=1, max_size=12)


def hall(masks: Sequence[int], low: Sequence[int], up: Sequence[int]) -> bool:
    """The second implementation: for every set of groups, not too many and not too few cases."""
    groups = range(len(low))
    for size in range(len(low) + 1):
        for chosen in combinations(groups, size):
            bits = sum(1 << g for g in chosen)
            inside = sum(mask & ~bits == 0 for mask in masks)
            touching = sum(mask & bits != 0 for mask in masks)
            if inside > sum(up[g] for g in chosen) or touching < sum(low[g] for g in chosen):
                return False
    return True


@settings(max_examples=examples(60, thorough=300))
@given(MASKS)
def test_limits_are_the_smallest_maximum_then_the_largest_minimum(masks: list[int]) -> None:
    n = len(masks)
    found = find_limits(Category.CIVIL, Placing(masks, groups=4), cases=n, groups=4)
    ups = [u for u in range(-(-n // 4), n + 1) if hall(masks, [0] * 4, [u] * 4)]
    lows = [low for low in range(n // 4 + 1) if hall(masks, [low] * 4, [ups[0]] * 4)]
    assert (found.low, found.up) == (lows[-1], ups[0])
    assert found.relaxed == ((lows[-1], ups[0]) != (n // 4, -(-n // 4)))


@settings(max_examples=examples(50, thorough=200))
@given(MASKS, st.randoms(use_true_random=False))
def test_each_case_takes_the_first_group_that_leaves_the_rest_placeable(
    masks: list[int], random: Random
) -> None:
    placing = Placing(masks, groups=4)
    limits = find_limits(Category.CIVIL, placing, cases=len(masks), groups=4)
    low, up = [limits.low] * 4, [limits.up] * 4
    waiting = random.sample(range(len(masks)), len(masks))
    while waiting:
        case = waiting.pop()
        order = random.sample(
            [g for g in range(4) if masks[case] >> g & 1], masks[case].bit_count()
        )
        rest = [masks[other] for other in waiting]
        for group in order:
            lower, upper = [*low], [*up]
            lower[group], upper[group] = max(lower[group] - 1, 0), upper[group] - 1
            if up[group] and hall(rest, lower, upper):
                break
        assert placing.settle(case, order) == group
        low, up = lower, upper


def test_random_matchings_are_the_same_by_two_implementations() -> None:
    seen = {"relaxed": 0, "stand-in": 0, "refused": 0, "plain": 0}
    for i in range(150):
        frozen = random_match(Random(i))
        head, sections = verify_draw.read_list(frozen.text)
        try:
            outcome = run_draw(frozen, seed=SEED)
        except RuleError:
            assert [] in [
                list(verify_panels.seatings(sections, row))
                for row in sections["cases"]
                if row[4] == "S"
            ]
            seen["refused"] += 1
            continue
        derived = verify_panels.match(head, sections, verify_draw.Tickets(head, SEED).one)
        lines = [
            line
            for name, rows in derived.items()
            for line in (f"[{name}]", *("\t".join(map(str, row)) for row in rows))
        ]
        assert outcome.result_text.split("\n")[5:-1] == lines
        result = draw_match(frozen, seed=SEED)
        relaxed = any(limits.relaxed for limits in result.limits)
        stand_in = any(row.note != "-" for row in result.assigned)
        seen["relaxed"] += relaxed
        seen["stand-in"] += stand_in
        seen["plain"] += not relaxed and not stand_in
    assert min(seen.values()) > 3, seen


@settings(max_examples=examples(20, thorough=50))
@given(st.integers(0, 10_000))
def test_nobody_evaluates_where_recused(number: int) -> None:
    frozen = random_match(Random(number))
    recusals = Recusals(frozen)
    cases = {case.case_no: case for case in frozen.cases}
    try:
        result = draw_match(frozen, seed=SEED)
    except RuleError:
        return
    drawn = {case.case_no for case in frozen.cases if case.role == "S"}
    assert {row.case_no for row in result.assigned} == drawn
    for row in result.assigned:
        assert not recusals.recused(cases[row.case_no]) & {row.leader, row.member}
        assert row.leader != row.member


def criminal(*, cases: list[MatchCase], alternates: int = 1) -> MatchFreeze:
    """One criminal group of two, E1 and E2, with alternates of other firms."""
    people = [ExpertOrg(f"E{i}", f"F{i}") for i in range(1, 6)]
    return build_match(
        Head("T-M1"),
        cases=cases,
        groups=[GroupRow("criminal-1", "criminal", "E1", "E2")],
        people=people,
        alternates=[
            AlternateRow("criminal", f"{i + 1:03d}", f"E{i + 3}") for i in range(alternates)
        ],
    )


def test_the_only_criminal_group_with_a_recused_leader_is_solved_by_the_alternate() -> None:
    frozen = criminal(
        cases=[
            MatchCase("案1号", "criminal", "F1", "H1", "S"),
            MatchCase("案2号", "criminal", "F9", "H1", "S"),
            MatchCase("案3号", "criminal", "F2", "E1", "S"),
        ],
        alternates=2,
    )
    rows = {row.case_no: row[4:] for row in draw_match(frozen, seed=SEED).assigned}
    assert rows == {
        "案1号": ("E2", "E3", "E1>E3"),
        "案2号": ("E1", "E2", "-"),
        "案3号": ("E3", "E4", "E1>E3,E2>E4"),
    }


def test_a_blocked_case_is_named_before_the_seed_with_experts_and_remedy() -> None:
    frozen = criminal(cases=[MatchCase("案1号", "criminal", "F1,F3", "H1", "S")])
    with pytest.raises(RuleError) as refusal:
        prepare(frozen)
    assert str(refusal.value) == (
        "无法匹配，有案件没有任何小组或候补专家可以评估：“案1号”（应回避：E1、E3）。"
        "请为刑事类补充没有回避关系的候补专家，或用候补案件替换后重新封存。"
    )


def test_a_category_without_a_group_is_refused() -> None:
    frozen = criminal(cases=[MatchCase("案1号", "admin", "F9", "-", "S")])
    with pytest.raises(RuleError, match="“案1号”（没有民事行政小组）"):
        draw_match(frozen, seed=SEED)


def three_groups(extra: list[MatchCase]) -> MatchFreeze:
    """Three civil groups of six firms and nine cases of none of them, and some more."""
    people = [ExpertOrg(f"E{i}", f"F{i}") for i in range(7)]
    groups = [GroupRow(f"civil-{i + 1}", "civil", f"E{2 * i}", f"E{2 * i + 1}") for i in range(3)]
    cases = [MatchCase(f"案{i}号", "civil", "Z", "H", "S") for i in range(10, 19)]
    alternates = [AlternateRow("civil", "001", "E6")]
    return build_match(
        Head("T-M1"), cases=[*cases, *extra], groups=groups, people=people, alternates=alternates
    )


def recused(frozen: MatchFreeze, state: MatchState, case_no: str, person: str) -> MatchState:
    return recuse_late(
        frozen, state, seed=SEED, recusal=Conflict(person, "case", case_no, "近亲属")
    )


def test_a_late_recusal_changes_one_row_only_and_goes_to_the_least_loaded() -> None:
    frozen = three_groups([])
    before = MatchState(draw_match(frozen, seed=SEED).assigned)
    row = before.assigned[0]
    after = recused(frozen, before, row.case_no, row.leader)
    ((old, new),) = changed_rows(before, after)
    assert old == row
    assert new.group != row.group
    again = recused(frozen, after, row.case_no, new.leader)
    third = again.row(row.case_no)
    assert third.group not in (row.group, new.group)
    last = recused(frozen, again, row.case_no, third.member)
    assert last.row(row.case_no)[3:] == (third.group, third.leader, "E6", f"{third.member}>E6")


def test_a_replaced_case_stays_in_the_group_if_it_may() -> None:
    frozen = three_groups(
        [
            MatchCase("案20号", "admin", "Z", "H", "R"),
            MatchCase("案21号", "civil", "F0,F2", "H", "R"),
            MatchCase("案22号", "criminal", "Z", "H", "R"),
        ]
    )
    before = MatchState(draw_match(frozen, seed=SEED).assigned)
    row = before.assigned[3]
    after = replace_case(frozen, before, seed=SEED, missing=row.case_no, new="案20号")
    assert changed_rows(before, after) == [(row, row._replace(case_no="案20号"))]
    moved = replace_case(frozen, after, seed=SEED, missing="案20号", new="案21号")
    assert moved.row("案21号").group == "civil-3"
    with pytest.raises(RuleError, match="类别不同"):
        replace_case(frozen, before, seed=SEED, missing=row.case_no, new="案22号")
    with pytest.raises(RuleError, match="不在匹配的封存名单里"):
        replace_case(frozen, before, seed=SEED, missing=row.case_no, new="案99号")
    with pytest.raises(RuleError, match="已经匹配过"):
        replace_case(frozen, after, seed=SEED, missing="案11号", new="案20号")


@pytest.mark.parametrize(
    ("name", "row", "sentence"),
    [
        ("conflicts", Conflict("E9", "org", "F1", "-"), "“E9”不在\\[experts\\]一节里"),
        ("conflicts", Conflict("E1", "firm", "F1", "-"), "回避范围“firm”"),
        ("alternates", AlternateRow("civil", "000", "E6"), "候补次序应为三位数字"),
        ("alternates", AlternateRow("civil", "002", "E1"), "候补“E1”已是小组成员"),
        ("groups", GroupRow("civil-9", "civil", "E6", "E6"), "组长与组员是同一人"),
        ("groups", GroupRow("civil-9", "civil", "E6", "E1"), "“E1”已在另一小组里"),
        ("people", ExpertOrg("E1", "F9"), "专家“E1”列了两个机构"),
        ("cases", MatchCase("案3号", "civil", "F1,F1", "-", "S"), "机构或承办人“F1,F1”"),
        ("cases", MatchCase("案3号", "civil", "F1", "-", "X"), "末栏应为S（抽中）或R（候补）"),
        ("cases", MatchCase("案010号", "civil", "F1", "-", "S"), "看起来相同"),
    ],
)
def test_bad_rows_are_refused_by_line(name: str, row: tuple[str, ...], sentence: str) -> None:
    base = three_groups([])
    given = {
        "cases": base.cases,
        "groups": base.groups,
        "people": base.people,
        "alternates": base.alternates,
        "conflicts": base.conflicts,
    }
    given[name] = (*given[name], row)
    with pytest.raises(RuleError, match=f"^名单第[0-9]+行：.*{sentence}"):
        build_match(Head("T-M1"), **given)  # type: ignore[arg-type]


def test_two_hundred_cases_and_twenty_groups_with_dense_recusal_are_quick() -> None:
    random = Random(7)
    people = [ExpertOrg(f"E{i:03d}", f"F{i % 8}") for i in range(44)]
    groups = [
        GroupRow(f"civil-{i:02d}", "civil", f"E{2 * i:03d}", f"E{2 * i + 1:03d}") for i in range(20)
    ]
    cases = [
        MatchCase(f"案{i}号", "civil", f"F{random.randrange(8)}", "H", "S") for i in range(1, 201)
    ]
    conflicts = {
        Conflict(f"E{random.randrange(40):03d}", "case", case.case_no, "declared")
        for case in cases
        for _ in range(10)
    }
    frozen = build_match(
        Head("T-M1"), cases=cases, groups=groups, people=people, conflicts=conflicts
    )
    begin = process_time()
    result = draw_match(frozen, seed=SEED)
    assert process_time() - begin < 1
    assert {count for _, count in result.load} == {10}
