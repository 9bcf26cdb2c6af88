"""What every test stands on: real PostgreSQL, and the application's own role in it.

The owner builds the database; then every connection, those of threads too, runs as
`wanzhou_app`, so that a test meets the same refusals as a page.
"""

import os
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.db.backends.base.operations import BaseDatabaseOperations

from wanzhou_eval.database import APP, OWNER, grant_roles

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs an event loop


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
    """Let `transaction=True` tests empty the tables: the owner may, and triggers stay silent."""
    original = BaseDatabaseOperations.execute_sql_flush

    def execute_sql_flush(self: BaseDatabaseOperations, sql_list: Iterable[str]) -> None:
        with transaction.atomic(using=self.connection.alias), self.connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {OWNER}")
            cursor.execute("SET LOCAL session_replication_role = replica")
            for sql in sql_list:
                cursor.execute(sql)

    BaseDatabaseOperations.execute_sql_flush = execute_sql_flush  # type: ignore[method-assign]
    yield
    BaseDatabaseOperations.execute_sql_flush = original  # type: ignore[method-assign]
