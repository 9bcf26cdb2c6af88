"""登记、撤回、导入回避关系 (article 9.2); a late one stops the work on the case at once."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from cases.models import Case
from evaluations.actions.draws_locks import now_of
from evaluations.actions.plan import lock_plan
from evaluations.models import DrawnCase, Plan, ScoreSheet, SheetRound
from evaluations.queries.late_recusals import waiting_cases
from evaluations.queries.recusal_targets import directory
from evaluations.queries.recusals import match_is_frozen
from evaluations.queries.relations import case_relations
from evaluations.readings import MeantRow, meant_recusals
from evaluations.rules.stages import Stage
from experts.actions import declare_recusal
from experts.models import Expert, Recusal, RecusalWithdrawal
from experts.permissions import may_keep_pool
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User

OPEN = tuple(stage for stage in Stage if stage is not Stage.CLOSED)


@dataclass(frozen=True)
class Recorded:
    """A relation that was recorded, and the files the expert holds that wait for a new match."""

    recusal: Recusal
    waiting: tuple[str, ...]


@transaction.atomic
def record_recusal(
    plan: Plan,
    *,
    expert: Expert,
    reason: str,
    target: str,
    explanation: str,
    by: User,
    left_on: date | None = None,
) -> Recorded:
    """Record a relation typed by staff, or by the expert about himself; `target` as written.

    Open sheets on cases that it reaches are taken back. `RefusedError` (422) for a bad target.
    """
    plan = lock_plan(plan, in_stages=OPEN)
    found = directory(plan, [target]).target(target)
    if found.problem:
        raise RefusedError(found.problem, status=422)
    said: dict[str, Any] = {"reason": reason, "explanation": explanation, "left_on": left_on}
    recusal = declare_recusal(expert, year=plan.year, by=by, **said, **found.found)
    stop_work(plan, expert)
    held = [row for row in waiting_cases(plan) if row.expert == expert]
    return Recorded(recusal, tuple(f"{row.serial:04d}" for row in held))


def stop_work(plan: Plan, expert: Expert) -> None:
    """Take back the expert's open first sheets of cases he may no longer evaluate."""
    if Stage(plan.stage) is not Stage.MARKING:
        return
    sheets = ScoreSheet.objects.standing().filter(
        expert=expert, round=SheetRound.FIRST, sealed=False,
        drawn_case__in=DrawnCase.objects.of(plan),
    )  # fmt: skip
    for sheet in sheets.select_for_update(of=("self",)).select_related("drawn_case__case"):
        case: Case = sheet.drawn_case.case
        if expert in case_relations(plan, case):
            sheet.withdrawn_at, sheet.withdrawn_reason = now_of(plan), "回避"
            sheet.save(update_fields=["withdrawn_at", "withdrawn_reason"])


@transaction.atomic
def withdraw_recusal(recusal: Recusal, *, reason: str, by: User) -> RecusalWithdrawal:
    """撤回 a wrongly recorded relation: until the matching's list is sealed, with its reason."""
    plan = lock_plan(Plan.objects.get(year=recusal.year), in_stages=OPEN)
    if not may_keep_pool(by):
        raise RefusedError("登错的回避关系由科室撤回。请联系公共法律服务科。", status=403)
    if match_is_frozen(plan):
        raise RefusedError("匹配名单已经封存，回避关系只增不撤。确有错误，由两人作废匹配后再撤回。")
    if RecusalWithdrawal.objects.filter(recusal=recusal).exists():
        raise RefusedError("这条回避关系已经撤回，不用再办。")
    if not reason.strip():
        raise RefusedError("请写明为什么撤回，记录会保留。", status=422)
    row = RecusalWithdrawal.objects.create(
        recusal=recusal, reason=reason.strip()[:200], at=now_of(plan), by=by
    )
    record_event(
        "withdraw_recusal", by=by, year=plan.year, target=recusal.expert.person.code,
        detail={"reason": recusal.reason},
    )  # fmt: skip
    return row


@transaction.atomic
def import_recusals(plan: Plan, data: bytes, *, file_name: str, by: User) -> tuple[int, int]:
    """Record a list, all or nothing; returns how many are new and how many were known already.

    Raises `RefusedError` (422) naming the first finding when the list has any.
    """
    plan = lock_plan(plan, in_stages=OPEN)
    if not may_keep_pool(by):
        raise RefusedError("回避名单由科室导入。请联系公共法律服务科。", status=403)
    meant = meant_recusals(plan, data)
    if meant.findings:
        first = meant.findings[0]
        raise RefusedError(
            f"回避名单有{len(meant.findings)}处要改，一条也没有导入。"
            f"例如第{first.row}行“{first.column}”：{first.message}",
            status=422,
        )
    new = sum(enter_row(plan, row, by=by) for row in meant.rows)
    for expert in {row.expert for row in meant.rows}:
        stop_work(plan, expert)
    known = len(meant.rows) - new
    record_event(
        "import_recusals", by=by, year=plan.year, target=file_name,
        detail={"sha256": meant.sha256, "new": new, "known": known},
    )  # fmt: skip
    return new, known


def enter_row(plan: Plan, meant: MeantRow, *, by: User) -> bool:
    """Record one line; False when it is known already."""
    known = Recusal.objects.live().filter(expert=meant.expert, year=plan.year, **meant.target.found)
    if known.exists():
        return False
    declare_recusal(
        meant.expert,
        year=plan.year,
        reason=meant.row.reason,
        explanation=meant.row.explanation,
        left_on=meant.row.left_on,
        by=by,
        source=Recusal.Source.IMPORT,
        **meant.target.found,
    )
    return True
