"""异议 for staff: the queue, one appeal, registration, review and answer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from appeals import actions
from appeals.exports import appeal_table
from appeals.forms import AnswerForm, PaperForm
from appeals.models import Appeal
from appeals.permissions import (
    may_confirm_appeal,
    may_confirm_withdrawal,
    may_handle_appeals,
    may_register_appeal,
)
from appeals.queries.answers import appeal_rows, notice_facts
from appeals.queries.reviewers import expert_named, reviewers
from appeals.queries.work import AppealPage, appeal_page, find_handler
from appeals.views.mine import show_notice
from evaluations.models import Plan
from evaluations.queries.plan import plan_of
from evaluations.queries.results import drawn_case_of
from evaluations.views.draws_seal import sealed_answer
from wanzhou_eval.access import STAFF, for_roles, signed_in
from wanzhou_eval.downloads import send_table, wants_table
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Role
from wanzhou_eval.queries import working_calendar


@for_roles(*STAFF)
@require_GET
def appeal_list(request: HttpRequest, year: int) -> HttpResponse:
    """异议: the queue, the nearest answer first."""
    plan = plan_of(year)
    assert plan.now is not None
    rows = appeal_rows(plan, now=plan.now, calendar=working_calendar())
    if wants_table(request):
        return send_table(request, appeal_table(plan, rows))
    context = {
        "rows": rows,
        "may_register": may_register_appeal(signed_in(request)) and plan.published_at is not None,
        "page_title": f"{year}年度异议申辩",
    }
    return render(request, "appeals/appeal_list.html", context)


@for_roles(*STAFF)
@require_GET
def appeal_detail(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """One appeal: the paper, the panel, the next step."""
    page = appeal_page(plan_of(year), pk)
    return _detail(request, page, _answer_form(page), status=200)


def _answer_form(page: AppealPage, data: object = None) -> AnswerForm | None:
    """The form of the answer, once the panel has found its grade."""
    if page.found is None:
        return None
    changed = page.found.grade != page.grade
    result = Appeal.Result.CHANGED if changed else Appeal.Result.UPHELD
    initial = {"grade": page.found.grade, "result": result, "reason": page.found.reason}
    grounds = [(ground.pk, ground.item) for ground in page.grounds]
    return AnswerForm(grounds, data, initial=initial)


def _detail(
    request: HttpRequest, page: AppealPage, form: AnswerForm | None, *, status: int
) -> HttpResponse:
    user = signed_in(request)
    context = {
        "page": page,
        "form": form,
        "may_confirm": may_confirm_appeal(user, page.appeal),
        "may_handle": may_handle_appeals(user),
        "may_withdraw": page.row.running and may_register_appeal(user),
        "may_confirm_withdrawal": may_confirm_withdrawal(user, page.appeal),
        "reviewers": reviewers(page.plan, page.appeal, for_user=user),
        "page_title": f"{page.drawn_case.case.label} 异议申辩",
    }
    return render(request, "appeals/appeal_detail.html", context, status=status)


@for_roles(*STAFF)
@require_GET
def appeal_notice(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """受理通知 or 不予受理通知, to print and hand out."""
    page = appeal_page(plan_of(year), pk)
    return show_notice(request, notice_facts(page.appeal, page.plan))


@for_roles(Role.BUREAU, Role.CLERK)
@require_POST
def appeal_withdrawal(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """书面撤回: register it, or confirm another person's entry."""
    page, by = appeal_page(plan_of(year), pk), signed_in(request)
    if request.POST.get("act") == "confirm":
        actions.confirm_withdrawal(page.appeal, by=by)
        messages.success(request, "书面撤回已确认，异议申辩已撤回。")
    else:
        actions.register_withdrawal(page.appeal, evidence=request.POST.get("evidence", ""), by=by)
        messages.success(request, "书面撤回已登记，等另一人核对后确认。")
    return redirect("appeal_detail", year, pk)


