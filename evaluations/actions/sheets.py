"""评分: what an expert does with the own sheet (article 6.2, 一案两评, 背靠背).

Saving locks only the expert's own sheet: what one expert does never waits for the partner, so
that not even the time of an answer tells whether the other has begun. Sealing and withdrawing
take the whole chain of locks: plan, drawn case, sheet.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.timezone import localtime

from evaluations.actions.plan import lock_plan
from evaluations.models import DrawnCase, Item, Mark, ScoreSheet, SheetNote, SheetRound, Undertaking
from evaluations.permissions.marking import may_mark
from evaluations.queries.score_page import sheet_problems
from evaluations.queries.seals import seal_of, sheet_name
from evaluations.queries.sheets import NO_SHEET, rule_mark, why_closed, with_clock
from evaluations.queries.standards import load_scope, rule_item
from evaluations.rules import standards
from evaluations.rules.grading import assess, stored, why_not_sealable
from evaluations.rules.stages import Stage
from evaluations.rules.standards import MarkState, plain
from experts.actions import declare_recusal
from experts.models import Recusal
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User

STAGE_OF = {SheetRound.FIRST: Stage.MARKING, SheetRound.REVIEW: Stage.PUBLISHED}
"""When the sheets of a round are worked on."""


def lock_own_sheet(sheet: ScoreSheet, *, by: User) -> ScoreSheet:
    """Lock the row of the expert's own sheet, read the clock after it, and see that it is open.

    Raises `RefusedError`: 404 for anybody else, 409 when sealed, withdrawn or out of the period.
    """
    rows = ScoreSheet.objects.select_for_update(of=("self",)).with_case()
    locked = rows.filter(pk=sheet.pk).first()
    if locked is None or not may_mark(by, locked):
        raise RefusedError(NO_SHEET, status=404)
    if locked.sealed_at:
        raise RefusedError("这张评分表已封存，不能再改。两位专家都封存后，改分须经合议。")
    plan = with_clock(locked.drawn_case.draw.plan)
    closed = why_closed(locked)
    if closed:
        raise RefusedError(closed)
    if not Undertaking.objects.filter(plan=plan, expert=locked.expert_id).exists():
        raise RefusedError("请先阅读并签署保密承诺与回避声明，再开始评分。")
    return locked


@transaction.atomic
def save_mark(  # noqa: PLR0913  # one argument per field of a row on the paper sheet
    sheet: ScoreSheet,
    *,
    item: Item,
    state: str = "",
    deduction: Decimal | None,
    reasons: tuple[int, ...] = (),
    pages: str = "",
    note: str = "",
    version: int,
    by: User,
) -> Mark:
    """Save one row of a draft. `version` is the row's as the expert's window knows it, 0 if new.

    A draft may be incomplete; what can never be right (more than full marks, an unknown reason)
    is refused (422). An older window is refused (409) with what the newer one saved.
    """
    locked = lock_own_sheet(sheet, by=by)
    before = Mark.objects.filter(sheet=locked, item=item).first()
    typed = {"state": state, "deduction": deduction, "reasons": reasons}
    row = {"item": item, **typed, "pages": pages, "note": note, "version": version}
    mark = _entered(locked, row, before=before)
    mark.save()
    _touch(locked)
    return mark


def _entered(sheet: ScoreSheet, row: Mapping[str, Any], *, before: Mark | None) -> Mark:
    """The row as it is to be stored on the locked sheet; nothing is written yet."""
    item: Item = row["item"]
    if (item.standard_id, item.scope) != (sheet.standard_id, sheet.scope):
        raise RefusedError("这一项不在本案的评分标准里。请刷新页面后再评。", status=422)
    if row["version"] != (before.version if before else 0):
        raise _conflict(item, before)
    entered = standards.Mark(
        item=item.number,
        state=_state(row["state"]),
        deduction=row["deduction"],
        reasons=tuple(sorted(set(row["reasons"]))),
        pages=row["pages"].strip(),
        note=row["note"].strip(),
    )
    _refuse_impossible(item, entered)
    mark = before or Mark(sheet=sheet, item=item, version=0)
    mark.state, mark.deduction = entered.state.value, entered.deduction
    mark.reasons, mark.pages, mark.note = list(entered.reasons), entered.pages, entered.note
    mark.version += 1
    assert sheet.drawn_case.draw.plan.now is not None
    mark.saved_at = sheet.drawn_case.draw.plan.now
    return mark


def _conflict(item: Item, theirs: Mark | None) -> RefusedError:
    """The refusal that shows what the other window saved."""
    saved = rule_mark(theirs) if theirs else standards.Mark(item=item.number)
    amount = "" if saved.deduction is None else plain(saved.deduction)
    at = f"{localtime(theirs.saved_at):%H:%M:%S}" if theirs else ""
    return RefusedError(
        f"“{item.number} {item.title}”在另一窗口改过，这里没有保存。请选用哪一个，或刷新页面。",
        detail={
            "theirs": {
                "deduction": amount,
                "state": saved.state.value,
                "reasons": list(saved.reasons),
                "pages": saved.pages,
                "note": saved.note,
                "checked": "1" if saved.state is MarkState.VETO else "",
                "version": theirs.version if theirs else 0,
                "saved_at": at,
            }
        },
    )


def _state(value: str) -> MarkState:
    try:
        return MarkState(value)
    except ValueError as error:
        raise RefusedError("“不适用”“无法评价”只能勾选，请刷新页面后再选。", status=422) from error


def _refuse_impossible(item: Item, entered: standards.Mark) -> None:
    """Refuse at once what no later entry could put right; the rest waits for the check."""
    value = rule_item(item)
    if len(entered.pages) > 60 or len(entered.note) > 400:
        raise RefusedError("卷宗页码最多60字，说明最多400字，请精简后再存。", status=422)
    if not {reason.key for reason in value.reasons}.issuperset(entered.reasons):
        raise RefusedError(f"“{item.title}”没有所选的扣分情形，请刷新页面后再选。", status=422)
    if entered.deduction is not None and not 0 <= entered.deduction <= item.full_marks:
        full = plain(item.full_marks)
        raise RefusedError(f"“{item.title}”满分{full}分，扣分只能填 0 到 {full}。", status=422)
    vetoed = entered.state is MarkState.VETO
    not_found = entered.state is MarkState.SCORED and entered.deduction is None
    impossible = not (vetoed or not_found) if value.veto else vetoed
    if entered.state is MarkState.NOT_APPLICABLE and not value.na_allowed:
        impossible = True
    if impossible:
        raise RefusedError(standards.check_mark(value, entered)[0].sentence, status=422)


def _touch(sheet: ScoreSheet) -> None:
    """Count the save on the locked sheet."""
    now = sheet.drawn_case.draw.plan.now
    ScoreSheet.objects.filter(pk=sheet.pk).update(
        version=F("version") + 1, saved_at=now, opened_at=sheet.opened_at or now
    )


@transaction.atomic
def save_rows(sheet: ScoreSheet, *, rows: Sequence[Mapping[str, Any]], by: User) -> int:
    """Save a whole sheet sent at once; rows as typed already stored are left alone.

    All or nothing. The number of rows that changed. `rows` hold the arguments of `save_mark`.
    """
    locked = lock_own_sheet(sheet, by=by)
    stored_marks = {mark.item_id: mark for mark in locked.marks.select_related("item")}
    changed = [
        _entered(locked, row, before=stored_marks.get(row["item"].pk))
        for row in rows
        if _differs(row, stored_marks.get(row["item"].pk))
    ]
    Mark.objects.bulk_create([mark for mark in changed if mark.pk is None])
    for mark in changed:
        if mark.item_id in stored_marks:
            mark.save()
    if changed:
        _touch(locked)
    return len(changed)


def _differs(row: Mapping[str, Any], mark: Mark | None) -> bool:
    was = rule_mark(mark) if mark else standards.Mark(item=row["item"].number)
    return (row["state"], row["deduction"], row["pages"].strip(), row["note"].strip()) != (
        was.state.value,
        was.deduction,
        was.pages,
        was.note,
    ) or tuple(sorted(set(row["reasons"]))) != was.reasons


@transaction.atomic
def save_comment(sheet: ScoreSheet, *, comment: str, by: User) -> None:
    """Save 总体意见 of a draft; up to 1000 characters."""
    locked = lock_own_sheet(sheet, by=by)
    if len(comment) > 1000:
        raise RefusedError("总体意见最多1000字，请精简后再存。", status=422)
    if comment.strip() != locked.comment:
        ScoreSheet.objects.filter(pk=locked.pk).update(comment=comment.strip())
        _touch(locked)


def _lock_chain(sheet: ScoreSheet, *, by: User) -> ScoreSheet:
    """Plan, drawn case, sheet, in this order, then the checks of an own open sheet."""
    own = ScoreSheet.objects.with_case().filter(pk=sheet.pk).first()
    if own is None or not may_mark(by, own):
        raise RefusedError(NO_SHEET, status=404)
    lock_plan(own.drawn_case.draw.plan, in_stages=(STAGE_OF[SheetRound(own.round)],))
    DrawnCase.objects.select_for_update(of=("self",)).get(pk=own.drawn_case_id)
    return lock_own_sheet(own, by=by)


@transaction.atomic
def seal_sheet(sheet: ScoreSheet, *, by: User) -> ScoreSheet:
    """封存: fix the sheet with its total, grade, time and hash; for everybody and for good.

    Total and grade come from the unrounded re-based total (`rules.grading`). The audit line
    holds neither: whoever reads the trail must not learn or guess a score. Raises `RefusedError`
    (422) naming the first thing that is still missing.
    """
    locked = _lock_chain(sheet, by=by)
    standard, items = load_scope(locked.standard, locked.scope)
    marks = [rule_mark(mark) for mark in locked.marks.select_related("item")]
    problems = sheet_problems(standard, items, marks)
    if problems:
        raise RefusedError(f"还不能封存，有{len(problems)}处要改。{problems[0][0]}", status=422)
    result = assess(standard, marks)
    refused = why_not_sealable(result)
    if refused or result.score is None or result.grade is None:
        raise RefusedError(refused or "还不能封存，请刷新页面后再试。", status=422)
    plan = locked.drawn_case.draw.plan
    locked.total, locked.grade, locked.sealed_at = stored(result.score), result.grade.name, plan.now
    locked.seal_hash = seal_of(locked, marks)
    locked.save(update_fields=["total", "grade", "sealed_at", "seal_hash"])
    record_event("seal_sheet", by=by, year=plan.year, target=sheet_name(locked))
    return locked


@transaction.atomic
def report_problem(sheet: ScoreSheet, *, reason: str, by: User) -> SheetNote:
    """卷宗有问题: tell the bureau about a file that cannot be read properly; the sheet stays."""
    return _note(lock_own_sheet(sheet, by=by), kind=SheetNote.Kind.PROBLEM, text=reason, by=by)


@transaction.atomic
def request_recusal(sheet: ScoreSheet, *, reason: str, by: User) -> SheetNote:
    """申请回避: work stops at once, the sheet is withdrawn, the bureau has it replaced.

    The relation goes into the declarations, so that no later draw meets it again (article 9.2).
    """
    locked = _lock_chain(sheet, by=by)
    note = _note(locked, kind=SheetNote.Kind.RECUSAL, text=reason, by=by)
    plan, case = locked.drawn_case.draw.plan, locked.drawn_case.case
    ScoreSheet.objects.filter(pk=locked.pk).update(withdrawn_at=plan.now)
    known = Recusal.objects.filter(expert=locked.expert, year=plan.year, case_key=case.key)
    if not known.exists():
        declare_recusal(
            locked.expert,
            year=plan.year,
            reason=Recusal.Reason.FOUND,
            case_key=case.key,
            explanation=reason.strip()[:200],
            by=by,
        )
    return note


def _note(sheet: ScoreSheet, *, kind: SheetNote.Kind, text: str, by: User) -> SheetNote:
    if not text.strip():
        raise RefusedError("请写明情况，科室要据此处理。", status=422)
    if len(text) > 400:
        raise RefusedError("说明最多400字，请精简后再提交。", status=422)
    plan = sheet.drawn_case.draw.plan
    assert plan.now is not None
    note = SheetNote.objects.create(sheet=sheet, kind=kind, text=text.strip(), at=plan.now, by=by)
    record_event(f"note_{kind.value}", by=by, year=plan.year, target=sheet_name(sheet))
    return note
