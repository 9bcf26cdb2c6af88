"""公布稿 and 补贴发放表 as workbooks."""

import io

from evaluations.models import Plan, Publication
from evaluations.queries.publication import PUBLIC_HEADER
from evaluations.rules.allowance import Allowances, in_capitals
from wanzhou_eval.spreadsheets import Table
from wanzhou_eval.workbooks.writing import BookWriter

ALLOWANCE_HEADER = (
    "序号", "姓名", "单位", "件次", "单价（元）", "金额（元）", "大写", "说明", "签名",
)  # fmt: skip


def public_workbook(publication: Publication) -> bytes:
    """The public list: one sheet, plain cells, nothing in the margins.

    Not a `Table`: its second sheet names the exporter, and a public file carries no person, no
    hidden sheet and no properties.
    """
    target = io.BytesIO()
    lines = publication.lines.order_by("ordinal").values_list(
        "ordinal", "number", "kind", "firm", "recipient", "handler", "grade"
    )
    number = "评估编号" if publication.coded else PUBLIC_HEADER[1]
    header = (PUBLIC_HEADER[0], number, *PUBLIC_HEADER[2:])
    with BookWriter(target) as book:
        book.add_sheet("评估结果", lines, widths=(6, 30, 10, 36, 12, 16, 10), header=header)
    return target.getvalue()


def allowance_table(plan: Plan, sheet: Allowances) -> Table:
    """补贴发放表 with a column to sign in; the total stands below, in figures and in 大写."""
    rows: list[tuple[object, ...]] = [
        (
            number,
            line.name,
            line.unit,
            line.sheets,
            line.rate,
            line.amount,
            in_capitals(line.amount),
            line.remark,
            "",
        )
        for number, line in enumerate(sheet.lines, start=1)
    ]
    total = ("", "合计", "", sheet.paid_sheets, "", sheet.total, sheet.total_in_capitals, "", "")
    return Table(
        f"{plan.year}年度评估补贴发放表",
        ALLOWANCE_HEADER,
        [*rows, total],
        filters=[f"每件次{plan.fee}元", sheet.told],
        year=plan.year,
        personal=True,
    )
