"""抽选 pages: list, console, projector, record, void, replacement, explanation."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from evaluations.actions import draws as actions
from evaluations.exports.lists import draws_table
from evaluations.forms.draws import DigitsForm, RevealForm, SeedForm, VoidForm
from evaluations.models import Draw, DrawKind, Plan
from evaluations.permissions.draws import may_confirm_void, may_run_draws, may_type_seed
from evaluations.queries import draws as queries
from evaluations.queries.draws_live import live_page, live_state
from evaluations.queries.draws_prepare import preparation
from evaluations.queries.draws_record import record_page
from evaluations.queries.draws_why import explanation, numbered_case
from evaluations.queries.plan import plan_of
from evaluations.views.draws_seal import sealed_answer
from wanzhou_eval.access import STAFF, for_roles, signed_in
from wanzhou_eval.downloads import send_table, wants_table
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Role, User

FREEZES: dict[str, Callable[..., Draw]] = {
    DrawKind.SAMPLE: actions.seal_frame,
    DrawKind.EXPERTS: actions.freeze_experts,
    DrawKind.MATCH: actions.freeze_match,
}
OPERATORS = (Role.BUREAU, Role.CLERK)
READING_ACTS = {"next", "all", "pause", "resume"}


@for_roles(*STAFF)
def draw_list(request: HttpRequest, year: int) -> HttpResponse:
    """抽选: what comes next, and every attempt of the year with the void ones."""
    plan = plan_of(year)
    if wants_table(request):
        return send_table(request, draws_table(plan, queries.draw_list(plan)))
    context = {
        "page_title": f"{year}年度抽选",
        "draws": queries.draw_list(plan),
        "next": preparation(plan),
        "may_run": may_run_draws(signed_in(request)),
    }
    return render(request, "evaluations/draw_list.html", context)


@for_roles(Role.BUREAU)
@require_POST
def draw_freeze(request: HttpRequest, year: int) -> HttpResponse:
    """封存名单: from here on the list is what its fingerprint says."""
    plan: Plan = plan_of(year)
    freeze = FREEZES.get(request.POST.get("kind", ""))
    if freeze is None:
        raise RefusedError("没有指明封存哪一种名单，请回抽选页重新点。", status=422)
    by = signed_in(request)
    return sealed_answer(request, lambda secret: freeze(plan, by=by, secret=secret))


@for_roles(*STAFF)
def draw_console(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """操作台: one step at a time; the state is in the database."""
    draw, user = queries.draw_of(year, code), signed_in(request)
    form = step_form(request, draw)
    if request.method == "POST" and (form is None or form.is_valid()):
        return take_step(request, draw, form.cleaned_data if form else {}, by=user)
    desk = queries.console(draw, for_user=user)
    context = {
        "page_title": f"{desk.title} {draw.code}",
        "desk": desk,
        "form": form or (SeedForm() if desk.step == "first" else second_form(draw)()),
        "seed_form": SeedForm(initial={"source": draw.seed_source, "witnesses": draw.witnesses}),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "evaluations/draw_console.html", context, status=status)


def step_form(request: HttpRequest, draw: Draw) -> DigitsForm | None:
    """The form of the step that was posted, if it has one."""
    if request.method != "POST":
        return None
    forms: dict[str, type[DigitsForm]] = {"first": SeedForm, "second": second_form(draw)}
    form = forms.get(request.POST.get("step", ""))
    return form(request.POST) if form else None


def second_form(draw: Draw) -> type[DigitsForm]:
    """The second typing opens the envelope where there is one."""
    return RevealForm if draw.commitment else DigitsForm


def take_step(request: HttpRequest, draw: Draw, data: dict[str, str], *, by: User) -> HttpResponse:
    """Do the posted step and show the next one."""
    if not may_type_seed(by):
        raise RefusedError("操作台由科室或中心的账号办理。请换账号登录。", status=403)
    step = request.POST.get("step", "")
    if step == "sheet":
        actions.sign_sheet_a(draw, by=by)
    elif step == "first":
        actions.enter_seed(draw, by=by, **data)
    elif step == "second":
        actions.hold_draw(draw, by=by, **data)
    elif step == "sign":
        actions.sign_draw(draw, by=by)
        return redirect("draw_detail", draw.plan.year, draw.code)
    else:
        raise RefusedError("没有指明办哪一步，请刷新操作台再办。", status=422)
    return redirect("draw_console", draw.plan.year, draw.code)


@for_roles(*STAFF)
def draw_live(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """现场投影, without navigation."""
    draw = queries.draw_of(year, code)
    page = live_page(draw)
    page["state_url"] = reverse("draw_state", args=[year, code])
    if page["phase_key"] == queries.Step.READING and may_type_seed(signed_in(request)):
        page["advance_url"] = reverse("draw_advance", args=[year, code])
    return render(request, "evaluations/draw_live.html", page)


@for_roles(*STAFF)
def draw_state(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """The progress of the reading, asked for every second."""
    return JsonResponse(live_state(queries.draw_of(year, code)))


@for_roles(*OPERATORS)
@require_POST
def draw_advance(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """宣读 the next item or all, pause, go on. `said` is the count on the caller's screen."""
    draw, user = queries.draw_of(year, code), signed_in(request)
    act, said = request.POST.get("act", ""), request.POST.get("said", "")
    if act not in READING_ACTS or not (said.isascii() and said.isdigit()):
        raise RefusedError("宣读指令不完整，请刷新页面再按。", status=422)
    if act in {"pause", "resume"}:
        draw = actions.pause_reading(draw, paused=act == "pause", by=user)
    else:
        draw = actions.announce(draw, upto=int(said[:9]) + 1 if act == "next" else 10**6, by=user)
    if "json" in request.headers.get("Accept", ""):
        return JsonResponse(live_state(draw))
    return redirect("draw_console" if "back" in request.POST else "draw_live", year, code)


