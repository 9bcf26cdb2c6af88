"""公布: the public list beside the internal one, what blocks it, and the public page."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from cases.models import CaseKind
from evaluations.models import DrawnCase, Plan, Publication, PublicationLine
from evaluations.queries.deadlines import appeal_window, publication_due
from evaluations.queries.results import (
    appeal_until,
    approval_page,
    graded_cases,
    handlers_of,
)
from evaluations.rules import masking
from experts.models import Expert
from wanzhou_eval import workdays
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.queries import working_calendar

PUBLIC_HEADER = ("序号", "案号", "案件类型", "承办机构", "受援人", "承办人", "等次")


@dataclass(frozen=True)
class PublicLine:
    """One line as the public reads it, and nothing else about the case."""

    ordinal: int
    number: str
    kind: str
    firm: str
    recipient: str
    handler: str
    grade: str


@dataclass(frozen=True)
class DraftRow:
    """内部稿 and 公布稿 of one case side by side; `line` None: left out as 不公开."""

    drawn_case: DrawnCase
    handlers: str
    line: PublicLine | None


def draft_rows(plan: Plan) -> list[DraftRow]:
    """Every standing case with its public line, in the order of the file numbers."""
    cases = list(graded_cases(plan))
    handlers = handlers_of(cases)
    open_cases = [case for case in cases if not case.case.withheld]
    recipients = masking.mask_all([case.case.recipient for case in open_cases])
    masked = dict(zip((case.pk for case in open_cases), recipients, strict=True))
    rows: list[DraftRow] = []
    ordinal = 0
    for case in cases:
        names = "、".join(each.person.name for each in handlers.get(case.case_id, []))
        line = None
        if case.pk in masked:
            ordinal += 1
            line = PublicLine(
                ordinal=ordinal,
                number=case.case.number,
                kind=CaseKind(case.case.kind).label,
                firm=case.case.firm.name,
                recipient=masked[case.pk],
                handler=names if plan.handler_public else "",
                grade=getattr(case, "grade", "") or "",
            )
        rows.append(DraftRow(case, names, line))
    return rows


def list_hash(lines: Sequence[PublicLine] | Sequence[PublicationLine]) -> str:
    """SHA-256 over the cells in the order of `PUBLIC_HEADER`, tab-separated, one line each."""
    text = "".join(
        f"{line.ordinal}\t{line.number}\t{line.kind}\t{line.firm}\t{line.recipient}"
        f"\t{line.handler}\t{line.grade}\n"
        for line in lines
    )
    return hashlib.sha256(text.encode()).hexdigest()


def residues(plan: Plan, rows: Sequence[DraftRow]) -> list[str]:
    """What must not be public and still is: known names, identity and telephone numbers.

    Firms are searched for numbers only: a person's name may be part of a firm's own name.
    """
    names = {row.drawn_case.case.recipient for row in rows}
    experts = Expert.objects.filter(memberships__panel__plan=plan)
    names |= set(experts.values_list("person__name", flat=True))
    if not plan.handler_public:
        names |= {name for row in rows for name in row.handlers.split("、")}
    lines = [row.line for row in rows if row.line]
    numbers = {line.number for line in lines}
    personal = "\n".join(f"{line.number} {line.recipient}" for line in lines)
    others = "\n".join(f"{line.firm} {line.handler}" for line in lines)
    found = [
        *masking.residuals(
            personal, known_names={name for name in names if len(name) > 1}, allowed=numbers
        ),
        *masking.residuals(others),
    ]
    return [each.sentence for each in sorted(found)]


@dataclass(frozen=True)
class PublishPage:
    """公布稿: both columns, what blocks it, what was published and the dates."""

    plan: Plan
    rows: list[DraftRow]
    residues: list[str]
    blockers: list[str]
    publications: list[Publication]
    due: workdays.Deadline | None
    window: workdays.Deadline | None
    late: bool
    changed: bool

    @property
    def withheld(self) -> int:
        """How many cases are left out as 不公开."""
        return sum(1 for row in self.rows if row.line is None)


def publish_page(plan: Plan) -> PublishPage:
    """The page; rows only after the end of the evaluation, for no grade may show before."""
    calendar = working_calendar()
    rows = draft_rows(plan) if plan.ended_at else []
    due = publication_due(plan, calendar)
    publications = list(plan.publications.select_related("by"))
    lines = [row.line for row in rows if row.line]
    latest = publications[-1] if publications else None
    return PublishPage(
        plan=plan,
        rows=rows,
        residues=residues(plan, rows),
        blockers=publish_blockers(plan),
        publications=publications,
        due=due,
        window=appeal_window(plan, calendar, published=publications[0] if publications else None),
        late=bool(
            due and not due.provisional and plan.published_at and due.is_over(plan.published_at)
        ),
        changed=bool(latest and latest.sha256 != list_hash(lines)),
    )


def publish_blockers(plan: Plan) -> list[str]:
    """What keeps the first publication back, apart from names left in the list."""
    if plan.published_at:
        return []
    page = approval_page(plan)
    if page.missing:
        return page.missing
    return [] if page.approved else ["局领导尚未同意公布，请先在“送审单”送审。"]


def unpublished_change(plan: Plan) -> bool:
    """Whether the list as it stands differs from its latest version."""
    latest = plan.publications.last()
    if latest is None:
        return False
    lines = [row.line for row in draft_rows(plan) if row.line]
    return latest.sha256 != list_hash(lines)


def published_lines(publication: Publication) -> QuerySet[PublicationLine]:
    """The lines of a version as they were published."""
    return publication.lines.all()


@dataclass(frozen=True)
class PublicPage:
    """What anybody reads: the latest version, filtered by case number."""

    plan: Plan
    publication: Publication
    lines: list[PublicationLine]
    total: int
    query: str
    years: list[int]
    window: workdays.Deadline | None
    versions: int


def public_years() -> list[int]:
    """Years with a publication, latest first; rehearsals too, which carry their watermark."""
    return list(Plan.objects.filter(published_at__isnull=False).values_list("year", flat=True))


def public_page(year: int, *, number: str) -> PublicPage:
    """The public list of a year. Raises `RefusedError` (404) when nothing is published."""
    plan = Plan.objects.filter(year=year, published_at__isnull=False).first()
    publication = plan.publications.last() if plan else None
    if plan is None or publication is None:
        raise RefusedError(
            f"{year}年度的评估结果还没有公布。公布后可在这里按案号查询。", status=404
        )
    lines = published_lines(publication)
    wanted = lines.filter(number__icontains=number) if number else lines
    return PublicPage(
        plan=plan,
        publication=publication,
        lines=list(wanted),
        total=lines.count(),
        query=number,
        years=public_years(),
        window=appeal_window(plan, working_calendar()),
        versions=plan.publications.count(),
    )


__all__ = ["appeal_until", "draft_rows", "list_hash", "public_page", "publish_page", "residues"]
