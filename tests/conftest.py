"""What every test stands on: real PostgreSQL, and the application's own role in it.

The owner builds the database; then every connection, those of threads too, runs as
`wanzhou_app`, so that a test meets the same refusals as a page.
"""

import os
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.db.backends.postgresql.operations import DatabaseOperations
from hypothesis import HealthCheck, settings

from tests.pace import examples
from wanzhou_eval.database import APP, OWNER, grant_roles

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs an event loop
settings.register_profile(
    "wanzhou",  # no deadlines: a busy machine is no defect of the product
    max_examples=examples(50, thorough=200),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("wanzhou")
MADE_BY_MIGRATE = {"django_content_type", "auth_permission"}
"""No test writes them; Django would fill them anew after every flush."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Generator[None, None, None]:
    """After the owner has built the database, take the application's role for the tests."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        grant_roles(cursor)
        _take(APP)
    yield
    with django_db_blocker.unblock():
        _take(OWNER)


def _take(role: str) -> None:
    """Switch this connection and all later ones."""
    connections.settings["default"]["OPTIONS"]["assume_role"] = role
    connection.settings_dict["OPTIONS"]["assume_role"] = role
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")


@contextmanager
def _owner() -> Iterator[None]:
    _take(OWNER)
    try:
        yield
    finally:
        if not connection.needs_rollback:
            _take(APP)


@pytest.fixture
def as_owner(db: None) -> Any:
    """A context manager: `with as_owner():` runs as the owner of the tables."""
    return _owner


@pytest.fixture(autouse=True, scope="session")
def _flush_as_owner() -> Generator[None, None, None]:
    """Let `transaction=True` tests empty the tables: the owner may, and triggers stay silent.

    Most of the sixty tables are empty then; to delete the rows of the others takes a tenth of
    the time that truncating all of them takes.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", _sql_flush)
        patch.setattr(DatabaseOperations, "execute_sql_flush", _execute_sql_flush)
        yield


def _sql_flush(
    self: DatabaseOperations, style: Any, tables: Sequence[str], **options: bool
) -> list[str]:
    """The statements that empty the tables; no test needs the numbers to begin at 1 again."""
    return [f"DELETE FROM {self.quote_name(table)}" for table in _filled(self, tables)]


def _execute_sql_flush(self: DatabaseOperations, sql_list: Iterable[str]) -> None:
    with transaction.atomic(using=self.connection.alias), self.connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {OWNER}")
        cursor.execute("SET LOCAL session_replication_role = replica")
        for sql in sql_list:
            cursor.execute(sql)


def _filled(ops: DatabaseOperations, tables: Sequence[str]) -> list[str]:
    """Those of the tables that hold a row, in one question to the server."""
    parts = (
        f"(SELECT '{table}' FROM {ops.quote_name(table)} LIMIT 1)"
        for table in tables
        if table not in MADE_BY_MIGRATE
    )
    with transaction.atomic(using=ops.connection.alias), ops.connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {OWNER}")  # the rows' own rules hide some of them
        cursor.execute(" UNION ALL ".join(parts))
        return [name for (name,) in cursor.fetchall()]
