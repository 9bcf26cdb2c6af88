"""评分 pages of the expert: tasks, undertaking, the sheet, its check and its sealing."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET, require_POST

from evaluations.actions import marking as actions
from evaluations.actions.editions import withdraw_seal
from evaluations.actions.entering import SavedRow, save_rows
from evaluations.forms.marking import (
    SheetNoteForm,
    WithdrawForm,
    all_rows,
    one_row,
    overall_sent,
)
from evaluations.models import ScoreSheet, SheetRound
from evaluations.queries.appointments import own_appointments
from evaluations.queries.before import first_steps
from evaluations.queries.marking import find_file, is_signed
from evaluations.queries.marking import my_tasks as tasks_of
from evaluations.queries.paper import scans_of
from evaluations.queries.score_page import queue_of, running_totals, score_page, sheet_url
from evaluations.queries.sheets import earlier_editions, own_sheet, why_closed
from evaluations.queries.standards import item_in_use, load_scope
from evaluations.queries.trial import own_trial_sheets
from evaluations.rules.paper import sheet_code, spoken_code
from evaluations.storing import SheetAddress
from wanzhou_eval.access import for_roles, signed_in
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Role
from wanzhou_eval.readers import own_transaction

experts_only = for_roles(Role.EXPERT)
FIRST = SheetRound.FIRST.value
RECUSE_PAGE = "evaluations/score_recuse.html"
WITHDRAW_PAGE = "evaluations/score_withdraw.html"
PROBLEM_PAGE = "evaluations/score_problem.html"
ADDRESSES = {
    "sheet": "sheet_url",
    "save": "save_url",
    "check": "check_url",
    "print": "print_url",
    "seal": "submit_url",
    "recuse": "recuse_url",
    "withdraw": "withdraw_url",
    "problem": "trouble_url",
}
"""What the templates call the pages of a sheet."""


@experts_only
def my_tasks(request: HttpRequest) -> HttpResponse:
    """我的任务: the queue, what is next, the scan box."""
    typed = request.GET.get("serial", "")
    if typed:
        return redirect(find_file(signed_in(request), typed))
    user = signed_in(request)
    seats, trial_sheets = own_appointments(user), own_trial_sheets(user)
    plans = [seat.plan for seat in seats] + [each.file.trial.plan for each in trial_sheets]
    context = {
        "tasks": tasks_of(user),
        "appointments": seats,
        "first": first_steps(user, plans),
        "trial_sheets": trial_sheets,
        "page_title": "我的任务",
    }
    return render(request, "evaluations/my_tasks.html", context)


@experts_only
@require_GET
def score_sheet(
    request: HttpRequest, year: int, serial: int, in_round: str = FIRST
) -> HttpResponse:
    """评分表: the author's own sheet; anybody else's is as if it were not there."""
    user = signed_in(request)
    sheet = own_sheet(user, year=year, serial=serial, in_round=in_round)
    if not is_signed(user, sheet.drawn_case.draw.plan):
        return redirect("undertaking")
    return render(request, "evaluations/score_sheet.html", _sheet_context(request, sheet))


def _sheet_context(request: HttpRequest, sheet: ScoreSheet) -> dict[str, Any]:
    page, queue = score_page(sheet), queue_of(sheet, user=signed_in(request))
    head = page.head
    facts = [
        head.number,
        f"结案 {head.closed_on.year}年{head.closed_on.month}月{head.closed_on.day}日",
    ]
    return _addresses(sheet, lock_text=page.lock_text) | {
        "sheet": head,
        "facts": facts,
        "sections": page.sections,
        "veto_items": page.vetoes,
        "totals": page.totals,
        "problems": page.problems,
        "lock_text": page.lock_text,
        "saved_at": head.saved_at,
        "editions": earlier_editions(sheet),
        "scans": scans_of([sheet]),
        "queue": queue.cells,
        "queue_position": queue.position,
        "queue_sealed": queue.sealed,
        "queue_drafts": queue.drafts,
        "jump_url": reverse("my_tasks"),
        "page_title": f"{head.serial} 评分",
    }


def _addresses(sheet: ScoreSheet, *, lock_text: str) -> dict[str, str]:
    """The pages that can be gone to from here; what the sheet's state forbids is left out."""
    pages = ["sheet", "save", "check", "print"]
    if sheet.sealed:
        pages += [] if why_closed(sheet) else ["withdraw"]
    elif not lock_text:
        pages += ["seal", "recuse", "problem"]
    return {ADDRESSES[page]: _page(sheet, page) for page in pages}


