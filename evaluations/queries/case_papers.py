"""评分表 as they are filed: many sheets at once in a few queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evaluations.models import DrawnCase, Plan, ScoreSheet
from evaluations.queries.deliberation import Case, load_cases, revealed_pairs
from evaluations.queries.sheets import graded_sheets, marks_by_sheet, revealed_pair
from evaluations.queries.standards import load_scope
from evaluations.rules.standards import Mark, Standard
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User


@dataclass(frozen=True)
class SheetPaper:
    """A sheet with its marks and the standard that it was scored on."""

    sheet: ScoreSheet
    standard: Standard
    marks: Mapping[str, Mark]


def sheet_papers(sheets: Iterable[ScoreSheet]) -> list[SheetPaper]:
    """What stands on sheets that the caller may read: one query for the marks of all of them."""
    listed = list(sheets)
    marks = marks_by_sheet(listed)
    scopes: dict[tuple[int, str], Standard] = {}
    papers = []
    for sheet in listed:
        key = (sheet.standard_id, sheet.scope)
        if key not in scopes:
            scopes[key], _ = load_scope(sheet.standard, sheet.scope)
        papers.append(SheetPaper(sheet, scopes[key], {m.item: m for m in marks[sheet.pk]}))
    return papers


def sealed_paper(sheet: ScoreSheet) -> SheetPaper:
    """A sheet as a paper once it is sealed. Raises `RefusedError` (409) for a draft."""
    if sheet.sealed_at is None:
        raise RefusedError("评分表封存以后才能出正式的 Word 文书；草稿请用“打印评分表”。")
    return sheet_papers([sheet])[0]


def graded_of(plan: Plan) -> list[ScoreSheet]:
    """Every standing sheet of a graded case of the year, in file order (背靠背)."""
    sheets = graded_sheets().standing().filter(drawn_case__in=DrawnCase.objects.of(plan))
    return list(sheets.with_case().order_by("drawn_case__case__serial", "round", "-leads", "pk"))


def graded_cases_of(plan: Plan, user: User) -> list[Case]:
    """Every graded pair of the year that this reader may see, in file order."""
    return [case for case in load_cases(revealed_pairs(user, plan=plan)) if case.grading]


def graded_case(user: User, *, year: int, serial: int, in_round: str) -> Case:
    """A graded case that this reader may see; any other is as if it were not there (404)."""
    pair = revealed_pair(user, year=year, serial=serial, in_round=in_round)
    return load_cases([pair])[0]
