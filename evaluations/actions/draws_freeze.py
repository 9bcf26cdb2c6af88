"""封存名单: the list, its size and its strata become bytes with a fingerprint; then the seed."""

from django.db import transaction

from cases.models import Case, Frame
from cases.queries import cleaning_sha256
from evaluations.actions.draws_locks import (
    now_of,
    refuse_backward_clock,
    refuse_unless_runs,
    rule_refusals,
)
from evaluations.actions.plan import lock_plan, move_plan, refuse_unless_reconciled
from evaluations.models import Draw, DrawKind, Plan
from evaluations.queries.draws_frozen import (
    Frozen,
    frame_freeze,
    match_freeze,
    panel_slots,
    pool_freeze,
)
from evaluations.queries.replacements import waiting_sentence
from evaluations.rules.canonical import NONE, Head
from evaluations.rules.characters import HEX64
from evaluations.rules.hashing import HashName
from evaluations.rules.seeds import commitment
from evaluations.rules.stages import Stage
from experts.models import Expert
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User

LETTERS = {
    DrawKind.SAMPLE: "S",
    DrawKind.EXPERTS: "E",
    DrawKind.MATCH: "M",
    DrawKind.REVIEW: "R",
}


@transaction.atomic
def seal_frame(plan: Plan, *, by: User, secret: str = "") -> Draw:
    """封存案件名单 (article 4): counts agree, the list gets its fingerprint, nobody edits it.

    `secret` is the value for the envelope where the plan asks for a commitment, here and for the
    other lists: 64 hex digits made by the caller, of which only the commitment is kept.
    Moves the plan to `sealed`. Raises `RefusedError` when counts differ, the frame is empty, the
    decided size has no reason, or a list of this year is sealed already.
    """
    locked = start_freeze(plan, kind=DrawKind.SAMPLE, by=by, stage=Stage.ISSUED)
    frame = Frame.objects.select_for_update().get(pk=locked.frame_id)
    locked.frame = frame
    refuse_unless_reconciled(locked)
    head, previous = next_head(locked, kind=DrawKind.SAMPLE, secret=secret)
    with rule_refusals():
        frozen = frame_freeze(locked, head=head)
    frame.sealed_at = locked.now
    frame.save(update_fields=["sealed_at"])
    draw = store_freeze(
        locked,
        kind=DrawKind.SAMPLE,
        frozen=frozen,
        previous=previous,
        by=by,
        cleaning_hash=cleaning_sha256(frame),
    )
    move_plan(locked, Stage.SEALED, by=by)
    record_freeze(draw, by=by)
    return draw


@transaction.atomic
def freeze_experts(plan: Plan, *, by: User, secret: str = "") -> Draw:
    """封存专家名单 (article 5): the pool with everybody left out and why."""
    locked = start_freeze(plan, kind=DrawKind.EXPERTS, by=by, stage=Stage.DRAWN)
    head, previous = next_head(locked, kind=DrawKind.EXPERTS, secret=secret)
    with rule_refusals():
        frozen = pool_freeze(locked, head=head, slots=panel_slots(locked))
    draw = store_freeze(locked, kind=DrawKind.EXPERTS, frozen=frozen, previous=previous, by=by)
    record_freeze(draw, by=by)
    return draw


@transaction.atomic
def freeze_match(plan: Plan, *, by: User, secret: str = "") -> Draw:
    """封存匹配名单: panels, cases and every known relation; refused unless a matching exists.

    The refusal names the cases and experts that block it and the remedy.
    """
    locked = start_freeze(plan, kind=DrawKind.MATCH, by=by, stage=Stage.EMPANELLED)
    refuse_waiting(locked)
    head, previous = next_head(locked, kind=DrawKind.MATCH, secret=secret)
    with rule_refusals():
        frozen = match_freeze(locked, head=head)
    draw = store_freeze(locked, kind=DrawKind.MATCH, frozen=frozen, previous=previous, by=by)
    record_freeze(draw, by=by)
    return draw


