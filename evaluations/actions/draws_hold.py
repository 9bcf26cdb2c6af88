"""抽选: sheet A signed, the seed typed by two people, one computation, reading, signatures.

Every step is a row in the database before the next page is shown: a reload or a second operator
goes on from there and repeats nothing.
"""

from django.db import transaction

from evaluations.actions.draws_locks import (
    lock_draw,
    refuse_backward_clock,
    refuse_unless_runs,
    refuse_unless_types,
    refuse_void,
    rule_refusals,
)
from evaluations.actions.draws_store import enter_stage, store_rows
from evaluations.models import Draw
from evaluations.queries.draws_calls import call_count
from evaluations.queries.draws_proof import reopened
from evaluations.queries.draws_seed import readback_of
from evaluations.rules.certificates import run_draw
from evaluations.rules.seeds import SeedSource, check_digits, compare_typings
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User


@transaction.atomic
def sign_sheet_a(draw: Draw, *, by: User) -> Draw:
    """Record that sheet A is printed, signed and posted: from here on the list is public."""
    plan, locked = lock_draw(draw)
    refuse_unless_runs(by)
    refuse_void(locked)
    refuse_backward_clock(plan, locked)
    if locked.sheet_a_at:
        raise RefusedError(f"{locked.code}的指纹单已经登记签名，请继续录入随机数。")
    locked.sheet_a_at, locked.sheet_a_by = plan.now, by
    locked.save(update_fields=["sheet_a_at", "sheet_a_by"])
    record_event("sign_sheet_a", by=by, year=plan.year, target=locked.code)
    return locked


@transaction.atomic
def enter_seed(draw: Draw, *, digits: str, source: str, witnesses: str, by: User) -> Draw:
    """First typing of the rolled digits; the same person may correct it until the draw is held.

    The same typing sent again changes nothing.
    Raises `RefusedError` before sheet A is signed, for digits the rule refuses (422), for a seed
    used before, and for another person, whose typing is the second.
    """
    plan, locked = lock_draw(draw)
    refuse_unless_types(by)
    refuse_void(locked)
    refuse_held(locked)
    refuse_backward_clock(plan, locked)
    if not locked.sheet_a_at:
        raise RefusedError("指纹单还没有登记签名，不能录入随机数。请先打印指纹单，各方签名后登记。")
    if locked.first_typed_by_id and locked.first_typed_by_id != by.pk:
        raise RefusedError(
            f"第一遍已由{locked.first_typed_by}录入。请录第二遍；要更正第一遍，由本人重录。"
        )
    with rule_refusals():
        check_digits(digits, source=seed_source(source))
    refuse_used_seed(locked, digits)
    typed = (digits, source, witnesses.strip())
    if typed == (locked.first_typing, locked.seed_source, locked.witnesses):
        return locked
    locked.first_typing, locked.first_typed_by = digits, by
    locked.seed_source, locked.witnesses = source, witnesses.strip()
    locked.save(update_fields=["first_typing", "first_typed_by", "seed_source", "witnesses"])
    code = readback_of(locked)
    detail: dict[str, object] = {"source": source, "digits": len(digits), "readback": code}
    record_event("enter_seed", by=by, year=plan.year, target=locked.code, detail=detail)
    return locked


def seed_source(source: str) -> SeedSource:
    """The source as the rule knows it."""
    try:
        return SeedSource(source)
    except ValueError:
        raise RefusedError(
            "随机数来源只能选十面骰、摇号球或六面骰，请重新选择。", status=422
        ) from None


def refuse_held(draw: Draw) -> None:
    """Raise `RefusedError` when the one computation has happened."""
    if draw.drawn_at:
        raise RefusedError(
            f"{draw.code}已经执行抽选，结果指纹末8位{draw.result_hash[-8:]}。"
            "结果只算一次，请继续宣读或签名。"
        )


def refuse_used_seed(draw: Draw, digits: str) -> None:
    """Raise `RefusedError` when another draw, of whatever year, had these rolled digits."""
    other = Draw.objects.rolled(digits).exclude(pk=draw.pk).first()
    if other:
        raise RefusedError(
            f"这组随机数已用于{other.code}，一组随机数只能用一次。请当场重新掷骰。", status=422
        )


