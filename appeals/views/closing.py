"""问题处理 and 归档."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from appeals import actions
from appeals.exports import archive_zip, consequence_table
from appeals.exports.notices import NOTICES
from appeals.forms import (
    AssessForm,
    DemandForm,
    LiftForm,
    NoticeForm,
    OrderForm,
    OutcomeForm,
    PaymentForm,
    ProofForm,
    TransferForm,
)
from appeals.permissions import may_handle_consequences, may_recover
from appeals.queries.archive import archived_files
from appeals.queries.closing import archive_page
from appeals.queries.consequences import consequence_of, find_consequence, shown_rows
from evaluations.queries.plan import plan_of
from evaluations.queries.results import drawn_case_of
from wanzhou_eval.access import STAFF, for_roles, signed_in
from wanzhou_eval.downloads import (
    Handout,
    download,
    note_handout,
    send_document,
    send_table,
    wants_table,
)
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Role

READERS = (Role.BUREAU, Role.LEADER, Role.AUDITOR)
STEPS: dict[str, tuple[type[forms.Form], str, Callable[..., Any], str]] = {
    "assess": (AssessForm, "recovery", actions.assess_recovery, "应收回金额已核定。"),
    "notice": (NoticeForm, "recovery", actions.send_recovery_notice, "追回通知已登记。"),
    "payment": (PaymentForm, "recovery", actions.record_payment, "收回已登记。"),
    "refund": (PaymentForm, "recovery", actions.record_refund, "退还已登记。"),
    "lift": (LiftForm, "recovery", actions.lift_consequences, "追回和调查已撤销。"),
    "transfer": (TransferForm, "inquiry", actions.transfer_inquiry, "移送已登记。"),
    "outcome": (OutcomeForm, "inquiry", actions.close_inquiry, "履职调查已办结。"),
    "demand": (
        DemandForm, "rectification", actions.send_rectification_notice, "整改通知已登记。",
    ),
    "proof": (ProofForm, "rectification", actions.check_proof, "整改材料已登记。"),
    "waive": (LiftForm, "rectification", actions.lift_rectification, "整改已撤销。"),
}  # fmt: skip


@for_roles(*STAFF)
def consequences(request: HttpRequest, year: int) -> HttpResponse:
    """问题处理: recovery, inquiry and 整改 of each case; POST opens what is final."""
    plan = plan_of(year)
    user = signed_in(request)
    if request.method == "POST":
        opened = actions.open_consequences(plan, by=user)
        messages.success(request, f"已启动 {len(opened)} 件的问题处理。")
        return redirect("consequences", year)
    assert plan.now is not None
    rows = shown_rows(plan, now=plan.now) if plan.published_at else []
    if wants_table(request):
        return send_table(request, consequence_table(plan, rows))
    running = plan.stage == plan.Stage.PUBLISHED
    context = {
        "rows": [(row, row.overdue(plan.today)) for row in rows],
        "ready": sum(row.ready for row in rows),
        "may_handle": may_handle_consequences(user) and running,
        "may_recover": may_recover(user) and running,
        "forms": {name: step[0](auto_id=False) for name, step in STEPS.items()},
        "order_form": OrderForm(),
        "page_title": f"{year}年度问题处理",
    }
    return render(request, "appeals/consequences.html", context)


@for_roles(Role.BUREAU, Role.CLERK)
@require_POST
def consequence_step(request: HttpRequest, year: int, serial: int, step: str) -> HttpResponse:
    """One step of one case; who may take it is for the action to say."""
    if step not in STEPS:
        raise RefusedError("没有这个步骤。请从“问题处理”页办理。", status=404)
    form_class, relation, act, done = STEPS[step]
    form = form_class(request.POST)
    if not form.is_valid():
        raise RefusedError(_problems(form), status=422)
    target = find_consequence(plan_of(year), serial, relation)
    act(target, **form.cleaned_data, by=signed_in(request))
    messages.success(request, done)
    return redirect("consequences", year)


@for_roles(*STAFF)
@require_GET
def consequence_word(request: HttpRequest, year: int, serial: int, paper: str) -> HttpResponse:
    """追回通知, 移送函 or 整改通知 of a case as a Word document."""
    if paper not in NOTICES:
        raise RefusedError("没有这种文书。请从“问题处理”页下载。", status=404)
    plan = plan_of(year)
    title, made = NOTICES[paper]
    data = made(plan, consequence_of(plan, serial))
    return send_document(request, data, f"{serial:04d}{title}", year=year)


@for_roles(Role.BUREAU)
@require_POST
def rectification_order(request: HttpRequest, year: int) -> HttpResponse:
    """科室决定整改 of a case that the plan's limit does not reach."""
    form = OrderForm(request.POST)
    if not form.is_valid():
        raise RefusedError(_problems(form), status=422)
    drawn_case = drawn_case_of(plan_of(year), form.cleaned_data["serial"])
    reason = form.cleaned_data["reason"]
    actions.order_rectification(drawn_case, reason=reason, by=signed_in(request))
    messages.success(request, f"{drawn_case.case.label}号案件已启动整改。")
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


@for_roles(*READERS)
@require_GET
def archive_package(request: HttpRequest, year: int) -> HttpResponse:
    """归档包: every file of the closed year with its fingerprints."""
    plan = plan_of(year)
    files = archived_files(plan)
    note_handout(request, Handout(f"{year}年度归档包", year, len(files), 0))
    return download(archive_zip(plan, files), f"{year}年度归档包.zip", "application/zip")
