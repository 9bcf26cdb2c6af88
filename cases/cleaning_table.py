"""清洗台账 as .xlsx, exactly as filtered."""

from collections.abc import Iterator

from django.db.models import QuerySet

from cases.models import CleaningLine, Frame
from cases.queries import CleaningFilter, cells_shown, cleaning_sha256
from wanzhou_eval.spreadsheets import Table

HEADERS = ("文件", "工作表", "行", "列", "原值", "改为", "规则", "办理人")


def cleaning_table(
    lines: QuerySet[CleaningLine], asked: CleaningFilter, frame: Frame, *, with_recipients: bool
) -> Table:
    """The lines asked for; the fingerprint of the whole ledger stands on the second sheet."""
    return Table(
        f"{frame.year}年度清洗台账",
        HEADERS,
        rows_of(lines, with_recipients=with_recipients),
        filters=[*asked.chosen(), f"整份台账指纹 SHA-256 {cleaning_sha256(frame)}"],
        year=frame.year,
        personal=with_recipients,
    )


def rows_of(
    lines: QuerySet[CleaningLine], *, with_recipients: bool
) -> Iterator[tuple[object, ...]]:
    """The cells of each line."""
    for line in lines.iterator(chunk_size=2000):
        before, after = cells_shown(line, with_recipients=with_recipients)
        person = line.by or line.batch.confirmed_by
        yield (
            line.batch.file_name, line.sheet, line.row, line.column, before, after, line.rule,
            person.name if person else "",
        )  # fmt: skip
