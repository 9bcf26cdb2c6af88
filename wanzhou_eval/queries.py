"""What the pages of the ground floor show."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.paginator import Page, Paginator
from django.db import connection

from wanzhou_eval import workdays
from wanzhou_eval.models import AuditEvent, Holiday, HolidayNotice

AUDIT_PAGE = 50


def working_calendar() -> workdays.Calendar:
    """The holidays and make-up days entered so far, as the value that dates are computed with.

    Two queries, whatever the number of years.
    """
    notices = [
        workdays.Notice(
            year=notice.year,
            title=notice.title,
            document=notice.document,
            issued_on=notice.issued_on,
        )
        for notice in HolidayNotice.objects.all()
    ]
    days = Holiday.objects.values_list("day", "kind", "name")
    return workdays.make_calendar(notices, list(days))


@dataclass(frozen=True)
class CalendarDay:
    """A day of the grid: `kind` is off, work, weekend or plain; `name` the holiday's."""

    day: date
    kind: str
    name: str


@dataclass(frozen=True)
class CalendarMonth:
    """A month as weeks of seven; None pads the first and last."""

    month: int
    weeks: list[list[CalendarDay | None]]


@dataclass(frozen=True)
class CalendarPage:
    """工作日历 of a year; `notice` None means that no notice was entered."""

    year: int
    years: list[int]
    notice: HolidayNotice | None
    months: list[CalendarMonth]
    days: list[Holiday]


def calendar_page(year: str) -> CalendarPage:
    """The year's grid and list; the latest year with a notice when none is asked for."""
    notices = {notice.year: notice for notice in HolidayNotice.objects.all()}
    latest = max(notices, default=2022)
    wanted = int(year) if year.isascii() and year.isdigit() and len(year) == 4 else latest
    wanted = min(max(wanted, 2000), 2100)
    days = list(Holiday.objects.filter(day__year=wanted))
    known = {holiday.day: holiday for holiday in days}
    months = [_month(wanted, month, known) for month in range(1, 13)]
    years = sorted({*notices, latest + 1, wanted}, reverse=True)
    return CalendarPage(wanted, years, notices.get(wanted), months, days)


def _month(year: int, month: int, known: dict[date, Holiday]) -> CalendarMonth:
    first = date(year, month, 1)
    cells: list[CalendarDay | None] = [None] * first.weekday()
    day = first
    while day.month == month:
        holiday = known.get(day)
        plain = "weekend" if day.weekday() >= 5 else "plain"
        kind = holiday.kind if holiday else plain
        cells.append(CalendarDay(day, kind, holiday.name if holiday else ""))
        day += timedelta(days=1)
    cells += [None] * (-len(cells) % 7)
    return CalendarMonth(month, [cells[i : i + 7] for i in range(0, len(cells), 7)])


@dataclass(frozen=True)
class ChainState:
    """The audit chain as re-computed now: `broken_at` is the first line that does not fit."""

    length: int
    head: str
    broken_at: int | None


@dataclass(frozen=True)
class AuditTrail:
    """A page of the trail, the filters in force and the state of the chain."""

    page: Page[AuditEvent]
    year: str
    actor: str
    action: str
    chain: ChainState


def audit_trail(asked: dict[str, str]) -> AuditTrail:
    """The newest lines first, filtered by year, actor and action."""
    events = AuditEvent.objects.all()
    year, actor, action = (asked.get(name, "") for name in ("year", "actor", "action"))
    if year.isascii() and year.isdigit():
        events = events.filter(year=int(year[:4]))
    if actor:
        events = events.filter(actor=actor)
    if action:
        events = events.filter(action=action)
    page = Paginator(events, AUDIT_PAGE).get_page(asked.get("page"))
    return AuditTrail(page, year, actor, action, chain_state())


def chain_state() -> ChainState:
    """Re-compute the whole chain in the database: gap-free, bound, every digest right."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*), coalesce(max(seq), 0), min(seq) FILTER (WHERE NOT fits) FROM (
                SELECT e.seq, e.hash = audit_digest(e)
                   AND e.prev = coalesce(lag(e.hash) OVER chain, repeat('0', 64))
                   AND e.seq = coalesce(lag(e.seq) OVER chain, 0) + 1 AS fits
                  FROM wanzhou_eval_auditevent e WINDOW chain AS (ORDER BY e.seq)
            ) AS checked
            """
        )
        length, last, broken_at = cursor.fetchone()
    head = AuditEvent.objects.filter(seq=last).values_list("hash", flat=True).first() or ""
    return ChainState(length, head, broken_at)
