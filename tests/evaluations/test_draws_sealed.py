"""The sealed list: no case is changed, added or removed, no code changes its meaning."""

from typing import Any

import pytest
from django.db import connection

from appeals.records.frame import sealed_lists
from evaluations.actions import draws
from evaluations.queries.draws_proof import prove
from tests.evaluations.draw_statements import SEED, refusing, set_columns
from tests.evaluations.draw_year import draw_experts, draw_sample, open_year, refused

pytestmark = pytest.mark.django_db


FRAME = [
    "UPDATE cases_case SET kind = 'civil' WHERE kind = 'criminal'",
    "UPDATE cases_case SET number = number || 'x' WHERE serial = 7",
    "UPDATE cases_case SET closed_on = closed_on + 31 WHERE serial = 7",
    "UPDATE cases_case SET firm_id = (SELECT max(id) FROM wanzhou_eval_firm) WHERE serial = 7",
    "DELETE FROM cases_case WHERE serial = 7",
    "DELETE FROM cases_exclusion",
    "UPDATE cases_exclusion SET case_id = NULL",
    "UPDATE cases_exclusion SET code = 'ministry'",
    "DELETE FROM cases_casehandler",
    "UPDATE cases_frame SET sealed_at = NULL",
    "UPDATE cases_frame SET window_to = window_to + 31",
]


def copy_of_a_case(frame: str) -> str:
    """A statement that inserts one more case into a frame."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = 'cases_case' AND is_identity = 'NO'"
        )
        columns = [name for (name,) in cursor.fetchall()]
    new = {"serial": "901", "row": "901", "number": "'x9'", "key": "'x9'", "skeleton": "'x9'"}
    values = ", ".join(new.get(name, frame if name == "frame_id" else name) for name in columns)
    return (
        f"INSERT INTO cases_case ({', '.join(columns)})"
        f" SELECT {values} FROM cases_case WHERE serial = 7"
    )


def test_no_case_of_a_sealed_list_is_changed_added_or_removed() -> None:
    year = open_year()
    draws.seal_frame(year.plan, by=year.bureau)
    found = [(sql, refusing(sql)) for sql in (*FRAME, copy_of_a_case("frame_id"))]
    assert {rule for _, rule in found} == {"frame_sealed"}
    assert refusing("UPDATE evaluations_plan SET decided_size = 21") == "plan_frozen"


def test_codes_that_stand_for_people_and_firms_never_change() -> None:
    open_year()
    swapped = "code = CASE code WHEN 'E000' THEN 'E001' ELSE 'E000' END"
    people = f"UPDATE wanzhou_eval_person SET {swapped} WHERE code IN ('E000', 'E001')"
    assert refusing(people) == "wanzhou_eval_person_fixed"
    assert refusing("UPDATE wanzhou_eval_firm SET code = 'X' || code") == "wanzhou_eval_firm_fixed"
    moved = "UPDATE experts_expert SET person_id = (SELECT min(id) FROM wanzhou_eval_person)"
    assert refusing(moved) == "experts_expert_fixed"


def test_a_list_changed_behind_the_seal_is_named_row_by_row(as_owner: Any) -> None:
    """The owner's password could lift the trigger; the sealed text still tells which row."""
    year = open_year()
    draw = draw_sample(year)
    draw_experts(year)
    assert sealed_lists([year.plan]) == (60, [])
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE cases_case SET kind = 'admin' WHERE serial = 8")
        examined, broken = sealed_lists([year.plan])
        cursor.execute("UPDATE cases_case SET kind = 'civil' WHERE serial = 8")
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert examined == 60
    assert broken == [
        "WZ-2031-S1 渝万援〔2031〕8号：封存时为civil 2031-02 F008 in，现为admin 2031-02 F008 in"
    ]
    assert prove(draw, printed=draw.freeze_hash).ok


def test_nothing_is_drawn_from_a_list_that_was_changed_behind_the_seal(
    as_owner: Any,
) -> None:
    year = open_year()
    draw = draws.seal_frame(year.plan, by=year.bureau)
    draws.sign_sheet_a(draw, by=year.bureau)
    draws.enter_seed(draw, digits=SEED, source="d10", witnesses="甲", by=year.bureau)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(set_columns("freeze_text = replace(freeze_text, 'F009', 'F008')"))
        cursor.execute("SET LOCAL session_replication_role = origin")
    error = refused(draws.hold_draw, draw, digits=SEED, by=year.clerk)
    assert error.sentence.startswith("名单与封存时不同：现在的指纹")
