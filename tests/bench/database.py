"""A database of its own for the measurements, on the tests' server; dropped at the end."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager

from wanzhou_eval import embedded
from wanzhou_eval.database import OWNER, create_roles, open_schema, plain_connection

NAME = f"bench_wanzhou_{os.getpid()}"  # two runs at a time leave each other alone


@contextmanager
def bench_database() -> Iterator[None]:
    """Start the tests' server, make an empty database, point the settings at it."""
    os.environ["WANZHOU_REHEARSAL"] = "1"
    with embedded.in_use(embedded.TEST):
        _as_superuser(create=True)
        for name, user in (("DATABASE_URL", "wanzhou_app"), ("DATABASE_OWNER_URL", OWNER)):
            os.environ[name] = embedded.TEST.url(user=user, database=NAME)
        try:
            yield
        finally:
            _as_superuser(create=False)


def _as_superuser(*, create: bool) -> None:
    """Make the database, or drop it."""
    admin = embedded.TEST.url(user="postgres", database="postgres")
    with closing(plain_connection(admin)) as server:
        server.autocommit = True
        with server.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
            if not create:
                return
            create_roles(cursor, may_create_databases=True)
            cursor.execute(f"CREATE DATABASE {NAME} OWNER {OWNER} TEMPLATE template0")
    inside = plain_connection(embedded.TEST.url(user="postgres", database=NAME))
    with closing(inside) as database, database, database.cursor() as cursor:
        open_schema(cursor)
