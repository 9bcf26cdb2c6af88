"""合议: the facts of cases whose two sheets are sealed, and the pages of the pair.

Everything starts from `sheets.visible_sheets`: a case with an open sheet does not exist here.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from evaluations.models import (
    DrawnCase,
    Grading,
    Plan,
    Proposal,
    ReviewGrading,
    ScoreSheet,
    SheetRound,
)
from evaluations.permissions.marking import leader_of
from evaluations.queries.deliberated import Deliberated, vetoes_on, what_is_there
from evaluations.queries.sheets import marks_by_sheet, revealed_pair, visible_sheets
from evaluations.queries.standards import load_scope
from evaluations.rules import standards
from evaluations.rules.deliberation import (
    Act,
    Deliberation,
    Phase,
    Proposed,
    SealedSheet,
    allowed_acts,
    phase,
)
from evaluations.rules.grading import crossed_floors, shown
from evaluations.rules.levels import given_text, is_lowered
from evaluations.rules.standards import Band, MarkState
from wanzhou_eval.models import User


@dataclass(frozen=True, kw_only=True)
class Case:
    """A revealed case: the pair (leader first), the facts for the rules, the grades to choose."""

    pair: Sequence[ScoreSheet]
    facts: Deliberation
    bands: tuple[Band, ...]
    proposals: tuple[Proposal, ...]
    grading: Grading | ReviewGrading | None

    @property
    def phase(self) -> Phase:
        """Where the deliberation stands."""
        return phase(self.facts)

    @property
    def by_level(self) -> bool:
        """Whether the sheets are of levels and an overall judgement."""
        return self.pair[0].standard.by_level

    def acts_of(self, user: User) -> frozenset[Act]:
        """What the reader may do now."""
        own = [s.expert.person.code for s in self.pair if s.expert.person_id == user.person_id]
        return allowed_acts(self.facts, expert=own[0]) if own else frozenset()


def case_facts(user: User, *, drawn_case: DrawnCase, in_round: str) -> Case:
    """The case as this reader may see it; 404 before both sheets are sealed."""
    pair = revealed_pair(user, drawn_case=drawn_case, in_round=in_round)
    return load_cases([pair])[0]


def load_cases(pairs: Sequence[Sequence[ScoreSheet]]) -> list[Case]:
    """The facts of many revealed pairs. At most five queries, whatever their number."""
    sheets = [sheet for pair in pairs for sheet in pair]
    case_ids = {sheet.drawn_case_id for sheet in sheets}
    vetoes = vetoes_on(sheets)
    values = {s.standard_id: load_scope(s.standard, s.scope)[0].bands for s in sheets}
    there = what_is_there(case_ids)
    proposals = _proposals(case_ids) if there.proposed else defaultdict(list)
    graded = _gradings(case_ids, there)
    return [
        _case(
            pair,
            vetoes=vetoes,
            bands=values[pair[0].standard_id],
            proposals=proposals[pair[0].drawn_case_id, pair[0].round],
            grading=graded.get((pair[0].drawn_case_id, pair[0].round)),
            gone=there.gone if pair[0].round == SheetRound.FIRST else frozenset(),
        )
        for pair in pairs
    ]


def _proposals(case_ids: set[int]) -> dict[tuple[int, str], list[Proposal]]:
    found: dict[tuple[int, str], list[Proposal]] = defaultdict(list)
    asked = Proposal.objects.filter(drawn_case__in=case_ids)
    for proposal in asked.select_related("by__person", "answered_by__person"):
        found[proposal.drawn_case_id, proposal.round].append(proposal)
    return found


def _gradings(
    case_ids: set[int], there: Deliberated
) -> dict[tuple[int, str], Grading | ReviewGrading]:
    """What each round came to: the first version of the grade, and the 复评组's finding."""
    found: dict[tuple[int, str], Grading | ReviewGrading] = {}
    if there.graded:
        first = Grading.objects.filter(drawn_case__in=case_ids, version=1)
        for grading in first.select_related("by__person"):
            found[grading.drawn_case_id, SheetRound.FIRST.value] = grading
    if there.reviewed:
        review = ReviewGrading.objects.filter(drawn_case__in=case_ids)
        for finding in review.select_related("by__person"):
            found[finding.drawn_case_id, SheetRound.REVIEW.value] = finding
    return found


def _case(
    pair: Sequence[ScoreSheet],
    *,
    vetoes: dict[int, list[str]],
    bands: tuple[Band, ...],
    proposals: list[Proposal],
    grading: Grading | ReviewGrading | None,
    gone: frozenset[str],
) -> Case:
    leader = leader_of(pair)
    facts = Deliberation(
        sheets=tuple(
            _sealed(sheet, leads=sheet.pk == leader.pk, vetoes=vetoes.get(sheet.pk, []))
            for sheet in pair
        ),
        proposals=tuple(_proposed(proposal) for proposal in proposals),
        graded=grading is not None,
        gone=gone,
    )
    ordered = sorted(pair, key=lambda sheet: sheet.pk != leader.pk)
    return Case(pair=ordered, facts=facts, bands=bands, proposals=tuple(proposals), grading=grading)


