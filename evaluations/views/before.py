"""Before the first sheet: the undertaking with its declarations, and the training."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from evaluations.actions import before as actions
from evaluations.forms.before import (
    DeclareRows,
    TrainingForm,
    UndertakingForm,
    typed_relations,
)
from evaluations.permissions.marking import may_hold_training
from evaluations.queries import before as queries
from evaluations.queries.marking import plan_to_sign
from evaluations.queries.plan import plan_of
from evaluations.rules.undertakings import CURRENT
from experts.queries import own_expert
from wanzhou_eval.access import STAFF, for_roles, signed_in
from wanzhou_eval.models import Role


@for_roles(Role.EXPERT)
def undertaking(request: HttpRequest) -> HttpResponse:
    """保密承诺与回避声明: read, declare, tick both, sign; the signed paper afterwards."""
    user = signed_in(request)
    plan = plan_to_sign(user)
    paper = queries.signed_paper(plan, expert=own_expert(user))
    form = UndertakingForm(request.POST or None)
    rows = DeclareRows(request.POST if "row-TOTAL_FORMS" in request.POST else None, prefix="row")
    if request.method == "POST" and form.is_valid() and (not rows.is_bound or rows.is_valid()):
        relations = typed_relations(form, rows if rows.is_bound else ())
        if not form.errors:
            actions.sign_undertaking(plan, by=user, relations=relations)
            messages.success(request, "承诺书已签署，可以打印留存。")
            return redirect("undertaking")
    context = {
        "plan": plan,
        "form": form,
        "rows": rows,
        "errors": _row_errors(rows),
        "paper": paper,
        "wording": paper.wording if paper else CURRENT,
        "page_title": "保密承诺与回避声明",
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "evaluations/undertaking.html", context, status=status)


def _row_errors(rows: Any) -> list[dict[str, str]]:
    """What is wrong with the declared relations, each leading to its row."""
    if not rows.is_bound:
        return []
    return [
        {"text": f"第{number}行：{error}", "anchor": f"row-{number}"}
        for number, row in enumerate(rows, 1)
        for errors in row.errors.values()
        for error in errors
    ]


@for_roles(*STAFF)
@require_GET
def undertaking_paper(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """承诺书 of an expert as signed, for the archive."""
    plan = plan_of(year)
    paper = queries.paper_of(plan, pk)
    context = {
        "plan": plan,
        "paper": paper,
        "wording": paper.wording,
        "page_title": f"{paper.name}的承诺书",
    }
    return render(request, "evaluations/undertaking_paper.html", context)


@for_roles(*STAFF, Role.EXPERT)
@require_GET
def training(request: HttpRequest, year: int) -> HttpResponse:
    """专项培训: what was agreed; for staff also who is ready for the first sheet."""
    plan, user = plan_of(year), signed_in(request)
    staff = user.role != Role.EXPERT
    context = {
        "plan": plan,
        "page": queries.training_page(plan),
        "staff": staff,
        "may_hold": may_hold_training(user) and plan.stage in actions.TO_TRAIN,
        "page_title": f"{year}年度专项培训",
    }
    return render(request, "evaluations/training.html", context)


@for_roles(Role.BUREAU, Role.CLERK)
def training_new(request: HttpRequest, year: int, pk: int = 0) -> HttpResponse:
    """登记专项培训; with a key it corrects an earlier record, which stays."""
    plan = plan_of(year)
    old = queries.find_training(plan, pk) if pk else None
    form = TrainingForm(
        request.POST or None,
        seated=queries.seated_experts(plan),
        initial=queries.training_start(old) if old else None,
    )
    if request.method == "POST" and form.is_valid():
        actions.hold_training(plan, **form.cleaned_data, corrects=old, by=signed_in(request))
        messages.success(request, "培训记录已登记，专家评分时可以看到口径。")
        return redirect("training", year)
    title = "更正培训记录" if old else "登记专项培训"
    context = {"plan": plan, "form": form, "old": old, "page_title": title}
    status = 422 if form.errors else 200
    return render(request, "evaluations/training_form.html", context, status=status)
