"""The periods of the plan on its own dates, and the sampling window over leap years."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from evaluations.rules.terms import (
    Term,
    Terms,
    Window,
    answer_due,
    appeal_due,
    in_appeal_window,
    publication_due,
    report_due,
    sampling_window,
)
from wanzhou_eval.calendars import read_calendar
from wanzhou_eval.workdays import CalendarMissingError, Roll

FIXTURE = Path(__file__).parents[3] / "fixtures" / "holidays.json"
CALENDAR = read_calendar(FIXTURE.read_text(encoding="utf-8"))
SHANGHAI = ZoneInfo("Asia/Shanghai")
TERMS = Terms()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_the_year_2022_runs_as_the_plan_says() -> None:
    ended = at("2022-08-26T17:30")
    assert publication_due(ended, TERMS, CALENDAR).due == date(2022, 9, 2)
    assert appeal_due(at("2022-09-02T10:00"), TERMS, CALENDAR).due == date(2022, 9, 9)
    assert answer_due(at("2022-09-09T23:59"), TERMS, CALENDAR).due == date(2022, 9, 26)
    assert report_due(ended, TERMS, CALENDAR).due == date(2022, 9, 13)
    earlier = Terms(report_roll=Roll.EARLIER)
    assert report_due(ended, earlier, CALENDAR).due == date(2022, 9, 9)


def test_a_period_starts_on_the_shanghai_day_whatever_the_clock_of_the_server() -> None:
    ended = datetime.fromisoformat("2022-08-25T16:00:00+00:00")
    assert publication_due(ended, TERMS, CALENDAR).start == date(2022, 8, 26)
    just_before = ended - timedelta(milliseconds=1)
    assert publication_due(just_before, TERMS, CALENDAR).start == date(2022, 8, 25)


@pytest.mark.parametrize(
    ("moment", "inside"),
    [
        ("2022-09-02T09:59:59.999", False),
        ("2022-09-02T10:00", True),
        ("2022-09-09T23:59:59.999", True),
        ("2022-09-10T00:00", False),
        ("2022-09-10T00:00:00.001", False),
    ],
)
def test_the_appeal_window_is_half_open(moment: str, inside: bool) -> None:
    published = at("2022-09-02T10:00")
    due = appeal_due(published, TERMS, CALENDAR)
    assert in_appeal_window(at(moment), published=published, due=due) is inside


def test_a_year_without_notice_is_refused_unless_provisional() -> None:
    published = at("2026-12-28T09:00")
    with pytest.raises(CalendarMissingError):
        appeal_due(published, TERMS, CALENDAR)
    due = appeal_due(published, TERMS, CALENDAR, provisional=True)
    assert (due.due, due.provisional) == (date(2027, 1, 3), True)


@pytest.mark.parametrize(
    ("starting", "first", "last"),
    [
        (date(2022, 8, 22), date(2021, 8, 1), date(2022, 7, 31)),
        (date(2024, 3, 1), date(2023, 3, 1), date(2024, 2, 29)),
        (date(2024, 2, 29), date(2023, 2, 1), date(2024, 1, 31)),
        (date(2025, 2, 28), date(2024, 2, 1), date(2025, 1, 31)),
        (date(2023, 3, 31), date(2022, 3, 1), date(2023, 2, 28)),
        (date(2023, 1, 15), date(2022, 1, 1), date(2022, 12, 31)),
        (date(2023, 12, 1), date(2022, 12, 1), date(2023, 11, 30)),
    ],
)
def test_the_sampling_window_is_the_twelve_whole_months_before(
    starting: date, first: date, last: date
) -> None:
    window = sampling_window(starting)
    assert window == Window(first=first, last=last)
    assert first in window
    assert last in window
    assert first - timedelta(days=1) not in window
    assert last + timedelta(days=1) not in window


def test_every_period_names_its_article_and_its_trigger() -> None:
    told = {term: (term.label, term.trigger, term.article) for term in Term}
    assert told[Term.PUBLISH] == ("公布评估结果", "年度评估工作结束", "方案第六条第3项")
    assert told[Term.APPEAL] == ("提出异议申辩", "评估结果公布", "方案第六条第3项")
    assert told[Term.ANSWER] == ("反馈复评结果", "接到申辩意见", "方案第六条第3项")
    assert told[Term.REPORT] == ("汇总报告评估情况", "评估工作结束", "方案第七条")
