"""What the sheet of approval, the publication and the public page show."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery

from cases.models import CaseHandler, CaseKind
from evaluations.models import (
    Approval,
    DrawnCase,
    Grading,
    Mark,
    Plan,
    ScoreSheet,
    SheetRound,
)
from evaluations.queries.deadlines import publication_due
from evaluations.queries.tallies import worst_items
from evaluations.rules.levels import BEST
from wanzhou_eval import workdays
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.queries import working_calendar

CIVIL_KINDS = (CaseKind.CIVIL, CaseKind.ADMIN)


def graded_cases(plan: Plan) -> QuerySet[DrawnCase]:
    """The standing cases of a plan, each with `grade`, `failing` and `outcome` in force."""
    current = Grading.objects.filter(drawn_case=OuterRef("pk")).order_by("-version")
    return (
        DrawnCase.objects.of(plan)
        .select_related("case__firm")
        .annotate(
            grade=Subquery(current.values("grade")[:1]),
            failing=Subquery(current.values("failing")[:1]),
            outcome=Subquery(current.values("outcome")[:1]),
        )
        .order_by("case__serial")
    )


def drawn_case_of(plan: Plan, serial: int) -> DrawnCase:
    """The standing case with this file number. Raises `RefusedError` (404) when there is none."""
    cases = DrawnCase.objects.of(plan).select_related("case__firm", "draw__plan")
    found = cases.filter(case__serial=serial).first()
    if found is None:
        raise RefusedError(f"{plan.year}年度评估案件里没有找到{serial:04d}号。", status=404)
    return found


def current_grade(drawn_case: DrawnCase) -> str:
    """The grade in force of one case; empty while there is none."""
    grading = drawn_case.gradings.order_by("-version").first()
    return grading.grade if grading else ""


def current_failing(drawn_case: DrawnCase) -> bool:
    """Whether the grade in force of one case is 不合格."""
    grading = drawn_case.gradings.order_by("-version").first()
    return bool(grading and grading.failing)


def grade_names(plan: Plan) -> list[str]:
    """The grades of the plan's standard from best to worst."""
    if plan.standard is None:
        return []
    return [band.name for band in plan.standard.bands.all()]


def distribution(
    cases: Iterable[DrawnCase], grades: Sequence[str]
) -> list[tuple[str, dict[str, int]]]:
    """Rows of the stacked bars: all, 刑事, 民事行政, each {grade: cases}."""
    listed = [(case.case.kind, getattr(case, "grade", "")) for case in cases]
    groups: list[tuple[str, tuple[str, ...]]] = [
        ("全部", tuple(CaseKind.values)),
        ("刑事", (CaseKind.CRIMINAL,)),
        ("民事行政", CIVIL_KINDS),
    ]
    rows = []
    for label, kinds in groups:
        counts = Counter(grade for kind, grade in listed if kind in kinds)
        if counts:
            rows.append((label, {grade: counts[grade] for grade in grades}))
    return rows


WORSE = Q(deduction__gt=0) | Q(level__lt=BEST)
"""Marks with something taken off, or a level that is not the best."""


def _weight(mark: Mark) -> int:
    """How bad a finding is, for the worst three of a case; a veto is above all."""
    if mark.level is not None:
        return (BEST - mark.level) * 100
    return int((mark.deduction or Decimal(100)) * 100)


@dataclass(frozen=True)
class FailingCase:
    """A 不合格 as the leader reads it: totals of the pair and what was found."""

    drawn_case: DrawnCase
    totals: str
    findings: list[str]
    by_level: bool = False

    @property
    def told(self) -> str:
        """What the two sheets came to, in words."""
        return f"两评总体判断 {self.totals}" if self.by_level else f"{self.totals} 分"


def shown_score(total: Decimal) -> str:
    """A total to two decimals, cut and not rounded: 79.999 must not read as 80."""
    cut = total.quantize(Decimal("0.01"), rounding=ROUND_FLOOR)
    return f"{cut.normalize():f}"


