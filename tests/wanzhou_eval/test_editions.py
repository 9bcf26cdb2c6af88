"""The calendar's editions: one text in Python and SQL, one row per change, never lost."""

import hashlib
import threading
from datetime import date

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from tests.people import make_user, signed_in, words
from wanzhou_eval import accounts
from wanzhou_eval.calendars import LEAST_DAYS_OFF, Notice, make_calendar, parse_calendar
from wanzhou_eval.models import AuditEvent, CalendarEdition, Holiday, HolidayNotice, Role, User
from wanzhou_eval.queries import calendar_of, calendar_page, kept_calendar, working_calendar
from wanzhou_eval.workdays import add_workdays

pytestmark = pytest.mark.django_db
START = date(2022, 9, 2)


@pytest.fixture
def _notices() -> None:
    call_command("load_reference", verbosity=0)


def extra_day(day: str, *, kind: str = "off", name: str = "临时") -> Holiday:
    notice = HolidayNotice.objects.get(year=2022)
    return Holiday(notice=notice, day=date.fromisoformat(day), kind=kind, name=name)


def editions() -> list[str]:
    return list(CalendarEdition.objects.values_list("version", flat=True))


@pytest.mark.usefixtures("_notices")
def test_the_database_writes_the_text_that_the_rules_write() -> None:
    calendar = working_calendar()
    edition = CalendarEdition(version=calendar.version, text=calendar.text)
    assert kept_calendar() == calendar
    stored = CalendarEdition.objects.get()
    assert (stored.version, stored.text) == (edition.version, edition.text)
    assert hashlib.sha256(stored.text.encode()).hexdigest()[:12] == stored.version
    assert calendar.text.splitlines()[0] == "WZRL/1"
    assert "off\t2022-09-12\t中秋节" in calendar.text.splitlines()
    assert parse_calendar(calendar.text).version == calendar.version


def test_white_space_and_empty_fields_leave_the_text_readable() -> None:
    notice = Notice(year=2022, title="第一行\n第二\t行")
    calendar = make_calendar([notice], [(date(2022, 1, 1), "off", "元\r旦")])
    assert calendar.text == ("WZRL/1\nnotice\t2022\t第一行 第二 行\t-\t-\noff\t2022-01-01\t元 旦\n")
    HolidayNotice.objects.create(year=2022, title="第一行\n第二\t行")
    Holiday.objects.create(
        notice=HolidayNotice.objects.get(), day="2022-01-01", kind="off", name="元\r旦"
    )
    assert working_calendar().text == calendar.text
    with pytest.raises(ValueError, match="not a calendar"):
        parse_calendar("hello")


def test_a_notice_half_entered_covers_no_year() -> None:
    notice = Notice(year=2027, title="通知")
    days = [(date(2027, 1, n), "off", "节") for n in range(1, LEAST_DAYS_OFF + 1)]
    assert make_calendar([notice], days).years == {2027}
    assert make_calendar([notice], days[1:]).years == frozenset()


@pytest.mark.django_db(transaction=True)
def test_every_committed_change_is_one_edition() -> None:
    call_command("load_reference", verbosity=0)
    first = editions()
    assert first == [working_calendar().version]
    with transaction.atomic():
        extra_day("2022-09-07").save()
        extra_day("2022-09-08").save()
        assert editions() == first
    assert len(editions()) == 2
    before = add_workdays(START, 5, calendar_of(first[0], present=working_calendar()))
    assert before.due == date(2022, 9, 9)
    assert add_workdays(START, 5, working_calendar()).due == date(2022, 9, 14)
    Holiday.objects.filter(name="临时").delete()
    assert editions()[2] == first[0]
    Holiday.objects.filter(name="不存在").delete()
    assert len(editions()) == 3


@pytest.mark.django_db(transaction=True)
def test_two_editors_at_once_leave_an_edition_with_both_days() -> None:
    call_command("load_reference", verbosity=0)
    start = threading.Barrier(2)

    def edit(day: str) -> None:
        try:
            with transaction.atomic():
                extra_day(day).save()
                start.wait()
        finally:
            connection.close()

    threads = [threading.Thread(target=edit, args=(f"2022-09-0{n}",)) for n in (7, 8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    latest = CalendarEdition.objects.latest("pk")
    assert latest.version == working_calendar().version
    assert latest.text.count("临时") == 2


@pytest.mark.usefixtures("_notices")
def test_an_edition_is_never_changed() -> None:
    kept_calendar()
    with pytest.raises(DatabaseError, match="permission denied|一经记录"), transaction.atomic():
        CalendarEdition.objects.update(text="x")
    with pytest.raises(DatabaseError, match="permission denied|一经记录"), transaction.atomic():
        CalendarEdition.objects.all()._raw_delete("default")


@pytest.fixture
def administrator() -> User:
    return make_user(Role.SYSADMIN)


@pytest.mark.usefixtures("_notices")
def test_the_page_shows_an_old_edition_and_what_changed(administrator: User) -> None:
    old = kept_calendar().version
    day = extra_day("2022-09-07")
    accounts.keep_reference(day, changed=["day", "kind", "name"], by=administrator)
    event = AuditEvent.objects.filter(action="keep_holiday").latest("seq")
    assert event.target == "2022-09-07 临时放假"
    new = kept_calendar().version
    page = calendar_page("2022", today=date(2022, 9, 1))
    assert [each.version for each in page.editions] == [new, old]
    assert page.editions[0].changes == ["增加：2022-09-07 临时放假"]
    assert page.shown is None
    then = calendar_page("2022", today=date(2022, 9, 1), version=old)
    assert (then.version, then.shown) == (old, then.editions[1])
    assert len(page.days) == len(then.days) + 1
    told = words(signed_in(administrator).get(f"/calendar/?year=2022&version={old}"))
    assert f"这是旧版本{old}。" in told
    assert "增加：2022-09-07临时放假" in told


@pytest.mark.usefixtures("_notices")
def test_an_unknown_edition_shows_the_calendar_in_force(administrator: User) -> None:
    answer = signed_in(administrator).get("/calendar/?year=2022&version=ffffffffffff")
    assert answer.status_code == 200
    assert "这是旧版本" not in words(answer)
