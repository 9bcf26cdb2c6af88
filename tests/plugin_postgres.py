"""Starts the tests' own PostgreSQL before Django's settings are read (loaded with `-p`)."""

import atexit
import os
from collections.abc import Generator
from contextlib import ExitStack

import pytest

from wanzhou_eval import embedded
from wanzhou_eval.database import create_roles, plain_connection

_server = ExitStack()
atexit.register(_server.close)  # for runs that end before pytest is configured


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    """Have the server up with its roles before pytest-django looks for a database."""
    os.environ["WANZHOU_REHEARSAL"] = "1"
    server = os.environ.setdefault("DATABASE_URL", "")  # the one in .env is not for tests
    if not server:
        _server.enter_context(embedded.in_use(embedded.TEST))
    _create_roles(server or embedded.TEST.url(user="postgres", database="postgres"))
    return (yield)


def _create_roles(url: str) -> None:
    """Needs a superuser where `DATABASE_URL` names a server of one's own."""
    connection = plain_connection(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(2022)")
            create_roles(cursor, may_create_databases=True)
    finally:
        connection.close()


def pytest_unconfigure() -> None:
    """Leave the server; the last test run out stops it."""
    _server.close()
