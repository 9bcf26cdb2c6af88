"""公示查询, open to anybody: the published versions as a page, .xlsx and Word."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from evaluations.exports.papers import publication_paper
from evaluations.exports.results import public_workbook
from evaluations.models import Publication
from evaluations.queries import public as queries
from evaluations.views.visitors import count_stranger
from wanzhou_eval.access import public
from wanzhou_eval.downloads import XLSX, download
from wanzhou_eval.wordfiles import DOCX


@public
@require_GET
def public_results(
    request: HttpRequest, year: int | None = None, version: int | None = None
) -> HttpResponse:
    """The latest version, or an earlier one beside it; searched by case number."""
    years = queries.public_years()
    number = request.GET.get("number", "").strip()[:64]
    if number:
        count_stranger(request)
    if year is None and not years:
        return render(request, "evaluations/public_empty.html", {"page_title": "评估结果公示"})
    page = queries.public_page(
        year or years[0], number=number, version=version, page=request.GET.get("page", "")
    )
    context = {
        "page": page,
        "page_title": f"{page.plan.year}年度评估结果公示",
        "rehearsal": page.plan.rehearsal,
    }
    return render(request, "evaluations/public_results.html", context)


@public
@require_GET
def public_list(request: HttpRequest, year: int, version: int, form: str) -> HttpResponse:
    """The list as a file, counted like a search."""
    count_stranger(request)
    publication = queries.public_version(year, version)
    return public_book(publication) if form == "xlsx" else public_word(publication)


def public_book(publication: Publication) -> HttpResponse:
    """The public workbook of a version."""
    return download(public_workbook(publication), f"{_name(publication)}.xlsx", XLSX)


def public_word(publication: Publication) -> HttpResponse:
    """The public document of a version."""
    data = publication_paper(publication.plan, publication)
    return download(data, f"{_name(publication)}.docx", DOCX)


def _name(publication: Publication) -> str:
    return f"{publication.plan.year}年度评估结果公布稿第{publication.version}版"
