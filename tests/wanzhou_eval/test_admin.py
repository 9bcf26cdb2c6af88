"""系统管理: one door, accounts that nobody grants to himself, an audit line for every edit."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client

from tests.people import PASSWORD, make_user, signed_in, words
from wanzhou_eval.actions import try_login
from wanzhou_eval.models import (
    AuditEvent,
    Firm,
    FirmAlias,
    Holiday,
    HolidayNotice,
    Person,
    Role,
    User,
)

pytestmark = pytest.mark.django_db
USERS = "/admin/wanzhou_eval/user/"


@pytest.fixture
def boss() -> User:
    return make_user(Role.SYSADMIN, "admin")


@pytest.fixture
def desk(boss: User) -> Client:
    return signed_in(boss)


def account(**values: Any) -> dict[str, Any]:
    given = {
        "username": "zhang",
        "name": "章一",
        "unit": "中心",
        "role": "clerk",
        "is_active": "on",
    }
    return {**given, "person": "", "valid_to": "", **values}


def lines(action: str) -> list[tuple[str, str, dict[str, Any]]]:
    events = AuditEvent.objects.filter(action=action).order_by("seq")
    return [(event.actor, event.target, event.detail) for event in events]


def test_no_scores_draws_or_results_are_registered() -> None:
    registered = {model._meta.label for model in admin.site._registry}
    assert registered == {
        "wanzhou_eval.User",
        "wanzhou_eval.HolidayNotice",
        "wanzhou_eval.Holiday",
        "wanzhou_eval.FirmAlias",
        "cases.Case",
    }


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SYSADMIN])
@pytest.mark.parametrize("address", ["/admin/", USERS, "/admin/cases/case/import/"])
def test_other_roles_read_why_not(role: Role, address: str) -> None:
    answer = signed_in(make_user(role)).get(address)
    assert answer.status_code == 403
    assert "系统管理供系统管理员使用。" in words(answer)


def test_there_is_no_second_login_without_throttle() -> None:
    make_user(Role.SYSADMIN, "admin")
    answer = Client().post(
        "/admin/login/?next=/admin/", {"username": "admin", "password": PASSWORD}
    )
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/?")
    client = Client()
    door = client.get("/admin/")["Location"]
    assert door == "/admin/login/?next=/admin/"
    assert client.get(door)["Location"] == "/login/?next=%2Fadmin%2F"


@pytest.mark.parametrize(
    "address",
    [
        "/admin/",
        USERS,
        USERS + "add/",
        "/admin/wanzhou_eval/holidaynotice/",
        "/admin/wanzhou_eval/holidaynotice/add/",
        "/admin/wanzhou_eval/holiday/",
        "/admin/wanzhou_eval/firmalias/add/",
        "/admin/cases/case/",
        "/admin/cases/case/import/",
    ],
)
def test_the_pages_open_in_chinese_and_under_the_strict_policy(desk: Client, address: str) -> None:
    answer = desk.get(address)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "系统管理" in page
    assert not re.search(r"\son\w+\s*=|\sstyle\s*=|<style|javascript:", page)
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", page)
    for english in ("Import", "Export", "Add ", "Change", "Home", "Search", "Format", "Log out"):
        assert english not in words(answer), english


def test_a_new_account_gets_an_initial_password_that_must_be_changed(desk: Client) -> None:
    answer = desk.post(USERS + "add/", account())
    found = re.search(r'id="initial-password">([a-z2-9-]{14})<', answer.content.decode())
    assert found
    user = User.objects.get(username="zhang")
    assert (user.role, user.name, user.must_change_password) == ("clerk", "章一", True)
    assert try_login(username="zhang", password=found[1], address=None).user == user
    assert signed_in(user).get("/")["Location"] == "/me/"
    assert lines("create_account") == [("admin", "zhang", {"role": "clerk"})]
    assert found[1] not in str(list(AuditEvent.objects.values()))


@pytest.mark.parametrize(
    "bad", [{"username": "admin"}, {"username": ""}, {"role": "king"}, {"role": ""}, {"name": ""}]
)
def test_a_bad_account_is_not_stored(desk: Client, bad: dict[str, str]) -> None:
    assert desk.post(USERS + "add/", account(**bad)).status_code == 200
    assert User.objects.count() == 1
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"role": "bureau"}, {"fields": ["role"], "from": "clerk", "to": "bureau"}),
        ({"is_active": ""}, {"fields": ["is_active"]}),
        ({"valid_to": "2099-08-26"}, {"fields": ["valid_to"]}),
    ],
)
def test_new_rights_end_the_sessions_and_name_the_grantor(
    desk: Client, change: dict[str, str], detail: dict[str, Any]
) -> None:
    user = make_user(Role.CLERK, "zhang", name="章一", unit="中心")
    session = signed_in(user)
    answer = desk.post(f"{USERS}{user.pk}/change/", account(**change))
    assert answer.status_code == 302
    assert session.get("/me/").status_code == 302
    assert lines("change_account") == [("admin", "zhang", detail)]


def test_the_trail_names_the_person_whose_cases_an_account_opens(desk: Client) -> None:
    firm = Firm.objects.create(code="F001", name="重庆甲律师事务所", key="JIA")
    person = Person.objects.create(code="P0001", name="章一", firm=firm)
    desk.post(USERS + "add/", account(role="expert", person=str(person.pk)))
    assert lines("create_account")[0][2] == {"role": "expert", "person": "P0001"}
    user = User.objects.get(username="zhang")
    other = Person.objects.create(code="P0002", name="章二", firm=firm)
    desk.post(f"{USERS}{user.pk}/change/", account(role="expert", person=str(other.pk)))
    desk.post(f"{USERS}{user.pk}/change/", account(role="expert"))
    assert [detail for _, _, detail in lines("change_account")] == [
        {"fields": ["person"], "person": "P0002"},
        {"fields": ["person"], "person": ""},
    ]


@pytest.mark.parametrize(
    "asked",
    ["password__startswith", "password", "person__name", "must_change_password__exact"],
)
def test_no_filter_spells_out_what_the_list_does_not_show(desk: Client, asked: str) -> None:
    hashed = User.objects.get().password
    assert desk.get(USERS, {asked: hashed[:9]}).status_code == 400
    assert desk.get(USERS, {"role__exact": "sysadmin", "is_active__exact": "1"}).status_code == 200


def test_a_new_unit_leaves_the_session_alone(desk: Client) -> None:
    user = make_user(Role.CLERK, "zhang", name="章一", unit="中心")
    session = signed_in(user)
    desk.post(f"{USERS}{user.pk}/change/", account(unit="科室", username="other"))
    user.refresh_from_db()
    assert (user.unit, user.username) == ("科室", "zhang")
    assert session.get("/me/").status_code == 200


@pytest.mark.parametrize("right", [{"role": "bureau"}, {"is_active": ""}, {"valid_to": "2099-1-1"}])
def test_nobody_grants_rights_to_himself(boss: User, desk: Client, right: dict[str, str]) -> None:
    own = account(name=boss.name, unit="", role="sysadmin")
    answer = desk.post(f"{USERS}{boss.pk}/change/", {**own, **right})
    assert answer.status_code == 409
    assert "自己的角色、启用状态和有效期不能自己改。" in words(answer)
    boss.refresh_from_db()
    assert (boss.role, boss.is_active, boss.valid_to) == ("sysadmin", True, None)
    assert not lines("change_account")


def test_an_account_is_never_deleted(desk: Client) -> None:
    user = make_user(Role.CLERK)
    assert desk.post(f"{USERS}{user.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=user.pk).exists()


def test_a_reset_password_replaces_the_old_one(desk: Client, boss: User) -> None:
    user = make_user(Role.CLERK)
    session = signed_in(user)
    answer = desk.post(f"{USERS}{user.pk}/reset/")
    password = re.search(r'id="initial-password">([^<]+)<', answer.content.decode())
    assert password
    assert session.get("/me/").status_code == 302
    assert try_login(username="clerk", password=PASSWORD, address=None).user is None
    assert try_login(username="clerk", password=password[1], address=None).user == user
    assert lines("reset_password") == [("admin", "clerk", {})]
    assert desk.get(f"{USERS}{user.pk}/reset/").status_code == 405
    assert desk.post(f"{USERS}{boss.pk}/reset/").status_code == 409
    assert desk.post(f"{USERS}999999/reset/").status_code == 404


def notice_form(**days: str) -> dict[str, str]:
    form = {
        "year": "2027",
        "title": "国务院办公厅关于2027年部分节假日安排的通知",
        "document": "国办发明电〔2026〕9号",
        "issued_on": "2026-11-04",
        "days-TOTAL_FORMS": "1",
        "days-INITIAL_FORMS": "0",
        "days-0-day": "2027-01-01",
        "days-0-kind": "off",
        "days-0-name": "元旦",
    }
    return {**form, **days}


def test_a_notice_with_its_days_leaves_a_line_each(desk: Client) -> None:
    answer = desk.post("/admin/wanzhou_eval/holidaynotice/add/", notice_form())
    assert answer.status_code == 302
    assert list(Holiday.objects.values_list("name", "kind", "notice__year")) == [
        ("元旦", "off", 2027)
    ]
    assert [len(lines(f"keep_{kind}")) for kind in ("notice", "holiday")] == [1, 1]
    notice = HolidayNotice.objects.get()
    day = Holiday.objects.get()
    assert (
        desk.post(f"/admin/wanzhou_eval/holiday/{day.pk}/delete/", {"post": "yes"}).status_code
        == 302
    )
    assert len(lines("remove_holiday")) == 1
    desk.post(f"/admin/wanzhou_eval/holidaynotice/{notice.pk}/delete/", {"post": "yes"})
    assert len(lines("remove_notice")) == 1
    assert not HolidayNotice.objects.exists()


def test_a_notice_with_days_stays(desk: Client) -> None:
    desk.post("/admin/wanzhou_eval/holidaynotice/add/", notice_form())
    notice = HolidayNotice.objects.get()
    desk.post(f"/admin/wanzhou_eval/holidaynotice/{notice.pk}/delete/", {"post": "yes"})
    assert HolidayNotice.objects.exists()
    assert not lines("remove_notice")


def test_an_alias_is_kept_in_its_normalised_form(desk: Client) -> None:
    firm = Firm.objects.create(code="F001", name="重庆万州律师事务所", key="重庆万州律师事务所")
    address = "/admin/wanzhou_eval/firmalias/add/"
    desk.post(address, {"key": " 重庆 万州律所（老）", "firm": firm.pk})
    alias = FirmAlias.objects.get()
    assert " " not in alias.key
    assert lines("keep_alias")[0][0] == "admin"
    again = desk.post(address, {"key": "重庆万州律所（老）", "firm": firm.pk})
    same = desk.post(address, {"key": "重庆万州律师事务所", "firm": firm.pk})
    assert (again.status_code, same.status_code) == (200, 200)
    assert FirmAlias.objects.count() == 1


def test_the_firms_own_doors_lead_to_the_house() -> None:
    client = signed_in(make_user(Role.SYSADMIN))
    assert client.get("/admin/password_change/")["Location"] == "/me/"
    assert client.post("/admin/logout/")["Location"] == "/me/"
