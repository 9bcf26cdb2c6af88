"""What a number of cases buys, and why a case was drawn or not."""

from fractions import Fraction

import pytest

from evaluations.rules.errors import RuleError
from evaluations.rules.explain import explain_case
from evaluations.rules.freeze_sample import Allocation, Variable
from evaluations.rules.hashing import HashName, hash_hex
from evaluations.rules.precision import chance_of_meeting, failure_interval, tail
from evaluations.rules.sampling import draw_sample
from tests.evaluations.rules.draw_builders import SEED, frame


@pytest.mark.parametrize(
    ("drawn", "failing", "low", "high"),
    [
        (80, 0, "0.0", "4.2"),
        (80, 1, "0.1", "6.4"),
        (80, 2, "0.4", "8.4"),
        (80, 4, "1.6", "11.8"),
        (80, 8, "4.7", "18.3"),
        (76, 0, "0.0", "4.5"),
        (76, 4, "1.7", "12.5"),
    ],
)
def test_interval_of_761(drawn: int, failing: int, low: str, high: str) -> None:
    assert failure_interval(total=761, drawn=drawn, failing=failing).percents == (low, high)


def test_interval_counts_cases_and_covers_at_least_95_of_100() -> None:
    assert failure_interval(total=761, drawn=80, failing=0).high == 32
    intervals = [failure_interval(total=120, drawn=20, failing=k) for k in range(21)]
    for failing in range(121):
        covered = Fraction(0)
        for k, interval in enumerate(intervals):
            if interval.low <= failing <= interval.high:
                ways, every = tail(total=120, failing=failing, drawn=20, first=k, last=k)
                covered += Fraction(ways, every)
        assert covered >= Fraction(95, 100), failing


def test_a_census_leaves_no_doubt_and_nonsense_is_refused() -> None:
    whole = failure_interval(total=19, drawn=19, failing=3)
    assert (whole.low, whole.high) == (3, 3)
    with pytest.raises(ValueError, match="0 <= failing"):
        failure_interval(total=10, drawn=5, failing=6)


def test_chance_of_meeting_a_bad_case() -> None:
    five = chance_of_meeting(total=761, drawn=80, failing=5)
    twenty = chance_of_meeting(total=761, drawn=80, failing=20)
    assert (int(five * 1000), int(twenty * 1000)) == (427, 894)


def test_every_case_is_explained_by_its_own_line() -> None:
    frozen = frame(300, excluded=2, strata=(Variable.TYPE,))
    result = draw_sample(frozen, seed=SEED)
    sampled = set(result.sample.case_nos)
    for case in frozen.cases:
        why = explain_case(frozen, result, case_no=case.case_no, seed=SEED)
        assert why.drawn == (case.case_no in sampled)
        if case.status != "in":
            assert "封存时已剔除（原因代码city2022）" in why.sentence
            continue
        assert hash_hex(HashName.SHA256, why.line.encode()) == why.ticket
        assert (why.ticket <= why.cut_off) == why.drawn == (why.place <= why.quota)
        assert why.probability == Fraction(why.quota, why.size)


def test_the_sentence_names_pool_ticket_cut_off_and_probability() -> None:
    frozen = frame(25)
    result = draw_sample(frozen, seed=SEED)
    last = result.reserve[0]
    why = explain_case(frozen, result, case_no=last.case_no, seed=SEED)
    assert why.sentence == (
        f"“{last.case_no}”参加了“all”层的抽选：本层25件抽20件，每件抽中的可能是80.0%。"
        f"本案签号{last.ticket[:12]}，本层第21位；本层抽中的最大签号为{why.cut_off[:12]}，"
        "本案大于它，所以没有抽中。"
    )


def test_systematic_rounding_gives_everybody_the_same_chance() -> None:
    frozen = frame(30, strata=(Variable.TYPE, Variable.ORG), alloc=Allocation.SYS)
    result = draw_sample(frozen, seed=SEED)
    why = explain_case(frozen, result, case_no="渝万援民〔2022〕2号", seed=SEED)
    assert why.probability == Fraction(20, 30)


def test_an_unknown_case_is_refused() -> None:
    frozen = frame(25)
    with pytest.raises(RuleError, match="不在封存名单里"):
        explain_case(frozen, draw_sample(frozen, seed=SEED), case_no="没有", seed=SEED)
