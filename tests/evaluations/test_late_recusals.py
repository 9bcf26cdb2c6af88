"""A late recusal after sheets were sealed: closed unseen, or said what can still be done."""

import pytest
from django.test import Client
from django.urls import reverse

from evaluations.queries.sheets import visible_sheets
from experts.actions import declare_recusal
from tests.evaluations.marking_year import Hall, open_hall, seal
from tests.evaluations.test_rematching import expert_of, rematch

pytestmark = pytest.mark.django_db


def declare(hall: Hall) -> None:
    declare_recusal(
        expert_of(hall.leader), year=hall.plan.year, reason="declared", explanation="",
        case_key=hall.drawn().case.key, by=hall.leader,
    )  # fmt: skip


def recusals(hall: Hall) -> str:
    desk = Client()
    desk.force_login(hall.bureau)
    return desk.get(reverse("recusal_list", args=[hall.plan.year])).content.decode()


def test_a_sheet_that_the_recused_expert_alone_sealed_is_closed_unseen() -> None:
    hall = open_hall(cases=1, experts=3)
    mine = seal(hall, hall.leader)
    declare(hall)
    assert "确认回避并重新匹配" in recusals(hall)
    new = rematch(hall, hall.leader)
    mine.refresh_from_db()
    assert mine.withdrawn_reason == "回避"
    assert {sheet.expert for sheet in hall.drawn().sheets.standing()} == {new.leader, new.member}
    assert not visible_sheets(hall.member).filter(pk=mine.pk).exists()


def test_two_seen_sheets_are_told_instead_of_a_button_that_is_refused() -> None:
    hall = open_hall(cases=1, experts=3)
    seal(hall, hall.leader)
    seal(hall, hall.member)
    declare(hall)
    page = recusals(hall)
    assert "不能换人；合议意见里写明回避情况" in page
    assert "确认回避并重新匹配" not in page
