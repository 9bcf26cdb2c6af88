"""复评 and 反馈 (article 6.3): a fresh panel finds the grade, one answer says it."""

from datetime import date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.db.models import F

from appeals.actions import decide_appeal, file_appeal, form_review_panel, freeze_review
from appeals.models import Appeal, ReviewPanel
from appeals.queries.work import appeal_page, barred_experts
from evaluations.actions import draws
from evaluations.actions.results import republish_results
from evaluations.models import Draw, Grading, PublicationLine, ReviewGrading, ScoreSheet
from evaluations.queries.plan import plan_of
from evaluations.queries.publication import publish_page
from evaluations.rules.seeds import commitment
from experts.models import Recusal
from tests.appeals.builders import (
    AFTER,
    GROUNDS,
    IN_WINDOW,
    SHANGHAI,
    SITE,
    STATEMENT,
    Year,
    add_sheets,
    find_in_review,
    make_expert,
    make_year,
    publish,
    signed_in,
)
from wanzhou_eval.errors import RefusedError

SEED = "314159265358979323846264"
pytestmark = pytest.mark.django_db


def appealed(*, n: int = 2, enveloped: bool = False) -> tuple[Year, Appeal]:
    """The failing case of the year, appealed in time."""
    year = publish(make_year(commitment=enveloped))
    Draw.objects.update(signed_at=F("drawn_at"))
    year.set_clock(IN_WINDOW)
    by = year.handlers[n % 2]
    appeal = file_appeal(year.cases[n], statement=STATEMENT, grounds=GROUNDS, by=by)
    year.set_clock(AFTER)
    return year, appeal


def answer(
    year: Year, appeal: Appeal, *, grade: str = "合格", by: str = "bureau", **other: Any
) -> Appeal:
    values: dict[str, Any] = {
        "result": "changed",
        "grade": grade,
        "reason": "会见笔录属实，扣分应减。",
        "views": {appeal.grounds.get().pk: "申辩理由成立"},
    } | other
    return decide_appeal(appeal, **values, by=year.users[by])


def held_draw(year: Year, appeal: Appeal) -> Draw:
    draw = freeze_review(appeal, by=year.users["bureau"])
    draws.sign_sheet_a(draw, by=year.users["bureau"])
    draws.enter_seed(draw, digits=SEED, source="d10", witnesses="甲、乙", by=year.users["bureau"])
    draws.hold_draw(draw, digits=SEED, by=year.users["clerk"])
    draws.announce(draw, upto=99, by=year.users["bureau"])
    return draws.sign_draw(draw, by=year.users["bureau"])


def test_the_panel_is_drawn_without_those_who_scored_or_are_related() -> None:
    year, appeal = appealed()
    make_expert(4, year.firms[0])
    related = make_expert(5, year.firms[2])
    Recusal.objects.create(
        expert=related, year=2022, reason="kin", explanation="堂兄", person=year.person(0)
    )
    barred = barred_experts(year.plan, appeal.drawn_case)
    assert {expert.person.name: code for expert, code in barred.items()} == {
        "夏平": "scored",
        "潘安宁": "scored",
        "冉小雨": "recused",
        "卿和": "recused",
    }
    held_draw(year, appeal)
    panel = form_review_panel(appeal, by=year.users["bureau"])
    assert {panel.leader, panel.member} == set(year.experts[2:4])
    sheets = ScoreSheet.objects.filter(drawn_case=appeal.drawn_case, round="review")
    assert {(sheet.expert, sheet.leads) for sheet in sheets} == {
        (panel.leader, True),
        (panel.member, False),
    }
    assert {sheet.standard for sheet in sheets} == {year.plan.standard}
    assert not any(sheet.sealed for sheet in sheets)


def test_a_second_list_or_panel_is_refused() -> None:
    year, appeal = appealed()
    held_draw(year, appeal)
    with pytest.raises(RefusedError, match="已经封存"):
        freeze_review(appeal, by=year.users["bureau"])
    form_review_panel(appeal, by=year.users["bureau"])
    with pytest.raises(RefusedError, match="复评组已经组成"):
        form_review_panel(appeal, by=year.users["bureau2"])
    assert ReviewPanel.objects.count() == 1


