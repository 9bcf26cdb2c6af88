"""抽样记录, 评分表 and 合议单 as Word documents, from the pages where they are read."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from evaluations.exports.case_papers import deliberation_paper, sample_paper, score_paper
from evaluations.models import DrawKind
from evaluations.queries.case_papers import graded_case, sealed_paper, sheet_papers
from evaluations.queries.draws import draw_of, refuse_before_reading
from evaluations.queries.draws_record import record_page
from evaluations.queries.plan import plan_of
from evaluations.queries.sheets import own_sheet
from evaluations.views.results import READERS
from wanzhou_eval.access import STAFF, for_roles, signed_in
from wanzhou_eval.downloads import send_document
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Role


@for_roles(*STAFF)
@require_GET
def draw_word(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """抽样记录 of the drawing of cases, once everything is read out."""
    draw = draw_of(year, code)
    if draw.kind != DrawKind.SAMPLE:
        raise RefusedError("只有案件抽选有抽样记录文书，其他抽选请打印抽选记录页。", status=404)
    refuse_before_reading(draw)
    data = sample_paper(record_page(draw), today=plan_of(year).today)
    return send_document(request, data, f"{code}抽样记录", year=year)


@for_roles(*READERS)
@require_GET
def settle_word(request: HttpRequest, year: int, serial: int, in_round: str) -> HttpResponse:
    """合议单 of a graded case."""
    case = graded_case(signed_in(request), year=year, serial=serial, in_round=in_round)
    return send_document(request, deliberation_paper(case), f"{serial:04d}合议单", year=year)


@for_roles(*READERS)
@require_GET
def settle_sheet_word(
    request: HttpRequest, year: int, serial: int, *, in_round: str, place: int
) -> HttpResponse:
    """One of the two sheets of a graded case: 1 the leader's, 2 the member's."""
    case = graded_case(signed_in(request), year=year, serial=serial, in_round=in_round)
    if place not in {1, 2}:
        raise RefusedError("一件只有两份评分表。请从合议单页下载。", status=404)
    sheet = case.pair[place - 1]
    title = f"{serial:04d}{'组长' if place == 1 else '组员'}评分表"
    return send_document(request, score_paper(sheet_papers([sheet])[0]), title, year=year)


@for_roles(Role.EXPERT)
@require_GET
def score_word(request: HttpRequest, year: int, serial: int, in_round: str) -> HttpResponse:
    """The author's own sealed sheet; anybody else's is as if it were not there."""
    sheet = own_sheet(signed_in(request), year=year, serial=serial, in_round=in_round)
    data = score_paper(sealed_paper(sheet))
    return send_document(request, data, f"{serial:04d}评分表", year=year)
