"""复评组: who sits on it, who has to leave, who of the draw's alternates may still come."""

from dataclasses import dataclass

from appeals.models import Appeal, ReviewPanel
from appeals.queries.work import barred_experts
from evaluations.models import Plan, ReplacementRequest, ScoreSheet, SheetRound
from evaluations.permissions.replacements import may_confirm_replacement
from evaluations.queries.relations import REASON_LABELS, case_relations
from evaluations.queries.succession import Hall
from experts.models import Expert
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User

PASSED = {"recused": "与本案有回避关系", "scored": "初评过本案"}


@dataclass(frozen=True)
class ReviewerRow:
    """A reviewer as the page shows him: `recused` is the relation that bars him, if any."""

    expert: Expert
    leads: bool
    recused: str
    sealed: bool


@dataclass(frozen=True)
class Reviewers:
    """The panel in force and the change that waits for a second person."""

    rows: list[ReviewerRow]
    waiting: ReplacementRequest | None
    may_confirm: bool


def reviewers(plan: Plan, appeal: Appeal, *, for_user: User) -> Reviewers | None:
    """The panel of an appeal for staff; None before it is formed."""
    panels = ReviewPanel.objects.live().select_related("leader__person", "member__person")
    panel = panels.filter(appeal=appeal).first()
    if panel is None:
        return None
    barred = case_relations(plan, appeal.drawn_case.case)
    sheets = ScoreSheet.objects.standing().filter(
        drawn_case=appeal.drawn_case, round=SheetRound.REVIEW, sealed=True
    )
    sealed = set(sheets.values_list("expert_id", flat=True))
    waiting = waiting_request(appeal)
    rows = [
        ReviewerRow(
            expert,
            expert == panel.leader,
            REASON_LABELS.get(barred.get(expert, ""), ""),
            expert.pk in sealed,
        )
        for expert in (panel.leader, panel.member)
    ]
    may_confirm = waiting is not None and may_confirm_replacement(for_user, waiting)
    return Reviewers(rows, waiting, may_confirm)


def recusal_of(plan: Plan, appeal: Appeal, expert: Expert) -> str:
    """The recorded relation that bars the reviewer from the case, in words; empty for none."""
    reason = case_relations(plan, appeal.drawn_case.case).get(expert, "")
    return REASON_LABELS.get(reason, "")


def waiting_request(appeal: Appeal) -> ReplacementRequest | None:
    """The reviewer's change that was recorded and waits for another person."""
    rows = ReplacementRequest.objects.filter(
        draw__review_panels__appeal=appeal, outcome="", draw__voided_at__isnull=True
    )
    return rows.select_related("draw__plan", "by").distinct().first()


def passed_over(plan: Plan, panel: ReviewPanel, hall: Hall) -> list[list[str]]:
    """Alternates of the draw to be passed over, each with the reason, as is known now."""
    barred = {
        expert.person.code: PASSED[code]
        for expert, code in barred_experts(plan, panel.appeal.drawn_case).items()
    }
    listed = {row.person for row in hall.result.alternates}
    away = Expert.objects.filter(person__code__in=listed, active=False)
    for code in away.values_list("person__code", flat=True):
        barred.setdefault(code, "已不在专家库")
    return sorted([code, reason] for code, reason in barred.items() if code in listed)


def expert_named(code: str) -> Expert:
    """An expert by the code of the person. Raises `RefusedError` (404)."""
    found = Expert.objects.select_related("person").filter(person__code=code).first()
    if found is None:
        raise RefusedError("没有指明换哪一位复评专家。请刷新页面再办。", status=404)
    return found
