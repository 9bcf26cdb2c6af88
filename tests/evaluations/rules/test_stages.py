"""The lawful moves, every other pair refused, and the diagram made from them."""

from itertools import pairwise, product

import pytest

from evaluations.rules.stages import MOVES, VOIDS, Stage, has_reached, is_void, may_move, mermaid

FORWARD = list(pairwise(Stage))
BACK = [
    (Stage.SEALED, Stage.ISSUED),
    (Stage.DRAWN, Stage.SEALED),
    (Stage.EMPANELLED, Stage.DRAWN),
    (Stage.MATCHED, Stage.EMPANELLED),
]


@pytest.mark.parametrize(("before", "after"), FORWARD + BACK)
def test_lawful_moves(before: Stage, after: Stage) -> None:
    assert may_move(before, after)
    assert is_void(before, after) is ((before, after) in BACK)


@pytest.mark.parametrize(
    ("before", "after"),
    [pair for pair in product(Stage, Stage) if pair not in FORWARD + BACK],
)
def test_every_other_pair_is_refused(before: Stage, after: Stage) -> None:
    assert not may_move(before, after)
    assert not is_void(before, after)


def test_there_are_a_hundred_pairs_and_thirteen_are_lawful() -> None:
    assert sum(len(after) for after in MOVES.values()) == 13
    assert len(list(product(Stage, Stage))) == 100
    assert len(VOIDS) == 4


def test_labels_are_those_of_the_procedure() -> None:
    labels = "拟定 已印发 名单封存 已抽案 已组组 已匹配 评分中 评估结束 已公布 已归档"
    assert " ".join(stage.label for stage in Stage) == labels


def test_reaching_a_stage_includes_standing_in_it() -> None:
    assert has_reached(Stage.MARKING, Stage.MARKING)
    assert has_reached(Stage.CLOSED, Stage.DRAFT)
    assert not has_reached(Stage.MATCHED, Stage.MARKING)


def test_the_diagram_draws_exactly_the_moves() -> None:
    lines = mermaid().splitlines()
    assert lines[0] == "stateDiagram-v2"
    arrows = {line.strip() for line in lines if "-->" in line and "[*]" not in line}
    assert arrows == {f"{before} --> {after}" for before, after in FORWARD} | {
        f"{before} --> {after} : 作废" for before, after in BACK
    }
    assert '    state "名单封存" as sealed' in lines
    assert lines[11] == "    [*] --> draft"
    assert lines[-1] == "    closed --> [*]"
