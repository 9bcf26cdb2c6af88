"""The audit trail: chained, stamped, append-only."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from wanzhou_eval.audit import record_event
from wanzhou_eval.models import AuditEvent
from wanzhou_eval.queries import chain_state

pytestmark = pytest.mark.django_db


def test_events_are_numbered_stamped_and_chained_by_the_database() -> None:
    record_event("first", by=None, target="甲", detail={"n": 1})
    record_event("second", by=None, target="乙", year=2022)
    second, first = AuditEvent.objects.all()
    assert (first.seq, second.seq) == (1, 2)
    assert first.prev == "0" * 64
    assert second.prev == first.hash
    assert second.at >= first.at
    assert chain_state().length == 2
    assert chain_state().broken_at is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE wanzhou_eval_auditevent SET target = '丙'",
        "DELETE FROM wanzhou_eval_auditevent",
        "TRUNCATE wanzhou_eval_auditevent",
        "ALTER TABLE wanzhou_eval_auditevent DISABLE TRIGGER ALL",
    ],
)
def test_the_application_can_not_change_the_trail(statement: str) -> None:
    record_event("first", by=None, target="甲")
    with pytest.raises(Exception, match="permission denied|must be owner"):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert AuditEvent.objects.get().target == "甲"


def test_even_the_owner_is_refused_by_the_trigger(as_owner: Any) -> None:
    record_event("first", by=None, target="甲")
    with as_owner(), pytest.raises(IntegrityError, match="审计记录一经记录不能修改或删除"):
        with transaction.atomic():
            AuditEvent.objects.update(target="丙")


def test_a_line_changed_behind_the_triggers_is_named(as_owner: Any) -> None:
    for name in ("甲", "乙", "丙"):
        record_event("act", by=None, target=name)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE wanzhou_eval_auditevent DISABLE TRIGGER USER")
        cursor.execute("UPDATE wanzhou_eval_auditevent SET target = '丁' WHERE seq = 2")
    assert chain_state().broken_at == 2
