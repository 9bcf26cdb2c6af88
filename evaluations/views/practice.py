"""演练卷: the real page on a made-up case; what is entered lives in the session alone."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET, require_POST

from evaluations.actions.before import finish_practice
from evaluations.actions.entering import typed_mark
from evaluations.actions.trial import enter
from evaluations.forms.marking import all_rows, one_row, overall_sent
from evaluations.queries.before import practice_method
from evaluations.queries.loose_sheets import (
    WHOLE,
    LooseSheet,
    entry_of,
    practice_page,
    practice_sheet,
    sheet_context,
)
from evaluations.queries.score_page import running_totals
from evaluations.queries.score_rows import ScorePage
from wanzhou_eval.access import for_roles, signed_in
from wanzhou_eval.clock import database_now
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Role

experts_only = for_roles(Role.EXPERT)
KEY = "practice"


def entries_of(request: HttpRequest, method: str) -> dict[str, Any]:
    """What this session entered so far on the sheet of this method."""
    found: dict[str, Any] = request.session.get(f"{KEY}-{method}", {})
    return found


def _keep(request: HttpRequest, method: str, entries: dict[str, Any]) -> None:
    request.session[f"{KEY}-{method}"] = entries


def _whole(request: HttpRequest, entries: dict[str, Any]) -> dict[str, Any]:
    """The entries with what was sent of the whole file: the judgement and the opinion."""
    whole = dict(entries.get(WHOLE, {}))
    if "comment" in request.POST:
        whole["comment"] = request.POST["comment"].strip()[:1000]
    if "overall" in request.POST:
        whole["overall"] = overall_sent(request.POST)
    return {**entries, WHOLE: whole} if whole else dict(entries)


def _page(request: HttpRequest) -> ScorePage:
    method = practice_method()
    return practice_page(entries_of(request, method), method)


def _context(request: HttpRequest, page: ScorePage) -> dict[str, Any]:
    urls = {
        "sheet_url": reverse("practice"),
        "save_url": reverse("practice_save"),
        "check_url": reverse("practice_check"),
        "submit_url": reverse("practice_seal"),
    }
    done = signed_in(request).practised_at is not None
    loose = {
        "kind": "演练卷",
        "hint": "没有卷宗",
        "back": reverse("my_tasks"),
        "practice": True,
        "done": done,
    }
    told = "这是演练，提交后什么也不留下。"
    return sheet_context(page, urls=urls) | {"loose": loose, "told": told}


@experts_only
@require_GET
def practice(request: HttpRequest) -> HttpResponse:
    """演练卷 with what this session entered."""
    context = _context(request, _page(request))
    context["page_title"] = "演练卷"
    return render(request, "evaluations/score_loose.html", context)


@experts_only
@require_POST
def practice_save(request: HttpRequest) -> HttpResponse:
    """Save one row for the script (JSON), or the whole sheet without it: into the session."""
    method = practice_method()
    loose = practice_sheet(entries_of(request, method), method)
    if "json" in request.headers.get("Accept", ""):
        return _save_one(request, loose, method)
    kept = _whole(request, dict(loose.entries))
    for typed in all_rows(request.POST, items=loose.items):
        row = typed.values()
        version = enter(loose, row, typed_mark(row))
        kept[str(row["item"].pk)] = entry_of(typed_mark(row), version=version, at=database_now())
    _keep(request, method, kept)
    action = request.POST.get("action", "")
    targets = {"check": "practice_check", "leave": "my_tasks"}
    return redirect(targets.get(action, "practice"))


def _save_one(request: HttpRequest, loose: LooseSheet, method: str) -> JsonResponse:
    version, now, entries = 0, database_now(), _whole(request, dict(loose.entries))
    if not {"comment", "overall"} & set(request.POST):
        row = row_of(request, loose)
        version = enter(loose, row, typed_mark(row))
        entries[str(row["item"].pk)] = entry_of(typed_mark(row), version=version, at=now)
    _keep(request, method, entries)
    saved = practice_sheet(entries, method)
    return saved_answer(saved, version=version, at=f"{localtime(now):%H:%M:%S}")


def row_of(request: HttpRequest, loose: LooseSheet) -> dict[str, Any]:
    """The one row that the script sent, on an item of this sheet."""
    item = loose.item(request.POST.get("item") or request.POST.get("veto") or "")
    if item is None:
        raise RefusedError("这一项不在这张表的评分标准里。请刷新页面后再评。", status=422)
    return one_row(request.POST, item=item).values()


def saved_answer(loose: LooseSheet, *, version: int, at: str) -> JsonResponse:
    """The answer to an autosave, as at the top of js/score.js."""
    totals = running_totals(loose.standard, loose.marks, loose.overall).as_json()
    return JsonResponse({"version": version, "saved_at": at, "totals": totals})


def check_context(context: dict[str, Any]) -> dict[str, Any]:
    """What the check page shows beside the sheet's own context."""
    rows = [row for section in context["sections"] for row in section.items]
    return context | {
        "deducted": [row for row in rows if row.lowered],
        "left_out": [row for row in rows if row.state],
        "vetoes": [veto for veto in context["veto_items"] if veto.checked],
        "errors": [{"text": text, "anchor": ""} for text, _ in context["problems"]],
        "page_title": f"{context['sheet'].serial} 核对并封存",
    }


@experts_only
@require_GET
def practice_check(request: HttpRequest) -> HttpResponse:
    """核对 of the practice sheet, as the real one."""
    context = check_context(_context(request, _page(request)))
    return render(request, "evaluations/score_check.html", context)


@experts_only
@require_POST
def practice_seal(request: HttpRequest) -> HttpResponse:
    """提交: whatever is missing is listed; else the practice is done and forgotten."""
    method = practice_method()
    _keep(request, method, _whole(request, entries_of(request, method)))
    if _page(request).problems:
        return redirect("practice_check")
    finish_practice(by=signed_in(request))
    request.session.pop(f"{KEY}-{method}", None)
    messages.success(request, "演练卷做完了：正式评分就是这个页面。演练内容没有留下。")
    return redirect("my_tasks")


@experts_only
@require_POST
def practice_again(request: HttpRequest) -> HttpResponse:
    """重新演练: an empty sheet."""
    request.session.pop(f"{KEY}-{practice_method()}", None)
    return redirect("practice")
