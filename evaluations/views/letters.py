"""聘书: the data as a page and a workbook, and one printable A4 letter per expert."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from evaluations.exports.letters import letter_table
from evaluations.queries.letters import letter_page
from evaluations.queries.plan import plan_of
from wanzhou_eval.access import STAFF, for_roles
from wanzhou_eval.downloads import send_table, wants_table
from wanzhou_eval.errors import RefusedError


@for_roles(*STAFF)
@require_GET
def letter_list(request: HttpRequest, year: int) -> HttpResponse:
    """聘书数据 of the year, or the same as .xlsx."""
    plan = plan_of(year)
    page = letter_page(plan)
    if wants_table(request):
        return send_table(request, letter_table(plan, page))
    context = {"page": page, "page_title": f"{year}年度评估专家聘书"}
    return render(request, "evaluations/letter_list.html", context)


@for_roles(*STAFF)
@require_GET
def letter_print(request: HttpRequest, year: int) -> HttpResponse:
    """The letters in force, one A4 page each; `only` is the number of a single one."""
    page = letter_page(plan_of(year))
    only = request.GET.get("only", "")
    letters = [one for one in page.standing if only in {"", str(one.ordinal)}]
    if not letters:
        raise RefusedError(
            "没有可以打印的聘书。请回聘书页查看，专家抽选签名锁定后才有。", status=404
        )
    context = {"letters": letters, "draw": page.draw, "page_title": f"{year}年度评估专家聘书"}
    return render(request, "evaluations/letter_print.html", context)
