"""Loading the holidays: complete once, harmless again, blind to what somebody edited."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from wanzhou_eval.models import AuditEvent, Holiday, HolidayNotice
from wanzhou_eval.queries import working_calendar
from wanzhou_eval.workdays import add_workdays

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_calendar() -> None:
    Holiday.objects.all().delete()
    HolidayNotice.objects.all().delete()


def load() -> str:
    out = StringIO()
    call_command("load_reference", stdout=out)
    return out.getvalue().strip()


def loads_recorded() -> int:
    return AuditEvent.objects.filter(action="add_missing_notices").count()


def test_the_calendar_in_the_database_computes_the_dates_of_2022() -> None:
    assert load() == "已录入2020、2021、2022、2023、2024、2025、2026年节假日安排"
    calendar = working_calendar()
    assert calendar.years == frozenset(range(2020, 2027))
    assert add_workdays(date(2022, 9, 9), 10, calendar).due == date(2022, 9, 26)
    new_year = Holiday.objects.get(day=date(2022, 12, 31))
    assert (new_year.notice.year, new_year.kind, new_year.name) == (2023, "off", "元旦")
    assert HolidayNotice.objects.get(year=2022).document == "国办发明电〔2021〕11号"


def test_a_second_run_changes_nothing() -> None:
    load()
    version, recorded = working_calendar().version, loads_recorded()
    assert load() == "节假日安排已齐全，无需录入"
    assert working_calendar().version == version
    assert loads_recorded() == recorded


def test_an_edited_year_is_left_as_it_is() -> None:
    load()
    Holiday.objects.filter(day=date(2022, 10, 8)).delete()
    HolidayNotice.objects.filter(year=2022).update(document="更正")
    version = working_calendar().version
    load()
    assert working_calendar().version == version
    assert HolidayNotice.objects.get(year=2022).document == "更正"


def test_a_missing_year_is_filled_in_and_a_day_already_there_is_kept() -> None:
    load()
    Holiday.objects.filter(notice__year=2023).delete()
    HolidayNotice.objects.get(year=2023).delete()
    other = HolidayNotice.objects.get(year=2022)
    Holiday.objects.create(notice=other, day=date(2022, 12, 31), kind="off", name="手工录入")
    assert load() == "已录入2023年节假日安排"
    assert Holiday.objects.get(day=date(2022, 12, 31)).name == "手工录入"
    assert Holiday.objects.filter(notice__year=2023).count() == 33
