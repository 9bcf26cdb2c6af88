"""What the pages of the ground floor show."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import QuerySet

from wanzhou_eval import workdays
from wanzhou_eval.audit import ACTION_WORDS, event_words
from wanzhou_eval.calendars import parse_calendar
from wanzhou_eval.models import AuditEvent, CalendarEdition, Holiday

AUDIT_PAGE = 50


def working_calendar() -> workdays.Calendar:
    """The holidays and make-up days entered so far, as the value that dates are computed with.

    One statement: an edit that is just committed is seen whole or not at all.
    """
    return _read_calendar("SELECT calendar_text()")


def kept_calendar() -> workdays.Calendar:
    """The calendar for an act that stores a date: its edition is on record afterwards."""
    return _read_calendar("SELECT keep_calendar_edition()")


def _read_calendar(statement: str) -> workdays.Calendar:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return _calendar_of_text(cursor.fetchone()[0])


@lru_cache(maxsize=8)
def _calendar_of_text(text: str) -> workdays.Calendar:
    """Put together once for as long as the tables say the same."""
    return parse_calendar(text)


def calendar_of(version: str, *, present: workdays.Calendar) -> workdays.Calendar:
    """The calendar that a stored date was computed with; `present` for none, or if it still is."""
    return present if version in {"", present.version} else _edition(version)


@lru_cache(maxsize=64)
def _edition(version: str) -> workdays.Calendar:
    """A kept edition; it never changes, so that a list of old dates reads it once."""
    return parse_calendar(CalendarEdition.objects.filter(version=version)[0].text)


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
class SpecialDay:
    """A day of the list: off or made up."""

    day: date
    kind: str
    name: str

    @property
    def kind_word(self) -> str:
        """放假 or 调休上班."""
        return str(Holiday.Kind(self.kind).label)


@dataclass(frozen=True)
class EditionRow:
    """A kept edition of the calendar and what it changed in the one before."""

    version: str
    at: datetime
    changes: list[str]


@dataclass(frozen=True)
class CalendarPage:
    """工作日历 of a year; `notice` None means that no notice was entered.

    `shown` is the old edition that the page shows, None for the calendar in force.
    """

    year: int
    years: list[int]
    notice: workdays.Notice | None
    months: list[CalendarMonth]
    days: list[SpecialDay]
    missing: list[int]
    complete: bool
    version: str
    shown: EditionRow | None
    editions: list[EditionRow]


NOTICE_MONTH = 11
"""The State Council's notice for a year comes out in November of the year before."""


def missing_notices(today: date, known: Collection[int]) -> list[int]:
    """Years without notice that should have one: the present, and from November on the next."""
    due = [today.year, today.year + 1] if today.month >= NOTICE_MONTH else [today.year]
    return [each for each in due if each not in known]


def calendar_page(year: str, *, today: date, version: str = "") -> CalendarPage:
    """The year's grid and list; the latest year with a notice when none is asked for."""
    editions = edition_rows()
    shown = next((each for each in editions if each.version == version), None)
    present = working_calendar()
    if shown and shown.version == present.version:
        shown = None
    calendar = _edition(shown.version) if shown else present
    notices = {notice.year: notice for notice in calendar.notices}
    latest = max(notices, default=2022)
    wanted = int(year) if year.isascii() and year.isdigit() and len(year) == 4 else latest
    wanted = min(max(wanted, 2000), 2100)
    days = _special_days(calendar, wanted)
    known = {each.day: each for each in days}
    return CalendarPage(
        year=wanted,
        years=sorted({*notices, latest + 1, wanted}, reverse=True),
        notice=notices.get(wanted),
        months=[_month(wanted, month, known) for month in range(1, 13)],
        days=days,
        missing=missing_notices(today, present.years),
        complete=wanted in calendar.years,
        version=calendar.version,
        shown=shown,
        editions=editions[::-1],
    )


def _special_days(calendar: workdays.Calendar, year: int) -> list[SpecialDay]:
    off = [SpecialDay(day, "off", name) for day, name in calendar.off.items()]
    work = [SpecialDay(day, "work", name) for day, name in calendar.work.items()]
    days = (each for each in (*off, *work) if each.day.year == year)
    return sorted(days, key=lambda each: each.day)


def edition_rows() -> list[EditionRow]:
    """Every kept edition, oldest first, with the lines that came and went."""
    rows: list[EditionRow] = []
    before: set[str] = set()
    for edition in CalendarEdition.objects.all():
        lines = set(edition.text.splitlines()[1:])
        came, went = sorted(lines - before), sorted(before - lines)
        told = [f"增加 {len(came)} 行"] if not before or len(came) > FEW_CHANGES else []
        told = told or [f"增加：{_told(line)}" for line in came]
        told += [f"删去：{_told(line)}" for line in went]
        rows.append(EditionRow(edition.version, edition.at, told))
        before = lines
    return rows


FEW_CHANGES = 12
"""So many lines of a change are told one by one."""


def _told(line: str) -> str:
    """A line of the canonical text in words."""
    kind, first, *rest = line.split("\t")
    if kind == "notice":
        return f"{first}年的通知《{rest[0]}》"
    return f"{first} {rest[0]}{Holiday.Kind(kind).label}"


def _month(year: int, month: int, known: dict[date, SpecialDay]) -> CalendarMonth:
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
