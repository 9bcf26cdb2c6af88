"""Make the database ready: roles, tables, rights, reference data. May be repeated at any time."""

from argparse import ArgumentParser
from contextlib import closing
from typing import Any, ClassVar

import psycopg2
from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.db.backends.utils import CursorWrapper

from wanzhou_eval import embedded, schema
from wanzhou_eval.database import (
    OWNER,
    create_roles,
    grant_reading,
    grant_roles,
    open_schema,
    plain_connection,
)

DATABASE = "wanzhou"
REMEDY = (
    "数据库角色还没有建立，当前登录名也无权建立。请用数据库管理员的地址运行一次："
    "manage.py set_up --admin-url postgres://管理员:密码@主机/库名"
)


class Command(BaseCommand):
    requires_system_checks: ClassVar = []  # type: ignore[misc]  # the tables may be missing yet
    help = "建立数据库角色、表、权限和基础数据；可以重复运行。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--admin-url", default="", help="有权建立角色的数据库管理员地址")

    def handle(self, *, admin_url: str, verbosity: int, **options: Any) -> None:
        if settings.EMBEDDED:
            prepare_embedded()
        else:
            prepare_server(admin_url or settings.DATABASE_URL)
        with connections["owner"].cursor() as cursor:
            refuse_older(cursor)
            schema.keep(cursor)  # first, so that a migration that broke off is gone on with
            grant_reading(cursor)
        call_command("migrate", database="owner", interactive=False, verbosity=verbosity - 1)
        with connections["owner"].cursor() as cursor:
            grant_roles(cursor)
        connections["owner"].close()
        for command in ("load_reference", "load_words"):
            if command in get_commands():
                call_command(command, verbosity=verbosity - 1)
        if verbosity:
            self.stdout.write("数据库已经就绪。")


def refuse_older(cursor: CursorWrapper) -> None:
    """Raise `CommandError` with the remedy where an earlier version built the tables."""
    if schema.is_older(cursor):
        here = schema.REMEDY_HERE.format(folder=embedded.MAIN.home)
        raise CommandError(
            schema.OLDER.format(remedy=here if settings.EMBEDDED else schema.REMEDY_SERVER)
        )


def prepare_embedded() -> None:
    """Roles and database of the embedded server, as its superuser."""
    cluster = embedded.TEST if settings.TESTING else embedded.MAIN
    with closing(plain_connection(cluster.url(user="postgres", database="postgres"))) as server:
        server.autocommit = True
        with server.cursor() as cursor:
            create_roles(cursor)
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if not cursor.fetchall():
                cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER} TEMPLATE template0")
    inside = closing(plain_connection(cluster.url(user="postgres", database=DATABASE)))
    with inside as database, database, database.cursor() as cursor:
        open_schema(cursor)


def prepare_server(url: str) -> None:
    """Roles and rights on a server of the office; silent where they stand already.

    Raises `CommandError` with the remedy when the login may not create what is missing.
    """
    try:
        with (
            closing(plain_connection(url)) as connection,
            connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "SELECT coalesce(bool_or(rolsuper OR rolcreaterole), false) FROM pg_roles"
                " WHERE rolname = current_user"
            )
            ((may_create,),) = cursor.fetchall()
            if may_create:
                create_roles(cursor)
                open_schema(cursor)
            else:
                _require_roles(cursor)
    except psycopg2.OperationalError as error:
        raise CommandError(f"连不上数据库，请检查 DATABASE_URL：{error}") from error


def _require_roles(cursor: Any) -> None:
    cursor.execute(
        "SELECT count(*) FROM pg_roles WHERE rolname = ANY(%s)",
        [["wanzhou_owner", "wanzhou_app", "wanzhou_reader"]],
    )
    if cursor.fetchall() != [(3,)]:
        raise CommandError(REMEDY)
