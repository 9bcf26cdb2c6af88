"""案件 list as .xlsx, exactly as filtered."""

from django.contrib.postgres.aggregates import StringAgg

from cases.models import CaseKind, CaseQuerySet
from cases.queries import CaseFilter
from wanzhou_eval.spreadsheets import Table

COLUMNS = {
    "卷宗号": "serial",
    "案号": "number",
    "案件类型": "kind",
    "诉讼阶段": "stage",
    "案由": "cause",
    "承办机构": "firm__name",
    "承办人": "handled",
    "结案日期": "closed_on",
    "归档日期": "filed_on",
    "一案一评等次": "regular_grade",
    "剔除原因": "exclusion__reason",
    "来源行": "row",
}
"""Headings and what stands below; no recipients: who exports needs the list, not the people."""
KINDS = {kind.value: str(kind.label) for kind in CaseKind}


def case_table(cases: CaseQuerySet, *, asked: CaseFilter, year: int | None) -> Table:
    """The filtered cases, read row by row from a server-side cursor."""
    handled = StringAgg("handlers__person__name", "、", order_by="handlers__position")
    rows = cases.annotate(handled=handled).values_list(*COLUMNS.values())
    return Table(
        f"{year}年度案件" if year else "办结案件",
        list(COLUMNS),
        (
            (f"{serial:04d}", number, KINDS[kind], *rest)
            for serial, number, kind, *rest in rows.iterator(chunk_size=2000)
        ),
        filters=asked.chosen(),
        year=year,
        personal=True,
    )
