"""Three database roles, so that no fault of a page can undo a sealed fact.

`wanzhou_owner` owns the tables and migrates; `wanzhou_app` is the role of every web request and
may neither change nor delete append-only rows; `wanzhou_reader` reads (审计). Logins are either
these roles themselves (embedded, or a server with passwords for each) or one login that is a
member of all three and takes the role at connection (`assume_role`).
"""

from typing import Any, Protocol

import environ
import psycopg2

OWNER = "wanzhou_owner"
APP = "wanzhou_app"
READER = "wanzhou_reader"

APPEND_ONLY_TABLES: tuple[str, ...] = (
    "wanzhou_eval_auditevent",
    "wanzhou_eval_calendaredition",
    "cases_cleaningline",
    "cases_correction",
    "cases_removal",
    "experts_recusal",
    "experts_recusalwithdrawal",
    "evaluations_stageentry",
    "evaluations_drawevent",
    "evaluations_panel",
    "evaluations_alternate",
    "evaluations_assignment",
    "evaluations_filemovement",
    "evaluations_undertaking",
    "evaluations_declaredrelation",
    "evaluations_training",
    "evaluations_attendance",
    "evaluations_trialfile",
    "evaluations_sheetnote",
    "evaluations_paperscan",
    "evaluations_grading",
    "evaluations_reviewgrading",
    "evaluations_publication",
    "evaluations_publicationline",
    "evaluations_publicationplace",
    "evaluations_allowancesheet",
    "evaluations_documenttemplate",
    "evaluations_panelreport",
    "evaluations_reminder",
    "evaluations_nudge",
    "appeals_appealfile",
    "appeals_reviewpanel",
    "appeals_recoverypayment",
    "appeals_rectificationproof",
    "appeals_yeararchive",
)
"""Rows are added and read, never changed: SELECT and INSERT only for the application."""
SEALABLE_TABLES: tuple[str, ...] = (
    "cases_frame",
    "cases_case",
    "cases_casehandler",
    "cases_exclusion",
    "experts_yearabsence",
    "cases_rejectedrow",
    "cases_absence",
    "cases_rowchange",
    "evaluations_plan",
    "evaluations_draw",
    "evaluations_drawncase",
    "evaluations_panelmember",
    "evaluations_replacementrequest",
    "evaluations_scoringstandard",
    "evaluations_item",
    "evaluations_gradeband",
    "evaluations_deductionreason",
    "evaluations_scoresheet",
    "evaluations_sheetcontent",
    "evaluations_mark",
    "evaluations_papertyping",
    "evaluations_trial",
    "evaluations_trialsheet",
    "evaluations_proposal",
    "evaluations_approval",
    "evaluations_allowancepayment",
    "evaluations_report",
    "appeals_appeal",
    "appeals_appealground",
    "appeals_recovery",
    "appeals_inquiry",
    "appeals_rectification",
)
"""Rows are edited until a trigger seals them: ordinary grants, named here for the record."""
OWNER_ONLY_TABLES: tuple[str, ...] = (
    "django_migrations",
    "evaluations_caseresult",
    "evaluations_itemtally",
)
"""Written by migrations and by triggers in the name of the owner; the application reads them."""
NOT_FOR_THE_APPLICATION: dict[str, str] = {
    "evaluations_scoresheet": "DELETE",
    "evaluations_sheetcontent": "INSERT, DELETE",
}
"""What no page may do to rows that have rules of their own: a refusal, not a silent nothing."""
TOLD_COLUMNS: dict[str, tuple[str, ...]] = {"evaluations_scoresheet": ("begun", "sealed", "paper")}
"""Columns that a trigger alone keeps: what is revealed depends on them (背靠背)."""
HIDDEN_FROM_READER: tuple[str, ...] = ("django_session",)
"""Tables that hold keys to accounts: not even the auditor's role reads them."""

SERVER_OPTIONS = (
    "-c lock_timeout=3s -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s"
    " -c jit=off"  # to compile a page's statement takes longer than to run it
)
OWNER_OPTIONS = "-c lock_timeout=10s -c statement_timeout=0"


class Cursor(Protocol):
    """What the grants need of a database cursor."""

    def execute(self, sql: str, params: Any = None) -> Any:
        """Run one statement."""

    def fetchall(self) -> Any:
        """Return the rows of the last statement."""


def connection_settings(*, app: str, owner: str, test_name: str) -> dict[str, dict[str, Any]]:
    """Django's `DATABASES` from one or two addresses.

    `owner` may be empty: then the application's login serves for both and takes the roles.
    `test_name` names the database that the tests build; they start as the owner, see
    tests/conftest.py.
    """
    settings = {
        "default": _alias(owner if test_name and owner else app, SERVER_OPTIONS, role=APP),
        "owner": _alias(owner or app, OWNER_OPTIONS, role=OWNER),
    }
    if test_name:
        settings["default"]["OPTIONS"]["assume_role"] = OWNER
        settings["default"]["TEST"] = {"NAME": test_name, "TEMPLATE": "template0"}
        settings["owner"]["TEST"] = {"MIRROR": "default"}
    return settings


