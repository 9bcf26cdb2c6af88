"""Requests, from the outside in: private pages, lost forms, sessions, refusals, exports, roles."""

import re
from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from wanzhou_eval.access import signed_in
from wanzhou_eval.audit import record_event
from wanzhou_eval.downloads import Handout
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Role, User
from wanzhou_eval.refusals import refusal_of

Handler = Callable[[HttpRequest], HttpResponse]

IDLE_LIMIT = {Role.EXPERT: timedelta(minutes=30)}
DEFAULT_IDLE_LIMIT = timedelta(minutes=15)
SESSION_LIMIT = timedelta(hours=8)
YEARS = range(1900, 2100)
READING = frozenset({"GET", "HEAD", "OPTIONS"})
TITLES = {
    403: "没有权限",
    404: "没有找到",
    405: "这个网址打不开",
    422: "内容需要修改",
    429: "请稍候再试",
    503: "请稍候再试",
}
WITHOUT_NEW_PASSWORD = frozenset({"account", "password", "logout", "text_size"})
"""Pages open to an account that still has its initial password."""


def client_address(get_response: Handler) -> Handler:
    """Count logins by the client's address, as the last proxy of ours saw it.

    What stands further left in X-Forwarded-For was written by the client and is not believed.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        seen = request.headers.get("X-Forwarded-For", "").split(",")
        if 0 < settings.PROXIES <= len(seen) and is_address(seen[-settings.PROXIES].strip()):
            request.META["REMOTE_ADDR"] = seen[-settings.PROXIES].strip()
        return get_response(request)

    return middleware


def is_address(text: str) -> bool:
    """Whether the text is an IPv4 or IPv6 address."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def private_pages(get_response: Handler) -> Handler:
    """Keep every page out of every cache: the next person shares the PC.

    A session that ran out leaves the browser's storage: what an expert could not send yet waits
    there for the next login. The scripts wipe it after a day or when somebody else logs in.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        signed_in_before = request.user.is_authenticated
        response = get_response(request)
        response["Cache-Control"] = "no-store"
        if signed_in_before and not request.user.is_authenticated:
            expired = getattr(request, "session_expired", False)
            response["Clear-Site-Data"] = '"cache"' if expired else '"cache", "storage"'
        return response

    return middleware


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asked (autosave), not a person."""
    return "json" in request.headers.get("Accept", "")


def page_before(request: HttpRequest) -> str:
    """The page to come back to: for a form the page it stood on, never its POST address."""
    if request.method in READING:
        return request.get_full_path()
    page = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure())
    parts = urlsplit(page)
    return (f"{parts.path}?{parts.query}" if parts.query else parts.path) if ours else "/"


def to_login(request: HttpRequest) -> HttpResponse:
    """The login page that leads back afterwards, or 401 for a script."""
    if wants_json(request):
        return JsonResponse({"message": "登录已超时，请重新登录后继续。"}, status=401)
    asked = {"timeout": "1", "next": page_before(request)}
    if request.method not in READING:
        asked["unsaved"] = "1"
    return redirect(f"{reverse('login')}?{urlencode(asked)}")


def lost_forms(get_response: Handler) -> Handler:
    """Answer a form sent without a session with the login page, then its page, never a 405."""

    def middleware(request: HttpRequest) -> HttpResponse:
        anonymous = not request.user.is_authenticated
        response = get_response(request)
        to_log_in = response.get("Location", "").startswith(reverse("login"))
        if anonymous and request.method not in READING and to_log_in:
            return to_login(request)
        return response

    return middleware


def idle_timeout(get_response: Handler) -> Handler:
    """End a session after 15 minutes without use (experts 30) or 8 hours in all.

    An account past its last day loses its session too; a disabled one has none already.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            user = signed_in(request)
            now = timezone.now().timestamp()
            session = request.session
            idle = IDLE_LIMIT.get(Role(user.role), DEFAULT_IDLE_LIMIT)
            seen, began = session.get("seen_at", now), session.setdefault("began_at", now)
            over = user.valid_to is not None and user.valid_to < timezone.localdate()
            late = now - seen > idle.total_seconds() or now - began > SESSION_LIMIT.total_seconds()
            if over or late:
                logout(request)
                request.session_expired = True  # type: ignore[attr-defined]  # private_pages asks
                return to_login(request)
            if now - seen > 60 or "seen_at" not in session:
                session["seen_at"] = now
        return get_response(request)

    return middleware


def new_password_first(get_response: Handler) -> Handler:
    """Hold an account with an initial password on its account page until it is changed."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(
        request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if not request.user.is_authenticated or not signed_in(request).must_change_password:
            return None
        name = request.resolver_match.url_name if request.resolver_match else None
        if name in WITHOUT_NEW_PASSWORD:
            return None
        if wants_json(request):
            return JsonResponse({"message": "请先在“我的账号”修改初始密码。"}, status=403)
        return redirect("account")

    middleware.process_view = process_view  # type: ignore[attr-defined]  # Django's hook
    return middleware


