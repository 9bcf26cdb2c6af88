"""合议 of the review: blind, its finding becomes the grade, the first pair has no part in it."""

from functools import partial

import pytest

from evaluations.actions.deliberation import (
    answer_proposal,
    confirm_agreement,
    propose_grade,
    regrade_case,
)
from evaluations.models import Grading, ReviewGrading
from evaluations.queries.deliberation import review_outcome
from tests.evaluations.deliberation_year import refused, review_hall
from tests.evaluations.marking_year import seal

pytestmark = pytest.mark.django_db


def test_review_pair_scores_blind_and_its_finding_becomes_the_new_grade() -> None:
    hall = review_hall()
    chief, second = hall.experts[2:]
    seal(hall, chief, lose="30", in_round="review")
    refused(
        lambda: confirm_agreement(hall.drawn(), by=chief, in_round="review"), "都封存", status=404
    )
    seal(hall, second, lose="0", in_round="review")
    proposal = propose_grade(
        hall.drawn(), grade="合格", reason="缺件属实", by=chief, in_round="review"
    )
    refused(
        lambda: regrade_case(
            hall.drawn(), grade="合格", outcome="changed", reason="-", by=hall.bureau
        ),
        "须与复评组的意见一致",
    )
    answer_proposal(proposal, agree=True, by=second)
    found = review_outcome(hall.drawn())
    assert found is not None
    assert (found.grade, found.outcome, str(found.by)) == ("合格", "agreed", "专家3")
    assert Grading.objects.count() == 1
    refused(
        lambda: regrade_case(
            hall.drawn(), grade="合格", outcome="upheld", reason="-", by=hall.bureau
        ),
        "应为“复评变更”",
    )
    grading = regrade_case(
        hall.drawn(), grade="合格", outcome="changed", reason="复评组意见", by=hall.bureau
    )
    assert (grading.version, grading.grade, grading.failing) == (2, "合格", False)
    assert ReviewGrading.objects.count() == 1


def test_first_pair_has_no_part_in_the_review() -> None:
    hall = review_hall()
    chief, second = hall.experts[2:]
    seal(hall, chief, in_round="review")
    seal(hall, second, in_round="review")
    for user in (hall.leader, hall.bureau):
        refused(
            partial(confirm_agreement, hall.drawn(), by=user, in_round="review"),
            "合议",
            status=404,
        )
    confirm_agreement(hall.drawn(), by=chief, in_round="review")
    assert ReviewGrading.objects.get().outcome == "at_once"
    kept = regrade_case(hall.drawn(), grade="优良", outcome="upheld", reason="维持", by=hall.bureau)
    assert (kept.version, kept.outcome) == (2, "upheld")
