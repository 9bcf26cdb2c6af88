"""导入 pages: upload, check, confirm or put aside."""

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cases import actions, queries
from cases.context.columns import sheet_notes
from cases.context.uploads import stored_words, words_of
from cases.context.words import shown_groups
from cases.exports import annotated_workbook
from cases.findings_table import findings_table
from cases.forms import UploadForm
from cases.models import Frame, ImportBatch
from cases.permissions import may_import
from cases.queries import LastImport, Progress
from cases.readings import read_for_marking
from cases.rules import REJECTIONS
from cases.views.ledger import note_handout
from cases.views.population import IMPORTERS
from wanzhou_eval.access import for_roles, signed_in
from wanzhou_eval.downloads import XLSX, download, send_table, wants_table
from wanzhou_eval.models import Role
from wanzhou_eval.workbooks import MAX_ROWS, rows_about

SECONDS_TO_NEXT = 2
"""Until the progress page comes again."""


@for_roles(*IMPORTERS)
def import_upload(request: HttpRequest, year: int) -> HttpResponse:
    """导入: choose a file or paste cells; nothing is written yet."""
    frame = queries.frame_of(year)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file, pasted = form.cleaned_data["file"], form.cleaned_data["pasted"]
        batch = uploaded(
            frame,
            content=form.cleaned_data["content"],
            data=file.read() if file else pasted.encode(),
            file_name=file.name if file else "粘贴的单元格",
            by=signed_in(request),
        )
        return redirect("import_review", year, batch.pk)
    context = {
        "frame": frame,
        "form": form,
        "page_title": "导入案件",
        "batches": frame.batches.select_related("uploaded_by").defer("data")[:10],
    }
    return render(request, "cases/import_upload.html", context, status=422 if form.errors else 200)


def uploaded(frame: Frame, *, data: bytes, **told: Any) -> ImportBatch:
    """Check a file now, or, where it is large, in the background."""
    rows = rows_about(data, enough=MAX_ROWS)
    if rows >= actions.BACKGROUND_FROM:
        return actions.upload_large(frame, data=data, rows=rows, **told)
    return actions.upload_file(frame, data=data, **told)


def rows_if_large(batch: ImportBatch) -> int:
    """About how many rows a kept file has that is read in the background; 0 for any other."""
    rows = rows_about(bytes(batch.data), enough=MAX_ROWS)
    return rows if rows >= actions.BACKGROUND_FROM else 0


@for_roles(*IMPORTERS, Role.AUDITOR)
def import_review(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """What the file says, what was cleaned, what must be repaired; then 确认导入."""
    batch = queries.find_upload(queries.frame_of(year), pk)
    last = queries.last_import(batch)
    if (last and last.progress) or not batch.summary:
        return import_waits(request, batch, last)
    if wants_table(request):
        return send_table(request, findings_table(batch, today=queries.today_of(batch.frame)))
    open_still = not batch.confirmed_at and not batch.discarded_at
    may_decide = may_import(signed_in(request)) and open_still
    context = {
        "batch": batch,
        "halted": last.sentence if last else "",
        "outdated": queries.is_outdated(batch),
        **words_of(batch),
        "summary": batch.summary,
        "groups": shown_groups(queries.findings_by_remedy(batch), may_keep=may_decide),
        "tables": sheet_notes(batch.summary.get("columns", ())),
        "cleaning": bool(batch.confirmed_at and batch.summary.get("cleaned")),
        "rejections": REJECTIONS.values(),
        "decisions": queries.decisions_of(batch),
        "page_title": "检查导入文件" if not batch.confirmed_at else "导入结果",
        "may_decide": may_decide,
    }
    return render(request, "cases/import_review.html", context)


def import_waits(request: HttpRequest, batch: ImportBatch, last: LastImport | None) -> HttpResponse:
    """There is nothing to review: the file is at work, or was never checked to the end."""
    if last and last.progress:
        return import_progress(request, batch, last.progress)
    return import_unchecked(request, batch, last.sentence if last else "")


def import_progress(request: HttpRequest, batch: ImportBatch, progress: Progress) -> HttpResponse:
    """How far a background import is; the page comes again by itself, without a script."""
    context = {
        "batch": batch,
        "progress": progress,
        "page_title": f"正在{progress.work}",
        "may_decide": may_import(signed_in(request)),
    }
    response = render(request, "cases/import_progress.html", context)
    response["Refresh"] = str(SECONDS_TO_NEXT)
    return response


def import_unchecked(request: HttpRequest, batch: ImportBatch, sentence: str) -> HttpResponse:
    """A large file of which nobody knows yet what it says: stopped, broken off, or unreadable."""
    context = {
        "batch": batch,
        "sentence": sentence,
        "page_title": "检查导入文件",
        "may_decide": may_import(signed_in(request)) and not batch.discarded_at,
    }
    return render(request, "cases/import_unchecked.html", context)


@for_roles(*IMPORTERS)
@require_POST
def import_confirm(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """确认导入: all or nothing."""
    batch = queries.find_batch(queries.frame_of(year), pk)
    if batch.summary.get("accepted", 0) >= actions.BACKGROUND_FROM:
        actions.start_import(batch, by=signed_in(request))
        return redirect("import_review", year, pk)
    batch = actions.confirm_import(batch, by=signed_in(request))
    messages.success(request, f"已导入：{stored_words(batch)}")
    return redirect("import_review", year, pk)


@for_roles(*IMPORTERS)
@require_POST
def import_stop(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """停止导入: what is written so far is undone."""
    actions.stop_import(queries.find_upload(queries.frame_of(year), pk), by=signed_in(request))
    return redirect("import_review", year, pk)


@for_roles(*IMPORTERS)
@require_POST
def import_recheck(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """重新核对: the list has changed since the file was checked, or it never was."""
    batch = queries.find_upload(queries.frame_of(year), pk)
    rows = rows_if_large(batch)
    if rows:
        actions.start_check(batch, rows=rows, by=signed_in(request))
        return redirect("import_review", year, pk)
    actions.recheck(batch, by=signed_in(request))
    messages.success(request, "已按现在的名单重新核对，请看新增、修改、缺少。")
    return redirect("import_review", year, pk)


@for_roles(*IMPORTERS)
@require_POST
def import_discard(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """放弃: nothing is written."""
    actions.discard_import(queries.find_upload(queries.frame_of(year), pk), by=signed_in(request))
    messages.success(request, "已放弃这次上传，没有写入任何案件。")
    return redirect("import_upload", year)


@for_roles(*IMPORTERS)
def import_annotated(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """The clerk's own workbook back, the bad cells coloured and commented."""
    batch = queries.find_batch(queries.frame_of(year), pk)
    findings, columns = read_for_marking(batch, today=queries.today_of(batch.frame))
    note_handout(request, f"标注文件 {batch}", year=year)
    marked = annotated_workbook(bytes(batch.data), findings, columns=columns)
    return download(marked, f"标注_{Path(batch.file_name).stem}.xlsx", XLSX)
