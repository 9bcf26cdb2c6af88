"""A database that an earlier version built is told at the start, not page by page."""

from typing import Any

import pytest
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from wanzhou_eval import schema
from wanzhou_eval.management.commands.set_up import refuse_older

pytestmark = pytest.mark.django_db


def test_a_database_of_another_version_is_refused_with_the_remedy(as_owner: Any) -> None:
    with as_owner(), connection.cursor() as cursor:
        with pytest.raises(CommandError, match="第一版发布以前不能升级：演练数据请停下程序，删去"):
            refuse_older(cursor)  # nothing is noted in it: older than the note
        schema.keep(cursor)
        refuse_older(cursor)
        cursor.execute("COMMENT ON TABLE django_migrations IS 'another'")
        assert schema.is_older(cursor)
        cursor.execute("ALTER TABLE django_migrations RENAME TO other")
        refuse_older(cursor)  # an empty database is new
        schema.keep(cursor)
        assert not MigrationRecorder(connection).applied_migrations()
        refuse_older(cursor)  # a migration that broke off is gone on with
