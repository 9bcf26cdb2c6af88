"""Score sheets as rows: who reads which. Blindness (背靠背) is decided here for every page.

`own_sheets.OWN_PAIR` says the same for one pair by hand, and a test holds the two together; the
row-level rules of the database stand behind both.

An expert reads the own sheets. The pair reads both once both are sealed. 科室, 局领导 and 审计
read them once the case is graded. Before, no function of this module hands out a value.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from django.db.models import Exists, OuterRef, Q

from evaluations.models import (
    DrawnCase,
    Grading,
    Mark,
    Plan,
    ReviewGrading,
    ScoreSheet,
    SheetRound,
)
from evaluations.models.marking import ScoreSheetQuerySet
from evaluations.permissions.marking import may_read_settlement
from evaluations.queries.own_sheets import read_own_pair, read_own_sheet
from evaluations.rules import standards
from evaluations.rules.marking_time import MarkingTime
from evaluations.rules.standards import MarkState
from wanzhou_eval.clock import database_now
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Role, User

NO_SHEET = "你的任务里没有这一号案件。请核对卷宗封面编号，或回“我的任务”选择。"
NO_CASE = "没有找到可以查看的合议。两位专家都封存评分表以后才能合议。"


def own_sheets(user: User) -> ScoreSheetQuerySet:
    """The reader's own standing sheets, in file order."""
    sheets = ScoreSheet.objects.written_by(user).standing().with_case()
    return sheets if user.role == Role.EXPERT else sheets.none()


def own_sheet(user: User, *, year: int, serial: int, in_round: str) -> ScoreSheet:
    """The reader's sheet of a case; any other is as if it were not there (404)."""
    found = read_own_sheet(user, year=year, serial=serial, in_round=in_round)
    if found is None:
        raise RefusedError(NO_SHEET, status=404)
    return found


def earlier_editions(sheet: ScoreSheet) -> list[tuple[ScoreSheet, ScoreSheet]]:
    """Each sealed edition that the author took back, with the next one, which says why."""
    if sheet.origin_id is None:
        return []
    of_one = ScoreSheet.objects.filter(Q(pk=sheet.origin_id) | Q(origin=sheet.origin_id))
    all_of_one = list(of_one.select_related("content").order_by("edition"))
    return list(pairwise(all_of_one))


def returned_sheets(pair: Sequence[ScoreSheet]) -> list[ScoreSheet]:
    """The earlier editions of a revealed case that one of the pair gave back for a correction."""
    rows = ScoreSheet.objects.filter(
        drawn_case=pair[0].drawn_case_id, round=pair[0].round, returned_by__isnull=False
    )
    joined = rows.select_related("content", "expert__person", "returned_by__person")
    return list(joined.order_by("withdrawn_at"))


def visible_sheets(user: User) -> ScoreSheetQuerySet:
    """Sheets whose values this reader may see at this moment; the base of every other query."""
    if user.role == Role.EXPERT:
        # The reader's own rows come first, as values: a planner without fresh statistics turns
        # the same condition as a sub-select into minutes.
        own = list(
            ScoreSheet.objects.written_by(user).values_list(
                "pk", "drawn_case_id", "round", "withdrawn_at"
            )
        )
        partners = Q(pk__in=[])
        for in_round in SheetRound.values:
            cases = [case for _, case, r, gone in own if r == in_round and gone is None]
            partners |= Q(round=in_round, drawn_case_id__in=cases)
        revealed = ScoreSheet.objects.revealed().filter(partners)
        return ScoreSheet.objects.filter(
            Q(pk__in=[pk for pk, _, _, gone in own if gone is None])
            | Q(pk__in=revealed.values("pk"))
        )
    if may_read_settlement(user):
        return graded_sheets()
    return ScoreSheet.objects.none()


def graded_sheets() -> ScoreSheetQuerySet:
    """Revealed sheets of cases that have their grade: what results, report and verify read."""
    case = OuterRef("drawn_case")
    first = Exists(Grading.objects.filter(drawn_case=case))
    review = Exists(ReviewGrading.objects.filter(drawn_case=case))
    revealed = ScoreSheet.objects.revealed()
    return revealed.filter(first, round=SheetRound.FIRST) | revealed.filter(
        review, round=SheetRound.REVIEW
    )


def revealed_pair(
    user: User, *, drawn_case: DrawnCase | None = None, in_round: str, **lookup: int
) -> list[ScoreSheet]:
    """Both sheets of a case that this reader may see, the leader's first; else 404.

    `lookup` is `year` and `serial` where the case is not at hand.
    """
    address = lookup.get("year", 0), lookup.get("serial", 0)
    key = drawn_case.pk if drawn_case is not None else None
    sheets: Iterable[ScoreSheet]
    if user.role == Role.EXPERT:
        sheets = read_own_pair(user, drawn_case=key, address=address, in_round=in_round)
    else:
        visible = visible_sheets(user).standing().filter(round=in_round).with_case()
        year, serial = "drawn_case__draw__plan__year", "drawn_case__case__serial"
        which = {year: address[0], serial: address[1]} if key is None else {"drawn_case": key}
        sheets = visible.filter(**which)
    pair = sorted(sheets, key=lambda sheet: (not sheet.leads, sheet.origin_id or sheet.pk))
    if len(pair) != 2 or not all(sheet.sealed for sheet in pair):
        raise RefusedError(NO_CASE, status=404)
    return pair


def marks_by_sheet(sheets: Iterable[ScoreSheet]) -> dict[int, list[standards.Mark]]:
    """The marks of sheets that the caller was allowed to read, as values. One query."""
    found: dict[int, list[standards.Mark]] = defaultdict(list)
    rows = Mark.objects.filter(sheet__in=[sheet.pk for sheet in sheets]).select_related("item")
    for row in rows.order_by("item__ordinal"):
        found[row.sheet_id].append(rule_mark(row))
    return found


def rule_mark(mark: Mark) -> standards.Mark:
    """A row of a sheet as the value of the rules."""
    return standards.Mark(
        item=mark.item.number,
        state=MarkState(mark.state),
        deduction=mark.deduction,
        reasons=tuple(mark.reasons),
        pages=mark.pages,
        note=mark.note,
        level=mark.level,
        bulk=mark.bulk,
    )


def with_clock(plan: Plan) -> Plan:
    """Set the plan's present moment for a page, without locking."""
    plan.now = database_now() + plan.clock_offset
    return plan


def why_closed(sheet: ScoreSheet) -> str:
    """Why the sheet cannot be worked on now, as a sentence; empty when it is open.

    The plan's moment must be set.
    """
    plan = sheet.drawn_case.draw.plan
    return MarkingTime(
        withdrawn=sheet.withdrawn_at is not None,
        review=sheet.round == SheetRound.REVIEW,
        stage=plan.stage,
        today=plan.today,
        first=plan.marking_from,
        last=plan.marking_to,
    ).why_closed
