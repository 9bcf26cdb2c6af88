"""At the last second and at once, on real connections: one outcome, and a line of audit."""

import threading
from collections.abc import Callable
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from appeals.models import Appeal
from evaluations.actions.results import decide_approval, publish_results, submit_for_approval
from evaluations.models import Plan, Publication
from tests.appeals.builders import (
    IN_WINDOW,
    ON_TIME,
    SITE,
    WINDOW_END,
    Year,
    make_year,
    publish,
    signed_in,
)
from tests.appeals.filing import add_handler, filed, published
from wanzhou_eval import accounts
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent, CalendarEdition, Holiday, HolidayNotice
from wanzhou_eval.queries import working_calendar

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Run acts on connections of their own, started together; what became of each."""
    start, told = threading.Barrier(len(acts)), []

    def run(act: Callable[[], Any]) -> None:
        try:
            start.wait()
            told.append(str(act()))
        except RefusedError as refused:
            told.append(refused.sentence)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


@contextmanager
def plan_held(year: Year, *, seconds: float) -> Any:
    """Another connection holds the plan's row for a while."""
    held = threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                Plan.objects.select_for_update().get(pk=year.plan.pk)
                held.set()
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_sleep(%s)", [seconds])
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    yield
    thread.join()


def test_the_last_second_is_in_time_and_the_next_is_not() -> None:
    year = published(at=WINDOW_END - timedelta(seconds=1))
    first = filed(year)
    assert first.state == "已受理"
    assert first.received_at < WINDOW_END
    year.set_clock(WINDOW_END)
    second = filed(year, 1)
    assert second.state == "不予受理"
    assert "到9月9日（周五）24:00止" in second.refused_reason
    outcomes = AuditEvent.objects.filter(action="file_appeal").order_by("seq")
    assert list(outcomes.values_list("outcome", flat=True)) == ["done", "refused"]


def test_a_request_that_waits_for_the_lock_across_the_end_is_late() -> None:
    year = published(at=WINDOW_END - timedelta(milliseconds=700))
    with plan_held(year, seconds=0.9):
        appeal = filed(year)
    assert appeal.state == "不予受理"
    assert appeal.received_at >= WINDOW_END


def test_a_request_that_waits_and_gets_the_lock_in_time_is_in_time() -> None:
    year = published(at=WINDOW_END - timedelta(seconds=30))
    with plan_held(year, seconds=0.3):
        appeal = filed(year)
    assert appeal.state == "已受理"


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York"])
def test_the_zone_of_the_server_moves_no_deadline(zone: str) -> None:
    year = published(at=WINDOW_END - timedelta(seconds=5))
    with timezone.override(zone):
        appeal = filed(year)
    assert (appeal.state, appeal.answer_due) == ("已受理", date(2022, 9, 26))


def test_the_same_handler_twice_at_once_leaves_one_appeal() -> None:
    year = published()
    told = at_once(lambda: filed(year).state, lambda: filed(year).state)
    assert told == ["已受理", "这份申辩意见已经提交过（收到），不用重复提交。"]
    assert Appeal.objects.count() == 1


def test_two_handlers_at_once_leave_one_appeal_and_one_refusal() -> None:
    year = make_year()
    add_handler(year)
    publish(year)
    year.set_clock(IN_WINDOW)
    start, states = threading.Barrier(2), []

    def run(n: int) -> None:
        try:
            start.wait()
            states.append(filed(year, statement=f"第{n}份申辩意见，请复评。", handler=n).state)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(states) == ["不予受理", "已受理"]
    assert Appeal.objects.counting().count() == 1


def test_an_act_begun_in_time_and_finished_late_is_late() -> None:
    year = published(at=WINDOW_END - timedelta(seconds=1))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT now(), pg_sleep(1.3)")
        appeal = filed(year)
    assert appeal.state == "不予受理"


def test_publication_pressed_twice_at_once_is_one_publication() -> None:
    year = publish_ready()
    by = year.users["bureau"]
    told = at_once(*[lambda: publish_results(year.plan, **SITE, by=by).version] * 2)
    assert told == ["1", "2022年度结果已于9月2日（周五）公布，不用重复公布。"]
    assert Publication.objects.count() == 1
    assert AuditEvent.objects.filter(action="publish_results").count() == 1


def publish_ready() -> Year:
    """Approved and not yet published, at the moment of the publication."""
    year = make_year()
    year.set_clock(ON_TIME)
    approval = submit_for_approval(year.plan, by=year.users["bureau"])
    decide_approval(approval, decision="approved", reason="", by=year.users["leader"])
    return year


def test_the_second_press_in_the_browser_is_one_sentence_with_a_line() -> None:
    year = publish_ready()
    bureau = signed_in(year.users["bureau"])
    assert bureau.post("/y/2022/publish/", SITE).status_code == 302
    answer = bureau.post("/y/2022/publish/", SITE)
    assert answer.status_code == 409
    sentence = "2022年度结果已于9月2日（周五）公布，不用重复公布。"
    assert sentence in answer.content.decode()
    assert AuditEvent.objects.filter(action="refuse").latest("seq").sentence == sentence
    assert Publication.objects.count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_an_appeal_and_an_edit_of_the_calendar_at_once_stand_both(attempt: int) -> None:
    year = published()
    before = working_calendar().version
    notice = HolidayNotice.objects.get(year=2022)
    day = Holiday(notice=notice, day=date(2022, 9, 20), kind="off", name="临时")
    administrator = year.users["sysadmin"]
    at_once(
        lambda: accounts.keep_reference(day, changed=["day"], by=administrator),
        lambda: filed(year, attempt % 2),
    )
    after = working_calendar().version
    assert list(CalendarEdition.objects.values_list("version", flat=True)) == [before, after]
    appeal = Appeal.objects.get()
    expected = {before: date(2022, 9, 21), after: date(2022, 9, 22)}
    assert appeal.answer_due == expected[appeal.calendar_version]
    assert AuditEvent.objects.filter(action__in=["keep_holiday", "file_appeal"]).count() == 2
