"""背靠背 in PostgreSQL itself: plain SQL as the application and as the reader, no page between.

Every statement is tried in four states of the partner's sheet; what a reader is told must not
depend on the state, and must hold no value of it.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from evaluations.actions import marking
from evaluations.actions.deliberation import confirm_agreement
from evaluations.models import Mark, ScoreSheet
from evaluations.storing import store_seal
from tests.evaluations.marking_year import Hall, open_hall, score, seal
from wanzhou_eval.database import APP, OWNER, READER
from wanzhou_eval.models import User
from wanzhou_eval.readers import reading_as, verifying

pytestmark = pytest.mark.django_db
STATES = ("none", "draft", "sealed at 41", "sealed at 95")
TABLES = ("evaluations_mark", "evaluations_sheetcontent", "evaluations_scoresheet")
VALUES = """
SELECT (SELECT coalesce(jsonb_agg(to_jsonb(m)), '[]') FROM evaluations_mark m WHERE sheet_id = {0}),
       (SELECT coalesce(jsonb_agg(to_jsonb(c)), '[]') FROM evaluations_sheetcontent c
         WHERE sheet_id = {0}),
       (SELECT count(*) FROM evaluations_mark m JOIN evaluations_item i ON i.id = m.item_id
         WHERE m.deduction > 0),
       (SELECT max(total) FROM evaluations_sheetcontent)
