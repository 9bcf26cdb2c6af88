"""评分标准 as drafts: new, copy, grades, items; the comparison of two; the sheet as a preview."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from evaluations.actions import standard_edit as actions
from evaluations.forms import standards as forms
from evaluations.models import Item, ScoringStandard
from evaluations.queries import standards as queries
from evaluations.queries.loose_sheets import preview_page, sheet_context
from evaluations.queries.plan import plan_of
from wanzhou_eval.access import STAFF, for_roles, signed_in
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Role

bureau_only = for_roles(Role.BUREAU)


@bureau_only
def standard_new(request: HttpRequest, year: int) -> HttpResponse:
    """新建 an empty draft with a preset of grades."""
    plan = plan_of(year)
    form = forms.NewStandardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        standard = actions.create_standard(**form.cleaned_data, by=signed_in(request))
        messages.success(request, f"已新建“{standard}”草稿。请逐项添加评估项目。")
        return redirect("standard_detail", year, standard.pk)
    context = {"plan": plan, "form": form, "page_title": "新建评分标准"}
    status = 422 if form.errors else 200
    return render(request, "evaluations/standard_new.html", context, status=status)


@bureau_only
@require_POST
def standard_copy(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """复制为新版本: the way to change a version that is in use."""
    plan_of(year)
    new = actions.copy_standard(queries.find_standard(pk), by=signed_in(request))
    messages.success(request, f"已复制为“{new}”草稿，可以编辑。改好后在本页选用。")
    return redirect("standard_detail", year, new.pk)


@bureau_only
@require_POST
def standard_convert(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """复制成评等次的版本: the same items without marks."""
    plan_of(year)
    new = actions.convert_standard(queries.find_standard(pk), by=signed_in(request))
    messages.success(request, f"已复制为“{new}”草稿：分值和扣分已去掉，情形保留。请核对等次。")
    return redirect("standard_detail", year, new.pk)


@bureau_only
def standard_edit(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """依据、说明和等次 of a draft; `preset` fills the grades in without saving."""
    plan, standard = plan_of(year), queries.find_standard(pk)
    preset = request.GET.get("preset", "")
    start = {"basis": standard.basis, "note": standard.draft_note}
    form = forms.FactsForm(request.POST or None, initial=start)
    bands = forms.BandRows(
        request.POST or None, initial=forms.band_rows(standard, preset=preset), prefix="band"
    )
    if request.method == "POST" and form.is_valid() and bands.is_valid():
        typed = forms.typed_bands(bands)
        actions.edit_standard(standard, **form.cleaned_data, bands=typed, by=signed_in(request))
        messages.success(request, "依据、说明和等次已保存。")
        return redirect("standard_detail", year, pk)
    context = {
        "plan": plan,
        "standard": standard,
        "form": form,
        "bands": bands,
        "errors": row_errors(bands, "等次"),
        "presets": forms.presets_of(standard),
        "page_title": f"编辑{standard}",
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "evaluations/standard_edit.html", context, status=status)


def row_errors(formset: Any, what: str) -> list[dict[str, str]]:
    """The errors of the rows of a formset for the summary, each leading to its field."""
    if not formset.is_bound:
        return []
    found = []
    for number, form in enumerate(formset, 1):
        for name, texts in form.errors.items():
            anchor = form.prefix if name == "__all__" else form[name].id_for_label
            found += [{"text": f"{what}第{number}行：{text}", "anchor": anchor} for text in texts]
    return found


@bureau_only
def standard_item(request: HttpRequest, year: int, pk: int, item: int = 0) -> HttpResponse:
    """添加或编辑 an item of a draft with its reasons."""
    plan, standard = plan_of(year), queries.find_standard(pk)
    row = queries.find_item(standard, item) if item else None
    form, reasons = _item_forms(request, standard, row)
    if request.method == "POST" and form.is_valid() and reasons.is_valid():
        value = forms.typed_item(form, reasons)
        place = form.cleaned_data["scope"], form.cleaned_data["section"]
        saved = actions.save_item(
            standard, item=row, value=value, place=place, by=signed_in(request)
        )
        messages.success(request, f"已保存 {saved.number} {saved.title}。")
        return redirect(reverse("standard_detail", args=[year, pk]) + f"#item-{saved.pk}")
    context = {
        "plan": plan,
        "standard": standard,
        "item": row,
        "form": form,
        "reasons": reasons,
        "errors": row_errors(reasons, "扣分情形"),
        "sections": queries.sections_known(standard),
        "page_title": f"编辑 {row.number} {row.title}" if row else "添加评估项目",
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "evaluations/standard_item.html", context, status=status)


def _item_forms(request: HttpRequest, standard: ScoringStandard, row: Item | None) -> Any:
    scopes = list(dict.fromkeys(standard.items.values_list("scope", flat=True)))
    asked = {"scope": request.GET.get("scope", ""), "na_allowed": True}
    start = forms.item_start(row) if row else asked
    by_level = standard.by_level
    form = forms.ItemForm(request.POST or None, scopes=scopes, by_level=by_level, initial=start)
    rows = forms.CauseRows if by_level else forms.ReasonRows
    return form, rows(request.POST or None, initial=forms.reason_rows(row), prefix="reason")


@bureau_only
@require_POST
def standard_item_act(request: HttpRequest, year: int, pk: int, item: int) -> HttpResponse:
    """上移、下移、删除 an item of a draft."""
    plan_of(year)
    standard = queries.find_standard(pk)
    row, user = queries.find_item(standard, item), signed_in(request)
    match request.POST.get("act"):
        case "remove":
            actions.remove_item(standard, item=row, by=user)
            messages.success(request, f"已删除“{row.title}”。")
        case "up" | "down" as way:
            actions.move_item(standard, item=row, up=way == "up", by=user)
        case _:
            raise RefusedError("请选上移、下移或删除。", status=422)
    anchor = f"#item-{item}" if request.POST["act"] != "remove" else ""
    return redirect(reverse("standard_detail", args=[year, pk]) + anchor)


@for_roles(*STAFF, Role.EXPERT)
@require_GET
def standard_compare(request: HttpRequest, year: int) -> HttpResponse:
    """比较 two versions: `old` and `new` as chosen on the list."""
    plan = plan_of(year)
    keys = [request.GET.get(name, "") for name in ("old", "new")]
    chosen = [int(key) if key.isascii() and key.isdigit() and len(key) < 10 else 0 for key in keys]
    context = {
        "plan": plan,
        "standards": queries.standard_list(),
        "old": chosen[0],
        "new": chosen[1],
        "page": queries.comparison(*chosen) if all(chosen) else None,
        "page_title": "比较两版评分标准",
    }
    return render(request, "evaluations/standard_compare.html", context)


@for_roles(*STAFF, Role.EXPERT)
@require_GET
def standard_preview(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """预览: the sheet as an expert sees it, with nothing to save."""
    plan, standard = plan_of(year), queries.find_standard(pk)
    scopes = list(queries.load_standard(standard))
    scope = request.GET.get("scope") or (scopes[0] if scopes else "")
    if scope not in scopes:
        raise RefusedError("这一版里没有这个适用范围的评估项目。请回标准页选择。", status=404)
    page = preview_page(standard, scope)
    back = reverse("standard_detail", args=[year, pk])
    others = [(each, f"?scope={each}") for each in scopes]
    context = sheet_context(page) | {
        "plan": plan,
        "loose": {
            "kind": "预览",
            "hint": "不能填写",
            "title": str(standard),
            "back": back,
            "scopes": others,
        },
        "page_title": f"预览 {standard}",
    }
    return render(request, "evaluations/score_loose.html", context)
