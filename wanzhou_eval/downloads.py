"""Files that a page hands out: never shown inline, and on record where they name people."""

from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, cast
from urllib.parse import quote

from django.http import FileResponse, HttpRequest, HttpResponse

from wanzhou_eval.access import signed_in
from wanzhou_eval.clock import database_now
from wanzhou_eval.spreadsheets import Table, write_table
from wanzhou_eval.wordfiles import DOCX

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IN_MEMORY = 4 * 1024 * 1024
"""Bytes of a workbook kept in memory before it goes on through a temporary file."""


@dataclass(frozen=True)
class Handout:
    """An export that belongs into the audit trail: `middleware.handouts` writes the line."""

    title: str
    year: int | None
    rows: int
    filters: int


def wants_table(request: HttpRequest) -> bool:
    """Whether the list is asked for as .xlsx: its own address with `format=xlsx`.

    The same view answers, so that filters and permission are those of the page.
    """
    return request.method == "GET" and request.GET.get("format") == "xlsx"


def write_out(request: HttpRequest, table: Table, *, into: IO[bytes]) -> None:
    """Write the table in the name of the reader; names of people are noted for the trail."""
    rows = write_table(
        table, into=into, exported_by=signed_in(request).name, exported_at=database_now()
    )
    if table.personal:
        note_handout(request, Handout(table.title, table.year, rows, len(table.filters)))


def note_handout(request: HttpRequest, handout: Handout) -> None:
    """Have the trail tell that this was handed out."""
    request.handout = handout  # type: ignore[attr-defined]  # read by middleware.handouts


def send_table(request: HttpRequest, table: Table) -> HttpResponse:
    """The table as a workbook, complete before the first byte leaves: a fault is a refusal."""
    target = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # the response closes it
    write_out(request, table, into=target)
    target.seek(0)
    name = f"{table.title}.xlsx".replace("/", " ")
    response = FileResponse(target, as_attachment=True, filename=name, content_type=XLSX)
    return cast(HttpResponse, response)  # a stream of the same family; views name the common one


def send_document(request: HttpRequest, data: bytes, title: str, *, year: int) -> HttpResponse:
    """A Word document that names people: its export is a line of the trail."""
    request.handout = Handout(title, year, 1, 0)  # type: ignore[attr-defined]  # as above
    return download(data, f"{title}.docx", DOCX)


def send_pack(request: HttpRequest, data: bytes, title: str, *, year: int) -> HttpResponse:
    """Many documents that name people, as a ZIP."""
    request.handout = Handout(title, year, 1, 0)  # type: ignore[attr-defined]  # as above
    return download(data, f"{title}.zip", "application/zip")


def download(data: bytes, name: str, content_type: str) -> HttpResponse:
    """A file to keep."""
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
