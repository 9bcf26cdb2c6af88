"""Bad input and faults with real connections: one sentence or one outcome, and a line of audit."""

import threading
from collections.abc import Callable
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from appeals.actions import close_year, decide_appeal, file_appeal, withdraw_appeal
from appeals.models import Appeal
from appeals.queries.answers import appeal_rows
from evaluations.actions.deliberation import regrade_case
from evaluations.actions.results import (
    decide_approval,
    publish_results,
    submit_for_approval,
)
from evaluations.models import Plan, Publication
from evaluations.queries.deadlines import appeal_window
from evaluations.queries.plan import plan_of
from tests.appeals.builders import (
    AFTER,
    GROUNDS,
    IN_WINDOW,
    ON_TIME,
    SHANGHAI,
    SITE,
    STATEMENT,
    WINDOW_END,
    Year,
    make_year,
    publish,
    signed_in,
)
from wanzhou_eval import accounts
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent, CalendarEdition, Holiday, HolidayNotice
from wanzhou_eval.queries import working_calendar

pytestmark = pytest.mark.django_db(transaction=True)


def published(*, at: datetime = IN_WINDOW) -> Year:
    year = publish(make_year())
    year.set_clock(at)
    return year


def filed(year: Year, n: int = 0) -> Appeal:
    return file_appeal(year.cases[n], statement=STATEMENT, grounds=GROUNDS, by=year.handlers[n % 2])


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


def test_an_edited_calendar_moves_no_running_deadline_and_explains_it_as_it_was() -> None:
    year = published()
    appeal = filed(year)
    was = appeal.calendar_version
    notice = HolidayNotice.objects.get(year=2022)
    for day in ("2022-09-07", "2022-09-20"):
        Holiday.objects.create(notice=notice, day=day, kind="off", name="临时")
    now = working_calendar()
    assert now.version != was
    assert list(CalendarEdition.objects.values_list("version", flat=True))[-1] == now.version
    plan = plan_of(2022)
    window = appeal_window(plan, now)
    assert window is not None
    assert (window.ends, window.calendar_version) == (WINDOW_END, was)
    assert plan.now is not None
    (row,) = appeal_rows(plan, now=plan.now, calendar=now)
    assert (row.due.due, row.due.calendar_version) == (date(2022, 9, 21), was)
    assert "临时" not in row.due.sentence
    page = signed_in(year.handlers[0]).get("/my/2022/1/").content.decode()
    assert "9月21日（周三）" in page
    assert f"version={was}" in page
    other = filed(year, 1)
    assert (other.answer_due, other.calendar_version) == (date(2022, 9, 23), now.version)


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


def test_no_grade_changes_in_a_closed_year() -> None:
    year = publish(make_year(grades=("优良", "合格")))
    year.set_clock(IN_WINDOW)
    appeal = filed(year)
    withdraw_appeal(appeal, by=year.handlers[0])
    year.set_clock(AFTER)
    close_year(year.plan, by=year.users["bureau"])
    bureau = year.users["bureau"]
    with pytest.raises(RefusedError, match="现在是“已归档”阶段"):
        regrade_case(year.cases[0], grade="合格", outcome="changed", reason="改", by=bureau)
    with pytest.raises(RefusedError, match="现在是“已归档”阶段"):
        decide_appeal(appeal, result="upheld", grade="优良", reason="x", views={}, by=bureau)
    answer = signed_in(bureau).post(f"/y/2022/appeals/{appeal.pk}/decide/", {})
    assert answer.status_code == 409
    line = AuditEvent.objects.filter(action="refuse").latest("seq")
    assert (line.target, line.outcome) == (f"/y/2022/appeals/{appeal.pk}/decide/", "refused")
    assert year.cases[0].gradings.count() == 1


def test_the_wrong_handler_leaves_a_line_and_nothing_else() -> None:
    year = published()
    form = {"statement": STATEMENT, "ground-0": "会见笔录在卷宗第12页"}
    answer = signed_in(year.handlers[1]).post("/my/2022/1/appeal/", form)
    assert answer.status_code == 404
    line = AuditEvent.objects.filter(action="refuse").latest("seq")
    assert (line.actor, line.target) == ("handler1", "/my/2022/1/appeal/")
    assert not Appeal.objects.exists()


def test_an_unpublished_case_takes_no_appeal_and_leaves_a_line() -> None:
    year = make_year()
    form = {"statement": STATEMENT, "ground-0": "会见笔录在卷宗第12页"}
    assert signed_in(year.handlers[0]).post("/my/2022/1/appeal/", form).status_code == 404
    with pytest.raises(RefusedError, match="公布后才能提出异议"):
        filed(year)
    assert AuditEvent.objects.filter(action="refuse", outcome="refused").count() == 1
    assert not Appeal.objects.exists()


def appeal_row(year: Year, **changes: Any) -> Appeal:
    """A row written past the actions."""
    publication = year.plan.publications.get(version=1)
    values: dict[str, Any] = {
        "drawn_case": year.cases[0], "publication": publication, "appellant": year.person(0),
        "channel": "online", "statement": STATEMENT, "received_at": plan_of(2022).now,
        "window_end": publication.appeal_until, "registered_by": year.handlers[0],
    }  # fmt: skip
    return Appeal(**(values | changes))


def paper(year: Year) -> dict[str, Any]:
    return {
        "channel": "paper",
        "accepted_at": datetime(2022, 9, 6, 9, 0, tzinfo=SHANGHAI),
        "confirmed_by": year.users["bureau"],
    }


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("appeal_received_now", lambda year: {"received_at": IN_WINDOW - timedelta(days=1)}),
        ("appeal_received_now", lambda year: {"received_at": IN_WINDOW + timedelta(hours=1)}),
        (
            "appeal_received_now",
            lambda year: {"channel": "paper", "received_at": IN_WINDOW + timedelta(hours=1)},
        ),
        ("appeal_publication", lambda year: {"appellant": year.person(1)}),
        ("appeal_publication", lambda year: {"window_end": WINDOW_END + timedelta(days=1)}),
        (
            "appeals_appeal_calendar_kept",
            lambda year: {"answer_due": date(2022, 9, 26), "calendar_version": "ffffffffffff"},
        ),
        ("appeal_due_names_its_calendar", lambda year: {"answer_due": date(2022, 9, 26)}),
        ("paper_has_a_scan", paper),
    ],
)
def test_the_database_itself_refuses(rule: str, changes: Callable[[Year], dict[str, Any]]) -> None:
    year = published()
    appeal_row(year).save()
    Appeal.objects.update(refused_at=IN_WINDOW, refused_reason="试验")
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        appeal_row(year, **changes(year)).save()
    cause = refused.value.__cause__
    assert getattr(getattr(cause, "diag", None), "constraint_name", "") == rule
