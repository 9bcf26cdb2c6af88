"""纸质评分表 pages of 中心: blank sheets to print, typing twice, checking and sealing, scans."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from evaluations.actions import paper as actions
from evaluations.forms.paper import DiscardForm, ScanForm, TypingForm
from evaluations.models import Plan, ScoreSheet
from evaluations.queries import paper as queries
from evaluations.queries.plan import plan_of
from evaluations.queries.sheets import why_closed
from evaluations.queries.standards import load_scope
from evaluations.rules.paper import COMMENT, typing_problems
from wanzhou_eval.access import for_roles, signed_in
from wanzhou_eval.downloads import download
from wanzhou_eval.models import Role

typists = for_roles(Role.BUREAU, Role.CLERK)
SHEET_PAGE = "evaluations/paper_sheet.html"
CONFIRM_PAGE = "evaluations/paper_confirm.html"


@typists
@require_GET
def paper_list(request: HttpRequest, year: int) -> HttpResponse:
    """纸质评分表: the scan box, every sheet with its state, blank sheets to print."""
    plan, typed = plan_of(year), request.GET.get("code", "").strip()
    if typed:
        sheet = queries.find_paper(plan, typed)
        return redirect(queries.paper_head(sheet, plan).url)
    expert = request.GET.get("expert", "")
    context = {
        "desk": queries.paper_desk(plan, expert),
        "expert": expert,
        "page_title": "纸质评分表",
    }
    return render(request, "evaluations/paper_list.html", context)


@typists
@require_GET
def paper_print(request: HttpRequest, year: int) -> HttpResponse:
    """Blank sheets for paper, of an expert or one by its code; nothing of any draft."""
    plan = plan_of(year)
    expert = request.GET.get("expert", "")
    sheets = queries.blank_sheets(plan, expert=expert, code=request.GET.get("code", ""))
    context = {
        "papers": [
            {
                "head": queries.paper_head(sheet, plan),
                "standard": load_scope(sheet.standard, sheet.scope)[0],
            }
            for sheet in sheets
        ],
        "expert": queries.expert_name(plan, expert),
        "page_title": "打印空白评分表",
    }
    return render(request, "evaluations/paper_print.html", context)


@dataclass(frozen=True)
class Desk:
    """One sheet on the typist's desk."""

    plan: Plan
    sheet: ScoreSheet
    page: queries.PaperPage

    def context(self, form: TypingForm | None = None) -> dict[str, Any]:
        """What the page shows."""
        return {
            "page": self.page,
            "head": self.page.head,
            "form": form,
            "discard": DiscardForm(),
            "may_discard": bool(self.page.turns) and not self.page.sealed,
            "page_title": f"{self.page.head.serial} 纸质评分表",
        }


def _desk(request: HttpRequest, year: int, code: str) -> Desk:
    plan = plan_of(year)
    sheet = queries.find_paper(plan, code)
    why = "" if sheet.sealed else why_closed(sheet)
    return Desk(plan, sheet, queries.paper_page(sheet, plan, user=signed_in(request), why=why))


@typists
def paper_sheet(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Type the signed sheet: first or second time, each person the own one alone."""
    with queries.typing_as(signed_in(request)):
        desk = _desk(request, year, code)
        page = desk.page
        if request.method == "POST":
            return _type(request, desk)
        form = TypingForm(page.items, own=page.own, data=None) if page.turn else None
        if form:
            form.point_out([], page.differs)
        return render(request, SHEET_PAGE, desk.context(form))


def _type(request: HttpRequest, desk: Desk) -> HttpResponse:
    page, finish = desk.page, request.POST.get("action") == "finish"
    saves = request.POST.get("saves", "")
    form = TypingForm(page.items, own=page.own, data=request.POST)
    typed = form.typed(notes=page.turn == 1)
    missing = typing_problems(page.standard, typed) if finish else []
    if form.errors or (page.turn and missing):
        form.point_out(missing, page.differs)
        return render(request, SHEET_PAGE, desk.context(form), status=422)
    own = actions.save_typing(
        desk.sheet,
        marks=form.marks,
        comment=form.comment,
        overall=form.overall,
        finish=finish,
        saves=int(saves) if saves.isascii() and saves.isdigit() and len(saves) < 9 else -1,
        by=signed_in(request),
    )
    if not finish:
        messages.success(request, f"{page.head.serial}号第{own.turn}遍已保存，还没有录完。")
        return redirect(page.head.url)
    messages.success(request, f"{page.head.serial}号第{own.turn}遍已录完。")
    name = "paper_sheet" if own.turn == 1 else "paper_confirm"
    return redirect(name, desk.plan.year, page.head.code)


@typists
def paper_confirm(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Compare the notes with the paper, attach the scan, seal: by who typed the second time."""
    user = signed_in(request)
    with queries.typing_as(user):
        desk = _desk(request, year, code)
        page, texts = desk.page, queries.first_texts(desk.sheet)
        if page.turn != 2 or not page.alike:
            return redirect(page.head.url)
        form = ScanForm(request.POST or None, request.FILES or None)
        checked = set(request.POST.getlist("checked"))
        if request.method == "POST" and form.is_valid() and checked >= set(texts):
            actions.seal_paper(
                desk.sheet, files=form.cleaned_data["scans"], checked=checked, by=user
            )
            messages.success(request, f"{page.head.serial}号纸质评分表已核对并封存。")
            return redirect("paper_list", year)
        left = request.method == "POST" and not checked >= set(texts)
        context = desk.context() | {
            "form": form,
            "texts": _texts(page, texts, checked),
            "errors": [{"text": "请逐条核对，与纸面一致的都打勾"}] if left else [],
        }
        status = 422 if form.errors or left else 200
        return render(request, CONFIRM_PAGE, context, status=status)


def _texts(
    page: queries.PaperPage, texts: dict[str, str], checked: set[str]
) -> list[dict[str, object]]:
    names = {str(item.pk): f"{item.number} {item.title}" for item in page.items}
    names[COMMENT] = "总体意见"
    return [
        {"key": key, "name": name, "text": texts[key], "checked": key in checked}
        for key, name in names.items()
        if key in texts
    ]


@typists
@require_POST
def paper_discard(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """撤销录入: the sheet may be typed anew, or scored in the system."""
    plan = plan_of(year)
    sheet = queries.find_paper(plan, code)
    actions.discard_paper(sheet, reason=request.POST.get("reason", ""), by=signed_in(request))
    messages.success(request, f"{sheet.drawn_case.case.serial:04d}号的录入已撤销。")
    return redirect("paper_list", year)


@for_roles(Role.EXPERT, Role.BUREAU, Role.LEADER, Role.AUDITOR)
@require_GET
def paper_scan(request: HttpRequest, pk: int) -> HttpResponse:
    """A scan, as a download only, for whoever may read the sheet at this moment."""
    scan = queries.find_scan(pk, for_user=signed_in(request))
    return download(bytes(scan.data), scan.name, scan.content_type)
