"""Sessions on a shared office PC: idle 15 or 30 minutes, 8 hours in all, one per expert."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from tests.people import PASSWORD, make_user, signed_in
from wanzhou_eval.models import AuditEvent, Role, User

pytestmark = pytest.mark.django_db
START = datetime(2026, 8, 24, 1, 0, tzinfo=UTC)


def is_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


@pytest.mark.parametrize(("role", "minutes"), [(Role.CLERK, 15), (Role.EXPERT, 30)])
def test_a_session_without_use_ends(role: Role, minutes: int) -> None:
    user = make_user(role)
    with time_machine.travel(START, tick=False) as clock:
        client = signed_in(user)
        assert is_in(client)
        clock.shift(timedelta(minutes=minutes))
        assert is_in(client)
        clock.shift(timedelta(minutes=minutes, seconds=1))
        ended = client.get("/me/")
        assert (ended.status_code, ended["Location"]) == (302, "/login/?timeout=1&next=%2Fme%2F")
        assert ended["Clear-Site-Data"] == '"cache"'
        assert not is_in(client)


def test_staying_is_use_and_the_page_knows_how_long() -> None:
    with time_machine.travel(START, tick=False) as clock:
        client = signed_in(make_user(Role.CLERK))
        page = client.get("/me/").content.decode()
        assert 'data-idle="900" data-left="28800"' in page
        clock.shift(timedelta(minutes=14))
        assert client.get("/stay/").json() == {"stays": True}
        clock.shift(timedelta(minutes=14))
        assert 'data-left="27120"' in client.get("/me/").content.decode()
        clock.shift(timedelta(minutes=16))
        late = client.get("/stay/", headers={"accept": "application/json"})
        assert late.status_code == 401


def test_a_session_ends_after_eight_hours_however_busy() -> None:
    user = make_user(Role.BUREAU)
    with time_machine.travel(START, tick=False) as clock:
        client = signed_in(user)
        for _ in range(8 * 6):
            assert is_in(client)
            clock.shift(timedelta(minutes=10))
        clock.shift(timedelta(minutes=1))
        assert not is_in(client)


def test_the_logout_clears_session_cookie_and_browser() -> None:
    client = signed_in(make_user(Role.CLERK))
    key = client.cookies["wanzhou_session"].value
    answer = client.post("/logout/")
    assert (answer.status_code, answer["Location"]) == (302, "/login/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert not Session.objects.filter(session_key=key).exists()
    client.cookies["wanzhou_session"] = key
    assert not is_in(client)
    assert AuditEvent.objects.get().action == "log_out"


def test_a_link_can_not_log_anybody_out() -> None:
    client = signed_in(make_user(Role.CLERK))
    assert client.get("/logout/").status_code == 405
    assert is_in(client)


def test_the_session_key_changes_at_login() -> None:
    make_user(Role.CLERK)
    client = Client()
    client.get("/login/")
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["wanzhou_session"] = session.session_key or ""
    client.post("/login/", {"username": "clerk", "password": PASSWORD})
    assert client.cookies["wanzhou_session"].value != session.session_key
    assert is_in(client)


@pytest.mark.parametrize(("role", "first_stays"), [(Role.EXPERT, False), (Role.CLERK, True)])
def test_a_second_login_of_an_expert_ends_the_first(role: Role, first_stays: bool) -> None:
    make_user(role)
    clients = [Client(), Client()]
    for client in clients:
        client.post("/login/", {"username": role.value, "password": PASSWORD})
    assert [is_in(client) for client in clients] == [first_stays, True]


def test_a_disabled_account_is_out_at_once() -> None:
    user = make_user(Role.CLERK)
    client = signed_in(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert not is_in(client)


def test_an_account_past_its_last_day_is_out_at_once() -> None:
    user = make_user(Role.EXPERT)
    client = signed_in(user)
    User.objects.filter(pk=user.pk).update(valid_to=timezone.localdate() - timedelta(days=1))
    assert not is_in(client)
