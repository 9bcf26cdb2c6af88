"""合议 and scoring at the same moment on real connections: one outcome, nothing lost."""

import threading
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import connections

from evaluations.actions import marking
from evaluations.actions.deliberation import (
    answer_proposal,
    confirm_agreements,
    propose_grade,
    rule_grade,
)
from evaluations.models import Grading, Mark, Proposal, ScoreSheet
from tests.evaluations.deliberation_year import differing
from tests.evaluations.marking_year import open_hall
from tests.pace import examples
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.readers import reading_as

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Run the acts on their own connections at the same moment; each one's sentence or 'done'."""
    barrier, told = threading.Barrier(len(acts)), ["" for _ in acts]

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=10)
            act()
            told[place] = "done"
        except RefusedError as error:
            told[place] = error.sentence
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return told


def test_both_seal_in_the_same_instant_again_and_again() -> None:
    times = examples(15, thorough=200)
    hall = open_hall(cases=times)
    for user in hall.experts[:2]:
        with reading_as(user):
            Mark.objects.bulk_create(
                Mark(sheet=sheet, item=item, deduction=0)
                for sheet in ScoreSheet.objects.all()
                for item in hall.standard.items.filter(veto=False)
            )
    for serial in range(1, times + 1):
        one, other = (hall.sheet(user, serial) for user in hall.experts[:2])
        told = at_once(
            partial(marking.seal_sheet, one, by=hall.leader),
            partial(marking.seal_sheet, other, by=hall.member),
        )
        assert told == ["done", "done"]
    assert ScoreSheet.objects.revealed().count() == 2 * times
    assert confirm_agreements(hall.plan, by=hall.leader) == times


def test_leader_s_ruling_against_an_agreement_grades_exactly_once() -> None:
    times = examples(5, thorough=12)
    hall = differing(cases=times)
    outcomes = set()
    for serial in range(1, times + 1):
        drawn = hall.drawn(serial)
        first = propose_grade(drawn, grade="优良", reason="好", by=hall.leader)
        answer_proposal(first, agree=False, reason="不足", by=hall.member)
        again = propose_grade(drawn, grade="合格", reason="折中", by=hall.leader)
        told = at_once(
            partial(rule_grade, drawn, grade="优良", reason="定", by=hall.leader),
            partial(answer_proposal, again, agree=True, by=hall.member),
        )
        assert sorted(word == "done" for word in told) == [False, True]
        assert "已定等次" in next(word for word in told if word != "done")
        grading = Grading.objects.get(drawn_case=drawn)
        outcomes.add((grading.outcome, grading.grade))
        answered = Proposal.objects.get(pk=again.pk).answer
        assert (grading.outcome == "agreed") == (answered == "agreed")
    assert outcomes <= {("ruling", "优良"), ("agreed", "合格")}


def test_two_windows_of_one_expert_lose_nothing() -> None:
    hall = open_hall(cases=1)
    sheet, item = hall.sheet(hall.leader), hall.item("A1")
    for version in range(10):
        told = at_once(
            *(
                lambda amount=amount, version=version: marking.save_mark(
                    sheet, item=item, deduction=Decimal(amount), version=version, by=hall.leader
                )
                for amount in ("1", "2")
            )
        )
        assert sorted(word == "done" for word in told) == [False, True]
    with reading_as(hall.leader):
        assert sheet.marks.get().version == 10
