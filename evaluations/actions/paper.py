"""纸质评分表: two people type the signed sheet, then it is sealed as its author signed it.

Typed twice blind, not checked by eye: whoever checks a value in front of him sees what he
expects. Only where both typings agree item by item, and the notes were compared with the paper,
is the sheet sealed. The trail tells who typed, checked and sealed which sheet, never a value.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from evaluations.actions.draws_locks import now_of
from evaluations.actions.entering import UNSIGNED
from evaluations.actions.plan import lock_plan
from evaluations.actions.sheets import STAGE_OF, fix_seal
from evaluations.models import (
    DrawnCase,
    Item,
    Mark,
    PaperScan,
    PaperTyping,
    ScoreSheet,
    SheetRound,
    Undertaking,
)
from evaluations.queries.paper import (
    NO_PAPER,
    Turn,
    differences,
    first_texts,
    turn_of,
    turns_of,
    typing_as,
)
from evaluations.queries.seals import sheet_name
from evaluations.queries.sheets import why_closed, with_clock
from evaluations.queries.standards import load_scope
from evaluations.rules import standards
from evaluations.rules.paper import COMMENT, OVERALL, Typed, typed_value, typing_problems
from wanzhou_eval.attachments import SCANS, Attachment, check_attachments
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Role, User
from wanzhou_eval.readers import reading_as_person

STALE = "这张表你在另一窗口录过，这里没有保存。请刷新页面后接着录。"
DIFFERENT = "两遍还有不同，请对照纸面更正后再核对。"
Marks = Mapping[int, standards.Mark]
TYPED = ("state", "deduction", "level", "reasons", "pages")


def save_typing(
    sheet: ScoreSheet, *, marks: Marks, comment: str = "", overall: int | None = None,
    finish: bool, saves: int, by: User,
) -> PaperTyping:  # fmt: skip
    """Save the own typing, complete where `finish` is asked for; `saves` as the window knows it.

    Raises `RefusedError`: 403 for who may not type now, 422 for what is missing, 409 when stale.
    """
    with typing_as(by):
        locked = _lock(sheet)
        turn, refused = turn_of(_turns(locked), user=by)
        if not turn:
            raise RefusedError(refused, status=403)
        own = PaperTyping.objects.filter(sheet=locked, by=by, discarded_at=None).first()
        if (own.saves if own else 0) != saves:
            raise RefusedError(STALE)
        now = now_of(locked.drawn_case.draw.plan)
        own = own or PaperTyping(sheet=locked, turn=turn, by=by, begun_at=now)
        by_number = {mark.item: mark for mark in marks.values()}
        typed = Typed(marks=by_number, overall=overall, comment=comment, notes=turn == 1)
        if finish:
            _refuse_unfinished(locked, typed)
        _fill(own, marks, typed, at=now if finish else None)
        own.save()
        if finish:
            _record("type_paper", locked, by=by, detail={"turn": turn})
        return own


def _lock(sheet: ScoreSheet) -> ScoreSheet:
    """Plan, drawn case, sheet, in this order; the sheet standing, open and in its period."""
    plan = lock_plan(sheet.drawn_case.draw.plan, in_stages=(STAGE_OF[SheetRound(sheet.round)],))
    DrawnCase.objects.select_for_update(of=("self",)).get(pk=sheet.drawn_case_id)
    rows = ScoreSheet.objects.standing().select_for_update(of=("self",)).with_case()
    locked = rows.filter(pk=sheet.pk).first()
    if locked is None:
        raise RefusedError(NO_PAPER, status=404)
    if locked.sealed:
        raise RefusedError("这张评分表已封存，不能再录入。")
    with_clock(locked.drawn_case.draw.plan)
    closed = why_closed(locked)
    if closed:
        raise RefusedError(closed)
    if not Undertaking.objects.filter(plan=plan, expert=locked.expert_id).exists():
        raise RefusedError(f"{locked.expert}还没有签署承诺书。{UNSIGNED}")
    return locked


def _turns(sheet: ScoreSheet) -> list[Turn]:
    return turns_of(sheet.drawn_case.draw.plan, sheet.pk).get(sheet.pk, [])


def _refuse_unfinished(sheet: ScoreSheet, typed: Typed) -> None:
    standard, _ = load_scope(sheet.standard, sheet.scope)
    problems = typing_problems(standard, typed)
    if problems:
        raise RefusedError(
            f"还没有录完，有{len(problems)}处要对照纸面。{problems[0][1]}", status=422
        )


def _fill(own: PaperTyping, marks: Marks, typed: Typed, *, at: datetime | None) -> None:
    comment = typed.comment
    if len(comment) > 1000 or any(len(m.note) > 400 or len(m.pages) > 60 for m in marks.values()):
        raise RefusedError(
            "总体意见最多1000字，说明最多400字，卷宗页码最多60字，请按纸面核对。", status=422
        )
    own.values = {str(pk): typed_value(mark) for pk, mark in marks.items()}
    own.values |= {} if typed.overall is None else {OVERALL: [typed.overall]}
    texts = {str(pk): mark.note.strip() for pk, mark in marks.items()} | {COMMENT: comment.strip()}
    own.texts = {key: text for key, text in texts.items() if text} if own.turn == 1 else {}
    own.saves += 1
    own.finished_at = at


def discard_paper(sheet: ScoreSheet, *, reason: str, by: User) -> None:
    """撤销录入: both typings end, with a reason; by one of the two typists or by 科室."""
    with typing_as(by):
        locked = _lock(sheet)
        turns = _turns(locked)
        if not turns:
            raise RefusedError("这张评分表没有录入，不用撤销。")
        if by.role != Role.BUREAU and by.pk not in {turn.by for turn in turns}:
            raise RefusedError("录入由录入人本人或科室撤销。", status=403)
        told = reason.strip()
        if not told or len(told) > 200:
            raise RefusedError("请写明撤销录入的原因，最多200字；不要写分数。", status=422)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT discard_typings(%s, %s, %s, %s)",
                [locked.pk, by.pk, now_of(locked.drawn_case.draw.plan), told],
            )
        _record("discard_paper", locked, by=by)


def seal_paper(
    sheet: ScoreSheet, *, files: Sequence[tuple[str, bytes]], checked: set[str], by: User
) -> ScoreSheet:
    """The second person compared the notes with the paper: attach the scan and seal.

    `checked` names the notes that are as on the paper. The expert's draft, if any, gives way to
    what he signed.
    """
    with typing_as(by):
        locked = _lock(sheet)
        own = PaperTyping.objects.filter(sheet=locked, by=by, discarded_at=None, turn=2).first()
        if own is None:
            raise RefusedError("由录第二遍的人核对说明、附扫描件并封存。", status=403)
        if not own.finished_at or differences(locked) or not _turns(locked)[0].finished:
            raise RefusedError(DIFFERENT)
        texts = first_texts(locked)
        if set(texts) - checked:
            raise RefusedError("请逐条核对说明和总体意见，都与纸面一致才能封存。", status=422)
        scans = _scans(files)
        now = now_of(locked.drawn_case.draw.plan)
        with reading_as_person(locked.expert.person_id):  # what he signed is his to write
            locked = ScoreSheet.objects.with_case().get(pk=locked.pk)
            with_clock(locked.drawn_case.draw.plan)
            _attach(locked, scans, at=now, by=by)
            _write(locked, own, texts, at=now)
            fix_seal(locked)
        _record("seal_paper", locked, by=by, detail={"scans": len(scans)})
        return locked


def _scans(files: Sequence[tuple[str, bytes]]) -> list[Attachment]:
    kept, problems = check_attachments(files, SCANS)
    if problems or not kept:
        raise RefusedError(problems[0] if problems else "请附上签名原件的扫描件。", status=422)
    return kept


def _attach(sheet: ScoreSheet, scans: Sequence[Attachment], *, at: datetime, by: User) -> None:
    PaperScan.objects.bulk_create(
        PaperScan(
            sheet=sheet, name=scan.name, content_type=scan.content_type, data=scan.data,
            sha256=hashlib.sha256(scan.data).hexdigest(), at=at, by=by,
        )
        for scan in scans
    )  # fmt: skip


def _write(
    sheet: ScoreSheet, typing: PaperTyping, texts: Mapping[str, str], *, at: datetime
) -> None:
    """The agreed values and the checked notes become the sheet's marks and comment."""
    known = set(Item.objects.filter(standard=sheet.standard, scope=sheet.scope).values_list("pk"))
    values = {int(key): value for key, value in typing.values.items() if key != OVERALL}
    assert {(key,) for key in values} <= known
    Mark.objects.bulk_create(
        [_mark(sheet, key, value, texts, at=at) for key, value in values.items()],
        update_conflicts=True,
        unique_fields=["sheet", "item"],
        update_fields=[*TYPED, "note", "bulk", "saved_at"],
    )
    content = sheet.content
    content.comment, content.saved_at = texts.get(COMMENT, ""), at
    content.overall = next(iter(typing.values.get(OVERALL, ())), None)
    content.opened_at = content.opened_at or at
    content.save(update_fields=["comment", "overall", "saved_at", "opened_at"])


def _mark(
    sheet: ScoreSheet, item: int, value: list[Any], texts: Mapping[str, str], *, at: datetime
) -> Mark:
    state, amount, reasons, pages, *level = value
    return Mark(
        sheet=sheet, item_id=item, state=state, deduction=amount, reasons=reasons, pages=pages,
        level=level[0] if level else None, note=texts.get(str(item), ""), saved_at=at,
    )  # fmt: skip


def _record(
    action: str, sheet: ScoreSheet, *, by: User, detail: dict[str, object] | None = None
) -> None:
    year = sheet.drawn_case.draw.plan.year
    target = f"{sheet_name(sheet)} {sheet.expert.person.code}"
    record_event(action, by=by, year=year, target=target, detail=detail)
