"""工作日历: the grid of a year, its notice, and the warning for years without one."""

from datetime import date

import pytest
from django.core.management import call_command

from tests.people import make_user, signed_in, words
from wanzhou_eval.models import Role
from wanzhou_eval.queries import calendar_page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _notices() -> None:
    call_command("load_reference", verbosity=0)


def test_a_year_has_every_day_once() -> None:
    page = calendar_page("2022", today=date(2022, 8, 22))
    days = [cell for month in page.months for week in month.weeks for cell in week if cell]
    assert [month.month for month in page.months] == list(range(1, 13))
    assert len(days) == 365
    assert all(len(week) == 7 for month in page.months for week in month.weeks)
    kinds = {cell.day: cell.kind for cell in days}
    assert kinds[date(2022, 9, 12)] == "off"
    assert kinds[date(2022, 10, 8)] == "work"
    assert kinds[date(2022, 8, 27)] == "weekend"
    assert kinds[date(2022, 8, 26)] == "plain"
    for month in page.months:
        for week in month.weeks:
            assert all(cell.day.weekday() == i for i, cell in enumerate(week) if cell)


def test_the_page_shows_the_notice_the_days_and_other_years() -> None:
    answer = signed_in(make_user(Role.EXPERT)).get("/calendar/?year=2022")
    page = words(answer)
    assert "2022年工作日历" in page
    assert "国务院办公厅关于2022年部分节假日安排的通知" in page
    assert 'href="?year=2023"' in answer.content.decode()
    assert "10月8日（周六）" in page
    assert "登记放假通知" not in page


@pytest.mark.parametrize(
    ("today", "missing"),
    [
        (date(2026, 10, 31), []),
        (date(2026, 11, 1), [2027]),
        (date(2027, 3, 1), [2027]),
        (date(2027, 11, 2), [2027, 2028]),
        (date(2022, 8, 22), []),
    ],
)
def test_a_year_without_notice_is_missed_from_november_on(today: date, missing: list[int]) -> None:
    assert calendar_page("", today=today).missing == missing


def test_a_year_that_nobody_entered_says_so() -> None:
    page = signed_in(make_user(Role.CLERK)).get("/calendar/?year=2031").content.decode()
    assert "这一年没有登记放假通知，下面只标出周末，不能用来算期限。" in page


@pytest.mark.parametrize("typed", ["", "abc", "99999", "-1", "２０２２", "0001"])
def test_whatever_is_typed_as_year_gives_a_page(typed: str) -> None:
    answer = signed_in(make_user(Role.CLERK)).get("/calendar/", {"year": typed})
    assert answer.status_code == 200


def test_only_the_administrator_is_sent_to_the_notices() -> None:
    page = signed_in(make_user(Role.SYSADMIN)).get("/calendar/").content.decode()
    assert "/admin/wanzhou_eval/holidaynotice/" in page
