"""分组匹配: one row per panel, conflicts above."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from evaluations.exports.lists import panel_table
from evaluations.permissions.draws import may_run_draws
from evaluations.queries.appointments import MAY_LEAVE
from evaluations.queries.draws_prepare import preparation
from evaluations.queries.panels import panel_page
from evaluations.queries.plan import plan_of
from wanzhou_eval.access import STAFF, for_roles, signed_in
from wanzhou_eval.downloads import send_table, wants_table


@for_roles(*STAFF)
def panel_list(request: HttpRequest, year: int) -> HttpResponse:
    """分组匹配 of the year."""
    plan = plan_of(year)
    page, may_run = panel_page(plan), may_run_draws(signed_in(request))
    if wants_table(request):
        return send_table(request, panel_table(plan, page))
    locked = page.experts is not None and page.experts.signed_at is not None
    context = {
        "page_title": f"{year}年度分组匹配",
        "page": page,
        "next": preparation(plan),
        "may_run": may_run,
        "may_withdraw": may_run and locked and plan.stage in MAY_LEAVE,
    }
    return render(request, "evaluations/panel_list.html", context)
