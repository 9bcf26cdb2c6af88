"""Settings and the three database roles: what production refuses, what each role may do."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from wanzhou_eval import checks
from wanzhou_eval.database import (
    APP,
    APPEND_ONLY_TABLES,
    HIDDEN_FROM_READER,
    OWNER,
    OWNER_ONLY_TABLES,
    READER,
    TOLD_COLUMNS,
    connection_settings,
)
from wanzhou_eval.models import User

ROOT = Path(__file__).resolve().parent.parent.parent
KEY = "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
OURS = (
    *("SECRET_KEY", "WANZHOU_REHEARSAL", "WANZHOU_HTTPS", "DEBUG", "PYTEST_VERSION"),
    "DJANGO_ALLOW_ASYNC_UNSAFE",
)


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A process of its own: settings are read once per process."""
    clean = {key: value for key, value in os.environ.items() if key not in OURS}
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env=clean | environment,
        text=True,
    )


def setting(name: str, **environment: str) -> str:
    code = f"from django.conf import settings; print(repr((settings.{name})))"
    done = run("-c", code, DJANGO_SETTINGS_MODULE="wanzhou_eval.settings", **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def address_of_the_database() -> str:
    """The address of the database under test, for a process of its own."""
    options: dict[str, Any] = connection.settings_dict["OPTIONS"]
    folder = options["host"].replace("/", "%2F")
    return f"postgres://{APP}@/{connection.settings_dict['NAME']}?host={folder}"


def test_production_without_a_secret_key_is_refused_with_the_remedy() -> None:
    done = run("manage.py", "check", WANZHOU_REHEARSAL="0", DATABASE_URL="postgres://a@b/c")
    assert done.returncode == 1
    assert "正式运行必须设置 SECRET_KEY（至少 50 个随机字符）。请运行" in done.stderr


def test_a_secret_key_makes_it_production() -> None:
    names = "REHEARSAL, settings.DEBUG, settings.SESSION_COOKIE_NAME, settings.SECURE_SSL_REDIRECT"
    assert setting(names) == "(True, False, 'wanzhou_session', False)"
    produced = setting(names, SECRET_KEY=KEY, DEBUG="1")
    assert produced == "(False, False, '__Host-wanzhou_session', True)"


@pytest.mark.django_db
@pytest.mark.skipif(os.environ.get("DATABASE_URL", "") != "", reason="只在内置的测试数据库上检查")
def test_a_production_deployment_passes_every_check() -> None:
    done = run(
        *("manage.py", "check", "--deploy", "--fail-level", "WARNING", "--database", "default"),
        SECRET_KEY=KEY,
        ALLOWED_HOSTS="pinggu.example",
        DATABASE_URL=address_of_the_database(),
    )
    assert done.stderr == ""
    assert done.stdout == "System check identified no issues (0 silenced).\n"
    assert done.returncode == 0


@pytest.mark.django_db
def test_a_rehearsal_account_is_refused_in_production(settings: Any) -> None:
    User.objects.create_user("bureau", "wanzhou-2022", name="甲", role="bureau", rehearsal=True)
    assert list(checks.no_rehearsal_accounts(None)) == []
    settings.REHEARSAL = False
    (error,) = checks.no_rehearsal_accounts(None)
    assert error.id == "wanzhou.E003"
    assert error.msg == "数据库里有演练账号：bureau。它们的密码是公开的，不能用于正式运行。"
    assert error.hint == "请运行 WANZHOU_REHEARSAL=1 manage.py demo --reset，或换一个空的数据库。"


def test_a_short_secret_key_is_refused_in_production(settings: Any) -> None:
    settings.REHEARSAL, settings.SECRET_KEY = False, "x" * 49
    (error,) = checks.secret_key_is_long(None)
    assert (error.id, error.msg) == ("wanzhou.E001", "SECRET_KEY 太短（49 个字符）。")
    settings.SECRET_KEY = "x" * 50
    assert list(checks.secret_key_is_long(None)) == []


@pytest.mark.django_db
def test_a_login_that_can_become_the_owner_is_pointed_out() -> None:
    (info,) = checks.pages_do_not_run_as_owner(None)  # the tests' login is the owner
    assert info.id == "wanzhou.I001"


def test_one_login_serves_both_doors_by_taking_the_roles() -> None:
    found = connection_settings(app="postgres://me:pw@db/wz", owner="", test_name="")
    roles = {alias: door["OPTIONS"].get("assume_role") for alias, door in found.items()}
    assert roles == {"default": APP, "owner": OWNER}
    assert {(door["USER"], door["HOST"], door["NAME"]) for door in found.values()} == {
        ("me", "db", "wz")
    }


def test_two_logins_need_no_switching() -> None:
    found = connection_settings(
        app="postgres://wanzhou_app:a@db/wz", owner="postgres://wanzhou_owner:o@db/wz", test_name=""
    )
    assert [door["USER"] for door in found.values()] == [APP, OWNER]
    assert [door["OPTIONS"].get("assume_role") for door in found.values()] == [None, None]


def ask(sql: str, *parameters: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


@pytest.mark.django_db
def test_the_tests_meet_the_database_as_the_application() -> None:
    assert ask("SELECT current_user, current_setting('timezone')") == [(APP, "Asia/Shanghai")]
    limits = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
    assert [ask("SELECT current_setting(%s)", name)[0][0] for name in limits] == [
        "3s",
        "30s",
        "1min",
    ]


RIGHTS = """
SELECT relname, string_agg(p, ' ' ORDER BY p)
FROM pg_class, unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE','TRUNCATE','TRIGGER']) p
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND has_table_privilege(%s, oid, p)
GROUP BY relname
"""


@pytest.mark.django_db
def test_the_application_may_not_change_what_is_only_added() -> None:
    rights = dict(ask(RIGHTS, APP))
    added = {name for name, held in rights.items() if held == "INSERT SELECT"}
    # A sheet is made and changed column by column: what a trigger keeps of it, no page writes.
    assert added == {*APPEND_ONLY_TABLES, *TOLD_COLUMNS}
    assert {name for name, held in rights.items() if held == "SELECT"} == set(OWNER_ONLY_TABLES)
    rest = {name: held for name, held in rights.items() if "UPDATE" in held}
    assert rest.pop("evaluations_sheetcontent") == "SELECT UPDATE"
    assert set(rest.values()) == {"DELETE INSERT SELECT UPDATE"}


@pytest.mark.django_db
def test_the_reader_reads_and_nothing_else() -> None:
    rights = dict(ask(RIGHTS, READER))
    assert set(rights.values()) == {"SELECT"}
    assert set(connection.introspection.table_names()) - set(rights) == set(HIDDEN_FROM_READER)


@pytest.mark.django_db
def test_every_append_only_trigger_has_its_grant() -> None:
    guarded = ask(
        "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger"
        " WHERE tgfoid = 'append_only'::regproc"
    )
    assert {name for (name,) in guarded} <= set(APPEND_ONLY_TABLES)


@pytest.mark.django_db
def test_the_application_is_nobody_special() -> None:
    special = "rolsuper OR rolcreaterole OR rolreplication OR rolbypassrls"
    assert ask(f"SELECT rolname FROM pg_roles WHERE rolname LIKE 'wanzhou%%' AND ({special})") == []
    assert ask("SELECT pg_has_role(%s, %s, 'MEMBER')", APP, OWNER) == [(False,)]
    assert ask("SELECT has_schema_privilege(%s, 'public', 'CREATE')", APP) == [(False,)]
