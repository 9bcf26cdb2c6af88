"""合议 pages of the pair, and the 合议单 that staff read once the case is graded."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from evaluations.actions import deliberation as actions
from evaluations.actions.returning import return_sheet
from evaluations.forms.marking import AmountsForm, AnswerForm, ProposalForm, ReturnForm
from evaluations.models import SheetRound
from evaluations.queries.agreed_items import open_items, why_not_amounts, with_agreed
from evaluations.queries.alike import alike_told
from evaluations.queries.deliberation import Case, Comparison, compare, load_cases
from evaluations.queries.paper import scans_of
from evaluations.queries.plan import plan_of
from evaluations.queries.settle import settle_list as cases_of
from evaluations.queries.sheets import returned_sheets, revealed_pair
from evaluations.rules.deliberation import Act
from wanzhou_eval.access import for_roles, signed_in
from wanzhou_eval.models import Role

FIRST = SheetRound.FIRST.value
experts_only = for_roles(Role.EXPERT)


@experts_only
@require_GET
def settle_list(request: HttpRequest) -> HttpResponse:
    """合议: the pair's cases whose two sheets are sealed, by what is to do."""
    context = {"page": cases_of(signed_in(request)), "page_title": "合议"}
    return render(request, "evaluations/settle_list.html", context)


def _case(request: HttpRequest, *, year: int, serial: int, in_round: str) -> Case:
    pair = revealed_pair(signed_in(request), year=year, serial=serial, in_round=in_round)
    return load_cases([pair])[0]


def _context(request: HttpRequest, case: Case) -> dict[str, Any]:
    every_item = request.GET.get("items") == "all"
    sheet = case.pair[0]
    acts = case.acts_of(signed_in(request))
    return {
        "case": case,
        "comparison": with_agreed(case, compare(case, every_item=every_item)),
        "every_item": every_item,
        "returned": returned_sheets(case.pair),
        "scans": scans_of(case.pair),
        "file": sheet.drawn_case.case,
        "plan": sheet.drawn_case.draw.plan,
        "review": sheet.round == SheetRound.REVIEW,
        "address": _address(case),
        "acts": {act.value: act in acts for act in Act},
        "page_title": f"{sheet.drawn_case.case.serial:04d} 合议",
    }


@experts_only
@require_GET
def settle_case(
    request: HttpRequest, year: int, serial: int, in_round: str = FIRST
) -> HttpResponse:
    """两评对照, the proposals so far, and what this expert may do now."""
    case = _case(request, year=year, serial=serial, in_round=in_round)
    return _settle_page(request, case)


def _settle_page(
    request: HttpRequest, case: Case, *, status: int = 200, **forms: Any
) -> HttpResponse:
    context = _context(request, case)
    context |= {
        "propose_form": ProposalForm(bands=case.bands, prefix="propose"),
        "amounts_form": _amounts_form(case, context["comparison"])
        if context["acts"][Act.PROPOSE]
        else None,
        "return_form": ReturnForm(pair=case.pair),
        "rule_form": ProposalForm(bands=case.bands, prefix="rule"),
        "answer_form": AnswerForm(),
    }
    return render(request, "evaluations/settle_case.html", context | forms, status=status)


@experts_only
@require_POST
def settle_confirm(
    request: HttpRequest, year: int, serial: int, in_round: str = FIRST
) -> HttpResponse:
    """The leader confirms the grade both sheets give."""
    user = signed_in(request)
    first, _ = revealed_pair(user, year=year, serial=serial, in_round=in_round)
    actions.confirm_agreement(first.drawn_case, by=user, in_round=in_round)
    messages.success(request, f"{serial:04d}号两评一致，已定等次。")
    return redirect("settle_list")


@experts_only
@require_POST
def settle_confirm_all(request: HttpRequest, year: int) -> HttpResponse:
    """The leader confirms all cases on which the sheets agree."""
    count = actions.confirm_agreements(plan_of(year), by=signed_in(request))
    messages.success(request, f"{count}件两评一致，已定等次。")
    return redirect("settle_list")


