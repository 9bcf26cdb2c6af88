"""`verify_records`: a filled year holds, and every check catches what breaks it.

Each violation is written as the owner of the tables, triggers and, where there is one, the
constraint set aside: what the application's role cannot do, the owner's password could.
"""

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from appeals.management.commands.verify_records import CHECKS
from evaluations.models import Plan
from evaluations.rules.stages import Stage
from tests.year import year_until

FIRST_SHEET = "id = (SELECT max(id) FROM evaluations_scoresheet WHERE round = 'first')"
ONE_GRADING = "id = (SELECT min(id) FROM evaluations_grading)"
ONE_LINE = "id = (SELECT min(id) FROM evaluations_publicationline)"
WHOLE_YEAR = {"I-34"}
"""The package of the year holds nearly every row, so that it tells of nearly every violation."""
PLANTED: dict[str, tuple[str, set[str]]] = {
    "I-01": ("UPDATE cases_frame SET declared_total = 760", {"I-01"}),
    "I-01b": (
        """UPDATE cases_cleaningline SET after = '他人'
            WHERE id = (SELECT min(id) FROM cases_cleaningline)""",
        {"I-01b"},
    ),
    "I-02": (
        "UPDATE cases_case SET closed_on = closed_on + 31 WHERE serial = 700",
        {"I-02"},
    ),
    "I-02c": (
        """UPDATE evaluations_draw
              SET freeze_text = replace(freeze_text, E'\\tin\\n', E'\\tex:a\\n')
            WHERE kind = 'experts'""",
        {"I-02c", "I-05", "I-08b"},
    ),
    "I-02b": ("UPDATE cases_case SET batch_id = 999999 WHERE serial = 700", {"I-02b"}),
    "I-03": (
        """ALTER TABLE evaluations_draw DROP CONSTRAINT draw_seed_after_freeze;
           ALTER TABLE evaluations_draw DROP CONSTRAINT draw_times_in_order;
           UPDATE evaluations_draw SET seed_entered_at = frozen_at WHERE kind = 'sample'""",
        {"I-03", "I-05"},
    ),
    "I-04": ("UPDATE evaluations_draw SET attempt = 2 WHERE kind = 'match'", {"I-04"}),
    "I-05": (
        """UPDATE evaluations_draw SET seed = '12345678901234567890',
                  first_typing = '12345678901234567890' WHERE kind = 'match'""",
        {"I-05"},
    ),
    "I-05b": ("UPDATE evaluations_drawncase SET rank = 500 WHERE rank = 1", {"I-05b"}),
    "I-06": (
        """ALTER TABLE evaluations_draw DROP CONSTRAINT draw_void_needs_reason_and_two_people;
           UPDATE evaluations_draw SET voided_at = now(), void_reason = '重来',
                  voided_by_id = 1, void_confirmed_by_id = 1 WHERE kind = 'match'""",
        {"I-06"},
    ),
    "I-07": (
        """INSERT INTO cases_exclusion (frame_id, case_id, number_original, key, code, reason,
                                         document)
           SELECT c.frame_id, c.id, c.number, c.key, 'city', '事后剔除', '无'
             FROM evaluations_drawncase d JOIN cases_case c ON c.id = d.case_id LIMIT 1""",
        {"I-02", "I-07"},
    ),
    "I-08": (
        """UPDATE evaluations_panelmember SET leads = false
            WHERE id = (SELECT min(id) FROM evaluations_panelmember WHERE leads)""",
        {"I-08", "I-08b"},
    ),
    "I-08b": (
        """UPDATE evaluations_panelmember SET expert_id = (
              SELECT expert_id FROM evaluations_alternate WHERE category = 'criminal' LIMIT 1)
            WHERE id = (SELECT min(m.id) FROM evaluations_panelmember m
                          JOIN evaluations_panel p ON p.id = m.panel_id
                         WHERE p.category = 'criminal' AND NOT m.leads)""",
        {"I-08b"},
    ),
    "I-06b": (
        """ALTER TABLE evaluations_drawevent DROP CONSTRAINT event_needs_two_people;
           INSERT INTO evaluations_drawevent (draw_id, kind, item, case_number, replacement, facts,
                                              reason, at, by_id, confirmed_by_id)
           SELECT d.id, 'missing', a.number, '', b.number, '{}', '缺卷', now(), u.id, u.id
             FROM evaluations_draw d, (SELECT min(id) AS id FROM wanzhou_eval_user) u,
                  (SELECT min(number) AS number FROM cases_case) a,
                  (SELECT max(number) AS number FROM cases_case) b
            WHERE d.kind = 'sample'""",
        {"I-05", "I-06b"},
    ),
    "I-09": (
        f"""UPDATE cases_casehandler SET person_id = (
              SELECT e.person_id FROM evaluations_scoresheet s
                JOIN experts_expert e ON e.id = s.expert_id WHERE s.{FIRST_SHEET})
             WHERE id = (SELECT min(h.id) FROM cases_casehandler h
               JOIN evaluations_drawncase d ON d.case_id = h.case_id
               JOIN evaluations_scoresheet s ON s.drawn_case_id = d.id WHERE s.{FIRST_SHEET})""",
        {"I-09"},
    ),
    "I-10": (
        f"UPDATE evaluations_scoresheet SET withdrawn_at = now() WHERE {FIRST_SHEET}",
        {"I-10", "I-28", "I-28b"},
    ),
    "I-11": (
        f"""UPDATE evaluations_mark SET pages = '1—99' WHERE id = (
              SELECT min(m.id) FROM evaluations_mark m
                JOIN evaluations_scoresheet s ON s.id = m.sheet_id WHERE s.{FIRST_SHEET})""",
        {"I-11"},
    ),
    "I-13": (f"UPDATE evaluations_grading SET at = '2022-08-01' WHERE {ONE_GRADING}", {"I-13"}),
    "I-14": (
        f"UPDATE evaluations_sheetcontent SET total = total - 1 WHERE sheet_{FIRST_SHEET}",
        {"I-11", "I-14", "I-28"},
    ),
    "I-14b": (
        """ALTER TABLE evaluations_sheetcontent DROP CONSTRAINT sheet_overall_is_the_total;
           UPDATE evaluations_sheetcontent SET overall = 4
            WHERE sheet_id = (SELECT min(id) FROM evaluations_scoresheet WHERE sealed)""",
        {"I-11", "I-14b"},
    ),
    "I-15": (f"UPDATE evaluations_grading SET version = 3 WHERE {ONE_GRADING}", {"I-15"}),
    "I-16": (
        f"UPDATE evaluations_publicationline SET recipient = '某人' WHERE {ONE_LINE}",
        {"I-16"},
    ),
    "I-16b": (
        f"UPDATE evaluations_publicationline SET grade = '特优' WHERE {ONE_LINE}",
        {"I-16", "I-16b"},
    ),
    "I-17": (
        """UPDATE appeals_appeal SET appellant_id = (
             SELECT person_id FROM experts_expert ORDER BY id LIMIT 1)""",
        {"I-17"},
    ),
    "I-18": (
        """ALTER TABLE appeals_appeal DROP CONSTRAINT appeal_accepted_only_in_time;
           UPDATE appeals_appeal SET received_at = window_end""",
        {"I-18", "I-19"},
    ),
    "I-19": ("UPDATE evaluations_plan SET publish_due = publish_due + 1", {"I-19"}),
    "I-31": ("DELETE FROM evaluations_paperscan", {"I-31"}),
    "I-32": (
        """INSERT INTO evaluations_papertyping
                  (sheet_id, turn, by_id, values, texts, saves, begun_at, discard_reason)
           SELECT other.id, 1, t.by_id, t.values, t.texts, 0, t.begun_at, ''
             FROM evaluations_papertyping t
             JOIN evaluations_scoresheet s ON s.id = t.sheet_id
             JOIN evaluations_scoresheet other ON other.drawn_case_id = s.drawn_case_id
              AND other.round = s.round AND other.expert_id <> s.expert_id
            WHERE t.turn = 1""",
        {"I-32"},
    ),
    "I-33": (
        f"""UPDATE evaluations_scoresheet s SET edition = 2, origin_id = (
              SELECT min(o.id) FROM evaluations_scoresheet o
               WHERE o.drawn_case_id = s.drawn_case_id AND o.id <> s.id) WHERE s.{FIRST_SHEET}""",
        {"I-33"},
    ),
    "I-50": ("UPDATE evaluations_undertaking SET text_version = 'x'", {"I-50"}),
    "I-50b": (
        """UPDATE evaluations_trialsheet SET total = total - 1
            WHERE id = (SELECT min(id) FROM evaluations_trialsheet)""",
        {"I-50b"},
    ),
    "I-50c": (
        """UPDATE evaluations_trialfile SET case_id = (
             SELECT min(case_id) FROM evaluations_drawncase)""",
        {"I-50c"},
    ),
    "I-19b": ("UPDATE wanzhou_eval_calendaredition SET text = text || 'x'", {"I-19b"}),
    "I-20": (
        """UPDATE appeals_reviewpanel SET leader_id = (
             SELECT s.expert_id FROM evaluations_scoresheet s
               JOIN appeals_appeal a ON a.drawn_case_id = s.drawn_case_id
              WHERE s.round = 'first' ORDER BY s.id LIMIT 1)""",
        {"I-20"},
    ),
    "I-21": (
        """WITH r AS (
             INSERT INTO appeals_recovery (drawn_case_id, paid_out, costs, amount, basis, notice,
                    opened_at, lifted_reason, ending)
             SELECT min(id), 100, 0, 100, '', '', now(), '', '' FROM evaluations_drawncase
              WHERE id NOT IN (SELECT drawn_case_id FROM appeals_recovery) RETURNING id)
           INSERT INTO appeals_recoverypayment (recovery_id, kind, amount, paid_on, evidence)
           SELECT id, 'paid', 101, '2022-10-01', '缴款书' FROM r""",
        {"I-21", "I-21b"},
    ),
    "I-21b": (
        """INSERT INTO appeals_recovery (drawn_case_id, paid_out, costs, amount, basis, notice,
                  opened_at, lifted_reason, ending)
           SELECT min(drawn_case_id), 100, 0, 100, '', '', now(), '', ''
             FROM evaluations_caseresult WHERE NOT failing""",
        {"I-21b"},
    ),
    "I-21c": (
        """INSERT INTO appeals_rectification (drawn_case_id, ground, reason, opened_at, notice,
                  demand, lifted_reason, lifted_evidence, closed_at)
           SELECT min(id), 'decision', 'x', now(), '', '', '', '', now()
             FROM evaluations_drawncase
            WHERE id NOT IN (SELECT drawn_case_id FROM appeals_rectification)""",
        {"I-21c"},
    ),
    "I-28": ("UPDATE evaluations_caseresult SET place = place + 1", {"I-28"}),
    "I-28b": ("UPDATE evaluations_itemtally SET lost = lost + 1", {"I-28b"}),
    "I-29": (
        "UPDATE evaluations_report SET facts = facts || jsonb_build_object('grades', 0)",
        {"I-29"},
    ),
    "I-34": (f"UPDATE evaluations_grading SET dissent = '事后补写' WHERE {ONE_GRADING}", {"I-34"}),
    "I-22": (
        """ALTER TABLE evaluations_approval DROP CONSTRAINT approval_by_another_person;
           UPDATE evaluations_approval SET decided_by_id = submitted_by_id""",
        {"I-22"},
    ),
    "I-26": (
        """ALTER TABLE evaluations_allowancepayment
             DROP CONSTRAINT allowance_amount_is_sheets_times_rate;
           UPDATE evaluations_allowancepayment SET amount = amount + 1""",
        {"I-26"},
    ),
    "I-27": ("DELETE FROM evaluations_publicationplace", {"I-27"}),
    "I-23": (
        "UPDATE wanzhou_eval_auditevent SET sentence = '没有这回事' WHERE seq = 5",
        {"I-23"},
    ),
    "I-24": (
        """UPDATE wanzhou_eval_auditevent SET target = '电话 13800138000'
            WHERE seq = (SELECT max(seq) FROM wanzhou_eval_auditevent)""",
        {"I-23", "I-24"},
    ),
    "I-25": ("GRANT UPDATE ON wanzhou_eval_auditevent TO wanzhou_app", {"I-25"}),
}


