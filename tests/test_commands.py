"""`demo`: a year to any stage, the same by the same seed, and emptied without the real years."""

from datetime import date
from io import StringIO
from threading import Event, Thread
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, connections

from appeals.management.commands.demo import FILLING
from appeals.models import Appeal
from cases.models import Case, Frame
from evaluations.actions.plan import create_plan
from evaluations.models import DrawnCase, Plan, ScoreSheet, ScoringStandard
from experts.models import Expert
from tests.commands import run
from wanzhou_eval.models import AuditEvent, User

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture(autouse=True)
def _holidays() -> None:
    call_command("load_reference", verbosity=0)


def drawn(plan: Plan) -> list[str]:
    """The numbers of the drawn cases in the order of the draw."""
    cases = DrawnCase.objects.of(plan).order_by("rank")
    return list(cases.values_list("case__number", flat=True))


def real_year() -> Plan:
    """A real year beside the rehearsal."""
    values = {
        "year": 2031,
        "window_from": date(2031, 1, 1),
        "window_to": date(2031, 7, 31),
        "title": "万州区2031年度法律援助案件质量评估工作实施方案",
        "marking_from": date(2031, 8, 25),
        "marking_to": date(2031, 8, 29),
        "place": "区公共法律服务中心",
    }
    return create_plan(values=values, by=None)


def test_a_seed_gives_the_same_year_again_and_another_seed_another() -> None:
    code, out = run("demo", stage="drawn", seed=7)
    assert code == 0
    assert "2022年度演练已办到“已抽案”。" in out
    first = drawn(Plan.objects.get())
    assert len(first) == 76
    run("demo", stage="drawn", seed=7)
    assert drawn(Plan.objects.get()) == first
    run("demo", stage="drawn", seed=8)
    assert drawn(Plan.objects.get()) != first


def test_a_later_stage_replaces_the_rehearsal_and_a_reset_spares_the_real_year() -> None:
    run("demo", stage="draft")
    assert Plan.objects.get().stage == Plan.Stage.DRAFT
    assert Case.objects.count() == 0
    run("demo", stage="published")
    assert Plan.objects.get().stage == Plan.Stage.PUBLISHED
    assert ScoreSheet.objects.filter(sealed=True).count() == 152
    assert Appeal.objects.count() == 1
    assert_accounts_stand()
    real = real_year()
    events = AuditEvent.objects.count()
    code, out = run("demo", reset=True)
    assert code == 0
    assert out.startswith("已清空演练数据：")
    assert list(Plan.objects.all()) == [real]
    assert list(Frame.objects.all()) == [real.frame]
    assert (Case.objects.count(), Appeal.objects.count()) == (0, 0)
    assert ScoreSheet.objects.count() == 0
    assert Expert.objects.count() > 0  # the real year may draw from the pool
    assert ScoringStandard.objects.count() == 2  # one of each method
    assert AuditEvent.objects.count() == events + 1
    assert run("demo", reset=True)[0] == 0


def assert_accounts_stand() -> None:
    """The accounts that `make run` names, with their password."""
    names = set(User.objects.values_list("username", flat=True))
    assert {"admin", "bureau", "clerk", "leader", "auditor", "handler"} <= names
    assert {f"expert{n}" for n in range(1, 9)} <= names
    assert all(user.check_password("wanzhou-2022") for user in User.objects.all())


def test_without_a_real_year_a_reset_leaves_nothing_of_the_rehearsal() -> None:
    run("demo", stage="issued")
    run("demo", reset=True)
    for model in (Plan, Frame, Case, Expert, ScoringStandard, User):
        assert model.objects.count() == 0, model
    assert AuditEvent.objects.filter(action="empty_rehearsal").count() == 1


def test_a_real_year_and_a_rehearsal_do_not_mix() -> None:
    real = real_year()
    with pytest.raises(CommandError, match="库里已有正式年度，不能混入演练数据"):
        run("demo", stage="issued")
    assert list(Plan.objects.all()) == [real]
    assert User.objects.count() == 0


def test_a_production_machine_refuses(settings: Any) -> None:
    settings.REHEARSAL = False
    with pytest.raises(CommandError, match="这是正式运行的机器，不能建立演练数据"):
        run("demo", stage="draft")
    with pytest.raises(CommandError, match="这是正式运行的机器"):
        run("demo", reset=True)
    assert Plan.objects.count() == 0


def test_two_commands_fill_the_rehearsal_one_after_the_other() -> None:
    """`make run` makes the accounts at its first start; a `demo` beside it waits and says so."""
    ended = Event()
    told = StringIO()

    def beside() -> None:
        try:
            call_command("demo", stage="draft", stdout=told)
        finally:
            ended.set()
            connections.close_all()

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [FILLING])
        other = Thread(target=beside)
        other.start()
        waits = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = %s"
        while cursor.execute(waits, [FILLING]) or not cursor.fetchall():
            assert not ended.is_set()
        assert User.objects.count() == 0
        cursor.execute("SELECT pg_advisory_unlock(%s)", [FILLING])
    other.join(60)
    assert told.getvalue().startswith("另一条命令正在准备演练数据，等它办完再接着办")
    assert Plan.objects.get().stage == "draft"


def test_only_an_empty_database_is_prepared_at_the_first_start() -> None:
    real = real_year()
    assert run("demo", if_empty=True) == (0, "")
    assert list(Plan.objects.all()) == [real]