@experts_only
@require_POST
def settle_propose(
    request: HttpRequest, year: int, serial: int, in_round: str = FIRST
) -> HttpResponse:
    """提出等次 with a reason."""
    case = _case(request, year=year, serial=serial, in_round=in_round)
    form = ProposalForm(request.POST, bands=case.bands, prefix="propose")
    cells = _amounts_form(case, compare(case, every_item=False), request.POST)
    if all([form.is_valid(), cells.is_valid()]):
        grade = form.cleaned_data["grade"]
        form.refuse(why_not_amounts(case, grade=grade, **{"amounts": {}} | cells.settled))
    if form.errors or cells.errors:
        return _settle_page(request, case, status=422, propose_form=form, amounts_form=cells)
    actions.propose_grade(
        case.pair[0].drawn_case, by=signed_in(request), in_round=in_round,
        **cells.settled, **form.cleaned_data,
    )  # fmt: skip
    messages.success(request, f"{serial:04d}号已提出等次，等对方答复。")
    return redirect(_address(case))


@experts_only
@require_POST
def settle_answer(
    request: HttpRequest, year: int, serial: int, in_round: str = FIRST
) -> HttpResponse:
    """同意 or 不同意 the open proposal."""
    case = _case(request, year=year, serial=serial, in_round=in_round)
    form = AnswerForm(request.POST)
    if not form.is_valid() or not case.proposals:
        return _settle_page(request, case, status=422, answer_form=form)
    agree = form.cleaned_data["answer"] == "agree"
    actions.answer_proposal(
        case.proposals[-1],
        agree=agree,
        reason=form.cleaned_data["reason"],
        by=signed_in(request),
    )
    said = "已协商一致，等次已定。" if agree else "不同意见已记录，由组长写明理由后定。"
    messages.success(request, f"{serial:04d}号{said}")
    return redirect(_address(case))


@experts_only
@require_POST
def settle_rule(
    request: HttpRequest, year: int, serial: int, in_round: str = FIRST
) -> HttpResponse:
    """组长意见."""
    case = _case(request, year=year, serial=serial, in_round=in_round)
    form = ProposalForm(request.POST, bands=case.bands, prefix="rule")
    if not form.is_valid():
        return _settle_page(request, case, status=422, rule_form=form)
    actions.rule_grade(
        case.pair[0].drawn_case, by=signed_in(request), in_round=in_round, **form.cleaned_data
    )
    messages.success(request, f"{serial:04d}号已按组长意见定等次，不同意见已保留。")
    return redirect(_address(case))


def _amounts_form(case: Case, comparison: Comparison, data: Any = None) -> AmountsForm:
    items = open_items(comparison)
    return AmountsForm(data, items=items, form_id="propose", by_level=case.by_level)


@experts_only
@require_POST
def settle_return(
    request: HttpRequest, year: int, serial: int, in_round: str = FIRST
) -> HttpResponse:
    """退回更正: one sheet goes back to its author as a new edition beside the old."""
    case = _case(request, year=year, serial=serial, in_round=in_round)
    form = ReturnForm(request.POST, pair=case.pair)
    if not form.is_valid():
        return _settle_page(request, case, status=422, return_form=form)
    chosen = int(form.cleaned_data["sheet"])
    given = next(sheet for sheet in case.pair if sheet.pk == chosen)
    return_sheet(
        given.drawn_case, sheet=chosen, reason=form.cleaned_data["reason"],
        by=signed_in(request), in_round=in_round,
    )  # fmt: skip
    messages.success(
        request, f"{serial:04d}号已退回{given.expert}更正，原表保留；重新封存后再合议。"
    )
    return redirect("settle_list")


def _address(case: Case) -> str:
    sheet = case.pair[0]
    name = "settle_review" if sheet.round == SheetRound.REVIEW else "settle_case"
    return reverse(name, args=[sheet.drawn_case.draw.plan.year, sheet.drawn_case.case.serial])


@for_roles(Role.BUREAU, Role.LEADER, Role.AUDITOR)
@require_GET
def settle_record(
    request: HttpRequest, year: int, serial: int, in_round: str = FIRST
) -> HttpResponse:
    """合议单 of a graded case: both sheets side by side, proposals, outcome; printable."""
    case = _case(request, year=year, serial=serial, in_round=in_round)
    context = _context(request, case)
    context |= {"page_title": f"{serial:04d} 合议单", "alike": alike_told([case.pair])}
    return render(request, "evaluations/settle_record.html", context)
