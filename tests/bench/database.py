"""A database of its own for the measurements, on the tests' server; gone at the next run."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager

from wanzhou_eval import embedded
from wanzhou_eval.database import OWNER, create_roles, open_schema, plain_connection

NAME = "bench_wanzhou"


@contextmanager
def bench_database() -> Iterator[None]:
    """Start the tests' server, make an empty database, point the settings at it."""
    os.environ["WANZHOU_REHEARSAL"] = "1"
    with embedded.in_use(embedded.TEST):
        _create()
        for name, user in (("DATABASE_URL", "wanzhou_app"), ("DATABASE_OWNER_URL", OWNER)):
            os.environ[name] = embedded.TEST.url(user=user, database=NAME)
        yield


def _create() -> None:
    admin = embedded.TEST.url(user="postgres", database="postgres")
    with closing(plain_connection(admin)) as server:
        server.autocommit = True
        with server.cursor() as cursor:
            create_roles(cursor, may_create_databases=True)
            cursor.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {NAME} OWNER {OWNER} TEMPLATE template0")
    inside = plain_connection(embedded.TEST.url(user="postgres", database=NAME))
    with closing(inside) as database, database, database.cursor() as cursor:
        open_schema(cursor)
