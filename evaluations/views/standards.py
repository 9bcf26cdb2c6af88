"""评分标准 pages: versions, content, import and adoption."""

from io import BytesIO
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from evaluations.actions.standards import BEFORE_MARKING, adopt_standard, import_standard
from evaluations.exports.standards import write_standard
from evaluations.forms.marking import StandardForm
from evaluations.imports import read_standard
from evaluations.permissions.marking import may_keep_standards
from evaluations.queries import standards as queries
from evaluations.queries.plan import plan_of
from wanzhou_eval.access import STAFF, for_roles, signed_in
from wanzhou_eval.downloads import XLSX, download, wants_table
from wanzhou_eval.models import Role
from wanzhou_eval.tables import Finding
from wanzhou_eval.workbooks import read_workbook


@for_roles(*STAFF, Role.EXPERT)
@require_GET
def standard_list(request: HttpRequest, year: int) -> HttpResponse:
    """评分标准: the versions, and which one the year marks by."""
    plan = plan_of(year)
    context = {
        "plan": plan,
        "standards": queries.standard_list(),
        "may_import": may_keep_standards(signed_in(request)),
        "page_title": "评分标准",
    }
    return render(request, "evaluations/standard_list.html", context)


@for_roles(*STAFF, Role.EXPERT)
@require_GET
def standard_detail(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """One version: items, reasons, vetoes, grades, and the button to adopt it."""
    plan, user = plan_of(year), signed_in(request)
    page = queries.standard_page(pk)
    if wants_table(request):
        file = BytesIO()
        write_standard(page, into=file)
        return download(file.getvalue(), f"{page.standard}.xlsx", XLSX)
    keeper = may_keep_standards(user)
    open_to_choice = plan.stage in BEFORE_MARKING and plan.standard_id != pk
    context = {
        "plan": plan,
        "page": page,
        "may_adopt": keeper and open_to_choice and not page.problems,
        "may_keep": keeper,
        "may_edit": keeper and page.editable,
        "parts": [(part, _rows(page, part)) for part in page.scopes],
        "page_title": str(page.standard),
    }
    return render(request, "evaluations/standard_detail.html", context)


def _rows(page: queries.StandardPage, part: queries.ScopePart) -> list[tuple[str, list[Any]]]:
    """The sections of a scope with the key of every item, for the links of a draft."""
    sections = [(section.title, section.items) for section in part.sections]
    vetoes = [("一票否决", part.vetoes)] if part.vetoes else []
    return [
        (title, [(item, page.keys[part.scope, item.number]) for item in items])
        for title, items in (*sections, *vetoes)
    ]


@for_roles(Role.BUREAU)
def standard_import(request: HttpRequest, year: int) -> HttpResponse:
    """导入评分标准 from its workbook, all or nothing; what is wrong is listed by row and column."""
    plan = plan_of(year)
    form = StandardForm(request.POST or None, request.FILES or None)
    findings: tuple[Finding, ...] = ()
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data["file"].read()
        findings = read_standard(read_workbook(data)).errors
        if not findings:
            told = {name: form.cleaned_data[name] for name in ("name", "basis")}
            standard = import_standard(data, **told, by=signed_in(request))
            messages.success(request, f"已导入“{standard}”。请核对各项后选用。")
            return redirect("standard_detail", year, standard.pk)
    context = {"plan": plan, "form": form, "findings": findings, "page_title": "导入评分标准"}
    status = 422 if form.errors or findings else 200
    return render(request, "evaluations/standard_import.html", context, status=status)


@for_roles(Role.BUREAU)
@require_POST
def standard_adopt(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """选用 a version for the year."""
    page = queries.standard_page(pk)
    adopt_standard(plan_of(year), standard=page.standard, by=signed_in(request))
    messages.success(request, f"{year}年度已选用“{page.standard}”。")
    return redirect("standard_detail", year, pk)
