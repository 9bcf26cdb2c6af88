"""异议申辩 and 不合格处理 as .xlsx: what the pages show."""

from collections.abc import Iterable

from appeals.queries.answers import AppealRow
from appeals.queries.work import FailingRow
from evaluations.models import Plan
from wanzhou_eval.spreadsheets import Table


def appeal_table(plan: Plan, appeals: Iterable[AppealRow]) -> Table:
    """异议申辩 with their clocks."""
    rows = (
        (
            row.appeal.drawn_case.case.label,
            row.appeal.drawn_case.case.number,
            row.appeal.appellant.name,
            row.appeal.received_at,
            row.appeal.get_channel_display(),
            row.appeal.state,
            None if row.appeal.refused_at else row.due.due,
            row.appeal.answered_at,
            row.answer_late,
        )
        for row in appeals
    )
    headers = (
        "卷宗号", "案号", "申辩人", "收到", "方式", "状态", "反馈期限", "反馈时间", "逾期反馈",
    )  # fmt: skip
    return Table(f"{plan.year}年度异议申辩", headers, rows, year=plan.year, personal=True)


def consequence_table(plan: Plan, cases: Iterable[FailingRow]) -> Table:
    """不合格案件处理: recovery and inquiry of each case."""
    rows = (
        (
            row.drawn_case.case.label,
            row.drawn_case.case.number,
            row.drawn_case.case.firm.name,
            "、".join(each.person.name for each in row.drawn_case.case.handlers.all()),
            row.final,
            row.recovery.amount if row.recovery else None,
            row.paid if row.recovery else None,
            row.left if row.recovery else None,
            row.recovery.closed_at if row.recovery else None,
            row.inquiry.closed_at if row.inquiry else None,
        )
        for row in cases
    )
    headers = (
        "卷宗号", "案号", "承办机构", "承办人", "结果已确定", "应追回（元）", "已收回（元）",
        "未收回（元）", "追回办结", "调查办结",
    )  # fmt: skip
    return Table(f"{plan.year}年度不合格案件处理", headers, rows, year=plan.year, personal=True)
