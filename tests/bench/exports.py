"""P11: the list as a workbook, at the size of a year and of a whole municipality."""

import io
import tracemalloc
from collections.abc import Callable, Iterator

from django.db import connection, transaction
from django.test import Client
from openpyxl import Workbook

from cases.listing import COLUMNS
from cases.models import Case, Frame, ImportBatch
from evaluations.models import Plan
from tests.bench.measure import Row, compare, row
from wanzhou_eval.models import User

LARGE = 100_000


def export_list() -> Iterator[Row]:
    """The list of 761 cases / the same columns by openpyxl write-only."""
    figure, floor = export(2022), bare_workbook(2022)
    pair = compare(figure, floor, rounds=5, times=3)
    yield row("P11 案件名单 761 行成 Excel", pair, goal=1.3)


def export_large() -> Iterator[Row]:
    """The same at 100,000 rows with the peak of memory; takes about a minute."""
    with transaction.atomic():
        large_frame()
        figure, floor = export(2099), bare_workbook(2099)
        pair = compare(figure, floor, rounds=1, times=1)
        tracemalloc.start()
        figure()
        peak = tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()
        transaction.set_rollback(True)
    note = f"Python 内存峰值 {peak:.0f} 兆"
    yield row("P11 案件名单 100,000 行成 Excel", pair, goal=1.3, note=note)


def export(year: int) -> Callable[[], None]:
    """Download the whole list as the bureau does."""
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.get(username="bureau"))

    def downloaded() -> None:
        answer = client.get(f"/y/{year}/cases/?format=xlsx")
        assert answer.status_code == 200
        assert sum(len(part) for part in answer) > 0

    return downloaded


def bare_workbook(year: int) -> Callable[[], None]:
    """As many columns of the same cases by openpyxl, without login, handlers or second sheet."""
    names = [name for name in COLUMNS.values() if name != "handled"]

    def written() -> None:
        book = Workbook(write_only=True)
        sheet = book.create_sheet()
        cases = Case.objects.filter(frame__year=year).values_list(*names, "subsidy")
        for case in cases.iterator(chunk_size=2000):
            sheet.append(list(case))
        book.save(io.BytesIO())

    return written


def large_frame() -> None:
    """A year of 100,000 cases with one handler each, copied from one case in the database."""
    real = Plan.objects.get(year=2022).frame
    frame = Frame.objects.create(
        year=2099, window_from=real.window_from, window_to=real.window_to, rehearsal=True
    )
    pattern = Case.objects.filter(frame=real).order_by("pk")[0]
    batch = ImportBatch.objects.create(
        frame=frame, content="ledger", file_name="大台账.xlsx", sha256="0" * 64, data=b""
    )
    own = {"frame_id": str(frame.pk), "batch_id": str(batch.pk), "serial": "n"}
    own |= dict.fromkeys(("key", "skeleton", "number"), "number || n")
    fields = [field for field in Case._meta.concrete_fields if not field.primary_key]
    columns = [field.column or field.name for field in fields]
    values = ", ".join(own.get(column, f'"{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO cases_case ({names}) SELECT {values} FROM cases_case,"
            f" generate_series(1, {LARGE}) AS n WHERE id = %s",
            [pattern.pk],
        )
        cursor.execute(
            "INSERT INTO cases_casehandler (case_id, person_id, position)"
            " SELECT c.id, h.person_id, 1 FROM cases_case c, cases_casehandler h"
            " WHERE c.frame_id = %s AND h.case_id = %s AND h.position = 1",
            [frame.pk, pattern.pk],
        )
