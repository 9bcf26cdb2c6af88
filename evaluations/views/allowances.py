"""评估补贴: the sheet, and who was paid."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from evaluations.actions import allowances as actions
from evaluations.exports.papers import allowance_paper
from evaluations.exports.results import allowance_table
from evaluations.forms.results import PayForm
from evaluations.permissions.results import may_enter_allowance
from evaluations.queries import allowances as queries
from evaluations.queries.plan import plan_of
from evaluations.views.results import READERS
from wanzhou_eval.access import for_roles, signed_in
from wanzhou_eval.downloads import send_document, send_table, wants_table
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Role


@for_roles(*READERS)
@require_GET
def allowances(request: HttpRequest, year: int) -> HttpResponse:
    """评估补贴: the list, on paper or as .xlsx, and what was paid."""
    plan = plan_of(year)
    page = queries.allowance_page(plan)
    if wants_table(request):
        return send_table(request, allowance_table(plan, page.sheet))
    user = signed_in(request)
    open_stage = plan.stage in {plan.Stage.MARKED, plan.Stage.PUBLISHED}
    context = {
        "page": page,
        "sheet": page.sheet,
        "form": PayForm(),
        "may_enter": may_enter_allowance(user) and open_stage,
        "to_decide": queries.decidable(page.waiting, user) if open_stage else [],
        "page_title": f"{year}年度评估补贴",
    }
    return render(request, "evaluations/allowances.html", context)


@for_roles(*READERS)
@require_GET
def allowance_word(request: HttpRequest, year: int) -> HttpResponse:
    """补贴发放表 as a Word document to sign."""
    plan = plan_of(year)
    data = allowance_paper(plan, queries.allowance_sheet(plan))
    return send_document(request, data, f"{year}年度评估补贴发放表", year=year)


@for_roles(Role.BUREAU)
@require_POST
def allowance_enter(request: HttpRequest, year: int) -> HttpResponse:
    """Enter that the ticked experts were paid."""
    form = PayForm(request.POST)
    if not form.is_valid():
        raise RefusedError("请填发放日期和发放凭据，并勾选专家，再登记。", status=422)
    entered = actions.enter_allowances(
        plan_of(year),
        experts=request.POST.getlist("expert"),
        **form.cleaned_data,
        by=signed_in(request),
    )
    messages.success(request, f"已登记 {len(entered)} 人的发放，等另一人确认。")
    return redirect("allowances", year)


@for_roles(Role.BUREAU, Role.LEADER)
@require_POST
def allowance_decide(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """The second person confirms an entry, or returns it with a reason."""
    payment = queries.payment_of(plan_of(year), pk)
    by = signed_in(request)
    if "return" in request.POST:
        actions.return_allowance(payment, reason=request.POST.get("reason", ""), by=by)
        messages.success(request, f"{payment.expert}的发放登记已退回。")
    else:
        actions.confirm_allowance(payment, by=by)
        messages.success(request, f"{payment.expert}的补贴已确认发放。")
    return redirect("allowances", year)
