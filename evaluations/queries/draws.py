"""What the pages of the draws show: list, console, projector."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from evaluations.models import Draw, DrawKind, Plan
from evaluations.permissions.draws import may_confirm_void, may_run_draws, may_type_seed
from evaluations.queries.draws_calls import Call, call_count, calls
from evaluations.queries.draws_seed import (
    SOURCE_LABELS,
    digits_of,
    in_fives,
    readback_of,
)
from evaluations.queries.draws_text import headers_of, sections_of
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User

TITLES = {
    DrawKind.SAMPLE: "评估案件随机抽选",
    DrawKind.EXPERTS: "评估专家随机抽选",
    DrawKind.MATCH: "案件与小组随机匹配",
    DrawKind.REVIEW: "复评组随机抽选",
}
UNITS = {
    DrawKind.SAMPLE: "件",
    DrawKind.EXPERTS: "人",
    DrawKind.MATCH: "件",
    DrawKind.REVIEW: "人",
}


ACTORS = (
    *("frozen_by", "sheet_a_by", "first_typed_by", "seed_entered_by"),
    *("voided_by", "void_confirmed_by"),
)


def draw_of(year: int, code: str) -> Draw:
    """A draw of the year by its code, with everybody who acted on it.

    The texts of the previous draw stay in the database; the accounts come by one question of
    their own, because six joins to the same table cost the planner more than the page.
    """
    draw = (
        Draw.objects.select_related("plan__frame", "previous")
        .defer("previous__freeze_text", "previous__result_text")
        .filter(plan__year=year, code=code)
        .first()
    )
    if draw is None:
        raise RefusedError(f"没有编号为{code}的抽选。请从{year}年度抽选页选择。", status=404)
    people = User.objects.in_bulk({getattr(draw, f"{actor}_id") for actor in ACTORS} - {None})
    for actor in ACTORS:
        setattr(draw, actor, people.get(getattr(draw, f"{actor}_id")))
    return draw


def refuse_before_reading(draw: Draw) -> None:
    """Raise `RefusedError` until everything is read out: nobody has the list before the room."""
    if not draw.drawn_at or draw.announced < call_count(draw):
        raise RefusedError(f"{draw.code}还没有宣读完，宣读后才能下载。请先在操作台宣读。")


def draw_list(plan: Plan) -> QuerySet[Draw]:
    """Every attempt of the year in order, void ones too; texts are left in the database."""
    return plan.draws.select_related("voided_by", "void_confirmed_by").defer(
        "freeze_text", "result_text"
    )


class Step:
    """The steps of a ceremony by name, in order."""

    SHEET, FIRST, SECOND, READING, SIGN, LOCKED, VOID = (
        "sheet", "first", "second", "reading", "sign", "locked", "void",
    )  # fmt: skip


def step_of(draw: Draw, *, total: int) -> str:
    """The one step that is to be done now."""
    if draw.voided_at:
        return Step.VOID
    if not draw.sheet_a_at:
        return Step.SHEET
    if not draw.drawn_at:
        return Step.SECOND if draw.first_typed_by_id else Step.FIRST
    if draw.announced < total:
        return Step.READING
    return Step.LOCKED if draw.signed_at else Step.SIGN


@dataclass(frozen=True)
class Phase:
    """One of the six phases on the band: done, now or todo."""

    name: str
    state: str
    note: str


def phases(draw: Draw, *, total: int) -> list[Phase]:
    """名单封存 to 签名锁定 with their times."""
    unit = UNITS[DrawKind(draw.kind)]
    all_read = draw.announced >= total if draw.drawn_at else False
    facts: list[tuple[str, datetime | None, str]] = [
        ("名单封存", draw.frozen_at, ""),
        ("指纹单签名", draw.sheet_a_at, "请各方签名"),
        (
            "录入随机数",
            draw.seed_entered_at,
            "已录一遍" if draw.first_typed_by_id else "待录入",
        ),
        ("执行抽选", draw.drawn_at, "待执行"),
        ("逐号宣读", draw.drawn_at if all_read else None, f"第 {draw.announced} / {total} {unit}"),
        ("各方签名", draw.signed_at, "待签名"),
    ]
    rows, current = [], True
    for at, (name, moment, note) in enumerate(facts):
        if moment:
            text = f"{total} {unit}" if at == 4 else f"{timezone.localtime(moment):%H:%M}"
            rows.append(Phase(name, "done", text))
        else:
            rows.append(Phase(name, "now" if current else "todo", note if current else ""))
            current = False
    return rows


@dataclass(frozen=True)
class Console:
    """The operator's desk: where the ceremony stands and what this reader may do."""

    draw: Draw
    title: str
    step: str
    phases: list[Phase]
    unit: str
    total: int
    current: Call | None
    next_call: Call | None
    readback: str
    digits: list[str] = field(default_factory=list)
    source: str = ""
    is_first_typist: bool = False
    may_run: bool = False
    may_type: bool = False
    may_confirm: bool = False
    may_withdraw: bool = False


def console(draw: Draw, *, for_user: User) -> Console:
    """The state of a ceremony for one reader. A fixed number of queries."""
    items = calls(draw)
    said = draw.announced
    return Console(
        draw=draw,
        title=TITLES[DrawKind(draw.kind)],
        step=step_of(draw, total=len(items)),
        phases=phases(draw, total=len(items)),
        unit=UNITS[DrawKind(draw.kind)],
        total=len(items),
        current=items[said - 1] if 0 < said <= len(items) else None,
        next_call=items[said] if said < len(items) and draw.signed_at is None else None,
        readback=readback_of(draw),
        digits=in_fives(digits_of(draw)),
        source=SOURCE_LABELS.get(draw.seed_source, ""),
        is_first_typist=draw.first_typed_by_id == for_user.pk,
        may_run=may_run_draws(for_user),
        may_type=may_type_seed(for_user),
        may_confirm=may_confirm_void(for_user, draw),
        may_withdraw=draw.voided_by_id == for_user.pk and draw.voided_at is None,
    )


def summary_of(draw: Draw) -> str:
    """从多少件中抽多少件, read from the sealed list."""
    rows, headers = sections_of(draw.freeze_text), headers_of(draw.freeze_text)
    if draw.kind == DrawKind.SAMPLE:
        inside = sum(row[4] == "in" for row in rows["cases"])
        return f"从 {inside} 件中抽 {headers['n']} 件"
    if draw.kind == DrawKind.MATCH:
        placed = sum(row[4] == "S" for row in rows["cases"])
        return f"{placed} 件分到 {len(rows['groups'])} 个小组"
    inside = sum(row[4] == "in" for row in rows["pool"])
    seats = sum(int(part.partition(":")[2]) for part in headers["slots"].split(","))
    return f"从 {inside} 人中抽 {seats} 人"
