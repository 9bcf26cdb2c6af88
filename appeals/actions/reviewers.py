"""复评组换人: a reviewer is recused or leaves; the alternate in turn of the review draw comes.

By the draw's own order (draw.md §2.5), passing over who is recused from the case or scored it;
nobody chooses. A recusal takes the expert's request or a recorded relation and 科室; a
withdrawal takes two people, as for every panel.
"""

from dataclasses import dataclass

from django.db import transaction

from appeals.actions.locks import lock_appeal
from appeals.models import Appeal, ReviewPanel
from appeals.permissions import may_handle_appeals
from appeals.queries.reviewers import passed_over, recusal_of, waiting_request
from evaluations.actions.draws_locks import now_of, rule_refusals
from evaluations.actions.draws_requests import Said, decide_request, lock_request, record_request
from evaluations.models import (
    Draw,
    DrawEvent,
    Plan,
    ReplacementRequest,
    ScoreSheet,
    SheetRound,
)
from evaluations.permissions.replacements import may_confirm_replacement
from evaluations.queries.panels import experts_by_code
from evaluations.queries.succession import hall_of
from evaluations.rules.panels import Group, replace_expert
from experts.models import Expert
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User

RECUSED = DrawEvent.Kind.RECUSED
WITHDRAWN = DrawEvent.Kind.WITHDRAWN


@dataclass(frozen=True)
class Leaving:
    """A reviewer who goes, why, and who stands for it."""

    expert: Expert
    kind: str
    reason: str
    by: User
    confirmed_by: User | None = None


@transaction.atomic
def replace_recused_reviewer(appeal: Appeal, *, expert: Expert, by: User) -> ReviewPanel:
    """确认回避: the next clean alternate takes the seat of a reviewer with a recorded relation."""
    plan, appeal = lock_appeal(appeal)
    panel = open_panel(appeal, expert=expert, by=by)
    reason = recusal_of(plan, appeal, expert)
    if not reason:
        raise RefusedError(
            f"没有登记{expert}与本案的回避关系。请先在回避页登记，或由本人在评分页申请回避。"
        )
    leaving = Leaving(expert, RECUSED, reason, by)
    return exchange_reviewer(plan, panel, leaving)[0]


@transaction.atomic
def request_reviewer_change(
    appeal: Appeal, *, expert: Expert, reason: str, by: User
) -> ReplacementRequest:
    """Record that a reviewer left or cannot come; another person confirms."""
    plan, appeal = lock_appeal(appeal)
    panel = open_panel(appeal, expert=expert, by=by)
    if not reason.strip():
        raise RefusedError("请写明复评专家不能评的原因。", status=422)
    said = Said(WITHDRAWN.value, expert.person.code, reason.strip()[:200])
    return record_request(plan, panel.draw, said, by=by)


@transaction.atomic
def confirm_reviewer_change(appeal: Appeal, *, by: User) -> ReviewPanel:
    """Confirm another person's entry: the next clean alternate takes the seat."""
    lock_appeal(appeal)
    waiting = waiting_request(appeal)
    if waiting is None:
        raise RefusedError("没有等确认的复评换人登记。请刷新页面。")
    plan, request = lock_request(waiting)
    if not may_confirm_replacement(by, request):
        raise RefusedError("换人须由登记人以外的另一人确认。请换账号登录。", status=403)
    expert = experts_by_code({request.item})[request.item]
    panel = open_seat(appeal, expert=expert)
    leaving = Leaving(expert, WITHDRAWN, request.reason, request.by, by)
    new, event = exchange_reviewer(plan, panel, leaving)
    decide_request(plan, request, outcome="confirmed", by=by, event=event)
    return new


def open_panel(appeal: Appeal, *, expert: Expert, by: User) -> ReviewPanel:
    """The panel in force with this expert on it, for 科室 alone."""
    if not may_handle_appeals(by):
        raise RefusedError("复评由科室办理，请换用科室账号。", status=403)
    return open_seat(appeal, expert=expert)


def open_seat(appeal: Appeal, *, expert: Expert) -> ReviewPanel:
    """The panel in force; refused when the expert is not on it or sealed his sheet."""
    panel = (
        ReviewPanel.objects.live()
        .filter(appeal=appeal)
        .select_related("draw__plan", "appeal__drawn_case__case")
        .first()
    )
    if appeal.answered_at or panel is None or expert.pk not in {panel.leader_id, panel.member_id}:
        raise RefusedError(f"{expert}现在不在本案的复评组里，不用换人。请刷新页面。")
    sheets = ScoreSheet.objects.select_for_update().filter(
        drawn_case=appeal.drawn_case_id, round=SheetRound.REVIEW, withdrawn_at__isnull=True
    )
    if any(sheet.expert_id == expert.pk and sheet.sealed for sheet in sheets):
        raise RefusedError(f"{expert}已经封存复评评分表，不能再换人。")
    return panel


def exchange_reviewer(
    plan: Plan, panel: ReviewPanel, leaving: Leaving
) -> tuple[ReviewPanel, DrawEvent]:
    """Write event, panel and sheets; the draw's order decides who comes."""
    after, also = successor(plan, panel, leaving.expert)
    old = {panel.leader.person.code, panel.member.person.code}
    code = next(person for person in after[2:] if person not in old)
    event = DrawEvent.objects.create(
        draw=panel.draw, kind=leaving.kind, item=leaving.expert.person.code, replacement=code,
        facts={"also": also} if also else {}, reason=leaving.reason, at=now_of(plan), by=leaving.by,
        confirmed_by=leaving.confirmed_by,
    )  # fmt: skip
    people = experts_by_code({after.leader, after.member})
    new = ReviewPanel.objects.create(
        appeal=panel.appeal, draw=panel.draw, leader=people[after.leader],
        member=people[after.member], replaces=panel, event=event,
    )  # fmt: skip
    hand_over_review(plan, new, leaver=leaving.expert, came=people[code])
    record_event(
        "replace_reviewer", by=leaving.confirmed_by or leaving.by, year=plan.year,
        target=panel.appeal.drawn_case.case.label, detail={"from": event.item, "to": code},
    )  # fmt: skip
    return new, event


def successor(plan: Plan, panel: ReviewPanel, expert: Expert) -> tuple[Group, list[list[str]]]:
    """The pair after the change, and the alternates passed over, each with the reason."""
    draw: Draw = panel.draw
    with rule_refusals():
        hall = hall_of(draw)
        also = passed_over(plan, panel, hall)
        after = replace_expert(
            hall.frozen,
            hall.result,
            withdrawn=expert.person.code,
            groups=hall.groups,
            used={*hall.gone, *(person for person, _ in also)},
        )
    return after, also


def hand_over_review(plan: Plan, panel: ReviewPanel, *, leaver: Expert, came: Expert) -> None:
    """Close the leaver's sheet, open a blank one; who stays keeps the own."""
    sheets = ScoreSheet.objects.filter(
        drawn_case=panel.appeal.drawn_case_id, round=SheetRound.REVIEW
    )
    for sheet in sheets.standing().filter(expert=leaver):
        sheet.withdrawn_at, sheet.withdrawn_reason = now_of(plan), "复评组换人"
        sheet.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    first = sheets.order_by("pk")[0]
    ScoreSheet.objects.create(
        drawn_case_id=first.drawn_case_id,
        round=SheetRound.REVIEW,
        expert=came,
        leads=came == panel.leader,
        standard_id=first.standard_id,
        scope=first.scope,
    )
