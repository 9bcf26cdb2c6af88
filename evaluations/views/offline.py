"""离线评分 pages: the own sheets of the day as a workbook, and the workbook back in."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from evaluations.actions.offline import Prefer, Uploaded, upload_offline
from evaluations.exports.offline import offline_book
from evaluations.forms.offline import OfflineForm
from evaluations.imports.offline import read_offline
from evaluations.queries.offline import open_own, saved_sheets
from evaluations.views.marking import experts_only
from wanzhou_eval.access import signed_in
from wanzhou_eval.downloads import XLSX, download
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.workbooks import read_workbook

PAGE = "evaluations/score_offline.html"
NOTHING = "现在没有可以离线评的评分表：评分没有开始、已经截止，或都已封存。"


@experts_only
def score_offline(request: HttpRequest) -> HttpResponse:
    """离线评分: choose and download; upload, with what has to be put right or chosen."""
    form = OfflineForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        return _upload(request, form)
    return _page(request, form, status=422 if form.errors else 200)


def _page(request: HttpRequest, form: OfflineForm, *, status: int, **more: Any) -> HttpResponse:
    context = {"sheets": open_own(signed_in(request)), "form": form, "page_title": "离线评分"}
    return render(request, PAGE, context | more, status=status)


def _upload(request: HttpRequest, form: OfflineForm) -> HttpResponse:
    parts, findings = read_offline(read_workbook(form.cleaned_data["file"].read()))
    if findings:
        return _page(request, form, status=422, findings=findings)
    done: Uploaded = upload_offline(
        parts, prefer=Prefer(form.cleaned_data["prefer"]), by=signed_in(request)
    )
    if done.findings:
        return _page(request, form, status=422, findings=done.findings)
    if done.conflicts and not form.cleaned_data["prefer"]:
        return _page(request, form, status=409, conflicts=done.conflicts)
    told = f"写入 {done.rows} 项（{'、'.join(done.sheets)}）" if done.sheets else "没有改动"
    messages.success(request, f"离线评分表已读入：{told}。还没有封存，请逐件核对后封存。")
    return redirect("my_tasks")


@experts_only
@require_GET
def score_offline_file(request: HttpRequest) -> HttpResponse:
    """The workbook of the chosen sheets, or of all that are open."""
    sheets = saved_sheets(signed_in(request), set(request.GET.getlist("sheet")))
    if not sheets:
        raise RefusedError(NOTHING, status=404)
    return download(offline_book(sheets), "离线评分表.xlsx", XLSX)
