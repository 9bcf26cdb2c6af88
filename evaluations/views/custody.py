"""卷宗交接: scan files out and in, who holds what, pull list, labels, missing files."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from evaluations.actions import custody as actions
from evaluations.exports.custody import (
    LABELS_PER_SHEET,
    custody_table,
    label_sheets,
    pull_table,
)
from evaluations.forms.custody import HandOverForm, MissingForm, PanelFilesForm, ScanForm
from evaluations.models import Plan
from evaluations.permissions.custody import may_move_files
from evaluations.permissions.draws import may_run_draws
from evaluations.queries import custody as queries
from evaluations.queries.plan import plan_of
from evaluations.rules.custody import Move, Place
from evaluations.rules.stages import Stage
from wanzhou_eval.access import STAFF, for_roles, signed_in
from wanzhou_eval.downloads import send_table, wants_table
from wanzhou_eval.models import Role

KEEPERS = (Role.BUREAU, Role.CLERK)
CHOSEN = ("move", "holder", "counterpart")
"""What stays as chosen from one scan to the next."""
PAGE_SIZE = 100


@for_roles(*STAFF)
@require_GET
def custody(request: HttpRequest, year: int) -> HttpResponse:
    """卷宗交接: the scan box, where every file is, who holds what; or the list as .xlsx."""
    plan = plan_of(year)
    if wants_table(request):
        asked = queries.CustodyFilter.asked(request.GET.dict())
        return send_table(request, custody_table(plan, queries.custody(plan, asked), asked))
    chosen = {name: request.GET.get(name, "") for name in CHOSEN}
    return _desk(request, plan, ScanForm(plan, initial=chosen))


def _desk(request: HttpRequest, plan: Plan, form: HandOverForm) -> HttpResponse:
    asked = queries.CustodyFilter.asked(request.GET.dict())
    may_move = may_move_files(signed_in(request)) and plan.stage != Stage.CLOSED
    desk = queries.custody(plan, asked)
    context = {
        "desk": desk,
        "page": Paginator(desk.shown, PAGE_SIZE).get_page(request.GET.get("page")),
        "asked": asked,
        "form": form,
        "may_move": may_move,
        "page_title": f"{plan.year}年度卷宗交接",
    }
    status = 422 if form.errors else 200
    return render(request, "evaluations/custody.html", context, status=status)


@for_roles(*KEEPERS)
@require_POST
def custody_scan(request: HttpRequest, year: int) -> HttpResponse:
    """One scan; the page comes back with the same choice, ready for the next file."""
    plan = plan_of(year)
    form = ScanForm(plan, request.POST)
    if not form.is_valid():
        return _desk(request, plan, form)
    made = actions.move_file(plan, by=signed_in(request), **form.cleaned_data)
    to = f"：{made.holder.person.name}" if made.holder else ""
    messages.success(request, f"卷宗{made.case.label}已登记“{made.get_move_display()}”{to}。")
    return _same_choice(year, form)


@for_roles(*KEEPERS)
@require_POST
def custody_panel(request: HttpRequest, year: int) -> HttpResponse:
    """All files of a panel that can go this way now."""
    plan = plan_of(year)
    form = PanelFilesForm(plan, request.POST)
    if not form.is_valid():
        return _desk(request, plan, form)
    made = actions.move_panel(plan, by=signed_in(request), **form.cleaned_data)
    panel, act = form.cleaned_data["panel"], made[0].get_move_display()
    messages.success(request, f"{panel}的{len(made)}件卷宗已登记“{act}”。")
    return _same_choice(year, form)


def _same_choice(year: int, form: HandOverForm) -> HttpResponse:
    holder = form.cleaned_data["holder"]
    kept = {"move": form.cleaned_data["move"].value, "holder": holder.pk if holder else ""}
    if counterpart := form.cleaned_data["counterpart"]:
        kept["counterpart"] = counterpart
    return redirect(f"{reverse('custody', args=[year])}?{urlencode(kept)}")


@for_roles(*STAFF)
@require_GET
def custody_pull(request: HttpRequest, year: int) -> HttpResponse:
    """调卷单 for the archive, to print and sign, or as .xlsx."""
    plan = plan_of(year)
    asked = queries.CustodyFilter.asked(request.GET.dict())
    files = [row for row in queries.custody(plan, asked).shown if row.drawn]
    if wants_table(request):
        return send_table(request, pull_table(plan, files, asked))
    context = {
        "files": files,
        "asked": asked,
        "now": plan.now,
        "page_title": f"{year}年度法律援助案件质量评估调卷单",
    }
    return render(request, "evaluations/custody_pull.html", context)


@for_roles(*STAFF)
@require_GET
def custody_labels(request: HttpRequest, year: int) -> HttpResponse:
    """卷宗标签: sheets of 24 with barcodes, from the first free place of a begun sheet."""
    plan = plan_of(year)
    desk = queries.custody(plan, queries.CustodyFilter.asked(request.GET.dict()))
    files = [row for row in desk.shown if row.drawn]
    typed = request.GET.get("first", "")
    first = int(typed[:2]) if typed.isascii() and typed.isdigit() else 1
    first = min(max(first, 1), LABELS_PER_SHEET)
    context = {
        "sheets": label_sheets(plan, files, first=first),
        "count": len(files),
        "first": first,
        "desk": desk,
        "panel": request.GET.get("panel", ""),
        "page_title": f"{year}年度卷宗标签",
    }
    return render(request, "evaluations/custody_labels.html", context)


@for_roles(*STAFF)
@require_GET
def custody_file(request: HttpRequest, year: int, serial: int) -> HttpResponse:
    """The way of one file, and what to do when it cannot be found."""
    return _file_page(request, plan_of(year), serial, MissingForm())


def _file_page(request: HttpRequest, plan: Plan, serial: int, form: MissingForm) -> HttpResponse:
    row = queries.file_row(plan, queries.file_of(plan, serial))
    user = signed_in(request)
    may_move = may_move_files(user) and plan.stage != Stage.CLOSED
    missing = row.standing.place is Place.MISSING
    context = {
        "row": row,
        "movements": queries.movements_of(row.case),
        "form": form,
        "may_miss": may_move and not missing and (row.drawn or row.standing.ordinal),
        "may_find": may_move and missing,
        "may_replace": missing and row.drawn and may_run_draws(user),
        "page_title": f"卷宗{row.label}的交接",
    }
    status = 422 if form.errors else 200
    return render(request, "evaluations/custody_file.html", context, status=status)


@for_roles(*KEEPERS)
@require_POST
def custody_missing(request: HttpRequest, year: int, serial: int) -> HttpResponse:
    """登记缺卷; 科室 goes on to the replacement by the next ticket."""
    plan = plan_of(year)
    form = MissingForm(request.POST)
    if not form.is_valid():
        return _file_page(request, plan, serial, form)
    note = form.cleaned_data["note"]
    actions.move_file(plan, serial=serial, move=Move.MISS, note=note, by=signed_in(request))
    messages.success(request, f"卷宗{serial:04d}已登记缺卷。下一步：由科室按签序换件。")
    return redirect("custody_file", year, serial)


@for_roles(*KEEPERS)
@require_POST
def custody_found(request: HttpRequest, year: int, serial: int) -> HttpResponse:
    """The file turned up and lies in the archive."""
    actions.move_file(plan_of(year), serial=serial, move=Move.FOUND, by=signed_in(request))
    messages.success(request, f"卷宗{serial:04d}已登记找到，现在在档案室。")
    return redirect("custody_file", year, serial)
