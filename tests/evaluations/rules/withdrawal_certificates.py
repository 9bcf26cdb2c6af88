"""A certificate of experts after three withdrawals, and single changes that must be named."""

import pytest

from evaluations.rules.certificates import Certificate, run_draw
from evaluations.rules.freeze_experts import ExpertsFreeze
from evaluations.rules.panels import ExpertsResult, replace_expert
from tests.evaluations.rules.certificate_builders import SEEDS, Change
from tests.evaluations.rules.draw_builders import certificate, event, experts, pool


def withdrawn() -> Certificate:
    """A leader and a member of two panels leave, then the one who came declines."""
    outcome = run_draw(experts(pool(criminal=4, civil=9)), seed=SEEDS[1])
    frozen, result = outcome.frozen, outcome.result
    assert isinstance(frozen, ExpertsFreeze)
    assert isinstance(result, ExpertsResult)
    groups, events, leaver = result.groups, list[Certificate](), result.groups[1].leader
    for number in range(3):
        used = [each["withdrawn"] for each in events]
        after = replace_expert(frozen, result, withdrawn=leaver, groups=groups, used=used)
        before = next(group for group in groups if group.code == after.code)
        came = next(person for person in after[2:] if person not in before[2:])
        events.append(event(3 + number, withdrawn=leaver, new=came))
        groups = tuple(after if group.code == after.code else group for group in groups)
        leaver = groups[2].member if number == 0 else came
    return certificate(frozen, seed=SEEDS[1], after=2, events=events)


def swap_new(number: int) -> Change:
    """Put the last alternate of the category in the place of the one in turn."""

    def change(cert: Certificate) -> None:
        cert["events"][number]["new"] = "M08" if cert["events"][number]["new"] != "M08" else "M07"

    return change


def drop_first(cert: Certificate) -> None:
    del cert["events"][0]


def stranger(cert: Certificate) -> None:
    cert["events"][0]["withdrawn"] = "M99"


def passing_over(cert: Certificate) -> None:
    """Leave an alternate out: lawful for a review of one case, never for the panels of a year."""
    cert["events"][0]["also"] = [["M08", "近亲属"]]


each_withdrawal = pytest.mark.parametrize(
    ("change", "tokens"),
    [
        (swap_new(0), ("第1次",)),
        (swap_new(1), ("第2次",)),
        (swap_new(2), ("第3次",)),
        (drop_first, ("第1次",)),
        (passing_over, ("第1次", "跳过的候补", "只有复评组抽选可以")),
        (stranger, ("第1次", "M99")),
        (lambda cert: cert["events"][1].pop("reason"), ("第2次",)),
        (lambda cert: cert["events"][2].update(at=cert["events"][0]["at"]), ("第3次",)),
    ],
    ids=["first", "second", "third", "dropped", "passing", "stranger", "reason", "time"],
)
"""One change of the withdrawals and the words that every verifier must name."""
