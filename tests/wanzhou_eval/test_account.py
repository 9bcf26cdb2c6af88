"""我的账号: text size, password, and the initial password that must go first."""

from typing import Any

import pytest
from django.test import Client

from tests.people import PASSWORD, make_user, signed_in
from wanzhou_eval.models import AuditEvent, Role, User

pytestmark = pytest.mark.django_db
NEW = "Qingshan-2046"


def change(client: Client, *, old: str = PASSWORD, new: str = NEW, again: str = "") -> Any:
    return client.post("/me/password/", {"old": old, "new": new, "again": again or new})


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_its_account_page(role: Role) -> None:
    user = make_user(role, unit="区司法局")
    page = signed_in(user).get("/me/").content.decode()
    for fact in (user.name, user.username, user.get_role_display(), "区司法局"):
        assert fact in page


def test_a_new_password_counts_and_ends_the_other_sessions() -> None:
    user = make_user(Role.CLERK, must_change_password=True)
    here, there = signed_in(user), signed_in(user)
    answer = change(here)
    assert (answer.status_code, answer["Location"]) == (302, "/me/")
    assert here.get("/me/").status_code == 200
    assert there.get("/me/").status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert not user.must_change_password
    assert user.password_set_at is not None
    event = AuditEvent.objects.get(action="change_password")
    assert (event.actor, event.target) == ("clerk", "clerk")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"old": "wrong"}, "现在的密码不对，请重新输入。"),
        ({"again": "Qingshan-2047"}, "两次输入的新密码不同，请重新输入。"),
        ({"new": "Short-1"}, "10"),
        ({"new": "20220822202208"}, "数字"),
        ({"new": "password123"}, "常见"),
        ({"new": "xx-zhonglao-xx"}, "账号"),
    ],
)
def test_a_bad_new_password_is_refused_and_nothing_changes(
    typed: dict[str, str], sentence: str
) -> None:
    user = make_user(Role.CLERK, username="zhonglao")
    before = User.objects.get().password
    answer = change(signed_in(user), **typed)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert User.objects.get().password == before
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("address", ["/", "/calendar/", "/help/", "/y/2022/cases/"])
def test_an_initial_password_is_changed_before_anything_else(address: str) -> None:
    client = signed_in(make_user(Role.CLERK, must_change_password=True))
    answer = client.get(address)
    assert (answer.status_code, answer["Location"]) == (302, "/me/")
    page = client.get("/me/").content.decode()
    assert "这是初始密码，请先改成自己的密码再办事。" in page
    assert change(client).status_code == 302
    assert client.get("/calendar/").status_code == 200


def test_no_form_slips_past_the_initial_password() -> None:
    user = make_user(Role.CLERK, must_change_password=True)
    client = signed_in(user)
    assert client.post("/y/2022/cases/total/", {"total": 1})["Location"] == "/me/"
    script = client.post("/y/2022/cases/total/", headers={"Accept": "application/json"})
    assert (script.status_code, script.json()["message"]) == (
        403,
        "请先在“我的账号”修改初始密码。",
    )
    assert client.post("/logout/").status_code == 302


def test_the_text_size_is_kept_with_the_account() -> None:
    user = make_user(Role.EXPERT)
    client = signed_in(user)
    answer = client.post("/me/text-size/", {"size": "xlarge", "next": "/help/"})
    assert (answer.status_code, answer["Location"]) == (302, "/help/")
    assert 'class="size-xlarge"' in client.get("/me/").content.decode()
    assert client.post("/me/text-size/", {"size": "huge"}).status_code == 422
    user.refresh_from_db()
    assert user.text_size == "xlarge"
