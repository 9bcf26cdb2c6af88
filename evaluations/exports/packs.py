"""All 评分表 or 合议单 of a year as a ZIP, made one after the other with word of the progress."""

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator

from evaluations.exports.case_papers import deliberation_paper, score_paper
from evaluations.exports.documents import template_of
from evaluations.models import Plan, ScoreSheet, SheetRound
from evaluations.queries.case_papers import graded_cases_of, graded_of, sheet_papers
from evaluations.rules.documents import DocumentKind
from wanzhou_eval.models import User
from wanzhou_eval.wordfiles import BORN

Watch = Callable[[int, int], None]
"""Is told how many are done, and of how many."""


def pack_of(plan: Plan, kind: DocumentKind, *, reader: User, watch: Watch) -> bytes:
    """The ZIP of a kind of document, only of graded cases (背靠背)."""
    if kind is DocumentKind.SCORE_SHEET:
        sheets = graded_of(plan)
        return write_pack(score_files(sheets), total=len(sheets), watch=watch)
    cases = graded_cases_of(plan, reader)
    files = ((f"{_case_name(case.pair[0])}合议单.docx", deliberation_paper(case)) for case in cases)
    return write_pack(files, total=len(cases), watch=watch)


def score_files(sheets: Iterable[ScoreSheet]) -> Iterator[tuple[str, bytes]]:
    """Each sheet with its name: file number, round, expert's place."""
    template = template_of(DocumentKind.SCORE_SHEET)
    for paper in sheet_papers(sheets):
        place = "组长" if paper.sheet.leads else "组员"
        yield f"{_case_name(paper.sheet)}{place}评分表.docx", score_paper(paper, template=template)


def _case_name(sheet: ScoreSheet) -> str:
    review = "复评" if sheet.round == SheetRound.REVIEW else ""
    return f"{sheet.drawn_case.case.label}{review}"


def write_pack(files: Iterable[tuple[str, bytes]], *, total: int, watch: Watch) -> bytes:
    """The files as a ZIP; they are packed already, so that the ZIP only holds them together."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as package:
        for done, (name, data) in enumerate(files, start=1):
            package.writestr(zipfile.ZipInfo(name, BORN), data)
            watch(done, total)
    return target.getvalue()
