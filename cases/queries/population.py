"""What the pages of the population show."""

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count
from django.db.models.functions import TruncMonth

from cases.models import Case, CaseHandler, CaseKind, CaseQuerySet, Exclusion, Frame
from cases.queries.rejections import equation_of
from cases.rules import Reconciliation
from wanzhou_eval.clock import database_now
from wanzhou_eval.errors import RefusedError

PAGE_SIZE = 50
MONTH = re.compile("[1-9][0-9]{3}-(0[1-9]|1[0-2])")
SORTS = {
    "serial": ("serial",),
    "number": ("number",),
    "closed": ("closed_on", "serial"),
    "firm": ("firm__name", "serial"),
}


def frame_of(year: int) -> Frame:
    """The frame of a year. Raises `RefusedError` (404) when there is none."""
    frame = Frame.objects.filter(year=year).first()
    if frame is None:
        raise RefusedError(f"还没有{year}年度方案。请由科室先拟定方案。", status=404)
    return frame


def today_of(frame: Frame) -> date:
    """The present day of a frame; in a rehearsal that of its own clock."""
    return (database_now() + frame.clock_offset).date()


@dataclass(frozen=True)
class CaseFilter:
    """What was asked for in the filter row; unknown values are ignored."""

    text: str
    kind: str
    month: str
    status: str
    sort: str

    @classmethod
    def asked(cls, query: dict[str, str]) -> "CaseFilter":
        """Read the allowed names only; nothing else reaches a lookup."""
        kind = query.get("kind", "")
        sort = query.get("sort", "")
        return cls(
            text=query.get("q", "").strip()[:64],
            kind=kind if kind in CaseKind.values else "",
            month=query.get("month", "")[:7],
            status=query.get("status", "") if query.get("status") in {"in", "ex"} else "",
            sort=sort if sort in SORTS else "serial",
        )

    def chosen(self) -> list[str]:
        """The filters in words, for the export's second sheet."""
        words = []
        if self.text:
            words.append(f"检索：{self.text}")
        if self.kind:
            words.append(f"案件类型：{CaseKind(self.kind).label}")
        if self.month:
            words.append(f"结案月份：{self.month}")
        if self.status:
            words.append("可抽案件" if self.status == "in" else "已剔除案件")
        return words


@dataclass(frozen=True)
class FrameCounts:
    """The frame in numbers."""

    total: int
    equation: Reconciliation
    by_kind: list[tuple[str, int]]
    by_month: list[tuple[str, int]]
    unmatched: list[Exclusion]


@dataclass(frozen=True)
class CaseLine:
    """A case as its line in the list; `excluded` tells that it does not go into the draw."""

    serial: int
    number: str
    kind: str
    stage: str
    firm: str
    handlers: str
    closed_on: str
    excluded: bool

    @property
    def label(self) -> str:
        """卷宗号 as printed on the cover label."""
        return f"{self.serial:04d}"

    @property
    def page(self) -> str:
        """The address of the case below that of the list: cheaper than 100 reversed ones."""
        return f"{self.serial}/"


@dataclass(frozen=True)
class CaseList:
    """案件 page; `lines` are the cases of the page."""

    frame: Frame
    asked: CaseFilter
    page: Page[Any]
    lines: list[CaseLine]
    counts: FrameCounts
    months: list[str]


def filtered_cases(frame: Frame, asked: CaseFilter) -> CaseQuerySet:
    """The cases that the filter row asks for, in its order."""
    cases = Case.objects.in_frame(frame).matching(asked.text)
    if asked.kind:
        cases = cases.filter(kind=asked.kind)
    if MONTH.fullmatch(asked.month):
        cases = cases.filter(closed_on__range=month_range(asked.month))
    if asked.status:
        cases = cases.filter(exclusion__isnull=asked.status == "in")
    return cases.order_by(*SORTS[asked.sort])


def month_range(month: str) -> tuple[date, date]:
    """First and last day of YYYY-MM: a range that an index serves."""
    first = date.fromisoformat(f"{month}-01")
    return first, first + timedelta(days=monthrange(first.year, first.month)[1] - 1)


def case_list(frame: Frame, asked: CaseFilter, page: str | None) -> CaseList:
    """One page of 50 with the counts of the whole frame."""
    counts = frame_counts(frame)
    pages = Paginator(filtered_cases(frame, asked).values_list(*LINE), PAGE_SIZE)
    if not asked.chosen():
        pages.count = counts.total  # known already: no second count of 100,000 rows
    shown = pages.get_page(page)
    return CaseList(
        frame=frame,
        asked=asked,
        page=shown,
        lines=case_lines(list(shown)),
        counts=counts,
        months=[month for month, _ in counts.by_month],
    )


LINE = (
    "pk", "serial", "number", "kind", "stage", "firm__name", "closed_on", "exclusion__pk"
)  # fmt: skip
KINDS = {kind.value: str(kind.label) for kind in CaseKind}


def case_lines(rows: list[tuple[Any, ...]]) -> list[CaseLine]:
    """The lines of a page (rows of `LINE`) with their handlers, in one query more."""
    named = CaseHandler.objects.filter(case__in=[row[0] for row in rows]).order_by("position")
    handlers: dict[int, list[str]] = {}
    for case, name in named.values_list("case_id", "person__name"):
        handlers.setdefault(case, []).append(name)
    return [
        CaseLine(
            serial,
            number,
            KINDS[kind],
            stage,
            firm,
            "、".join(handlers.get(pk, ())),
            closed_on.isoformat(),
            exclusion is not None,
        )
        for pk, serial, number, kind, stage, firm, closed_on, exclusion in rows
    ]


def frame_counts(frame: Frame) -> FrameCounts:
    """Totals by kind and month by one walk of the frame, and the control total."""
    groups = list(
        frame.cases.order_by()
        .annotate(month=TruncMonth("closed_on"))
        .values_list("kind", "month")
        .annotate(Count("exclusion"), Count("pk"))
    )
    kinds, months = _sums(groups, 0), _sums(groups, 1)
    excluded = sum(group[-2] for group in groups)
    equation = equation_of(frame, total=kinds.total(), excluded=excluded)
    return FrameCounts(
        total=equation.imported + equation.excluded,
        equation=equation,
        by_kind=[(kind.label, kinds[kind.value]) for kind in CaseKind],
        by_month=[(f"{month:%Y-%m}", count) for month, count in sorted(months.items())],
        unmatched=list(frame.exclusions.filter(case__isnull=True)),
    )


def _sums(groups: Iterable[tuple[Any, ...]], place: int) -> Counter[Any]:
    """The counts that end each group, added up by what stands at `place`."""
    sums: Counter[Any] = Counter()
    for group in groups:
        sums[group[place]] += group[-1]
    return sums


def find_case(frame: Frame, serial: int) -> Case:
    """A case by its 卷宗号. Raises `RefusedError` (404)."""
    case = (
        frame.cases.select_related("firm", "exclusion", "batch")
        .defer("batch__data")
        .prefetch_related("handlers__person")
        .filter(serial=serial)
        .first()
    )
    if case is None:
        raise RefusedError(
            f"没有找到{frame.year}年度卷宗号{serial:04d}的案件。请核对编号，或在案件页检索。",
            status=404,
        )
    return case
