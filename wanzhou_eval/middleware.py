"""Requests, from the outside in: private pages, idle sessions, refusals, the auditor's role."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.auth import logout
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from wanzhou_eval.access import signed_in
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Role

Handler = Callable[[HttpRequest], HttpResponse]

IDLE_LIMIT = {Role.EXPERT: timedelta(minutes=30)}
DEFAULT_IDLE_LIMIT = timedelta(minutes=15)
SESSION_LIMIT = timedelta(hours=8)
TITLES = {403: "没有权限", 404: "没有找到", 422: "内容需要修改", 429: "请稍候再试"}


def private_pages(get_response: Handler) -> Handler:
    """Keep pages of signed-in users out of every cache: the next person shares the PC."""

    def middleware(request: HttpRequest) -> HttpResponse:
        signed_in_before = request.user.is_authenticated
        response = get_response(request)
        if signed_in_before:
            response["Cache-Control"] = "no-store"
            if not request.user.is_authenticated:
                response["Clear-Site-Data"] = '"cache", "storage"'
        return response

    return middleware


def idle_timeout(get_response: Handler) -> Handler:
    """End a session after 15 minutes without use (experts 30) or 8 hours in all."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = timezone.now().timestamp()
            session = request.session
            idle = IDLE_LIMIT.get(Role(signed_in(request).role), DEFAULT_IDLE_LIMIT)
            seen, began = session.get("seen_at", now), session.setdefault("began_at", now)
            if now - seen > idle.total_seconds() or now - began > SESSION_LIMIT.total_seconds():
                logout(request)
                if "json" in request.headers.get("Accept", ""):
                    return JsonResponse({"message": "登录已超时，请重新登录后继续。"}, status=401)
                return redirect(f"/login/?timeout=1&next={request.get_full_path()}")
            if now - seen > 60 or "seen_at" not in session:
                session["seen_at"] = now
        return get_response(request)

    return middleware


def answer_refusal(request: HttpRequest, error: RefusedError) -> HttpResponse:
    """The page, or the JSON, that tells the user why and what to do; writes the audit line."""
    user = signed_in(request) if request.user.is_authenticated else None
    if request.method == "POST" or error.status == 403:
        record_event(
            "refuse",
            by=user,
            target=request.path,
            outcome="refused",
            sentence=error.sentence,
            address=request.META.get("REMOTE_ADDR"),
        )
    if "json" in request.headers.get("Accept", ""):
        return JsonResponse({"message": error.sentence, **error.detail}, status=error.status)
    title = TITLES.get(error.status, "这一步现在不能办")
    context = {"title": title, "sentence": error.sentence, "back": request.META.get("HTTP_REFERER")}
    return render(request, "wanzhou_eval/message.html", context, status=error.status)


def refusals(get_response: Handler) -> Handler:
    """Turn a `RefusedError` from any view into its sentence with the right status."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        return answer_refusal(request, error) if isinstance(error, RefusedError) else None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]  # Django's hook
    return middleware


def reader_role(get_response: Handler) -> Handler:
    """Run the auditor's pages as the database's read-only role: a faulty view cannot write."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(
        request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if not request.user.is_authenticated or signed_in(request).role != Role.AUDITOR:
            return None
        if getattr(view, "own_account", False) or not hasattr(view, "allowed_roles"):
            return None
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL ROLE wanzhou_reader")
                response: HttpResponse = view(request, *args, **kwargs)
                cursor.execute("SET LOCAL ROLE wanzhou_app")  # an outer transaction goes on
                return response
        except RefusedError as error:
            return answer_refusal(request, error)

    middleware.process_view = process_view  # type: ignore[attr-defined]  # Django's hook
    return middleware
