"""送审单, 公布稿 and 补贴发放表 as Word documents: what the pages show, in the bureau's form."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from evaluations.exports.documents import render
from evaluations.models import Plan, Publication, PublicationLine
from evaluations.queries.draws_record import in_fours
from evaluations.queries.public import grade_counts
from evaluations.queries.results import ApprovalPage
from evaluations.rules.allowance import AllowanceLine, Allowances, in_capitals
from evaluations.rules.documents import DocumentKind
from evaluations.rules.standards import plain
from wanzhou_eval.workdays import day_of


def plan_fields(plan: Plan) -> dict[str, object]:
    """What every document tells of its plan."""
    return {"年度": plan.year, "方案名称": plan.title, "方案文号": plan.document}


def in_words(counts: Sequence[tuple[str, int]]) -> str:
    """优良 45、合格 13、不合格 2."""
    return "、".join(f"{grade} {count}" for grade, count in counts)


def spread(row: Mapping[str, int]) -> str:
    """A row of the stacked bars in words."""
    return in_words(list(row.items()))


def last_day(first_too_late: datetime) -> date:
    """The last day of a period that is stored as the first moment too late."""
    return day_of(first_too_late - timedelta(microseconds=1))


def office_of(plan: Plan) -> str:
    """Where appeals are received, as the plan states it."""
    phone = f"电话{plan.appeal_phone}" if plan.appeal_phone else ""
    return "，".join(each for each in (plan.appeal_office, plan.appeal_address, phone) if each)


def approval_paper(page: ApprovalPage) -> bytes:
    """送审单; before the evaluation ended there is none (the page refuses)."""
    plan = page.plan
    values = plan_fields(plan) | {
        "抽评件数": page.total,
        "日期": plan.today,
        "各等次": in_words(page.counts),
        "优良率": f"{page.good_percent}%",
        "程序情况": "".join(page.missing) or "双评、合议、回避程序完整，无未决事项。",
        "公布期限": page.due.due if page.due else "",
        "公布范围": _scope(plan),
        "处理意见": _handling(page),
        "等次分布": [
            {"名称": label, "件数": sum(row.values()), "分布": spread(row)}
            for label, row in page.distribution
        ],
        "失分项目": [{"项目": title, "失分率": f"{percent}%"} for title, percent, _ in page.items],
        "不合格案件": _failing(page),
    }
    return render(DocumentKind.APPROVAL, values | _steps(page))


def _steps(page: ApprovalPage) -> dict[str, object]:
    """Who handed the sheet in and who decided, as far as it went."""
    sheet, decided = page.open or page.approved, page.approved
    return {
        "送审人": sheet.submitted_by.name if sheet else "",
        "送审日期": day_of(sheet.submitted_at) if sheet else "",
        "审定意见": decided.get_decision_display() if decided else "",
        "审定人": decided.decided_by.name if decided and decided.decided_by else "",
        "审定日期": day_of(decided.decided_at) if decided and decided.decided_at else "",
    }


def _scope(plan: Plan) -> str:
    handlers = "承办人按方案公布" if plan.handler_public else "承办人不公布"
    return f"受援人隐名，{handlers}，不公布专家、分组和分数"


def _handling(page: ApprovalPage) -> str:
    if not page.failing:
        return "没有不合格案件"
    return f"结果确定后收回{len(page.failing)}件补贴共{page.recovery:,.2f}元，移送启动履职调查程序"


def _failing(page: ApprovalPage) -> list[dict[str, object]]:
    return [
        {
            "卷宗号": row.drawn_case.case.label,
            "案号": row.drawn_case.case.number,
            "承办机构": row.drawn_case.case.firm.name,
            "得分": row.totals,
            "问题": "、".join(row.findings),
        }
        for row in page.failing
    ]


def publication_paper(plan: Plan, publication: Publication) -> bytes:
    """公布稿 of a version, from its snapshot alone."""
    lines = list(publication.lines.all())
    values = plan_fields(plan) | {
        "版次": publication.version,
        "更正说明": publication.reason,
        "公布日期": day_of(publication.published_at),
        "件数": len(lines),
        "各等次": in_words(grade_counts(plan, publication)),
        "申辩期限": last_day(publication.appeal_until),
        "申辩工作日": plan.appeal_workdays,
        "受理部门": office_of(plan),
        "编号名称": "评估编号" if publication.coded else "案号",
        "写承办人": "是" if any(line.handler for line in lines) else "",
        "指纹": in_fours(publication.sha256),
        "案件": [_public(line) for line in lines],
    }
    return render(DocumentKind.PUBLICATION, values)


def _public(line: PublicationLine) -> dict[str, object]:
    return {
        "序号": line.ordinal,
        "编号": line.number,
        "类型": line.kind,
        "机构": line.firm,
        "受援人": line.recipient,
        "承办人": line.handler,
        "等次": line.grade,
    }


def allowance_paper(plan: Plan, sheet: Allowances) -> bytes:
    """补贴发放表 to be signed; who is paid nothing stands apart."""
    paid = [line for line in sheet.lines if line.society]
    values = plan_fields(plan) | {
        "日期": plan.today,
        "单价": money(plan.fee),
        "计算办法": sheet.told,
        "合计件次": sheet.paid_sheets,
        "合计金额": f"{sheet.total:,.2f}",
        "合计大写": sheet.total_in_capitals,
        "专家": [_paid(number, line) for number, line in enumerate(paid, start=1)],
        "公职专家": [
            {"姓名": line.name, "单位": line.unit, "件次": line.sheets}
            for line in sheet.lines
            if not line.society
        ],
    }
    return render(DocumentKind.ALLOWANCES, values)


def _paid(number: int, line: AllowanceLine) -> dict[str, object]:
    return {
        "序号": number,
        "姓名": line.name,
        "单位": line.unit,
        "件次": line.sheets,
        "单价": money(line.rate),
        "金额": f"{line.amount:,.2f}",
        "大写": in_capitals(line.amount),
    }


def money(amount: Decimal) -> str:
    """Yuan without superfluous zeros: 50, 12.5."""
    return plain(amount)
