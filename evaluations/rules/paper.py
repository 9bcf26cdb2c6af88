"""纸质评分表: its barcode, and what two typings of the same paper must agree in. Pure.

A printed sheet carries fourteen digits: the year (4), the sheet (9, leading zeros; one per
expert, case and edition) and a check digit (Luhn). A file's label has twelve.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from evaluations.rules.checks import Problem, check_mark
from evaluations.rules.custody import luhn, tidy
from evaluations.rules.standards import Item, Mark, MarkState, Standard, plain

YEAR_DIGITS, SHEET_DIGITS = 4, 9
CODE_LENGTH = YEAR_DIGITS + SHEET_DIGITS + 1
COMMENT = "comment"
OVERALL = "0"
"""The key of the overall judgement among the items typed: no item has the key 0."""
_DASHES = re.compile("[-‐‑‒–—―−~～至到]+")
_BREAKS = re.compile("[,，、;；/。.]+")
Value = list[object]


def sheet_code(year: int, sheet: int) -> str:
    """The fourteen digits on a printed sheet."""
    body = f"{year:0{YEAR_DIGITS}d}{sheet:0{SHEET_DIGITS}d}"
    return body + luhn(body)


def spoken_code(code: str) -> str:
    """The digits in groups, to be read out and typed."""
    return f"{code[:4]} {code[4:9]} {code[9:13]} {code[13:]}"


def sheet_parts(typed: str) -> tuple[int, int] | None:
    """Year and sheet of a code; None where it is none or its check digit is wrong."""
    text = tidy(typed)
    if not (text.isascii() and text.isdigit() and len(text) == CODE_LENGTH):
        return None
    if luhn(text[:-1]) != text[-1]:
        return None
    return int(text[:YEAR_DIGITS]), int(text[YEAR_DIGITS:-1])


def tidy_pages(text: str) -> str:
    """Pages as both typings are compared: without spaces, one sign for each kind of mark."""
    plain_text = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    return _BREAKS.sub(",", _DASHES.sub("-", plain_text)).strip(",-")


def typed_value(mark: Mark) -> Value:
    """What must agree of an item: state, amount or level, reasons, pages; not the note."""
    amount = None if mark.deduction is None else plain(mark.deduction)
    value: Value = [mark.state.value, amount, sorted(set(mark.reasons)), tidy_pages(mark.pages)]
    return value if mark.level is None else [*value, mark.level]


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What one person typed: marks by item number, the overall judgement, the opinion.

    `notes`: whether this person types the notes too; the second one does not see or type them.
    """

    marks: Mapping[str, Mark]
    overall: int | None
    comment: str
    notes: bool


def typing_problems(standard: Standard, typed: Typed) -> list[tuple[str, str]]:
    """What keeps a typing from being finished: (item number, sentence)."""
    found = []
    blank = "还没有录" if standard.by_level else "还没有录，不扣分请填 0"
    for item in standard.items:
        mark = typed.marks.get(item.number, Mark(item=item.number))
        if not item.veto and mark.blank:
            found.append((item.number, f"{item.number} {item.title}：{blank}"))
        unseen = set() if typed.notes else {"note", "reasons"} if item.by_level else {"note"}
        problems = (p for p in check_mark(item, mark) if p.field not in unseen)
        found += [(item.number, _told(item, problem)) for problem in problems]
    return found + (_of_whole(typed) if standard.by_level else [])


def _of_whole(typed: Typed) -> list[tuple[str, str]]:
    found = []
    if typed.overall is None:
        found.append((OVERALL, "总体判断：还没有录"))
    if typed.notes and not typed.comment.strip():
        found.append((COMMENT, "总体意见：纸上应写明总体判断的理由；没有写的，请退回专家补写"))
    return found


def _told(item: Item, problem: Problem) -> str:
    return f"{item.number} {problem.sentence}"


def reason_keys(text: str) -> tuple[int, ...] | None:
    """The number keys as written on paper: “1 3”, “1、3”; None when it is something else."""
    words = re.split(r"[\s,，、;；.。]+", unicodedata.normalize("NFKC", text).strip())
    keys = [word for word in words if word]
    if not all(word.isascii() and word.isdigit() and len(word) < 4 for word in keys):
        return None
    return tuple(sorted({int(word) for word in keys}))


def state_of(text: str) -> MarkState | None:
    """A state as the form sends it; None for anything else."""
    return next((state for state in MarkState if state.value == text), None)