@transaction.atomic
def freeze_review_draw(
    plan: Plan,
    *,
    case: Case,
    category: str,
    exclude: dict[Expert, str],
    by: User,
    secret: str = "",
) -> Draw:
    """封存复评组名单 (article 6.3): two experts of the category for one appealed case.

    `exclude` says who may not be drawn and by which code (`scored`, `recused`). The draw's
    target is the case number; its result is read by `queries.panels.drawn_experts`.
    """
    locked = start_freeze(plan, kind=DrawKind.REVIEW, target=case.number, by=by)
    head, previous = next_head(locked, kind=DrawKind.REVIEW, secret=secret)
    reasons = {expert.pk: code for expert, code in exclude.items()}
    with rule_refusals():
        frozen = pool_freeze(locked, head=head, slots={category: 2}, excluded=reasons)
    draw = store_freeze(
        locked,
        kind=DrawKind.REVIEW,
        target=case.number,
        frozen=frozen,
        previous=previous,
        by=by,
    )
    record_freeze(draw, by=by)
    return draw


def start_freeze(
    plan: Plan, *, kind: DrawKind, by: User, stage: Stage | None = None, target: str = ""
) -> Plan:
    """Lock the plan; one ceremony at a time, one live draw per kind and target."""
    locked = lock_plan(plan)
    refuse_unless_runs(by)
    standing = locked.draws.live().filter(kind=kind, target=target).first()
    if standing:
        raise RefusedError(
            f"{kind.label}的名单已经封存，编号{standing.code}，不能再封存一次。"
            f"请打开{standing.code}继续；确需重来，先由两人作废。"
        )
    locked = lock_plan(plan, in_stages=(stage,) if stage else ())
    unfinished = locked.draws.live().filter(signed_at__isnull=True).first()
    if unfinished:
        raise RefusedError(
            f"{unfinished.code}（{unfinished.get_kind_display()}）还没有签名锁定。"
            "请先在操作台办完，再封存下一份名单。"
        )
    return locked


def refuse_waiting(plan: Plan) -> None:
    """Raise `RefusedError` while an exchange waits for its second person: it changes the list."""
    sentence = waiting_sentence(plan)
    if sentence:
        raise RefusedError(sentence)


def next_head(plan: Plan, *, kind: DrawKind, secret: str) -> tuple[Head, Draw | None]:
    """The headers of the next attempt; `prev` chains it to the last draw that was held."""
    previous = plan.draws.exclude(result_hash="").order_by("-drawn_at", "-pk").first()
    if previous:
        refuse_backward_clock(plan, previous)
    number = plan.draws.filter(kind=kind).count() + 1
    code, name = f"WZ-{plan.year}-{LETTERS[kind]}{number}", HashName(plan.hash_name)
    commit = commitment_of(plan, secret, draw=code)
    prev = previous.result_hash if previous else NONE
    return Head(draw=code, hash=name, prev=prev, commit=commit), previous


def commitment_of(plan: Plan, secret: str, *, draw: str) -> str:
    """The commitment for the list (draw.md §2.2), `-` where the plan has none.

    The plan's setting is fixed while it runs. Raises `RefusedError` without a value to commit to.
    """
    if not plan.commitment:
        return NONE
    if not HEX64.fullmatch(secret):
        raise RefusedError(
            f"{plan.year}年度方案启用了封存承诺值，封存时要生成并打印承诺值。"
            "请由科室在抽选页点“封存”，不能用命令代办。",
            status=422,
        )
    return commitment(secret, draw=draw, hash_name=HashName(plan.hash_name))


def store_freeze(
    plan: Plan,
    *,
    kind: DrawKind,
    frozen: Frozen,
    previous: Draw | None,
    by: User,
    target: str = "",
    cleaning_hash: str = "",
) -> Draw:
    """Keep the sealed list to the byte, and the fingerprint of the cleaning ledger behind it."""
    return Draw.objects.create(
        plan=plan,
        kind=kind,
        target=target,
        attempt=plan.draws.filter(kind=kind, target=target).count() + 1,
        code=frozen.head.draw,
        hash_name=frozen.head.hash.value,
        freeze_text=frozen.text,
        freeze_hash=frozen.freeze_hash,
        commitment=frozen.head.commit.removeprefix(NONE),
        cleaning_hash=cleaning_hash,
        previous=previous,
        frozen_at=now_of(plan),
        frozen_by=by,
    )


def record_freeze(draw: Draw, *, by: User) -> None:
    """One audit line with the fingerprint."""
    record_event(
        "freeze_draw",
        by=by,
        year=draw.plan.year,
        target=draw.code,
        detail={
            "kind": draw.kind,
            "freeze_hash": draw.freeze_hash,
            "cleaning_hash": draw.cleaning_hash,
        },
    )
