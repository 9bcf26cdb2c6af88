"""离线评分表 back in: all or nothing, never over what was saved meanwhile without being asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.timezone import localtime

from evaluations.actions.entering import (
    Draft,
    lock_draft,
    why_impossible,
    write_whole,
)
from evaluations.imports.offline import OfflineRow, OfflineSheet, finding, fingerprint
from evaluations.models import Item, ScoreSheet
from evaluations.queries.offline import standard_sign
from evaluations.queries.sheets import own_sheets
from evaluations.queries.standards import load_scope, rule_item
from evaluations.rules.levels import level_text
from evaluations.rules.paper import sheet_parts
from evaluations.rules.standards import Mark, MarkState, plain
from evaluations.storing import store_marks
from wanzhou_eval.audit import record_event
from wanzhou_eval.models import User
from wanzhou_eval.readers import reads_as_actor
from wanzhou_eval.tables import Finding

FOREIGN = "这不是你现在要评的评分表，请核对文件；换过标准或重新开过的请重新下载"
SEALED_ALREADY = "这张评分表已封存，不能再改；请从文件里删去这一张工作表再上传"


class Prefer(StrEnum):
    """What counts where the file and what was saved meanwhile differ."""

    ASK = ""
    FILE = "file"
    SAVED = "saved"


@dataclass(frozen=True)
class Conflict:
    """An item that was saved after the file was made: both entries, and when."""

    sheet: str
    item: str
    at: str
    saved: str
    typed: str


@dataclass
class Uploaded:
    """What an upload did, or why it did nothing."""

    findings: list[Finding] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)
    rows: int = 0


@reads_as_actor
def upload_offline(parts: Sequence[OfflineSheet], *, prefer: Prefer, by: User) -> Uploaded:
    """Save what changed in the own drafts. A finding or an unanswered conflict saves nothing.

    Nothing is sealed. Sheets of somebody else are as if they were not there.
    """
    done = Uploaded()
    own = _own(parts, by=by, done=done)
    if done.findings:
        return done
    waiting = []
    for sheet, part in sorted(own, key=lambda pair: pair[0].pk):
        draft = lock_draft(sheet, by=by)
        changed = _changed(draft, sheet, part, prefer=prefer, done=done)
        whole = _comment(draft, part, prefer=prefer, done=done)
        whole |= _overall(draft, part, prefer=prefer, done=done)
        waiting.append((sheet, draft, changed, whole))
    if done.findings or (done.conflicts and prefer is Prefer.ASK):
        return done
    for sheet, draft, changed, whole in waiting:
        if changed:
            store_marks(draft.sheet, changed)
        if whole:
            write_whole(draft, **whole)
        done.rows += len(changed)
        if changed or whole:
            done.sheets.append(f"{sheet.drawn_case.case.serial:04d}")
    year = own[0][0].drawn_case.draw.plan.year
    record_event("upload_sheets", by=by, year=year, detail={"sheets": len(own)})
    return done


def _own(
    parts: Sequence[OfflineSheet], *, by: User, done: Uploaded
) -> list[tuple[ScoreSheet, OfflineSheet]]:
    """Each tab with the own sheet it names."""
    keys = {part.name: sheet_parts(part.code) or (0, 0) for part in parts}
    found = {
        sheet.pk: sheet for sheet in own_sheets(by).filter(pk__in=[k for _, k in keys.values()])
    }
    pairs = []
    for part in parts:
        year, key = keys[part.name]
        sheet = found.get(key)
        if sheet is None or sheet.drawn_case.draw.plan.year != year:
            done.findings.append(finding((part.name, 2, "评分表编号"), part.code, FOREIGN))
        elif part.standard != standard_sign(sheet):
            done.findings.append(finding((part.name, 3, "评分标准"), part.standard, FOREIGN))
        elif sheet.sealed:
            done.findings.append(finding((part.name, 2, "评分表编号"), part.code, SEALED_ALREADY))
        else:
            pairs.append((sheet, part))
    return pairs


def _changed(
    draft: Draft, sheet: ScoreSheet, part: OfflineSheet, *, prefer: Prefer, done: Uploaded
) -> dict[int, Mark]:
    """The rows to write; what cannot be, and what was saved meanwhile, is noted in `done`."""
    _, items = load_scope(sheet.standard, sheet.scope)
    by_number = {item.number: item for item in items}
    changed: dict[int, Mark] = {}
    for row in part.rows:
        item = by_number.get(row.number)
        problem = _problem(item, row)
        if problem or item is None:
            done.findings.append(finding((part.name, row.row, "编号"), row.number, problem))
            continue
        typed, stored = _mark(row), draft.marks.get(item.pk)
        saved = stored.mark if stored else Mark(item=item.number)
        if typed == saved:
            continue
        if row.version != (stored.version if stored else 0):
            at = f"{localtime(stored.saved_at):%m月%d日 %H:%M}" if stored else ""
            name = f"{item.number} {item.title}"
            done.conflicts.append(Conflict(part.name, name, at, _words(saved), _words(typed)))
            if prefer is not Prefer.FILE:
                continue
        changed[item.pk] = typed
    return changed


def _problem(item: Item | None, row: OfflineRow) -> str:
    return (
        why_impossible(rule_item(item), _mark(row))
        if item
        else "评分标准里没有这一项，请重新下载再填"
    )


def _mark(row: OfflineRow) -> Mark:
    return Mark(
        item=row.number, state=row.state, deduction=row.deduction, reasons=row.reasons,
        pages=row.pages, note=row.note, level=row.level,
    )  # fmt: skip


def _words(mark: Mark) -> str:
    """An entry in words, for the author who chooses between two."""
    if mark.state is not MarkState.SCORED:
        return mark.state.label
    if mark.blank:
        return "未评"
    words = f"扣 {plain(mark.deduction)} 分" if mark.deduction else "不扣分"
    words = level_text(mark.level) if mark.level else words
    keys = "、".join(str(key) for key in mark.reasons)
    return " ".join(filter(None, (words, keys and f"情形{keys}", mark.pages, mark.note[:20])))


def _overall(draft: Draft, part: OfflineSheet, *, prefer: Prefer, done: Uploaded) -> dict[str, Any]:
    """The overall judgement to write; nothing where it did not change or is blank in the file."""
    stored = draft.sheet.overall
    if not draft.standard.by_level or part.overall in {None, stored}:
        return {}
    kept = "" if stored is None else str(stored)
    if part.overall_was != fingerprint(kept):
        done.conflicts.append(
            Conflict(part.name, "总体判断", "", kept or "未作", str(part.overall))
        )
        if prefer is not Prefer.FILE:
            return {}
    return {"overall": part.overall}


def _comment(draft: Draft, part: OfflineSheet, *, prefer: Prefer, done: Uploaded) -> dict[str, Any]:
    """总体意见 to write; nothing where it did not change."""
    stored, typed = draft.sheet.comment, part.comment.replace("\r\n", "\n").strip()
    if typed == stored:
        return {}
    if len(typed) > 1000:
        told = "总体意见最多1000字"
        done.findings.append(finding((part.name, 4, "总体意见"), typed[:20], told))
    if part.comment_was != fingerprint(stored):
        done.conflicts.append(
            Conflict(part.name, "总体意见", "", stored[:40] or "空白", typed[:40])
        )
        if prefer is not Prefer.FILE:
            return {}
    return {"comment": typed}
