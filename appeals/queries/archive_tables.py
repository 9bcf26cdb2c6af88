"""The tables of 归档包: which rows of the year, the way to its plan, the columns."""

from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from appeals.models import (
    Inquiry,
    Recovery,
    RecoveryPayment,
    Rectification,
    RectificationProof,
)
from evaluations.models import (
    AllowancePayment,
    FileMovement,
    Grading,
    Mark,
    PanelReport,
    Plan,
    PublicationPlace,
    ReviewGrading,
    ScoreSheet,
    SheetContent,
    StageEntry,
)

CASE = {"卷宗号": "drawn_case__case__serial", "案号": "drawn_case__case__number"}
OF_SHEET = {
    "卷宗号": "sheet__drawn_case__case__serial",
    "轮次": "sheet__round",
    "专家": "sheet__expert__person__code",
}

TABLES: dict[str, tuple[type[Any], str, dict[str, str]]] = {
    "定级/等次.csv": (
        Grading,
        "drawn_case__draw__plan",
        CASE | {"版次": "version", "等次": "grade", "方式": "outcome", "理由": "reason",
                "不同意见": "dissent", "不合格": "failing", "时间": "at"},
    ),
    "定级/复评意见.csv": (
        ReviewGrading,
        "drawn_case__draw__plan",
        CASE | {"等次": "grade", "方式": "outcome", "理由": "reason", "不同意见": "dissent",
                "时间": "at"},
    ),
    "评分/评分表.csv": (
        ScoreSheet,
        "drawn_case__draw__plan",
        CASE | {"轮次": "round", "专家": "expert__person__code", "组长": "leads",
                "收回": "withdrawn_at", "收回原因": "withdrawn_reason"},
    ),
    "评分/评分结果.csv": (
        SheetContent,
        "sheet__drawn_case__draw__plan",
        OF_SHEET | {"总分": "total", "总体判断": "overall", "等次": "grade", "总体意见": "comment",
                    "封存": "sealed_at", "封存指纹": "seal_hash"},
    ),
    "评分/评分明细.csv": (
        Mark,
        "sheet__drawn_case__draw__plan",
        OF_SHEET | {"项目": "item__number", "状态": "state", "扣分": "deduction", "评等": "level",
                    "情形": "reasons", "页码": "pages", "说明": "note"},
    ),
    "问题处理/追回.csv": (
        Recovery,
        "drawn_case__draw__plan",
        CASE | {"台账已付": "paid_out", "另查明": "costs", "应收回": "amount", "依据": "basis",
                "通知": "notice", "期限": "due_on", "撤销": "lifted_reason", "办结": "closed_at",
                "办结方式": "ending"},
    ),
    "问题处理/收付.csv": (
        RecoveryPayment,
        "recovery__drawn_case__draw__plan",
        {"卷宗号": "recovery__drawn_case__case__serial", "款项": "kind", "金额": "amount",
         "日期": "paid_on", "凭证": "evidence"},
    ),
    "问题处理/履职调查.csv": (
        Inquiry,
        "drawn_case__draw__plan",
        CASE | {"移送单位": "body", "移送日期": "transferred_on", "结果": "outcome",
                "凭据": "evidence", "办结": "closed_at"},
    ),
    "问题处理/整改.csv": (
        Rectification,
        "drawn_case__draw__plan",
        CASE | {"原因": "ground", "理由": "reason", "通知": "notice", "要求": "demand",
                "期限": "due_on", "撤销": "lifted_reason", "撤销凭据": "lifted_evidence",
                "办结": "closed_at"},
    ),
    "问题处理/整改材料.csv": (
        RectificationProof,
        "rectification__drawn_case__draw__plan",
        {"卷宗号": "rectification__drawn_case__case__serial", "收到": "received_on",
         "情况": "proof", "凭据": "evidence", "通过": "accepted", "意见": "note"},
    ),
    "公布/公布位置.csv": (
        PublicationPlace,
        "publication__plan",
        {"版次": "publication__version", "类别": "kind", "位置": "name", "上网": "posted_at",
         "凭据": "evidence", "附件": "file_name", "附件指纹": "sha256", "登记": "recorded_at"},
    ),
    "补贴/发放.csv": (
        AllowancePayment,
        "plan",
        {"专家": "expert__person__code", "件次": "sheets", "单价": "rate", "金额": "amount",
         "发放日期": "paid_on", "凭据": "evidence", "确认": "confirmed_at", "退回": "returned_at",
         "退回理由": "return_reason"},
    ),
    "卷宗/交接.csv": (
        FileMovement,
        "case__frame__plan",
        {"卷宗号": "case__serial", "次序": "ordinal", "办理": "move", "从": "source",
         "到": "place", "专家": "holder__person__code", "说明": "note", "时间": "at"},
    ),
    "方案/阶段.csv": (StageEntry, "plan", {"阶段": "stage", "时间": "at"}),
    "报告/小组汇总.csv": (
        PanelReport,
        "panel__plan",
        {"小组": "panel__code", "版次": "version", "专家": "expert__person__code",
         "总体情况": "overview", "主要问题": "problems", "意见建议": "advice", "时间": "at"},
    ),
}  # fmt: skip
"""What goes in as a table: its rows, the way to the plan, and the columns."""

BLIND = (SheetContent, Mark)
TOLD = "SELECT id FROM evaluations_readablesheet"
"""Sheets that staff may read: whoever makes the package, the owner too, puts in the same rows."""


def rows_of(plan: Plan, name: str) -> QuerySet[Any, Any]:
    """The rows of a table of the package, in the order in which they were written."""
    model, way, columns = TABLES[name]
    rows: QuerySet[Any] = model.objects.filter(**{way: plan}).order_by("pk")
    if model in BLIND:
        rows = rows.filter(sheet_id__in=RawSQL(TOLD, []))  # noqa: S611  # a constant
    return rows.values_list(*columns.values())
