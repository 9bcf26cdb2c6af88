"""同义词 and 列对应: what the clerks' words and columns mean."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cases import actions, queries
from cases.context.columns import CHOICES, Problem, sheet_forms, told_by
from cases.context.words import word_tables
from cases.imports import SheetMapping
from cases.models import ImportBatch
from cases.permissions import may_import
from cases.readings import described_columns
from cases.views.imports import rows_if_large
from cases.views.population import IMPORTERS
from wanzhou_eval.access import STAFF, for_roles, signed_in
from wanzhou_eval.models import Role, User

KEEPERS = (*IMPORTERS, Role.SYSADMIN)


def review_address(batch: ImportBatch, reader: User) -> str:
    """The preview of an upload: the administrator has it in the administration."""
    if reader.role == Role.SYSADMIN:
        return f"{reverse('admin:cases_case_process_import')}?batch={batch.pk}"
    return reverse("import_review", args=(batch.frame.year, batch.pk))


@for_roles(*KEEPERS)
def import_columns(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """列对应: see and correct what each column holds; saving checks the file again."""
    batch = queries.find_batch(queries.frame_of(year), pk)
    posted = request.POST.dict() if request.method == "POST" else None
    described = described_columns(batch, rows=(posted or request.GET.dict()))
    forms = sheet_forms(described, posted=posted)
    problems: list[Problem] = []
    if posted is not None:
        mapping, problems = told_by(forms)
        if not problems:
            return map_and_check(request, batch, mapping)
    context = {
        "batch": batch,
        "review": review_address(batch, signed_in(request)),
        "sheets": forms,
        "choices": CHOICES,
        "problems": problems,
        "page_title": "列对应",
    }
    status = 422 if problems else 200
    return render(request, "cases/import_columns.html", context, status=status)


def map_and_check(
    request: HttpRequest, batch: ImportBatch, mapping: Mapping[str, SheetMapping]
) -> HttpResponse:
    """Read the file by these columns, now or in the background."""
    user = signed_in(request)
    rows = rows_if_large(batch) if user.role in IMPORTERS else 0  # the administration waits
    if rows:
        actions.start_mapping(batch, mapping=mapping, rows=rows, by=user)
        return redirect("import_review", batch.frame.year, batch.pk)
    actions.map_columns(batch, mapping=mapping, by=user)
    messages.success(request, "列对应已保存，文件已重新检查。同样表头的文件下次照此读。")
    return redirect(review_address(batch, user))


@for_roles(*IMPORTERS)
@require_POST
def import_word(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """A word of the preview becomes a synonym, and the file is checked again."""
    batch = queries.find_batch(queries.frame_of(year), pk)
    word, meaning = request.POST.get("word", ""), request.POST.get("meaning", "")
    subject = request.POST.get("subject", "")
    rows = rows_if_large(batch)
    actions.keep_found_word(
        batch, subject=subject, word=word, meaning=meaning, rows=rows, by=signed_in(request)
    )
    told = "文件正在重新检查" if rows else "文件已重新检查"
    messages.success(request, f"“{word}”已登记为“{meaning}”的同义词，{told}。")
    return redirect("import_review", year, pk)


@for_roles(*STAFF, Role.SYSADMIN)
def word_list(request: HttpRequest) -> HttpResponse:
    """同义词: the tables by which an import unifies what clerks write."""
    context = {
        "tables": word_tables(),
        "may_keep": may_import(signed_in(request)),
        "page_title": "同义词",
    }
    return render(request, "cases/word_list.html", context)


@for_roles(*KEEPERS)
@require_POST
def word_keep(request: HttpRequest) -> HttpResponse:
    """Enter a word."""
    word = request.POST.get("word", "")
    actions.keep_synonym(
        subject=request.POST.get("subject", ""),
        word=word,
        meaning=request.POST.get("meaning", ""),
        by=signed_in(request),
    )
    messages.success(request, f"“{word}”已登记。以后导入的文件照此读，已导入的案件不变。")
    return redirect("word_list")


@for_roles(*KEEPERS)
@require_POST
def word_remove(request: HttpRequest, subject: str, pk: int) -> HttpResponse:
    """Take a word out."""
    told = actions.remove_synonym(subject=subject, pk=pk, by=signed_in(request))
    messages.success(request, f"已删去“{told}”。已导入的案件不变。")
    return redirect("word_list")
