"""Decisions about single rows and cases: not imported, absent, left out, corrected."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cases import actions, queries
from cases.forms import CorrectionForm
from cases.permissions import may_import, may_see_recipient
from cases.views.population import IMPORTERS, show_case
from wanzhou_eval.access import STAFF, for_roles, signed_in
from wanzhou_eval.models import Role


@for_roles(*IMPORTERS)
@require_POST
def import_reject(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """标为不导入: rows of an upload, with reason."""
    batch = queries.find_batch(queries.frame_of(year), pk)
    count = actions.reject_rows(
        batch,
        places={place_of(text) for text in request.POST.getlist("place")},
        code=request.POST.get("code", ""),
        reason=request.POST.get("reason", ""),
        by=signed_in(request),
    )
    messages.success(request, f"已标记{count}行不导入，确认导入时生效。")
    return redirect("import_review", year, pk)


def place_of(text: str) -> tuple[str, int]:
    """Sheet and row of a ticked box; anything else names no row."""
    row, _, sheet = text.partition(":")
    return sheet, int(row[:9]) if row.isascii() and row.isdigit() else 0


@for_roles(*IMPORTERS)
@require_POST
def import_unreject(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """取消标记."""
    row = queries.find_rejected(queries.frame_of(year), number_of(request.POST.get("row", "")))
    actions.unreject_row(row, by=signed_in(request))
    messages.success(request, f"第{row.row}行的标记已取消。")
    return redirect("import_review", year, pk)


def number_of(text: str) -> int:
    """A key from a form; anything else is no key."""
    return int(text[:9]) if text.isascii() and text.isdigit() else 0


@for_roles(*IMPORTERS, Role.AUDITOR)
def import_changes(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """新增、修改、缺少 of an upload, line by line."""
    batch = queries.find_batch(queries.frame_of(year), pk)
    undecided = not batch.confirmed_at and not batch.discarded_at
    changes = queries.changes_page(
        batch, view=request.GET.get("view", ""), page=request.GET.get("page")
    )
    context = {
        "changes": changes,
        "query": f"view={changes.view}",
        "page_title": "与现有名单对比",
        "may_decide": may_import(signed_in(request)) and undecided,
        "shows_recipient": may_see_recipient(signed_in(request)),
    }
    return render(request, "cases/import_changes.html", context)


@for_roles(*IMPORTERS)
@require_POST
def import_absences(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """保留 or 移出 cases that the file lacks."""
    batch = queries.find_batch(queries.frame_of(year), pk)
    serials = {number_of(text) for text in request.POST.getlist("serial")}
    decision = request.POST.get("decision", "")
    count = actions.decide_absences(
        batch,
        decision="keep" if decision == "keep_all" else decision,
        reason=request.POST.get("reason", ""),
        serials=None if decision == "keep_all" else serials,
        by=signed_in(request),
    )
    word = "移出" if decision == "remove" else "保留"
    messages.success(request, f"已决定{word}{count}件，确认导入时生效。")
    return redirect("import_review", year, pk)


@for_roles(*STAFF)
def case_left_out(request: HttpRequest, year: int) -> HttpResponse:
    """剔除与不导入: every case and row that is not in the draw, with reason and person."""
    frame = queries.frame_of(year)
    context = {
        "left_out": queries.left_out_page(frame, request.GET.get("page")),
        "page_title": f"{year}年度剔除与不导入",
        "may_decide": may_import(signed_in(request)) and not frame.sealed_at,
    }
    return render(request, "cases/left_out.html", context)


@for_roles(*IMPORTERS)
@require_POST
def case_include(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """撤销剔除, with reason."""
    exclusion = queries.find_exclusion(queries.frame_of(year), pk)
    actions.include_case(exclusion, reason=request.POST.get("reason", ""), by=signed_in(request))
    messages.success(request, f"{exclusion.number_original}的剔除已撤销。")
    return redirect("case_left_out", year)


@for_roles(*IMPORTERS)
@require_POST
def case_withdraw(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """撤回不导入, with reason."""
    row = queries.find_rejected(queries.frame_of(year), pk)
    actions.withdraw_rejection(row, reason=request.POST.get("reason", ""), by=signed_in(request))
    messages.success(request, f"第{row.row}行已撤回，不再计入不导入。")
    return redirect("case_left_out", year)


@for_roles(*IMPORTERS)
@require_POST
def case_correct(request: HttpRequest, year: int, serial: int) -> HttpResponse:
    """更正 one field of a case."""
    case = queries.find_case(queries.frame_of(year), serial)
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return show_case(request, case, correction=form, status=422)
    done = actions.correct_case(case, by=signed_in(request), **form.cleaned_data)
    messages.success(request, f"{done.column}已更正，更正前后都记在清洗台账。")
    return redirect("case_detail", year, serial)
