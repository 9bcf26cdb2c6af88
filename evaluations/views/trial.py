"""试评 pages: choosing and ending it, the experts' sheets, the comparison."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET, require_POST

from evaluations.actions import trial as actions
from evaluations.forms.before import TrialForm
from evaluations.forms.marking import all_rows, overall_sent
from evaluations.models import TrialSheet
from evaluations.permissions.marking import may_run_marking
from evaluations.queries import trial as queries
from evaluations.queries.loose_sheets import sheet_context
from evaluations.queries.marking import is_signed
from evaluations.queries.plan import plan_of
from evaluations.views.practice import check_context, row_of, saved_answer
from wanzhou_eval.access import STAFF, for_roles, signed_in
from wanzhou_eval.models import Role

experts_only = for_roles(Role.EXPERT)
bureau_only = for_roles(Role.BUREAU)


@for_roles(*STAFF, Role.EXPERT)
@require_GET
def trial(request: HttpRequest, year: int) -> HttpResponse:
    """试评: progress until the end, the comparison afterwards."""
    plan, user = plan_of(year), signed_in(request)
    page = queries.trial_overview(plan)
    keeper = may_run_marking(user, plan) and plan.stage in actions.IN_TRIAL
    context = {
        "plan": plan,
        "page": page,
        "staff": user.role != Role.EXPERT,
        "may_open": keeper and page.trial is None,
        "may_close": keeper and page.trial is not None and page.trial.closed_at is None,
        "page_title": f"{year}年度试评",
    }
    return render(request, "evaluations/trial.html", context)


@bureau_only
def trial_open(request: HttpRequest, year: int) -> HttpResponse:
    """开始试评: choose one to four files, with the reason."""
    plan = plan_of(year)
    offered = queries.candidates(plan)
    form = TrialForm(request.POST or None, offered=offered)
    if request.method == "POST" and form.is_valid():
        actions.open_trial(plan, **form.cleaned_data, by=signed_in(request))
        messages.success(request, "试评已开始，评分标准已锁定。请通知专家在“我的任务”里试评。")
        return redirect("trial", year)
    context = {"plan": plan, "form": form, "offered": offered, "page_title": "开始试评"}
    status = 422 if form.errors else 200
    return render(request, "evaluations/trial_open.html", context, status=status)


@bureau_only
@require_POST
def trial_close(request: HttpRequest, year: int) -> HttpResponse:
    """结束试评 before everybody sealed."""
    reason = request.POST.get("reason", "")
    actions.close_trial(plan_of(year), reason=reason, by=signed_in(request))
    messages.success(request, "试评已结束。没有封存的试评表不再显示，也不参加比较。")
    return redirect("trial", year)


def _context(request: HttpRequest, sheet: TrialSheet) -> dict[str, Any]:
    page = queries.trial_page(sheet)
    pages = {"sheet_url": "sheet", "save_url": "save", "check_url": "check"}
    if not sheet.sealed_at and not page.lock_text:
        pages["submit_url"] = "seal"
    urls = {name: queries.trial_url(sheet, each) for name, each in pages.items()}
    queue = queries.trial_queue(signed_in(request), sheet)
    plan = sheet.file.trial.plan
    return sheet_context(page, urls=urls, queue=queue) | {
        "plan": plan,
        "loose": {"kind": "试评", "hint": "与案号核对", "trial": True, "year": plan.year},
        "told": "提交后不能再改；全部专家提交后一起比较，不计入任何案件的结果。",
        "page_title": f"{page.head.serial} 试评",
    }


@experts_only
@require_GET
def trial_sheet(request: HttpRequest, year: int, ordinal: int) -> HttpResponse:
    """The own trial sheet on the real page."""
    user = signed_in(request)
    sheet = queries.own_trial_sheet(user, year=year, ordinal=ordinal)
    if not is_signed(user, sheet.file.trial.plan):
        return redirect("undertaking")
    return render(request, "evaluations/score_loose.html", _context(request, sheet))


@experts_only
@require_POST
def trial_save(request: HttpRequest, year: int, ordinal: int) -> HttpResponse:
    """Save one row for the script (JSON), or the whole sheet without it."""
    user = signed_in(request)
    sheet = queries.own_trial_sheet(user, year=year, ordinal=ordinal)
    loose = queries.loose_trial_sheet(sheet)
    comment, overall = request.POST.get("comment"), overall_sent(request.POST)
    if "json" in request.headers.get("Accept", ""):
        of_whole = "comment" in request.POST or "overall" in request.POST
        rows = [] if of_whole else [row_of(request, loose)]
        saved = actions.save_trial_rows(sheet, rows=rows, comment=comment, overall=overall, by=user)
        at = f"{localtime(saved.at):%H:%M:%S}"
        return saved_answer(saved.sheet, version=saved.version, at=at)
    rows = [row.values() for row in all_rows(request.POST, items=loose.items)]
    actions.save_trial_rows(sheet, rows=rows, comment=comment, overall=overall, by=user)
    match request.POST.get("action"):
        case "check":
            return redirect("trial_check", year, ordinal)
        case "leave":
            return redirect("my_tasks")
    return redirect("trial_sheet", year, ordinal)


@experts_only
@require_GET
def trial_check(request: HttpRequest, year: int, ordinal: int) -> HttpResponse:
    """核对并封存, as the real sheet's."""
    sheet = queries.own_trial_sheet(signed_in(request), year=year, ordinal=ordinal)
    context = check_context(_context(request, sheet))
    return render(request, "evaluations/score_check.html", context)


@experts_only
@require_POST
def trial_seal(request: HttpRequest, year: int, ordinal: int) -> HttpResponse:
    """封存 the own trial sheet; what is missing is listed on the check page."""
    user = signed_in(request)
    sheet = queries.own_trial_sheet(user, year=year, ordinal=ordinal)
    if sheet.sealed_at is None and queries.trial_page(sheet).problems:
        return redirect("trial_check", year, ordinal)
    overall = overall_sent(request.POST)
    actions.seal_trial(sheet, comment=request.POST.get("comment"), overall=overall, by=user)
    messages.success(request, f"试评{ordinal}号已封存。")
    waiting = [each for each in queries.own_trial_sheets(user) if not each.sealed_at]
    return redirect(queries.trial_url(waiting[0])) if waiting else redirect("trial", year)
