"""匹配以后的回避: cases whose expert was recused after the matching's list was sealed."""

from dataclasses import dataclass

from evaluations.models import Assignment, DrawnCase, Plan, ScoreSheet, SheetRound
from evaluations.queries.assignments import live_assignments
from evaluations.queries.relations import (
    REASON_LABELS,
    KnownTie,
    barred_from,
    case_facts,
    known_ties,
    recorders_of,
)
from evaluations.rules.relations import CaseFacts
from evaluations.rules.stages import Stage
from experts.models import Expert
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User


@dataclass(frozen=True)
class Waiting:
    """A case whose expert was recused after the list was sealed: the rule has to decide anew.

    Another account than `recorders` confirms it.

    `seen` says that both sheets are sealed and both experts saw them: then nobody can be
    exchanged any more without repeating an evaluation whose result is known.
    """

    serial: int
    number: str
    panel: str
    expert: Expert
    reason: str
    seen: bool
    recorders: tuple[User | None, ...]


def drawn_serials(plan: Plan) -> dict[str, str]:
    """File numbers of standing drawn cases by case number."""
    rows = DrawnCase.objects.of(plan).order_by().values_list("case__number", "case__serial")
    return {number: f"{serial:04d}" for number, serial in rows}


def waiting_of(plan: Plan, ties: list[KnownTie], facts: list[CaseFacts]) -> list[Waiting]:
    """Seats of ungraded cases that a relation bars; nothing before the matching or afterwards."""
    if Stage(plan.stage) not in {Stage.MATCHED, Stage.MARKING}:
        return []
    by_number = {case.case_no: case for case in facts}
    rows = live_assignments(plan).filter(drawn_case__gradings__isnull=True)
    rows = rows.select_related("drawn_case__case", "panel").order_by("drawn_case__case__serial")
    seen = seen_cases(plan)
    found = (_waiting(row, ties, by_number[row.drawn_case.case.number], seen=seen) for row in rows)
    return [each for waiting in found for each in waiting]


def seen_cases(plan: Plan) -> set[int]:
    """Drawn cases of which both first sheets are sealed and so shown to the pair."""
    rows = ScoreSheet.objects.revealed().filter(round=SheetRound.FIRST)
    return set(rows.filter(drawn_case__draw__plan=plan).values_list("drawn_case", flat=True))


def _waiting(
    row: Assignment, ties: list[KnownTie], case: CaseFacts, *, seen: set[int]
) -> list[Waiting]:
    seated = [tie for tie in ties if tie.expert.pk in {row.leader_id, row.member_id}]
    who = recorders_of(seated, case)
    place = (row.drawn_case.case.serial, case.case_no, str(row.panel))
    shown = row.drawn_case_id in seen
    return [
        Waiting(*place, expert, REASON_LABELS[reason], shown, who[expert])
        for expert, reason in barred_from(seated, case).items()
    ]


def waiting_cases(plan: Plan) -> list[Waiting]:
    """Cases of which an expert was recused after the matching."""
    facts = case_facts(plan, list(drawn_serials(plan)))
    return waiting_of(plan, known_ties(plan), facts)


def waiting_case(plan: Plan, serial: int) -> DrawnCase:
    """A standing drawn case by its file number. Raises `RefusedError` (404)."""
    found = DrawnCase.objects.of(plan).filter(case__serial=serial).select_related("draw").first()
    if found is None:
        raise RefusedError("没有找到这一件抽中案件。请刷新回避页。", status=404)
    return found
