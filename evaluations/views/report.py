"""分析报告 and 一页通."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from evaluations.queries.plan import plan_of
from evaluations.queries.report import report_page
from evaluations.queries.results import approval_page
from evaluations.views.results import READERS
from wanzhou_eval.access import for_roles


@for_roles(*READERS)
@require_GET
def report(request: HttpRequest, year: int) -> HttpResponse:
    """分析报告: tables and charts of the year; locked until the evaluation ended."""
    page = report_page(plan_of(year))
    context = {"page": page, "page_title": f"{year}年度评估分析报告"}
    return render(request, "evaluations/report.html", context)


@for_roles(*READERS)
@require_GET
def brief(request: HttpRequest, year: int) -> HttpResponse:
    """一页通 for 局领导: where the year stands, on one printable page."""
    page = approval_page(plan_of(year))
    context = {"page": page, "page_title": f"{year}年度评估一页通"}
    return render(request, "evaluations/brief.html", context)
