"""换件、换人: what one person records, and the page where another confirms it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from evaluations.actions import draws as actions
from evaluations.forms.draws import ReplaceForm
from evaluations.forms.replacements import ResignForm, WithdrawForm
from evaluations.queries.appointments import appointment_of, seat_of
from evaluations.queries.draws_reserve import exhausted, reserve_of
from evaluations.queries.draws_why import drawn_case_of
from evaluations.queries.plan import plan_of
from evaluations.queries.replacements import name_of, replacement_page, request_of
from wanzhou_eval.access import STAFF, for_roles, signed_in
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Role

WAITS = "已登记，另一人在“换件换人”页确认后生效。"


@for_roles(Role.BUREAU)
def draw_replace(request: HttpRequest, year: int, serial: int) -> HttpResponse:
    """换件 recorded: the next ticket of the same stratum takes the place once confirmed."""
    drawn = drawn_case_of(plan_of(year), serial)
    form = ReplaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.request_replacement(drawn, by=signed_in(request), **form.cleaned_data)
        messages.success(request, f"{drawn.case.label}换件{WAITS}")
        return redirect("replacement_list", year)
    context = {
        "page_title": f"换件 {drawn.case.label}",
        "drawn": drawn,
        "form": form,
        "exhausted": "" if reserve_of(drawn.draw, drawn) else exhausted(drawn),
    }
    return render(
        request, "evaluations/draw_replace.html", context, status=422 if form.errors else 200
    )


@for_roles(Role.BUREAU)
def panel_withdraw(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """换人 recorded by 科室: an expert of a panel declines, leaves or did not appear."""
    plan = plan_of(year)
    seat = seat_of(plan, pk)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.request_withdrawal(plan, seat.expert, by=signed_in(request), **form.cleaned_data)
        messages.success(request, f"{seat.name}退出{WAITS}")
        return redirect("replacement_list", year)
    context = {"page_title": f"换人 {seat.name}", "seat": seat, "form": form}
    return render(
        request, "evaluations/panel_withdraw.html", context, status=422 if form.errors else 200
    )


@for_roles(*STAFF)
def replacement_list(request: HttpRequest, year: int) -> HttpResponse:
    """换件换人: what waits for a second person, and everything that was exchanged."""
    context = {
        "page_title": f"{year}年度换件换人",
        "page": replacement_page(plan_of(year), for_user=signed_in(request)),
    }
    return render(request, "evaluations/replacement_list.html", context)


@for_roles(Role.BUREAU, Role.CLERK, Role.LEADER)
@require_POST
def replacement_decide(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """Confirm, return or take back one entry."""
    entry, user = request_of(year, pk), signed_in(request)
    act = request.POST.get("act", "")
    if act == "confirm":
        event = actions.confirm_replacement(entry, by=user)
        messages.success(request, f"已确认，按签序由{name_of(event)}递补。")
    elif act == "return":
        actions.return_replacement(entry, reason=request.POST.get("reason", ""), by=user)
        messages.success(request, "已退回，没有换件、换人。")
    elif act == "take_back":
        actions.take_back_replacement(entry, by=user)
        messages.success(request, "登记已撤回。")
    else:
        raise RefusedError("没有指明确认、退回还是撤回，请回“换件换人”页重新点。", status=422)
    return redirect("replacement_list", year)


@for_roles(Role.EXPERT)
def my_resign(request: HttpRequest, year: int) -> HttpResponse:
    """请辞: the expert's own entry, confirmed by 科室."""
    plan, user = plan_of(year), signed_in(request)
    seat = appointment_of(plan, user)
    form = ResignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.request_withdrawal(plan, seat.expert, cause="", by=user, **form.cleaned_data)
        messages.success(request, "请辞已提交，科室确认后生效。确认之前请照常履职。")
        return redirect("my_tasks")
    context = {"page_title": f"{year}年度请辞", "seat": seat, "form": form}
    return render(
        request, "evaluations/my_resign.html", context, status=422 if form.errors else 200
    )
