"""问题处理 and 归档."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from appeals import actions
from appeals.exports import consequence_table
from appeals.forms import NoticeForm, OutcomeForm, PaymentForm, TransferForm
from appeals.permissions import may_handle_consequences
from appeals.queries.closing import archive_page
from appeals.queries.work import failing_cases, find_consequence
from evaluations.queries.plan import plan_of
from wanzhou_eval.access import for_roles, signed_in
from wanzhou_eval.downloads import send_table, wants_table
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Role

READERS = (Role.BUREAU, Role.LEADER, Role.AUDITOR)
STEPS: dict[str, tuple[type[forms.Form], str, Callable[..., Any], str]] = {
    "notice": (NoticeForm, "recovery", actions.send_recovery_notice, "追回通知已登记。"),
    "payment": (PaymentForm, "recovery", actions.record_payment, "收回已登记。"),
    "transfer": (TransferForm, "inquiry", actions.transfer_inquiry, "移送已登记。"),
    "outcome": (OutcomeForm, "inquiry", actions.close_inquiry, "履职调查已办结。"),
}


@for_roles(*READERS)
def consequences(request: HttpRequest, year: int) -> HttpResponse:
    """问题处理: recovery and inquiry of each 不合格; POST opens what is final."""
    plan = plan_of(year)
    user = signed_in(request)
    if request.method == "POST":
        opened = actions.open_consequences(plan, by=user)
        messages.success(request, f"已启动 {len(opened)} 件的补贴追回和履职调查。")
        return redirect("consequences", year)
    assert plan.now is not None
    rows = failing_cases(plan, now=plan.now) if plan.published_at else []
    if wants_table(request):
        return send_table(request, consequence_table(plan, rows))
    context = {
        "rows": rows,
        "ready": any(row.final and not row.opened for row in rows),
        "may_handle": may_handle_consequences(user) and plan.stage == plan.Stage.PUBLISHED,
        "forms": {name: step[0](auto_id=False) for name, step in STEPS.items()},
        "page_title": f"{year}年度不合格案件处理",
    }
    return render(request, "appeals/consequences.html", context)


@for_roles(Role.BUREAU)
@require_POST
def consequence_step(request: HttpRequest, year: int, serial: int, step: str) -> HttpResponse:
    """One step of one case: notice, payment, transfer or outcome."""
    if step not in STEPS:
        raise RefusedError("没有这个步骤。请从“不合格案件处理”页办理。", status=404)
    form_class, relation, act, done = STEPS[step]
    form = form_class(request.POST)
    if not form.is_valid():
        raise RefusedError(_problems(form), status=422)
    target = find_consequence(plan_of(year), serial, relation)
    act(target, **form.cleaned_data, by=signed_in(request))
    messages.success(request, done)
    return redirect("consequences", year)


def _problems(form: forms.Form) -> str:
    """All faults of a small form in one sentence."""
    faults = [f"{form.fields[name].label}：{errors[0]}" for name, errors in form.errors.items()]
    return "没有登记，请改后再提交。" + "；".join(faults)


@for_roles(*READERS)
def archive(request: HttpRequest, year: int) -> HttpResponse:
    """归档: the checklist; POST closes the year."""
    plan = plan_of(year)
    user = signed_in(request)
    if request.method == "POST":
        actions.close_year(plan, by=user)
        messages.success(request, f"{year}年度已归档，此后只能查看。")
        return redirect("archive", year)
    page = archive_page(plan)
    context = {
        "page": page,
        "page_title": f"{year}年度归档",
        "may_close": may_handle_consequences(user) and plan.stage == plan.Stage.PUBLISHED,
    }
    return render(request, "appeals/archive.html", context)
