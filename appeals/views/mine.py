"""我的案件 for handlers: results, the appeal, attachments."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from appeals import actions
from appeals.forms import GroundsForm
from appeals.queries.answers import NoticeFacts, notice_facts
from appeals.queries.materials import review_materials as find_materials
from appeals.queries.mine import MyCase, my_years
from appeals.queries.mine import my_case as find_my_case
from appeals.queries.work import find_file
from evaluations.queries.plan import plan_of
from wanzhou_eval.access import STAFF, for_roles, signed_in
from wanzhou_eval.clock import database_now
from wanzhou_eval.downloads import download
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Role


@for_roles(Role.HANDLER)
@require_GET
def my_cases(request: HttpRequest) -> HttpResponse:
    """我的案件: own results by year; before the publication only its date."""
    years = my_years(signed_in(request), clock=database_now())
    context = {"my_years": years, "page_title": "我的案件结果"}
    return render(request, "appeals/my_cases.html", context)


@for_roles(Role.HANDLER)
@require_GET
def my_case(request: HttpRequest, year: int, serial: int) -> HttpResponse:
    """One own case with its grade, its deducted items and its appeal."""
    page = find_my_case(signed_in(request), plan=plan_of(year), serial=serial)
    context = {"page": page, "page_title": f"{page.drawn_case.case.label} 评估结果"}
    return render(request, "appeals/my_case.html", context)


@for_roles(Role.HANDLER)
def appeal_new(request: HttpRequest, year: int, serial: int) -> HttpResponse:
    """申辩书. A late or second one is kept as 不予受理 and answered with 409."""
    page = find_my_case(signed_in(request), plan=plan_of(year), serial=serial)
    items = [each.item for each in page.deductions]
    form = GroundsForm(items, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        return _file(request, page, form)
    if form.bad_files:
        by = signed_in(request)
        actions.record_bad_files(page.plan, page.drawn_case, sentence=form.bad_files, by=by)
    context = {
        "page": page,
        "form": form,
        "grounds": [*zip(form.ground_fields, [*page.deductions, None], strict=True)],
        "page_title": f"{page.drawn_case.case.label} 提出异议申辩",
    }
    status = 422 if form.is_bound else 200
    return render(request, "appeals/appeal_new.html", context, status=status)


def _file(request: HttpRequest, page: MyCase, form: GroundsForm) -> HttpResponse:
    """File it and say what became of it."""
    case = page.drawn_case
    appeal = actions.file_appeal(case, **form.cleaned_data, by=signed_in(request))
    if appeal.refused_at:
        return show_notice(request, notice_facts(appeal, page.plan), status=409)
    messages.success(request, "异议申辩已收到，结果将在期限内反馈。")
    return redirect("my_case", page.plan.year, case.case.serial)


def show_notice(request: HttpRequest, facts: NoticeFacts, *, status: int = 200) -> HttpResponse:
    """受理通知 or 不予受理通知 as a sheet."""
    title = "受理通知" if facts.admitted else "不予受理通知"
    context = {
        "facts": facts, "appeal": facts.appeal, "plan": facts.plan, "page_title": title,
    }  # fmt: skip
    return render(request, "appeals/notice.html", context, status=status)


@for_roles(Role.HANDLER)
@require_GET
def my_notice(request: HttpRequest, year: int, serial: int, pk: int) -> HttpResponse:
    """The notice of an own appeal."""
    page = find_my_case(signed_in(request), plan=plan_of(year), serial=serial)
    return show_notice(request, notice_facts(page.own(pk), page.plan))


@for_roles(Role.HANDLER)
@require_POST
def appeal_withdraw(request: HttpRequest, year: int, serial: int) -> HttpResponse:
    """撤回 the own appeal."""
    page = find_my_case(signed_in(request), plan=plan_of(year), serial=serial)
    if page.counting is None:
        raise RefusedError("这一件没有提出过异议申辩，不用撤回。")
    actions.withdraw_appeal(page.counting, by=signed_in(request))
    messages.success(request, "异议申辩已撤回。")
    return redirect("my_case", year, serial)


@for_roles(Role.EXPERT)
@require_GET
def review_materials(request: HttpRequest, year: int, serial: int) -> HttpResponse:
    """复评材料 for the panel, once both sheets are sealed."""
    page = find_materials(signed_in(request), year=year, serial=serial)
    context = {"page": page, "page_title": f"{page.drawn_case.case.label} 申辩书和初评"}
    return render(request, "appeals/review_materials.html", context)


@for_roles(Role.HANDLER, Role.EXPERT, *STAFF)
@require_GET
def appeal_file(request: HttpRequest, pk: int) -> HttpResponse:
    """An attachment, as a download only."""
    file = find_file(pk, for_user=signed_in(request))
    return download(bytes(file.data), file.name, file.content_type)
