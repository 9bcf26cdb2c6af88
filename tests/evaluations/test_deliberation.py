"""合议 (article 6.2): three outcomes, never blurred; who may act when; what the pages tell."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from evaluations.actions import marking
from evaluations.actions.deliberation import (
    answer_proposal,
    confirm_agreement,
    confirm_agreements,
    propose_grade,
    rule_grade,
)
from evaluations.models import Grading, Proposal
from evaluations.queries.deliberation import Case, case_facts, compare
from evaluations.queries.settle import SettlePage, settle_list
from evaluations.rules.deliberation import Act, Phase
from experts.models import Expert
from tests.evaluations.deliberation_year import differing, refused
from tests.evaluations.marking_year import Hall, open_hall, score, seal, seal_both
from wanzhou_eval.models import AuditEvent, User
from wanzhou_eval.readers import reading_as

pytestmark = pytest.mark.django_db


def facts(hall: Hall, user: User) -> Case:
    """The revealed case as this expert reads it."""
    with reading_as(user):
        return case_facts(user, drawn_case=hall.drawn(), in_round="first")


def pages_of(user: User) -> SettlePage:
    """The list 合议 as this expert reads it."""
    with reading_as(user):
        return settle_list(user)


def test_before_both_are_sealed_there_is_nothing_to_deliberate() -> None:
    hall = open_hall(cases=1)
    seal(hall, hall.leader)
    for user in (hall.leader, hall.member, hall.experts[2], *hall.staff.values()):
        refused(
            partial(propose_grade, hall.drawn(), grade="优良", reason="好", by=user),
            "两位专家都封存评分表以后才能合议",
            status=404,
        )
        refused(partial(confirm_agreement, hall.drawn(), by=user), "都封存", status=404)
    assert not Proposal.objects.exists()
    assert not Grading.objects.exists()


def test_database_refuses_a_grade_while_a_sheet_is_open() -> None:
    hall = open_hall(cases=1)
    seal(hall, hall.leader)
    at = timezone.now()
    expert = Expert.objects.get(person=hall.leader.person)
    rows: list[Callable[[], Any]] = [
        lambda: Grading.objects.create(
            drawn_case=hall.drawn(), grade="优良", outcome="at_once", at=at
        ),
        lambda: Proposal.objects.create(
            drawn_case=hall.drawn(), by=expert, grade="优良", reason="好", at=at
        ),
    ]
    for write in rows:
        with pytest.raises(IntegrityError, match="都封存评分表以后"), transaction.atomic():
            write()


def test_same_grade_is_confirmed_by_the_leader_only() -> None:
    hall = open_hall(cases=1)
    seal_both(hall, lose=("0", "10"))
    refused(lambda: confirm_agreement(hall.drawn(), by=hall.member), "只有本组组长")
    refused(
        lambda: propose_grade(hall.drawn(), grade="合格", reason="低", by=hall.leader),
        "等次一致，由组长确认",
    )
    grading = confirm_agreement(hall.drawn(), by=hall.leader)
    assert (grading.grade, grading.outcome) == ("优良", "at_once")
    assert Grading.objects.get().failing is False
    refused(lambda: confirm_agreement(hall.drawn(), by=hall.leader), "已定等次，不能再改")
    assert Grading.objects.count() == 1


def test_all_agreeing_cases_are_confirmed_at_once() -> None:
    hall = open_hall(cases=3)
    seal_both(hall, 1)
    seal_both(hall, 2, lose=("0", "30"))
    seal_both(hall, 3, lose=("50", "50"))
    refused(lambda: confirm_agreements(hall.plan, by=hall.member), "没有待确认的一致案件")
    assert confirm_agreements(hall.plan, by=hall.leader) == 2
    got = Grading.objects.order_by("drawn_case__case__serial")
    assert list(got.values_list("drawn_case__case__serial", "grade", "failing")) == [
        (1, "优良", False),
        (3, "不合格", True),
    ]
    refused(lambda: confirm_agreements(hall.plan, by=hall.leader), "没有待确认的一致案件")


def test_agreement_after_a_proposal() -> None:
    hall = differing()
    refused(lambda: confirm_agreement(hall.drawn(), by=hall.leader), "还没有人提出等次")
    refused(
        lambda: rule_grade(hall.drawn(), grade="合格", reason="定", by=hall.leader),
        "还没有人提出等次",
    )
    refused(
        lambda: propose_grade(hall.drawn(), grade="优秀", reason="好", by=hall.member),
        "从优良、合格、不合格中选一个等次",
        status=422,
    )
    refused(
        lambda: propose_grade(hall.drawn(), grade="合格", reason=" ", by=hall.member),
        "写明提出这一等次的理由",
        status=422,
    )
    proposal = propose_grade(hall.drawn(), grade="合格", reason="会见不足", by=hall.member)
    refused(
        lambda: propose_grade(hall.drawn(), grade="优良", reason="好", by=hall.leader),
        "还没有答复",
    )
    refused(lambda: answer_proposal(proposal, agree=True, by=hall.member), "还没有答复")
    answer_proposal(proposal, agree=True, by=hall.leader)
    grading = Grading.objects.get()
    assert (grading.grade, grading.outcome, grading.reason) == ("合格", "agreed", "会见不足")
    refused(lambda: answer_proposal(proposal, agree=True, by=hall.leader), "已经答复“同意”")


def test_leader_rules_only_after_a_recorded_disagreement_and_keeps_the_dissent() -> None:
    hall = differing()
    proposal = propose_grade(hall.drawn(), grade="优良", reason="质量好", by=hall.leader)
    refused(
        lambda: rule_grade(hall.drawn(), grade="优良", reason="定", by=hall.leader), "还没有答复"
    )
    refused(
        lambda: answer_proposal(proposal, agree=False, reason="", by=hall.member),
        "写明不同意的理由",
        status=422,
    )
    answer_proposal(proposal, agree=False, reason="会见严重不足", by=hall.member)
    assert not Grading.objects.exists()
    refused(
        lambda: rule_grade(hall.drawn(), grade="优良", reason="", by=hall.leader),
        "组长意见须写明理由",
        status=422,
    )
    refused(
        lambda: rule_grade(hall.drawn(), grade="优良", reason="我定", by=hall.member),
        "只有本组组长",
    )
    rule_grade(hall.drawn(), grade="优良", reason="材料齐全", by=hall.leader)
    grading = Grading.objects.get()
    assert (grading.outcome, grading.reason, grading.dissent) == (
        "ruling",
        "材料齐全",
        "会见严重不足",
    )
    for event in AuditEvent.objects.filter(action__in=["propose_grade", "rule_grade"]):
        assert "优良" not in str(event.detail) + event.target


def test_one_sided_veto_is_deliberated_even_when_grades_meet() -> None:
    hall = open_hall(cases=1)
    seal(hall, hall.leader, lose="50")
    sheet = score(hall, hall.member)
    marking.save_mark(
        sheet, item=hall.item("Z1"), state="veto", deduction=None, pages="3", note="代签",
        version=0, by=hall.member,
    )  # fmt: skip
    marking.seal_sheet(sheet, by=hall.member)
    case = facts(hall, hall.leader)
    assert {sheet.grade for sheet in case.pair} == {"不合格"}
    assert case.phase is Phase.OPEN
    assert case.acts_of(hall.leader) == {Act.PROPOSE, Act.RETURN}


def test_comparison_puts_differing_items_first_and_marks_the_line() -> None:
    hall = open_hall(cases=1)
    first = score(hall, hall.leader, lose="5")
    marking.save_mark(
        first, item=hall.item("B2"), deduction=Decimal(2), reasons=(1,), pages="31", note="旧条款",
        version=1, by=hall.leader,
    )  # fmt: skip
    marking.seal_sheet(first, by=hall.leader)
    seal(hall, hall.member, lose="30")
    case = facts(hall, hall.member)
    with reading_as(hall.member):
        page, whole = (compare(case, every_item=every_item) for every_item in (False, True))
    rows = [(row.number, row.left.text, row.right.text, row.differs) for row in page.rows]
    assert rows == [("A1", "−5", "−30", True), ("B2", "−2", "0", True)]
    assert page.rows[1].left.why == "缺件，第 31 页，旧条款"
    assert (page.left_total, page.right_total) == (Decimal("93.00"), Decimal("70.00"))
    assert page.floors == (Decimal(80),)
    assert (page.item_count, page.deducted_count, page.differing_count) == (3, 2, 2)
    assert len(whole.rows) == 3


def test_list_tells_what_waits_for_whom() -> None:
    hall = open_hall(cases=4)
    seal_both(hall, 1)
    seal_both(hall, 2, lose=("0", "30"))
    seal(hall, hall.leader, 3)
    seal_both(hall, 4)
    confirm_agreement(hall.drawn(4), by=hall.leader)
    page = pages_of(hall.leader)
    assert [row.serial for row in page.to_confirm] == ["0001"]
    assert [(row.serial, row.own_grade, row.partner_grade) for row in page.to_discuss] == [
        ("0002", "优良", "合格")
    ]
    assert [(row.serial, row.outcome) for row in page.settled] == [("0004", "两评一致")]
    assert (page.waiting, page.confirm_year) == (1, hall.plan.year)
    assert pages_of(hall.member).confirm_year is None
