"""工作日 and calendar days over a calendar value: every computed date explains itself.

民法典 articles 200–204 by analogy: the opening day is not counted, the last day ends at 24:00.
工作日 leave out weekends and statutory holidays and include the days that a State Council notice
makes up (调休). Pure: the calendar and today are arguments. Days are Shanghai days.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from wanzhou_eval.calendars import (
    SURE,
    Calendar,
    CalendarMissingError,
    Notice,
    format_day,
    is_workday,
    make_calendar,
)

__all__ = [
    "Calendar",
    "CalendarMissingError",
    "DayNote",
    "Deadline",
    "Notice",
    "Roll",
    "Urgency",
    "add_days",
    "add_workdays",
    "day_of",
    "end_of_day",
    "format_day",
    "is_workday",
    "make_calendar",
    "urgency",
    "workdays_left",
]

SHANGHAI = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)
NEAR_WORKDAYS = 2


class Roll(StrEnum):
    """What happens to a calendar-day period whose last day is no 工作日."""

    FORWARD = "forward"
    EARLIER = "earlier"
    NONE = "none"

    @property
    def label(self) -> str:
        """The setting as people read it."""
        return {"forward": "顺延", "earlier": "提前", "none": "不顺延"}[self.value]


class Urgency(StrEnum):
    """How a date stands to today; a state, not a message of one day."""

    LATE = "late"
    TODAY = "today"
    NEAR = "near"
    AHEAD = "ahead"

    @property
    def label(self) -> str:
        """The state as people read it."""
        return {"late": "逾期", "today": "今天到期", "near": "临近", "ahead": "未到期"}[self.value]


@dataclass(frozen=True, kw_only=True)
class DayNote:
    """A day that was counted or skipped, and why; `reason` is empty for a plain weekday."""

    day: date
    reason: str = ""

    def __str__(self) -> str:
        return format_day(self.day) + self.reason


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """A computed date with its whole reckoning.

    `missing` are years of the reckoning without a notice: then the date is `provisional`, and
    `due` the earliest day that can come of it. `event` is what the period counts from,
    `evidence` what shows when that was, `basis` the article.
    """

    start: date
    rule: str
    due: date
    counted: tuple[DayNote, ...]
    skipped: tuple[DayNote, ...]
    notices: tuple[Notice, ...]
    calendar_version: str
    missing: tuple[int, ...] = ()
    event: str = ""
    evidence: str = ""
    basis: str = ""

    @property
    def ends(self) -> datetime:
        """The first moment that is too late."""
        return end_of_day(self.due)

    def is_over(self, moment: datetime) -> bool:
        """Whether an aware moment is too late: half-open, 24:00 itself is over."""
        return moment >= self.ends

    @property
    def provisional(self) -> bool:
        """Whether a notice still to come can move the date."""
        return bool(self.missing)

    @property
    def sentence(self) -> str:
        """How the date came about, for the person who asks."""
        parts = [
            f"{format_day(self.start)}当日不计入，{self.rule}，至{format_day(self.due)}24:00止"
        ]
        if self.skipped:
            parts.append("未计入：" + "、".join(str(note) for note in self.skipped))
        made_up = [str(note) for note in self.counted if note.reason]
        if made_up:
            parts.append("计入：" + "、".join(made_up))
        if self.provisional:
            parts.append(
                f"{'、'.join(map(str, self.missing))}年的节假日通知还没有录入，"
                "那一年除法定节日外每天都按可能上班计入，所以这是最早的日期，通知录入后重算"
            )
        return "；".join(parts) + "。"


def end_of_day(day: date) -> datetime:
    """24:00 in Shanghai as an aware moment: the first one that is no longer in the day."""
    return datetime.combine(day + ONE_DAY, time(), tzinfo=SHANGHAI)


def day_of(moment: datetime) -> date:
    """The Shanghai day of an aware moment."""
    return moment.astimezone(SHANGHAI).date()


def _note(day: date, calendar: Calendar) -> DayNote:
    if day in calendar.work:
        return DayNote(day=day, reason=f"{calendar.work[day]}调休上班")
    if day in calendar.off:
        return DayNote(day=day, reason=f"{calendar.off[day]}放假")
    if day.year not in calendar.years:
        sure = SURE.get((day.month, day.day))
        return DayNote(day=day, reason=f"{sure}法定放假" if sure else "通知未录入，按可能上班")
    return DayNote(day=day, reason="休息日" if day.weekday() >= 5 else "")


def _days_after(start: date) -> Iterator[date]:
    while True:
        start += ONE_DAY
        yield start


def add_workdays(start: date, n: int, calendar: Calendar, *, provisional: bool = False) -> Deadline:
    """`n` 工作日 after `start`, which is not counted. Ends on a 工作日 always.

    Raises `CalendarMissingError` as `is_workday` does, and `ValueError` for n below 1.
    """
    _checked(n)
    counted: list[DayNote] = []
    skipped: list[DayNote] = []
    for day in _days_after(start):
        works = is_workday(day, calendar, provisional=provisional)
        (counted if works else skipped).append(_note(day, calendar))
        if len(counted) == n:
            break
    return _deadline(
        calendar,
        start=start,
        rule=f"数{n}个工作日",
        due=counted[-1].day,
        counted=counted,
        skipped=skipped,
        examined={note.day for note in (*counted, *skipped)},
    )


def add_days(
    start: date, n: int, calendar: Calendar, *, roll: Roll, provisional: bool = False
) -> Deadline:
    """`n` calendar days after `start`, which is not counted; a last day off rolls by `roll`.

    民法典 article 203 for FORWARD. EARLIER never reaches the start: with no 工作日 between, the
    period rolls forward. Raises as `add_workdays` does; NONE needs no calendar.
    """
    last = start + _checked(n) * ONE_DAY
    due = (
        last
        if roll is Roll.NONE
        else _rolled(start, last, calendar, roll=roll, provisional=provisional)
    )
    low, high = (last, due - ONE_DAY) if due > last else (due + ONE_DAY, last)
    return _deadline(
        calendar,
        start=start,
        rule=f"数{n}日（自然日）" + _rolling_told(last, due),
        due=due,
        counted=[DayNote(day=day) for day in _span(start + ONE_DAY, low - ONE_DAY)],
        skipped=[_note(day, calendar) for day in _span(low, high)],
        examined=set() if roll is Roll.NONE else {last, due},
    )


def _rolling_told(last: date, due: date) -> str:
    if due == last:
        return ""
    return f"，期满日{format_day(last)}不是工作日，{'顺延' if due > last else '提前'}"


def _checked(n: int) -> int:
    if n < 1:
        raise ValueError("a period has at least one day")
    return n


def _span(first: date, last: date) -> Iterator[date]:
    return (first + i * ONE_DAY for i in range((last - first).days + 1))


def _rolled(start: date, last: date, calendar: Calendar, *, roll: Roll, provisional: bool) -> date:
    due = last
    while roll is Roll.EARLIER and due > start:
        known = due.year in calendar.years or not provisional
        if known and is_workday(due, calendar):
            return due  # a day of a year without notice may be off: the earliest date lies before
        due -= ONE_DAY
    due = last
    while not is_workday(due, calendar, provisional=provisional):
        due += ONE_DAY
    return due


def _deadline(
    calendar: Calendar,
    *,
    start: date,
    rule: str,
    due: date,
    counted: list[DayNote],
    skipped: list[DayNote],
    examined: set[date],
) -> Deadline:
    years = {day.year for day in examined}
    return Deadline(
        start=start,
        rule=rule,
        due=due,
        counted=tuple(counted),
        skipped=tuple(skipped),
        notices=tuple(notice for notice in calendar.notices if notice.year in years),
        calendar_version=calendar.version,
        missing=tuple(sorted(years - calendar.years)),
    )


def workdays_left(today: date, due: date, calendar: Calendar, *, provisional: bool = False) -> int:
    """工作日 after today up to and with `due`: 0 on the last day, negative once it is over."""
    sign, low, high = (1, today, due) if due >= today else (-1, due, today)
    days = (low + i * ONE_DAY for i in range(1, (high - low).days + 1))
    return sign * sum(is_workday(day, calendar, provisional=provisional) for day in days)


def urgency(today: date, due: date, calendar: Calendar, *, provisional: bool = False) -> Urgency:
    """The state of an open duty. Late is by the date alone, so that a holiday hides nothing."""
    if today > due:
        return Urgency.LATE
    if today == due:
        return Urgency.TODAY
    left = workdays_left(today, due, calendar, provisional=provisional)
    return Urgency.NEAR if left <= NEAR_WORKDAYS else Urgency.AHEAD
