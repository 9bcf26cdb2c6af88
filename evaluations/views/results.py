"""送审单 and 公布稿."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from evaluations.actions import results as actions
from evaluations.actions.places import Posting, add_place
from evaluations.exports.lists import draft_table
from evaluations.exports.papers import approval_paper
from evaluations.forms.results import (
    DecisionForm,
    PlaceForm,
    PublishForm,
    RepublishForm,
    WithholdForm,
)
from evaluations.permissions.results import may_decide_approval, may_publish, may_submit_results
from evaluations.queries import publication as publications
from evaluations.queries.plan import plan_of
from evaluations.queries.results import approval_page, drawn_case_of
from evaluations.views.public import public_book, public_word
from wanzhou_eval.access import for_roles, signed_in
from wanzhou_eval.downloads import download, send_document, send_table, wants_table
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Role

READERS = (Role.BUREAU, Role.LEADER, Role.AUDITOR)


@for_roles(*READERS)
def approval(request: HttpRequest, year: int) -> HttpResponse:
    """送审单: the sheet; POST submits it (科室)."""
    plan = plan_of(year)
    user = signed_in(request)
    if request.method == "POST":
        actions.submit_for_approval(plan, by=user)
        messages.success(request, "送审单已送局领导审定。")
        return redirect("approval", year)
    page = approval_page(plan)
    context = {
        "page": page,
        "page_title": f"{year}年度评估结果送审单",
        "may_submit": may_submit_results(user) and page.ready,
        "may_decide": page.open is not None and may_decide_approval(user, page.open),
        "form": DecisionForm(),
    }
    return render(request, "evaluations/approval.html", context)


@for_roles(*READERS)
@require_POST
def approval_decide(request: HttpRequest, year: int) -> HttpResponse:
    """审定 by 局领导."""
    page = approval_page(plan_of(year))
    form = DecisionForm(request.POST)
    if not form.is_valid():
        raise RefusedError("请选“同意公布”或“退回补正程序”，退回要写理由。", status=422)
    if page.open is None:
        raise RefusedError("现在没有待审定的送审单。请回年度总览看下一步。")
    actions.decide_approval(page.open, **form.cleaned_data, by=signed_in(request))
    messages.success(request, "审定意见已记录。")
    return redirect("approval", year)


@for_roles(*READERS)
@require_GET
def approval_word(request: HttpRequest, year: int) -> HttpResponse:
    """送审单 as a Word document; none before the evaluation ended (blindness)."""
    page = approval_page(plan_of(year))
    if page.plan.ended_at is None:
        raise RefusedError("评分尚未结束，送审单在评估结束后生成；此前不显示任何等次。")
    return send_document(request, approval_paper(page), f"{year}年度评估结果送审单", year=year)


@for_roles(*READERS)
def publish(request: HttpRequest, year: int) -> HttpResponse:
    """公布稿 in two columns; POST publishes, or issues the next version."""
    plan = plan_of(year)
    user = signed_in(request)
    pressed_twice = request.method == "POST" and "reason" not in request.POST
    again = plan.published_at is not None and not pressed_twice
    form = (RepublishForm if again else PublishForm)(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        act = actions.republish_results if again else actions.publish_results
        act(plan, **form.cleaned_data, by=user)
        messages.success(request, "已公布，申辩期限从今天起算。" if act is actions.publish_results
                         else "新的一版已公布。")  # fmt: skip
        return redirect("publish", year)
    page = publications.publish_page(plan, page=request.GET.get("page", ""))
    if wants_table(request):
        return send_table(request, draft_table(plan, page.rows))
    context = {
        "page": page,
        "page_title": f"{year}年度评估结果公布",
        "form": form,
        "place_form": PlaceForm(auto_id="place_%s"),
        "may_publish": may_publish(user),
    }
    status = 422 if form.is_bound else 200
    return render(request, "evaluations/publish.html", context, status=status)


@for_roles(*READERS)
@require_POST
def withhold(request: HttpRequest, year: int) -> HttpResponse:
    """不公开 or public again, for one case."""
    form = WithholdForm(request.POST)
    if not form.is_valid():
        raise RefusedError("请写明不公开或恢复公开的理由后再登记。", status=422)
    values = form.cleaned_data
    actions.withhold_case(
        drawn_case_of(plan_of(year), values["serial"]),
        withheld=values["withheld"],
        reason=values["reason"],
        by=signed_in(request),
    )
    messages.success(request, f"{values['serial']:04d}号案件已登记。")
    return redirect("publish", year)


@for_roles(*READERS)
@require_GET
def publish_export(request: HttpRequest, year: int, version: int) -> HttpResponse:
    """A published version as .xlsx, exactly what the public sees."""
    return public_book(publications.version_of(plan_of(year), version))


@for_roles(*READERS)
@require_GET
def publish_word(request: HttpRequest, year: int, version: int) -> HttpResponse:
    """A published version as a Word document, exactly what the public sees."""
    return public_word(publications.version_of(plan_of(year), version))


@for_roles(*READERS)
@require_POST
def publish_place(request: HttpRequest, year: int, version: int) -> HttpResponse:
    """A further place where a version stands."""
    publication = publications.version_of(plan_of(year), version)
    form = PlaceForm(request.POST, request.FILES)
    if not form.is_valid():
        raise RefusedError("请填公布位置和公布凭据（网址、截图编号等）后再登记。", status=422)
    values = form.cleaned_data
    posting = Posting(name=values.pop("site"), **values)
    add_place(publication, posting=posting, by=signed_in(request))
    messages.success(request, f"第{version}版的公布位置已登记。")
    return redirect("publish", year)


@for_roles(*READERS)
@require_GET
def publish_file(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """The screenshot or receipt of a place, as a download."""
    place = publications.place_with_file(plan_of(year), pk)
    return download(bytes(place.data or b""), place.file_name, place.content_type)
