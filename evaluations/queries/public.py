"""公示: what anybody reads without an account, straight from the snapshots."""

from collections import Counter
from dataclasses import dataclass

from cases.rules import near_skeleton
from evaluations.models import Plan, Publication, PublicationLine
from evaluations.queries.deadlines import appeal_window
from evaluations.queries.results import grade_names
from wanzhou_eval import workdays
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.queries import working_calendar


@dataclass(frozen=True)
class PublicPage:
    """What anybody reads: one version, filtered by case number; the others stand beside it."""

    plan: Plan
    publication: Publication
    lines: list[PublicationLine]
    total: int
    counts: list[tuple[str, int]]
    query: str
    years: list[int]
    window: workdays.Deadline | None
    versions: list[Publication]

    @property
    def latest(self) -> bool:
        """Whether no later version stands beside this one."""
        return self.publication.version == self.versions[-1].version

    @property
    def with_handlers(self) -> bool:
        """Whether this version names handlers; it shows what was published then."""
        return any(line.handler for line in self.lines)


def public_years() -> list[int]:
    """Years with a publication, latest first; rehearsals too, which carry their watermark."""
    return list(Plan.objects.filter(published_at__isnull=False).values_list("year", flat=True))


def public_page(year: int, *, number: str, version: int | None = None) -> PublicPage:
    """The public list of a year. Raises `RefusedError` (404) when nothing is published."""
    plan = Plan.objects.filter(year=year, published_at__isnull=False).first()
    versions = list(plan.publications.all()) if plan else []
    if plan is None or not versions:
        raise RefusedError(
            f"{year}年度的评估结果还没有公布。公布后可在这里按案号查询。", status=404
        )
    publication = _version(versions, version)
    lines = list(publication.lines.all())
    return PublicPage(
        plan=plan,
        publication=publication,
        lines=matching(lines, number),
        total=len(lines),
        counts=grade_counts(plan, lines),
        query=number,
        years=public_years(),
        window=appeal_window(plan, working_calendar()),
        versions=versions,
    )


def matching(lines: list[PublicationLine], number: str) -> list[PublicationLine]:
    """The lines of a number, however it is spelled; of a part of one, all that have it."""
    wanted = near_skeleton(number)
    if not wanted:
        return lines
    keys = [near_skeleton(line.number) for line in lines]
    exact = [line for line, key in zip(lines, keys, strict=True) if key == wanted]
    return exact or [line for line, key in zip(lines, keys, strict=True) if wanted in key]


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


def grade_counts(plan: Plan, lines: list[PublicationLine]) -> list[tuple[str, int]]:
    """How often each grade stands in a published list, best first."""
    tally = Counter(line.grade for line in lines)
    return [(grade, tally[grade]) for grade in grade_names(plan) if tally[grade]]
