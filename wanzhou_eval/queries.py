"""What the pages of the ground floor show."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import QuerySet

from wanzhou_eval import workdays
from wanzhou_eval.audit import ACTION_WORDS, event_words
from wanzhou_eval.models import AuditEvent, Holiday, HolidayNotice
from wanzhou_eval.prepared import Statement

AUDIT_PAGE = 50


KNOWN_DAYS = Statement(
    "known_days",
    "",
    """
SELECT (SELECT json_agg(json_build_array(year, title, document, issued_on) ORDER BY year)
          FROM wanzhou_eval_holidaynotice)::text,
       (SELECT json_agg(json_build_array(day, kind, name) ORDER BY day)
          FROM wanzhou_eval_holiday)::text
""",
)


def working_calendar() -> workdays.Calendar:
    """The holidays and make-up days entered so far, as the value that dates are computed with.

    One statement, whatever the number of years.
    """
    with connection.cursor() as cursor:
        KNOWN_DAYS.run(cursor)
        notices, days = cursor.fetchone()
    return calendar_of(notices or "[]", days or "[]")


@lru_cache(maxsize=8)
def calendar_of(notices: str, days: str) -> workdays.Calendar:
    """The calendar of what the tables hold, put together once as long as they hold the same."""
    return workdays.make_calendar(
        [
            workdays.Notice(
                year=year,
                title=title,
                document=document,
                issued_on=date.fromisoformat(issued_on) if issued_on else None,
            )
            for year, title, document, issued_on in json.loads(notices)
        ],
        [(date.fromisoformat(day), kind, name) for day, kind, name in json.loads(days)],
    )


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
    missing: list[int]


NOTICE_MONTH = 11
"""The State Council's notice for a year comes out in November of the year before."""


def calendar_page(year: str, *, today: date) -> CalendarPage:
    """The year's grid and list; the latest year with a notice when none is asked for.

    `missing` are the years without notice that should have one: the present year and, from
    November on, the next.
    """
    notices = {notice.year: notice for notice in HolidayNotice.objects.all()}
    due = [today.year, today.year + 1] if today.month >= NOTICE_MONTH else [today.year]
    missing = [each for each in due if each not in notices]
    latest = max(notices, default=2022)
    wanted = int(year) if year.isascii() and year.isdigit() and len(year) == 4 else latest
    wanted = min(max(wanted, 2000), 2100)
    days = list(Holiday.objects.filter(day__year=wanted))
    known = {holiday.day: holiday for holiday in days}
    months = [_month(wanted, month, known) for month in range(1, 13)]
    years = sorted({*notices, latest + 1, wanted}, reverse=True)
    return CalendarPage(wanted, years, notices.get(wanted), months, days, missing)


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
    """A page of the trail, the filters in force and the state of the chain.

    `events` are all that the filters let through, not read yet.
    """

    events: QuerySet[AuditEvent]
    page: Page[AuditEvent]
    asked: dict[str, str]
    years: list[tuple[str, str]]
    actors: list[tuple[str, str]]
    actions: list[tuple[str, str]]
    chain: ChainState

    @property
    def lines(self) -> list[tuple[AuditEvent, str, list[tuple[str, Any]]]]:
        """The page's lines with their words and details.

        The details are pairs: a template takes `detail.items` for the key "items" when it has one.
        """
        return [(event, event_words(event), [*event.detail.items()]) for event in self.page]

    @property
    def chosen(self) -> list[str]:
        """The filters in words."""
        choices = {"year": self.years, "actor": self.actors, "action": self.actions}
        told = {"year": "年度", "actor": "账号", "action": "操作", "outcome": "结果"}
        words = {name: dict(known) for name, known in choices.items()}
        words["outcome"] = {"done": "已办", "refused": "未获准"}
        return [
            f"{told[name]}：{words[name][value]}" for name, value in self.asked.items() if value
        ]

    @property
    def query(self) -> str:
        """The filters as a query string, for the links to other pages."""
        return urlencode({name: value for name, value in self.asked.items() if value})


def audit_trail(query: dict[str, str]) -> AuditTrail:
    """The newest lines first, filtered by year, account, act and outcome.

    A filter counts only when the trail holds its value, so nothing typed reaches a lookup.
    """
    events = AuditEvent.objects.order_by()
    years = [(str(y), f"{y}年度") for y in _known(events, "year")]
    actors = [(name, name) for name in _known(events, "actor")]
    actions = [(code, ACTION_WORDS.get(code, code)) for code in _known(events, "action")]
    outcomes = [("done", ""), ("refused", "")]
    asked = {}
    wanted = AuditEvent.objects.all()
    choices = {"year": years, "actor": actors, "action": actions, "outcome": outcomes}
    for name, known in choices.items():
        value = query.get(name, "")
        asked[name] = value if value in dict(known) else ""
        if asked[name]:
            wanted = wanted.filter((name, value))
    page = Paginator(wanted, AUDIT_PAGE).get_page(query.get("page"))
    return AuditTrail(wanted, page, asked, years, actors, actions, chain_state())


def _known(events: QuerySet[AuditEvent], column: str) -> list[Any]:
    """The different values of a column, None left out."""
    return sorted(v for v in events.values_list(column, flat=True).distinct() if v is not None)


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
