"""What PostgreSQL refuses even when the application is wrong, on a published year.

Statements run as the application's role; where its grants already refuse, the trigger behind
is shown to hold for the owner as well.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import CheckConstraint, UniqueConstraint

from evaluations.models import Plan
from evaluations.rules.stages import MOVES, Stage
from experts.models import Expert
from tests.year import year_until
from wanzhou_eval.database import (
    APP,
    APPEND_ONLY_TABLES,
    OWNER,
    OWNER_ONLY_TABLES,
    READER,
    SEALABLE_TABLES,
)
from wanzhou_eval.readers import reading_as_person

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[1]
APPS = ("wanzhou_eval", "cases", "experts", "evaluations", "appeals")
SQL = "\n".join(
    (ROOT / app / "migrations" / "0001_triggers.sql").read_text(encoding="utf-8") for app in APPS
)
SEALED = "sealed_at IS NOT NULL"
REFUSED: list[tuple[str, str]] = [
    ("plan_move_lawful", "UPDATE evaluations_plan SET stage = 'draft'"),
    ("evaluations_plan_fixed", "UPDATE evaluations_plan SET year = 2030"),
    ("evaluations_plan_filled_once", "UPDATE evaluations_plan SET published_at = now()"),
    ("evaluations_plan_filled_once", "UPDATE evaluations_plan SET ended_at = now()"),
    ("plan_frozen", "UPDATE evaluations_plan SET decided_size = 5"),
    ("plan_frozen", "UPDATE evaluations_plan SET fee = 500"),
    ("plan_frozen", "UPDATE evaluations_plan SET appeal_workdays = 1"),
    ("plan_frozen", "UPDATE evaluations_plan SET marking_to = marking_to + 1"),
    ("evaluations_plan_never_deleted", "DELETE FROM evaluations_plan"),
    ("frame_sealed", "UPDATE cases_case SET kind = 'civil' WHERE kind = 'criminal'"),
    ("frame_sealed", "UPDATE cases_case SET number = number || 'x'"),
    ("frame_sealed", "DELETE FROM cases_casehandler"),
    ("frame_sealed", "UPDATE cases_exclusion SET case_id = NULL"),
    ("frame_sealed", "DELETE FROM cases_exclusion"),
    ("frame_sealed", "UPDATE cases_frame SET declared_total = 700"),
    ("frame_sealed", "UPDATE cases_frame SET sealed_at = NULL"),
    ("evaluations_draw_fixed", "UPDATE evaluations_draw SET freeze_hash = 'x'"),
    ("evaluations_draw_fixed", "UPDATE evaluations_draw SET code = code || 'x'"),
    ("evaluations_draw_filled_once", "UPDATE evaluations_draw SET seed = '1'"),
    ("evaluations_draw_filled_once", "UPDATE evaluations_draw SET result_text = 'x'"),
    ("evaluations_draw_filled_once", "UPDATE evaluations_draw SET signed_at = now()"),
    ("draw_filled_once", "UPDATE evaluations_draw SET witnesses = 'x'"),
    ("draw_reading", "UPDATE evaluations_draw SET announced = 0"),
    ("evaluations_draw_never_deleted", "DELETE FROM evaluations_draw"),
    ("evaluations_drawncase_fixed", "UPDATE evaluations_drawncase SET rank = rank + 1000"),
    ("evaluations_drawncase_fixed", "UPDATE evaluations_drawncase SET ticket = 'x'"),
    ("evaluations_drawncase_never_deleted", "DELETE FROM evaluations_drawncase"),
    ("sheet_sealed", "UPDATE evaluations_scoresheet SET withdrawn_at = now()"),
    ("sheet_sealed", "UPDATE evaluations_sheetcontent SET total = 100"),
    ("sheet_sealed", f"UPDATE evaluations_sheetcontent SET grade = 'x' WHERE {SEALED}"),
    ("sheet_sealed", "UPDATE evaluations_sheetcontent SET sealed_at = NULL"),
    ("sheet_sealed", "UPDATE evaluations_mark SET deduction = 0"),
    ("sheet_sealed", "DELETE FROM evaluations_mark"),
    ("standard_locked", "UPDATE evaluations_item SET full_marks = 1"),
    ("standard_locked", "DELETE FROM evaluations_deductionreason"),
    ("standard_locked", "UPDATE evaluations_gradeband SET floor = 0"),
    ("standard_locked", "UPDATE evaluations_scoringstandard SET name = 'x'"),
    ("evaluations_approval_filled_once", "UPDATE evaluations_approval SET decision = 'returned'"),
    ("evaluations_approval_never_deleted", "DELETE FROM evaluations_approval"),
    ("appeals_appeal_fixed", "UPDATE appeals_appeal SET received_at = now()"),
    ("appeals_appeal_fixed", "UPDATE appeals_appeal SET window_end = now()"),
    ("appeals_appeal_never_deleted", "DELETE FROM appeals_appeal"),
    ("appeals_appealground_fixed", "UPDATE appeals_appealground SET reason = 'x'"),
    ("appeals_appealground_never_deleted", "DELETE FROM appeals_appealground"),
    ("cases_importbatch_fixed", "UPDATE cases_importbatch SET sha256 = 'x'"),
    ("cases_importbatch_fixed", "UPDATE cases_importbatch SET uploaded_by_id = 0"),
    ("cases_importbatch_filled_once", "UPDATE cases_importbatch SET confirmed_at = now()"),
    ("cases_importbatch_filled_once", "UPDATE cases_importbatch SET confirmed_by_id = 0"),
    ("cases_importbatch_never_deleted", "DELETE FROM cases_importbatch"),
    ("draw_built_upon", "UPDATE evaluations_draw SET voided_at = now() WHERE kind = 'sample'"),
    ("draw_built_upon", "UPDATE evaluations_draw SET voided_at = now() WHERE kind = 'match'"),
    ("wanzhou_eval_user_never_deleted", "DELETE FROM wanzhou_eval_user"),
]


@pytest.fixture(scope="module", autouse=True)
def plan(django_db_setup: None, django_db_blocker: Any) -> Iterator[Plan]:
    with year_until(Stage.PUBLISHED, django_db_blocker, cases=8) as plan:
        yield plan


def run(statement: str) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.rowcount)


def rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize(("rule", "statement"), REFUSED, ids=[s[:70] for _, s in REFUSED])
def test_a_sealed_fact_stands(rule: str, statement: str) -> None:
    """Sheets are tried as their author: to anybody else they are not there to be changed."""
    reader = author() if rule == "sheet_sealed" else None
    with pytest.raises(IntegrityError) as told, reading_as_person(reader):
        run(statement)
    cause: Any = told.value.__cause__
    assert (cause.pgcode, cause.diag.constraint_name) == ("23001", rule)
    assert re.search("[一-鿿].*[。]$", cause.diag.message_primary)


def author() -> int:
    return Expert.objects.filter(sheets__sealed=True).values_list("person_id", flat=True)[0]


@pytest.mark.parametrize("table", ["evaluations_scoresheet", "evaluations_sheetcontent"])
def test_a_sheet_is_never_deleted(table: str, as_owner: Any) -> None:
    with pytest.raises(DatabaseError, match="permission denied"):
        run(f"DELETE FROM {table}")
    with as_owner(), pytest.raises(IntegrityError, match="评分表不能删除"):
        run(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", APPEND_ONLY_TABLES)
@pytest.mark.parametrize("act", ["DELETE FROM {0}", "UPDATE {0} SET {1} = {1}", "TRUNCATE {0}"])
def test_the_application_may_only_add(table: str, act: str) -> None:
    key = "seq" if table.endswith("auditevent") else "id"
    with pytest.raises(DatabaseError, match="permission denied"):
        run(act.format(table, key))


FILLED = [table for table in APPEND_ONLY_TABLES if not table.startswith("appeals_")]


@pytest.mark.parametrize("table", FILLED)
def test_the_owner_too_may_only_add(table: str, as_owner: Any) -> None:
    if rows(table) == 0:
        assert table in {
            "cases_correction",
            "cases_removal",
            "experts_recusal",
            "experts_recusalwithdrawal",
            "evaluations_drawevent",
            "evaluations_sheetnote",
            "evaluations_declaredrelation",
            "evaluations_allowancesheet",
            "evaluations_documenttemplate",
            "evaluations_paperscan",
            "evaluations_nudge",
            "evaluations_panelreport",
            "evaluations_reminder",
            "evaluations_reviewgrading",
        }
        return
    with as_owner(), pytest.raises(IntegrityError) as told:
        run(f"DELETE FROM {table}")
    cause: Any = told.value.__cause__
    assert (cause.pgcode, cause.diag.constraint_name) == ("23001", f"{table}_append_only")


def moves(to: Stage) -> bool:
    """Whether the trigger lets the plan go there."""
    try:
        run(f"UPDATE evaluations_plan SET stage = '{to.value}'")
    except IntegrityError:
        return False
    return True


@pytest.mark.parametrize("before", list(Stage))
def test_stages_move_as_the_rules_say(before: Stage, plan: Plan, as_owner: Any) -> None:
    lawful = set()
    with as_owner():
        for after in Stage:
            if after is before:
                continue
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")
                cursor.execute("UPDATE evaluations_plan SET stage = %s", [before.value])
                cursor.execute("SET LOCAL session_replication_role = origin")
                if moves(after):
                    lawful.add(after)
                transaction.set_rollback(True)
    assert lawful == MOVES[before]


@pytest.mark.parametrize("table", [*APPEND_ONLY_TABLES, *SEALABLE_TABLES, *OWNER_ONLY_TABLES])
@pytest.mark.parametrize(
    "act",
    [
        "ALTER TABLE {} DISABLE TRIGGER ALL",
        "DROP TABLE {}",
        "TRUNCATE {} CASCADE",
        "ALTER TABLE {} ADD COLUMN extra text",
    ],
)
def test_the_application_owns_no_table(table: str, act: str) -> None:
    with pytest.raises(DatabaseError, match="must be owner|permission denied"):
        run(act.format(table))


def test_the_reader_reads_and_writes_nothing() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {READER}")
        for model in apps.get_models():
            table = model._meta.db_table
            if table != "django_session":
                cursor.execute(f'SELECT count(*) FROM "{table}"')
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                cursor.execute(f'DELETE FROM "{table}"')
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            cursor.execute("SELECT * FROM django_session")
        transaction.set_rollback(True)


def test_the_roles_have_no_power_beyond_their_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles"
            " WHERE rolname IN (%s, %s, %s)",
            [OWNER, APP, READER],
        )
        assert sorted(cursor.fetchall()) == sorted(
            (name, False, False, False) for name in (OWNER, APP, READER)
        )
        cursor.execute("SELECT pg_has_role(%s, %s, 'MEMBER')", [APP, OWNER])
        assert cursor.fetchone() == (False,)
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (APP,)


def test_every_trigger_of_the_files_is_there_and_enabled() -> None:
    written = re.findall(r"CREATE (?:CONSTRAINT )?TRIGGER (\w+)[^;]*? ON (\w+)", SQL)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgrelid::regclass::text, tgenabled FROM pg_trigger"
            " WHERE NOT tgisinternal"
        )
        present = {(trigger, table): enabled for trigger, table, enabled in cursor.fetchall()}
    assert set(written) == set(present)
    assert len(present) > 60
    assert set(present.values()) == {"O"}


def test_every_constraint_of_the_models_is_in_the_database() -> None:
    wanted = {
        constraint.name
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint | UniqueConstraint)
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE convalidated"
            " UNION SELECT indexname FROM pg_indexes WHERE schemaname = 'public'"
        )
        present = {name for (name,) in cursor.fetchall()}
    assert len(wanted) > 40
    assert wanted - present == set()


def test_nothing_cascades_onto_a_sealed_row() -> None:
    """No foreign key of the database deletes by itself; Django asks row by row, and is refused."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'f' AND confdeltype <> 'a'"
        )
        assert cursor.fetchall() == []


@pytest.mark.parametrize(
    ("table", "opened", "rule", "statement"),
    [
        (
            "evaluations_scoresheet",
            "sealed = false",
            "sheet_sealed",
            "UPDATE evaluations_mark SET deduction = 0",
        ),
        (
            "cases_frame",
            "sealed_at = NULL",
            "frame_sealed",
            "UPDATE cases_case SET number = number || 'x'",
        ),
    ],
)
def test_a_temporary_table_deceives_no_trigger(
    table: str, opened: str, rule: str, statement: str
) -> None:
    """A session may put a table of its own before ours; the triggers do not look there."""
    writer = author()
    run(f"CREATE TEMPORARY TABLE {table} ON COMMIT DROP AS SELECT * FROM {table}")
    run(f"UPDATE pg_temp.{table} SET {opened}")
    with pytest.raises(IntegrityError) as told, reading_as_person(writer):
        run(statement)
    cause: Any = told.value.__cause__
    assert cause.diag.constraint_name == rule
