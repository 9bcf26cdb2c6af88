"""方案 pages: draw up, change, decide the sample size, issue, move the rehearsal clock."""

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from evaluations.actions import plan as actions
from evaluations.forms.plan import (
    SECTIONS,
    ClockForm,
    CompareForm,
    IssueForm,
    PlanForm,
    SizeForm,
)
from evaluations.models import Plan
from evaluations.permissions.plan import may_run_plan
from evaluations.queries.plan import due_size, latest_plan, plan_of
from evaluations.queries.size_desk import size_desk
from evaluations.rules.sizes import GROUNDS
from evaluations.rules.stages import Stage
from wanzhou_eval.access import STAFF, for_roles, signed_in
from wanzhou_eval.models import Role

COMPARED = ("base", "strata", "allocation")
"""What the size desk shows otherwise than the plan has it, to compare; nothing is saved."""


def sections(form: PlanForm) -> list[tuple[str, list[BoundField]]]:
    """The form in the sections of the document, without those that do not apply."""
    shown = [(title, [form[n] for n in names if n in form.fields]) for title, names in SECTIONS]
    return [(title, fields) for title, fields in shown if fields]


@for_roles(Role.BUREAU)
def plan_new(request: HttpRequest) -> HttpResponse:
    """拟定方案; the last year's parameters stand in the form."""
    last = latest_plan()
    form = PlanForm(request.POST or None, initial=last_years_values(last))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        began = values.get("rehearsal_at")
        plan = actions.create_plan(values=values, by=signed_in(request), rehearsal_at=began)
        messages.success(request, f"{plan.year}年度方案已保存为草稿。下一步由中心导入案件。")
        return redirect("plan_detail", plan.year)
    context = {"form": form, "sections": sections(form), "page_title": "拟定年度方案"}
    return render(
        request, "evaluations/plan_form.html", context, status=422 if form.errors else 200
    )


def last_years_values(plan: Plan | None) -> dict[str, object]:
    """复制上年方案: everything but the year, the dates and the exception."""
    if plan is None:
        return {}
    fresh = {"year", "marking_from", "marking_to", "exception_reason", "exception_body"}
    return {name: getattr(plan, name) for name in actions.PARAMETERS if name not in fresh} | {
        "title": plan.title.replace(str(plan.year), str(plan.year + 1)),
        "year": plan.year + 1,
    }


@for_roles(*STAFF)
def plan_detail(request: HttpRequest, year: int) -> HttpResponse:
    """The plan as it stands, and what can be done with it."""
    plan = plan_of(year)
    context = {
        "plan": plan,
        "page_title": f"{year}年度方案",
        "due": due_size(plan),
        "may_run": may_run_plan(signed_in(request)),
        "issue_form": IssueForm(initial={"document": plan.document, "issued_on": plan.today}),
    }
    return render(request, "evaluations/plan_detail.html", context)


@for_roles(Role.BUREAU)
def plan_edit(request: HttpRequest, year: int) -> HttpResponse:
    """修改草稿."""
    plan = plan_of(year)
    window = {"window_from": plan.frame.window_from, "window_to": plan.frame.window_to}
    form = PlanForm(request.POST or None, instance=plan, initial=window)
    form.fields["year"].disabled = True
    if request.method == "POST" and form.is_valid():
        actions.change_plan(plan_of(year), values=form.cleaned_data, by=signed_in(request))
        messages.success(request, "方案已保存。")
        return redirect("plan_detail", year)
    context = {
        "form": form,
        "sections": sections(form),
        "page_title": f"修改{year}年度方案",
        "locked": plan.stage != Stage.DRAFT,
        "editing": True,
    }
    return render(
        request, "evaluations/plan_form.html", context, status=422 if form.errors else 200
    )


@for_roles(Role.BUREAU)
@require_POST
def plan_issue(request: HttpRequest, year: int) -> HttpResponse:
    """印发方案."""
    plan = plan_of(year)
    form = IssueForm(request.POST)
    if not form.is_valid():
        context = {"plan": plan, "due": due_size(plan), "may_run": True, "issue_form": form}
        return render(request, "evaluations/plan_detail.html", context, status=422)
    actions.issue_plan(plan, by=signed_in(request), **form.cleaned_data)
    messages.success(request, f"方案已印发（{form.cleaned_data['document']}）。下一步封存名单。")
    return redirect("overview", year)


@for_roles(*STAFF)
def size_desk_page(request: HttpRequest, year: int) -> HttpResponse:
    """抽样件数: every reading of the rule, the decided number, what it buys, the seats."""
    plan = plan_of(year)
    sealed = plan.stage not in {Stage.DRAFT, Stage.ISSUED}
    shown = {name: request.GET.get(name, "") for name in COMPARED}
    desk = size_desk(plan) if sealed else size_desk(plan, **shown)
    initial = {"size": desk.decided} | {n: getattr(plan, f"decided_{n}") for n in GROUNDS}
    form = SizeForm(request.POST or None, initial=initial, desk=desk)
    if request.method == "POST" and form.is_valid():
        actions.decide_size(plan, decision=form.decision, by=signed_in(request))
        messages.success(request, f"抽样件数定为{form.decision.size}件。")
        return redirect("size_desk", year)
    context = {
        "plan": plan,
        "desk": desk,
        "form": form,
        "compare": CompareForm(
            initial={"strata": desk.seats.strata, "allocation": desk.seats.allocation}
        ),
        "page_title": "抽样件数",
        "sealed": sealed,
        "may_decide": may_run_plan(signed_in(request)) and not sealed,
    }
    return render(
        request, "evaluations/size_desk.html", context, status=422 if form.errors else 200
    )


@for_roles(Role.BUREAU)
@require_POST
def rehearsal_clock(request: HttpRequest, year: int) -> HttpResponse:
    """拨动演练时钟."""
    plan = plan_of(year)
    form = ClockForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请按“年-月-日 时:分”填演练时钟，时钟没有改动。")
        return redirect("overview", year)
    actions.set_rehearsal_clock(plan, moment=form.cleaned_data["moment"], by=signed_in(request))
    messages.success(request, f"演练时钟已拨到{form.cleaned_data['moment']:%Y年%-m月%-d日 %H:%M}。")
    return redirect("overview", year)