def _page(sheet: ScoreSheet, page: str) -> str:
    case, plan = sheet.drawn_case.case, sheet.drawn_case.draw.plan
    review = sheet.round == SheetRound.REVIEW
    return sheet_url(plan.year, case.serial, review=review, page=page)


@experts_only
@require_POST
@own_transaction
def score_save(request: HttpRequest, year: int, serial: int, in_round: str = FIRST) -> HttpResponse:
    """Save one row for the script (JSON), or the whole sheet without it."""
    which = SheetAddress(year, serial, in_round)
    if "json" in request.headers.get("Accept", ""):
        return _save_one(request, which)
    sheet = own_sheet(signed_in(request), year=year, serial=serial, in_round=in_round)
    _, items = load_scope(sheet.standard, sheet.scope)
    rows = [row.values() for row in all_rows(request.POST, items=items)]
    save_rows(which, rows=rows, by=signed_in(request))
    save_whole(request, which)
    action = request.POST.get("action", "")
    if action == "check":
        return redirect(_page(sheet, "check"))
    messages.success(request, f"{serial:04d}号评分表已保存草稿。")
    return redirect("my_tasks" if action == "leave" else _page(sheet, "sheet"))


def save_whole(request: HttpRequest, which: SheetAddress | ScoreSheet) -> None:
    """Save what a form sent of the whole file: the overall judgement and the opinion."""
    user = signed_in(request)
    if "overall" in request.POST:
        actions.save_overall(which, overall=overall_sent(request.POST), by=user)
    if "comment" in request.POST:
        actions.save_comment(which, comment=request.POST["comment"], by=user)


def _save_one(request: HttpRequest, which: SheetAddress) -> JsonResponse:
    """Answer an autosave as the protocol at the top of js/score.js says."""
    user = signed_in(request)
    if "comment" in request.POST:
        at = actions.save_comment(
            which, comment=request.POST["comment"], was=request.POST.get("was"), by=user
        )
        told = {"comment": request.POST["comment"].strip(), "saved_at": f"{localtime(at):%H:%M:%S}"}
        return JsonResponse({"version": 0} | told)
    if "overall" in request.POST:
        return _save_overall(request, which)
    item = item_in_use(request.POST.get("item") or request.POST.get("veto") or "")
    if item is None:
        raise RefusedError("这一项不在本案的评分标准里。请刷新页面后再评。", status=422)
    row = one_row(request.POST, item=item)
    saved = actions.save_mark(which, **row.values(), by=user)
    return JsonResponse(_saved(saved))


def _saved(saved: SavedRow) -> dict[str, Any]:
    """What every save answers."""
    return {
        "version": saved.version,
        "saved_at": f"{localtime(saved.saved_at):%H:%M:%S}",
        "totals": running_totals(saved.standard, saved.marks, saved.overall).as_json(),
    }


def _save_overall(request: HttpRequest, which: SheetAddress) -> JsonResponse:
    """The overall judgement alone; the grade comes with it once every item is dealt with."""
    user, overall = signed_in(request), overall_sent(request.POST)
    saved = actions.save_overall(which, overall=overall, was=request.POST.get("was"), by=user)
    told = {"overall": "" if overall is None else str(overall)}
    return JsonResponse(_saved(saved) | told)