def test_a_review_list_has_its_envelope_too() -> None:
    year, appeal = appealed(enveloped=True)
    with pytest.raises(RefusedError, match="启用了封存承诺值"):
        freeze_review(appeal, by=year.users["bureau"])
    bureau = signed_in(year.users["bureau"])
    page = bureau.post(f"/y/2022/appeals/{appeal.pk}/freeze/").content.decode()
    value = page.partition('<p class="lead hash">')[2].partition("</p>")[0].replace(" ", "")
    draw = Draw.objects.get(kind="review")
    assert draw.commitment == commitment(value, draw=draw.code)
    assert value not in "".join(map(str, Draw.objects.values()))


def test_a_panel_needs_its_signed_draw() -> None:
    year, appeal = appealed()
    with pytest.raises(RefusedError, match="还没有签名锁定"):
        form_review_panel(appeal, by=year.users["bureau"])
    freeze_review(appeal, by=year.users["bureau"])
    with pytest.raises(RefusedError, match="还没有签名锁定"):
        form_review_panel(appeal, by=year.users["bureau"])
    assert not ReviewPanel.objects.exists()


def test_the_database_voids_no_draw_whose_panel_holds_sheets() -> None:
    year, appeal = appealed()
    draw = held_draw(year, appeal)
    form_review_panel(appeal, by=year.users["bureau"])
    with pytest.raises(DatabaseError, match="不能作废"), transaction.atomic():
        Draw.objects.filter(pk=draw.pk).update(
            voided_at=AFTER,
            void_reason="误抽",
            voided_by=year.users["bureau"],
            void_confirmed_by=year.users["bureau2"],
        )


def test_the_database_refuses_a_panel_with_a_first_expert() -> None:
    year, appeal = appealed()
    draw = Draw.objects.get()
    with pytest.raises(DatabaseError, match="初评该案的专家"), transaction.atomic():
        ReviewPanel.objects.create(
            appeal=appeal, draw=draw, leader=year.experts[0], member=year.experts[2]
        )


@pytest.mark.parametrize("role", ["clerk", "leader", "auditor"])
def test_only_bureau_reviews_and_answers(role: str) -> None:
    year, appeal = appealed()
    user = year.users[role]
    for act in (freeze_review, form_review_panel):
        with pytest.raises(RefusedError) as refused:
            act(appeal, by=user)
        assert refused.value.status == 403
    find_in_review(appeal, year.experts[2:4], grade="合格")
    with pytest.raises(RefusedError) as refused:
        answer(year, appeal, by=role)
    assert refused.value.status == 403
    assert Grading.objects.filter(drawn_case=appeal.drawn_case).count() == 1


def test_a_changed_grade_is_a_new_version_and_is_published_beside_the_old() -> None:
    year, appeal = appealed()
    find_in_review(appeal, year.experts[2:4], grade="合格")
    appeal = answer(year, appeal)
    assert appeal.state == "已反馈：变更等次"
    assert appeal.grounds.get().view == "申辩理由成立"
    gradings = Grading.objects.filter(drawn_case=appeal.drawn_case).order_by("version")
    assert [(g.version, g.grade, g.outcome) for g in gradings] == [
        (1, "不合格", "at_once"),
        (2, "合格", "changed"),
    ]
    assert publish_page(year.plan).changed
    republish_results(year.plan, reason="0003号复评变更", **SITE, by=year.users["bureau"])
    grades = PublicationLine.objects.filter(ordinal=3).order_by("publication__version")
    assert [line.grade for line in grades] == ["不合格", "合格"]
    assert not publish_page(year.plan).changed


def test_an_upheld_grade_is_recorded_and_needs_no_new_publication() -> None:
    year, appeal = appealed()
    find_in_review(appeal, year.experts[2:4], grade="不合格")
    appeal = answer(year, appeal, grade="不合格", result="upheld")
    assert appeal.state == "已反馈：维持原等次"
    assert (
        Grading.objects.filter(drawn_case=appeal.drawn_case).latest("version").outcome == "upheld"
    )
    assert not publish_page(year.plan).changed


