"""The letters of an appeal as Word documents: for staff, and to the handler his own."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from appeals.exports.letters import answer_letter, notice_letter, review_paper
from appeals.queries.answers import notice_facts
from appeals.queries.mine import my_case
from appeals.queries.work import AppealPage, appeal_page, first_grade
from evaluations.queries.plan import plan_of
from wanzhou_eval.access import STAFF, for_roles, signed_in
from wanzhou_eval.downloads import send_document
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Role

NO_PAPER = "没有这种文书。请从异议申辩页下载。"
NAMES = {"notice": "异议通知书", "review": "复评意见书", "answer": "异议审查结果反馈书"}


@for_roles(*STAFF)
@require_GET
def appeal_word(request: HttpRequest, year: int, pk: int, paper: str) -> HttpResponse:
    """通知, 复评意见 or 反馈 of an appeal; 中心 does not read the panel's paper."""
    page = appeal_page(plan_of(year), pk)
    if paper not in NAMES or (paper == "review" and signed_in(request).role == Role.CLERK):
        raise RefusedError(NO_PAPER, status=404)
    title = f"{page.drawn_case.case.label}{NAMES[paper]}"
    return send_document(request, _paper(page, paper), title, year=year)


def _paper(page: AppealPage, paper: str) -> bytes:
    if paper == "notice":
        return notice_letter(notice_facts(page.appeal, page.plan))
    if paper == "review":
        return review_paper(page)
    return answer_letter(page.plan, page.appeal, before=page.grade)


@for_roles(Role.HANDLER)
@require_GET
def my_word(request: HttpRequest, year: int, serial: int, pk: int, *, paper: str) -> HttpResponse:
    """通知 or 反馈 of an own appeal; anybody else's is as if it were not there."""
    page = my_case(signed_in(request), plan=plan_of(year), serial=serial)
    appeal = page.own(pk)
    if paper == "notice":
        data = notice_letter(notice_facts(appeal, page.plan))
    elif paper == "answer":
        data = answer_letter(page.plan, appeal, before=first_grade(appeal))
    else:
        raise RefusedError(NO_PAPER, status=404)
    return send_document(request, data, f"{serial:04d}{NAMES[paper]}", year=year)
