"""A prepared year, built once per module by the actions and rolled back at the module's end.

`year_until` fills the 2022 rehearsal with the real ledger to a stage; `cases` keeps the marking
short. A module takes it with a fixture of its own:

    @pytest.fixture(scope="module")
    def plan(django_db_setup: None, django_db_blocker: Any) -> Iterator[Plan]:
        with year_until(Stage.PUBLISHED, django_db_blocker, cases=8) as plan:
            yield plan

Tests then ask for `db` beside it: what they write is rolled back after each.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.db import transaction

from appeals.rehearsal.year import STEPS, Rehearsal, draft, offer_levels
from evaluations.actions.plan import decide_size
from evaluations.models import Plan
from evaluations.rules.sizes import SizeDecision
from evaluations.rules.stages import Stage
from wanzhou_eval.statistics import take_statistics


@contextmanager
def year_until(
    stage: Stage, blocker: Any, *, cases: int = 76, method: str = "points"
) -> Iterator[Plan]:
    """The rehearsal year of 2022 at `stage` with `cases` drawn ones; gone afterwards."""
    with blocker.unblock(), transaction.atomic():
        call_command("load_reference", verbosity=0)
        year = draft(seed=2022, say=lambda sentence: None)
        if method == "levels":
            offer_levels(year, adopt=True)
        if stage is not Stage.DRAFT:
            walk(year, stage, cases=cases)
        take_statistics(*apps.get_models())  # autovacuum never sees an open transaction
        yield Plan.objects.select_related("frame", "standard").get(pk=year.plan.pk)
        transaction.set_rollback(True)


def walk(year: Rehearsal, to: Stage, *, cases: int) -> None:
    """Step by step up to a stage; the size is decided anew where fewer cases will do."""
    for stage, step in STEPS:
        step(year)
        year.plan.refresh_from_db()
        if stage is Stage.ISSUED and cases != year.plan.decided_size:
            decide_size(
                year.plan,
                decision=SizeDecision(
                    size=cases,
                    reason="试验用的小样本",
                    clause="方案第四条",
                    signer="演练局长",
                    document="万州司发〔2022〕11号",
                ),
                by=year.people["bureau"],
            )
        if stage is to:
            return
