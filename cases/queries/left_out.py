"""剔除与不导入: cases left out of the draw, rows not imported, cases removed."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count

from cases.models import Exclusion, Frame, RejectedRow, Removal
from cases.queries.rejections import reconciliation_of
from cases.rules import EXCLUSION_REASONS, REJECTIONS, Reconciliation
from wanzhou_eval.errors import RefusedError

PAGE_SIZE = 50
LAST_REMOVALS = 50


@dataclass(frozen=True)
class RejectedLine:
    """A row that was not imported, with its reason in words."""

    row: RejectedRow
    label: str


@dataclass(frozen=True)
class LeftOut:
    """剔除与不导入 page."""

    frame: Frame
    counts: Reconciliation
    exclusions: Page[Exclusion]
    rejected: list[RejectedLine]
    removals: list[Removal]


def left_out_page(frame: Frame, page: str | None) -> LeftOut:
    """Exclusions page by page, rejected rows, last removals; a fixed number of queries."""
    exclusions = frame.exclusions.select_related("case", "by", "batch").defer(
        "batch__data", "batch__summary", "batch__mapping"
    )
    return LeftOut(
        frame=frame,
        counts=reconciliation_of(frame),
        exclusions=Paginator(exclusions, PAGE_SIZE).get_page(page),
        rejected=rejected_lines(frame),
        removals=list(frame.removals.select_related("by")[:LAST_REMOVALS]),
    )


def rejected_lines(frame: Frame) -> list[RejectedLine]:
    """The rows of confirmed files that were not imported, withdrawn ones too; the last 200."""
    rows = frame.rejected_rows.filter(batch__confirmed_at__isnull=False).order_by("-pk")
    told = rows.select_related("batch", "by", "withdrawn_by").defer(
        "batch__data", "batch__summary", "batch__mapping"
    )
    return [RejectedLine(row, REJECTIONS[row.code].label) for row in told[:200]]


def exclusions_by_reason(frame: Frame) -> list[tuple[str, int]]:
    """How many cases are left out by which reason, in the order of the reasons."""
    found = frame.exclusions.filter(case__isnull=False).order_by().values_list("code")
    counts = dict(found.annotate(Count("pk")))
    return [(label, counts[code]) for code, label in EXCLUSION_REASONS.items() if code in counts]


def find_exclusion(frame: Frame, pk: int) -> Exclusion:
    """An exclusion of this year. Raises `RefusedError` (404)."""
    found = frame.exclusions.filter(pk=pk).first()
    if found is None:
        raise RefusedError("没有找到这条剔除，可能已经撤销。请回列表核对。", status=404)
    return found


def find_rejected(frame: Frame, pk: int) -> RejectedRow:
    """A rejected row of this year. Raises `RefusedError` (404)."""
    rows = frame.rejected_rows.select_related("batch", "frame").defer("batch__data")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise RefusedError("没有找到这一行，标记可能已经取消。请回列表核对。", status=404)
    return found
