"""卷宗交接: what scanning a file, handing over a panel's files and a missing file record."""

from django.db import transaction

from evaluations.actions.plan import lock_plan
from evaluations.models import FileMovement, Plan
from evaluations.permissions.custody import may_move_files
from evaluations.queries.custody import (
    FileRow,
    custody,
    file_of,
    file_row,
    refusal,
    takers,
)
from evaluations.rules.custody import MOVE_WORDS, MOVES, Move
from evaluations.rules.stages import Stage
from experts.models import Expert
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User


@transaction.atomic
def move_file(
    plan: Plan,
    *,
    serial: int,
    move: Move,
    by: User,
    holder: Expert | None = None,
    counterpart: str = "",
    note: str = "",
) -> FileMovement:
    """Record one hand-over. Raises `RefusedError` with the sentence for the person who scans."""
    plan = _ready(plan, by)
    row = file_row(plan, file_of(plan, serial))
    if move is Move.MISS and not note.strip():
        raise RefusedError("请写明在哪里找过、问过谁，再登记缺卷。", status=422)
    may_take = takers(plan) if move is Move.GIVE else {}
    sentence = refusal(row, move, holder=holder, may_take=may_take)
    if sentence:
        raise RefusedError(sentence)
    movement = _movement(plan, row, move, holder=holder, by=by, counterpart=counterpart)
    movement.note = note.strip()
    movement.save()
    act = "miss_file" if move is Move.MISS else "move_file"
    detail: dict[str, object] = {"move": MOVE_WORDS[move]}
    record_event(act, by=by, year=plan.year, target=row.case.number, detail=detail)
    return movement


@transaction.atomic
def move_panel(
    plan: Plan, *, panel: str, move: Move, by: User, holder: Expert | None = None,
    counterpart: str = "",
) -> list[FileMovement]:  # fmt: skip
    """Hand over all files of a panel that can make the move now.

    Files that are elsewhere stay where they are. Raises `RefusedError` when none can go.
    """
    plan = _ready(plan, by)
    may_take = takers(plan) if move is Move.GIVE else {}
    made = [
        _movement(plan, row, move, holder=holder, by=by, counterpart=counterpart)
        for row in custody(plan).rows
        if row.panel == panel and not refusal(row, move, holder=holder, may_take=may_take)
    ]
    if not made:
        raise RefusedError(
            f"{panel}没有可以登记“{MOVE_WORDS[move]}”的卷宗。请看下面各卷宗现在在哪里。"
        )
    FileMovement.objects.bulk_create(made)
    detail: dict[str, object] = {"move": MOVE_WORDS[move], "files": len(made)}
    record_event("move_panel_files", by=by, year=plan.year, target=panel, detail=detail)
    return made


def _ready(plan: Plan, by: User) -> Plan:
    plan = lock_plan(plan)
    if not may_move_files(by):
        raise RefusedError(
            "卷宗交接由中心或科室登记。请换用他们的账号，或联系公共法律服务科。", status=403
        )
    if Stage(plan.stage) is Stage.CLOSED:
        raise RefusedError(f"{plan.year}年度已归档，卷宗交接只能查看。")
    return plan


def _movement(
    plan: Plan, row: FileRow, move: Move, *, holder: Expert | None, by: User, counterpart: str
) -> FileMovement:
    """The next hand-over of a file, not stored yet."""
    assert plan.now is not None
    return FileMovement(
        case=row.case,
        ordinal=row.standing.ordinal + 1,
        move=move.value,
        source=row.standing.place.value,
        place=MOVES[move][1].value,
        holder=holder if move is Move.GIVE else None,
        at=plan.now,
        by=by,
        counterpart=counterpart.strip(),
    )