@transaction.atomic
def hold_draw(draw: Draw, *, digits: str, by: User, secret: str = "") -> Draw:
    """Second typing by another person; when equal, compute once and keep everything.

    `secret` is the value from the envelope of a list with a commitment; another value than the
    sealed one is refused and leaves no trace.
    The result with its rows and the plan's next stage are saved in the same transaction: either
    the draw happened or it did not.
    """
    plan, locked = lock_draw(draw)
    refuse_unless_types(by)
    refuse_void(locked)
    refuse_held(locked)
    refuse_backward_clock(plan, locked)
    refuse_one_person(locked, by=by)
    seed = f"{digits}+{secret}" if secret else digits
    with rule_refusals():
        compare_typings(locked.first_typing, digits)
        source = seed_source(locked.seed_source)
        outcome = run_draw(reopened(locked), seed=seed, source=source)
    refuse_used_seed(locked, seed)
    locked.seed, locked.seed_entered_at, locked.seed_entered_by = seed, plan.now, by
    locked.readback, locked.drawn_at = outcome.readback, plan.now
    locked.result_text, locked.result_hash = outcome.result_text, outcome.result_hash
    locked.save()
    store_rows(locked)
    enter_stage(plan, locked, by=by)
    detail: dict[str, object] = {"readback": locked.readback, "result_hash": locked.result_hash}
    record_event("hold_draw", by=by, year=plan.year, target=locked.code, detail=detail)
    return locked


def refuse_one_person(draw: Draw, *, by: User) -> None:
    """Raise `RefusedError` unless somebody else has typed before."""
    if not draw.first_typed_by_id:
        raise RefusedError("第一遍随机数还没有录入。请先录第一遍，再由另一人录第二遍。")
    if draw.first_typed_by_id == by.pk:
        raise RefusedError(
            f"第一遍是{by.name}录入的，第二遍须由另一人录入。请换另一个科室或中心账号登录。"
        )


@transaction.atomic
def announce(draw: Draw, *, upto: int, by: User) -> Draw:
    """宣读 up to an item. A count already read changes nothing, so two presses make one step.

    While the reading is paused nothing is read out.
    """
    plan, locked = lock_draw(draw)
    refuse_unless_types(by)
    refuse_void(locked)
    if not locked.drawn_at:
        raise RefusedError(f"{locked.code}还没有执行抽选，没有可以宣读的结果。")
    total = call_count(locked)
    upto = min(upto, total)
    if locked.paused or upto <= locked.announced:
        return locked
    locked.announced = upto
    locked.save(update_fields=["announced"])
    if upto == total:
        record_event("announce", by=by, year=plan.year, target=locked.code, detail={"items": total})
    return locked


@transaction.atomic
def pause_reading(draw: Draw, *, paused: bool, by: User) -> Draw:
    """Pause the reading, or go on; what is so already stays so and is not logged again."""
    plan, locked = lock_draw(draw)
    refuse_unless_types(by)
    refuse_void(locked)
    if not locked.drawn_at or locked.signed_at:
        raise RefusedError(f"{locked.code}不在宣读中，不能暂停或继续。请刷新操作台看现在的步骤。")
    if locked.paused == paused:
        return locked
    locked.paused = paused
    locked.save(update_fields=["paused"])
    detail: dict[str, object] = {"paused": paused, "announced": locked.announced}
    record_event("pause_reading", by=by, year=plan.year, target=locked.code, detail=detail)
    return locked


@transaction.atomic
def sign_draw(draw: Draw, *, by: User) -> Draw:
    """签名锁定: everything is read out and the paper record is signed."""
    plan, locked = lock_draw(draw)
    refuse_unless_runs(by)
    refuse_void(locked)
    if locked.signed_at:
        raise RefusedError(f"{locked.code}已经签名锁定，请到抽选记录打印或下载核验包。")
    total = call_count(locked) if locked.drawn_at else 0
    if not locked.drawn_at or locked.announced < total:
        raise RefusedError(
            f"{locked.code}还没有宣读完（{locked.announced}/{total}）。请宣读完再签名锁定。"
        )
    refuse_backward_clock(plan, locked)
    locked.signed_at = plan.now
    locked.save(update_fields=["signed_at"])
    record_event("sign_draw", by=by, year=plan.year, target=locked.code)
    return locked
