"""专家库 pages of a year: list, one expert, change of facts, 本年度不参加."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from evaluations.actions import expert_pool as actions
from evaluations.exports.expert_pool import pool_table
from evaluations.forms.expert_pool import AbsenceForm, ExpertFactsForm, LiftForm
from evaluations.queries.expert_pool import (
    PoolFilter,
    expert_page,
    find_absence,
    find_plan,
    pool_page,
)
from evaluations.queries.plan import plan_of
from experts.models import Expert
from experts.permissions import may_keep_pool, may_see_phone
from experts.queries import find_expert
from wanzhou_eval.access import STAFF, for_roles, signed_in
from wanzhou_eval.downloads import send_table, wants_table
from wanzhou_eval.models import Role


@for_roles(*STAFF)
def expert_list(request: HttpRequest, year: int) -> HttpResponse:
    """专家库: who may be drawn this year and why not the others, or the list as .xlsx."""
    user = signed_in(request)
    page = pool_page(year, PoolFilter.asked(request.GET.dict()))
    if wants_table(request):
        return send_table(request, pool_table(year, page))
    context = {
        "page": page,
        "year": year,
        "page_title": "专家库",
        "has_plan": find_plan(year) is not None,
        "may_keep": may_keep_pool(user),
        "shows_phone": may_see_phone(user),
    }
    return render(request, "evaluations/expert_list.html", context)


@for_roles(*STAFF)
def expert_detail(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """One expert: facts, eligibility, 本年度不参加, what was changed."""
    plan, user = plan_of(year), signed_in(request)
    expert = find_expert(pk)
    page = expert_page(plan, expert)
    context = {
        "page": page,
        "page_title": expert.person.name,
        "may_change": may_keep_pool(user) and page.frozen is None,
        "shows_phone": may_see_phone(user),
    }
    return render(request, "evaluations/expert_detail.html", context)


@for_roles(Role.BUREAU)
def expert_edit(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """更正专家情况, until the list is sealed."""
    expert = find_expert(pk)
    facts = {name: getattr(expert, name) for name in actions.FACTS}
    form = ExpertFactsForm(request.POST or None, initial=facts)
    if request.method == "POST" and form.is_valid():
        actions.change_expert(plan_of(year), expert, by=signed_in(request), **form.split())
        messages.success(request, f"{expert.person.name}的情况已更正。")
        return redirect("expert_detail", year, pk)
    return _form_page(request, expert, form, title="更正专家情况", button="保存更正")


@for_roles(Role.BUREAU)
def absence_new(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """登记本年度不参加."""
    expert, form = find_expert(pk), AbsenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.enter_absence(plan_of(year), expert, by=signed_in(request), **form.cleaned_data)
        messages.success(request, f"{expert.person.name}{year}年度不参加，已登记。")
        return redirect("expert_detail", year, pk)
    return _form_page(request, expert, form, title=f"{year}年度不参加", button="登记不参加")


@for_roles(Role.BUREAU)
def absence_lift(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """撤销本年度不参加."""
    expert, form = find_expert(pk), LiftForm(request.POST or None)
    find_absence(year, expert)
    if request.method == "POST" and form.is_valid():
        actions.lift_absence(plan_of(year), expert, by=signed_in(request), **form.cleaned_data)
        messages.success(request, f"{expert.person.name}的不参加登记已撤销。")
        return redirect("expert_detail", year, pk)
    return _form_page(request, expert, form, title="撤销不参加登记", button="撤销登记")


def _form_page(
    request: HttpRequest, expert: Expert, form: forms.Form, *, title: str, button: str
) -> HttpResponse:
    context: dict[str, Any] = {
        "expert": expert,
        "form": form,
        "button": button,
        "page_title": f"{expert.person.name} {title}",
    }
    status = 422 if form.errors else 200
    return render(request, "evaluations/expert_form.html", context, status=status)
