"""Late recusals: as little as possible changes, two implementations agree; what stands before."""

from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.rules.canonical import Head
from evaluations.rules.conflicts import Recusals
from evaluations.rules.errors import RuleError
from evaluations.rules.events import replay_match
from evaluations.rules.feasibility import examine
from evaluations.rules.freeze_match import (
    AlternateRow,
    Conflict,
    ExpertOrg,
    GroupRow,
    MatchCase,
    MatchFreeze,
    build_match,
)
from evaluations.rules.matching import MatchResult, draw_match
from evaluations.rules.rematching import MatchState, changed_rows, recuse_late, with_panels
from evaluations.verifiers import verify_draw, verify_panels
from tests.evaluations.rules.draw_builders import SEED, random_match
from tests.pace import examples


def held(number: int) -> tuple[MatchFreeze, MatchResult] | None:
    frozen = random_match(Random(number))
    try:
        return frozen, draw_match(frozen, seed=SEED)
    except RuleError:
        return None


@settings(max_examples=examples(40, thorough=300))
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_one_row_changes_and_the_rule_decides_it(number: int, random: Random) -> None:
    made = held(number)
    if made is None:
        return
    frozen, result = made
    state = MatchState(result.assigned)
    for _ in range(3):
        row = random.choice(state.assigned)
        recusal = Conflict(random.choice((row.leader, row.member)), "case", row.case_no, "近亲属")
        case = next(one for one in frozen.cases if one.case_no == row.case_no)
        open_to = Recusals(frozen, extra=(*state.declared, recusal)).seatings(case)
        try:
            after = recuse_late(frozen, state, seed=SEED, recusal=recusal)
        except RuleError:
            assert open_to == []
            return
        ((old, new),) = changed_rows(state, after)
        assert old == row
        assert recusal.person not in (new.leader, new.member)
        groups = {seating.group for seating in open_to}
        load = {g: sum(r.group == g for r in state.assigned if r is not row) for g in groups}
        if row.group in groups:
            assert new.group == row.group
        else:
            assert load[new.group] == min(load.values())
        state = after


@settings(max_examples=examples(40, thorough=300))
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_the_stand_alone_script_derives_the_same(number: int, random: Random) -> None:
    made = held(number)
    if made is None:
        return
    frozen, result = made
    panels = changed_panels(frozen, random)
    now = with_panels(frozen, panels)
    row = random.choice(result.assigned)
    sat = panels.get(row.group, [row.leader, row.member])
    recusal = Conflict(random.choice(sat), "case", row.case_no, "近亲属")
    other = Conflict(random.choice(frozen.people).person, "case", row.case_no, "中心顾问")
    try:
        state = recuse_late(
            now, MatchState(result.assigned), seed=SEED, recusal=recusal, also=[other],
            sat=(sat[0], sat[1]),
        )  # fmt: skip
    except RuleError:
        return
    new = state.row(row.case_no)
    event: dict[str, Any] = {
        "recused": recusal.person, "case": row.case_no, "new": new.group, "reason": "近亲属",
        "also": [[other.person, other.reason]], "panels": panels, "sat": sat,
        "leader": new.leader, "member": new.member,
    }  # fmt: skip
    assert replay_match(frozen, result, seed=SEED, events=[event]).row(row.case_no) == new
    head, sections = verify_draw.read_list(frozen.text)
    ticket = verify_draw.Tickets(head, SEED).one
    derived = verify_panels.match(head, sections, ticket)
    pairs = verify_panels.changes([event], sections, ticket, derived)
    assert all(recorded == due for recorded, due in pairs)
    assert len(pairs) == 3


def changed_panels(frozen: MatchFreeze, random: Random) -> dict[str, list[str]]:
    """An alternate in the place of the member of one group, as a withdrawal leaves it."""
    group = random.choice(frozen.groups)
    spare = [row.person for row in frozen.alternates if row.category == group.category]
    return {group.group: [group.leader, spare[0]]} if spare else {}


def criminal(cases: list[MatchCase], *, alternates: int) -> MatchFreeze:
    """One criminal group, E1 and E2 of the firms F1 and F2, and alternates from E3 on."""
    return build_match(
        Head("T-M1"),
        cases=cases,
        groups=[GroupRow("criminal-1", "criminal", "E1", "E2")],
        people=[ExpertOrg(f"E{i}", f"F{i}") for i in range(1, 6)],
        alternates=[
            AlternateRow("criminal", f"{i + 1:03d}", f"E{i + 3}") for i in range(alternates)
        ],
    )


def test_before_the_seed_the_stand_in_of_the_only_criminal_group_is_known() -> None:
    cases = [
        MatchCase("案1号", "criminal", "F1", "H1", "S"),
        MatchCase("案2号", "criminal", "F9", "H1", "S"),
        MatchCase("案3号", "criminal", "F9", "H1", "R"),
    ]
    found = examine(criminal(cases, alternates=1))
    assert [(one.case.case_no, one.seatings[0].note) for one in found.stand_ins] == [
        ("案1号", "E1>E3")
    ]
    assert found.blocked == ()
    assert [(one.cases, one.low, one.up, one.relaxed) for one in found.limits] == [(2, 2, 2, False)]


def test_a_blocked_case_names_who_is_in_the_way_and_how_many_lack() -> None:
    cases = [
        MatchCase("案1号", "criminal", "F1,F3", "E2", "S"),
        MatchCase("案2号", "criminal", "F9", "H1", "S"),
        MatchCase("案4号", "civil", "F9", "H1", "S"),
    ]
    found = examine(criminal(cases, alternates=1))
    assert [(b.case.case_no, b.people, b.groups, b.missing) for b in found.blocked] == [
        ("案1号", ("E1", "E2", "E3"), 1, 2),
        ("案4号", (), 0, 2),
    ]
    assert [(one.category, one.cases) for one in found.limits] == [("criminal", 1)]
