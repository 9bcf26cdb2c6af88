"""作废复评组抽选: two people, only while nobody saw a score; a new draw goes on with the appeal."""

import pytest
from django.db import DatabaseError, transaction

from appeals.actions import form_review_panel, freeze_review, replace_recused_reviewer
from appeals.models import ReviewPanel
from evaluations.actions import draws
from evaluations.models import Draw, ScoreSheet
from tests.appeals.builders import Year, make_expert, signed_in
from tests.appeals.test_review import held_draw
from tests.appeals.test_reviewers import formed, recuse
from tests.evaluations.marking_year import force_seal
from wanzhou_eval.errors import RefusedError

pytestmark = pytest.mark.django_db
REASON = "候补专家都应回避，复评组无人可补"


def seal(sheet: ScoreSheet) -> None:
    force_seal(sheet, grade="合格", total=80)


def void(year: Year, draw: Draw) -> Draw:
    users = year.users
    return draws.void_draw(draw, reason=REASON, by=users["bureau"], confirmed_by=users["leader"])


def review_sheets() -> list[ScoreSheet]:
    return list(ScoreSheet.objects.filter(round="review").order_by("pk"))


def test_an_appeal_whose_alternates_are_used_up_goes_on_with_a_new_draw() -> None:
    year, appeal, panel = formed(spare=0)
    recuse(year, appeal, panel.member)
    with pytest.raises(RefusedError, match="没有可用的候补专家"):
        replace_recused_reviewer(appeal, expert=panel.member, by=year.users["bureau"])
    seal(next(sheet for sheet in review_sheets() if sheet.expert == panel.leader))
    void(year, panel.draw)
    assert [sheet.withdrawn_reason for sheet in review_sheets()] == ["复评组抽选作废"] * 2
    assert not ReviewPanel.objects.live().exists()
    assert not ScoreSheet.objects.revealed().filter(round="review").exists()
    page = signed_in(year.users["bureau"]).get(f"/y/2022/appeals/{appeal.pk}/").content.decode()
    assert "封存复评组抽选名单" in page
    make_expert(6, year.firms[2])
    again = freeze_review(appeal, by=year.users["bureau"])
    assert (again.code, again.attempt) == ("WZ-2022-R2", 2)
    assert f"{panel.member.person.code}\t" in again.freeze_text
    assert "ex:recused" in again.freeze_text


def test_the_digits_of_the_void_draw_do_not_serve_again() -> None:
    year, appeal, panel = formed()
    void(year, panel.draw)
    with pytest.raises(RefusedError, match="只能用一次"):
        held_draw(year, appeal)


def test_a_panel_that_saw_its_scores_is_not_drawn_again() -> None:
    year, _, panel = formed()
    for sheet in review_sheets():
        seal(sheet)
    with pytest.raises(RefusedError, match="互相看到分数"):
        void(year, panel.draw)
    draw = Draw.objects.get(pk=panel.draw_id)
    assert (draw.voided_by, draw.voided_at) == (None, None)
    assert all(sheet.withdrawn_at is None for sheet in review_sheets())


def test_the_last_seal_between_the_two_people_stops_the_void() -> None:
    year, _, panel = formed()
    asked = draws.request_void(panel.draw, reason=REASON, by=year.users["bureau"])
    for sheet in review_sheets():
        seal(sheet)
    with pytest.raises(RefusedError, match="互相看到分数"):
        draws.confirm_void(asked, by=year.users["leader"])
    assert Draw.objects.get(pk=panel.draw_id).voided_at is None


def test_the_database_seats_a_panel_only_from_the_standing_draw_of_its_case() -> None:
    year, appeal, panel = formed()
    void(year, panel.draw)
    sample = Draw.objects.get(kind="sample")
    for draw in (panel.draw, sample):
        with pytest.raises(DatabaseError, match="没有作废的复评组抽选"), transaction.atomic():
            ReviewPanel.objects.create(
                appeal=appeal, draw=draw, leader=panel.leader, member=panel.member
            )
    with pytest.raises(RefusedError, match="还没有签名锁定"):
        form_review_panel(appeal, by=year.users["bureau"])
