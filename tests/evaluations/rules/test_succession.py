"""Who takes an empty seat of a case, and panels over many withdrawals: properties."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from evaluations.rules.errors import RuleError
from evaluations.rules.events import replay_experts
from evaluations.rules.freeze_experts import Category
from evaluations.rules.panels import Group, draw_experts, replace_expert
from evaluations.rules.succession import Seats, next_clean, seats_after
from tests.evaluations.rules.draw_builders import experts, pool

PEOPLE = ["A", "B", "C", "D", "E", "F"]
PAIR = Seats("A", "B")


def panel(leader: str, member: str) -> Group:
    return Group("civil-1", Category.CIVIL, leader, member)


def after(**given: Any) -> Seats | None:
    common: dict[str, Any] = {
        "panel": panel("A", "C"), "alternates": [], "gone": {"B"}, "barred": set(),
        "may_lead": {"A"},
    }  # fmt: skip
    return seats_after(PAIR, **common | given)


def test_who_stays_keeps_the_case() -> None:
    assert after(alternates=["D"]) == Seats("A", "C")


def test_a_recused_newcomer_gives_way_to_the_next_alternate() -> None:
    assert after(alternates=["D", "E"], barred={"C", "D"}) == Seats("A", "E")


def test_the_qualified_one_leads_where_the_leader_left() -> None:
    common: dict[str, Any] = {"panel": panel("C", "B"), "gone": {"A"}}
    assert after(may_lead={"B", "C"}, **common) == Seats("B", "C")
    assert after(may_lead={"C"}, **common) == Seats("C", "B")
    assert after(may_lead=set(), **common) == Seats("B", "C")


def test_nobody_clean_is_said() -> None:
    assert after(alternates=["D"], barred={"C", "D"}) is None


@given(
    sitting=st.permutations(PEOPLE),
    alternates=st.permutations(PEOPLE),
    gone=st.sets(st.sampled_from(PEOPLE)),
    barred=st.sets(st.sampled_from(PEOPLE)),
    may_lead=st.sets(st.sampled_from(PEOPLE)),
)
def test_two_clean_people_and_nobody_who_left(
    sitting: list[str], alternates: list[str], gone: set[str], barred: set[str], may_lead: set[str]
) -> None:
    given: dict[str, Any] = {"alternates": alternates, "gone": gone, "barred": barred}
    group = panel(*sitting[:2])
    seats = seats_after(PAIR, panel=group, may_lead=may_lead, **given)
    if seats is None:
        assert len(next_clean(group, taken=PAIR, **given)) < len(gone & {*PAIR})
        return
    assert len(set(seats)) == 2
    assert not gone & {*seats}
    assert {*PAIR} - gone <= {*seats}
    assert not barred & ({*seats} - {*PAIR})
    if "A" not in gone:
        assert seats.leader == "A"
    elif may_lead & {*seats}:
        assert seats.leader in may_lead


@given(order=st.lists(st.integers(0, 7), max_size=8), leaders=st.integers(4, 13))
def test_panels_stay_whole_over_any_withdrawals(order: list[int], leaders: int) -> None:
    frozen = experts(pool(criminal=4, civil=9, leaders=leaders))
    try:
        result = draw_experts(frozen, seed="271828182845904523536028")
    except RuleError:
        return
    groups, events, alternates = result.groups, list[dict[str, str]](), set(result.alternates)
    for pick in order:
        leaver = [p for g in groups for p in g[2:]][pick]
        used = [event["withdrawn"] for event in events]
        try:
            new = replace_expert(frozen, result, withdrawn=leaver, groups=groups, used=used)
        except RuleError:
            continue
        before = next(group for group in groups if group.code == new.code)
        came = next(person for person in new[2:] if person not in before[2:])
        assert came in {a.person for a in alternates if a.category is new.category}
        assert came not in used
        assert frozen.people[new.leader].may_lead
        events.append({"withdrawn": leaver, "new": came})
        groups = tuple(new if group.code == new.code else group for group in groups)
        seated = [person for group in groups for person in group[2:]]
        assert len(set(seated)) == len(seated) == 8
        assert leaver not in seated
    assert replay_experts(frozen, result, events) == groups
