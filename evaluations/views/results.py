"""送审单, 公布稿 and the public page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from evaluations.actions import results as actions
from evaluations.exports.lists import draft_table
from evaluations.exports.results import public_workbook
from evaluations.forms.results import DecisionForm, PublishForm, RepublishForm, WithholdForm
from evaluations.permissions.results import may_decide_approval, may_publish, may_submit_results
from evaluations.queries import publication as publications
from evaluations.queries.plan import plan_of
from evaluations.queries.results import approval_page, drawn_case_of
from evaluations.views.visitors import count_stranger
from wanzhou_eval.access import for_roles, public, signed_in
from wanzhou_eval.downloads import XLSX, download, send_table, wants_table
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Role

READERS = (Role.BUREAU, Role.LEADER, Role.AUDITOR)


@for_roles(*READERS)
def approval(request: HttpRequest, year: int) -> HttpResponse:
    """送审单: the sheet; POST submits it (科室)."""
    plan = plan_of(year)
    user = signed_in(request)
    if request.method == "POST":
        actions.submit_for_approval(plan, by=user)
        messages.success(request, "送审单已送局领导审定。")
        return redirect("approval", year)
    page = approval_page(plan)
    context = {
        "page": page,
        "page_title": f"{year}年度评估结果送审单",
        "may_submit": may_submit_results(user) and page.ready,
        "may_decide": page.open is not None and may_decide_approval(user, page.open),
        "form": DecisionForm(),
    }
    return render(request, "evaluations/approval.html", context)


@for_roles(*READERS)
@require_POST
def approval_decide(request: HttpRequest, year: int) -> HttpResponse:
    """审定 by 局领导."""
    page = approval_page(plan_of(year))
    form = DecisionForm(request.POST)
    if not form.is_valid():
        raise RefusedError("请选“同意公布”或“退回补正程序”，退回要写理由。", status=422)
    if page.open is None:
        raise RefusedError("现在没有待审定的送审单。请回年度总览看下一步。")
    actions.decide_approval(page.open, **form.cleaned_data, by=signed_in(request))
    messages.success(request, "审定意见已记录。")
    return redirect("approval", year)


@for_roles(*READERS)
def publish(request: HttpRequest, year: int) -> HttpResponse:
    """公布稿 in two columns; POST publishes, or issues the next version."""
    plan = plan_of(year)
    user = signed_in(request)
    pressed_twice = request.method == "POST" and "reason" not in request.POST
    again = plan.published_at is not None and not pressed_twice
    form = (RepublishForm if again else PublishForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act = actions.republish_results if again else actions.publish_results
        act(plan, **form.cleaned_data, by=user)
        messages.success(request, "已公布，申辩期限从今天起算。" if act is actions.publish_results
                         else "新的一版已公布。")  # fmt: skip
        return redirect("publish", year)
    page = publications.publish_page(plan)
    if wants_table(request):
        return send_table(request, draft_table(plan, page.rows))
    context = {
        "page": page,
        "page_title": f"{year}年度评估结果公布",
        "form": form,
        "may_publish": may_publish(user),
    }
    status = 422 if form.is_bound else 200
    return render(request, "evaluations/publish.html", context, status=status)


@for_roles(*READERS)
@require_POST
def withhold(request: HttpRequest, year: int) -> HttpResponse:
    """不公开 or public again, for one case."""
    form = WithholdForm(request.POST)
    if not form.is_valid():
        raise RefusedError("请写明不公开或恢复公开的理由后再登记。", status=422)
    values = form.cleaned_data
    actions.withhold_case(
        drawn_case_of(plan_of(year), values["serial"]),
        withheld=values["withheld"],
        reason=values["reason"],
        by=signed_in(request),
    )
    messages.success(request, f"{values['serial']:04d}号案件已登记。")
    return redirect("publish", year)


@for_roles(*READERS)
@require_GET
def publish_export(request: HttpRequest, year: int, version: int) -> HttpResponse:
    """A published version as .xlsx, exactly what the public sees."""
    found = plan_of(year).publications.filter(version=version).first()
    if found is None:
        raise RefusedError(f"{year}年度没有第{version}版公布稿。请从公布页下载。", status=404)
    name = f"{year}年度评估结果公布稿第{version}版.xlsx"
    return download(public_workbook(found), name, XLSX)


@public
@require_GET
def public_results(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """公示查询, open to anybody: the latest version, searched by case number."""
    years = publications.public_years()
    number = request.GET.get("number", "").strip()[:64]
    if number:
        count_stranger(request)
    if year is None and not years:
        return render(request, "evaluations/public_empty.html", {"page_title": "评估结果公示"})
    page = publications.public_page(year or years[0], number=number)
    context = {
        "page": page,
        "page_title": f"{page.plan.year}年度评估结果公示",
        "rehearsal": page.plan.rehearsal,
    }
    return render(request, "evaluations/public_results.html", context)
