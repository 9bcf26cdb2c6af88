"""分析报告: the firms as a workbook, few cases folded as on the page."""

from evaluations.models import Plan
from evaluations.rules.report import Analysis
from wanzhou_eval.spreadsheets import Table


def firm_table(plan: Plan, analysis: Analysis) -> Table:
    """Every firm with its grades."""
    rows = ((name, *counts.values(), sum(counts.values())) for name, counts in analysis.firms)
    headers = ("承办机构", *analysis.grades, "合计")
    return Table(f"{plan.year}年度评估结果按承办机构", headers, rows, year=plan.year)
