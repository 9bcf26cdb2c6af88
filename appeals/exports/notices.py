"""追回通知, 移送函 and 整改通知 as Word documents, for the paper that goes out."""

from datetime import date

from appeals.queries.consequences import ConsequenceRow
from appeals.queries.mine import deductions
from evaluations.exports.documents import render
from evaluations.exports.papers import plan_fields
from evaluations.models import Plan
from evaluations.rules.allowance import in_capitals
from evaluations.rules.documents import DocumentKind
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.workdays import day_of

PROOFS = "整改情况说明和补正材料的复印件"


def recovery_notice(plan: Plan, row: ConsequenceRow) -> bytes:
    """追回通知: before it is sent the number and the day are left open to be written in."""
    recovery = row.recovery
    if recovery is None or not recovery.amount:
        raise RefusedError("这一件没有应收回的款项，没有追回通知。", status=404)
    assert plan.published_at is not None
    values = _fields(plan, row, today=day_of(recovery.noticed_at or plan.moment)) | {
        "发文字号": recovery.notice,
        "公布日期": day_of(plan.published_at),
        "金额": f"{recovery.amount:,.2f}",
        "金额大写": in_capitals(recovery.amount),
        "收回期限": recovery.due_on or "",
    }
    del values["等次"]
    return render(DocumentKind.RECOVERY, values)


def transfer_letter(plan: Plan, row: ConsequenceRow) -> bytes:
    """移送函 to the body that inquires."""
    if row.inquiry is None:
        raise RefusedError("这一件没有启动履职调查，没有移送函。", status=404)
    today = row.inquiry.transferred_on or plan.today
    values = _fields(plan, row, today=today) | {"发文字号": "", "主送": row.inquiry.body}
    del values["联系地址"]
    return render(DocumentKind.TRANSFER, values)


def rectification_notice(plan: Plan, row: ConsequenceRow) -> bytes:
    """整改通知 with what is to be put right and by when."""
    item = row.rectification
    if item is None:
        raise RefusedError("这一件没有启动整改，没有整改通知。", status=404)
    values = _fields(plan, row, today=day_of(item.noticed_at or plan.moment)) | {
        "发文字号": item.notice,
        "整改要求": item.demand,
        "整改期限": item.due_on or "",
        "证明材料": PROOFS,
    }
    return render(DocumentKind.RECTIFICATION, values)


def _fields(plan: Plan, row: ConsequenceRow, *, today: date) -> dict[str, object]:
    """What all three say: whom they go to, of which case, and what was found."""
    case = row.drawn_case.case
    handlers = "、".join(each.person.name for each in case.handlers.all())
    return plan_fields(plan) | {
        "主送": "、".join(each for each in (case.firm.name, handlers) if each),
        "案号": case.number,
        "承办机构": case.firm.name,
        "承办人": handlers,
        "等次": row.grade,
        "问题": [
            {"序号": number, "项目": each.item, "情况": "；".join([*each.reasons, *each.notes])}
            for number, each in enumerate(deductions(row.drawn_case), start=1)
        ],
        "联系部门": plan.appeal_office,
        "联系电话": plan.appeal_phone,
        "联系地址": plan.appeal_address,
        "日期": today,
    }


NOTICES = {
    "recovery": ("追回通知", recovery_notice),
    "transfer": ("履职调查移送函", transfer_letter),
    "rectification": ("整改通知", rectification_notice),
}
"""By the word in the address: what it is called, and who makes it."""
