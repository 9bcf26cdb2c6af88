"""问题清单: every finding of an upload as .xlsx."""

from datetime import date

from cases.exports import WORDS
from cases.models import ImportBatch
from cases.readings import read_for_marking
from wanzhou_eval.spreadsheets import Table
from wanzhou_eval.tables import Level

HEADERS = ("级别", "工作表", "行", "列", "读到", "问题", "怎样改")


def findings_table(batch: ImportBatch, *, today: date) -> Table:
    """All findings, errors first; the file is read again, because the preview keeps few of many.

    A cell that was found may name a client, so that its export is a line of the audit trail.
    """
    findings, _ = read_for_marking(batch, today=today)
    listed = sorted(findings, key=lambda f: (f.level is not Level.ERROR, f.code, f.sheet, f.row))
    return Table(
        f"{batch.frame.year}年度导入问题清单",
        HEADERS,
        (
            (WORDS[f.level], f.sheet, f.row or None, f.column, f.found, f.message, f.remedy)
            for f in listed
        ),
        filters=[f"文件：{batch.file_name}", f"文件指纹 SHA-256 {batch.sha256}"],
        year=batch.frame.year,
        personal=True,
    )
