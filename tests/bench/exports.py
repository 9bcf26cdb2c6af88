"""P11: the case list as .xlsx."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO

from openpyxl import Workbook, load_workbook

from appeals.rehearsal.year import Rehearsal
from cases.listing import case_table
from cases.queries import CaseFilter, filtered_cases
from tests.bench.measure import Meter, Row

NOW = datetime(2022, 8, 24, tzinfo=UTC)


def rows(meter: Meter, year: Rehearsal) -> Iterator[Row]:
    """761 rows with their queries, against openpyxl that is handed the cells."""
    asked, frame, user = CaseFilter.asked({}), year.plan.frame, year.people["bureau"]

    def work() -> bytes:
        cases = filtered_cases(frame, asked)
        return case_table(cases, asked=asked, year=frame.year, by=user, at=NOW)

    book = load_workbook(BytesIO(work()), read_only=True)
    cells = [tuple(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    assert len(cells) > 761
    figure, least = meter.compare(work, lambda: bare_write(cells), rounds=9)
    yield Row("P11", "761 行案件列表导出 .xlsx", figure, least, 1.3, "含查询")


def bare_write(cells: Sequence[tuple[object, ...]]) -> bytes:
    """openpyxl in write-only mode."""
    book, target = Workbook(write_only=True), BytesIO()
    sheet = book.create_sheet("案件")
    for row in cells:
        sheet.append(row)
    book.save(target)
    return target.getvalue()
