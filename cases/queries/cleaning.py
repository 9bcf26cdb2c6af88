"""清洗台账: its lines, a page of them, its fingerprint."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet

from cases.models import CleaningLine, Frame
from cases.rules import LedgerLine, ledger_sha256, ledger_text

PAGE_SIZE = 50
HIDDEN = "（不显示）"
PERSONAL = frozenset({"受援人"})
"""Columns whose contents only they read who must find the file."""


@dataclass(frozen=True)
class CleaningFilter:
    """What was asked for; unknown values are ignored."""

    text: str
    column: str
    source: str

    @classmethod
    def asked(cls, query: dict[str, str]) -> "CleaningFilter":
        """Read the allowed names only."""
        source = query.get("source", "")
        return cls(
            text=query.get("q", "").strip()[:64],
            column=query.get("column", "")[:40],
            source=source if source in {"rule", "person"} else "",
        )

    def chosen(self) -> list[str]:
        """The filters in words, for the export's second sheet."""
        words = [f"检索：{self.text}"] if self.text else []
        words += [f"列：{self.column}"] if self.column else []
        named = {"rule": "导入规则", "person": "人工决定"}
        return words + ([named[self.source]] if self.source else [])


@dataclass(frozen=True)
class CleaningPage:
    """清洗台账 page."""

    frame: Frame
    asked: CleaningFilter
    page: Page[CleaningLine]
    columns: list[str]
    total: int
    sha256: str


def lines_of(frame: Frame) -> QuerySet[CleaningLine]:
    """Every line of the year, in the order in which it was written."""
    return CleaningLine.objects.filter(batch__frame=frame)


def filtered_lines(frame: Frame, asked: CleaningFilter) -> QuerySet[CleaningLine]:
    """The lines that the filter row asks for, with file and person."""
    lines = lines_of(frame)
    if asked.column:
        lines = lines.filter(column=asked.column)
    if asked.source:
        lines = lines.filter(by__isnull=asked.source == "rule")
    if asked.text:
        found = Q(before__icontains=asked.text) | Q(after__icontains=asked.text)
        found |= Q(rule__icontains=asked.text)
        if asked.text.isascii() and asked.text.isdigit():
            found |= Q(row=int(asked.text[:9]))
        lines = lines.filter(found)
    return lines.select_related("batch__confirmed_by", "by").defer(
        "batch__data", "batch__summary", "batch__mapping"
    )


def cleaning_page(frame: Frame, asked: CleaningFilter, page: str | None) -> CleaningPage:
    """One page of 50 with the columns that occur."""
    lines = lines_of(frame)
    columns = lines.order_by("column").values_list("column", flat=True).distinct()
    return CleaningPage(
        frame=frame,
        asked=asked,
        page=Paginator(filtered_lines(frame, asked), PAGE_SIZE).get_page(page),
        columns=list(columns),
        total=lines.count(),
        sha256=cleaning_sha256(frame),
    )


def ledger_lines(frame: Frame) -> Iterator[LedgerLine]:
    """The lines as the canonical text has them."""
    columns = ("batch__sha256", "sheet", "row", "column", "before", "after", "rule")
    rows = lines_of(frame).order_by().values_list(*columns, "by__username")
    for line in rows.iterator(chunk_size=5000):
        yield LedgerLine._make((*line[:-1], line[-1] or ""))


def cleaning_sha256(frame: Frame) -> str:
    """The fingerprint of the ledger as it stands now."""
    return ledger_sha256(frame.year, ledger_lines(frame))


def cleaning_text(frame: Frame) -> str:
    """The canonical text: `sha256sum` of it gives the fingerprint."""
    return ledger_text(frame.year, ledger_lines(frame))


def cells_shown(line: CleaningLine, *, with_recipients: bool) -> tuple[str, str]:
    """Before and after as this reader may see them."""
    if line.column in PERSONAL and not with_recipients:
        return HIDDEN, HIDDEN
    return line.before, line.after
