"""公布稿 and 补贴发放表 as workbooks."""

import io
from datetime import datetime

import xlsxwriter

from evaluations.models import Plan, Publication
from evaluations.queries.publication import PUBLIC_HEADER
from evaluations.rules.allowance import Allowances
from wanzhou_eval.models import User
from wanzhou_eval.spreadsheets import write_table

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ALLOWANCE_HEADER = ("序号", "姓名", "单位", "件次", "单价（元）", "金额（元）", "说明", "签名")


def public_workbook(publication: Publication) -> bytes:
    """The public list from a scratch workbook: one sheet, text cells, nothing in the margins.

    Not through `write_table`: its second sheet names the exporter, and a public file carries
    no person, no hidden sheet and no property but the moment of publication.
    """
    target = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(target, {**options, "in_memory": True})
    published = publication.published_at.replace(tzinfo=None, microsecond=0)
    book.set_properties({"created": published})
    sheet = book.add_worksheet("评估结果")
    bold = book.add_format({"bold": True})
    lines = publication.lines.order_by("ordinal")
    for column, title in enumerate(PUBLIC_HEADER):
        sheet.write_string(0, column, title, bold)
        sheet.set_column(column, column, (6, 30, 10, 36, 12, 16, 10)[column])
    for row, line in enumerate(lines, start=1):
        sheet.write_number(row, 0, line.ordinal)
        cells = (line.number, line.kind, line.firm, line.recipient, line.handler, line.grade)
        for column, value in enumerate(cells, start=1):
            sheet.write_string(row, column, value)
    sheet.freeze_panes(1, 0)
    book.close()
    return target.getvalue()


def allowance_workbook(plan: Plan, sheet: Allowances, *, by: User, at: datetime) -> bytes:
    """补贴发放表 with a column to sign in; the total stands below, in figures and in 大写."""
    rows: list[tuple[object, ...]] = [
        (number, line.name, line.unit, line.sheets, line.rate, line.amount, line.remark, "")
        for number, line in enumerate(sheet.lines, start=1)
    ]
    total = ("", "合计", "", sheet.paid_sheets, "", sheet.total, sheet.total_in_capitals, "")
    return write_table(
        f"{plan.year}年度评估补贴发放表",
        ALLOWANCE_HEADER,
        [*rows, total],
        filters=[f"每件次{plan.fee}元，按已封存评分表计"],
        exported_by=by.name,
        exported_at=at,
    )
