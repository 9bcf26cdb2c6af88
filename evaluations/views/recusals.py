"""回避 pages: all relations of the year, recording them, and the new matching after a late one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from evaluations.actions import recusals as actions
from evaluations.actions.rematching import rematch_case
from evaluations.exports.recusals import recusal_table
from evaluations.forms.recusals import (
    OwnRecusalForm,
    RecusalForm,
    RecusalListForm,
    WithdrawForm,
)
from evaluations.permissions.replacements import CONFIRMERS, may_rematch
from evaluations.queries import recusals as queries
from evaluations.queries.late_recusals import waiting_case
from evaluations.queries.plan import plan_of
from evaluations.queries.relations import REASON_LABELS
from evaluations.readings import meant_recusals
from experts.permissions import may_keep_pool
from experts.queries import find_expert, own_expert
from wanzhou_eval.access import STAFF, for_roles, signed_in
from wanzhou_eval.downloads import send_table, wants_table
from wanzhou_eval.models import Role
from wanzhou_eval.tables import Finding


@for_roles(*STAFF)
@require_GET
def recusal_list(request: HttpRequest, year: int) -> HttpResponse:
    """回避关系 of the year with what they touch, and cases that wait for a new matching."""
    plan, user = plan_of(year), signed_in(request)
    page = queries.recusal_page(plan, queries.asked_for(request.GET))
    if wants_table(request):
        return send_table(request, recusal_table(plan, page))
    context = {
        "page_title": f"{year}年度回避",
        "plan": plan,
        "recusals": page,
        "sources": queries.SOURCE_LABELS,
        "reasons": REASON_LABELS,
        "scopes": queries.SCOPE_LABELS,
        "may_keep": may_keep_pool(user),
        "waiting": [(row, may_rematch(user, row.recorders)) for row in page.waiting],
    }
    return render(request, "evaluations/recusal_list.html", context)


@for_roles(*CONFIRMERS)
@require_POST
def recusal_rematch(request: HttpRequest, year: int, serial: int, pk: int) -> HttpResponse:
    """确认回避并重新匹配 one case: the rule decides who evaluates it now."""
    plan = plan_of(year)
    new = rematch_case(waiting_case(plan, serial), expert=find_expert(pk), by=signed_in(request))
    messages.success(
        request, f"{serial:04d}号改由{new.panel}评估：{new.leader}、{new.member}。请通知本人。"
    )
    return redirect("recusal_list", year)


@for_roles(Role.BUREAU)
def recusal_new(request: HttpRequest, year: int) -> HttpResponse:
    """登记回避关系 for an expert of the pool."""
    plan, user = plan_of(year), signed_in(request)
    form = RecusalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        recorded = actions.record_recusal(plan, by=user, **form.cleaned_data)
        messages.success(request, told(recorded))
        return redirect("recusal_list", year)
    context = {"form": form, "plan": plan, "page_title": "登记回避关系"}
    status = 422 if form.errors else 200
    return render(request, "evaluations/recusal_new.html", context, status=status)


def told(recorded: actions.Recorded) -> str:
    """What follows from a relation that was just recorded."""
    if recorded.waiting:
        files = "、".join(recorded.waiting)
        return f"回避关系已登记。已匹配的{files}号应停止评卷，等另一人确认后按规则重新匹配。"
    return "回避关系已登记。"


@for_roles(Role.EXPERT)
def recusal_mine(request: HttpRequest, year: int) -> HttpResponse:
    """申报回避 by the expert: the own relations, and a form for one more."""
    plan, user = plan_of(year), signed_in(request)
    expert = own_expert(user)
    form = OwnRecusalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        recorded = actions.record_recusal(plan, expert=expert, by=user, **form.cleaned_data)
        messages.success(request, told(recorded))
        return redirect("recusal_mine", year)
    context = {
        "form": form,
        "plan": plan,
        "lines": queries.own_lines(plan, expert),
        "page_title": f"{year}年度回避申报",
    }
    status = 422 if form.errors else 200
    return render(request, "evaluations/recusal_mine.html", context, status=status)


@for_roles(Role.BUREAU)
def recusal_withdraw(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """撤回 a wrongly recorded relation, with its reason."""
    plan = plan_of(year)
    recusal = queries.recusal_of(plan, pk)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.withdraw_recusal(recusal, by=signed_in(request), **form.cleaned_data)
        messages.success(request, "已撤回，原来的登记和撤回原因都留在记录里。")
        return redirect("recusal_list", year)
    context = {
        "form": form,
        "plan": plan,
        "recusal": recusal,
        "target": queries.recusal_target(recusal, number=recusal.case_key),
        "frozen": queries.match_is_frozen(plan),
        "page_title": "撤回回避关系",
    }
    status = 422 if form.errors else 200
    return render(request, "evaluations/recusal_withdraw.html", context, status=status)


@for_roles(Role.BUREAU)
def recusal_import(request: HttpRequest, year: int) -> HttpResponse:
    """导入回避名单, all or nothing; what is wrong is listed by row and column."""
    plan = plan_of(year)
    form = RecusalListForm(request.POST or None, request.FILES or None)
    findings: tuple[Finding, ...] = ()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        data = file.read()
        findings = meant_recusals(plan, data).findings
        if not findings:
            new, known = actions.import_recusals(
                plan, data, file_name=file.name, by=signed_in(request)
            )
            messages.success(request, f"回避名单已导入：新增{new}条，已登记过{known}条。")
            return redirect("recusal_list", year)
    context = {"form": form, "plan": plan, "findings": findings, "page_title": "导入回避名单"}
    status = 422 if form.errors or findings else 200
    return render(request, "evaluations/recusal_import.html", context, status=status)
