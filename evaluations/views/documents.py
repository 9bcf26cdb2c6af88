"""文书: the templates that the bureau edits in Word, and the packs of documents."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from evaluations.actions import documents as actions
from evaluations.actions import packs
from evaluations.exports.packs import pack_of
from evaluations.forms.documents import TemplateForm
from evaluations.models import DocumentPack
from evaluations.permissions.results import may_edit_templates, may_publish
from evaluations.queries import documents as queries
from evaluations.queries.plan import plan_of
from evaluations.rules.document_fields import FIELDS
from evaluations.rules.documents import DocumentKind, examples_of
from evaluations.views.results import READERS
from wanzhou_eval.access import for_roles, signed_in
from wanzhou_eval.downloads import download, send_pack
from wanzhou_eval.models import Role
from wanzhou_eval.wordfiles import DOCX, WordTemplate


@for_roles(*READERS)
@require_GET
def document_list(request: HttpRequest, year: int) -> HttpResponse:
    """文书模板: every document with its template, and the packs of the year."""
    context = {
        "year": plan_of(year).year,
        "rows": queries.template_rows(),
        "packed": queries.PACKED,
        "may_edit": may_edit_templates(signed_in(request)),
        "page_title": "文书模板",
    }
    return render(request, "evaluations/document_list.html", context)


@for_roles(*READERS)
def document_detail(request: HttpRequest, year: int, kind: str) -> HttpResponse:
    """One template: its fields and versions; POST keeps an edited one (科室)."""
    wanted = queries.kind_of(kind)
    form = TemplateForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        name, data = form.cleaned_data["file"]
        kept = actions.store_template(
            wanted, name=name, data=data, reason=form.cleaned_data["reason"], by=signed_in(request)
        )
        messages.success(request, f"{wanted.label}改用你上传的模板（第{kept.version}版）。")
        return redirect("document_detail", year, kind)
    context = {
        "year": plan_of(year).year,
        "row": next(row for row in queries.template_rows() if row.kind is wanted),
        "form": form,
        "may_edit": may_edit_templates(signed_in(request)),
        "page_title": f"{wanted.label}模板",
    }
    status = 422 if form.is_bound else 200
    return render(request, "evaluations/document_detail.html", context, status=status)


@for_roles(*READERS)
@require_GET
def document_template(request: HttpRequest, year: int, kind: str) -> HttpResponse:
    """The template in force, to edit in Word."""
    wanted = queries.kind_of(kind)
    return download(queries.template_in_force(wanted).data, f"{wanted.label}模板.docx", DOCX)


@for_roles(*READERS)
@require_GET
def document_specimen(request: HttpRequest, year: int, kind: str) -> HttpResponse:
    """The template in force filled with invented values."""
    wanted = queries.kind_of(kind)
    template = WordTemplate(queries.template_in_force(wanted).data)
    return download(template.fill(examples_of(FIELDS[wanted])), f"{wanted.label}样张.docx", DOCX)


@for_roles(Role.BUREAU)
@require_POST
def document_restore(request: HttpRequest, year: int, kind: str) -> HttpResponse:
    """Back to the built-in template."""
    wanted = queries.kind_of(kind)
    actions.restore_template(wanted, reason=request.POST.get("reason", ""), by=signed_in(request))
    messages.success(request, f"{wanted.label}已恢复内置模板。")
    return redirect("document_detail", year, kind)


@for_roles(*READERS)
def document_pack(request: HttpRequest, year: int, kind: str) -> HttpResponse:
    """评分表 or 合议单 of the year as a ZIP: progress, result; POST makes it anew (科室)."""
    plan, wanted = plan_of(year), queries.kind_of(kind)
    if request.method == "POST":
        packs.start_pack(plan, kind=wanted, by=signed_in(request), make=make_pack)
        return redirect("document_pack", year, kind)
    page = queries.pack_page(plan, wanted)
    context = {
        "page": page,
        "may_start": may_publish(signed_in(request)),
        "page_title": f"{year}年度{wanted.label}文书包",
    }
    response = render(request, "evaluations/document_pack.html", context)
    if page.at_work:
        response["Refresh"] = "2"
    return response


def make_pack(pack: DocumentPack, watch: Callable[[int, int], None]) -> bytes:
    """The pack in the name of who asked for it."""
    return pack_of(pack.plan, DocumentKind(pack.kind), reader=pack.asked_by, watch=watch)


@for_roles(*READERS)
@require_GET
def document_pack_file(request: HttpRequest, year: int, kind: str) -> HttpResponse:
    """The finished ZIP; it names people, so that taking it is a line of the trail."""
    wanted = queries.kind_of(kind)
    data = queries.pack_file(plan_of(year), wanted)
    return send_pack(request, data, f"{year}年度{wanted.label}", year=year)
