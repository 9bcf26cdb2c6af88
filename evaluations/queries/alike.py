"""理由雷同 of graded cases, for the office: own words of both that are nearly the same."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from evaluations.models import Mark, Plan, ScoreSheet, SheetContent, SheetRound
from evaluations.queries.deliberation import revealed_pairs
from evaluations.queries.sheets import graded_sheets
from evaluations.rules.likeness import alike
from wanzhou_eval.models import User

Texts = dict[str, str]
COMMENT = "总体意见"


@dataclass(frozen=True)
class AlikeText:
    """One item, or the comment, of a case: `percent` of the characters are the same."""

    serial: int
    review: bool
    place: str
    percent: int
    text: str

    @property
    def told(self) -> str:
        """Where, and how much."""
        return f"{self.place}（{self.percent}% 相同）"


def alike_texts(plan: Plan, *, for_user: User) -> list[AlikeText]:
    """All pairs of the year that this reader may see, in file order. Four queries."""
    return alike_of(revealed_pairs(for_user, plan=plan))


def alike_of(pairs: Sequence[Sequence[ScoreSheet]]) -> list[AlikeText]:
    """What is nearly the same in each pair, but for what is said of other cases too. Three queries.

    A sentence that stands on several files is a habit of words and no copy.
    """
    written = _written([sheet for pair in pairs for sheet in pair])
    rows = [found for pair in pairs for found in _of_pair(pair, written)]
    common = _said_elsewhere({row.text for row in rows}) if rows else set()
    return [row for row in rows if row.text not in common]


def _said_elsewhere(texts: set[str]) -> set[str]:
    """Which of these stand on sheets of more than one case that may be read by staff."""
    sheets = graded_sheets().values("pk")
    notes = Mark.objects.filter(sheet__in=sheets, note__in=texts)
    comments = SheetContent.objects.filter(sheet__in=sheets, comment__in=texts)
    cases: dict[str, set[int]] = defaultdict(set)
    for text, case in notes.values_list("note", "sheet__drawn_case"):
        cases[text].add(case)
    for text, case in comments.values_list("comment", "sheet__drawn_case"):
        cases[text].add(case)
    return {text for text, found in cases.items() if len(found) > 1}


def alike_told(pairs: Sequence[Sequence[ScoreSheet]]) -> str:
    """The same as a sentence for the record of one case; empty where nothing is."""
    rows = alike_of(pairs)
    return f"{'、'.join(row.told for row in rows)}。只是提示，不改变等次。" if rows else ""


def _of_pair(pair: Sequence[ScoreSheet], written: dict[int, Texts]) -> list[AlikeText]:
    sheet = pair[0]
    left, right = (written[each.pk] for each in pair)
    found = [(place, alike(text, right.get(place, "")), text) for place, text in left.items()]
    return [
        AlikeText(
            serial=sheet.drawn_case.case.serial,
            review=sheet.round == SheetRound.REVIEW,
            place=place,
            percent=int(share * 100),
            text=text,
        )
        for place, share, text in found
        if share is not None
    ]


def _written(sheets: Sequence[ScoreSheet]) -> dict[int, Texts]:
    found: dict[int, Texts] = defaultdict(dict)
    notes = Mark.objects.filter(sheet__in=[sheet.pk for sheet in sheets]).exclude(note="")
    rows = notes.order_by("item__ordinal")
    for sheet, number, title, note in rows.values_list(
        "sheet_id", "item__number", "item__title", "note"
    ):
        found[sheet][f"{number} {title}"] = note
    for each in sheets:
        if each.comment:
            found[each.pk][COMMENT] = each.comment
    return found
