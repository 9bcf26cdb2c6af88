"""回避 page of a year: every relation in force, where it comes from and what it touches."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from cases.models import Case, CaseHandler
from evaluations.models import DrawKind, Plan
from evaluations.queries.draws_lists import live_draw
from evaluations.queries.late_recusals import Waiting, drawn_serials, waiting_of
from evaluations.queries.relations import (
    REASON_LABELS,
    KnownTie,
    case_facts,
    known_ties,
)
from evaluations.rules.relations import CaseFacts, last_barred_day, reaches
from experts.models import Expert, Recusal, RecusalWithdrawal
from wanzhou_eval.errors import RefusedError

SCOPE_LABELS = {"org": "承办机构", "handler": "承办人", "case": "案件"}
SOURCE_LABELS = {"system": "系统比对", "pool": "专家库"} | {
    value: str(label) for value, label in Recusal.Source.choices
}


@dataclass(frozen=True)
class RecusalLine:
    """A relation as people read it; `touched` are file numbers of drawn cases it reaches."""

    expert: Expert
    reason: str
    scope: str
    target: str
    source: str
    touched: tuple[str, ...]
    left_on: date | None = None
    explanation: str = ""
    who: str = ""
    at: datetime | None = None
    recusal: Recusal | None = None
    withdrawal: RecusalWithdrawal | None = None

    @property
    def term(self) -> str:
        """How long a former firm counts, in words; empty for a relation without an end."""
        if self.left_on is None:
            return ""
        last = last_barred_day(self.left_on)
        return f"{self.left_on:%Y-%m-%d}离开，回避{last:%Y-%m-%d}以前（含当日）办结的案件"

    @property
    def reason_label(self) -> str:
        """The ground."""
        return REASON_LABELS[self.reason]

    @property
    def scope_label(self) -> str:
        """What kind of thing it reaches."""
        return SCOPE_LABELS[self.scope]

    @property
    def source_label(self) -> str:
        """Where it comes from."""
        return SOURCE_LABELS[self.source]


@dataclass(frozen=True)
class Asked:
    """What the reader filters by; empty is everything."""

    text: str = ""
    source: str = ""
    reason: str = ""
    scope: str = ""
    touching: bool = False

    def keeps(self, line: RecusalLine) -> bool:
        """Whether a line is shown."""
        words = f"{line.expert} {line.target} {line.explanation}"
        return (
            self.text in words
            and self.source in {"", line.source}
            and self.reason in {"", line.reason}
            and self.scope in {"", line.scope}
            and (not self.touching or bool(line.touched))
        )

    @property
    def words(self) -> list[str]:
        """The filter in words, for the export."""
        parts = [
            self.text and f"检索“{self.text}”",
            SOURCE_LABELS.get(self.source, ""),
            REASON_LABELS.get(self.reason, ""),
            SCOPE_LABELS.get(self.scope, ""),
            "只看触及抽中案件的" if self.touching else "",
        ]
        return [part for part in parts if part]


@dataclass(frozen=True)
class RecusalPage:
    """回避 of a year. `drawn` says whether cases are drawn, so that `touched` means something."""

    lines: list[RecusalLine]
    total: int
    asked: Asked
    drawn: int
    frozen: bool
    waiting: list[Waiting]


def asked_for(data: Mapping[str, str]) -> Asked:
    """The filter from an address; unknown values are no filter."""
    source, reason, scope = (data.get(key, "") for key in ("source", "reason", "scope"))
    return Asked(
        text=data.get("q", "").strip()[:40],
        source=source if source in SOURCE_LABELS else "",
        reason=reason if reason in REASON_LABELS else "",
        scope=scope if scope in SCOPE_LABELS else "",
        touching=data.get("touching") == "1",
    )


def recusal_page(plan: Plan, asked: Asked) -> RecusalPage:
    """Relations as filtered, and cases that wait for a new matching. A fixed number of queries."""
    serials = drawn_serials(plan)
    facts = case_facts(plan, list(serials))
    ties = known_ties(plan)
    lines = [*_lines(plan, ties, facts, serials), *_withdrawn(plan)]
    return RecusalPage(
        lines=[line for line in lines if asked.keeps(line)],
        total=len(lines),
        asked=asked,
        drawn=len(facts),
        frozen=match_is_frozen(plan),
        waiting=waiting_of(plan, ties, facts),
    )


def match_is_frozen(plan: Plan) -> bool:
    """Whether the matching's list is sealed: from then on relations are only added."""
    return live_draw(plan, DrawKind.MATCH) is not None


