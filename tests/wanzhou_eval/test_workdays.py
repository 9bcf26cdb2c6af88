"""Working days against an independent calendar, the worked examples, and the edges of a day."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pace import examples
from wanzhou_eval.calendars import read_calendar
from wanzhou_eval.workdays import (
    Calendar,
    CalendarMissingError,
    DayNote,
    Roll,
    Urgency,
    add_days,
    add_workdays,
    day_of,
    end_of_day,
    is_workday,
    make_calendar,
    urgency,
    workdays_left,
)

FIXTURE = Path(__file__).parents[2] / "fixtures" / "holidays.json"
CALENDAR = read_calendar(FIXTURE.read_text(encoding="utf-8"))
ONE_DAY = timedelta(days=1)
MILLISECOND = timedelta(milliseconds=1)
DAYS = st.dates(date(2020, 1, 1), date(2026, 11, 30))


def day(text: str) -> date:
    return date.fromisoformat(text)


def test_every_day_of_seven_years_agrees_with_an_independent_calendar() -> None:
    days = [date(2020, 1, 1) + i * ONE_DAY for i in range(2557)]
    assert days[-1] == date(2026, 12, 31)
    wrong = [d for d in days if is_workday(d, CALENDAR) != chinese_calendar.is_workday(d)]
    assert wrong == []


@pytest.mark.parametrize(
    ("year", "made_up"),
    [
        (2022, "01-29 01-30 04-02 04-24 05-07 10-08 10-09"),
        (2023, "01-28 01-29 04-23 05-06 06-25 10-07 10-08"),
        (2024, "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12"),
        (2025, "01-26 02-08 04-27 09-28 10-11"),
        (2026, "01-04 02-14 02-28 05-09 09-20 10-10"),
    ],
)
def test_made_up_days_are_those_of_the_notices(year: int, made_up: str) -> None:
    found = sorted(d for d in CALENDAR.work if d.year == year)
    assert " ".join(d.strftime("%m-%d") for d in found) == made_up


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2022-08-26", 5, "2022-09-02"),
        ("2022-09-02", 5, "2022-09-09"),
        ("2022-09-09", 10, "2022-09-26"),
        ("2022-09-05", 5, "2022-09-13"),
        ("2022-09-28", 5, "2022-10-10"),
        ("2022-10-08", 5, "2022-10-13"),
        ("2023-09-28", 5, "2023-10-11"),
        ("2024-02-09", 5, "2024-02-22"),
        ("2025-01-24", 5, "2025-02-07"),
        ("2025-09-26", 5, "2025-10-10"),
        ("2026-02-13", 5, "2026-02-27"),
        ("2026-09-18", 5, "2026-09-24"),
        ("2026-09-24", 5, "2026-10-09"),
        ("2026-09-30", 5, "2026-10-13"),
    ],
)
def test_worked_examples_in_working_days(start: str, n: int, due: str) -> None:
    assert add_workdays(day(start), n, CALENDAR).due == day(due)


@pytest.mark.parametrize(
    ("start", "n", "roll", "due"),
    [
        ("2022-08-26", 15, Roll.FORWARD, "2022-09-13"),
        ("2022-08-26", 15, Roll.EARLIER, "2022-09-09"),
        ("2022-08-26", 15, Roll.NONE, "2022-09-10"),
        ("2022-08-26", 14, Roll.FORWARD, "2022-09-09"),
        ("2022-08-26", 14, Roll.EARLIER, "2022-09-09"),
        ("2022-10-01", 2, Roll.EARLIER, "2022-10-08"),
        ("2022-09-23", 15, Roll.FORWARD, "2022-10-08"),
        ("2024-02-14", 15, Roll.FORWARD, "2024-02-29"),
    ],
)
def test_worked_examples_in_calendar_days(start: str, n: int, roll: Roll, due: str) -> None:
    assert add_days(day(start), n, CALENDAR, roll=roll).due == day(due)


def test_a_deadline_explains_itself() -> None:
    deadline = add_workdays(date(2022, 9, 9), 10, CALENDAR)
    assert deadline.start == date(2022, 9, 9)
    assert deadline.skipped == (
        DayNote(day=date(2022, 9, 10), reason="中秋节放假"),
        DayNote(day=date(2022, 9, 11), reason="中秋节放假"),
        DayNote(day=date(2022, 9, 12), reason="中秋节放假"),
        DayNote(day=date(2022, 9, 17), reason="休息日"),
        DayNote(day=date(2022, 9, 18), reason="休息日"),
        DayNote(day=date(2022, 9, 24), reason="休息日"),
        DayNote(day=date(2022, 9, 25), reason="休息日"),
    )
    assert [note.day.day for note in deadline.counted] == [13, 14, 15, 16, 19, 20, 21, 22, 23, 26]
    assert [str(notice) for notice in deadline.notices] == [
        "《国务院办公厅关于2022年部分节假日安排的通知》（国办发明电〔2021〕11号）"
    ]
    assert deadline.calendar_version == CALENDAR.version
    assert not deadline.provisional
    assert deadline.sentence == (
        "9月9日（周五）当日不计入，数10个工作日，至9月26日（周一）24:00止；"
        "未计入：9月10日（周六）中秋节放假、9月11日（周日）中秋节放假、9月12日（周一）中秋节放假、"
        "9月17日（周六）休息日、9月18日（周日）休息日、9月24日（周六）休息日、9月25日（周日）休息日。"
    )


def test_a_made_up_sunday_is_named() -> None:
    deadline = add_workdays(date(2026, 9, 18), 5, CALENDAR)
    assert deadline.sentence == (
        "9月18日（周五）当日不计入，数5个工作日，至9月24日（周四）24:00止；"
        "未计入：9月19日（周六）休息日；计入：9月20日（周日）国庆节调休上班。"
    )


def test_a_rolled_deadline_names_the_days_it_rolled_over() -> None:
    deadline = add_days(date(2022, 8, 26), 15, CALENDAR, roll=Roll.FORWARD)
    assert deadline.rule == "数15日（自然日），期满日9月10日（周六）不是工作日，顺延"
    assert [note.day.day for note in deadline.skipped] == [10, 11, 12]
    assert len(deadline.counted) == 14


def test_a_year_without_notice_is_refused_with_the_remedy() -> None:
    with pytest.raises(CalendarMissingError) as refused:
        add_workdays(date(2026, 12, 28), 5, CALENDAR)
    assert refused.value.year == 2027
    assert refused.value.sentence == (
        "2027年的节假日安排还没有录入完整，这个期限算不出来。"
        "请系统管理员在“工作日历”录入国务院办公厅2027年节假日通知后再办。"
    )
    with pytest.raises(CalendarMissingError):
        add_days(date(2026, 12, 28), 4, CALENDAR, roll=Roll.FORWARD)
    with pytest.raises(CalendarMissingError):
        is_workday(date(2019, 12, 31), CALENDAR)


def test_a_period_inside_the_last_known_year_is_not_refused() -> None:
    deadline = add_workdays(date(2026, 12, 28), 3, CALENDAR)
    assert (deadline.due, deadline.provisional) == (date(2026, 12, 31), False)


def test_a_provisional_deadline_says_so_and_keeps_the_known_year_exact() -> None:
    deadline = add_workdays(date(2026, 12, 28), 5, CALENDAR, provisional=True)
    assert (deadline.due, deadline.provisional) == (date(2027, 1, 3), True)
    assert "这是最早的日期" in deadline.sentence
    known = add_workdays(date(2026, 9, 30), 5, CALENDAR, provisional=True)
    assert (known.due, known.provisional) == (date(2026, 10, 13), False)


def test_calendar_days_without_rolling_need_no_notice() -> None:
    deadline = add_days(date(2030, 1, 1), 15, CALENDAR, roll=Roll.NONE)
    assert (deadline.due, deadline.provisional) == (date(2030, 1, 16), False)


@pytest.mark.parametrize("n", [0, -1])
def test_a_period_has_at_least_one_day(n: int) -> None:
    with pytest.raises(ValueError, match="at least one day"):
        add_workdays(date(2022, 8, 26), n, CALENDAR)
    with pytest.raises(ValueError, match="at least one day"):
        add_days(date(2022, 8, 26), n, CALENDAR, roll=Roll.FORWARD)


@pytest.mark.parametrize(
    ("before", "over"),
    [
        (timedelta(seconds=-1), False),
        (-MILLISECOND, False),
        (timedelta(), True),
        (MILLISECOND, True),
        (timedelta(seconds=1), True),
    ],
)
def test_a_day_ends_at_24_00_in_shanghai_and_the_end_is_outside(
    before: timedelta, over: bool
) -> None:
    deadline = add_workdays(date(2022, 9, 2), 5, CALENDAR)
    end = datetime(2022, 9, 9, 16, tzinfo=UTC)
    assert deadline.ends == end
    assert deadline.ends.utcoffset() == timedelta(hours=8)
    assert deadline.is_over(end + before) is over
    assert day_of(end + before) == (date(2022, 9, 10) if over else date(2022, 9, 9))


def test_end_of_year_and_leap_day() -> None:
    assert end_of_day(date(2022, 12, 31)) == datetime(2022, 12, 31, 16, tzinfo=UTC)
    assert end_of_day(date(2024, 2, 28)) == datetime(2024, 2, 28, 16, tzinfo=UTC)
    assert day_of(datetime(2024, 2, 28, 16, tzinfo=UTC)) == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("today", "left", "state"),
    [
        ("2022-09-02", 5, Urgency.AHEAD),
        ("2022-09-06", 3, Urgency.AHEAD),
        ("2022-09-07", 2, Urgency.NEAR),
        ("2022-09-08", 1, Urgency.NEAR),
        ("2022-09-09", 0, Urgency.TODAY),
        ("2022-09-10", 0, Urgency.LATE),
        ("2022-09-13", -1, Urgency.LATE),
        ("2022-09-14", -2, Urgency.LATE),
    ],
)
def test_working_days_left_and_urgency(today: str, left: int, state: Urgency) -> None:
    due = date(2022, 9, 9)
    assert workdays_left(day(today), due, CALENDAR) == left
    assert urgency(day(today), due, CALENDAR) is state


def test_version_changes_with_any_content_and_not_with_order() -> None:
    days = [(d, "off", name) for d, name in CALENDAR.off.items()]
    days += [(d, "work", name) for d, name in CALENDAR.work.items()]
    same = make_calendar(reversed(CALENDAR.notices), reversed(days))
    assert same.version == CALENDAR.version
    assert len(CALENDAR.version) == 12
    assert make_calendar(CALENDAR.notices, days[1:]).version != CALENDAR.version
    assert make_calendar(CALENDAR.notices[1:], days).version != CALENDAR.version
    assert Calendar().version == Calendar().version


@settings(max_examples=examples(150, thorough=2000), deadline=None)
@given(start=DAYS, later=st.integers(0, 40), n=st.integers(1, 15))
def test_working_days_are_monotone_and_end_on_a_working_day(
    start: date, later: int, n: int
) -> None:
    due = add_workdays(start, n, CALENDAR).due
    assert is_workday(due, CALENDAR)
    assert workdays_left(start, due, CALENDAR) == n
    after = start + later * ONE_DAY
    if after <= date(2026, 11, 30):
        assert add_workdays(after, n, CALENDAR).due >= due


@settings(max_examples=examples(150, thorough=2000), deadline=None)
@given(
    start=DAYS,
    later=st.integers(0, 40),
    n=st.integers(1, 20),
    roll=st.sampled_from([Roll.FORWARD, Roll.EARLIER]),
)
def test_rolled_days_are_monotone_end_on_a_working_day_after_the_start(
    start: date, later: int, n: int, roll: Roll
) -> None:
    deadline = add_days(start, n, CALENDAR, roll=roll)
    assert deadline.due > start
    assert is_workday(deadline.due, CALENDAR)
    after = start + later * ONE_DAY
    if after <= date(2026, 11, 30):
        assert add_days(after, n, CALENDAR, roll=roll).due >= deadline.due


def test_the_fixture_names_a_notice_for_every_year() -> None:
    notices = json.loads(FIXTURE.read_text(encoding="utf-8"))["notices"]
    assert [notice["year"] for notice in notices] == list(range(2020, 2027))
    assert CALENDAR.years == frozenset(range(2020, 2027))
    assert CALENDAR.off[date(2022, 12, 31)] == "元旦"


FIVE_YEARS = [date(2022, 1, 1) + i * ONE_DAY for i in range(1826)]


def independent_due(start: date, n: int) -> date:
    """`n` working days on by the other calendar, day by day."""
    day = start
    while n:
        day += ONE_DAY
        n -= chinese_calendar.is_workday(day)
    return day


def test_five_working_days_from_every_day_of_five_years_to_the_millisecond() -> None:
    assert FIVE_YEARS[-1] == date(2026, 12, 31)
    refused = []
    for start in FIVE_YEARS:
        try:
            deadline = add_workdays(start, 5, CALENDAR)
        except CalendarMissingError as error:
            refused.append((start, error.year))
            continue
        assert deadline.due == independent_due(start, 5), start
        end = datetime.combine(deadline.due, datetime.min.time(), tzinfo=UTC) + timedelta(hours=16)
        over = [deadline.is_over(end + n * MILLISECOND) for n in (-1000, -1, 0, 1, 1000)]
        assert over == [False, False, True, True, True], start
        assert day_of(end - MILLISECOND) == deadline.due
        assert day_of(end) == deadline.due + ONE_DAY
    assert [day for day, _ in refused] == [date(2026, 12, n) for n in range(25, 32)]
    assert {year for _, year in refused} == {2027}


@settings(max_examples=examples(100, thorough=2000), deadline=None)
@given(start=st.dates(date(2026, 12, 1), date(2026, 12, 31)), n=st.integers(1, 30))
def test_a_provisional_date_is_never_later_than_what_any_notice_can_bring(
    start: date, n: int
) -> None:
    """Every notice leaves the days off by law off; whatever else it does, the date comes later."""
    provisional = add_workdays(start, n, CALENDAR, provisional=True)
    days = [(d, "off", name) for d, name in CALENDAR.off.items()]
    days += [(d, "work", name) for d, name in CALENDAR.work.items()]
    notice = CALENDAR.notices[-1].__class__(year=2027, title="2027年的通知")
    off = [(date(2027, month, 1) + i * ONE_DAY, "off", "节") for month in (1, 2) for i in range(7)]
    work = [(date(2027, 1, d), "work", "节") for d in (9, 10, 16, 17)]
    known = make_calendar([*CALENDAR.notices, notice], [*days, *off, *work])
    assert known.years == CALENDAR.years | {2027}
    final = add_workdays(start, n, known)
    assert not final.provisional
    assert provisional.due <= final.due
    if not provisional.provisional:
        assert provisional.due == final.due


def test_a_provisional_date_counts_sundays_and_leaves_new_year_out() -> None:
    deadline = add_workdays(date(2026, 12, 28), 5, CALENDAR, provisional=True)
    assert deadline.missing == (2027,)
    assert [str(note) for note in deadline.skipped] == ["1月1日（周五）元旦法定放假"]
    assert [str(note) for note in deadline.counted[-2:]] == [
        "1月2日（周六）通知未录入，按可能上班",
        "1月3日（周日）通知未录入，按可能上班",
    ]


@pytest.mark.parametrize(
    ("roll", "due"), [(Roll.FORWARD, "2027-01-04"), (Roll.EARLIER, "2026-12-31")]
)
def test_provisional_calendar_days_are_the_earliest_too(roll: Roll, due: str) -> None:
    deadline = add_days(date(2026, 12, 20), 15, CALENDAR, roll=roll, provisional=True)
    assert (deadline.due, deadline.missing) == (day(due), (2027,))
