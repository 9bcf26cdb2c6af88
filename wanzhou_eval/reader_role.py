"""Pages as PostgreSQL knows their reader: the auditor's role, the expert's person."""

from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse

from wanzhou_eval.access import signed_in
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.middleware import Handler, answer_refusal
from wanzhou_eval.models import Role
from wanzhou_eval.readers import reading_as
from wanzhou_eval.refusals import refusal_of


def reader_role(get_response: Handler) -> Handler:
    """Run the auditor's pages as the database's read-only role: a faulty view cannot write.

    Run the expert's pages as that reader: a faulty view cannot show a partner's sheet.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        role = declared_role(request, view)
        return read_in(role, request, lambda: view(request, *args, **kwargs)) if role else None

    middleware.process_view = process_view  # type: ignore[attr-defined]  # Django's hook
    return middleware


def read_in(role: str, request: HttpRequest, view: Callable[[], HttpResponse]) -> HttpResponse:
    """The page, or why it was refused."""
    try:
        if role == Role.AUDITOR:
            return as_reader(view)
        with reading_as(signed_in(request)):
            return view()
    except (RefusedError, DatabaseError) as error:
        refusal = refusal_of(error, reading=role == Role.AUDITOR)
        if refusal is None:
            raise
        return answer_refusal(request, refusal)


def declared_role(request: HttpRequest, view: Callable[..., HttpResponse]) -> str | None:
    """The role whose pages the database must know of; None where the page does not need it."""
    role = signed_in(request).role if request.user.is_authenticated else None
    if role not in {Role.AUDITOR, Role.EXPERT} or not hasattr(view, "allowed_roles"):
        return None
    if getattr(view, "own_account", False) or getattr(view, "own_transaction", False):
        return None
    return role


def as_reader(view: Callable[[], HttpResponse]) -> HttpResponse:
    """Run in one transaction as the reader, then take the former role again."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role')")
        ((former,),) = cursor.fetchall()
        cursor.execute("SET LOCAL ROLE wanzhou_reader")
        response = view()
        cursor.execute("SELECT set_config('role', %s, true)", [former])
        return response
