"""抽样框核对 page: the frame counted from every side, and the very lines the draw will see."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from evaluations.queries.frame import frame_page, list_text
from evaluations.queries.plan import plan_of
from wanzhou_eval.access import STAFF, for_roles
from wanzhou_eval.downloads import download

PLAIN = "text/plain; charset=utf-8"


@for_roles(*STAFF)
def case_frame(request: HttpRequest, year: int) -> HttpResponse:
    """The equation, months, types, firms, sources, reasons, and the lines page by page."""
    plan = plan_of(year)
    context = {
        "shown": frame_page(plan, request.GET.get("page")),
        "plan": plan,
        "page_title": f"{year}年度抽样框核对",
    }
    return render(request, "evaluations/case_frame.html", context)


@for_roles(*STAFF)
def case_frame_text(request: HttpRequest, year: int) -> HttpResponse:
    """The list as text: codes and case numbers, no names."""
    text, name = list_text(plan_of(year))
    return download(text.encode(), name, PLAIN)
