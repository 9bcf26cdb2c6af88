"""Before the first sheet: the undertaking, the training, the practice sheet (article 9.3)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from evaluations.actions.plan import lock_plan
from evaluations.actions.recusals import Recorded, record_recusal
from evaluations.models import (
    Attendance,
    DeclaredRelation,
    Plan,
    Training,
    Undertaking,
)
from evaluations.permissions.marking import may_hold_training
from evaluations.queries.before import seated_experts, undertaking_expert
from evaluations.rules.stages import Stage
from evaluations.rules.undertakings import CURRENT
from experts.models import Expert
from wanzhou_eval.audit import record_event
from wanzhou_eval.clock import database_now
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Role, User

TO_SIGN = (Stage.EMPANELLED, Stage.MATCHED, Stage.MARKING, Stage.PUBLISHED)
"""From the panels on: relations declared before the matching still steer it."""
TO_TRAIN = (Stage.DRAWN, Stage.EMPANELLED, Stage.MATCHED, Stage.MARKING)


@transaction.atomic
def sign_undertaking(
    plan: Plan, *, by: User, relations: Sequence[Mapping[str, Any]] = ()
) -> Undertaking:
    """保密承诺与回避声明, signed once a year before the first sheet.

    `relations` are declared along with it and are recorded as any other recusal: a bad one
    refuses the whole signature, so that nobody signs that everything was declared when it was not.
    """
    plan = lock_plan(plan, in_stages=TO_SIGN)
    expert = undertaking_expert(plan, by)
    if by.role != Role.EXPERT or expert is None:
        raise RefusedError("只有本年度聘请的评估专家需要签署承诺书。", status=403)
    if Undertaking.objects.filter(plan=plan, expert=expert).exists():
        raise RefusedError("承诺书已经签署，不用再签。请回“我的任务”开始评分。")
    assert plan.now is not None
    signed = Undertaking.objects.create(
        plan=plan, expert=expert, text_version=CURRENT.version, text_sha256=CURRENT.sha256,
        declares=bool(relations), signed_at=plan.now, signed_by=by,
    )  # fmt: skip
    told: list[Recorded] = [
        record_recusal(plan, expert=expert, by=by, **relation) for relation in relations
    ]
    DeclaredRelation.objects.bulk_create(
        DeclaredRelation(undertaking=signed, recusal=each.recusal) for each in told
    )
    record_event(
        "sign_undertaking", by=by, year=plan.year, target=expert.person.code,
        detail={"version": CURRENT.version, "relations": len(told)},
    )  # fmt: skip
    return signed


@transaction.atomic
def hold_training(
    plan: Plan, *, held_on: date, place: str, trainer: str, notes: str,
    experts: Collection[Expert], by: User, corrects: Training | None = None,
) -> Training:  # fmt: skip
    """登记专项培训: who took part and what was agreed; a correction is a new record.

    Raises `RefusedError` (422) without notes, without anybody, for a day still to come, or for
    somebody who holds no seat this year.
    """
    plan = lock_plan(plan, in_stages=TO_TRAIN)
    if not may_hold_training(by):
        raise RefusedError("专项培训由公共法律服务科或法律援助中心登记。", status=403)
    _refuse_unheld(plan, held_on=held_on, notes=notes, experts=experts)
    if corrects is not None and Training.objects.filter(corrects=corrects).exists():
        raise RefusedError("这条培训记录已经更正过，请在更正后的那一条上再更正。")
    training = Training.objects.create(
        plan=plan, held_on=held_on, place=place.strip(), trainer=trainer.strip(),
        notes=notes.strip(), corrects=corrects, recorded_by=by,
    )  # fmt: skip
    Attendance.objects.bulk_create(
        Attendance(training=training, expert=expert) for expert in experts
    )
    record_event(
        "hold_training", by=by, year=plan.year, target=f"{held_on:%F}",
        detail={"experts": len(experts), "corrects": corrects.pk if corrects else None},
    )  # fmt: skip
    return training


def _refuse_unheld(plan: Plan, *, held_on: date, notes: str, experts: Collection[Expert]) -> None:
    if held_on > plan.today:
        raise RefusedError("培训日期不能晚于今天：培训以后再登记。", status=422)
    if not notes.strip() or not experts:
        raise RefusedError("请写明培训讲定的口径，并勾选到场的专家。", status=422)
    seated = {seat.pk for seat in seated_experts(plan)}
    if any(expert.pk not in seated for expert in experts):
        raise RefusedError(
            "勾选的专家里有人不在本年度的评估小组里，请刷新页面后再登记。", status=422
        )


@transaction.atomic
def finish_practice(*, by: User) -> User:
    """做完演练卷: the page stops asking for it. The sheet itself is kept nowhere."""
    if by.role != Role.EXPERT:
        raise RefusedError("演练卷供评估专家使用。", status=403)
    user = User.objects.select_for_update().get(pk=by.pk)
    if user.practised_at is None:
        user.practised_at = database_now()
        user.save(update_fields=["practised_at"])
        record_event("finish_practice", by=by)
    return user


def require_signed(plan: Plan, expert: Expert) -> None:
    """Refuse whoever has not signed: files hold what the undertaking protects."""
    if not Undertaking.objects.filter(plan=plan, expert=expert).exists():
        raise RefusedError("请先阅读并签署保密承诺与回避声明，再开始评分。")
