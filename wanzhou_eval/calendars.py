"""The calendar as a value: which days differ from the plain week, by which notice. Pure."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from wanzhou_eval.errors import RefusedError

WEEKDAYS = "一二三四五六日"
KINDS = ("off", "work")


class CalendarMissingError(RefusedError):
    """A day in a year without a notice on holidays: refused, never counted as Monday–Friday."""

    def __init__(self, year: int) -> None:
        super().__init__(
            f"{year}年的节假日安排还没有录入，这个期限算不出来。"
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
        """The years covered."""
        return frozenset(notice.year for notice in self.notices)

    @cached_property
    def version(self) -> str:
        """Twelve hexadecimal digits over the whole content: kept with every computed date."""
        content = {
            "notices": sorted(
                [notice.year, notice.title, notice.document, str(notice.issued_on or "")]
                for notice in self.notices
            ),
            "off": sorted([day.isoformat(), name] for day, name in self.off.items()),
            "work": sorted([day.isoformat(), name] for day, name in self.work.items()),
        }
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


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

    Raises `CalendarMissingError` for a year without a notice, unless `provisional`: then that
    year alone is taken as Monday to Friday.
    """
    if day in calendar.work:
        return True
    if day in calendar.off:
        return False
    if day.year not in calendar.years and not provisional:
        raise CalendarMissingError(day.year)
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