def failing_cases(plan: Plan, cases: Sequence[DrawnCase]) -> list[FailingCase]:
    """The failing cases with the two totals and the worst three deducted items."""
    wanted = [case for case in cases if getattr(case, "failing", False)]
    revealed = ScoreSheet.objects.revealed().filter(drawn_case__in=wanted, round=SheetRound.FIRST)
    sheets = list(revealed)
    totals: dict[int, list[str]] = {}
    for sheet in sheets:
        assert sheet.total is not None
        totals.setdefault(sheet.drawn_case_id, []).append(shown_score(sheet.total))
    found: dict[int, Counter[str]] = {}
    marks = Mark.objects.filter(WORSE | Q(state=Mark.State.VETO), sheet__in=sheets)
    for mark in marks.select_related("item", "sheet"):
        counter = found.setdefault(mark.sheet.drawn_case_id, Counter())
        counter[mark.item.title] += _weight(mark)
    return [
        FailingCase(
            drawn_case=case,
            totals="、".join(totals.get(case.pk, [])),
            findings=[title for title, _ in found.get(case.pk, Counter()).most_common(3)],
            by_level=plan.by_level,
        )
        for case in wanted
    ]


def appeal_until(plan: Plan) -> datetime | None:
    """The first moment too late for an appeal, as stored with the publication."""
    until: datetime | None = plan.publications.aggregate(until=Max("appeal_until"))["until"]
    return until


@dataclass(frozen=True)
class ApprovalPage:
    """送审单: counts, failing cases, charts, what is missing and what was decided."""

    plan: Plan
    total: int
    counts: list[tuple[str, int]]
    good_percent: Decimal
    failing: list[FailingCase]
    recovery: Decimal
    distribution: list[tuple[str, dict[str, int]]]
    items: list[tuple[str, Decimal, str]]
    missing: list[str]
    due: workdays.Deadline | None
    approvals: list[Approval]
    open: Approval | None
    approved: Approval | None

    @property
    def ready(self) -> bool:
        """Whether the sheet can be handed in now."""
        ended = self.plan.stage == Plan.Stage.MARKED
        return ended and not (self.missing or self.open or self.approved)


def approval_page(plan: Plan) -> ApprovalPage:
    """Everything on the sheet; before the end of marking no grade is counted (blindness)."""
    ended = plan.ended_at is not None
    cases = list(graded_cases(plan)) if ended else []
    grades = grade_names(plan)
    tally = Counter(getattr(case, "grade", None) for case in cases)
    failing = failing_cases(plan, cases)
    approvals = list(plan.approvals.select_related("submitted_by", "decided_by"))
    passing = grades[: max(len(grades) - 2, 1)]
    good = sum(tally[grade] for grade in passing)
    return ApprovalPage(
        plan=plan,
        total=len(cases),
        counts=[(grade, tally[grade]) for grade in grades],
        good_percent=_percent(good, len(cases)),
        failing=failing,
        recovery=sum((row.drawn_case.case.subsidy or Decimal(0) for row in failing), Decimal(0)),
        distribution=distribution(cases, grades),
        items=_lost_most(plan) if ended else [],
        missing=missing_steps(plan, cases),
        due=publication_due(plan, working_calendar()),
        approvals=approvals,
        open=next((each for each in approvals if not each.decision), None),
        approved=standing_approval(approvals),
    )


def _lost_most(plan: Plan) -> list[tuple[str, Decimal, str]]:
    return [(item.title, item.percent, "") for item in worst_items(plan, limit=5)]


def _percent(part: int, whole: int) -> Decimal:
    return (Decimal(part * 100) / Decimal(whole or 1)).quantize(Decimal("0.1"))


def standing_approval(approvals: Sequence[Approval]) -> Approval | None:
    """The approval in force: the latest decision, if it is 同意公布."""
    decided = [each for each in approvals if each.decision]
    last = decided[-1] if decided else None
    return last if last and last.decision == Approval.Decision.APPROVED else None


def missing_steps(plan: Plan, cases: Sequence[DrawnCase]) -> list[str]:
    """What keeps the results from being handed in, one sentence each."""
    if plan.ended_at is None:
        return ["评分尚未结束，请先在“评分进度”结束评估。"]
    missing = []
    open_cases = [case.case.label for case in cases if not getattr(case, "grade", None)]
    if open_cases:
        missing.append(f"{len(open_cases)} 件未定等次（{'、'.join(open_cases[:10])}），请先合议。")
    if not cases:
        missing.append("没有抽中案件，请先抽选。")
    return missing


def handlers_of(cases: Iterable[DrawnCase]) -> dict[int, list[CaseHandler]]:
    """承办人 by case id, in one query."""
    wanted = [case.case_id for case in cases]
    found: dict[int, list[CaseHandler]] = {}
    for handler in CaseHandler.objects.filter(case_id__in=wanted).select_related("person"):
        found.setdefault(handler.case_id, []).append(handler)
    return found
