"""Experts: leaders, pairs, alternates, withdrawals; against an independent implementation."""

from collections import Counter
from random import Random

import pytest

from evaluations.rules.certificates import run_draw
from evaluations.rules.errors import RuleError
from evaluations.rules.freeze_experts import Category, PoolMember
from evaluations.rules.panels import ExpertsResult, Flag, FlagKind, draw_experts, replace_expert
from evaluations.verifiers import verify_draw, verify_panels
from tests.evaluations.rules.draw_builders import SEED, experts, pool, random_experts


def test_a_random_pool_gives_the_same_by_two_implementations() -> None:
    drawn, refused = 0, 0
    for i in range(150):
        frozen = random_experts(Random(i))
        head, sections = verify_draw.read_list(frozen.text)
        ticket = verify_draw.Tickets(head, SEED).one
        try:
            outcome = run_draw(frozen, seed=SEED)
        except RuleError:
            refused += 1
            with pytest.raises(ValueError, match="专家库"):
                verify_panels.experts(head, sections, ticket)
            continue
        drawn += 1
        derived = verify_panels.experts(head, sections, ticket)
        lines = [
            line for name, rows in derived.items() for line in (f"[{name}]", *map(joined, rows))
        ]
        assert outcome.result_text.split("\n")[5:-1] == lines
    assert drawn > 60
    assert refused > 5


def joined(row: tuple[object, ...]) -> str:
    """A row of a result."""
    return "\t".join(map(str, row))


def test_groups_of_the_plan_have_a_leader_who_may_lead_and_two_firms() -> None:
    frozen = experts(pool(criminal=6, civil=14, leaders=5))
    result = draw_experts(frozen, seed=SEED)
    assert [(g.code, g.category) for g in result.groups] == [
        ("criminal-1", Category.CRIMINAL),
        ("civil-1", Category.CIVIL),
        ("civil-2", Category.CIVIL),
        ("civil-3", Category.CIVIL),
    ]
    assert all(frozen.people[group.leader].may_lead for group in result.groups)
    seated = [person for group in result.groups for person in (group.leader, group.member)]
    assert len(set(seated)) == 8
    assert {*seated, *(a.person for a in result.alternates)} == set(frozen.people)


def test_one_leader_per_group_is_kept_and_the_passed_over_are_flagged() -> None:
    frozen = experts(pool(criminal=6, civil=0, leaders=1), slots="criminal:2")
    for i in range(20):
        result = draw_experts(frozen, seed=f"{i:020d}")
        assert result.groups[0].leader == "C00"
        skipped = {flag.subject for flag in result.flags}
        assert skipped <= {a.person for a in result.alternates}
        first = [a.person for a in result.alternates][: len(skipped)]
        assert set(first) == skipped


def test_pairs_of_one_firm_only_where_unavoidable() -> None:
    members = [
        PoolMember(f"E{i}", "F1" if i < 3 else "F2", "civil", may_lead=True) for i in range(4)
    ]
    result = draw_experts(experts(members, slots="civil:4"), seed=SEED)
    same = [g.code for g in result.groups if {g.leader, g.member} <= {"E0", "E1", "E2"}]
    assert len(same) == 1
    assert result.flags == (Flag(FlagKind.PAIR_RELAXED, Category.CIVIL, same[0]),)


def test_everybody_may_lead_means_everybody_is_equally_likely() -> None:
    frozen, rounds = experts(pool(criminal=10, civil=0), slots="criminal:2"), 1500
    hits: Counter[str] = Counter()
    for i in range(rounds):
        hits.update(e.person for e in draw_experts(frozen, seed=f"{i:022d}").drawn)
    chi = sum((hits[p] - rounds / 5) ** 2 for p in frozen.people) / (rounds / 5 * 0.8)
    assert 0.9 < chi < 27.9


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        (pool(criminal=4, civil=8, leaders=0), "刑事组长席位共需1人，符合条件的只有0人"),
        (pool(criminal=1, civil=8), "缺1人"),
        (pool(criminal=2, civil=5), "缺1人"),
    ],
)
def test_a_short_pool_is_refused_with_what_is_missing(
    members: list[PoolMember], sentence: str
) -> None:
    with pytest.raises(RuleError, match=sentence):
        draw_experts(experts(members), seed=SEED)


@pytest.mark.parametrize(
    ("slots", "members", "sentence"),
    [
        ("civil:3", pool(criminal=0, civil=4), "名单第7行：席位“civil:3”"),
        ("civil:2,civil:2", pool(criminal=0, civil=4), "名单第7行：同一类别写了两次"),
        (
            "civil:2",
            [PoolMember("E1", "F1", "civil", True), PoolMember("E1", "F2", "civil", True)],
            "名单第11行：专家“E1”重复",
        ),
        ("civil:2", [PoolMember("E 1", "F1", "civil", True)], "名单第10行：专家代码“E 1”"),
    ],
)
def test_bad_pools_are_refused_by_line(
    slots: str, members: list[PoolMember], sentence: str
) -> None:
    with pytest.raises(RuleError, match=f"^{sentence}"):
        experts(members, slots=slots)


def drawn_of_the_plan() -> ExpertsResult:
    """A result with alternates in both categories."""
    return draw_experts(experts(pool(criminal=4, civil=9)), seed=SEED)


def test_a_withdrawal_takes_the_first_alternate_and_the_remaining_member_leads() -> None:
    frozen, result = experts(pool(criminal=4, civil=9)), drawn_of_the_plan()
    group = result.groups[0]
    first, second = [a.person for a in result.alternates if a.category is Category.CRIMINAL]
    after = replace_expert(frozen, result, withdrawn=group.leader)
    assert (after.code, after.leader, after.member) == (group.code, group.member, first)
    again = replace_expert(
        frozen, result, withdrawn=first, groups=[after, *result.groups[1:]], used={group.leader}
    )
    assert (again.leader, again.member) == (group.member, second)


def test_a_withdrawal_nobody_can_fill_is_refused() -> None:
    frozen = experts(pool(criminal=2, civil=6))
    result = draw_experts(frozen, seed=SEED)
    with pytest.raises(RuleError, match="没有可用的候补专家"):
        replace_expert(frozen, result, withdrawn=result.groups[0].member)
    with pytest.raises(RuleError, match="不在任何评估小组里"):
        replace_expert(frozen, result, withdrawn="X")
