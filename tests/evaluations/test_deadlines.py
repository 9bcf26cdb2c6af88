"""The dates that run from the end: set once, with their calendar; open while a notice lacks."""

from datetime import date, datetime

import pytest
from django.db import DatabaseError, transaction

from cases.models import Frame
from evaluations.actions import marking
from evaluations.actions.deliberation import confirm_agreement
from evaluations.models import Plan
from evaluations.queries.deadlines import publication_due, report_due
from evaluations.queries.plan import plan_of
from tests.appeals.builders import ENDED, SHANGHAI, make_year, publish, signed_in
from tests.evaluations.marking_year import open_hall, seal_both
from tests.people import words
from wanzhou_eval.calendars import LEAST_DAYS_OFF
from wanzhou_eval.clock import database_now
from wanzhou_eval.models import CalendarEdition, Holiday, HolidayNotice
from wanzhou_eval.queries import working_calendar

pytestmark = pytest.mark.django_db


def without(*years: int) -> None:
    """Take the notices of these years out."""
    Holiday.objects.filter(notice__year__in=years).delete()
    HolidayNotice.objects.filter(year__in=years).delete()


def told(plan: Plan) -> tuple[date, date]:
    calendar = working_calendar()
    publish_by, report_by = publication_due(plan, calendar), report_due(plan, calendar)
    assert publish_by is not None
    assert report_by is not None
    return publish_by.due, report_by.due


@pytest.mark.parametrize("days", [LEAST_DAYS_OFF, LEAST_DAYS_OFF - 1])
def test_the_end_of_the_marking_sets_both_dates_once_the_notice_is_whole(days: int) -> None:
    hall = open_hall(cases=1)
    seal_both(hall, 1)
    confirm_agreement(hall.drawn(1), by=hall.leader)
    for year in (database_now().year, database_now().year + 1):
        notice = HolidayNotice.objects.create(year=year, title=f"{year}年的通知")
        for n in range(1, days + 1):
            Holiday.objects.create(notice=notice, day=date(year, 1, n), kind="off", name="节")
    plan = marking.close_marking(hall.plan, by=hall.bureau)
    known = days == LEAST_DAYS_OFF
    assert (plan.publish_due, plan.report_due) == (told(plan) if known else (None, None))
    assert plan.terms_calendar == (working_calendar().version if known else "")
    due = publication_due(plan, working_calendar())
    assert due is not None
    assert due.provisional is not known
    assert CalendarEdition.objects.latest("pk").version == working_calendar().version


def test_a_calendar_edited_later_moves_neither_date() -> None:
    year = publish(make_year())
    plan = year.plan
    assert (plan.publish_due, plan.report_due) == (date(2022, 9, 2), date(2022, 9, 13))
    was = plan.terms_calendar
    notice = HolidayNotice.objects.get(year=2022)
    for day in ("2022-08-30", "2022-09-13"):
        Holiday.objects.create(notice=notice, day=day, kind="off", name="临时")
    assert told(plan) == (date(2022, 9, 2), date(2022, 9, 13))
    due = publication_due(plan, working_calendar())
    assert due is not None
    assert (due.calendar_version, due.provisional) == (was, False)
    assert (due.event, due.basis) == ("年度评估工作结束", "方案第六条第3项")
    assert due.evidence.startswith("8月26日（周五）18:00登记评估结束")
    assert CalendarEdition.objects.filter(version=was).exists()


def test_the_dates_are_set_once_and_name_a_kept_calendar() -> None:
    publish(make_year())
    with pytest.raises(DatabaseError, match="已经记录"), transaction.atomic():
        Plan.objects.update(publish_due=date(2022, 9, 9))
    other = plan_without_terms()
    with pytest.raises(DatabaseError, match="没有留存"), transaction.atomic():
        Plan.objects.filter(pk=other.pk).update(terms_calendar="ffffffffffff")


def plan_without_terms() -> Plan:
    """A second year whose dates are not set."""
    frame = Frame.objects.create(
        year=2023, window_from=date(2023, 1, 1), window_to=date(2023, 7, 31), rehearsal=True
    )
    return Plan.objects.create(
        year=2023, frame=frame, rehearsal=True, title="2023年度", place="中心",
        marking_from=date(2023, 8, 21), marking_to=date(2023, 8, 25), ended_at=ENDED,
        stage=Plan.Stage.MARKED,
    )  # fmt: skip


def test_the_publication_page_says_provisional_in_amber() -> None:
    year = make_year()
    without(2022)
    year.set_clock(datetime(2022, 9, 20, 9, tzinfo=SHANGHAI))
    answer = signed_in(year.users["bureau"]).get("/y/2022/publish/")
    assert 'class="notice amber"' in answer.content.decode()
    page = words(answer)
    assert "公布期限暂定。" in page
    assert "2022年的节假日通知还没有录入，8月31日（周三）是最早的日期" in page
    assert plan_of(2022).terms_calendar == ""
