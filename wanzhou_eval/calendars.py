"""The calendar as a value: which days differ from the plain week, by which notice. Pure.

Every calendar has one canonical text, WZRL/1, whose SHA-256 names its version. The database
writes the same text (`calendar_text()`) and keeps every edition of it, so that a date computed
years ago is explained by the days as they were then.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, lru_cache

from wanzhou_eval.errors import RefusedError

WEEKDAYS = "一二三四五六日"
KINDS = ("off", "work")
TEXT_HEAD = "WZRL/1"
VERSION_LENGTH = 12
LEAST_DAYS_OFF = 11
"""法定节假日 of a year before 2025; 13 since. No notice has fewer days off."""
SURE = {(1, 1): "元旦", (5, 1): "劳动节", (10, 1): "国庆节", (10, 2): "国庆节", (10, 3): "国庆节"}
"""全国年节及纪念日放假办法: what is off every year whatever the notice of the year says."""


class CalendarMissingError(RefusedError):
    """A day in a year without a notice on holidays: refused, never counted as Monday–Friday."""

    def __init__(self, year: int) -> None:
        super().__init__(
            f"{year}年的节假日安排还没有录入完整，这个期限算不出来。"
            f"请系统管理员在“工作日历”录入国务院办公厅{year}年节假日通知后再办。"
        )
        self.year = year


@dataclass(frozen=True, kw_only=True)
class Notice:
    """国务院办公厅关于某年部分节假日安排的通知: the evidence of a year's special days."""

    year: int
    title: str
    document: str = ""
    issued_on: date | None = None

    def __str__(self) -> str:
        return f"《{self.title}》（{self.document}）" if self.document else f"《{self.title}》"


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Which days differ from the plain week, in the years that have a notice.

    `off` and `work` map a day to the name of its holiday. A notice may speak of the last days
    of the year before; a year is covered only by its own notice.
    """

    notices: tuple[Notice, ...] = ()
    off: Mapping[date, str] = field(default_factory=dict)
    work: Mapping[date, str] = field(default_factory=dict)

    @cached_property
    def years(self) -> frozenset[int]:
        """The years covered: with their notice, and at least the days that every notice has.

        A notice half entered would count Monday to Friday for the rest of its year.
        """
        off = Counter(day.year for day in self.off)
        return frozenset(
            notice.year for notice in self.notices if off[notice.year] >= LEAST_DAYS_OFF
        )

    @cached_property
    def text(self) -> str:
        """The canonical text: one line for each notice and special day, in the order of bytes."""
        lines = [
            _line("notice", each.year, each.title, each.document, each.issued_on)
            for each in self.notices
        ]
        lines += [_line("off", day, name) for day, name in self.off.items()]
        lines += [_line("work", day, name) for day, name in self.work.items()]
        return "".join(f"{each}\n" for each in (TEXT_HEAD, *sorted(lines, key=str.encode)))

    @cached_property
    def version(self) -> str:
        """Twelve hexadecimal digits over the whole text: kept with every computed date."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:VERSION_LENGTH]


def _line(*fields: object) -> str:
    """Fields with tabs between; nothing is `-`, and white space inside a field is one blank."""
    return "\t".join(re.sub(r"[\t\n\r]", " ", str(field or "")) or "-" for field in fields)


@lru_cache(maxsize=8)
def parse_calendar(text: str) -> Calendar:
    """The calendar of a canonical text. Raises ValueError for any other text."""
    head, *lines = text.splitlines()
    if head != TEXT_HEAD:
        raise ValueError(f"not a calendar: {head[:20]}")
    notices: list[Notice] = []
    days: list[tuple[date, str, str]] = []
    for kind, *fields in (line.split("\t") for line in lines):
        if kind == "notice":
            year, title, document, issued_on = fields
            issued = None if issued_on == "-" else date.fromisoformat(issued_on)
            document = "" if document == "-" else document
            notices.append(Notice(year=int(year), title=title, document=document, issued_on=issued))
        else:
            days.append((date.fromisoformat(fields[0]), kind, fields[1]))
    return make_calendar(notices, days)


@dataclass(frozen=True, kw_only=True)
class NoticeFile:
    """A notice of the reference file with its days as (day, 'off' or 'work', name)."""

    notice: Notice
    days: tuple[tuple[date, str, str], ...]


def make_calendar(notices: Iterable[Notice], days: Iterable[tuple[date, str, str]]) -> Calendar:
    """A calendar from notices and (day, 'off' or 'work', name of the holiday)."""
    off: dict[date, str] = {}
    work: dict[date, str] = {}
    for day, kind, name in days:
        {"off": off, "work": work}[kind][day] = name
    ordered = tuple(sorted(notices, key=lambda notice: notice.year))
    return Calendar(notices=ordered, off=off, work=work)


def format_day(day: date) -> str:
    """A day as people read it: 8月26日（周五）."""
    return f"{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"


def is_workday(day: date, calendar: Calendar, *, provisional: bool = False) -> bool:
    """Whether a day is a 工作日.

    Raises `CalendarMissingError` for a year without a notice, unless `provisional`. Then every
    day of that year that is not off by law may be worked (a notice makes up Sundays too): it
    counts, so that a provisional date is the earliest possible one and never a guess of
    Monday to Friday.
    """
    if day in calendar.work:
        return True
    if day in calendar.off:
        return False
    if day.year not in calendar.years:
        if not provisional:
            raise CalendarMissingError(day.year)
        return (day.month, day.day) not in SURE
    return day.weekday() < 5


def read_notices(text: str) -> tuple[NoticeFile, ...]:
    """The notices of the reference file's JSON. Raises ValueError or KeyError on bad content."""
    return tuple(
        NoticeFile(
            notice=Notice(
                year=entry["year"],
                title=entry["title"],
                document=entry["document"],
                issued_on=date.fromisoformat(entry["issued_on"]) if entry["issued_on"] else None,
            ),
            days=tuple(_days(entry)),
        )
        for entry in json.loads(text)["notices"]
    )


def _days(entry: dict[str, list[dict[str, str]]]) -> Iterator[tuple[date, str, str]]:
    for kind in KINDS:
        for span in entry[kind]:
            day = date.fromisoformat(span["from"])
            while day <= date.fromisoformat(span.get("to", span["from"])):
                yield day, kind, span["name"]
                day += timedelta(days=1)


def read_calendar(text: str) -> Calendar:
    """The calendar of the reference file."""
    entries = read_notices(text)
    return make_calendar(
        (entry.notice for entry in entries), (day for entry in entries for day in entry.days)
    )