@for_roles(Role.BUREAU, Role.CLERK)
def appeal_register(request: HttpRequest, year: int) -> HttpResponse:
    """登记书面申辩."""
    plan = plan_of(year)
    form = PaperForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        return _register(request, plan, form)
    if form.bad_files:
        actions.record_bad_files(plan, sentence=form.bad_files, by=signed_in(request))
    context = {"form": form, "page_title": "登记书面申辩"}
    status = 422 if form.is_bound else 200
    return render(request, "appeals/appeal_register.html", context, status=status)


def _register(request: HttpRequest, plan: Plan, form: PaperForm) -> HttpResponse:
    values = form.cleaned_data
    case = drawn_case_of(plan, values["serial"])
    appeal = actions.register_paper_appeal(
        case,
        appellant=find_handler(case, values["appellant"]),
        statement=values["statement"],
        grounds=values["grounds"],
        received_on=values["received_on"],
        files=values["files"],
        by=signed_in(request),
    )
    if appeal.refused_at:
        return show_notice(request, notice_facts(appeal, plan), status=409)
    messages.success(request, "书面申辩已登记，等另一人确认后受理。")
    return redirect("appeal_detail", plan.year, appeal.pk)


@for_roles(Role.BUREAU, Role.CLERK)
@require_POST
def appeal_confirm(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """确认, or 不予受理 with `refuse` and a reason."""
    page = appeal_page(plan_of(year), pk)
    if "refuse" in request.POST:
        reason = request.POST.get("reason", "")
        actions.reject_paper_appeal(page.appeal, reason=reason, by=signed_in(request))
        messages.success(request, "已登记不予受理。")
    else:
        appeal = actions.confirm_paper_appeal(page.appeal, by=signed_in(request))
        refused = "收到时已过期限，不予受理；通知可以打印送达。"
        messages.success(request, refused if appeal.refused_at else "书面申辩已受理，请组织复评。")
    return redirect("appeal_detail", year, pk)


@for_roles(Role.BUREAU)
@require_POST
def appeal_freeze(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """封存复评组抽选名单, then on to the draw's console."""
    page = appeal_page(plan_of(year), pk)
    by = signed_in(request)
    return sealed_answer(
        request, lambda secret: actions.freeze_review(page.appeal, by=by, secret=secret)
    )


@for_roles(Role.BUREAU)
@require_POST
def appeal_panel(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """组成复评组."""
    page = appeal_page(plan_of(year), pk)
    actions.form_review_panel(page.appeal, by=signed_in(request))
    messages.success(request, "复评组已组成，两位专家可以开始复评。")
    return redirect("appeal_detail", year, pk)


@for_roles(Role.BUREAU, Role.LEADER)
@require_POST
def appeal_reviewer(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """复评组换人: confirm a recusal, record a withdrawal, or confirm another person's entry."""
    page, by = appeal_page(plan_of(year), pk), signed_in(request)
    act, code = request.POST.get("act", ""), request.POST.get("expert", "")
    if act == "confirm":
        panel = actions.confirm_reviewer_change(page.appeal, by=by)
    elif act == "recused":
        panel = actions.replace_recused_reviewer(page.appeal, expert=expert_named(code), by=by)
    else:
        reason = request.POST.get("reason", "")
        actions.request_reviewer_change(
            page.appeal, expert=expert_named(code), reason=reason, by=by
        )
        messages.success(request, "已登记，等另一人确认后由候补专家接替。")
        return redirect("appeal_detail", year, pk)
    messages.success(request, f"复评组现为{panel.leader}（组长）、{panel.member}，请通知本人。")
    return redirect("appeal_detail", year, pk)


@for_roles(Role.BUREAU)
@require_POST
def appeal_decide(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """反馈审查结果."""
    page = appeal_page(plan_of(year), pk)
    form = _answer_form(page, request.POST)
    if form is None:
        raise RefusedError("复评组还没有定等次，定等次后才能反馈结果。")
    if not form.is_valid():
        return _detail(request, page, form, status=422)
    actions.decide_appeal(page.appeal, **form.cleaned_data, by=signed_in(request))
    messages.success(request, "审查结果已反馈。变更等次的，请到“公布与异议”重新公布。")
    return redirect("appeal_detail", year, pk)
