"""Killed between any two steps: either the step happened or it did not, the next press goes on."""

import os
import signal
from collections.abc import Callable
from time import monotonic, sleep
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection

from evaluations.actions import draws
from evaluations.models import Draw, DrawnCase, Plan, ReplacementRequest
from evaluations.queries.draws_proof import prove
from tests.evaluations.draw_year import SEEDS, Year, open_year, snapshot
from tests.pace import THOROUGH

pytestmark = pytest.mark.django_db(transaction=True)
AUDIT_LOCK = 20220814
"""Every act ends with its audit line, and that line waits for this lock: see `audit_chain`."""
VOID = {"reason": "骰子落地后被碰动，见证人当场提出"}
STRIDE = 1 if THOROUGH else 3
"""Every statement of every act with THOROUGH=1, else every third."""
Act = Callable[[], object]


def ceremony(year: Year, kind: str) -> list[tuple[str, Act]]:
    """Every press of a ceremony in its order, as a fresh page would send it."""

    def draw() -> Draw:
        return Draw.objects.live().get(kind=kind)

    freeze = {
        "sample": draws.seal_frame,
        "experts": draws.freeze_experts,
        "match": draws.freeze_match,
    }[kind]
    typed: dict[str, Any] = {"digits": SEEDS[kind], "source": "d10", "witnesses": "甲"}
    return [
        ("freeze", lambda: freeze(year.plan, by=year.bureau)),
        ("sheet A", lambda: draws.sign_sheet_a(draw(), by=year.bureau)),
        ("first typing", lambda: draws.enter_seed(draw(), by=year.bureau, **typed)),
        ("draw", lambda: draws.hold_draw(draw(), digits=SEEDS[kind], by=year.clerk)),
        ("reading", lambda: draws.announce(draw(), upto=99, by=year.bureau)),
        ("signing", lambda: draws.sign_draw(draw(), by=year.bureau)),
    ]


def void_and_replace(year: Year) -> list[tuple[str, Act]]:
    """A replaced case after the ceremonies, then the last draw void."""

    def case() -> DrawnCase:
        return DrawnCase.objects.of(year.plan)[0]

    why = {"kind": "missing", "reason": "缺卷"}
    asked = ReplacementRequest.objects
    return [
        ("asked", lambda: draws.request_replacement(case(), by=year.bureau, **why)),
        ("confirmed", lambda: draws.confirm_replacement(asked.get(), by=year.leader)),
        ("void asked", lambda: draws.request_void(match(), by=year.bureau, **VOID)),
        ("void confirmed", lambda: draws.confirm_void(match(), by=year.leader)),
    ]


def match() -> Draw:
    return Draw.objects.get(kind="match")


class Killing:
    """Ends the session at the server just before its statement number `at`, or the commit."""

    def __init__(self, at: int) -> None:
        self.left = at

    def step(self) -> None:
        self.left -= 1
        if self.left == -1 and connection.connection is not None:
            with pytest.raises(Exception, match="terminating|server closed"):
                connection.connection.cursor().execute(
                    "RESET ROLE; SELECT pg_terminate_backend(pg_backend_pid())"
                )

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.step()
        return execute(sql, params, many, context)


def killed_at(act: Act, at: int, patch: pytest.MonkeyPatch) -> bool:
    """Run the act with the session ended before step `at`; False when it has fewer steps."""
    killing, commit = Killing(at), connection.commit

    def dying_commit() -> None:
        killing.step()
        commit()

    connection.ensure_connection()
    with patch.context() as patched:
        patched.setattr(connection, "commit", dying_commit)
        try:
            with connection.execute_wrapper(killing):
                act()
        except (OperationalError, InterfaceError):
            connection.close()
            return True
    return False


def test_a_session_ended_between_any_two_statements_leaves_nothing_half_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    year = open_year(cases=24)
    kinds = ("sample", "experts", "match")
    acts = [(f"{kind} {name}", act) for kind in kinds for name, act in ceremony(year, kind)]
    for name, act in [*acts, *void_and_replace(year)]:
        before, at = snapshot(), 0
        while killed_at(act, at, monkeypatch):
            assert snapshot() == before, f"{name} killed before step {at}"
            at += STRIDE
        assert snapshot() != before, name
        assert at >= 4, name
    assert Plan.objects.get().stage == "empanelled"
    for draw in Draw.objects.all():
        assert prove(draw, printed=draw.freeze_hash).ok


def run_until_the_audit_line(act: Act) -> int:
    """Start the act in a process of its own and wait until all but its audit line is written."""
    child = os.fork()
    if not child:  # this process ends here, by the signal or on its own
        try:
            connection.connection = None
            act()
        finally:
            os._exit(1)
    deadline = monotonic() + 20
    while monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            )
            if cursor.fetchone() == (1,):
                return child
        sleep(0.01)
    os.kill(child, signal.SIGKILL)
    raise AssertionError("the act never came to its audit line")


def test_a_killed_process_has_done_nothing_and_the_next_press_does_it() -> None:
    year = open_year(cases=24)
    for name, act in ceremony(year, "sample"):
        before = snapshot()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [AUDIT_LOCK])
            child = run_until_the_audit_line(act)
            os.kill(child, signal.SIGKILL)
            assert os.waitpid(child, 0)[1] == signal.SIGKILL
            cursor.execute("SELECT pg_advisory_unlock(%s)", [AUDIT_LOCK])
        assert snapshot() == before, name
        act()
        assert snapshot() != before, name
    assert Plan.objects.get().stage == "drawn"
