"""分析报告 and 一页通."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from evaluations.actions import report as actions
from evaluations.exports.report import firm_table, report_paper
from evaluations.forms.report import IssueReportForm, PanelReportForm, ReportForm
from evaluations.permissions.report import may_write_report
from evaluations.queries.plan import plan_of
from evaluations.queries.report import ReportPage, own_report_page, report_page
from evaluations.queries.report_desk import latest_seat_year
from evaluations.queries.results import approval_page
from evaluations.views.results import READERS
from wanzhou_eval.access import for_roles, signed_in
from wanzhou_eval.downloads import send_document, send_table, wants_table
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Role, User


@for_roles(*READERS)
@require_GET
def report(request: HttpRequest, year: int) -> HttpResponse:
    """分析报告: figures, panels' words, the bureau's; locked until the evaluation ended."""
    page = report_page(plan_of(year), version=request.GET.get("version", ""))
    if wants_table(request) and page.analysis:
        return send_table(request, firm_table(page.plan, page.analysis))
    return _report(request, page, ReportForm(initial=_written(page)), IssueReportForm())


def _written(page: ReportPage) -> dict[str, str]:
    draft = page.draft
    names = ("overview", "problems", "measures")
    return {name: getattr(draft, name) for name in names} if draft else {}


def _report(
    request: HttpRequest, page: ReportPage, form: ReportForm, issue: IssueReportForm
) -> HttpResponse:
    context = {
        "page": page,
        "page_title": f"{page.plan.year}年度评估分析报告",
        "may_write": _may_write(signed_in(request), page),
        "form": form,
        "issue_form": issue,
    }
    status = 422 if form.errors or issue.errors else 200
    return render(request, "evaluations/report.html", context, status=status)


def _may_write(user: User, page: ReportPage) -> bool:
    ended = page.plan.stage in {page.plan.Stage.MARKED, page.plan.Stage.PUBLISHED}
    needed = not page.issued or page.changed or page.draft is not None
    return may_write_report(user) and ended and needed and page.shown is None


@for_roles(*READERS)
@require_GET
def report_word(request: HttpRequest, year: int) -> HttpResponse:
    """评估报告 as a Word document: of the draft, of the latest or of a version."""
    page = report_page(plan_of(year), version=request.GET.get("version", ""))
    return send_document(request, report_paper(page), f"{year}年度评估报告", year=year)


@for_roles(Role.BUREAU)
@require_POST
def report_write(request: HttpRequest, year: int) -> HttpResponse:
    """起草: keep the text."""
    plan = plan_of(year)
    form = ReportForm(request.POST)
    if not form.is_valid():
        return _report(request, report_page(plan), form, IssueReportForm())
    actions.write_report(plan, **form.cleaned_data, by=signed_in(request))
    messages.success(request, "报告草稿已保存。")
    return redirect("report", year)


@for_roles(Role.BUREAU)
@require_POST
def report_issue(request: HttpRequest, year: int) -> HttpResponse:
    """印发: freeze the figures."""
    plan = plan_of(year)
    form = IssueReportForm(request.POST)
    if not form.is_valid():
        page = report_page(plan)
        return _report(request, page, ReportForm(initial=_written(page)), form)
    made = actions.issue_report(plan, **form.cleaned_data, by=signed_in(request))
    messages.success(request, f"评估报告已印发，数据指纹 {made.sha256[:8]}。")
    return redirect("report", year)


@for_roles(Role.EXPERT)
@require_GET
def my_reports(request: HttpRequest) -> HttpResponse:
    """The latest year in which this expert sits on a panel."""
    year = latest_seat_year(signed_in(request))
    if year is None:
        raise RefusedError("你还没有被抽入评估小组。抽入以后在这里提交汇总报告。", status=404)
    return redirect("my_report", year)


@for_roles(Role.EXPERT)
def my_report(request: HttpRequest, year: int) -> HttpResponse:
    """小组汇总: the panel's figures and its report; POST hands it in (组长)."""
    user = signed_in(request)
    page = own_report_page(plan_of(year), user)
    posted = request.POST if request.method == "POST" else None
    form = PanelReportForm(posted, initial=page.written)
    if form.is_valid():
        if page.seat is None:
            raise RefusedError("本年度你没有在评估小组里，不用提交汇总报告。", status=403)
        actions.report_panel(page.seat.panel, **form.cleaned_data, by=user)
        messages.success(request, "小组汇总报告已提交。")
        return redirect("my_report", year)
    context = {"page": page, "form": form, "page_title": f"{year}年度小组汇总报告"}
    status = 422 if form.errors else 200
    return render(request, "evaluations/my_report.html", context, status=status)


@for_roles(*READERS)
@require_GET
def brief(request: HttpRequest, year: int) -> HttpResponse:
    """一页通 for 局领导: where the year stands, on one printable page."""
    page = approval_page(plan_of(year))
    context = {"page": page, "page_title": f"{year}年度评估一页通"}
    return render(request, "evaluations/brief.html", context)
