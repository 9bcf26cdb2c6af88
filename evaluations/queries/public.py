"""公示: what anybody reads without an account, straight from the snapshots."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet

from cases.rules import near_skeleton
from evaluations.models import Plan, Publication, PublicationLine
from evaluations.queries.deadlines import appeal_window
from evaluations.queries.results import grade_names
from wanzhou_eval import workdays
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.queries import working_calendar

LINES_SHOWN = 200


@dataclass(frozen=True)
class PublicPage:
    """What anybody reads: one version, filtered by case number; the others stand beside it."""

    plan: Plan
    publication: Publication
    shown: Page[PublicationLine]
    total: int
    with_handlers: bool
    counts: list[tuple[str, int]]
    query: str
    years: list[int]
    window: workdays.Deadline | None
    versions: list[Publication]

    @property
    def query_string(self) -> str:
        """The search, for the links to the other pages of its answer."""
        return urlencode({"number": self.query}) if self.query else ""

    @property
    def latest(self) -> bool:
        """Whether no later version stands beside this one."""
        return self.publication.version == self.versions[-1].version


def public_years() -> list[int]:
    """Years with a publication, latest first; rehearsals too, which carry their watermark."""
    return list(Plan.objects.filter(published_at__isnull=False).values_list("year", flat=True))


def public_page(
    year: int, *, number: str, version: int | None = None, page: str = ""
) -> PublicPage:
    """The public list of a year. Raises `RefusedError` (404) when nothing is published."""
    plan = Plan.objects.filter(year=year, published_at__isnull=False).first()
    versions = list(plan.publications.all()) if plan else []
    if plan is None or not versions:
        raise RefusedError(
            f"{year}年度的评估结果还没有公布。公布后可在这里按案号查询。", status=404
        )
    publication = _version(versions, version)
    lines = publication.lines.all()
    return PublicPage(
        plan=plan,
        publication=publication,
        shown=Paginator(matching(publication, number), LINES_SHOWN).get_page(page),
        total=lines.count(),
        with_handlers=lines.exclude(handler="").exists(),
        counts=grade_counts(plan, publication),
        query=number,
        years=public_years(),
        window=appeal_window(plan, working_calendar()),
        versions=versions,
    )


def matching(publication: Publication, number: str) -> QuerySet[PublicationLine]:
    """The lines of a number, however it is spelled; of a part of one, all that have it."""
    lines, wanted = publication.lines.all(), near_skeleton(number)
    if not wanted:
        return lines
    keys = {pk: near_skeleton(text) for pk, text in lines.values_list("pk", "number")}
    exact = [pk for pk, key in keys.items() if key == wanted]
    return lines.filter(pk__in=exact or [pk for pk, key in keys.items() if wanted in key])


def public_version(year: int, version: int) -> Publication:
    """A published version. Raises `RefusedError` (404) when there is none."""
    published = Publication.objects.select_related("plan")
    found = published.filter(plan__year=year, version=version).first()
    if found is None:
        raise RefusedError(f"没有{year}年度第{version}版公布稿。请从公示页选择版次。", status=404)
    return found


def _version(versions: list[Publication], wanted: int | None) -> Publication:
    if wanted is None:
        return versions[-1]
    for publication in versions:
        if publication.version == wanted:
            return publication
    raise RefusedError(f"没有第{wanted}版公布稿。请从公示页选择版次。", status=404)


def grade_counts(plan: Plan, publication: Publication) -> list[tuple[str, int]]:
    """How often each grade stands in a published list, best first."""
    tally = dict(publication.lines.order_by().values_list("grade").annotate(Count("pk")))
    return [(grade, tally[grade]) for grade in grade_names(plan) if grade in tally]
