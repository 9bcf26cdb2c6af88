"""Cases that two experts grade differently, a review, and the refusals of 合议."""

from collections.abc import Callable
from typing import Any

import pytest

from evaluations.actions import marking
from evaluations.actions.deliberation import confirm_agreement
from evaluations.models import Plan, ScoreSheet, StageEntry
from experts.models import Expert
from tests.evaluations.marking_year import Hall, open_hall, seal_both
from wanzhou_eval.errors import RefusedError


def refused(act: Callable[[], Any], sentence: str, *, status: int = 409) -> None:
    with pytest.raises(RefusedError, match=sentence) as error:
        act()
    assert error.value.status == status


def differing(cases: int = 1) -> Hall:
    hall = open_hall(cases=cases)
    for serial in range(1, cases + 1):
        seal_both(hall, serial, lose=("0", "30"))
    return hall


def review_hall() -> Hall:
    hall = open_hall(cases=1, experts=4)
    seal_both(hall)
    confirm_agreement(hall.drawn(), by=hall.leader)
    Plan.objects.filter(pk=hall.plan.pk).update(stage="marked")
    Plan.objects.filter(pk=hall.plan.pk).update(stage="published")
    StageEntry.objects.create(plan=hall.plan, stage="published", at=hall.drawn().gradings.get().at)
    for place, user in enumerate(hall.experts[2:]):
        ScoreSheet.objects.create(
            drawn_case=hall.drawn(), round="review", standard=hall.standard, scope="民事",
            expert=Expert.objects.get(person=user.person), leads=place == 0,
        )  # fmt: skip
        marking.sign_undertaking(hall.plan, by=user)
    return hall
