"""The statements behind the pages opened all day give what the models give, and no more."""

import re
from dataclasses import replace
from decimal import Decimal
from operator import attrgetter

import pytest
from django.db.models import Model

from evaluations.actions.returning import return_sheet
from evaluations.models import Mark
from evaluations.queries.own_sheets import marks_of, own_files
from evaluations.queries.score_page import score_page
from evaluations.queries.sheets import own_sheet, own_sheets, revealed_pair, visible_sheets
from evaluations.queries.standards import load_scope
from evaluations.templatetags.scoring import KEPT, row_markup
from tests.evaluations.marking_year import Hall, open_hall, put, score, seal, seal_both
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User
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


def pair_by_hand(hall: Hall, user: User, serial: int) -> set[int]:
    """The pair of a case as its reader gets it; nothing where it is as if it were not there."""
    try:
        pair = revealed_pair(user, year=hall.plan.year, serial=serial, in_round="first")
    except RefusedError:
        return set()
    return {sheet.pk for sheet in pair}


def test_the_pair_by_hand_is_the_one_of_the_rule() -> None:
    """Nobody began, a draft, one sealed, both sealed, one given back: for the pair and others."""
    hall = open_hall(cases=5, experts=3)
    score(hall, hall.leader, 2)
    seal(hall, hall.leader, 3)
    for serial in (4, 5):
        seal_both(hall, serial, lose=("0", "30"))
    given = hall.sheet(hall.leader, 5).pk
    return_sheet(hall.drawn(5), sheet=given, reason="页码不对", by=hall.member)
    seen = []
    for user in (hall.leader, hall.member, hall.experts[2]):
        with reading_as(user):
            rows = visible_sheets(user).standing().filter(sealed=True)
            ruled: dict[int, set[int]] = {serial: set() for serial in range(1, 6)}
            for pk, serial in rows.values_list("pk", "drawn_case__case__serial"):
                ruled[serial].add(pk)
            pairs = {serial: found if len(found) == 2 else set() for serial, found in ruled.items()}
            assert {serial: pair_by_hand(hall, user, serial) for serial in ruled} == pairs
            seen.append([serial for serial, found in pairs.items() if found])
    assert seen == [[4], [4], []]


def test_what_an_author_entered_is_put_into_kept_markup_and_kept_for_nobody() -> None:
    hall = open_hall(cases=1)
    with reading_as(hall.leader):
        blank = score_page(hall.sheet(hall.leader)).sections[0].items[0]
    nothing = row_markup(blank, "1")
    entered = replace(
        blank, deduction=Decimal("1.50"), chosen=(1,), pages='1"', note="<b>甲</b>", error="错",
        version=3,
    )  # fmt: skip
    row = row_markup(entered, "1")
    for part in (
        'class="item minus bad"', 'data-version="3"', 'value="1.5"', 'value="1&quot;"',
        ">错</div>", "<b>−1.5</b>",
        "<span>&lt;b&gt;甲&lt;/b&gt;</span>",
    ):  # fmt: skip
        assert part in row
    assert re.search(f'class="why"\\s*>{blank.reasons[0].text}</span>', row)
    assert "<b>甲" not in row
    assert row.count("checked") == 1
    assert row_markup(blank, "1") == nothing
    assert 'class="item"' in nothing
    assert "甲" not in repr(KEPT)


def test_a_row_left_out_says_why_and_is_no_zero() -> None:
    hall = open_hall(cases=1)
    with reading_as(hall.leader):
        blank = score_page(hall.sheet(hall.leader)).sections[0].items[0]
    row = row_markup(replace(blank, state="cannot", note="缺笔录", version=1), "1")
    assert 'class="item off"' in row
    assert re.search(r'value="cannot"\s+checked', row)
    assert not re.search(r'value="na"\s+checked', row)
    assert "data-got>无法评价</td>" in row
    assert "<span>缺笔录</span>" in row


def test_the_markup_follows_an_edited_draft_of_a_standard() -> None:
    hall = open_hall(cases=1)
    with reading_as(hall.leader):
        blank = score_page(hall.sheet(hall.leader)).sections[0].items[0]
    assert "改过的名称" not in row_markup(blank, "1")
    assert "改过的名称" in row_markup(replace(blank, title="改过的名称"), "1")
    assert "改过的名称" not in row_markup(blank, "1")


def loaded(row: Model) -> dict[str, object]:
    """The columns of a row that are at hand."""
    return {name: value for name, value in vars(row).items() if name != "_state"}
