"""What an upload would do: 新增, 修改, 缺少 page by page; rows that may be left out."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q

from cases.models import Absence, ImportBatch, RejectedRow, RowChange
from cases.rules import REJECTIONS, Rejection, allowed_rejections

PAGE_SIZE = 50
MOST_ROWS = 100


@dataclass(frozen=True)
class Changes:
    """新增、修改、缺少 of one upload."""

    batch: ImportBatch
    view: str
    new: int
    fields: int
    missing: int
    undecided: int
    page: Page[RowChange] | Page[Absence]


VIEWS = ("changed", "new", "missing")


def changes_page(batch: ImportBatch, *, view: str, page: str | None) -> Changes:
    """One page of what the reader asked for; the counts of all three."""
    view = view if view in VIEWS else "changed"
    counts = batch.changes.aggregate(
        new=Count("pk", filter=Q(is_new=True)), fields=Count("pk", filter=Q(is_new=False))
    )
    absent = batch.absences.aggregate(
        missing=Count("pk"), undecided=Count("pk", filter=Q(decision=""))
    )
    pages: Paginator[RowChange] | Paginator[Absence]
    if view == "missing":
        pages = Paginator(batch.absences.select_related("by"), PAGE_SIZE)
    else:
        pages = Paginator(batch.changes.filter(is_new=view == "new"), PAGE_SIZE)
    return Changes(batch=batch, view=view, page=pages.get_page(page), **counts, **absent)


@dataclass(frozen=True)
class Rejectable:
    """A row with an error that may be left out, and the reasons its findings allow."""

    sheet: str
    row: int
    told: str
    reasons: list[Rejection]

    @property
    def place(self) -> str:
        """The row as a form sends it."""
        return f"{self.row}:{self.sheet}"


@dataclass(frozen=True)
class Decisions:
    """What is still to be decided about an upload before it can be confirmed."""

    rejectable: list[Rejectable]
    cut: bool
    marked: list[tuple[RejectedRow, str]]
    open_errors: int
    undecided: int
    missing: int

    @property
    def ready(self) -> bool:
        """Whether the upload can be confirmed."""
        return not self.open_errors and not self.undecided


def decisions_of(batch: ImportBatch) -> Decisions:
    """Rows to repair or leave out, rows marked, and cases that the file lacks. Two queries."""
    marked = list(batch.rejected_rows.select_related("by"))
    places = {(row.sheet, row.row) for row in marked}
    findings = [f for f in batch.summary.get("findings", ()) if f["row"]]
    rows: dict[tuple[str, int], list[dict[str, str]]] = {}
    for finding in findings:
        place = (finding["sheet"], finding["row"])
        if place not in places:
            rows.setdefault(place, []).append(finding)
    settled = sum(f["level"] == "error" and (f["sheet"], f["row"]) in places for f in findings)
    absences = batch.absences.aggregate(
        missing=Count("pk"), undecided=Count("pk", filter=Q(decision=""))
    )
    rejectable = _rejectable(rows)
    return Decisions(
        rejectable=rejectable[:MOST_ROWS],
        cut=len(rejectable) > MOST_ROWS,
        marked=[(row, REJECTIONS[row.code].label) for row in marked],
        open_errors=int(batch.summary.get("errors", 0)) - settled,
        **absences,
    )


def _rejectable(rows: dict[tuple[str, int], list[dict[str, str]]]) -> list[Rejectable]:
    """Rows with an error and a reason for it; a warning does where the case is not this year's."""
    found = []
    for (sheet, row), told in rows.items():
        errors = any(finding["level"] == "error" for finding in told)
        reasons = allowed_rejections(finding["code"] for finding in told)
        if reasons and (errors or any(r.code in {"outside", "elsewhere"} for r in reasons)):
            said = "；".join(dict.fromkeys(str(finding["message"]) for finding in told))
            found.append(Rejectable(sheet, row, said, reasons))
    return found