def _alias(url: str, options: str, *, role: str) -> dict[str, Any]:
    parsed: dict[str, Any] = environ.Env.db_url_config(url)
    parsed |= {
        "ENGINE": "django.db.backends.postgresql",
        "TIME_ZONE": "Asia/Shanghai",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **parsed.get("OPTIONS", {}),
            "options": options,
            "client_encoding": "UTF8",
            "application_name": role,
        },
    }
    if parsed.get("USER") != role:
        parsed["OPTIONS"]["assume_role"] = role
    return parsed


def plain_connection(url: str) -> Any:
    """Connect by the address alone, taking no role: before the roles exist."""
    parsed = environ.Env.db_url_config(url)
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host"}
    given = {names[key]: parsed[key] for key in names if parsed.get(key)}
    port = {"port": parsed["PORT"]} if parsed.get("PORT") else {}
    return psycopg2.connect(**given, **port, **parsed.get("OPTIONS", {}))


def create_roles(cursor: Cursor, *, may_create_databases: bool = False) -> None:
    """Create the three roles and their memberships; may be repeated.

    Needs a login that may create roles. The owner may create databases for the tests only.
    """
    for role in (OWNER, APP, READER):
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if not cursor.fetchall():
            cursor.execute(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB")
    cursor.execute(f"GRANT {READER} TO {APP}")
    cursor.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
    ((login, superuser),) = cursor.fetchall()
    if not superuser and login not in {OWNER, APP, READER}:
        cursor.execute(f'GRANT {OWNER}, {APP}, {READER} TO "{login}"')
    if may_create_databases:
        cursor.execute(f"ALTER ROLE {OWNER} CREATEDB")
        cursor.execute(f"GRANT {APP} TO {OWNER}")
        cursor.execute(f"GRANT SET ON PARAMETER session_replication_role TO {OWNER}")


def open_schema(cursor: Cursor) -> None:
    """Let the owner build tables here and nobody else; needs the database's own owner."""
    cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    cursor.execute(f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}")
    cursor.execute(f"GRANT USAGE ON SCHEMA public TO {APP}, {READER}")
    cursor.execute("SELECT quote_ident(current_database())")
    ((database,),) = cursor.fetchall()
    cursor.execute(f"GRANT CREATE, TEMPORARY ON DATABASE {database} TO {OWNER}")


def grant_reading(cursor: Cursor) -> None:
    """Let tables that migrations are about to make be read; the rest is granted after them."""
    defaults = "ALTER DEFAULT PRIVILEGES IN SCHEMA public"
    cursor.execute(f"{defaults} GRANT SELECT ON TABLES TO {APP}, {READER}")


def grant_roles(cursor: Cursor) -> None:
    """Give the application and the reader what they need and no more; runs as the owner."""
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    tables = {name for (name,) in cursor.fetchall()}
    both = f"{APP}, {READER}"
    for scope in ("TABLES", "SEQUENCES"):
        cursor.execute(f"REVOKE ALL ON ALL {scope} IN SCHEMA public FROM PUBLIC, {both}")
    cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {both}")
    cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP}")
    cursor.execute(f"GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP}")
    for name in sorted(tables.intersection(APPEND_ONLY_TABLES)):
        cursor.execute(f'REVOKE UPDATE, DELETE ON "{name}" FROM {APP}')
    for name in sorted(tables.intersection(OWNER_ONLY_TABLES)):
        cursor.execute(f'REVOKE INSERT, UPDATE, DELETE ON "{name}" FROM {APP}')
    for name in sorted(tables.intersection(HIDDEN_FROM_READER)):
        cursor.execute(f'REVOKE ALL ON "{name}" FROM {READER}')
    for name in sorted(tables.intersection(NOT_FOR_THE_APPLICATION)):
        cursor.execute(f'REVOKE {NOT_FOR_THE_APPLICATION[name]} ON "{name}" FROM {APP}')
    protect_told_columns(cursor, tables)
    protect_views(cursor)
    pin_triggers(cursor)


def protect_told_columns(cursor: Cursor, tables: set[str]) -> None:
    """Let the application change the other columns of these tables only."""
    for table in sorted(tables.intersection(TOLD_COLUMNS)):
        cursor.execute(
            "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " AND attname <> ALL (%s)",
            [table, list(TOLD_COLUMNS[table])],
        )
        ((columns,),) = cursor.fetchall()
        cursor.execute(f'REVOKE UPDATE ON "{table}" FROM {APP}')
        cursor.execute(f'GRANT UPDATE ({columns}) ON "{table}" TO {APP}')


def protect_views(cursor: Cursor) -> None:
    """Let views be read only: a write through one would be the owner's, past every row's rule."""
    cursor.execute("SELECT viewname FROM pg_views WHERE schemaname = 'public'")
    for (name,) in cursor.fetchall():
        cursor.execute(f'REVOKE INSERT, UPDATE, DELETE ON "{name}" FROM {APP}')


def pin_triggers(cursor: Cursor) -> None:
    """Let the triggers look into our tables only.

    A session's temporary tables come first otherwise: an empty one called `cases_frame` would
    make every sealed frame look open.
    """
    cursor.execute(
        "SELECT oid::regprocedure::text FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace AND prorettype = 'trigger'::regtype"
        " AND proconfig IS NULL AND pg_get_userbyid(proowner) = current_user"
    )
    for (function,) in cursor.fetchall():
        cursor.execute(f"ALTER FUNCTION {function} SET search_path = public, pg_temp")
