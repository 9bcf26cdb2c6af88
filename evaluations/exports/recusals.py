"""回避关系 as a workbook, as filtered."""

from evaluations.models import Plan
from evaluations.queries.recusals import RecusalLine, RecusalPage
from wanzhou_eval.spreadsheets import Table

HEADER = (
    "专家", "单位", "关系", "回避范围", "回避对象", "离开日期", "来源", "登记人", "登记时间",
    "说明", "触及抽中案件", "卷宗号", "状态",
)  # fmt: skip


def recusal_table(plan: Plan, page: RecusalPage) -> Table:
    """One row per relation; withdrawn ones with the reason."""
    return Table(
        f"{plan.year}年度回避关系",
        HEADER,
        (_cells(line) for line in page.lines),
        year=plan.year,
        personal=True,
        filters=page.asked.words,
    )


def _cells(line: RecusalLine) -> tuple[object, ...]:
    return (
        str(line.expert),
        line.expert.person.firm.name,
        line.reason_label,
        line.scope_label,
        line.target,
        line.left_on,
        line.source_label,
        line.who,
        line.at,
        line.explanation,
        len(line.touched),
        "、".join(line.touched),
        f"已撤回：{line.withdrawal.reason}" if line.withdrawal else "有效",
    )
