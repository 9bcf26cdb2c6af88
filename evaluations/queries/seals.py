"""封存指纹: the text behind a seal, and the re-computation of every seal of a year.

The hash of an unrevealed sheet is shown to its author alone: a sheet without notes has few
possible contents, so a hash in other hands could be guessed back to the scores.
"""

import hashlib
import json
from collections.abc import Iterable

from evaluations.models import Plan, ScoreSheet, SheetRound
from evaluations.queries.sheets import marks_by_sheet
from evaluations.rules.standards import Mark, plain


def sealed_text(sheet: ScoreSheet, marks: Iterable[Mark]) -> str:
    """The text whose SHA-256 is the seal: canonical JSON, re-computable from the rows.

    Levels and the overall judgement stand in it only where there are any: the text of a sheet by
    marks is what it always was.
    """
    assert sheet.sealed_at is not None
    assert sheet.total is not None
    facts: dict[str, object] = {
        "case": sheet.drawn_case.case.number,
        "comment": sheet.comment,
        "expert": sheet.expert.person.code,
        "grade": sheet.grade,
        "marks": [_row(mark) for mark in sorted(marks, key=lambda mark: mark.item)],
        "round": str(sheet.round),
        "scope": sheet.scope,
        "sealed_at": f"{sheet.sealed_at.timestamp():.6f}",
        "standard": [sheet.standard.name, sheet.standard.version, sheet.standard.sha256],
        "total": f"{sheet.total:.6f}",
    }
    if sheet.overall is not None:
        facts["overall"] = sheet.overall
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _row(mark: Mark) -> list[object]:
    amount = None if mark.deduction is None else plain(mark.deduction)
    row: list[object] = [
        mark.item,
        mark.state.value,
        amount,
        list(mark.reasons),
        mark.pages,
        mark.note,
    ]
    row += [] if mark.level is None else [f"level {mark.level}"]
    return [*row, "bulk"] if mark.bulk else row


def seal_of(sheet: ScoreSheet, marks: Iterable[Mark]) -> str:
    """The hash of a sheet that has its total, grade and time."""
    return hashlib.sha256(sealed_text(sheet, marks).encode()).hexdigest()


def broken_seals(plan: Plan) -> list[str]:
    """Sheets of a year whose content no longer gives the hash of the seal; empty when sound.

    For `verify_records` only: it names files, never values. Two queries.
    """
    sealed = ScoreSheet.objects.filter(drawn_case__draw__plan=plan, sealed=True)
    sheets = list(sealed.with_case())
    marks = marks_by_sheet(sheets)
    return [
        sheet_name(sheet) for sheet in sheets if seal_of(sheet, marks[sheet.pk]) != sheet.seal_hash
    ]


def sheet_name(sheet: ScoreSheet) -> str:
    """What the audit trail calls a sheet that staff deal with: the file and the round."""
    return f"{sheet.drawn_case.case.serial:04d} {round_name(sheet)}"


def round_name(sheet: ScoreSheet) -> str:
    """What the trail calls a sheet that its author seals or takes back: no file (背靠背).

    Which one it was, and when, stands with the seal itself for whoever may read the sheet.
    """
    return f"{SheetRound(sheet.round).label}评分表"
