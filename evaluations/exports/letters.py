"""聘书数据 as a workbook, for the office that prints and seals the letters."""

from evaluations.models import Plan
from evaluations.queries.letters import LetterPage
from wanzhou_eval.spreadsheets import Table

HEADER = (
    "聘书编号", "姓名", "工作单位", "小组", "职责", "类别", "评估件数", "聘期起", "聘期止",
    "签发日期", "递补", "退出",
)  # fmt: skip


def letter_table(plan: Plan, page: LetterPage) -> Table:
    """Every letter in order of its number; who left stays in the list and is marked."""
    rows = [
        (
            letter.number, letter.name, letter.firm, letter.panel, letter.role, letter.category,
            letter.cases, plan.marking_from, plan.marking_to, letter.issued, letter.came,
            letter.left,
        )
        for letter in page.letters
    ]  # fmt: skip
    told = [f"专家抽选 {page.draw.code}"] if page.draw else []
    return Table(
        f"{plan.year}年度评估专家聘书数据",
        HEADER,
        rows,
        filters=told,
        year=plan.year,
        personal=True,
    )
