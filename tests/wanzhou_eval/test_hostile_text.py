"""What no column can hold, in an address or a form: a sentence, never an error page."""

import pytest
from django.test import Client

from tests.people import signed_in
from wanzhou_eval.models import AuditEvent, Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    return User.objects.create(username="clerk", name="甲", role=Role.CLERK, password="!")


def test_nobody_breaks_a_public_page_with_it() -> None:
    for address in ("/public/?number=%00", "/public/draws/?number=a%00b", "/y/2022/draws/%00/"):
        answer = Client().get(address)
        assert answer.status_code in {302, 422}, address
        assert (answer.status_code == 302) == address.startswith("/y/")
    assert AuditEvent.objects.filter(action="refuse").count() == 0


def test_a_page_and_a_form_say_what_to_do(clerk: User) -> None:
    browser = signed_in(clerk)
    for answer in (
        browser.get("/y/2022/cases/", {"q": "\0"}),
        browser.get("/y/2022/draws/%00/"),
        browser.post("/words/keep/", {"subject": "kind", "word": "刑\0事", "meaning": "刑事"}),
    ):
        assert answer.status_code == 422
        assert "看不见的控制字符" in answer.content.decode()


def test_the_auditor_too(clerk: User) -> None:
    clerk.role = Role.AUDITOR
    clerk.save(update_fields=["role"])
    assert signed_in(clerk).get("/y/2022/cases/", {"q": "\0"}).status_code == 422


def test_a_year_beyond_the_calendar_is_not_found(clerk: User) -> None:
    for address in ("/public/0/", "/public/99999/draws/", f"/y/{10**24}/experts/"):
        answer = signed_in(clerk).get(address)
        assert answer.status_code == 404, address
        assert "网址里的年度不存在" in answer.content.decode()
