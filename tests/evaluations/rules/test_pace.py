"""进度: planned sheets and forecasts in working days."""

from datetime import date

import pytest

from evaluations.rules.pace import days_begun, finish, period_days, planned
from wanzhou_eval.calendars import Notice, make_calendar

CALENDAR = make_calendar(
    [Notice(year=2022, title="关于2022年部分节假日安排的通知")],
    [
        *((date(2022, 1, day), "off", "元旦") for day in (1, 2, 3)),
        *((date(2022, 2, day), "off", "春节") for day in range(1, 7)),
        *((date(2022, 9, day), "off", "中秋节") for day in (10, 11, 12)),
    ],
)
FIRST, LAST = date(2022, 8, 22), date(2022, 8, 26)


def test_the_period_of_2022_has_five_working_days() -> None:
    days = period_days(FIRST, LAST, CALENDAR)
    assert [day.day for day in days] == [22, 23, 24, 25, 26]
    assert days_begun(days, date(2022, 8, 24)) == 3
    assert days_begun(days, date(2022, 8, 20)) == 0
    assert planned(19, begun=3, days=5) == 11


def test_a_period_without_working_days_counts_its_days() -> None:
    assert len(period_days(date(2022, 9, 10), date(2022, 9, 12), CALENDAR)) == 3


@pytest.mark.parametrize(
    ("total", "sealed", "today", "expected"),
    [
        (19, 0, date(2022, 8, 24), None),
        (19, 19, date(2022, 8, 24), None),
        (20, 12, date(2022, 8, 24), date(2022, 8, 26)),
        (19, 9, date(2022, 8, 24), date(2022, 8, 30)),
        (19, 8, date(2022, 9, 8), date(2022, 10, 7)),
    ],
)
def test_the_forecast_steps_over_days_off(
    total: int, sealed: int, today: date, expected: date | None
) -> None:
    assert finish(total, sealed, first=FIRST, today=today, calendar=CALENDAR) == expected


def test_no_forecast_beyond_the_horizon() -> None:
    assert finish(5000, 1, first=FIRST, today=LAST, calendar=CALENDAR) is None
