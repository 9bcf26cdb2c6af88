"""案件 list as .xlsx, exactly as filtered."""

from datetime import datetime

from cases.models import CaseQuerySet
from cases.queries import CaseFilter
from wanzhou_eval.models import User
from wanzhou_eval.spreadsheets import write_table

HEADERS = (
    "卷宗号",
    "案号",
    "案件类型",
    "诉讼阶段",
    "案由",
    "承办机构",
    "承办人",
    "结案日期",
    "归档日期",
    "一案一评等次",
    "剔除原因",
    "来源行",
)


def case_table(
    cases: CaseQuerySet, *, asked: CaseFilter, year: int | None, by: User, at: datetime
) -> bytes:
    """The filtered cases without recipients: whoever exports needs the list, not the people."""
    rows = (
        (
            case.label,
            case.number,
            case.get_kind_display(),
            case.stage,
            case.cause,
            case.firm.name,
            "、".join(handler.person.name for handler in case.handlers.all()),
            case.closed_on,
            case.filed_on,
            case.regular_grade,
            case.exclusion.reason if hasattr(case, "exclusion") else "",
            case.row,
        )
        for case in cases.iterator(chunk_size=2000)
    )
    return write_table(
        f"{year}年度案件" if year else "办结案件",
        HEADERS,
        rows,
        filters=asked.chosen(),
        exported_by=by.name,
        exported_at=at,
    )
