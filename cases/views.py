"""案件 pages: list, detail, import."""

from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cases import actions, queries
from cases.exports import annotated_workbook
from cases.forms import ExclusionForm, TotalForm, UploadForm
from cases.listing import case_table
from cases.permissions import may_declare_total, may_import, may_see_recipient
from cases.readings import read_batch_findings
from wanzhou_eval.access import STAFF, for_roles, signed_in
from wanzhou_eval.clock import database_now
from wanzhou_eval.models import Role

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IMPORTERS = (Role.CLERK, Role.BUREAU)


@for_roles(*STAFF)
def case_list(request: HttpRequest, year: int) -> HttpResponse:
    """案件: the frame with its reconciliation, filters and export."""
    frame = queries.frame_of(year)
    asked = queries.CaseFilter.asked(request.GET.dict())
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
    """A case: its facts, where they came from, and its exclusion."""
    frame = queries.frame_of(year)
    case = queries.find_case(frame, serial)
    user = signed_in(request)
    context = {
        "case": case,
        "page_title": f"{case.label} {case.number}",
        "shows_recipient": may_see_recipient(user),
        "may_exclude": may_import(user) and not frame.sealed_at and not hasattr(case, "exclusion"),
        "form": ExclusionForm(),
    }
    return render(request, "cases/case_detail.html", context)


@for_roles(*IMPORTERS)
@require_POST
def case_exclude(request: HttpRequest, year: int, serial: int) -> HttpResponse:
    """Leave a case out of the draw."""
    case = queries.find_case(queries.frame_of(year), serial)
    form = ExclusionForm(request.POST)
    if not form.is_valid():
        context = {"case": case, "form": form, "may_exclude": True, "page_title": case.number}
        return render(request, "cases/case_detail.html", context, status=422)
    actions.exclude_case(case, reason="", by=signed_in(request), **form.cleaned_data)
    messages.success(request, f"{case.number}已剔除，仍留在名单中。")
    return redirect("case_detail", year, serial)


@for_roles(*STAFF)
def case_export(request: HttpRequest, year: int) -> HttpResponse:
    """The filtered list as .xlsx."""
    frame = queries.frame_of(year)
    asked = queries.CaseFilter.asked(request.GET.dict())
    data = case_table(
        queries.filtered_cases(frame, asked),
        asked=asked,
        year=year,
        by=signed_in(request),
        at=database_now(),
    )
    return download(data, f"{year}年度案件.xlsx", XLSX)


def download(data: bytes, name: str, content_type: str) -> HttpResponse:
    """A file to keep, never shown inline."""
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


@for_roles(*IMPORTERS)
def import_upload(request: HttpRequest, year: int) -> HttpResponse:
    """导入: choose a file or paste cells; nothing is written yet."""
    frame = queries.frame_of(year)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file, pasted = form.cleaned_data["file"], form.cleaned_data["pasted"]
        batch = actions.upload_file(
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


@for_roles(*IMPORTERS, Role.AUDITOR)
def import_review(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """What the file says, what was cleaned, what must be repaired; then 确认导入."""
    batch = queries.find_batch(queries.frame_of(year), pk)
    context = {
        "batch": batch,
        "summary": batch.summary,
        "groups": queries.findings_by_remedy(batch),
        "cleaning": batch.cleaning.all()[:200],
        "page_title": "检查导入文件" if not batch.confirmed_at else "导入结果",
        "may_decide": may_import(signed_in(request)) and not batch.confirmed_at,
    }
    return render(request, "cases/import_review.html", context)


@for_roles(*IMPORTERS)
@require_POST
def import_confirm(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """确认导入: all or nothing."""
    batch = queries.find_batch(queries.frame_of(year), pk)
    batch = actions.confirm_import(batch, by=signed_in(request))
    stored = batch.summary["stored"]
    messages.success(request, f"已导入：新增{stored['new']}，修改{stored.get('changed', 0)}。")
    return redirect("import_review", year, pk)


@for_roles(*IMPORTERS)
@require_POST
def import_discard(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """放弃: nothing is written."""
    actions.discard_import(queries.find_batch(queries.frame_of(year), pk), by=signed_in(request))
    messages.success(request, "已放弃这次上传，没有写入任何案件。")
    return redirect("import_upload", year)


@for_roles(*IMPORTERS)
def import_annotated(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """The clerk's own workbook back, the bad cells coloured and commented."""
    batch = queries.find_batch(queries.frame_of(year), pk)
    findings = read_batch_findings(batch, today=database_now().date())
    return download(
        annotated_workbook(bytes(batch.data), findings), f"标注_{batch.file_name}", XLSX
    )


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
