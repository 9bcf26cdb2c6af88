"""评分: entering marks into the own draft (article 6.2, 一案两评, 背靠背).

Saving locks only the expert's own sheet: what one expert does never waits for the partner, so
that not even the time of an answer tells whether the other has begun.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.timezone import localtime

from evaluations.models import Item, ScoreSheet, SheetContent
from evaluations.queries.sheets import NO_SHEET
from evaluations.queries.standards import rule_item, scope_of
from evaluations.rules import standards
from evaluations.rules.checks import check_mark
from evaluations.rules.levels import BEST
from evaluations.rules.marking_time import ON_PAPER
from evaluations.rules.standards import MarkState, plain
from evaluations.storing import OwnDraft, SheetAddress, StoredMark, open_draft, store_marks
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Role, User
from wanzhou_eval.readers import tells_reader

SEALED = "这张评分表已封存，不能再改。两位专家都封存后，改分须经合议。"
UNSIGNED = "请先阅读并签署保密承诺与回避声明，再开始评分。"


@dataclass(frozen=True)
class Draft:
    """The locked own draft with its marks by item."""

    sheet: OwnDraft
    standard: standards.Standard
    marks: dict[int, StoredMark]

    @property
    def now(self) -> datetime:
        """The plan's moment, read after the lock."""
        return self.sheet.now


@dataclass(frozen=True)
class SavedRow:
    """What a save left: the row's version for the window, the time, and all marks of the sheet.

    `mark` is a blank one where the judgement of the whole file was saved.
    """

    version: int
    saved_at: datetime
    mark: standards.Mark
    standard: standards.Standard
    marks: tuple[standards.Mark, ...]
    overall: int | None = None


def lock_draft(which: SheetAddress | ScoreSheet, *, by: User) -> Draft:
    """Lock the row of the expert's own sheet, read the clock after it, and see that it is open.

    Raises `RefusedError`: 404 for anybody else, 409 when sealed, withdrawn or out of the period.
    """
    sheet = open_draft(which, person=by.person_id) if by.role == Role.EXPERT else None
    if sheet is None:
        raise RefusedError(NO_SHEET, status=404)
    if sheet.sealed:
        raise RefusedError(SEALED)
    closed = sheet.why_closed
    if closed or sheet.paper:
        raise RefusedError(closed or ON_PAPER)
    if not sheet.signed:
        raise RefusedError(UNSIGNED)
    standard, items = scope_of(sheet.standard, sheet.scope, locked_at=sheet.standard_locked_at)
    return Draft(sheet, standard, sheet.marks({item.pk: item.number for item in items}))


@tells_reader
def save_mark(  # noqa: PLR0913  # one argument per field of a row on the paper sheet
    which: SheetAddress | ScoreSheet,
    *,
    item: Item,
    state: str = "",
    deduction: Decimal | None = None,
    level: int | None = None,
    reasons: tuple[int, ...] = (),
    pages: str = "",
    note: str = "",
    version: int,
    bulk: bool = False,
    by: User,
) -> SavedRow:
    """Save one row of a draft. `version` is the row's as the expert's window knows it, 0 if new.

    A draft may be incomplete; what can never be right (more than full marks, an unknown reason)
    is refused (422). An older window is refused (409) with what the newer one saved. `bulk`: by
    本节其余项不扣分, kept with the row.
    """
    draft = lock_draft(which, by=by)
    typed = {"state": state, "deduction": deduction, "level": level, "reasons": reasons}
    row = {"item": item, **typed, "pages": pages, "note": note, "version": version, "bulk": bulk}
    mark = _entered(draft, row)
    store_marks(draft.sheet, {item.pk: mark})
    others = (stored.mark for key, stored in draft.marks.items() if key != item.pk)
    marks, overall = (*others, mark), draft.sheet.overall
    return SavedRow(version + 1, draft.now, mark, draft.standard, marks, overall)


@tells_reader
def save_rows(
    which: SheetAddress | ScoreSheet, *, rows: Sequence[Mapping[str, Any]], by: User
) -> int:
    """Save a whole sheet sent at once; rows as typed already stored are left alone.

    All or nothing. The number of rows that changed. `rows` hold the arguments of `save_mark`.
    """
    draft = lock_draft(which, by=by)
    changed = {
        row["item"].pk: _entered(draft, row)
        for row in rows
        if typed_mark(row) != _stored(draft, row["item"])
    }
    if changed:
        store_marks(draft.sheet, changed)
    return len(changed)


@tells_reader
def save_comment(
    which: SheetAddress | ScoreSheet, *, comment: str, was: str | None = None, by: User
) -> datetime:
    """Save 总体意见 of a draft, up to 1000 characters; the plan's moment.

    `was` is what the window last knew. Where another window saved something else in the meantime,
    the older one is refused (409) with what the newer one saved.
    """
    draft = lock_draft(which, by=by)
    comment = comment.replace("\r\n", "\n")
    if was is not None:
        _refuse_older_comment(draft.sheet, comment=comment, was=was)
    if len(comment) > 1000:
        raise RefusedError("总体意见最多1000字，请精简后再存。", status=422)
    if comment.strip() != draft.sheet.comment:
        write_whole(draft, comment=comment.strip())
    return draft.now


