"""What PostgreSQL forbids around draws even to our own code, as the role of the application."""

import pytest
from django.db import connection

from evaluations.actions import draws
from evaluations.models import Draw
from tests.evaluations.draw_statements import SEED, new_draw, refusing, set_columns
from tests.evaluations.draw_year import (
    SEEDS,
    Year,
    ceremony,
    draw_experts,
    draw_sample,
    next_year,
    open_year,
    refused,
)
from wanzhou_eval.database import APP

pytestmark = pytest.mark.django_db


def test_statements_here_run_as_the_application() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (APP,)


SIGNED = [
    (set_columns("freeze_text = 'x'"), "evaluations_draw_fixed"),
    (set_columns("freeze_hash = 'x'"), "evaluations_draw_fixed"),
    (set_columns("attempt = 2"), "evaluations_draw_fixed"),
    (set_columns("seed = '1'"), "evaluations_draw_filled_once"),
    (set_columns("seed_entered_by_id = first_typed_by_id"), "evaluations_draw_filled_once"),
    (set_columns("result_text = 'x'"), "evaluations_draw_filled_once"),
    (set_columns("signed_at = now()"), "evaluations_draw_filled_once"),
    (set_columns("announced = 1"), "draw_reading"),
    (set_columns("announced = announced + 1"), "draw_signed"),
    (set_columns("paused = true"), "draw_signed"),
    (set_columns("frozen_by_id = NULL"), "draw_signed"),
    (set_columns("first_typing = '1'"), "draw_filled_once"),
    (set_columns("first_typed_by_id = seed_entered_by_id"), "draw_filled_once"),
    (set_columns("witnesses = 'x'"), "draw_filled_once"),
    ("DELETE FROM evaluations_draw", "evaluations_draw_never_deleted"),
    ("UPDATE evaluations_drawncase SET ticket = 'x'", "evaluations_drawncase_fixed"),
    ("DELETE FROM evaluations_drawncase", "evaluations_drawncase_never_deleted"),
    (
        (
            "INSERT INTO evaluations_drawncase (draw_id, case_id, rank, stratum, ticket) "
            "SELECT d.id, c.id, 99, '-', 'x' FROM evaluations_draw d, cases_case c LIMIT 1"
        ),
        "draw_signed",
    ),
    (
        set_columns(
            "voided_at = clock_timestamp(), void_reason = 'x', voided_by_id = frozen_by_id, "
            "void_confirmed_by_id = frozen_by_id"
        ),
        "draw_void_needs_reason_and_two_people",
    ),
    (
        set_columns(
            "voided_at = clock_timestamp(), void_reason = 'x', voided_by_id = frozen_by_id"
        ),
        "draw_void_needs_reason_and_two_people",
    ),
]


def test_a_signed_draw_stands_to_the_last_column() -> None:
    draw_sample(open_year())
    assert [(sql, refusing(sql)) for sql, _ in SIGNED] == SIGNED


@pytest.fixture
def typed() -> tuple[Year, Draw]:
    """A sealed list whose sheet A is signed and whose digits are typed once."""
    year = open_year()
    draw = draws.seal_frame(year.plan, by=year.bureau)
    draws.sign_sheet_a(draw, by=year.bureau)
    return year, draws.enter_seed(draw, digits=SEED, source="d10", witnesses="甲", by=year.bureau)


def test_one_person_does_not_type_both(typed: tuple[Year, Draw]) -> None:
    year, _ = typed
    held = "seed = first_typing, seed_entered_at = now() + interval '1 hour', seed_entered_by_id ="
    assert refusing(set_columns(f"{held} first_typed_by_id")) == "draw_typed_by_two_people"
    other = set_columns(
        f"seed = '{SEED[::-1]}', seed_entered_at = now() + interval '1 hour', "
        f"seed_entered_by_id = {year.clerk.pk}"
    )
    assert refusing(other) == "draw_typed_by_two_people"
    taken = set_columns(f"first_typed_by_id = {year.clerk.pk}, first_typing = '{SEED[::-1]}'")
    assert refusing(taken) == "draw_first_typist"


def test_times_stand_in_order(typed: tuple[Year, Draw]) -> None:
    year, _ = typed
    hour = "interval '1 hour'"
    by = f"seed_entered_by_id = {year.clerk.pk}"
    early = f"seed = first_typing, seed_entered_at = frozen_at, {by}"
    assert refusing(set_columns(early)) == "draw_seed_after_freeze"
    early = f"seed = first_typing, seed_entered_at = frozen_at + interval '1 us', {by}"
    assert refusing(set_columns(early)) == "draw_times_in_order"
    assert refusing(set_columns(f"signed_at = now() + {hour}")) == "draw_times_in_order"
    assert refusing(set_columns("drawn_at = now()")) == "draw_result_after_seed"
    void = f"void_reason = 'x', voided_by_id = {year.bureau.pk}"
    void += f", void_confirmed_by_id = {year.leader.pk}, voided_at = frozen_at - {hour}"
    assert refusing(set_columns(void)) == "draw_times_in_order"


