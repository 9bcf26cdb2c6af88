"""评分进度 and 合议总览 for staff, and what 科室 does there."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from evaluations.actions import marking as actions
from evaluations.actions.nudging import nudge_expert
from evaluations.exports.lists import progress_table, settled_table
from evaluations.forms.marking import ExtendForm
from evaluations.models import Plan
from evaluations.permissions.marking import may_nudge, may_run_marking
from evaluations.permissions.paper import may_type_paper
from evaluations.queries import progress as queries
from evaluations.queries.alike import alike_texts
from evaluations.queries.plan import plan_of
from wanzhou_eval.access import STAFF, for_roles, signed_in
from wanzhou_eval.downloads import send_table, wants_table
from wanzhou_eval.models import Role


@for_roles(*STAFF)
@require_GET
def progress(request: HttpRequest, year: int) -> HttpResponse:
    """评分进度: counts per expert, what the experts reported, and the steps of 科室."""
    plan = plan_of(year)
    if wants_table(request):
        return send_table(request, progress_table(plan, queries.progress(plan).experts))
    return _progress_page(request, plan, ExtendForm())


def _progress_page(request: HttpRequest, plan: Plan, form: ExtendForm) -> HttpResponse:
    context = {
        "plan": plan,
        "progress": queries.progress(plan),
        "form": form,
        "may_run": may_run_marking(signed_in(request), plan),
        "may_nudge": may_nudge(signed_in(request)) and plan.stage == Plan.Stage.MARKING,
        "paper_url": reverse("paper_list", args=[plan.year]) if _types_paper(request) else "",
        "page_title": f"{plan.year}年度评分进度",
    }
    return render(request, "evaluations/progress.html", context, status=422 if form.errors else 200)


def _types_paper(request: HttpRequest) -> bool:
    return may_type_paper(signed_in(request), turn=2)


@for_roles(Role.BUREAU)
@require_POST
def marking_open(request: HttpRequest, year: int) -> HttpResponse:
    """开始评分."""
    plan = actions.open_marking(plan_of(year), by=signed_in(request))
    messages.success(request, f"{plan.year}年度评分已开始，评分标准已锁定。")
    return redirect("progress", year)


@for_roles(Role.BUREAU)
@require_POST
def marking_close(request: HttpRequest, year: int) -> HttpResponse:
    """结束评估."""
    plan = actions.close_marking(plan_of(year), by=signed_in(request))
    messages.success(request, f"{plan.year}年度评估已结束，公布期限从现在起算。")
    return redirect("progress", year)


@for_roles(Role.BUREAU)
@require_POST
def marking_extend(request: HttpRequest, year: int) -> HttpResponse:
    """延长评估时间."""
    form = ExtendForm(request.POST)
    if not form.is_valid():
        return _progress_page(request, plan_of(year), form)
    plan = actions.extend_marking(plan_of(year), by=signed_in(request), **form.cleaned_data)
    messages.success(request, f"评估时间已延长至{plan.marking_to.month}月{plan.marking_to.day}日。")
    return redirect("progress", year)


@for_roles(Role.BUREAU, Role.CLERK)
@require_POST
def progress_nudge(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """提醒 one expert of the sheets that are not sealed."""
    nudge = nudge_expert(plan_of(year), expert=pk, by=signed_in(request))
    messages.success(request, f"已提醒{nudge.expert}。专家打开“我的任务”就会看到。")
    return redirect("progress", year)


@for_roles(Role.BUREAU, Role.LEADER, Role.AUDITOR)
@require_GET
def settle_overview(request: HttpRequest, year: int) -> HttpResponse:
    """合议总览: how many wait for what; grades only of cases that have theirs."""
    plan = plan_of(year)
    overview = queries.settle_overview(plan)
    if wants_table(request):
        return send_table(request, settled_table(plan, overview))
    context = {
        "plan": plan,
        "overview": overview,
        "alike": alike_texts(plan, for_user=signed_in(request)) if overview.graded else [],
        "may_close": may_run_marking(signed_in(request), plan) and plan.stage == Plan.Stage.MARKING,
        "page_title": f"{plan.year}年度合议总览",
    }
    return render(request, "evaluations/settle_overview.html", context)
