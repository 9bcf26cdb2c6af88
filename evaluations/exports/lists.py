"""The lists of the year's pages as .xlsx: what the page shows, row by row."""

from collections.abc import Iterable

from evaluations.models import Draw, Plan
from evaluations.queries.panels import PanelPage
from evaluations.queries.progress import ExpertProgress, SettleOverview
from evaluations.queries.publication import DraftRow
from wanzhou_eval.spreadsheets import Table


def progress_table(plan: Plan, experts: Iterable[ExpertProgress]) -> Table:
    """评分进度: counts per expert, no scores."""
    rows = (
        (
            each.name,
            each.panel,
            "组长" if each.leads else "",
            each.total,
            each.empty,
            each.drafts,
            each.sealed,
            each.planned,
            each.forecast,
            each.late,
        )
        for each in experts
    )
    headers = (
        "专家", "小组", "职责", "应评", "未评", "草稿", "已交", "按日程应交", "预计交齐",
        "预计超期",
    )  # fmt: skip
    return Table(f"{plan.year}年度评分进度", headers, rows, year=plan.year, personal=True)


def panel_table(plan: Plan, page: PanelPage) -> Table:
    """分组匹配: one line per expert of a panel, with the panel's files."""
    rows = (
        (row.name, "组员" if place else "组长", seat.name, seat.firm, seat.note, row.cases,
         "、".join(row.serials))
        for row in page.rows
        for place, seat in enumerate(row.seats)
    )  # fmt: skip
    headers = ("小组", "职责", "姓名", "单位", "变动", "件数", "卷宗号")
    return Table(f"{plan.year}年度分组匹配", headers, rows, year=plan.year, personal=True)


def draws_table(plan: Plan, draws: Iterable[Draw]) -> Table:
    """抽选记录: every attempt with its fingerprints, void ones too."""
    rows = (
        (
            draw.code,
            draw.get_kind_display(),
            draw.target,
            draw.attempt,
            draw.frozen_at,
            draw.drawn_at,
            draw.signed_at,
            draw.freeze_hash,
            draw.result_hash,
            draw.voided_at,
            draw.void_reason,
        )
        for draw in draws
    )
    headers = (
        "编号", "内容", "对象", "次数", "名单封存", "执行抽选", "签名锁定", "名单指纹", "结果指纹",
        "作废时间", "作废理由",
    )  # fmt: skip
    return Table(f"{plan.year}年度抽选记录", headers, rows, year=plan.year)


def settled_table(plan: Plan, overview: SettleOverview) -> Table:
    """已定等次 and how each was found; cases without a grade are not in it (背靠背)."""
    rows = (
        (f"{row.serial:04d}", row.number, row.kind, row.grade, row.outcome)
        for row in overview.graded
    )
    headers = ("卷宗号", "案号", "案件类型", "等次", "怎样定的")
    return Table(f"{plan.year}年度已定等次", headers, rows, year=plan.year, personal=True)


def draft_table(plan: Plan, drafts: Iterable[DraftRow]) -> Table:
    """内部稿 beside 公布稿; for work inside the bureau, never for the public."""
    rows = (
        (
            row.drawn_case.case.label,
            row.drawn_case.case.number,
            row.drawn_case.case.recipient,
            row.handlers,
            *_public(row),
        )
        for row in drafts
    )
    headers = (
        "卷宗号", "案号", "受援人（内部）", "承办人（内部）", "公布序号", "受援人（公布）",
        "承办人（公布）", "等次", "不公开",
    )  # fmt: skip
    return Table(f"{plan.year}年度公布对照稿（内部）", headers, rows, year=plan.year, personal=True)


def _public(row: DraftRow) -> tuple[object, ...]:
    line = row.line
    if line is None:
        return ("", "", "", "", True)
    return (line.ordinal, line.recipient, line.handler, line.grade, False)