@experts_only
@require_GET
def score_check(
    request: HttpRequest, year: int, serial: int, in_round: str = FIRST
) -> HttpResponse:
    """核对并封存: what was deducted, the total and its grade, and what is still missing."""
    sheet = own_sheet(signed_in(request), year=year, serial=serial, in_round=in_round)
    context = _sheet_context(request, sheet)
    deducted = [row for section in context["sections"] for row in section.items if row.lowered]
    left_out = [row for section in context["sections"] for row in section.items if row.state]
    bulk = sum(1 for section in context["sections"] for row in section.items if row.bulk)
    context |= {
        "deducted": deducted,
        "left_out": left_out,
        "bulk": bulk,
        "vetoes": [veto for veto in context["veto_items"] if veto.checked],
        "errors": [{"text": text, "anchor": ""} for text, _ in context["problems"]],
        "page_title": f"{context['sheet'].serial} 核对并封存",
    }
    return render(request, "evaluations/score_check.html", context)


@experts_only
@require_POST
def score_seal(request: HttpRequest, year: int, serial: int, in_round: str = FIRST) -> HttpResponse:
    """封存; what is still missing is listed on the check page instead."""
    user = signed_in(request)
    sheet = own_sheet(user, year=year, serial=serial, in_round=in_round)
    if not sheet.sealed and score_page(sheet).problems:
        return redirect(_page(sheet, "check"))
    save_whole(request, sheet)
    sealed = actions.seal_sheet(sheet, by=user)
    at = localtime(sealed.sealed_at)
    messages.success(request, f"{serial:04d}号评分表已于{at:%H:%M:%S}封存。")
    return redirect(queue_of(sealed, user=user).next_url)


@experts_only
def score_recuse(
    request: HttpRequest, year: int, serial: int, in_round: str = FIRST
) -> HttpResponse:
    """申请回避: work on the file stops at once."""
    sheet = own_sheet(signed_in(request), year=year, serial=serial, in_round=in_round)
    form = SheetNoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.request_recusal(sheet, reason=form.cleaned_data["reason"], by=signed_in(request))
        messages.success(request, f"{serial:04d}号已申请回避并停止评卷，请把卷宗交回科室。")
        return redirect("my_tasks")
    return _note_page(request, sheet, form, template=RECUSE_PAGE, title="申请回避")


@experts_only
def score_withdraw(
    request: HttpRequest, year: int, serial: int, in_round: str = FIRST
) -> HttpResponse:
    """撤回封存: the own sealed sheet, while nobody else has seen it."""
    sheet = own_sheet(signed_in(request), year=year, serial=serial, in_round=in_round)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        withdraw_seal(sheet, reason=form.cleaned_data["reason"], by=signed_in(request))
        messages.success(request, f"{serial:04d}号评分表已撤回，改好后请重新封存。")
        return redirect(_page(sheet, "sheet"))
    return _note_page(request, sheet, form, template=WITHDRAW_PAGE, title="撤回封存")


@experts_only
def score_problem(
    request: HttpRequest, year: int, serial: int, in_round: str = FIRST
) -> HttpResponse:
    """卷宗有问题: tell the bureau; the sheet stays with the expert."""
    sheet = own_sheet(signed_in(request), year=year, serial=serial, in_round=in_round)
    form = SheetNoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.report_problem(sheet, reason=form.cleaned_data["reason"], by=signed_in(request))
        messages.success(request, f"{serial:04d}号卷宗的情况已告诉科室，可以先评下一件。")
        return redirect(_page(sheet, "sheet"))
    return _note_page(request, sheet, form, template=PROBLEM_PAGE, title="卷宗有问题")


def _note_page(
    request: HttpRequest,
    sheet: ScoreSheet,
    form: SheetNoteForm | WithdrawForm,
    *,
    template: str,
    title: str,
) -> HttpResponse:
    context = _sheet_context(request, sheet) | {"form": form, "page_title": title}
    return render(request, template, context, status=422 if form.errors else 200)


@experts_only
@require_GET
def score_print(
    request: HttpRequest, year: int, serial: int, in_round: str = FIRST
) -> HttpResponse:
    """The own sheet for paper, draft or sealed; at most three A4 pages."""
    sheet = own_sheet(signed_in(request), year=year, serial=serial, in_round=in_round)
    context = _sheet_context(request, sheet)
    context["code"] = sheet_code(year, sheet.pk)
    context["spoken"] = spoken_code(context["code"])
    context["page_title"] = f"{context['sheet'].serial} 评分表"
    return render(request, "evaluations/score_print.html", context)
