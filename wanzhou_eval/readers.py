"""Who reads, told to PostgreSQL: its row-level rules show an expert no partner's sheet (背靠背).

The setting is local to a transaction. A plain SET would outlive it on the connection, and the
next reader would be taken for the last one.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from django.db import connection, connections, transaction

from wanzhou_eval.database import OWNER
from wanzhou_eval.models import Role, User

P = ParamSpec("P")
Result = TypeVar("Result")

TELL = """SELECT current_setting('app.person', true), set_config('app.person', %s, true),
 set_config('plan_cache_mode', 'force_generic_plan', true)"""
"""Also: to plan a prepared statement with its row-level rules costs ten times its execution, so one
plan per connection serves all readers (`wanzhou_eval.prepared`)."""


def reading_as(user: User | None) -> AbstractContextManager[None]:
    """One transaction in which rows are read as this expert; as nobody for any other account."""
    expert = user is not None and user.role == Role.EXPERT
    return reading_as_person(user.person_id if user and expert else None)


@contextmanager
def reading_as_person(person: int | None) -> Iterator[None]:
    """As `reading_as`, by the person behind the account.

    Inside another transaction (an act within an act) the former reader is told again at the end;
    after a refusal the rollback does so.
    """
    nested = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TELL, [str(person or "")])
        ((former, *_),) = cursor.fetchall()
        yield
        if nested:
            cursor.execute(TELL, [former or ""])


def reads_as_actor(action: Callable[P, Result]) -> Callable[P, Result]:
    """Run an act as one transaction in which `by` is the reader."""

    @wraps(action)
    def acted(*args: P.args, **kwargs: P.kwargs) -> Result:
        with reading_as(cast("User | None", kwargs["by"])):
            return action(*args, **kwargs)

    return acted


def tells_reader(action: Callable[P, Result]) -> Callable[P, Result]:
    """As `reads_as_actor`, for an act whose first statement tells the reader itself.

    Where that statement finds nothing to do the act ends; so nothing is read as nobody.
    """
    whole = reads_as_actor(action)

    @wraps(action)
    def acted(*args: P.args, **kwargs: P.kwargs) -> Result:
        if connection.in_atomic_block:  # the former reader is told again at the end
            return whole(*args, **kwargs)
        with transaction.atomic():
            return action(*args, **kwargs)

    return acted


@contextmanager
def verifying() -> Iterator[None]:
    """One snapshot in which nothing is hidden and nothing written: for the command that verifies.

    Sealed sheets are checked before the reveal too, and no page may read them. The owner's login
    is the operator's, on the server; no request has it.
    """
    usual = connections["default"]
    connections["default"] = usual if _may_be_owner() else connections["owner"]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if not connection.savepoint_ids:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT current_setting('role')")
            ((former,),) = cursor.fetchall()
            cursor.execute(f"SET LOCAL ROLE {OWNER}")
            yield
            cursor.execute("SELECT set_config('role', %s, true)", [former])
    finally:
        connections["default"] = usual


def _may_be_owner() -> bool:
    """Whether one login serves for all three roles."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role(session_user, %s, 'MEMBER')", [OWNER])
        return bool(cursor.fetchone()[0])


def own_transaction(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view whose act opens the transaction itself: it reads no sheet before or after."""
    view.own_transaction = True  # type: ignore[attr-defined]  # read by reader_role
    return view