def test_digits_wait_for_the_signed_sheet() -> None:
    year = open_year()
    draws.seal_frame(year.plan, by=year.bureau)
    early = f"first_typing = '{SEED}', first_typed_by_id = {year.bureau.pk}"
    assert refusing(set_columns(early)) == "draw_typed_after_sheet_a"


def test_attempts_are_counted_chained_and_begin_empty() -> None:
    year = open_year()
    draw = draw_sample(year)
    assert refusing(new_draw(draw)) == "draw_one_live"
    draws.void_draw(draw, reason="骰子落地后被碰动", by=year.bureau, confirmed_by=year.leader)
    for rule, change in (
        ("draw_attempt", {"attempt": "3"}),
        ("draw_attempt", {"attempt": "1"}),
        ("draw_chain", {"previous_id": "NULL"}),
        ("draw_chain", {"frozen_at": "frozen_at"}),
        ("draw_begins", {"seed": f"'{SEED}'"}),
        ("draw_begins", {"signed_at": "now()"}),
        ("draw_begins", {"announced": "1"}),
    ):
        assert refusing(new_draw(draw, **change)) == rule
    again = draws.seal_frame(year.plan, by=year.bureau)
    assert (again.attempt, again.previous) == (2, draw)


def test_a_void_draw_stays_as_it_is() -> None:
    year = open_year()
    draw = draw_sample(year)
    draws.void_draw(draw, reason="骰子落地后被碰动", by=year.bureau, confirmed_by=year.leader)
    for change in ("void_reason = '另外'", "voided_by_id = NULL", "paused = true"):
        assert refusing(set_columns(change)) == "draw_void"
    assert refusing(set_columns("voided_at = NULL")) == "evaluations_draw_filled_once"
    assert refusing("DELETE FROM evaluations_draw") == "evaluations_draw_never_deleted"


def test_rolled_digits_serve_once_in_all_years() -> None:
    first = open_year()
    draw_sample(first)
    second = next_year(first)
    draw = draws.seal_frame(second.plan, by=second.bureau)
    draws.sign_sheet_a(draw, by=second.bureau)
    used = SEEDS["sample"]
    typed = {"digits": used, "source": "d10", "witnesses": "甲", "by": second.bureau}
    error = refused(draws.enter_seed, draw, **typed)
    assert error.sentence.startswith("这组随机数已用于WZ-2031-S1，一组随机数只能用一次。")
    draws.enter_seed(draw, **typed | {"digits": SEED})
    same = set_columns(
        f"first_typing = '{used}', seed = '{used}', seed_entered_by_id = {second.clerk.pk},"
        f" seed_entered_at = now() + interval '1 hour' WHERE id = {draw.pk}"
    )
    assert refusing(same) == "draw_seed_used_once"


def test_nothing_follows_from_a_draw_that_was_not_held_or_is_void() -> None:
    year = open_year()
    draw = ceremony(year, draws.seal_frame(year.plan, by=year.bureau), seed=SEED)
    case = year.plan.frame.cases.get(serial=60)
    draws.void_draw(draw, reason="骰子落地后被碰动", by=year.bureau, confirmed_by=year.leader)
    waiting = draws.seal_frame(year.plan, by=year.bureau)
    for pk in (draw.pk, waiting.pk):
        for sql in (
            (
                "INSERT INTO evaluations_drawevent (draw_id, kind, item, replacement, reason, at)"
                f" VALUES ({pk}, 'missing', 'a', 'b', 'c', now())"
            ),
            (
                "INSERT INTO evaluations_drawncase (draw_id, case_id, rank, stratum, ticket)"
                f" VALUES ({pk}, {case.pk}, 1, 'civil', 'x')"
            ),
            (
                "INSERT INTO evaluations_panel (plan_id, draw_id, code, category, ordinal)"
                f" VALUES ({year.plan.pk}, {pk}, 'civil-9', 'civil', 9)"
            ),
        ):
            assert refusing(sql) == "draw_held"


def test_a_draw_below_a_second_attempt_stands_too() -> None:
    """The second list of experts is chained to the first, void one; the sample is below both."""
    year = open_year()
    sample = draw_sample(year)
    void = draw_experts(year)
    draws.void_draw(void, reason="骰子落地后被碰动", by=year.bureau, confirmed_by=year.leader)
    second = draws.freeze_experts(year.plan, by=year.bureau)
    assert second.previous == void
    error = refused(draws.request_void, sample, reason="骰子落地后被碰动", by=year.bureau)
    assert error.sentence.startswith(f"{second.code}是接着{sample.code}办的")
    two = "voided_by_id = %s, void_confirmed_by_id = %s, void_reason = 'x', voided_at = now()"
    values = (year.bureau.pk, year.leader.pk, sample.pk)
    assert refusing(set_columns(two) + " WHERE id = %s", *values) == "draw_built_upon"
