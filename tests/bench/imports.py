"""P1: the clerk's ledger from file to stored, audited cases."""

from collections.abc import Iterator
from io import BytesIO, StringIO

from django.db import connection, transaction
from python_calamine import CalamineWorkbook

from appeals.rehearsal.year import DATA, Rehearsal
from cases.actions import confirm_import, upload_file
from tests.bench.database import COLUMNS
from tests.bench.measure import Meter, Row

NAME = "2022年1-7月办结案件台账.xlsx"


def rows(meter: Meter, year: Rehearsal) -> Iterator[Row]:
    """导入; each run is rolled back, so that every run meets the same empty frame."""
    data, clerk = (DATA / NAME).read_bytes(), year.people["clerk"]

    def work() -> None:
        with transaction.atomic():
            batch = upload_file(
                year.plan.frame, content="ledger", data=data, file_name=NAME, by=clerk
            )
            confirm_import(batch, by=clerk)
            assert year.plan.frame.cases.count() == 761
            transaction.set_rollback(True)

    def floor() -> None:
        with transaction.atomic():
            copy_parsed(data)
            transaction.set_rollback(True)

    figure, least = meter.compare(work, floor, rounds=7)
    yield Row("P1", "导入 761 行台账", figure, least, 2.0, "上传、预览、确认，共读两遍")


def copy_parsed(data: bytes) -> None:
    """The floor: parse with calamine, COPY into a table with a key and two indexes."""
    text = StringIO()
    number = 0
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    for name in book.sheet_names:
        for row in book.get_sheet_by_name(name).to_python():
            cells = [str(cell).replace("\\", "").replace("\n", " ") for cell in row[:COLUMNS]]
            cells += [""] * (COLUMNS - len(cells))
            cells[2] += f"#{number}"  # unique whatever the column holds
            number += 1
            text.write("\t".join(cell.replace("\t", " ") for cell in cells) + "\n")
    text.seek(0)
    with connection.cursor() as cursor:
        names = ", ".join(f"c{n}" for n in range(COLUMNS))
        cursor.copy_expert(f"COPY bench_ledger ({names}) FROM STDIN", text)