def _lines(
    plan: Plan, ties: Iterable[KnownTie], facts: list[CaseFacts], serials: dict[str, str]
) -> list[RecusalLine]:
    """Relations in force; what follows from person and firm only where the frame knows them."""
    cases = Case.objects.filter(frame=plan.frame_id).order_by()
    firms = set(cases.values_list("firm__code", flat=True).distinct())
    handlers = set(
        CaseHandler.objects.filter(case__frame=plan.frame_id)
        .order_by().values_list("person__code", flat=True).distinct()
    )  # fmt: skip
    return [
        _line(known, facts, serials)
        for known in ties
        if known.recusal
        or known.former
        or known.tie.value in (firms if known.tie.scope == "org" else handlers)
    ]


def _line(known: KnownTie, facts: list[CaseFacts], serials: dict[str, str]) -> RecusalLine:
    recusal, tie = known.recusal, known.tie
    touched = sorted(serials[case.case_no] for case in facts if reaches(tie, case))
    return RecusalLine(
        expert=known.expert,
        reason=tie.reason,
        scope=tie.scope,
        target=target_of(known),
        source=recusal.source if recusal else "pool" if known.former else "system",
        touched=tuple(touched),
        left_on=tie.left_on,
        explanation=recusal.explanation if recusal else "",
        who=(recusal.declared_by.name if recusal.declared_by else "系统") if recusal else "",
        at=recusal.declared_at if recusal else None,
        recusal=recusal,
    )


def target_of(known: KnownTie) -> str:
    """The firm, the person or the case as people read it."""
    if known.former:
        return known.former.firm.name
    if known.recusal is None:
        person = known.expert.person
        return person.firm.name if known.tie.scope == "org" else person.name
    return recusal_target(known.recusal, number=known.tie.value)


def recusal_target(recusal: Recusal, *, number: str) -> str:
    """What a recorded relation reaches."""
    if recusal.firm:
        return recusal.firm.name
    if recusal.person:
        return f"{recusal.person.name}（{recusal.person.firm.name}）"
    return number


def _withdrawn(plan: Plan) -> list[RecusalLine]:
    rows = RecusalWithdrawal.objects.filter(recusal__year=plan.year).select_related(
        "recusal__expert__person__firm", "recusal__firm", "recusal__person__firm",
        "recusal__declared_by", "by",
    ).order_by("pk")  # fmt: skip
    return [
        RecusalLine(
            expert=row.recusal.expert,
            reason=row.recusal.reason,
            scope="org" if row.recusal.firm else "handler" if row.recusal.person else "case",
            target=recusal_target(row.recusal, number=row.recusal.case_key),
            source=row.recusal.source,
            touched=(),
            left_on=row.recusal.left_on,
            explanation=row.recusal.explanation,
            who=row.recusal.declared_by.name if row.recusal.declared_by else "系统",
            at=row.recusal.declared_at,
            recusal=row.recusal,
            withdrawal=row,
        )
        for row in rows
    ]


def recusal_of(plan: Plan, pk: int) -> Recusal:
    """A relation of the year in force. Raises `RefusedError` (404)."""
    rows = (
        Recusal.objects.live()
        .filter(year=plan.year)
        .select_related("expert__person__firm", "firm", "person__firm", "declared_by")
    )
    found = rows.filter(pk=pk).first()
    if found is None:
        raise RefusedError("没有找到这条回避关系，或已经撤回。请刷新回避页。", status=404)
    return found


def own_lines(plan: Plan, expert: Expert) -> list[RecusalLine]:
    """The expert's relations, without what they touch: which cases are drawn is not told here."""
    return [_line(known, [], {}) for known in known_ties(plan, experts=[expert.pk])]
