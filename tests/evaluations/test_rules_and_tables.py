"""The words of the rules are the values of the tables: neither may drift from the other."""

from evaluations.models import GradingOutcome, Mark, Plan
from evaluations.rules.deliberation import Outcome
from evaluations.rules.stages import Stage
from evaluations.rules.standards import MarkState
from wanzhou_eval.workdays import Roll


def test_stages() -> None:
    assert [(stage.value, stage.label) for stage in Stage] == Plan.Stage.choices


def test_mark_states() -> None:
    assert [state.value for state in MarkState] == Mark.State.values


def test_outcomes_of_the_first_evaluation() -> None:
    first = [(outcome.value, outcome.label) for outcome in Outcome]
    assert GradingOutcome.choices[: len(first)] == first


def test_rolls_of_a_plan() -> None:
    assert Plan.Roll.values == [Roll.FORWARD.value, Roll.EARLIER.value]
