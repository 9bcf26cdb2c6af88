"""演练 by 逐项评等次: the same year from the first sheet to the archive, every invariant holds."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from appeals.management.commands.verify_records import CHECKS
from evaluations.models import Grading, ItemTally, Mark, Plan, ScoreSheet, ScoringStandard
from evaluations.rules.stages import Stage
from tests.year import year_until
from wanzhou_eval.readers import verifying


@pytest.fixture(scope="module")
def plan(django_db_setup: None, django_db_blocker: Any) -> Iterator[Plan]:
    with year_until(Stage.CLOSED, django_db_blocker, cases=24, method="levels") as plan:
        yield plan


def test_the_whole_year_runs_by_levels(db: None, plan: Plan) -> None:
    assert plan.by_level
    assert set(ScoringStandard.objects.values_list("method", flat=True)) == {"points", "levels"}
    with verifying():
        marks = Mark.objects.filter(state="", item__veto=False)
        assert marks.filter(level__isnull=True).count() == 0
        assert marks.filter(deduction__isnull=False).count() == 0
        paper = ScoreSheet.objects.filter(paper=True, sealed=True).select_related("content")
        assert [sheet.overall is not None for sheet in paper] == [True]
    grades = Counter(Grading.objects.filter(version=1).values_list("grade", flat=True))
    assert sum(grades.values()) == 24, grades
    assert grades["优良"] > grades["合格"], grades
    assert ItemTally.objects.filter(level_1__gt=0).exists()


def test_every_invariant_holds(db: None, plan: Plan) -> None:
    with verifying():
        assert [check.code for check in CHECKS if not check.run([plan]).ok] == []
