"""Login: throttled before the hash, silent about who exists; initial passwords; expired forms."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.people import PASSWORD, make_user, signed_in
from wanzhou_eval.actions import ACCOUNT_TRIES, ADDRESS_TRIES, WRONG, try_login
from wanzhou_eval.models import AuditEvent, LoginFailure, Role, User

pytestmark = pytest.mark.django_db


def log_in(client: Client, username: str, password: str, **more: str) -> Any:
    return client.post("/login/", {"username": username, "password": password, **more})


def fail(username: str, times: int, address: str = "10.0.0.1") -> None:
    for _ in range(times):
        assert try_login(username=username, password="wrong", address=address).user is None


def age_failures(minutes: int) -> None:
    LoginFailure.objects.update(at=timezone.now() - timedelta(minutes=minutes))


def test_the_right_password_leads_to_the_page_asked_for() -> None:
    make_user(Role.CLERK)
    answer = log_in(Client(), "clerk", PASSWORD, next="/calendar/")
    assert (answer.status_code, answer["Location"]) == (302, "/calendar/")
    assert AuditEvent.objects.filter(action="log_in", actor="clerk", outcome="done").count() == 1


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/x", "javascript:1"])
def test_the_login_never_leads_to_another_site(elsewhere: str) -> None:
    make_user(Role.CLERK)
    assert log_in(Client(), "clerk", PASSWORD, next=elsewhere)["Location"] == "/"


def test_a_wrong_password_and_an_unknown_account_read_the_same() -> None:
    make_user(Role.CLERK)
    pages = []
    for name in ("clerk", "nobody"):
        answer = log_in(Client(), name, "wrong")
        assert answer.status_code == 422
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
        pages.append(text.replace(f'value="{name}"', ""))
    assert WRONG in pages[0]
    assert pages[0] == pages[1]


def test_what_was_typed_for_an_unknown_account_is_not_kept_in_the_trail() -> None:
    log_in(Client(), "my-secret-password", "x")
    assert AuditEvent.objects.get().target == "（没有这个账号）"


def test_the_fifth_failure_locks_the_account_for_fifteen_minutes() -> None:
    make_user(Role.CLERK)
    fail("clerk", ACCOUNT_TRIES - 1)
    assert try_login(username="clerk", password=PASSWORD, address=None).user is not None
    fail("clerk", ACCOUNT_TRIES)
    attempt = try_login(username="clerk", password=PASSWORD, address=None)
    assert attempt.user is None
    assert re.fullmatch(r"密码连续输错5次，账号锁定到\d\d:\d\d。请到时再试。", attempt.sentence)
    age_failures(14)
    assert try_login(username="clerk", password=PASSWORD, address=None).user is None
    age_failures(16)
    assert try_login(username="clerk", password=PASSWORD, address=None).user is not None


def test_a_locked_account_counts_no_further_failures() -> None:
    make_user(Role.CLERK)
    fail("clerk", ACCOUNT_TRIES + 7)
    assert LoginFailure.objects.count() == ACCOUNT_TRIES


def test_an_unknown_account_is_locked_like_a_known_one() -> None:
    fail("nobody", ACCOUNT_TRIES)
    attempt = try_login(username="nobody", password="x", address=None)
    assert attempt.sentence.startswith("密码连续输错5次，账号锁定到")


def test_twenty_failures_lock_the_address_whatever_the_accounts() -> None:
    make_user(Role.CLERK)
    for number in range(ADDRESS_TRIES):
        fail(f"guess{number}", 1)
    attempt = try_login(username="clerk", password=PASSWORD, address="10.0.0.1")
    assert attempt.sentence == "这台电脑登录失败次数过多，请15分钟后再试。"
    elsewhere = try_login(username="clerk", password=PASSWORD, address="10.0.0.2")
    assert elsewhere.user is not None
    age_failures(16)
    assert try_login(username="clerk", password=PASSWORD, address="10.0.0.1").user is not None


def test_the_address_is_the_connection_not_what_a_header_claims() -> None:
    client = Client()
    client.post(
        "/login/", {"username": "x", "password": "y"}, headers={"X-Forwarded-For": "9.9.9.9"}
    )
    assert LoginFailure.objects.get().address == "127.0.0.1"


@pytest.mark.parametrize(
    ("proxies", "header", "counted"),
    [
        (1, "9.9.9.9, 10.1.2.3", "10.1.2.3"),
        (2, "9.9.9.9, 10.1.2.3, 10.0.0.1", "10.1.2.3"),
        (1, "nonsense", "127.0.0.1"),
        (2, "10.1.2.3", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_behind_proxies_of_ours_the_last_of_them_is_believed(
    settings: Any, proxies: int, header: str, counted: str
) -> None:
    settings.PROXIES = proxies
    sent = {"username": "x", "password": "y"}
    Client().post("/login/", sent, headers={"X-Forwarded-For": header})
    assert LoginFailure.objects.get().address == counted


@pytest.mark.parametrize(
    "closed", [{"is_active": False}, {"valid_to": timezone.localdate() - timedelta(days=1)}]
)
def test_a_disabled_or_expired_account_reads_like_a_wrong_password(
    closed: dict[str, Any],
) -> None:
    make_user(Role.EXPERT, **closed)
    assert try_login(username="expert", password=PASSWORD, address=None).sentence == WRONG


def test_an_account_is_open_on_its_last_day() -> None:
    make_user(Role.EXPERT, valid_to=timezone.localdate())
    assert try_login(username="expert", password=PASSWORD, address=None).user is not None


def test_an_initial_password_lives_72_hours() -> None:
    hours = timezone.now() - timedelta(hours=71)
    user = make_user(Role.CLERK, must_change_password=True, password_set_at=hours)
    assert try_login(username="clerk", password=PASSWORD, address=None).user == user
    User.objects.update(password_set_at=timezone.now() - timedelta(hours=73))
    attempt = try_login(username="clerk", password=PASSWORD, address=None)
    assert attempt.sentence == "初始密码超过72小时没有使用，已失效。请找系统管理员重设。"
    User.objects.update(must_change_password=False)
    assert try_login(username="clerk", password=PASSWORD, address=None).user == user


def test_a_page_asked_for_without_login_comes_after_the_login() -> None:
    answer = Client().get("/audit/?year=2022&actor=bureau")
    assert answer.status_code == 302
    assert answer["Location"] == "/login/?next=/audit/%3Fyear%3D2022%26actor%3Dbureau"


def test_a_form_sent_after_the_session_ended_leads_back_to_its_page() -> None:
    make_user(Role.CLERK)
    client = Client()
    sent = client.post(
        "/me/password/", {"old": "a"}, headers={"Referer": "http://testserver/me/?from=menu"}
    )
    assert sent.status_code == 302
    assert sent["Location"] == "/login/?timeout=1&next=%2Fme%2F%3Ffrom%3Dmenu&unsaved=1"
    page = client.get(sent["Location"]).content.decode()
    assert "刚才提交的内容没有保存，登录后请再填一次。" in page
    assert 'name="next" value="/me/?from=menu"' in page
    back = log_in(client, "clerk", PASSWORD, next="/me/?from=menu")
    assert client.get(back["Location"]).status_code == 200


def test_a_form_from_elsewhere_leads_to_the_first_page_not_to_that_site() -> None:
    sent = Client().post("/me/password/", headers={"Referer": "https://example.org/trap"})
    assert sent["Location"] == "/login/?timeout=1&next=%2F&unsaved=1"


def test_a_script_whose_session_ended_reads_401() -> None:
    sent = Client().post("/me/text-size/", headers={"Accept": "application/json"})
    assert sent.status_code == 401
    assert sent.json() == {"message": "登录已超时，请重新登录后继续。"}


def test_an_address_that_only_takes_forms_says_so_when_opened() -> None:
    answer = signed_in(make_user(Role.CLERK)).get("/me/password/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "这个网址只接收表单，不能直接打开" in answer.content.decode()
