"""专家库 list as .xlsx, exactly as filtered; telephone numbers are not in it."""

from evaluations.queries.expert_pool import PoolPage
from wanzhou_eval.spreadsheets import Table

HEADER = (
    "代码", "姓名", "工作单位", "专业", "来源", "执业年限", "可任组长", "本地", "在库",
    "本年度", "小组", "本年度承办件数",
)  # fmt: skip


def pool_table(year: int, page: PoolPage) -> Table:
    """The rows of the page."""
    rows = (
        (
            row.expert.person.code, row.expert.person.name, row.expert.person.firm.name,
            row.expert.specialty_label, "社会" if row.expert.society else "公职",
            row.expert.years, row.expert.may_lead, row.expert.is_local, row.expert.active,
            row.why or "可抽", row.seat, row.handled,
        )
        for row in page.rows
    )  # fmt: skip
    return Table(
        f"{year}年度专家库", HEADER, rows, filters=page.asked.chosen(), year=year, personal=True
    )
