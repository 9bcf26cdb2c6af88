"""Acts at a wrong time, by the wrong person or past the actions: refused, with a line of audit."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from appeals.actions import close_year, decide_appeal, withdraw_appeal
from appeals.models import Appeal
from appeals.queries.answers import appeal_rows
from evaluations.actions.deliberation import regrade_case
from evaluations.queries.deadlines import appeal_window
from evaluations.queries.plan import plan_of
from tests.appeals.builders import (
    AFTER,
    IN_WINDOW,
    SHANGHAI,
    STATEMENT,
    WINDOW_END,
    Year,
    issue_report,
    make_year,
    publish,
    signed_in,
)
from tests.appeals.filing import filed, published
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent, CalendarEdition, Holiday, HolidayNotice
from wanzhou_eval.queries import working_calendar

pytestmark = pytest.mark.django_db(transaction=True)


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


def test_no_grade_changes_in_a_closed_year() -> None:
    year = publish(make_year(grades=("优良", "合格")))
    year.set_clock(IN_WINDOW)
    appeal = filed(year)
    withdraw_appeal(appeal, by=year.handlers[0])
    year.set_clock(AFTER)
    issue_report(year)
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
