"""受理通知, 不予受理通知, 复评意见 and 反馈 as Word documents, for the paper that goes out."""

from datetime import date

from appeals.models import Appeal
from appeals.queries.answers import NoticeFacts
from appeals.queries.work import AppealPage
from evaluations.exports.documents import render
from evaluations.exports.papers import plan_fields
from evaluations.models import Plan
from evaluations.rules.documents import DocumentKind
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.workdays import day_of


def letter_fields(plan: Plan, appeal: Appeal, *, today: date) -> dict[str, object]:
    """What every letter about an appeal says; the number is written in by hand."""
    return plan_fields(plan) | {
        "发文字号": "",
        "主送": appeal.appellant.name,
        "案号": appeal.drawn_case.case.number,
        "申辩人": appeal.appellant.name,
        "收到日期": day_of(appeal.received_at),
        "联系部门": plan.appeal_office,
        "联系电话": plan.appeal_phone,
        "联系地址": plan.appeal_address,
        "日期": today,
    }


def notice_letter(facts: NoticeFacts) -> bytes:
    """受理通知书 or 不予受理通知书."""
    appeal, plan = facts.appeal, facts.plan
    values = letter_fields(plan, appeal, today=day_of(facts.issued_at)) | {
        "公布日期": day_of(appeal.publication.published_at)
    }
    if not facts.admitted:
        refused = {
            "申辩期限": facts.window.due,
            "申辩工作日": plan.appeal_workdays,
            "不予受理理由": appeal.refused_reason,
        }
        return render(DocumentKind.APPEAL_REFUSED, values | refused)
    accepted = {
        "异议事项": _grounds(appeal),
        "受理日期": day_of(facts.issued_at),
        "反馈期限": facts.due.due,
        "反馈工作日": plan.answer_workdays,
    }
    return render(DocumentKind.APPEAL_ACCEPTED, values | accepted)


def _grounds(appeal: Appeal) -> list[dict[str, object]]:
    return [
        {"序号": number, "项目": ground.item, "理由": ground.reason}
        for number, ground in enumerate(appeal.grounds.all(), start=1)
    ]


def _answered(appeal: Appeal) -> list[dict[str, object]]:
    views = [ground.view for ground in appeal.grounds.all()]
    return [row | {"意见": view} for row, view in zip(_grounds(appeal), views, strict=True)]


def outcome_fields(appeal: Appeal, *, before: str) -> dict[str, object]:
    """What the review came to. Raises `RefusedError` (409) before the answer."""
    if appeal.answered_at is None:
        raise RefusedError("这份异议还没有反馈审查结果，反馈以后才有这份文书。")
    return {
        "异议事项": _answered(appeal),
        "原等次": before,
        "复评等次": appeal.result_grade,
        "结论": appeal.get_result_display(),
        "审查意见": appeal.result_reason,
    }


def answer_letter(plan: Plan, appeal: Appeal, *, before: str) -> bytes:
    """异议审查结果反馈书 to the handler: nobody of the panel is named."""
    outcome = outcome_fields(appeal, before=before)
    assert appeal.answered_at is not None
    values = letter_fields(plan, appeal, today=day_of(appeal.answered_at)) | outcome
    return render(DocumentKind.ANSWER, values)


def review_paper(page: AppealPage) -> bytes:
    """复评意见书 for the file, with the two who reviewed."""
    appeal, found, panel = page.appeal, page.found, page.panel
    if found is None or panel is None:
        raise RefusedError("复评组还没有定等次，定等次以后才有复评意见书。")
    case = page.drawn_case.case
    values = {
        "年度": page.plan.year,
        "卷宗号": case.label,
        "案号": case.number,
        "案件类型": case.get_kind_display(),
        "申辩人": appeal.appellant.name,
        "收到日期": day_of(appeal.received_at),
        "组长": panel.leader.person.name,
        "组员": panel.member.person.name,
        "评定方式": found.get_outcome_display(),
        "不同意见": found.dissent,
        "评定时间": found.at,
        "抽选编号": page.draw.code if page.draw else "",
        "日期": page.plan.today,
    }
    return render(DocumentKind.REVIEW, values | outcome_fields(appeal, before=page.grade))
