"""分析报告: what the year's grades say, with what they can not say at these numbers."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from evaluations.models import DrawnCase, GradingOutcome, Panel, Plan, ScoreSheet, SheetRound
from evaluations.queries.deadlines import report_due
from evaluations.queries.results import (
    ItemLoss,
    distribution,
    grade_names,
    graded_cases,
    worst_items,
)
from evaluations.rules import agreement, precision
from wanzhou_eval import workdays
from wanzhou_eval.queries import working_calendar

FOLDED_BELOW = 3
OTHERS = "其他机构（每家不足3件）"


@dataclass(frozen=True)
class PairRow:
    """How the two experts of a panel stand to each other, on the same files."""

    panel: str
    leader: str
    member: str
    exact: agreement.Share
    difference: agreement.MeanDifference


@dataclass(frozen=True)
class ReportPage:
    """分析报告 of a year; empty before the evaluation ended (blindness)."""

    plan: Plan
    total: int
    population: int
    grades: list[str]
    distribution: list[tuple[str, dict[str, int]]]
    firms: list[tuple[str, dict[str, int]]]
    outcomes: list[tuple[str, agreement.Share]]
    items: list[ItemLoss]
    exact: agreement.Share
    pairs: list[PairRow]
    rulings: agreement.Rulings
    regular: list[tuple[str, dict[str, int]]]
    regular_missing: int
    due: workdays.Deadline | None
    estimate: str


def report_page(plan: Plan) -> ReportPage:
    """All tables of the report; the number of queries does not grow with the cases."""
    cases = list(graded_cases(plan)) if plan.ended_at else []
    grades = grade_names(plan)
    sheets = _pairs_of_sheets(plan) if plan.ended_at else {}
    population = plan.frame.cases.filter(exclusion__isnull=True).count()
    compared = [case for case in cases if case.case.regular_grade]
    return ReportPage(
        plan=plan,
        total=len(cases),
        population=population,
        grades=grades,
        distribution=distribution(cases, grades),
        firms=_by_firm(cases, grades),
        outcomes=_outcomes(cases),
        items=worst_items(plan, limit=10) if plan.ended_at else [],
        exact=agreement.exact_agreement(
            [(leader.grade, member.grade) for leader, member in sheets.values()]
        ),
        pairs=_pair_rows(plan, sheets) if sheets else [],
        rulings=_rulings(cases, sheets, grades),
        regular=_regular(compared, grades),
        regular_missing=len(cases) - len(compared),
        due=report_due(plan, working_calendar()),
        estimate=_estimate(plan, cases, population=population),
    )


def _estimate(plan: Plan, cases: Sequence[DrawnCase], *, population: int) -> str:
    """What the sample says of all cases that could be drawn, with its exact 95% interval.

    Exact for a draw without strata; strata in proportion make it a little too wide.
    """
    if not cases or population < len(cases):
        return ""
    failing = sum(1 for case in cases if getattr(case, "failing", False))
    interval = precision.failure_interval(total=population, drawn=len(cases), failing=failing)
    low, high = interval.percents
    return (
        f"抽中 {len(cases)} 件中 {failing} 件不合格，推算可抽的 {population} 件里有 "
        f"{interval.low} 至 {interval.high} 件不合格（{low}% 至 {high}%，把握程度 95%，"
        f"按有限总体精确计算）。"
    )


def _pairs_of_sheets(plan: Plan) -> dict[int, tuple[ScoreSheet, ScoreSheet]]:
    """Leader's and member's first sheets by case: only complete, revealed pairs."""
    sheets = (
        ScoreSheet.objects.revealed()
        .filter(drawn_case__in=DrawnCase.objects.of(plan), round=SheetRound.FIRST)
        .filter(withdrawn_at__isnull=True)
        .select_related("expert__person")
        .order_by("-leads", "pk")
    )
    found: dict[int, list[ScoreSheet]] = defaultdict(list)
    for sheet in sheets:
        found[sheet.drawn_case_id].append(sheet)
    return {case: (pair[0], pair[1]) for case, pair in found.items() if len(pair) == 2}


def _by_firm(cases: Sequence[DrawnCase], grades: list[str]) -> list[tuple[str, dict[str, int]]]:
    """Grades by firm, firms with few cases in one row: no conclusion is drawn from two files."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for case in cases:
        counts[case.case.firm.name][getattr(case, "grade", "") or ""] += 1
    folded: Counter[str] = Counter()
    rows = []
    for firm, counter in sorted(counts.items(), key=lambda each: (-each[1].total(), each[0])):
        if counter.total() < FOLDED_BELOW:
            folded += counter
        else:
            rows.append((firm, {grade: counter[grade] for grade in grades}))
    if folded:
        rows.append((OTHERS, {grade: folded[grade] for grade in grades}))
    return rows


