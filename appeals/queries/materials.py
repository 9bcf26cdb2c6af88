"""复评材料: what the 复评组 reads after both sealed their sheets, and not a moment before.

The appeal tells what was deducted, so that the paper stays closed with the old sheets: the two
score blind (article 6.3, 背靠背).
"""

from dataclasses import dataclass

from django.db.models import Prefetch

from appeals.models import Appeal, AppealFile
from evaluations.models import DrawnCase, Plan, ScoreSheet, SheetRound
from evaluations.queries.deliberation import Case, Comparison, compare, load_cases
from evaluations.queries.sheets import revealed_pair, visible_sheets
from wanzhou_eval.models import Role, User


@dataclass(frozen=True)
class Materials:
    """The appeal, and the two sheets of the first evaluation side by side (None: not a pair)."""

    plan: Plan
    drawn_case: DrawnCase
    appeal: Appeal
    first: Case | None
    comparison: Comparison | None


def review_materials(user: User, *, year: int, serial: int) -> Materials:
    """The materials for a reviewer. Raises `RefusedError` (404) before both sheets are sealed."""
    pair = revealed_pair(user, year=year, serial=serial, in_round=SheetRound.REVIEW.value)
    drawn_case = pair[0].drawn_case
    files = Prefetch("files", queryset=AppealFile.objects.defer("data"))
    appeals = Appeal.objects.counting().filter(drawn_case=drawn_case)
    appeal = appeals.prefetch_related("grounds", files).get()
    sheets = ScoreSheet.objects.revealed().filter(drawn_case=drawn_case, round=SheetRound.FIRST)
    old = sorted(sheets.with_case(), key=lambda sheet: (not sheet.leads, sheet.pk))
    first = load_cases([old])[0] if len(old) == 2 else None
    return Materials(
        plan=drawn_case.draw.plan,
        drawn_case=drawn_case,
        appeal=appeal,
        first=first,
        comparison=compare(first, every_item=False) if first else None,
    )


def reviews(user: User, appeal: Appeal) -> bool:
    """Whether the reader sits on the panel of the appeal and both have sealed."""
    if user.role != Role.EXPERT:
        return False
    sheets = visible_sheets(user).standing().filter(drawn_case=appeal.drawn_case_id)
    sealed = sheets.filter(round=SheetRound.REVIEW, sealed=True)
    return sealed.count() == 2
