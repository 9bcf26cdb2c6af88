"""分析报告: the firms as a workbook, and the whole of it as the bureau's Word document."""

from evaluations.exports.documents import render
from evaluations.exports.papers import in_words, plan_fields, spread
from evaluations.models import Plan
from evaluations.queries.report import ReportPage
from evaluations.rules import agreement
from evaluations.rules.documents import DocumentKind
from evaluations.rules.levels import LEVEL_WORDS
from evaluations.rules.report import Analysis, Row
from evaluations.rules.report_items import ItemLoss
from evaluations.rules.standards import plain
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.spreadsheets import Table
from wanzhou_eval.workdays import format_day

TO_WRITE = "（待科室填写）"


def firm_table(plan: Plan, analysis: Analysis) -> Table:
    """Every firm with its grades."""
    rows = ((name, *counts.values(), sum(counts.values())) for name, counts in analysis.firms)
    headers = ("承办机构", *analysis.grades, "合计")
    return Table(f"{plan.year}年度评估结果按承办机构", headers, rows, year=plan.year)


def report_paper(page: ReportPage) -> bytes:
    """评估报告: figures and words as on the page; a draft says where words are still missing."""
    plan, analysis = page.plan, page.analysis
    if analysis is None:
        raise RefusedError("评估结束以后才有评估报告。", status=404)
    written = page.text
    days = f"{format_day(plan.marking_from)}至{format_day(plan.marking_to)}"
    values = plan_fields(plan) | {
        "日期": _day(page),
        "抽评件数": analysis.total,
        "办结件数": analysis.estimates[0].population if analysis.estimates else "",
        "评估时间": days,
        "评估地点": plan.place,
        "小组数": len(page.panels),
        "专家数": 2 * len(page.panels),
        "总体结论": _conclusion(analysis, written.overview if written else ""),
        "推算": analysis.estimates[0].sentence if analysis.estimates else "",
        "一致率": analysis.exact.sentence,
        "组长决定": _rulings(analysis),
        "存在问题": (written and written.problems) or TO_WRITE,
        "下一步措施": (written and written.measures) or TO_WRITE,
    }
    return render(DocumentKind.REPORT, values | _tables(page, analysis))


def _day(page: ReportPage) -> object:
    report = page.shown or page.latest
    return report.issued_on if report else page.plan.today


def _conclusion(analysis: Analysis, overview: str) -> str:
    counts = analysis.distribution[0][1] if analysis.distribution else {}
    return f"{in_words(list(counts.items()))}。{overview or TO_WRITE}"


def _rulings(analysis: Analysis) -> str:
    found = analysis.rulings
    if not found.share.count:
        return "没有由组长意见定级的案件。"
    return (
        f"初评由组长意见定级 {found.share.sentence}；比另一位专家的等次高 {found.higher} 件，"
        f"低 {found.lower} 件。"
    )


def _counted(rows: list[Row]) -> list[dict[str, object]]:
    return [
        {"名称": name, "件数": sum(counts.values()), "分布": spread(counts)}
        for name, counts in rows
    ]


def _tables(page: ReportPage, analysis: Analysis) -> dict[str, object]:
    return {
        "类型分布": _counted(analysis.distribution),
        "机构分布": _counted(analysis.firms),
        "日常等次对照": _counted(analysis.regular.rows),
        "定级方式": [
            {"名称": label, "件数": share.count, "比例": _percent(share)}
            for label, share in analysis.outcomes
        ],
        "失分项目": [
            {"项目": item.title, "失分": _lost(item), "失分率": f"{item.percent}%"}
            for item in analysis.worst
        ],
        "小组一致性": [
            {"小组": row.panel, "件数": row.exact.n, "一致率": row.exact.sentence,
             "分差": row.difference.sentence}
            for row in analysis.pairs
        ],
        "小组报告": [
            {"小组": str(part.panel), "内容": _words(part.report)} for part in page.panels
        ],
    }  # fmt: skip


def _lost(item: ItemLoss) -> str:
    """What an item lost: marks, or how often each level was given."""
    if not item.levels:
        return plain(item.lost)
    return "、".join(
        f"{word} {n}" for word, n in zip(LEVEL_WORDS.values(), item.levels, strict=True)
    )


def _words(report: object) -> str:
    if report is None:
        return "（还没有提交）"
    parts = ("overview", "problems", "advice")
    return "\n".join(str(getattr(report, part)) for part in parts)


def _percent(share: agreement.Share) -> str:
    return share.sentence.partition("，")[2] or share.sentence