@for_roles(*STAFF)
def draw_detail(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """抽选记录: the certificate as a document page, re-computed while it is shown."""
    draw, user = queries.draw_of(year, code), signed_in(request)
    record = record_page(draw)
    context = {
        "page_title": f"{record.title} {code}",
        "record": record,
        "may_run": may_run_draws(user),
        "may_void": may_run_draws(user) or may_confirm_void(user, draw),
    }
    return render(request, "evaluations/draw_detail.html", context)


@for_roles(Role.BUREAU, Role.LEADER)
def draw_void(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """作废: asked for with a reason, confirmed by another login, or taken back."""
    draw, user = queries.draw_of(year, code), signed_in(request)
    act = request.POST.get("act", "")
    form = VoidForm(request.POST if act == "request" else None)
    if act == "request" and form.is_valid():
        actions.request_void(draw, by=user, **form.cleaned_data)
        messages.success(request, f"已提出作废{code}，另一人确认后生效。")
        return redirect("draw_void", year, code)
    if act in {"confirm", "withdraw"}:
        act_on = actions.confirm_void if act == "confirm" else actions.withdraw_void
        act_on(draw, by=user)
        messages.success(request, f"{code}已作废。" if act == "confirm" else "作废申请已撤回。")
        return redirect("draw_list", year)
    context = {
        "page_title": f"作废 {code}",
        "desk": queries.console(draw, for_user=user),
        "form": form,
    }
    return render(
        request, "evaluations/draw_void.html", context, status=422 if form.errors else 200
    )


@for_roles(*STAFF)
def draw_lookup(request: HttpRequest, year: int) -> HttpResponse:
    """From the file or case number typed on the record to its explanation, or replacement."""
    typed = request.GET.get("serial", "").strip()
    if not typed:
        raise RefusedError("请填卷宗封面上的数字编号，例如0313，或完整案号。", status=422)
    digits = typed.isascii() and typed.isdigit()
    serial = int(typed[:9]) if digits else numbered_case(plan_of(year), typed).serial
    page = "draw_replace" if request.GET.get("act") == "replace" else "draw_why"
    return redirect(page, year, serial)


@for_roles(*STAFF, Role.HANDLER)
def draw_why(request: HttpRequest, year: int, serial: int) -> HttpResponse:
    """为什么抽中、没抽中: pool, ticket, cut-off, probability of one case."""
    found = explanation(plan_of(year), serial=serial, for_user=signed_in(request))
    context = {"page_title": f"{found.label} 为什么{found.verdict}", "why": found}
    return render(request, "evaluations/draw_why.html", context)
