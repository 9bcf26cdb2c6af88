"""清洗台账 and the kept files: what was changed on the way in, and what came in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cases import queries
from cases.cleaning_table import cleaning_table
from cases.permissions import may_see_recipient
from cases.views.population import IMPORTERS
from wanzhou_eval.access import STAFF, for_roles, signed_in
from wanzhou_eval.downloads import Handout, download, send_table, wants_table

PLAIN = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"


@for_roles(*STAFF)
def case_cleaning(request: HttpRequest, year: int) -> HttpResponse:
    """清洗台账: every cell changed between file and list; as filtered as .xlsx."""
    frame = queries.frame_of(year)
    asked = queries.CleaningFilter.asked(request.GET.dict())
    shows = may_see_recipient(signed_in(request))
    if wants_table(request):
        lines = queries.filtered_lines(frame, asked)
        return send_table(request, cleaning_table(lines, asked, frame, with_recipients=shows))
    context = {
        "ledger": queries.cleaning_page(frame, asked, request.GET.get("page")),
        "page_title": f"{year}年度清洗台账",
        "shows_recipient": shows,
    }
    return render(request, "cases/cleaning.html", context)


@for_roles(*IMPORTERS)
def case_cleaning_text(request: HttpRequest, year: int) -> HttpResponse:
    """The canonical text, whose SHA-256 is the fingerprint."""
    text = queries.cleaning_text(queries.frame_of(year))
    note_handout(request, "清洗台账标准文本", year=year)
    return download(text.encode(), f"{year}年度清洗台账.txt", PLAIN)


@for_roles(*STAFF)
def import_list(request: HttpRequest, year: int) -> HttpResponse:
    """All uploads of the year: state, who, when, fingerprint."""
    frame = queries.frame_of(year)
    context = {
        "frame": frame,
        "uploads": queries.uploads_page(frame, request.GET.get("page")),
        "page_title": f"{year}年度上传的文件",
        "may_download": signed_in(request).role in IMPORTERS,
    }
    return render(request, "cases/import_list.html", context)


@for_roles(*IMPORTERS)
def import_file(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """The file exactly as it was uploaded; handing it out is a line of the trail."""
    batch = queries.find_batch(queries.frame_of(year), pk)
    note_handout(request, f"原始文件 {batch}", year=year)
    return download(bytes(batch.data), batch.file_name, BYTES)


def note_handout(request: HttpRequest, title: str, *, year: int) -> None:
    """Have the trail say that a file with names of people was handed out."""
    request.handout = Handout(title, year, 1, 0)  # type: ignore[attr-defined]  # middleware.handouts
