"""拟定、印发 and the moves of a plan; also the lock that every act of the year takes first."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from cases.actions import open_frame, set_frame_clock, set_window
from cases.queries import reconciliation_of
from evaluations.models import Plan, StageEntry
from evaluations.permissions.plan import may_move_clock, may_run_plan
from evaluations.queries.plan import due_size
from evaluations.rules.sizes import GROUNDS, SizeDecision, decision_faults
from evaluations.rules.stages import MOVES, Stage
from wanzhou_eval.audit import record_event
from wanzhou_eval.clock import database_now
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User

PARAMETERS = (
    "title",
    "basis",
    "exception_reason",
    "exception_body",
    "exception_document",
    "ratio_percent",
    "size_min",
    "size_max",
    "size_rule",
    "size_base",
    "strata",
    "allocation",
    "hash_name",
    "commitment",
    "criminal_panels",
    "civil_panels",
    "marking_from",
    "marking_to",
    "place",
    "fee",
    "publish_workdays",
    "appeal_workdays",
    "answer_workdays",
    "report_days",
    "report_roll",
    "rectify_grades",
    "rectify_deduction",
    "appeal_office",
    "appeal_address",
    "appeal_phone",
    "draw_public",
    "handler_public",
    "number_public",
    "review_paid",
    "withdrawn_paid",
)
"""What a plan states and `change_plan` may change while it is a draft."""


def lock_plan(plan: Plan, *, in_stages: tuple[Stage, ...] = ()) -> Plan:
    """Lock the plan's row, read the clock after it, and check the stage.

    The first thing an action does inside its transaction; lock order is plan, then frame, then
    drawn case, then child rows. Raises `RefusedError` (409) when the plan is in another stage.
    """
    locked = Plan.objects.select_for_update(of=("self",)).select_related("frame").get(pk=plan.pk)
    locked.now = database_now() + locked.clock_offset
    if in_stages:
        require_stage(locked, in_stages)
    return locked


def require_stage(locked: Plan, in_stages: tuple[Stage, ...]) -> None:
    """Raise `RefusedError` (409) when a locked plan is in another stage."""
    if Stage(locked.stage) not in in_stages:
        wanted = "、".join(stage.label for stage in in_stages)
        raise RefusedError(
            f"{locked.year}年度现在是“{locked.get_stage_display()}”阶段，"
            f"这一步只能在“{wanted}”阶段办理。请回年度总览看下一步。"
        )


def move_plan(plan: Plan, to: Stage, *, by: User | None) -> None:
    """Enter a stage on a locked plan, record the dated fact and the audit line.

    Raises `RefusedError` when the move is not in `rules.stages.MOVES`.
    """
    assert isinstance(plan.now, datetime), "lock the plan first"
    if to not in MOVES[Stage(plan.stage)]:
        raise RefusedError(
            f"{plan.year}年度不能从“{plan.get_stage_display()}”直接进入“{to.label}”。"
            "请按年度总览的流程逐步办理。"
        )
    before, plan.stage = plan.stage, to.value
    plan.save(update_fields=["stage"])
    StageEntry.objects.create(plan=plan, stage=to.value, at=plan.now, by=by)
    record_event(
        "move_plan",
        by=by,
        year=plan.year,
        target=str(plan),
        detail={"from": before, "to": to.value, "stage": to.label},
    )


def refuse_unless_bureau(by: User | None) -> None:
    """Raise `RefusedError` (403) unless 科室 (or the operator's command) asks."""
    if not may_run_plan(by):
        raise RefusedError("只有科室可以办理年度方案。请联系公共法律服务科。", status=403)


@transaction.atomic
def create_plan(
    *, values: Mapping[str, Any], by: User | None, rehearsal_at: datetime | None = None
) -> Plan:
    """Draw up the plan of a year and open its frame (articles 1 to 8 of the plan).

    `values` holds `year`, `window_from`, `window_to` and the `PARAMETERS`. `rehearsal_at` makes
    it a rehearsal whose clock starts at that moment. Raises `RefusedError` when the year already
    has a plan.
    """
    refuse_unless_bureau(by)
    year = values["year"]
    if Plan.objects.filter(year=year).exists():
        raise RefusedError(f"{year}年度已经有方案。请打开{year}年度修改，不要另建。")
    frame = open_frame(
        year=year,
        window_from=values["window_from"],
        window_to=values["window_to"],
        rehearsal=rehearsal_at is not None,
    )
    given = {name: values[name] for name in PARAMETERS if name in values}
    now = database_now()
    plan = Plan.objects.create(
        year=year,
        frame=frame,
        rehearsal=rehearsal_at is not None,
        clock_offset=rehearsal_at - now if rehearsal_at else timedelta(),
        created_by=by,
        **given,
    )
    StageEntry.objects.create(plan=plan, stage=Stage.DRAFT.value, at=rehearsal_at or now, by=by)
    record_event("create_plan", by=by, year=year, target=str(plan))
    return plan


@transaction.atomic
def change_plan(plan: Plan, *, values: Mapping[str, Any], by: User | None) -> Plan:
    """Change the parameters of a draft; afterwards the document stands as issued."""
    refuse_unless_bureau(by)
    locked = lock_plan(plan, in_stages=(Stage.DRAFT,))
    changed = {n: values[n] for n in PARAMETERS if n in values and values[n] != getattr(locked, n)}
    for name, value in changed.items():
        setattr(locked, name, value)
    if changed:
        locked.save(update_fields=list(changed))
    first, last = values.get("window_from"), values.get("window_to")
    if first and last:
        set_window(locked.frame, window_from=first, window_to=last)
    detail: dict[str, object] = {"fields": sorted(changed)}
    record_event("change_plan", by=by, year=locked.year, target=str(locked), detail=detail)
    return locked


@transaction.atomic
def decide_size(plan: Plan, *, decision: SizeDecision, by: User | None) -> Plan:
    """Record the decided sample size; another number than the rule's needs grounds and approval.

    Article 4; draw.md §3. Raises `RefusedError` (422) for a deviation without grounds, for grounds
    without a deviation, and for more cases than can be drawn.
    """
    refuse_unless_bureau(by)
    locked = lock_plan(plan, in_stages=(Stage.DRAFT, Stage.ISSUED))
    due = due_size(locked)
    faults = decision_faults(decision, by_rule=due.by_rule, eligible=due.eligible)
    if faults:
        raise RefusedError("".join(faults.values()), status=422)
    grounds = {f"decided_{field}": getattr(decision, field) for field in GROUNDS}
    for name, value in {"decided_size": decision.size, **grounds}.items():
        setattr(locked, name, value)
    locked.save(update_fields=["decided_size", *grounds])
    detail: dict[str, object] = {"size": decision.size, "by_rule": due.by_rule, **grounds}
    record_event("decide_size", by=by, year=locked.year, target=str(locked), detail=detail)
    return locked


@transaction.atomic
def issue_plan(plan: Plan, *, document: str, issued_on: date, by: User | None) -> Plan:
    """印发: the frame is imported and its count agrees with the declared total."""
    refuse_unless_bureau(by)
    locked = lock_plan(plan, in_stages=(Stage.DRAFT,))
    refuse_unless_reconciled(locked)
    if not document.strip():
        raise RefusedError("请填写方案的发文字号，例如“万州司发〔2022〕11号”。", status=422)
    locked.document, locked.issued_on = document.strip(), issued_on
    locked.save(update_fields=["document", "issued_on"])
    move_plan(locked, Stage.ISSUED, by=by)
    return locked


def refuse_unless_reconciled(plan: Plan) -> None:
    """Raise `RefusedError` naming the difference unless declared = drawn + excluded + rejected."""
    problem = reconciliation_of(plan.frame).problem
    if problem:
        raise RefusedError(problem)


@transaction.atomic
def set_rehearsal_clock(plan: Plan, *, moment: datetime, by: User | None) -> Plan:
    """Set the clock of a rehearsal year; it may only go forward."""
    locked = lock_plan(plan)
    if not may_move_clock(by, locked):
        raise RefusedError("只有演练年度的时钟可以调整，由科室办理。", status=403)
    if locked.stage == Plan.Stage.CLOSED:
        raise RefusedError(f"{locked.year}年度已归档，演练时钟不再拨动。")
    latest = locked.entries.order_by("-at").values_list("at", flat=True).first()
    if latest and moment < latest and locked.clock_offset != timedelta():
        raise RefusedError(
            "演练时钟只能往后拨，不能早于已经记录的事项。请选更晚的时间。", status=422
        )
    locked.clock_offset = moment - database_now()
    locked.save(update_fields=["clock_offset"])
    set_frame_clock(locked.frame, offset=locked.clock_offset)
    record_event(
        "set_rehearsal_clock",
        by=by,
        year=locked.year,
        target=str(locked),
        detail={"to": moment.isoformat()},
    )
    return locked