@pytest.fixture(scope="module")
def plan(django_db_setup: None, django_db_blocker: Any) -> Iterator[Plan]:
    with year_until(Stage.CLOSED, django_db_blocker, cases=24) as plan:
        with connection.cursor() as cursor:  # nothing of the year is left to be checked later
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        yield plan


def findings(**options: Any) -> tuple[int, dict[str, dict[str, Any]]]:
    """The exit code, and each line of the report by its code."""
    out, code = StringIO(), 0
    try:
        call_command("verify_records", json=True, stdout=out, **options)
    except SystemExit as end:
        code = int(str(end.code))
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    return code, {line["code"]: line for line in lines}


def test_a_closed_year_holds_every_invariant(db: None, plan: Plan) -> None:
    code, lines = findings()
    assert {line["code"]: line["broken"] for line in lines.values() if not line["ok"]} == {}
    assert code == 0
    assert list(lines) == [check.code for check in CHECKS]
    assert lines["I-02"]["examined"] == 761
    assert lines["I-05"]["examined"] == 4  # sample, experts, match, review
    assert lines["I-11"]["examined"] == lines["I-14"]["examined"] == 2 * 24 + 2


def test_every_check_has_its_violation() -> None:
    assert set(PLANTED) == {check.code for check in CHECKS}


@pytest.mark.parametrize("code", PLANTED)
def test_a_planted_violation_is_found(db: None, plan: Plan, as_owner: Any, code: str) -> None:
    statement, expected = PLANTED[code]
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        assert cursor.rowcount != 0
        cursor.execute("SET LOCAL session_replication_role = origin")
    exit_code, lines = findings(year=2022)
    found = {line["code"] for line in lines.values() if not line["ok"]}
    assert found - WHOLE_YEAR == expected - WHOLE_YEAR
    assert lines[code]["broken"]
    assert exit_code == 1


def test_the_lines_are_sentences(db: None, plan: Plan) -> None:
    out = StringIO()
    call_command("verify_records", year=2022, stdout=out)
    assert "I-05 成立：用存档的名单和种子复算，结果逐字相同（查4项）\n" in out.getvalue()


def test_an_unknown_year_is_refused(db: None, plan: Plan) -> None:
    with pytest.raises(CommandError, match="没有2019年度。请检查年份。"):
        call_command("verify_records", year=2019)
