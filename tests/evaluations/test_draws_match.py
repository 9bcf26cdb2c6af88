"""抽选专家 and 匹配: panels of two firms, recusal, alternates, what blocks a matching."""

import pytest

from cases.models import Case
from evaluations.actions import draws
from evaluations.models import (
    Alternate,
    Assignment,
    Draw,
    DrawnCase,
    Panel,
    PanelMember,
)
from evaluations.queries.assignments import assigned_pairs
from evaluations.queries.draws_text import headers_of, sections_of
from evaluations.queries.panels import drawn_experts
from experts.models import Expert, FormerFirm, Recusal
from tests.evaluations.draw_year import (
    Year,
    draw_experts,
    draw_match,
    draw_sample,
    open_year,
    refused,
)
from wanzhou_eval.models import Firm, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def year() -> Year:
    return open_year()


def test_experts_become_panels_of_two_firms_with_a_leader(year: Year) -> None:
    draw_sample(year)
    draw = draw_experts(year)
    assert headers_of(draw.freeze_text)["slots"] == "criminal:2,civil:6"
    sample = Draw.objects.get(kind="sample")
    assert headers_of(draw.freeze_text)["prev"] == sample.result_hash
    pool = {row[0]: row for row in sections_of(draw.freeze_text)["pool"]}
    assert pool["E007"] == ["E007", "F017", "criminal", "0", "ex:nonlocal"]
    panels = list(Panel.objects.filter(draw=draw))
    assert [str(panel) for panel in panels] == [
        "刑事案件组第一组", "民事行政案件组第一组", "民事行政案件组第二组", "民事行政案件组第三组",
    ]  # fmt: skip
    for panel in panels:
        leader, member = panel.members.select_related("expert__person").order_by("-leads")
        assert (leader.leads, leader.expert.may_lead, member.leads) == (True, True, False)
        assert leader.expert.person.firm_id != member.expert.person.firm_id
        assert getattr(leader.expert, panel.category)
        assert getattr(member.expert, panel.category)
    assert Alternate.objects.filter(draw=draw, category="criminal").count() == 5
    assert [e.person.code for e in drawn_experts(draw)] == [
        code for row in sections_of(draw.result_text)["groups"] for code in row[2:4]
    ]
    year.plan.refresh_from_db()
    assert year.plan.stage == "empanelled"


def test_a_pool_too_small_says_what_is_missing(year: Year) -> None:
    draw_sample(year)
    Expert.objects.filter(criminal=True).exclude(person__code="E000").update(active=False)
    error = refused(draws.freeze_experts, year.plan, by=year.bureau)
    assert error.sentence == (
        "专家库不够：刑事组长、刑事专家席位共需2人，符合条件的只有1人，缺1人。"
        "请补充专家、认定组长资格或减少小组后重新封存。"
    )


def test_matching_keeps_everybody_away_from_the_own_firm(year: Year) -> None:
    Person.objects.filter(code="E012").update(firm=Firm.objects.get(code="F003"))
    draw_sample(year)
    draw_experts(year)
    draw = draw_match(year)
    hashes = dict(Draw.objects.values_list("kind", "result_hash"))
    headers = headers_of(draw.freeze_text)
    assert (headers["sample"], headers["experts"]) == (hashes["sample"], hashes["experts"])
    assert headers["prev"] == hashes["experts"]
    pairs = assigned_pairs(year.plan)
    assert len(pairs) == 20
    for pair in pairs:
        for expert in (pair.leader, pair.member):
            assert expert.person.firm_id != pair.drawn_case.case.firm_id
    loads = sorted(
        Assignment.objects.filter(panel=panel).count()
        for panel in Panel.objects.filter(category="civil")
    )
    assert loads[-1] - loads[0] <= 1
    year.plan.refresh_from_db()
    assert year.plan.stage == "matched"


def test_every_kind_of_conflict_is_sealed(year: Year) -> None:
    draw_sample(year)
    draw_experts(year)
    member = PanelMember.objects.filter(panel__category="civil").first()
    drawn = DrawnCase.objects.of(year.plan).exclude(case__kind="criminal").first()
    assert member
    assert drawn
    expert, case = member.expert, drawn.case
    FormerFirm.objects.create(expert=expert, firm=Firm.objects.get(code="F009"))
    common = {"expert": expert, "declared_by": year.bureau, "explanation": "说明"}
    Recusal.objects.create(year=2031, reason="kin", case_key=case.key, **common)
    Recusal.objects.create(
        year=2031, reason="opposing", person=Person.objects.get(code="H002"), **common
    )
    Recusal.objects.create(year=2030, reason="declared", firm=year.firms[4], **common)
    Recusal.objects.create(year=2031, reason="adviser", case_key="K不在名单", **common)
    draw = draw_match(year)
    code = expert.person.code
    assert sections_of(draw.freeze_text)["conflicts"] == [
        [code, "case", case.number, "kin"],
        [code, "handler", "H002", "opposing"],
        [code, "org", "F009", "former-firm"],
    ]
    seat = {p.drawn_case.case.number: p for p in assigned_pairs(year.plan)}[case.number]
    assert expert not in (seat.leader, seat.member)
    for pair in assigned_pairs(year.plan):
        if expert in (pair.leader, pair.member):
            assert pair.drawn_case.case.firm.code != "F009"
            assert not pair.drawn_case.case.handlers.filter(person__code="H002").exists()


def recuse(people: list[Expert], case: Case) -> None:
    for expert in people:
        Recusal.objects.create(
            expert=expert, year=2031, reason="declared", case_key=case.key, explanation="测试"
        )


def test_a_recused_criminal_leader_gives_way_to_the_first_alternate(year: Year) -> None:
    draw_sample(year)
    draw_experts(year)
    leader, member = (
        m.expert for m in PanelMember.objects.filter(panel__category="criminal").order_by("-leads")
    )
    drawn = DrawnCase.objects.of(year.plan).filter(case__kind="criminal").first()
    assert drawn
    recuse([leader], drawn.case)
    draw_match(year)
    pair = next(p for p in assigned_pairs(year.plan) if p.drawn_case == drawn)
    first = Alternate.objects.filter(category="criminal").order_by("rank")[0].expert
    assert (pair.leader, pair.member) == (member, first)
    assert Assignment.objects.get(drawn_case=drawn).by_alternate is True


def test_a_blocked_matching_names_case_and_experts_before_the_seed(year: Year) -> None:
    draw_sample(year)
    draw_experts(year)
    drawn = DrawnCase.objects.of(year.plan).filter(case__kind="criminal").first()
    assert drawn
    recuse(list(Expert.objects.filter(criminal=True, is_local=True)), drawn.case)
    error = refused(draws.freeze_match, year.plan, by=year.bureau)
    assert error.sentence.startswith(
        f"无法匹配，有案件没有任何小组或候补专家可以评估：“{drawn.case.number}”（应回避：专家"
    )
    assert error.sentence.endswith(
        "请为刑事类补充没有回避关系的候补专家，或用候补案件替换后重新封存。"
    )
