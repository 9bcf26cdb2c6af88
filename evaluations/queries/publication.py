"""公布: the public list beside the internal one, what blocks it, and the public page."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch

from cases.models import CaseKind
from evaluations.models import (
    DrawnCase,
    Plan,
    Publication,
    PublicationLine,
    PublicationPlace,
)
from evaluations.queries.deadlines import appeal_window, publication_due
from evaluations.queries.results import (
    appeal_until,
    approval_page,
    graded_cases,
    handlers_of,
)
from evaluations.rules import masking
from evaluations.rules.masking import GROUP_TAIL
from experts.models import Expert
from wanzhou_eval import workdays
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.queries import working_calendar
from wanzhou_eval.texts import split_names

LINES_SHOWN = 200
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
                number=public_number(plan, case),
                kind=CaseKind(case.case.kind).label,
                firm=case.case.firm.name,
                recipient=masked[case.pk],
                handler=names if plan.handler_public else "",
                grade=getattr(case, "grade", "") or "",
            )
        rows.append(DraftRow(case, names, line))
    return rows


def public_number(plan: Plan, drawn_case: DrawnCase) -> str:
    """By what the public list names a case: its number, or a code that only the bureau can read."""
    if plan.number_public == Plan.NumberPublic.CODE:
        return f"{plan.year}-{drawn_case.case.label}"
    return drawn_case.case.number


def list_hash(lines: Sequence[PublicLine] | Sequence[PublicationLine]) -> str:
    """SHA-256 over the cells in the order of `PUBLIC_HEADER`, tab-separated, one line each."""
    text = "".join(
        f"{line.ordinal}\t{line.number}\t{line.kind}\t{line.firm}\t{line.recipient}"
        f"\t{line.handler}\t{line.grade}\n"
        for line in lines
    )
    return hashlib.sha256(text.encode()).hexdigest()


def residues(
    plan: Plan, rows: Sequence[DraftRow], *, texts: Mapping[str, str] | None = None
) -> list[str]:
    """What must not be public and still is: known names, identity and telephone numbers.

    Searched: every line and the `texts` that go out with it, by what they are called. Firms are
    searched for numbers only: a person's name may be part of a firm's own name. The office's own
    contacts are meant.
    """
    lines = [row.line for row in rows if row.line]
    numbers = {line.number for line in lines}
    personal = "\n".join(f"{line.number} {line.recipient}" for line in lines)
    others = "\n".join(f"{line.firm} {line.handler}" for line in lines)
    names = known_names(plan, rows)
    found = [
        *masking.residuals(personal, known_names=names, allowed=numbers),
        *masking.residuals(others),
    ]
    sentences = [each.sentence for each in sorted(found)]
    for label, text in (texts or {}).items():
        left = masking.residuals(text, known_names=names, allowed=numbers | {plan.appeal_phone})
        sentences += [each.sentence.replace("第1行", f"“{label}”里") for each in left]
    return sentences


def known_names(plan: Plan, rows: Sequence[DraftRow]) -> set[str]:
    """Names that the public must not read: every 受援人 one by one, experts, hidden handlers."""
    names: set[str] = set()
    for row in rows:
        names |= set(split_names(GROUP_TAIL.sub("", row.drawn_case.case.recipient.strip())))
        if not plan.handler_public:
            names |= set(row.handlers.split("、"))
    names |= set(Expert.objects.values_list("person__name", flat=True))
    return {name for name in names if len(name) > 1}


@dataclass(frozen=True)
class PublishPage:
    """公布稿: both columns, what blocks it, what was published and the dates."""

    plan: Plan
    rows: list[DraftRow]
    shown: Page[DraftRow]
    residues: list[str]
    blockers: list[str]
    publications: list[Publication]
    due: workdays.Deadline | None
    window: workdays.Deadline | None
    late: bool
    missing_places: list[str]
    changed: bool

    @property
    def missing_places_told(self) -> str:
        """Which places of the plan are still to be recorded."""
        places = "、".join(self.missing_places)
        return f"方案要求在政府门户网站和法律援助管理信息系统公布，还没有登记：{places}。"

    @property
    def withheld(self) -> int:
        """How many cases are left out as 不公开."""
        return sum(1 for row in self.rows if row.line is None)


def publish_page(plan: Plan, *, page: str = "") -> PublishPage:
    """The page; rows only after the end of the evaluation, for no grade may show before.

    Everything is checked, `LINES_SHOWN` lines are shown at a time.
    """
    calendar = working_calendar()
    rows = draft_rows(plan) if plan.ended_at else []
    due = publication_due(plan, calendar)
    places = PublicationPlace.objects.select_related("by")
    publications = list(
        plan.publications.select_related("by").prefetch_related(Prefetch("places", places))
    )
    lines = [row.line for row in rows if row.line]
    latest = publications[-1] if publications else None
    return PublishPage(
        plan=plan,
        rows=rows,
        shown=Paginator(rows, LINES_SHOWN).get_page(page),
        residues=residues(plan, rows),
        blockers=publish_blockers(plan),
        publications=publications,
        due=due,
        window=appeal_window(plan, calendar, published=publications[0] if publications else None),
        late=_came_late(due, publications),
        missing_places=missing_places(latest) if latest else [],
        changed=bool(latest and latest.sha256 != list_hash(lines)),
    )


def _came_late(due: workdays.Deadline | None, publications: Sequence[Publication]) -> bool:
    """Whether the first version was posted after the period; a provisional date makes none late."""
    if due is None or due.provisional or not publications:
        return False
    return first_posted(publications[0]) >= due.ends


def version_of(plan: Plan, version: int) -> Publication:
    """A published version of the year. Raises `RefusedError` (404) when there is none."""
    found = plan.publications.filter(version=version).select_related("plan").first()
    if found is None:
        raise RefusedError(
            f"{plan.year}年度没有第{version}版公布稿。请从公布页或公示页选择版次。", status=404
        )
    return found


def place_with_file(plan: Plan, pk: int) -> PublicationPlace:
    """A place that has a file. Raises `RefusedError` (404) when there is none."""
    places = PublicationPlace.objects.filter(publication__plan=plan, data__isnull=False)
    found = places.filter(pk=pk).first()
    if found is None:
        raise RefusedError("没有找到这份公布凭据的附件。请从公布页下载。", status=404)
    return found


def first_posted(publication: Publication) -> datetime:
    """When the version was first to be read anywhere."""
    return min(
        (place.posted_at for place in publication.places.all()), default=publication.published_at
    )


def missing_places(publication: Publication) -> list[str]:
    """The places that the plan names and that are not recorded yet (article 6.3)."""
    kinds = {place.kind for place in publication.places.all()}
    named = (PublicationPlace.Kind.PORTAL, PublicationPlace.Kind.SYSTEM)
    return [str(kind.label) for kind in named if kind not in kinds]


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


__all__ = ["appeal_until", "draft_rows", "list_hash", "publish_page", "residues"]
