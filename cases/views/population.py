"""案件 pages: list, detail, exclusion, control total."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cases import actions, queries
from cases.forms import CorrectionForm, ExclusionForm, TotalForm
from cases.listing import case_table
from cases.models import Case
from cases.permissions import may_declare_total, may_import, may_see_recipient
from wanzhou_eval.access import STAFF, for_roles, signed_in
from wanzhou_eval.downloads import send_table, wants_table
from wanzhou_eval.models import Role

IMPORTERS = (Role.CLERK, Role.BUREAU)


@for_roles(*STAFF)
def case_list(request: HttpRequest, year: int) -> HttpResponse:
    """案件: the frame with its reconciliation and filters, or the list as filtered as .xlsx."""
    frame = queries.frame_of(year)
    asked = queries.CaseFilter.asked(request.GET.dict())
    if wants_table(request):
        cases = queries.filtered_cases(frame, asked)
        return send_table(request, case_table(cases, asked=asked, year=year))
    listed = queries.case_list(frame, asked, request.GET.get("page"))
    context = {
        "listed": listed,
        "page_title": f"{year}年度案件",
        "may_import": may_import(signed_in(request)) and not frame.sealed_at,
        "may_declare": may_declare_total(signed_in(request)) and not frame.sealed_at,
        "total_form": TotalForm(),
    }
    return render(request, "cases/case_list.html", context)


@for_roles(*STAFF)
def case_detail(request: HttpRequest, year: int, serial: int) -> HttpResponse:
    """A case: its facts, where they came from, its exclusion and its corrections."""
    return show_case(request, queries.find_case(queries.frame_of(year), serial))


def show_case(
    request: HttpRequest,
    case: Case,
    *,
    exclusion: ExclusionForm | None = None,
    correction: CorrectionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a case, with a form as it was filled in when something is missing."""
    user = signed_in(request)
    may_change = may_import(user) and not case.frame.sealed_at
    context = {
        "case": case,
        "page_title": f"{case.label} {case.number}",
        "shows_recipient": may_see_recipient(user),
        "may_change": may_change,
        "may_exclude": may_change and not hasattr(case, "exclusion"),
        "form": exclusion or ExclusionForm(),
        "correction": correction or CorrectionForm(),
        "corrections": list(case.corrections.select_related("by")),
    }
    return render(request, "cases/case_detail.html", context, status=status)


@for_roles(*IMPORTERS)
@require_POST
def case_exclude(request: HttpRequest, year: int, serial: int) -> HttpResponse:
    """Leave a case out of the draw."""
    case = queries.find_case(queries.frame_of(year), serial)
    form = ExclusionForm(request.POST)
    if not form.is_valid():
        return show_case(request, case, exclusion=form, status=422)
    actions.exclude_case(case, by=signed_in(request), **form.cleaned_data)
    messages.success(request, f"{case.number}已剔除，仍留在名单中。")
    return redirect("case_detail", year, serial)


@for_roles(*IMPORTERS)
@require_POST
def declare_total(request: HttpRequest, year: int) -> HttpResponse:
    """申报件数."""
    form = TotalForm(request.POST)
    frame = queries.frame_of(year)
    if not form.is_valid():
        messages.error(request, "申报件数要填大于0的整数，没有保存。")
        return redirect("case_list", year)
    actions.declare_total(frame, total=form.cleaned_data["total"], by=signed_in(request))
    messages.success(request, f"申报件数{form.cleaned_data['total']}件已录入。")
    return redirect("case_list", year)
