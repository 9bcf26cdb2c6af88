"""作废: one person asks with the reason, another login confirms; nothing is erased."""

from django.db import transaction

from cases.models import Frame
from evaluations.actions.draws_locks import (
    lock_draw,
    now_of,
    refuse_backward_clock,
    refuse_unless_runs,
    refuse_void,
)
from evaluations.actions.plan import move_plan
from evaluations.models import Draw, DrawKind, Plan, ScoreSheet, SheetRound
from evaluations.permissions.draws import may_confirm_void
from evaluations.rules.stages import VOIDS, Stage
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User

REASON_LENGTH = 5
VOIDED = "复评组抽选作废"
LED_TO = {
    DrawKind.SAMPLE: Stage.DRAWN,
    DrawKind.EXPERTS: Stage.EMPANELLED,
    DrawKind.MATCH: Stage.MATCHED,
}
"""The stage that a held draw of each kind has led to."""


@transaction.atomic
def request_void(draw: Draw, *, reason: str, by: User) -> Draw:
    """Ask for a draw to be void. It stays in force until another person confirms."""
    plan, locked = lock_draw(draw)
    refuse_unless_runs(by)
    refuse_void(locked)
    refuse_built_upon(plan, locked)
    if locked.voided_by:
        raise RefusedError(
            f"{locked.code}的作废已由{locked.voided_by.name}提出，请另一人确认，或由本人撤回。"
        )
    if len(reason.strip()) < REASON_LENGTH:
        raise RefusedError("作废理由太短。请写明事实和依据。", status=422)
    locked.voided_by, locked.void_reason = by, reason.strip()
    locked.save(update_fields=["voided_by", "void_reason"])
    detail: dict[str, object] = {"reason": locked.void_reason}
    record_event("request_void", by=by, year=plan.year, target=locked.code, detail=detail)
    return locked


@transaction.atomic
def withdraw_void(draw: Draw, *, by: User) -> Draw:
    """Take back one's own request before it is confirmed."""
    plan, locked = lock_draw(draw)
    refuse_void(locked)
    if locked.voided_by_id is None or locked.voided_by_id != by.pk:
        raise RefusedError("作废只能由提出的人在确认之前撤回。", status=403)
    detail: dict[str, object] = {"reason": locked.void_reason}
    locked.voided_by, locked.void_reason = None, ""
    locked.save(update_fields=["voided_by", "void_reason"])
    record_event("withdraw_void", by=by, year=plan.year, target=locked.code, detail=detail)
    return locked


@transaction.atomic
def confirm_void(draw: Draw, *, by: User) -> Draw:
    """Confirm another person's request: the draw is void and the plan goes one step back.

    A void sample opens the frame again, so that a corrected list can be sealed. A void draw of
    reviewers takes their sheets back, which is refused once both are sealed.
    """
    plan, locked = lock_draw(draw)
    refuse_void(locked)
    refuse_built_upon(plan, locked)
    if locked.voided_by_id is None:
        raise RefusedError(f"没有人提出作废{locked.code}。先由科室一人提出并写明理由。")
    if not may_confirm_void(by, locked):
        raise RefusedError(
            "作废须由另一人确认：科室另一账号或局领导。提出的人不能自己确认。", status=403
        )
    refuse_backward_clock(plan, locked)
    close_review(plan, locked)
    locked.void_confirmed_by, locked.voided_at = by, plan.now
    locked.save(update_fields=["void_confirmed_by", "voided_at"])
    step_back(plan, locked, by=by)
    detail: dict[str, object] = {"reason": locked.void_reason}
    record_event("confirm_void", by=by, year=plan.year, target=locked.code, detail=detail)
    return locked


def void_draw(draw: Draw, *, reason: str, by: User, confirmed_by: User) -> Draw:
    """Both steps, for commands and tests that act for two accounts."""
    with transaction.atomic():
        return confirm_void(request_void(draw, reason=reason, by=by), by=confirmed_by)


def refuse_built_upon(plan: Plan, draw: Draw) -> None:
    """Raise `RefusedError` when later steps stand on this draw."""
    kind = DrawKind(draw.kind)
    refuse_revealed(plan, draw)
    later = plan.draws.live().filter(pk__gt=draw.pk, kind__in=LED_TO).order_by("-pk").first()
    if later and kind in LED_TO:
        raise RefusedError(
            f"{later.code}是接着{draw.code}办的，不能先作废{draw.code}。请先作废{later.code}。"
        )
    if kind in LED_TO and draw.drawn_at and Stage(plan.stage) is not LED_TO[kind]:
        raise RefusedError(
            f"{plan.year}年度已进入“{plan.get_stage_display()}”，{draw.code}不能再作废。"
            "个别案件或专家有问题，请用换件、回避办理。"
        )


def review_sheets(plan: Plan, draw: Draw) -> list[ScoreSheet]:
    """The standing sheets of the 复评组 that a draw brought, under the lock."""
    if draw.kind != DrawKind.REVIEW:
        return []
    found = ScoreSheet.objects.standing().filter(
        round=SheetRound.REVIEW,
        drawn_case__draw__plan=plan,
        drawn_case__case__number=draw.target,
    )
    return list(found.select_for_update(of=("self",)))


def refuse_revealed(plan: Plan, draw: Draw) -> None:
    """Raise `RefusedError` once the panel of a review draw has seen its scores."""
    if sum(1 for sheet in review_sheets(plan, draw) if sheet.sealed) > 1:
        raise RefusedError(
            f"{draw.code}抽出的复评组已经封存两份评分表、互相看到分数，不能再作废重抽。"
            "请由复评组合议定等次。"
        )


def close_review(plan: Plan, draw: Draw) -> None:
    """收回 the sheets of the 复评组 of a draw that becomes void; nobody ever reads them."""
    for sheet in review_sheets(plan, draw):
        sheet.withdrawn_at, sheet.withdrawn_reason = now_of(plan), VOIDED
        sheet.save(update_fields=["withdrawn_at", "withdrawn_reason"])


def step_back(plan: Plan, draw: Draw, *, by: User) -> None:
    """Move the plan back to where this kind of list was not yet sealed."""
    kind = DrawKind(draw.kind)
    if kind in LED_TO and draw.drawn_at:
        move_plan(plan, VOIDS[LED_TO[kind]], by=by)
    if kind == DrawKind.SAMPLE:
        Frame.objects.filter(pk=plan.frame_id).update(sealed_at=None)
        move_plan(plan, Stage.ISSUED, by=by)
