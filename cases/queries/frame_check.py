"""抽样框核对: the frame by month, type, firm and source, and what it differs in from the window."""

from dataclasses import dataclass

from django.db.models import Count, Max, Min, Q
from django.db.models.functions import TruncMonth

from cases.models import CaseKind, Frame
from cases.queries.left_out import exclusions_by_reason
from cases.queries.rejections import reconciliation_of
from cases.rules import Reconciliation

MOST_FIRMS = 40


@dataclass(frozen=True)
class MonthRow:
    """One month of closing: cases by type in the office's order, and together."""

    month: str
    counts: list[int]
    total: int


@dataclass(frozen=True)
class SourceRow:
    """From which rows of which file the cases came."""

    batch: int
    file_name: str
    sha256: str
    sheet: str
    first: int
    last: int
    cases: int


@dataclass(frozen=True)
class FrameCheck:
    """The frame in numbers that can be added up by hand."""

    frame: Frame
    counts: Reconciliation
    kinds: list[str]
    months: list[MonthRow]
    totals: list[int]
    firms: list[tuple[str, int]]
    other_firms: tuple[int, int]
    sources: list[SourceRow]
    outside: int
    reasons: list[tuple[str, int]]
    removed: int
    unmatched: int

    @property
    def total(self) -> int:
        """All cases of the frame."""
        return sum(self.totals)


def frame_check(frame: Frame) -> FrameCheck:
    """Count the frame; a fixed number of queries, each one look at the cases of the year."""
    months = month_rows(frame)
    totals = [sum(row.counts[place] for row in months) for place in range(len(CaseKind))]
    firms = list(
        frame.cases.order_by().values_list("firm__name").annotate(n=Count("pk")).order_by(
            "-n", "firm__name")
    )  # fmt: skip
    rest = firms[MOST_FIRMS:]
    outside = Q(closed_on__lt=frame.window_from) | Q(closed_on__gt=frame.window_to)
    return FrameCheck(
        frame=frame,
        counts=reconciliation_of(frame),
        kinds=[str(kind.label) for kind in CaseKind],
        months=months,
        totals=totals,
        firms=[(str(name), count) for name, count in firms[:MOST_FIRMS]],
        other_firms=(len(rest), sum(count for _, count in rest)),
        sources=source_rows(frame),
        outside=frame.cases.filter(outside).count(),
        reasons=exclusions_by_reason(frame),
        removed=frame.removals.filter(what="case").count(),
        unmatched=frame.exclusions.filter(case__isnull=True).count(),
    )


def month_rows(frame: Frame) -> list[MonthRow]:
    """Cases by month of closing and type."""
    grouped = frame.cases.order_by().annotate(month=TruncMonth("closed_on"))
    counts: dict[str, dict[str, int]] = {}
    for month, kind, count in grouped.values_list("month", "kind").annotate(n=Count("pk")):
        counts.setdefault(f"{month:%Y-%m}", {})[kind] = count
    return [
        MonthRow(month, [found.get(kind.value, 0) for kind in CaseKind], sum(found.values()))
        for month, found in sorted(counts.items())
    ]


def source_rows(frame: Frame) -> list[SourceRow]:
    """File by file and sheet by sheet: from which row to which, and how many cases."""
    grouped = frame.cases.order_by().values_list(
        "batch_id", "batch__file_name", "batch__sha256", "sheet"
    )
    counted = grouped.annotate(first=Min("row"), last=Max("row"), cases=Count("pk"))
    return [SourceRow(*row) for row in counted.order_by("batch_id", "sheet")]
