"""合议: who may do what with two sealed sheets, and how a grade came about (article 6.2).

小组协商一致确定等次，协商不一致的，以组长意见确定等次. The phases follow one another and none is
skipped: sealed sheets, proposals, agreement or a recorded disagreement, the leader's ruling.
Pure: the facts come in, a decision or a sentence goes out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How a grade came about: different facts, never blurred."""

    AT_ONCE = "at_once"
    AGREED = "agreed"
    RULING = "ruling"

    @property
    def label(self) -> str:
        """The fact as the 合议单 prints it."""
        return {"at_once": "两评一致", "agreed": "协商一致", "ruling": "组长意见"}[self.value]


class Phase(StrEnum):
    """Where the deliberation of a case stands."""

    WAITING = "waiting"
    AGREEING = "agreeing"
    OPEN = "open"
    PROPOSED = "proposed"
    DISAGREED = "disagreed"
    GRADED = "graded"

    @property
    def label(self) -> str:
        """The phase as people read it."""
        return PHASE_LABELS[self]


PHASE_LABELS = {
    Phase.WAITING: "等待两份评分表封存",
    Phase.AGREEING: "两评一致，待组长确认",
    Phase.OPEN: "待协商",
    Phase.PROPOSED: "已提出等次，待对方答复",
    Phase.DISAGREED: "协商不一致，可再提出，或由组长定",
    Phase.GRADED: "已定等次",
}


class Act(StrEnum):
    """What an expert of the panel may do."""

    CONFIRM = "confirm"
    PROPOSE = "propose"
    AGREE = "agree"
    DISAGREE = "disagree"
    RULE = "rule"
    RETURN = "return"


@dataclass(frozen=True, kw_only=True)
class SealedSheet:
    """A sealed 评分表: whose it is and what it came to. `vetoes` are item numbers."""

    expert: str
    leads: bool
    grade: str
    vetoes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """A proposal and its answer: `agreed` None while the other has not answered."""

    by: str
    grade: str
    reason: str
    agreed: bool | None = None
    answer_reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Deliberation:
    """The facts about a case: its sealed sheets (blind until both are), proposals in order.

    `gone` have left their panel: a sealed sheet stays the opinion of who left, but nobody can be
    made to answer, so the other one settles the case by the rule.
    """

    sheets: tuple[SealedSheet, ...]
    proposals: tuple[Proposed, ...] = ()
    graded: bool = False
    gone: frozenset[str] = frozenset()

    @property
    def leader(self) -> str | None:
        """The leader, once that sheet is sealed; who stays leads where the leader left (2.6)."""
        drawn = next((sheet.expert for sheet in self.sheets if sheet.leads), None)
        stay = [sheet.expert for sheet in self.sheets if sheet.expert not in self.gone]
        return stay[0] if drawn in self.gone and stay else drawn

    @property
    def left_alone(self) -> bool:
        """Whether the leader has nobody left to agree with."""
        return len(self.sheets) == 2 and sum(s.expert in self.gone for s in self.sheets) == 1


def needs_discussion(sheets: Sequence[SealedSheet]) -> bool:
    """Whether the pair has to deliberate: different grades, or a veto found by one alone."""
    grades = {sheet.grade for sheet in sheets}
    found = {bool(sheet.vetoes) for sheet in sheets}
    return len(grades) > 1 or len(found) > 1


def phase(facts: Deliberation) -> Phase:
    """Where the deliberation stands."""
    if facts.graded:
        return Phase.GRADED
    if len(facts.sheets) < 2:
        return Phase.WAITING
    if not needs_discussion(facts.sheets):
        return Phase.AGREEING
    if not facts.proposals:
        return Phase.OPEN
    last = facts.proposals[-1].agreed
    if last is None:
        return Phase.PROPOSED
    return Phase.GRADED if last else Phase.DISAGREED