@pytest.mark.parametrize(
    "values",
    [{"grade": "优良"}, {"result": "upheld"}, {"grade": "不合格", "result": "upheld"}],
)
def test_the_bureau_can_not_answer_with_another_grade(values: dict[str, str]) -> None:
    year, appeal = appealed()
    find_in_review(appeal, year.experts[2:4], grade="合格")
    with pytest.raises(RefusedError, match="复评组定为“合格”") as refused:
        answer(year, appeal, **values)
    assert refused.value.status == 422
    assert Grading.objects.filter(drawn_case=appeal.drawn_case).count() == 1


def test_every_ground_gets_its_view() -> None:
    year, appeal = appealed()
    find_in_review(appeal, year.experts[2:4], grade="合格")
    faults: list[dict[str, Any]] = [{"views": {}}, {"reason": " "}]
    for values in faults:
        with pytest.raises(RefusedError, match="逐项答复"):
            answer(year, appeal, **values)
    appeal.refresh_from_db()
    assert appeal.answered_at is None
    assert Grading.objects.filter(drawn_case=appeal.drawn_case).count() == 1


def test_no_answer_before_the_panel_and_none_after_the_first() -> None:
    year, appeal = appealed()
    with pytest.raises(RefusedError, match="复评组还没有定等次"):
        answer(year, appeal)
    find_in_review(appeal, year.experts[2:4], grade="合格")
    answer(year, appeal)
    with pytest.raises(RefusedError, match="以一次为限"):
        answer(year, appeal)


def test_a_late_answer_goes_through_and_is_flagged() -> None:
    year, appeal = appealed()
    find_in_review(appeal, year.experts[2:4], grade="合格")
    year.set_clock(datetime(2022, 9, 22, 9, 0, tzinfo=SHANGHAI))
    answer(year, appeal)
    page = appeal_page(plan_of(2022), appeal.pk)
    assert page.appeal.answer_due == date(2022, 9, 21)
    assert page.row.answer_late
    html = signed_in(year.users["bureau"]).get(f"/y/2022/appeals/{appeal.pk}/").content.decode()
    assert "反馈晚于期限 9月21日（周三）" in html


def test_review_sheets_stay_blind_until_both_are_sealed() -> None:
    year, appeal = appealed()
    held_draw(year, appeal)
    form_review_panel(appeal, by=year.users["bureau"])
    page = appeal_page(plan_of(2022), appeal.pk)
    assert len(page.first) == 2
    assert page.review == []


def test_staff_read_no_review_sheet_before_its_panel_found_a_grade() -> None:
    year, appeal = appealed()
    add_sheets(appeal.drawn_case, year.experts[2:4], grade="合格", in_round="review")
    address = f"/y/2022/appeals/{appeal.pk}/"
    assert appeal_page(plan_of(2022), appeal.pk).review == []
    for role in ("bureau", "leader", "auditor"):
        html = signed_in(year.users[role]).get(address).content.decode()
        assert "复评组定等次后显示" in html
        assert year.experts[2].person.name not in html
    ReviewGrading.objects.create(
        drawn_case=appeal.drawn_case, grade="合格", outcome="at_once", by=year.experts[2], at=AFTER
    )
    assert len(appeal_page(plan_of(2022), appeal.pk).review) == 2


def test_the_appeal_walks_through_its_pages() -> None:
    year, appeal = appealed()
    bureau = signed_in(year.users["bureau"])
    base = f"/y/2022/appeals/{appeal.pk}/"
    assert "封存复评组抽选名单" in bureau.get(base).content.decode()
    find_in_review(appeal, year.experts[2:4], grade="合格")
    ground = appeal.grounds.get().pk
    form = {"result": "changed", "grade": "合格", "reason": "理由成立。", f"view-{ground}": "成立"}
    assert bureau.post(base + "decide/", {**form, "reason": ""}).status_code == 422
    assert bureau.post(base + "decide/", form).status_code == 302
    page = signed_in(year.handlers[0]).get("/my/2022/3/").content.decode()
    assert "变更等次" in page
    assert "成立" in page
    for expert in year.experts:
        assert expert.person.name not in page
