"""评分阶段: opening it, the experts' undertaking, closing it (article 6)."""

from collections import Counter
from datetime import date

from django.db import transaction
from django.db.models import Max

from cases.models import Case
from evaluations.actions.before import sign_undertaking
from evaluations.actions.entering import save_comment, save_mark, save_overall
from evaluations.actions.plan import lock_plan, move_plan
from evaluations.actions.sheets import report_problem, request_recusal, seal_sheet
from evaluations.models import (
    DrawnCase,
    Plan,
    ScoreSheet,
    ScoringStandard,
    SheetRound,
    Trial,
)
from evaluations.permissions.marking import may_run_marking
from evaluations.queries.assignments import AssignedPair, assigned_pairs
from evaluations.queries.deadlines import fix_terms
from evaluations.rules.stages import Stage
from evaluations.rules.standards import applicable_scope
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User
from wanzhou_eval.queries import kept_calendar
from wanzhou_eval.statistics import take_statistics

__all__ = [
    "close_marking",
    "create_sheets",
    "extend_marking",
    "open_marking",
    "report_problem",
    "request_recusal",
    "save_comment",
    "save_mark",
    "save_overall",
    "seal_sheet",
    "sign_undertaking",
]


@transaction.atomic
def open_marking(plan: Plan, *, by: User | None) -> Plan:
    """Create two sheets for every assigned case and lock the standard.

    Raises `RefusedError` (409) when no standard is adopted, a case has no pair or no items fit.
    """
    plan = lock_plan(plan, in_stages=(Stage.MATCHED,))
    _require_bureau(plan, by)
    if plan.standard_id is None:
        raise RefusedError(f"{plan.year}年度还没有选用评分标准。请先在“评分标准”页选用一版。")
    if Trial.objects.filter(plan=plan, closed_at__isnull=True).exists():
        raise RefusedError("试评还没有结束。请等专家全部封存，或在试评页写明原因后结束。")
    standard = ScoringStandard.objects.select_for_update().get(pk=plan.standard_id)
    pairs = assigned_pairs(plan)
    waiting = set(DrawnCase.objects.of(plan).values_list("case__serial", flat=True))
    waiting -= {pair.drawn_case.case.serial for pair in pairs}
    if waiting or not pairs:
        raise RefusedError(f"还有{len(waiting)}件抽中案件没有匹配小组。请先完成匹配或替换。")
    create_sheets(standard, pairs)
    if standard.locked_at is None:
        ScoringStandard.objects.filter(pk=standard.pk).update(locked_at=plan.now)
    move_plan(plan, Stage.MARKING, by=by)
    record_event(
        "open_marking", by=by, year=plan.year, target=str(standard),
        detail={"cases": len(pairs), "sheets": 2 * len(pairs)},
    )  # fmt: skip
    return plan


def _require_bureau(plan: Plan, by: User | None) -> None:
    if not may_run_marking(by, plan):
        raise RefusedError("评分阶段由公共法律服务科开启、处理和结束。", status=403)


def create_sheets(standard: ScoringStandard, pairs: list[AssignedPair]) -> list[ScoreSheet]:
    """Two sheets to a case, numbered per expert in file order after those already there.

    Called under the plan's lock: by `open_marking`, and for a reserve that comes in later.
    """
    scopes = set(standard.items.values_list("scope", flat=True))
    positions = _last_positions(pairs)
    sheets = []
    for pair in pairs:
        scope = scope_of(pair.drawn_case.case, scopes=scopes, standard=standard)
        for expert, leads in ((pair.leader, True), (pair.member, False)):
            positions[expert.pk] += 1
            sheets.append(
                ScoreSheet(
                    drawn_case=pair.drawn_case,
                    expert=expert,
                    leads=leads,
                    position=positions[expert.pk],
                    standard=standard,
                    scope=scope,
                )
            )
    made = ScoreSheet.objects.bulk_create(sheets)
    take_statistics(ScoreSheet)
    return made


def _last_positions(pairs: list[AssignedPair]) -> Counter[int]:
    """The highest file position of each expert so far. One query."""
    experts = {expert.pk for pair in pairs for expert in (pair.leader, pair.member)}
    rows = ScoreSheet.objects.filter(expert__in=experts, round=SheetRound.FIRST)
    rows = rows.filter(drawn_case__draw=pairs[0].drawn_case.draw_id).order_by()
    return Counter(dict(rows.values_list("expert").annotate(Max("position"))))


def scope_of(case: Case, *, scopes: set[str], standard: ScoringStandard) -> str:
    """The items that fit a case. Raises `RefusedError` (409) naming the case when none do."""
    scope = applicable_scope(kind=case.kind, stage=case.stage)
    if scope is None or scope.value not in scopes:
        stage = case.stage or "空白"
        raise RefusedError(
            f"{case.serial:04d}号案件（{case.get_kind_display()}，诉讼阶段“{stage}”）"
            f"在“{standard}”里没有适用的评分项目。请更正案件的诉讼阶段，或选用有这一范围的标准。"
        )
    return scope.value


@transaction.atomic
def extend_marking(plan: Plan, *, until: date, reason: str, by: User | None) -> Plan:
    """延长评估时间: a later last day with its reason; never an earlier one."""
    plan = lock_plan(plan, in_stages=(Stage.MARKING,))
    _require_bureau(plan, by)
    if until <= plan.marking_to or until < plan.today:
        raise RefusedError("新的结束日期须晚于原结束日期，且不早于今天。", status=422)
    if not reason.strip():
        raise RefusedError("请写明延长评估时间的原因和批准人。", status=422)
    before, plan.marking_to = plan.marking_to, until
    plan.save(update_fields=["marking_to"])
    record_event(
        "extend_marking", by=by, year=plan.year, target=str(plan),
        detail={"from": f"{before:%F}", "to": f"{until:%F}", "reason": reason.strip()[:200]},
    )  # fmt: skip
    return plan


@transaction.atomic
def close_marking(plan: Plan, *, by: User | None) -> Plan:
    """评估结束: only when every standing case is graded; fixes the time the terms run from."""
    plan = lock_plan(plan, in_stages=(Stage.MARKING,))
    _require_bureau(plan, by)
    open_cases = DrawnCase.objects.of(plan).filter(gradings__isnull=True)
    serials = list(open_cases.order_by("case__serial").values_list("case__serial", flat=True))
    if serials:
        first = "、".join(f"{serial:04d}" for serial in serials[:5])
        raise RefusedError(
            f"还有{len(serials)}件没有定等次（{first}{'等' if len(serials) > 5 else ''}），"
            "不能结束评估。请在评分进度和合议总览里催办。"
        )
    plan.ended_at = plan.now
    plan.save(update_fields=["ended_at", *fix_terms(plan, kept_calendar())])
    move_plan(plan, Stage.MARKED, by=by)
    record_event("close_marking", by=by, year=plan.year, target=str(plan))
    return plan