def allowed_acts(facts: Deliberation, *, expert: str) -> frozenset[Act]:
    """What this expert may do now; nothing for anybody outside the pair.

    The leader may rule as soon as one disagreement is recorded, even while a later proposal
    waits for its answer: nobody can put the ruling off by proposing again. Where the other one
    left the panel the leader may rule without waiting for an answer that nobody owes any more.
    """
    if expert not in {sheet.expert for sheet in facts.sheets}:
        return frozenset()
    acts: set[Act] = set()
    now = phase(facts)
    leads = expert == facts.leader
    if now is Phase.AGREEING and leads:
        acts.add(Act.CONFIRM)
    if now in {Phase.OPEN, Phase.DISAGREED}:
        acts.add(Act.PROPOSE)
    if now in {Phase.AGREEING, Phase.OPEN, Phase.DISAGREED} and not facts.gone:
        acts.add(Act.RETURN)
    if now is Phase.PROPOSED and facts.proposals[-1].by != expert:
        acts |= {Act.AGREE, Act.DISAGREE}
    disagreed = any(proposal.agreed is False for proposal in facts.proposals)
    if leads and (disagreed or facts.left_alone) and now in UNSETTLED:
        acts.add(Act.RULE)
    return frozenset(acts)


UNSETTLED = frozenset({Phase.OPEN, Phase.PROPOSED, Phase.DISAGREED})
"""Phases in which the two sheets differ and no grade is found."""


def why_refused(
    facts: Deliberation,
    act: Act,
    *,
    expert: str,
    grades: Sequence[str],
    grade: str = "",
    reason: str = "",
) -> str | None:
    """The sentence that refuses an act; None when it is lawful.

    `grades` are the standard's; `grade` and `reason` are what the expert entered.
    """
    if act not in allowed_acts(facts, expert=expert):
        return _why_not_now(facts, act, expert)
    if act in {Act.PROPOSE, Act.RULE} and grade not in grades:
        return f"请从{'、'.join(grades)}中选一个等次。"
    if act in NEEDS_REASON and not reason.strip():
        return NEEDS_REASON[act]
    return None


NEEDS_REASON = {
    Act.PROPOSE: "请写明提出这一等次的理由，对方看了才好答复。",
    Act.DISAGREE: "请写明不同意的理由，理由会留在合议单上。",
    Act.RULE: "组长意见须写明理由，请补充后再定。",
    Act.RETURN: "请写明退回更正的原因，原因和原表都会留在合议单上。",
}

REFUSALS = {
    Phase.WAITING: "两份评分表都封存后才能合议，请等待。",
    Phase.AGREEING: "两份评分表等次一致，由组长确认即可。",
    Phase.OPEN: "还没有人提出等次。请先提出等次和理由。",
    Phase.PROPOSED: "已提出的等次还没有答复，请等对方同意或不同意。",
    Phase.DISAGREED: "协商不一致已记录。可再提出等次，或由组长写明理由后定。",
    Phase.GRADED: "这件案件已定等次，不能再改。如有错误请联系科室。",
}


def _why_not_now(facts: Deliberation, act: Act, expert: str) -> str:
    now = phase(facts)
    if now is not Phase.WAITING and expert not in {sheet.expert for sheet in facts.sheets}:
        return "这件案件不由你评估，只有本组两名专家可以合议。"
    if act in {Act.CONFIRM, Act.RULE} and expert != facts.leader and now is not Phase.GRADED:
        return "只有本组组长可以确认或定等次。请联系组长。"
    return REFUSALS[now]


def agreed_grade(facts: Deliberation) -> str | None:
    """The grade on which both sheets already agree; None when it has to be discussed."""
    if len(facts.sheets) < 2 or needs_discussion(facts.sheets):
        return None
    return facts.sheets[0].grade


def outcome_of(act: Act) -> Outcome | None:
    """Which outcome an act leads to, if it grades the case."""
    return {
        Act.CONFIRM: Outcome.AT_ONCE,
        Act.AGREE: Outcome.AGREED,
        Act.RULE: Outcome.RULING,
    }.get(act)


def dissent(facts: Deliberation) -> str:
    """The other expert's last word before a ruling: kept on the 合议单; empty without one."""
    for proposal in reversed(facts.proposals):
        if proposal.agreed is False:
            if proposal.by == facts.leader:
                return proposal.answer_reason
            return f"认为应评为{proposal.grade}：{proposal.reason}"
    left = next((sheet for sheet in facts.sheets if sheet.expert in facts.gone), None)
    return f"已退出评估，以封存的评分表为其意见：{left.grade}" if left else ""
