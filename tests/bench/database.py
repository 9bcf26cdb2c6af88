"""A database of the bench's own in the tests' embedded server, made and dropped in one run."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import StringIO

from wanzhou_eval import embedded
from wanzhou_eval.database import OWNER, create_roles, plain_connection

NAME = f"bench_wanzhou_{os.getpid()}"  # two runs at a time leave each other alone
COLUMNS = 18
"""Of the ledger of the floor; cells beyond are left out, missing ones are empty."""
FLOOR_TABLES = """
CREATE TABLE bench_ledger (id bigserial PRIMARY KEY, {columns});
CREATE UNIQUE INDEX ON bench_ledger (c2);
CREATE INDEX ON bench_ledger (c9);
CREATE TABLE bench_row (id int PRIMARY KEY, n int NOT NULL, name text NOT NULL);
INSERT INTO bench_row VALUES (1, 0, '渝万援〔2022〕1号');
GRANT ALL ON bench_ledger, bench_row TO wanzhou_app;
GRANT ALL ON SEQUENCE bench_ledger_id_seq TO wanzhou_app;
"""


@contextmanager
def own_database() -> Iterator[None]:
    """Run the body in Django, connected as on a server, to an empty migrated database."""
    with embedded.in_use(embedded.TEST):
        _as_superuser(create=True)
        os.environ["WANZHOU_REHEARSAL"] = "1"
        os.environ["DATABASE_URL"] = _url("wanzhou_app")
        os.environ["DATABASE_OWNER_URL"] = _url(OWNER)
        os.environ["DJANGO_SETTINGS_MODULE"] = "wanzhou_eval.settings"
        try:
            _prepare()
            yield
        finally:
            _as_superuser(create=False)


def _url(user: str) -> str:
    return embedded.TEST.url(user=user, database=NAME)


def _as_superuser(*, create: bool) -> None:
    url = embedded.TEST.url(user="postgres", database="postgres")
    with closing(plain_connection(url)) as server:
        server.autocommit = True
        with server.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
            if create:
                create_roles(cursor)
                cursor.execute(f"CREATE DATABASE {NAME} OWNER {OWNER} TEMPLATE template0")


def _prepare() -> None:
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    call_command("set_up", admin_url=_url("postgres"), verbosity=1, stdout=StringIO())
    listed = ", ".join(f"c{n} text" for n in range(COLUMNS))
    with connections["owner"].cursor() as cursor:
        cursor.execute(FLOOR_TABLES.format(columns=listed))
    connections["owner"].close()
