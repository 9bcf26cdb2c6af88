"""The statements behind the pages opened all day give what the models give, and no more."""

from dataclasses import replace
from decimal import Decimal
from operator import attrgetter

import pytest
from django.db.models import Model

from evaluations.models import Mark
from evaluations.queries.own_sheets import marks_of, own_files
from evaluations.queries.score_page import score_page
from evaluations.queries.sheets import own_sheet, own_sheets
from evaluations.queries.standards import load_scope
from evaluations.templatetags.scoring import score_item
from tests.evaluations.marking_year import open_hall, put, score
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.readers import reading_as

pytestmark = pytest.mark.django_db
JOINED = (
    "drawn_case",
    "drawn_case.case",
    "drawn_case.draw",
    "drawn_case.draw.plan",
    "expert",
    "expert.person",
    "standard",
    "content",
)


def test_the_own_sheet_by_hand_is_the_row_of_the_models() -> None:
    """Every column of every joined table, marks and queue: the statements hide and add nothing."""
    hall = open_hall(cases=2)
    score(hall, hall.leader, 1, lose="3")
    with reading_as(hall.leader):
        by_hand = own_sheet(hall.leader, year=hall.plan.year, serial=1, in_round="first")
        usual = own_sheets(hall.leader).get(pk=by_hand.pk)
        assert loaded(by_hand) == loaded(usual)
        for name in JOINED:
            assert loaded(attrgetter(name)(by_hand)) == loaded(attrgetter(name)(usual))
        _, items = load_scope(usual.standard, usual.scope)
        marks = marks_of(by_hand, {item.pk: item for item in items})
        assert [loaded(mark) for mark in marks.values()] == [
            loaded(mark) for mark in Mark.objects.filter(sheet=usual)
        ]
        files = own_files(hall.leader, plan=hall.plan.pk, in_round="first")
        assert [(file.sheet, file.position, file.begun, file.sealed) for file in files] == list(
            own_sheets(hall.leader).values_list("pk", "position", "begun", "sealed")
        )


def test_a_reader_is_told_of_no_sheet_but_the_own() -> None:
    hall = open_hall(cases=1)
    put(hall, "A1", "3")
    theirs = hall.sheet(hall.leader)
    with reading_as(hall.member):
        own = own_sheet(hall.member, year=hall.plan.year, serial=1, in_round="first")
        assert own.pk != theirs.pk
        assert marks_of(theirs, {}) == {}
    with pytest.raises(RefusedError, match="你的任务里没有这一号案件"):
        own_sheet(hall.bureau, year=hall.plan.year, serial=1, in_round="first")
    assert own_files(hall.bureau, plan=hall.plan.pk, in_round="first") == []


def test_blank_rows_are_made_once_and_a_row_with_an_entry_is_kept_for_nobody() -> None:
    hall = open_hall(cases=1)
    with reading_as(hall.leader):
        blank = score_page(hall.sheet(hall.leader)).sections[0].items[0]
        again = score_page(hall.sheet(hall.leader)).sections[0].items[0]
    assert score_item(again, "1") is score_item(blank, "1")
    entered = replace(blank, deduction=Decimal(2), note="<b>甲</b>", version=1)
    noted = score_item(entered, "1")
    assert score_item(entered, "1") == noted
    assert score_item(entered, "1") is not noted
    assert "&lt;b&gt;甲&lt;/b&gt;" in noted
    assert "<b>甲" not in noted
    assert "甲" not in score_item(blank, "1")


def loaded(row: Model) -> dict[str, object]:
    """The columns of a row that are at hand."""
    return {name: value for name, value in vars(row).items() if name != "_state"}
