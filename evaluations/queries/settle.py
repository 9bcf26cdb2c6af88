"""合议 as the expert's list: what to confirm, what to discuss, what is settled."""

from dataclasses import dataclass

from django.urls import reverse

from evaluations.models import Plan, ScoreSheet, SheetRound
from evaluations.queries.deliberation import Case, load_cases, revealed_pairs
from evaluations.queries.sheets import own_sheets
from evaluations.rules.deliberation import Act, Phase
from wanzhou_eval.models import User


@dataclass(frozen=True)
class SettleRow:
    """One revealed case of the reader's pair."""

    serial: str
    cause: str
    partner: str
    own_grade: str
    partner_grade: str
    phase: str
    mine: bool
    grade: str
    outcome: str
    url: str


@dataclass(frozen=True)
class SettlePage:
    """The list by what is to do; `waiting` counts own sealed sheets whose pair is not revealed."""

    to_confirm: list[SettleRow]
    to_discuss: list[SettleRow]
    settled: list[SettleRow]
    waiting: int
    confirm_year: int | None


def settle_list(user: User) -> SettlePage:
    """The reader's revealed cases. A fixed number of queries, whatever the number of cases."""
    pairs = revealed_pairs(user)
    cases = load_cases(pairs)
    rows = [(case, _row(case, user)) for case in cases]
    sealed = own_sheets(user).filter(sealed=True).count()
    confirmable = [case for case in cases if Act.CONFIRM in case.acts_of(user)]
    first = [case for case in confirmable if _plan(case).stage == Plan.Stage.MARKING]
    return SettlePage(
        to_confirm=[row for case, row in rows if case.phase is Phase.AGREEING],
        to_discuss=[
            row for case, row in rows if case.phase in {Phase.OPEN, Phase.PROPOSED, Phase.DISAGREED}
        ],
        settled=[row for case, row in rows if case.phase is Phase.GRADED],
        waiting=sealed - len(pairs),
        confirm_year=_plan(first[0]).year if first else None,
    )


def _plan(case: Case) -> Plan:
    return case.pair[0].drawn_case.draw.plan


def _row(case: Case, user: User) -> SettleRow:
    own, partner = _sides(case, user)
    review = own.round == SheetRound.REVIEW
    serial, year = own.drawn_case.case.serial, _plan(case).year
    return SettleRow(
        serial=f"{serial:04d}",
        cause=own.drawn_case.case.cause,
        partner=str(partner.expert),
        own_grade=own.grade,
        partner_grade=partner.grade,
        phase=case.phase.label,
        mine=bool(case.acts_of(user)),
        grade=case.grading.grade if case.grading else "",
        outcome=case.grading.get_outcome_display() if case.grading else "",
        url=reverse("settle_review" if review else "settle_case", args=[year, serial]),
    )


def _sides(case: Case, user: User) -> tuple[ScoreSheet, ScoreSheet]:
    own = next(sheet for sheet in case.pair if sheet.expert.person_id == user.person_id)
    return own, next(sheet for sheet in case.pair if sheet.pk != own.pk)
