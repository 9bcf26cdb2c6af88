"""What foreign keys would keep, kept by triggers once for a whole statement."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from cases.models import Case, CaseHandler, CleaningLine, Frame, ImportBatch
from evaluations.models import Plan
from evaluations.rules.stages import Stage
from tests.year import year_until
from wanzhou_eval.database import OWNER
from wanzhou_eval.models import Firm, Person

NOWHERE = 10**9


def refused(statement: str, *values: int) -> str:
    """The constraint that refuses a statement; "" when it is let through."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except IntegrityError as error:
        cause: Any = error.__cause__
        return str(cause.diag.constraint_name)
    return ""


@pytest.fixture(scope="module")
def plan(django_db_setup: None, django_db_blocker: Any) -> Iterator[Plan]:
    with year_until(Stage.ISSUED, django_db_blocker) as plan:
        yield plan


@pytest.fixture
def case(plan: Plan, db: None) -> Case:
    return Case.objects.select_related("frame").order_by("pk")[0]


@pytest.mark.parametrize("column", ["frame_id", "batch_id", "firm_id"])
def test_a_case_is_not_moved_to_what_is_not_there(case: Case, column: str) -> None:
    moved = f"UPDATE cases_case SET {column} = %s WHERE id = %s"
    assert refused(moved, NOWHERE, case.pk) == f"cases_case_{column}_refers"


@pytest.mark.parametrize("column", ["case_id", "person_id"])
def test_a_handler_points_to_a_case_and_a_person(case: Case, column: str) -> None:
    handler = CaseHandler.objects.filter(case=case)[0]
    values = {"case_id": case.pk, "person_id": Person.objects.latest("pk").pk, column: NOWHERE}
    added = "INSERT INTO cases_casehandler (case_id, person_id, position) VALUES (%s, %s, 9)"
    rule = f"cases_casehandler_{column}_refers"
    assert refused(added, values["case_id"], values["person_id"]) == rule
    moved = f"UPDATE cases_casehandler SET {column} = %s WHERE id = %s"
    assert refused(moved, NOWHERE, handler.pk) == rule


def test_a_line_of_the_cleaning_ledger_belongs_to_a_file(case: Case) -> None:
    line = CleaningLine.objects.create(
        batch=case.batch, row=1, column="案号", before="1", after="2", rule="规则"
    )
    added = (
        'INSERT INTO cases_cleaningline (batch_id, sheet, row, "column", before, after, rule)'
        ' SELECT %s, sheet, row, "column", before, after, rule FROM cases_cleaningline'
        " WHERE id = %s"
    )
    assert refused(added, NOWHERE, line.pk) == "cases_cleaningline_batch_id_refers"
    assert refused(added, case.batch_id, line.pk) == ""


@pytest.mark.parametrize(
    ("parent", "child"),
    [
        (Firm, "cases_case_firm_id_refers"),
        (Person, "cases_casehandler_person_id_refers"),
        (Case, "cases_casehandler_case_id_refers"),
        (Frame, "cases_case_frame_id_refers"),
        (ImportBatch, "cases_case_batch_id_refers"),
    ],
)
def test_what_is_pointed_to_does_not_go(case: Case, parent: type[Model], child: str) -> None:
    """With every other trigger of the table set aside: this one alone keeps it."""
    handler = CaseHandler.objects.filter(case=case)[0]
    keys = {
        Firm: case.firm_id, Person: handler.person_id, Case: case.pk,
        Frame: case.frame_id, ImportBatch: case.batch_id,
    }  # fmt: skip
    table = parent._meta.db_table
    kept = {
        Firm: "firm_referred", Person: "person_referred", Case: "case_referred",
        Frame: "frame_referred", ImportBatch: "batch_referred",
    }[parent]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing may wait while a table changes
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(f"SET LOCAL ROLE {OWNER}")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {kept}")
    assert refused(f"DELETE FROM {table} WHERE id = %s", keys[parent]) == child


@pytest.mark.parametrize(
    "table",
    [
        "wanzhou_eval_firm",
        "wanzhou_eval_person",
        "cases_frame",
        "cases_importbatch",
        "cases_case",
    ],
)
def test_what_is_pointed_to_keeps_its_key(case: Case, table: str) -> None:
    assert refused(f"UPDATE {table} SET id = id + {NOWHERE}") == f"{table}_fixed"
