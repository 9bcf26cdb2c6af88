"""复评: a panel drawn afresh, and the one answer to the handler."""

from collections.abc import Mapping

from django.db import transaction

from appeals.actions.locks import lock_appeal
from appeals.models import Appeal, AppealGround, ReviewPanel
from appeals.permissions import may_handle_appeals
from appeals.queries.work import barred_experts, ground_rows
from evaluations.actions.deliberation import regrade_case
from evaluations.actions.draws_freeze import freeze_review_draw
from evaluations.models import (
    Draw,
    DrawKind,
    DrawnCase,
    GradingOutcome,
    Panel,
    Plan,
    ReviewGrading,
    ScoreSheet,
    SheetRound,
)
from evaluations.queries.panels import drawn_experts
from evaluations.queries.results import current_grade
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User

ANSWER = ("result", "result_grade", "result_reason", "answered_at", "answered_by")


def freeze_review(appeal: Appeal, *, by: User, secret: str = "") -> Draw:
    """封存复评组抽选名单 without the experts who scored the case; seed and draw follow there.

    `secret` is the value for the envelope where the plan asks for a commitment.
    """
    with transaction.atomic():
        plan, appeal = lock_appeal(appeal)
        _check_handler(by)
        _check_open(appeal)
        live = Draw.objects.live().filter(
            plan=plan, kind=DrawKind.REVIEW, target=appeal.drawn_case.case.number
        )
        if live.exists():
            raise RefusedError("这一件的复评组抽选名单已经封存，请到抽选操作台录入种子。")
        criminal = appeal.drawn_case.case.kind == "criminal"
        draw = freeze_review_draw(
            plan,
            case=appeal.drawn_case.case,
            category=Panel.Category.CRIMINAL if criminal else Panel.Category.CIVIL,
            exclude=barred_experts(plan, appeal.drawn_case),
            by=by,
            secret=secret,
        )
        label = appeal.drawn_case.case.label
        record_event("freeze_review", by=by, year=plan.year, target=label)
    return draw


def _first_sheets(drawn_case: DrawnCase) -> list[ScoreSheet]:
    """All first sheets, withdrawn ones too: who once held the file does not review it."""
    sheets = ScoreSheet.objects.filter(drawn_case=drawn_case, round=SheetRound.FIRST)
    return list(sheets.select_related("expert"))


def form_review_panel(appeal: Appeal, *, by: User | None) -> ReviewPanel:
    """组成复评组 from the held draw and give both experts a blank sheet of the same standard."""
    with transaction.atomic():
        plan, appeal = lock_appeal(appeal)
        _check_handler(by)
        _check_open(appeal)
        if ReviewPanel.objects.live().filter(appeal=appeal).exists():
            raise RefusedError("复评组已经组成，不用重复组组。")
        number = appeal.drawn_case.case.number
        draw = Draw.objects.live().filter(plan=plan, kind=DrawKind.REVIEW, target=number).first()
        if draw is None or not draw.signed_at:
            raise RefusedError("复评组抽选还没有签名锁定，请先到抽选操作台办完。")
        leader, member = drawn_experts(draw)
        panel = ReviewPanel.objects.create(appeal=appeal, draw=draw, leader=leader, member=member)
        _open_sheets(plan, panel)
        label = appeal.drawn_case.case.label
        record_event("form_review_panel", by=by, year=plan.year, target=label)
    return panel


def _open_sheets(plan: Plan, panel: ReviewPanel) -> None:
    """Two blank sheets on the same standard version and scope as the first evaluation."""
    drawn_case = panel.appeal.drawn_case
    first = _first_sheets(drawn_case)[0]
    ScoreSheet.objects.bulk_create(
        ScoreSheet(
            drawn_case=drawn_case,
            round=SheetRound.REVIEW,
            expert=expert,
            leads=expert == panel.leader,
            standard=first.standard,
            scope=first.scope,
        )
        for expert in (panel.leader, panel.member)
    )


def decide_appeal(
    appeal: Appeal,
    *,
    result: str,
    grade: str,
    reason: str,
    views: Mapping[int, str],
    by: User | None,
) -> Appeal:
    """反馈审查结果: 维持 or 变更 as the panel found, with a view on every ground (article 6.3).

    `views` holds the view by ground id. The panel's grade is what the answer says: the bureau
    words it and can not write another. Late answers are recorded as they are.
    """
    with transaction.atomic():
        plan, appeal = lock_appeal(appeal)
        _check_handler(by)
        _check_open(appeal)
        outcome = _checked_outcome(appeal, result=result, grade=grade)
        grounds = _checked_views(appeal, views, reason=reason)
        regrade_case(appeal.drawn_case, grade=grade, outcome=outcome, reason=reason, by=by)
        AppealGround.objects.bulk_update(grounds, ["view"])
        appeal.result, appeal.result_grade = result, grade
        appeal.result_reason = reason.strip()[:4000]
        appeal.answered_at, appeal.answered_by = plan.now, by
        appeal.save(update_fields=ANSWER)
        label = appeal.drawn_case.case.label
        record_event("decide_appeal", by=by, year=plan.year, target=label)
    return appeal


def _checked_outcome(appeal: Appeal, *, result: str, grade: str) -> GradingOutcome:
    """维持 or 变更 as the panel's grade has it; refuses an answer that says anything else."""
    found = ReviewGrading.objects.filter(drawn_case=appeal.drawn_case).first()
    if found is None:
        raise RefusedError("复评组还没有定等次，定等次后才能反馈结果。")
    before = current_grade(appeal.drawn_case)
    right = Appeal.Result.UPHELD if found.grade == before else Appeal.Result.CHANGED
    if grade != found.grade or result != right:
        raise RefusedError(
            f"原等次“{before}”，复评组定为“{found.grade}”，"
            f"答复只能是“{right.label}”，请按复评组的意见填写。",
            status=422,
        )
    changed = right == Appeal.Result.CHANGED
    return GradingOutcome.CHANGED if changed else GradingOutcome.UPHELD


def _checked_views(appeal: Appeal, views: Mapping[int, str], *, reason: str) -> list[AppealGround]:
    grounds = ground_rows(appeal)
    for ground in grounds:
        ground.view = views.get(ground.pk, "").strip()[:1000]
    if not reason.strip() or any(not ground.view for ground in grounds):
        raise RefusedError("请写明审查意见，并对每一项申辩理由逐项答复。", status=422)
    return grounds


def _check_handler(by: User | None) -> None:
    if not may_handle_appeals(by):
        raise RefusedError("复评和反馈由科室办理，请换用科室账号。", status=403)


def _check_open(appeal: Appeal) -> None:
    if appeal.answered_at:
        raise RefusedError("这份异议申辩已经反馈结果，对同一案件以一次为限。")
    if appeal.refused_at or appeal.withdrawn_at or not appeal.accepted_at:
        raise RefusedError(f"这份异议申辩{appeal.state}，不能组织复评。")