def _sealed(sheet: ScoreSheet, *, leads: bool, vetoes: list[str]) -> SealedSheet:
    code = sheet.expert.person.code
    return SealedSheet(expert=code, leads=leads, grade=sheet.grade, vetoes=tuple(vetoes))


def _proposed(proposal: Proposal) -> Proposed:
    agreed = {"": None, "agreed": True, "disagreed": False}[proposal.answer]
    return Proposed(
        by=proposal.by.person.code,
        grade=proposal.grade,
        reason=proposal.reason,
        agreed=agreed,
        answer_reason=proposal.answer_reason,
    )


def revealed_pairs(user: User, *, plan: Plan | None = None) -> list[list[ScoreSheet]]:
    """All pairs that this reader may see, in file order. One query."""
    sheets = visible_sheets(user).standing().filter(sealed=True)
    if plan is not None:
        sheets = sheets.filter(drawn_case__draw__plan=plan)
    found: dict[tuple[int, str], list[ScoreSheet]] = defaultdict(list)
    for sheet in sheets.with_case().order_by("drawn_case__case__serial", "pk"):
        found[sheet.drawn_case_id, sheet.round].append(sheet)
    return [pair for pair in found.values() if len(pair) == 2]


def confirmable_cases(plan: Plan, *, user: User) -> list[DrawnCase]:
    """Cases of the first round whose sheets agree and that this reader may confirm as leader."""
    pairs = [p for p in revealed_pairs(user, plan=plan) if p[0].round == SheetRound.FIRST]
    cases = load_cases(pairs)
    return [case.pair[0].drawn_case for case in cases if Act.CONFIRM in case.acts_of(user)]


def current_grading(drawn_case: DrawnCase) -> Grading | None:
    """The grade in force of a case, None before it has one."""
    return Grading.objects.current().filter(drawn_case=drawn_case).first()


def review_outcome(drawn_case: DrawnCase) -> ReviewGrading | None:
    """What the 复评组 found; None until its pair has settled the grade."""
    return ReviewGrading.objects.filter(drawn_case=drawn_case).first()


@dataclass(frozen=True, kw_only=True)
class Side:
    """What one expert gave an item: amount, level or state in words, and why.

    `lowered`: something was taken off, or the level is not the best.
    """

    lowered: bool
    text: str
    why: str


@dataclass(frozen=True, kw_only=True)
class CompareRow:
    """One item of the two sheets side by side, the leader left."""

    number: str
    title: str
    full: Decimal
    left: Side
    right: Side
    differs: bool
    veto: bool
    agreed: str = ""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """两评对照: differing items first; `floors` are the grade lines between the two totals."""

    rows: tuple[CompareRow, ...]
    item_count: int
    deducted_count: int
    differing_count: int
    left_total: Decimal
    right_total: Decimal
    floors: tuple[Decimal, ...]

    @property
    def agreed(self) -> bool:
        """Whether the pair settled single items."""
        return any(row.agreed for row in self.rows)


def compare(case: Case, *, every_item: bool) -> Comparison:
    """The two revealed sheets item by item. Four queries."""
    standard, _ = load_scope(case.pair[0].standard, case.pair[0].scope)
    marks = marks_by_sheet(case.pair)
    sides = [{mark.item: mark for mark in marks[sheet.pk]} for sheet in case.pair]
    rows = [
        _compare_row(item, *(side.get(item.number) for side in sides)) for item in standard.items
    ]
    notable = [row for row in rows if row.differs or row.left.lowered or row.right.lowered]
    listed = [row for row in rows if not _empty_veto(row)] if every_item else notable
    left, right = (sheet.total or Decimal(0) for sheet in case.pair)
    return Comparison(
        rows=tuple(sorted(listed, key=lambda row: not row.differs)),
        item_count=sum(1 for item in standard.items if not item.veto),
        deducted_count=sum(1 for row in rows if row.left.lowered or row.right.lowered),
        differing_count=sum(1 for row in rows if row.differs),
        left_total=shown(left),
        right_total=shown(right),
        floors=crossed_floors(left, right, case.bands),
    )


def _empty_veto(row: CompareRow) -> bool:
    return row.veto and not row.differs and row.left.text == "—"


def _compare_row(
    item: standards.Item, left: standards.Mark | None, right: standards.Mark | None
) -> CompareRow:
    one, other = _side(item, left), _side(item, right)
    return CompareRow(
        number=item.number,
        title=item.title,
        full=item.full_marks,
        left=one,
        right=other,
        differs=one.text != other.text,
        veto=item.veto,
    )


def _side(item: standards.Item, mark: standards.Mark | None) -> Side:
    if mark is None or mark.blank:
        return Side(lowered=False, text="—", why="")
    texts = {reason.key: reason.text for reason in item.reasons}
    words = [texts[key] for key in mark.reasons if key in texts]
    words += [f"第 {mark.pages} 页"] if mark.pages else []
    words += [mark.note] if mark.note else []
    if mark.state is not MarkState.SCORED:
        text = "成立" if mark.state is MarkState.VETO else mark.state.label
        return Side(lowered=False, text=text, why="，".join(words))
    return Side(
        lowered=is_lowered(mark.deduction, mark.level), text=given_text(mark), why="，".join(words)
    )