@tells_reader
def save_overall(
    which: SheetAddress | ScoreSheet, *, overall: int | None, was: str | None = None, by: User
) -> SavedRow:
    """Save the overall judgement of a draft whose items take levels.

    `was` is what the window last knew; an older window is refused (409) with what was saved since.
    """
    draft = lock_draft(which, by=by)
    if not draft.standard.by_level:
        raise RefusedError("这一版评分标准按扣分评，不作总体判断。请刷新页面。", status=422)
    stored = draft.sheet.overall
    shown = "" if stored is None else str(stored)
    if was is not None and stored != overall and shown != was:
        raise RefusedError(
            "总体判断在另一窗口改过，这里没有保存。请选用哪一个。",
            detail={"theirs": {"overall": shown, "version": 0, "saved_at": ""}},
        )
    if stored != overall:
        write_whole(draft, overall=overall)
    marks = tuple(stored.mark for stored in draft.marks.values())
    return SavedRow(0, draft.now, standards.Mark(item=""), draft.standard, marks, overall)


def write_whole(draft: Draft, **fields: str | int | None) -> None:
    """Write what is said of the whole file."""
    SheetContent.objects.filter(pk=draft.sheet.pk).update(
        version=F("version") + 1,
        saved_at=draft.now,
        opened_at=Coalesce("opened_at", draft.now),
        **fields,
    )


def _refuse_older_comment(sheet: OwnDraft, *, comment: str, was: str) -> None:
    if sheet.comment in {was.strip(), comment.strip()}:
        return
    at = f"{localtime(sheet.saved_at):%H:%M:%S}" if sheet.saved_at else ""
    theirs = {"comment": sheet.comment, "version": 0, "saved_at": at}
    raise RefusedError(
        "总体意见在另一窗口改过，这里没有保存。请选用哪一个。", detail={"theirs": theirs}
    )


def _entered(draft: Draft, row: Mapping[str, Any]) -> standards.Mark:
    """The row as it is to be stored on the locked sheet; nothing is written yet."""
    item: Item = row["item"]
    if (item.standard_id, item.scope) != (draft.sheet.standard, draft.sheet.scope):
        raise RefusedError("这一项不在本案的评分标准里。请刷新页面后再评。", status=422)
    before = draft.marks.get(item.pk)
    if row["version"] != (before.version if before else 0):
        raise conflict(item, before)
    entered = typed_mark(row)
    refuse_impossible(rule_item(item), entered)
    return entered


def typed_mark(row: Mapping[str, Any]) -> standards.Mark:
    """A row as typed, as the value of the rules."""
    return standards.Mark(
        item=row["item"].number,
        state=_state(row["state"]),
        deduction=row["deduction"],
        reasons=tuple(sorted(set(row["reasons"]))),
        pages=row["pages"].strip(),
        note=row["note"].strip(),
        level=row.get("level"),
        bulk=bool(row.get("bulk")) and (row["deduction"] == 0 or row.get("level") == BEST),
    )


def _stored(draft: Draft, item: Item) -> standards.Mark:
    before = draft.marks.get(item.pk)
    return before.mark if before else standards.Mark(item=item.number)


def conflict(item: Item, theirs: StoredMark | None) -> RefusedError:
    """The refusal that shows what the other window saved."""
    saved = theirs.mark if theirs else standards.Mark(item=item.number)
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
            | ({"level": str(saved.level or "")} if item.by_level else {})
        },
    )


def _state(value: str) -> MarkState:
    try:
        return MarkState(value)
    except ValueError as error:
        raise RefusedError("“不适用”“无法评价”只能勾选，请刷新页面后再选。", status=422) from error


def refuse_impossible(value: standards.Item, entered: standards.Mark) -> None:
    """Refuse at once what no later entry could put right; the rest waits for the check."""
    sentence = why_impossible(value, entered)
    if sentence:
        raise RefusedError(sentence, status=422)


def why_impossible(value: standards.Item, entered: standards.Mark) -> str:
    """Why an entry can never be right, as a sentence; empty when it can.

    不适用 and 无法评价 are nothing without their reason: the database refuses them too.
    """
    if len(entered.pages) > 60 or len(entered.note) > 400:
        return "卷宗页码最多60字，说明最多400字，请精简后再存。"
    if not {reason.key for reason in value.reasons}.issuperset(entered.reasons):
        return f"“{value.title}”没有所选的扣分情形，请刷新页面后再选。"
    misfits = {"level", "deduction"} if value.by_level else {"level"}
    for problem in check_mark(value, entered):
        if problem.field in misfits:
            return problem.sentence
    if entered.deduction is not None and not 0 <= entered.deduction <= value.full_marks:
        full = plain(value.full_marks)
        return f"“{value.title}”满分{full}分，扣分只能填 0 到 {full}。"
    vetoed = entered.state is MarkState.VETO
    impossible = not (vetoed or entered.blank) if value.veto else vetoed
    left_out = entered.state in {MarkState.NOT_APPLICABLE, MarkState.CANNOT_ASSESS}
    if left_out and not value.veto:
        impossible = bool(check_mark(value, entered))
    return check_mark(value, entered)[0].sentence if impossible else ""