def answer_refusal(request: HttpRequest, error: RefusedError) -> HttpResponse:
    """The page, or the JSON, that tells the user why and what to do; writes the audit line."""
    user = signed_in(request) if request.user.is_authenticated else None
    blind = hidden_from_trail(error, user=user)
    if request.method == "POST" or error.status == 403:
        record_event(
            "refuse",
            by=user,
            target=unnumbered(request.path) if blind else request.path,
            outcome="refused",
            sentence="" if blind else error.sentence,
            address=request.META.get("REMOTE_ADDR"),
        )
    if wants_json(request):
        return JsonResponse({"message": error.sentence, **error.detail}, status=error.status)
    title = TITLES.get(error.status, "这一步现在不能办")
    context = {"title": title, "sentence": error.sentence, "back": request.META.get("HTTP_REFERER")}
    return render(request, "wanzhou_eval/message.html", context, status=error.status)


def hidden_from_trail(error: RefusedError, *, user: User | None) -> bool:
    """Whether others read only that it was refused (背靠背).

    An expert's refusals tell of items, amounts and agreement, and their addresses which file is
    begun, sealed or revealed.
    """
    return user is not None and user.role == Role.EXPERT and error.status != 403


def unnumbered(path: str) -> str:
    """The address with its year but without the number of the file."""
    head, year, rest = re.match(r"(\D*)(\d*)(.*)", path, re.DOTALL).groups()  # type: ignore[union-attr]  # fits any text
    return head + year + re.sub(r"\d+", "…", rest)


def refuse_address(
    request: HttpRequest, _view: Any, _args: tuple[Any, ...], kwargs: dict[str, Any]
) -> HttpResponse | None:
    """Refuse what no column can hold: U+0000 in an address or a form, a year beyond the calendar.

    The other numbers of an address are only ever looked up, and a number too large is not found.
    """
    year = kwargs.get("year")
    if year is not None and year not in YEARS:
        sentence = "网址里的年度不存在。请回首页，从菜单进入。"
        return answer_refusal(request, RefusedError(sentence, status=404))
    typed = [
        text for data in (request.GET, request.POST) for _, all_ in data.lists() for text in all_
    ]
    if not any("\0" in text for text in (*typed, *map(str, kwargs.values()))):
        return None
    sentence = "填写的内容里有看不见的控制字符，没有办理。请删去重新输入，不要整段粘贴。"
    return answer_refusal(request, RefusedError(sentence, status=422))


def refusals(get_response: Handler) -> Handler:
    """Turn a refusal of an action or of the database into its sentence with the right status."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == 405 and not wants_json(request):
            sentence = "这个网址只接收表单，不能直接打开。请回首页，从菜单进入。"
            answer = answer_refusal(request, RefusedError(sentence, status=405))
            answer["Allow"] = response.get("Allow", "POST")
            return answer
        return response

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        refusal = refusal_of(error)
        return answer_refusal(request, refusal) if refusal else None

    middleware.process_view = refuse_address  # type: ignore[attr-defined]  # Django's hook
    middleware.process_exception = process_exception  # type: ignore[attr-defined]  # Django's hook
    return middleware


def handouts(get_response: Handler) -> Handler:
    """Record an export that names people before its first byte leaves: no line, no file.

    Out here and not in the view, because the auditor's views run as a role that cannot write.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        handout: Handout | None = getattr(request, "handout", None)
        if handout and response.status_code == 200:
            record_event(
                "export_list",
                by=signed_in(request),
                target=handout.title,
                year=handout.year,
                detail={"rows": handout.rows, "filters": handout.filters},
                address=request.META.get("REMOTE_ADDR"),
            )
        return response

    return middleware