"""


def world(state: str) -> tuple[Hall, ScoreSheet]:
    """A hall in which the leader's sheet of case 1 is in this state; the member's is blank."""
    hall = open_hall(cases=1)
    lose = {"none": None, "draft": "13.5", "sealed at 41": "50", "sealed at 95": "5"}[state]
    if lose is not None:
        score(hall, hall.leader, lose=lose)
        marking.save_comment(hall.sheet(hall.leader), comment="整体较好", by=hall.leader)
    if state.startswith("sealed"):
        marking.seal_sheet(hall.sheet(hall.leader), by=hall.leader)
    return hall, ScoreSheet.objects.get(expert__person=hall.leader.person)


@contextmanager
def told(role: str = APP, user: User | None = None) -> Iterator[Any]:
    """A cursor in a transaction of this role, with this reader told."""
    with reading_as(user), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
        yield cursor
        cursor.execute(f"SET LOCAL ROLE {APP}")


def answer(sql: str, *, role: str = APP, user: User | None = None) -> Any:
    """Rows, or what was refused: name of the rule and sentence, never a value."""
    try:
        with told(role, user) as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else cursor.rowcount
    except DatabaseError as error:
        cause: Any = error.__cause__
        return cause.pgcode, cause.diag.constraint_name, cause.diag.message_primary


def readers(hall: Hall) -> list[tuple[str, User | None]]:
    others = (None, hall.member, hall.experts[2], hall.bureau, hall.staff["sysadmin"])
    return [*((APP, user) for user in others), (READER, None), (READER, hall.leader)]


def doors(hall: Hall, sheet: ScoreSheet, user: User) -> list[str]:
    """The functions that run past the rules of rows, asked for this sheet as this person."""
    person, item = user.person_id, hall.item("A1").pk
    row = f'[{{"item": {item}, "state": "", "deduction": "1", "reasons": [1], "pages": "",'
    return [
        f"SELECT * FROM own_draft({person}, NULL, NULL, NULL, {sheet.pk})",
        f"SELECT sheet FROM own_chain({person}, NULL, NULL, NULL, {sheet.pk})",
        f'SELECT store_marks({sheet.pk}, now(), \'{row} "note": "", "bulk": false}}]\')',
    ]


@pytest.mark.parametrize("state", STATES)
def test_the_doors_past_the_rules_open_to_the_own_sheet_alone(state: str) -> None:
    hall, sheet = world(state)
    before = Mark.objects.order_by("pk").values_list("pk", "version", "deduction")
    kept = list(before)
    nobody = ("23001", "sheet_own", "只有本人可以在这张评分表上评分。")
    for user in (hall.member, hall.experts[2]):
        draft, chain, store = doors(hall, sheet, user)
        assert answer(draft, user=user) == []
        assert answer(chain, user=user) == []
        assert answer(store, user=user) == nobody
    draft, chain, store = doors(hall, sheet, hall.leader)
    assert answer(store, user=hall.bureau) == nobody
    assert [row[0] for row in answer(chain, user=hall.leader)] == [sheet.pk]
    assert answer(draft, user=hall.leader)[0][0] == sheet.pk
    for door in (draft, chain):
        assert answer(door, user=hall.member)[:2] == ("23001", "reader_told")
    for door in (draft, chain, store):
        assert answer(door, role=READER)[0] == "42501"
    if state.startswith("sealed"):
        assert answer(store, user=hall.leader)[:2] == ("23001", "sheet_sealed")
    assert list(before.all()) == kept


def test_who_opened_the_own_draft_reads_as_that_person_and_nobody_else_after() -> None:
    hall, sheet = world("draft")
    draft, _, _ = doors(hall, sheet, hall.leader)
    with told() as cursor:
        cursor.execute(draft)
        assert cursor.fetchone()[0] == sheet.pk
        cursor.execute("SELECT reading_person()")
        assert cursor.fetchall() == [(hall.leader.person_id,)]
        cursor.execute(draft.replace(str(hall.leader.person_id), "NULL", 1))
        assert cursor.fetchall() == []
        cursor.execute("SELECT reading_person()")
        assert cursor.fetchall() == [(None,)]


def test_a_seal_that_the_rules_hide_is_an_error_and_no_silence() -> None:
    hall = open_hall(cases=1)
    score(hall, hall.leader)
    content = hall.sheet(hall.leader).content
    content.total, content.grade, content.seal_hash = Decimal(100), "优良", "a" * 64
    content.sealed_at = timezone.now()
    with pytest.raises(DatabaseError, match="not stored"), reading_as(hall.member):
        store_seal(content)
    assert not hall.sheet(hall.leader).sealed


@pytest.mark.parametrize("state", STATES)
def test_no_value_of_an_unrevealed_sheet_is_read_by_plain_sql(state: str) -> None:
    hall, sheet = world(state)
    for role, user in readers(hall):
        assert answer(VALUES.format(sheet.pk), role=role, user=user) == [("[]", "[]", 0, None)]
    own = answer(VALUES.format(sheet.pk), user=hall.leader)[0]
    marks = json.loads(own[0])
    assert len(marks) == (0 if state == "none" else 3)
    assert len(json.loads(own[1])) == 1
    with verifying():
        assert Mark.objects.filter(sheet=sheet).count() == len(marks)


def test_the_partner_s_whole_row_is_hidden_from_the_pair_and_its_values_from_staff() -> None:
    counts = set()
    for state in STATES:
        with transaction.atomic():
            hall, sheet = world(state)
            seen = answer("SELECT id FROM evaluations_scoresheet", user=hall.member)
            assert (sheet.pk,) not in seen
            counts.add(len(seen))
            told_staff = answer("SELECT begun, sealed FROM evaluations_scoresheet WHERE leads")
            assert told_staff == [(state != "none", state.startswith("sealed"))]
            assert answer("SELECT * FROM sheet_counts(1, current_date)", user=hall.member) == []
            transaction.set_rollback(True)
    assert counts == {1}


def oracles(sheet: ScoreSheet, item: int) -> list[str]:
    """What a curious page might try to learn from a refusal, a count or a lock."""
    mark = f"({sheet.pk}, {item}, '', 0, '[]', '', '', 1, now())"
    columns = "(sheet_id, item_id, state, deduction, reasons, pages, note, version, saved_at)"
    case = sheet.drawn_case_id
    return [
        f"INSERT INTO evaluations_mark {columns} VALUES {mark}",
        f"INSERT INTO evaluations_mark {columns} VALUES {mark} ON CONFLICT DO NOTHING",
        f"UPDATE evaluations_mark SET note = 'x' WHERE sheet_id = {sheet.pk}",
        f"DELETE FROM evaluations_mark WHERE sheet_id = {sheet.pk}",
        f"UPDATE evaluations_sheetcontent SET comment = 'x' WHERE sheet_id = {sheet.pk}",
        f"UPDATE evaluations_scoresheet SET withdrawn_at = now() WHERE id = {sheet.pk}",
        f"UPDATE evaluations_scoresheet SET sealed = true WHERE id = {sheet.pk}",
        f"SELECT 1 FROM evaluations_scoresheet WHERE id = {sheet.pk} FOR UPDATE NOWAIT",
        f"SELECT count(*) FROM evaluations_readablesheet WHERE id = {sheet.pk}",
        f"UPDATE evaluations_ownsheet SET round = 'first' WHERE id = {sheet.pk}",
        f"INSERT INTO evaluations_sheetcontent (sheet_id) VALUES ({sheet.pk})",
        "SET LOCAL row_security = off; SELECT count(*) FROM evaluations_mark",
        "SELECT count(*) FROM pg_stats WHERE tablename = 'evaluations_mark'",
        f"""INSERT INTO evaluations_grading
            (drawn_case_id, version, grade, outcome, reason, dissent, failing, at, recorded_at)
            VALUES ({case}, 1, '优良', 'at_once', '', '', false, now(), now())""",
    ]


def test_nothing_that_is_tried_answers_otherwise_with_the_partner_s_state() -> None:
    answers: list[list[Any]] = []
    for state in STATES:
        with transaction.atomic():
            hall, sheet = world(state)
            item = hall.item("A1").pk
            found = [answer(sql, user=hall.member) for sql in oracles(sheet, item)]
            numbers = str(sheet.pk), str(sheet.drawn_case_id), str(item)
            answers.append([plain(str(each), numbers) for each in found])
            transaction.set_rollback(True)
    assert len(answers[0]) == 14
    for differing in zip(*answers, strict=True):
        assert len(set(differing)) == 1


def plain(text: str, numbers: tuple[str, ...]) -> str:
    return re.sub(rf"\b({'|'.join(numbers)})\b", "#", text)


def test_who_reads_is_forgotten_with_the_transaction() -> None:
    hall, _ = world("draft")
    with reading_as(hall.leader):
        assert Mark.objects.count() == 3
        with reading_as(hall.bureau):
            assert Mark.objects.count() == 0
        assert Mark.objects.count() == 3
    assert Mark.objects.count() == 0
    with pytest.raises(ZeroDivisionError), reading_as(hall.leader):
        raise ZeroDivisionError
    assert Mark.objects.count() == 0


def test_the_pair_reads_after_the_reveal_and_the_others_after_the_grade() -> None:
    hall, sheet = world("sealed at 95")
    seal(hall, hall.member, lose="5")
    sql = f"SELECT total FROM evaluations_sheetcontent WHERE sheet_id = {sheet.pk}"
    for role, user in readers(hall):
        expected = 1 if user == hall.member and role == APP else 0
        assert len(answer(sql, role=role, user=user)) == expected
    confirm_agreement(hall.drawn(), by=hall.leader)
    for role, user in readers(hall):
        assert len(answer(sql, role=role, user=user)) == (user != hall.experts[2] or role == READER)


def test_a_sheet_taken_back_is_read_by_nobody_else() -> None:
    hall, sheet = world("sealed at 95")
    ScoreSheet.objects.filter(pk=sheet.pk).update(withdrawn_at="2031-01-01T00:00Z")
    seal(hall, hall.member, lose="5")
    for role, user in readers(hall):
        assert answer(VALUES.format(sheet.pk), role=role, user=user)[0][:2] == ("[]", "[]")


def test_row_rules_are_on_and_the_copy_is_whole() -> None:
    """The owner, who makes the backup, reads every row; the rules bind the two other roles."""
    hall, _ = world("draft")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relrowsecurity, pg_get_userbyid(relowner) FROM pg_class"
            " WHERE relname = ANY (%s)",
            [list(TABLES)],
        )
        assert sorted(cursor.fetchall()) == sorted((name, True, OWNER) for name in TABLES)
    dump = "SET LOCAL row_security = off; SELECT count(*) FROM evaluations_mark"
    assert answer(dump, role=OWNER) == [(3,)]
    for role in (APP, READER):
        assert "row-level security" in answer(dump, role=role, user=hall.leader)[2]
