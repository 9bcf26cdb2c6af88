"""异议申辩 and 问题处理 as .xlsx, and the package of a closed year."""

from collections.abc import Iterable, Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from appeals.queries.answers import AppealRow
from appeals.queries.consequences import ConsequenceRow
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


def consequence_table(plan: Plan, cases: Iterable[ConsequenceRow]) -> Table:
    """问题处理: recovery, inquiry and 整改 of each case."""
    rows = (_consequence_cells(row) for row in cases)
    headers = (
        "卷宗号", "案号", "承办机构", "承办人", "等次", "结果已确定", "应追回（元）",
        "已收回（元）", "未收回（元）", "追回通知", "收回期限", "追回办结", "调查办结", "整改通知",
        "整改期限", "整改办结",
    )  # fmt: skip
    return Table(f"{plan.year}年度问题处理", headers, rows, year=plan.year, personal=True)


def _consequence_cells(row: ConsequenceRow) -> tuple[object, ...]:
    case, recovery, rectification = row.drawn_case.case, row.recovery, row.rectification
    return (
        case.label,
        case.number,
        case.firm.name,
        "、".join(each.person.name for each in case.handlers.all()),
        row.grade,
        row.final,
        recovery.amount if recovery else None,
        row.kept if recovery else None,
        row.left if recovery else None,
        recovery.notice if recovery else "",
        recovery.due_on if recovery else None,
        recovery.closed_at if recovery else None,
        row.inquiry.closed_at if row.inquiry else None,
        rectification.notice if rectification else "",
        rectification.due_on if rectification else None,
        rectification.closed_at if rectification else None,
    )


ZIP_DATE = (2022, 1, 1, 0, 0, 0)


def archive_zip(plan: Plan, files: Mapping[str, bytes]) -> bytes:
    """归档包 as a ZIP; the same files always give the same bytes."""
    target = BytesIO()
    with ZipFile(target, "w") as archive:
        for name, data in sorted(files.items()):
            entry = ZipInfo(f"{plan.year}年度归档包/{name}", ZIP_DATE)
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, data)
    return target.getvalue()
