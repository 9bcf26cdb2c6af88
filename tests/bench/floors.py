"""Floors: the least that any page, save or import of this kind must do."""

import io

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import include, path
from python_calamine import CalamineWorkbook

from evaluations.models import Plan
from wanzhou_eval.access import EVERYONE, for_roles
from wanzhou_eval.database import APP

COLUMNS = 18


@for_roles(*EVERYONE)
def bare_page(request: HttpRequest) -> HttpResponse:
    """Session, user, one SELECT, one template."""
    plan = Plan.objects.get(year=2022)
    context = {"title": "空页", "sentence": plan.title}
    return render(request, "wanzhou_eval/message.html", context)


@for_roles(*EVERYONE)
def bare_update(request: HttpRequest) -> HttpResponse:
    """Session, user, one UPDATE."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE bench_row SET value = value + 1 WHERE id = 1")
    return JsonResponse({"version": 1})


urlpatterns = [
    path("bench/page/", bare_page),
    path("bench/update/", bare_update),
    path("", include("wanzhou_eval.urls")),
]
handler403 = "wanzhou_eval.views.forbidden"
handler404 = "wanzhou_eval.views.not_found"
handler500 = "wanzhou_eval.views.broken"


def create_tables(owner: str) -> None:
    """A row to update, and an indexed table of text to copy a ledger into."""
    from django.db import connections

    names = ", ".join(f"c{n} text" for n in range(COLUMNS))
    with connections[owner].cursor() as cursor:
        cursor.execute("CREATE TABLE bench_row (id int PRIMARY KEY, value int)")
        cursor.execute("INSERT INTO bench_row VALUES (1, 0)")
        cursor.execute(f"CREATE TABLE bench_ledger (id bigserial PRIMARY KEY, {names})")
        cursor.execute(
            "CREATE TABLE bench_line (id bigserial PRIMARY KEY, list int, ordinal int, number text,"
            " kind text, firm text, recipient text, handler text, grade text,"
            " UNIQUE (list, ordinal))"
        )
        for column in ("c1", "c6", "c4"):
            cursor.execute(f"CREATE INDEX ON bench_ledger ({column})")
        names = "bench_row, bench_ledger, bench_ledger_id_seq, bench_line, bench_line_id_seq"
        cursor.execute(f"GRANT ALL ON {names} TO {APP}")


def copy_ledger(data: bytes) -> None:
    """Parse with calamine and COPY every row into the indexed table."""
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    lines = io.StringIO()
    for cells in sheet.to_python():
        texts = [str(cell).replace("\t", " ").replace("\n", " ") for cell in cells[:COLUMNS]]
        lines.write("\t".join(texts + [""] * (COLUMNS - len(texts))).replace("\\", "") + "\n")
    lines.seek(0)
    names = ", ".join(f"c{n}" for n in range(COLUMNS))
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE bench_ledger")
        cursor.copy_expert(f"COPY bench_ledger ({names}) FROM STDIN", lines)


def copy_lines(count: int) -> None:
    """COPY as many lines as a publication has into an indexed table of the same columns."""
    lines = io.StringIO("".join(
        f"1\t{n}\t渝万援民〔2022〕{n}号\t民事\t重庆试验律师事务所\t赵某{n}\t\t合格\n"
        for n in range(count)
    ))  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE bench_line")
        names = "list, ordinal, number, kind, firm, recipient, handler, grade"
        cursor.copy_expert(f"COPY bench_line ({names}) FROM STDIN", lines)
