"""Invented values for the specimen page, which shows every component in every state."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import template

register = template.Library()

_STEPS = (
    ("制定方案", "done", "8月14日", "11号文印发", ""),
    ("导入案件", "done", "8月16日", "761 件", ""),
    ("抽选专家", "done", "8月17日", "8 名", ""),
    ("抽选案件", "done", "8月18日", "76 件", ""),
    ("匹配分组", "done", "8月19日", "回避换件 3", ""),
    ("专家评分", "now", "8月22—26日", "78 / 152 份", ""),
    ("协商定级", "todo", "8月23—29日", "可协商 19 件", ""),
    ("局领导审定", "todo", "9月1日前", "", ""),
    ("结果公布", "todo", "9月2日前", "", "可能延误"),
    ("异议申辩", "todo", "至 9月9日", "", ""),
    ("复评反馈", "todo", "至 9月26日", "", ""),
    ("报告归档", "todo", "9月9日前", "", ""),
)
_TODO = (
    ("late", "逾期 1 天", "2 本卷宗未归还", "0145、0546", "中心", "8月23日", "登记归还"),
    ("today", "今天", "1 件回避申请待审批", "与承办人同所", "科室", "8月24日", "去审批"),
    ("near", "临近", "3 件两评相差较大", "由组长召集", "组长", "8月26日", "看名单"),
    ("todo", "未开始", "起草公布稿", "", "科室", "8月30日", "去起草"),
    ("locked", "已锁定", "抽选范围", "封存后不能改", "科室", "", "看名单"),
    ("done", "已完成", "导入台账", "", "中心", "8月16日", "看结果"),
)
_COMPARED = (
    ("1.2", "约见受援人", "6", "2", "缺签名，第 17 页", "2", "缺签名，第 17 页", "2", ""),
    ("2.2", "证据清单", "6", "1.5", "证明目的笼统，第 31 页", "0", "", "1", ""),
    (
        "3.3",
        "法律适用",
        "6",
        "2",
        "引用旧条款，第 43 页",
        "6",
        "定性错误，第 43 页",
        "",
        "agreed-3",
    ),
)
_GRADES = ("优秀", "良好", "合格", "不合格")
_COUNTS = (("全部", (21, 37, 16, 2)), ("刑事", (5, 8, 3, 0)), ("民事行政", (16, 29, 13, 2)))
_LOSSES = (("2.2 证据清单", 18), ("4.2 代理意见", 15), ("1.2 约见受援人", 12), ("3.3 法律适用", 7))
_SCALE = (("专家 A", "-0.8", "1.2", "3.1"), ("专家 B", "-3.4", "-1.2", "0.9"))
_COLOURS = (
    "ink-900 ink-700 ink-500 line-500 line-300 line-200 paper-100 paper-50 "
    "blue-800 blue-700 blue-600 blue-100 seal-700 ok-700 warn-700 focus"
)


def _named(keys: str, rows: tuple[tuple[Any, ...], ...]) -> list[dict[str, Any]]:
    return [dict(zip(keys.split(), row, strict=True)) for row in rows]


def _compared() -> list[dict[str, Any]]:
    keys = "number title full left left_why right right_why agreed input_name"
    return [{**row, "differs": row["left"] != row["right"]} for row in _named(keys, _COMPARED)]


def _charts() -> dict[str, Any]:
    return {
        "grade_rows": [(name, dict(zip(_GRADES, n, strict=True))) for name, n in _COUNTS],
        "losses": [(name, share, f"{share * 3} 份扣分") for name, share in _LOSSES],
        "scale": [(name, Decimal(a), Decimal(b), Decimal(c)) for name, a, b, c in _SCALE],
    }


@register.simple_tag
def specimen_data() -> dict[str, Any]:
    """Return everything the specimen page shows."""
    day = dt.date(2022, 8, 26)
    week = dt.timedelta(days=7)
    return {
        "steps": _named("name state when note alert", _STEPS),
        "todo": [
            {**row, "url": "#todo", "act_url": "#todo"}
            for row in _named("kind label title note who when act", _TODO)
        ],
        "compared": _compared(),
        "grades": _GRADES,
        "tags": ("late", "today", "near", "todo", "locked", "done", "ok"),
        "due": [
            {"day": day - week, "what": "匹配分组", "note": "逾期 1 天", "state": "past"},
            {"day": day, "what": "评分截止", "note": "余 2 个工作日", "state": "next"},
            {"day": day + week, "what": "公布评估结果", "note": "5 个工作日内公布", "state": ""},
        ],
        "log": [
            {"time": "17:21", "text": "提交第 10 件评分", "who": "专家乙"},
            {"time": "09:00", "text": "封存名单", "who": "科室"},
        ],
        "prints": [{"label": "名单指纹", "value": "e71b2ef0" * 8}],
        "picks": [f"{n:04}" for n in (720, 509, 289, 33, 265, 446, 172, 443, 380, 533)],
        "errors": [
            {"text": "3.3 法律适用：扣了 2 分，请填卷宗页码", "anchor": "specimen-pages"},
            {"text": "4.1 诉讼请求与策略：还没有评", "anchor": "specimen-pages"},
        ],
        "colours": _COLOURS.split(),
        "facts": ["渝万援民〔2022〕0313", "结案 2022年5月18日"],
        **_charts(),
    }
