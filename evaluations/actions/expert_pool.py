"""专家库 of a year: facts of an expert and 本年度不参加, until the list of experts is sealed."""

from collections.abc import Mapping

from django.db import transaction

from evaluations.actions.draws_locks import now_of
from evaluations.actions.plan import lock_plan
from evaluations.models import DrawKind, Plan
from evaluations.queries.draws_lists import live_draw
from experts.models import Expert, YearAbsence
from experts.permissions import may_keep_pool
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User

FACTS = {
    "criminal": "刑事",
    "civil": "民事行政",
    "is_local": "本地",
    "may_lead": "可任组长",
    "active": "在库",
}
"""What decides whether and for what an expert can be drawn."""


def lock_pool(plan: Plan, *, by: User) -> Plan:
    """Lock the plan; refuse everybody but 科室, and every change once the list is sealed."""
    locked = lock_plan(plan)
    if not may_keep_pool(by):
        raise RefusedError("专家库由科室维护。请联系公共法律服务科。", status=403)
    draw = live_draw(locked, DrawKind.EXPERTS)
    if draw:
        raise RefusedError(
            f"专家名单已封存（{draw.code}），专家情况不能再改。已抽中的人不能参加，在分组匹配页登记退出；"
            "确需更正，由两人作废专家抽选后再改。"
        )
    return locked


@transaction.atomic
def change_expert(
    plan: Plan, expert: Expert, *, values: Mapping[str, bool], reason: str, by: User
) -> Expert:
    """Change what an expert may be drawn for, with the reason; before and after on record.

    Raises `RefusedError` when the list is sealed, no specialty is left, or nothing changes.
    """
    locked = lock_pool(plan, by=by)
    row = Expert.objects.select_for_update(of=("self",)).select_related("person").get(pk=expert.pk)
    changed = {n: values[n] for n in FACTS if n in values and values[n] != getattr(row, n)}
    if not reason.strip():
        raise RefusedError("请写明更正的理由和依据。", status=422)
    if not changed:
        raise RefusedError("没有改动任何一项，不用保存。", status=422)
    before = {name: getattr(row, name) for name in changed}
    for name, value in changed.items():
        setattr(row, name, value)
    if not (row.criminal or row.civil):
        raise RefusedError("专业领域至少保留一项；不再参加评估的改为不在库。", status=422)
    row.save(update_fields=list(changed))
    words = [
        f"{FACTS[name]}：{'是' if before[name] else '否'}→{'是' if value else '否'}"
        for name, value in changed.items()
    ]
    detail: dict[str, object] = {"changes": words, "reason": reason.strip()[:200]}
    record_event("change_expert", by=by, year=locked.year, target=row.person.code, detail=detail)
    return row


@transaction.atomic
def enter_absence(
    plan: Plan, expert: Expert, *, reason: str, document: str, by: User
) -> YearAbsence:
    """本年度整体不参加: the expert stays in the pool and is left out of the year's draws."""
    locked = lock_pool(plan, by=by)
    if not reason.strip() or not document.strip():
        raise RefusedError("请写明原因和依据文书（例如本人书面申请及日期）。", status=422)
    if expert.absences.filter(year=locked.year, lifted_at__isnull=True).exists():
        raise RefusedError(f"{expert.person.name}已登记{locked.year}年度不参加，不用再办。")
    made = YearAbsence.objects.create(
        expert=expert, year=locked.year, reason=reason.strip(), document=document.strip(),
        entered_by=by, entered_at=now_of(locked),
    )  # fmt: skip
    detail: dict[str, object] = {"reason": made.reason, "document": made.document}
    record_event("enter_absence", by=by, year=locked.year, target=expert.person.code, detail=detail)
    return made


@transaction.atomic
def lift_absence(plan: Plan, expert: Expert, *, reason: str, by: User) -> YearAbsence:
    """Take an entry back with a reason; it stays on record."""
    locked = lock_pool(plan, by=by)
    if not reason.strip():
        raise RefusedError("请写明撤销的理由。", status=422)
    rows = expert.absences.select_for_update(of=("self",))
    found = rows.filter(year=locked.year, lifted_at__isnull=True).first()
    if found is None:
        raise RefusedError(f"{expert.person.name}没有登记{locked.year}年度不参加，不用撤销。")
    found.lifted_by, found.lifted_at = by, now_of(locked)
    found.lifted_reason = reason.strip()[:200]
    found.save(update_fields=["lifted_by", "lifted_at", "lifted_reason"])
    detail: dict[str, object] = {"reason": found.lifted_reason}
    record_event("lift_absence", by=by, year=locked.year, target=expert.person.code, detail=detail)
    return found