def _outcomes(cases: Sequence[DrawnCase]) -> list[tuple[str, agreement.Share]]:
    """How the grades in force came about."""
    counter = Counter(getattr(case, "outcome", None) for case in cases)
    return [
        (outcome.label, agreement.share(counter[outcome.value], len(cases)))
        for outcome in GradingOutcome
        if counter[outcome.value]
    ]


def _pair_rows(plan: Plan, sheets: Mapping[int, tuple[ScoreSheet, ScoreSheet]]) -> list[PairRow]:
    """Per pair of experts who scored together; a fixed pair tells of its two partners only."""
    names = _panel_names(plan)
    together: dict[tuple[int, int], list[tuple[ScoreSheet, ScoreSheet]]] = defaultdict(list)
    for leader, member in sheets.values():
        together[leader.expert_id, member.expert_id].append((leader, member))
    rows = []
    for (leader_id, _), pairs in together.items():
        first, second = pairs[0]
        scores = [(_total(leader), _total(member)) for leader, member in pairs]
        rows.append(
            PairRow(
                panel=names.get(leader_id, ""),
                leader=first.expert.person.name,
                member=second.expert.person.name,
                exact=agreement.exact_agreement([(a.grade, b.grade) for a, b in pairs]),
                difference=agreement.mean_difference(scores),
            )
        )
    return sorted(rows, key=lambda row: row.panel)


def _panel_names(plan: Plan) -> dict[int, str]:
    panels = Panel.objects.filter(plan=plan, draw__voided_at__isnull=True)
    return {
        member.expert_id: str(panel)
        for panel in panels.prefetch_related("members")
        for member in panel.members.all()
    }


def _total(sheet: ScoreSheet) -> Fraction:
    assert sheet.total is not None
    return Fraction(sheet.total)


def _rulings(
    cases: Sequence[DrawnCase],
    sheets: Mapping[int, tuple[ScoreSheet, ScoreSheet]],
    grades: list[str],
) -> agreement.Rulings:
    """How often, and which way, the leader's opinion decided."""
    place = {grade: number for number, grade in enumerate(grades, start=1)}
    ruled = [
        agreement.Ruled(
            leader_sheet=place[sheets[case.pk][0].grade],
            member_sheet=place[sheets[case.pk][1].grade],
            ruling=place[getattr(case, "grade", "")],
        )
        for case in cases
        if getattr(case, "outcome", "") == GradingOutcome.RULING and case.pk in sheets
    ]
    return agreement.rulings(ruled, graded=len(cases))


def _regular(cases: Sequence[DrawnCase], grades: list[str]) -> list[tuple[str, dict[str, int]]]:
    """Rows by the 一案一评 grade of the ledger, columns by the grade of the evaluation."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for case in cases:
        counts[case.case.regular_grade][getattr(case, "grade", "") or ""] += 1
    order = {grade: number for number, grade in enumerate(grades)}
    return [
        (regular, {grade: counter[grade] for grade in grades})
        for regular, counter in sorted(
            counts.items(), key=lambda each: (order.get(each[0], len(order)), each[0])
        )
    ]
