"""抽选公开: the public's page of the signed draws and the 核验包 that anybody may take."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from evaluations.exports.draws import public_package
from evaluations.queries import draws_public as queries
from evaluations.views.visitors import count_stranger
from wanzhou_eval.access import public
from wanzhou_eval.downloads import download


@public
@require_GET
def public_draws(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """Every signed or void draw of a year; a case number asks why it was drawn or not."""
    number = request.GET.get("number", "").strip()[:64]
    if number:
        count_stranger(request)
    if not queries.years_with_draws():
        context = {"page_title": "抽选公开", "draws": True}
        return render(request, "evaluations/public_empty.html", context)
    page = queries.public_draws(year, number=number)
    context = {
        "page": page,
        "page_title": f"{page.plan.year}年度抽选公开",
        "rehearsal": page.plan.rehearsal,
    }
    return render(request, "evaluations/public_draws.html", context)


@public
@require_GET
def public_draw_package(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """核验包 without names, counted like a search."""
    count_stranger(request)
    draw = queries.draw_to_take(year, code)
    return download(public_package(draw), f"{code}-公开核验包.zip", "application/zip")
