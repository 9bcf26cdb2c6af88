"""Headers on every kind of answer, forged forms, and what the database refuses."""

from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from tests.people import PASSWORD, make_user, signed_in, words
from wanzhou_eval import urls
from wanzhou_eval.models import AuditEvent, Role, User
from wanzhou_eval.refusals import SENTENCES, refusal_of
from wanzhou_eval.views import broken

pytestmark = pytest.mark.django_db
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
}


def fault(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


def trigger(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        User.objects.filter(username="clerk")._raw_delete("default")
    return HttpResponse()


fault.allowed_roles = trigger.allowed_roles = frozenset(Role)  # type: ignore[attr-defined]
urlpatterns = [path("fault/", fault), path("trigger/", trigger), *urls.urlpatterns]
handler404, handler500 = urls.handler404, urls.handler500


def assert_headers(answer: Any) -> None:
    told = {part.strip() for part in answer["Content-Security-Policy"].split(";")}
    assert told == POLICY
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "no-store"
    assert "Server" not in answer
    assert "X-Powered-By" not in answer


@pytest.mark.parametrize(
    ("address", "status"),
    [("/me/", 200), ("/y/1999/cases/", 404), ("/no/such/page/", 404), ("/audit/", 403)],
)
def test_every_answer_to_a_reader_has_the_headers(address: str, status: int) -> None:
    answer = signed_in(make_user(Role.CLERK)).get(address)
    assert answer.status_code == status
    assert_headers(answer)


@pytest.mark.parametrize(("address", "status"), [("/login/", 200), ("/me/", 302), ("/nn/", 404)])
def test_every_answer_to_a_stranger_has_the_headers(address: str, status: int) -> None:
    answer = Client().get(address)
    assert answer.status_code == status
    assert_headers(answer)


@override_settings(ROOT_URLCONF=__name__)
def test_a_fault_has_the_headers_and_no_trace() -> None:
    client = signed_in(make_user(Role.CLERK))
    client.raise_request_exception = False
    answer = client.get("/fault/")
    assert answer.status_code == 500
    assert_headers(answer)
    page = answer.content.decode()
    assert "这一步没有做完，也没有保存一半" in page
    assert "ZeroDivisionError" not in page


def test_the_page_of_a_fault_needs_no_database() -> None:
    with connection.execute_wrapper(lambda *args: pytest.fail("asked the database")):
        assert broken(RequestFactory().get("/")).status_code == 500


def test_a_form_without_its_token_is_refused_with_a_sentence() -> None:
    make_user(Role.CLERK)
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/login/", {"username": "clerk", "password": PASSWORD})
    assert answer.status_code == 403
    assert "这个表单已过期，没有保存。" in answer.content.decode()
    assert_headers(answer)
    answer = client.post("/login/", headers={"Accept": "application/json"})
    assert answer.status_code == 403
    assert answer.json()["message"].startswith("这个表单已过期")


def test_a_token_of_another_origin_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    client.get("/login/")
    token = client.cookies[settings.CSRF_COOKIE_NAME].value
    answer = client.post(
        "/login/",
        {"csrfmiddlewaretoken": token, "username": "x", "password": "y"},
        headers={"Origin": "https://example.org"},
    )
    assert answer.status_code == 403


def test_cookies_are_out_of_reach_of_scripts_and_other_sites() -> None:
    make_user(Role.CLERK)
    client = Client()
    client.get("/login/")
    client.post("/login/", {"username": "clerk", "password": PASSWORD})
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        cookie = client.cookies[name]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")


@override_settings(ROOT_URLCONF=__name__)
def test_a_trigger_is_read_as_its_sentence() -> None:
    answer = signed_in(make_user(Role.CLERK)).post("/trigger/")
    assert answer.status_code == 409
    assert "账号（请停用）不能删除。这一步没有保存，请回年度总览看现在的进度。" in words(answer)
    event = AuditEvent.objects.get()
    assert (event.action, event.outcome, event.target) == ("refuse", "refused", "/trigger/")
    assert User.objects.filter(username="clerk").exists()


@pytest.mark.parametrize("state", sorted(SENTENCES))
def test_a_busy_database_is_read_as_its_sentence(state: str) -> None:
    sentence, status = SENTENCES[state]
    with pytest.raises((IntegrityError, OperationalError)) as told, transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{state}'; END $$")
    refusal = refusal_of(told.value)
    assert refusal is not None
    assert (refusal.sentence, refusal.status) == (sentence, status)


def test_a_fault_of_ours_stays_a_fault() -> None:
    with pytest.raises(Exception, match="division by zero") as told, transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
    assert refusal_of(told.value) is None
    assert refusal_of(ValueError("x")) is None
