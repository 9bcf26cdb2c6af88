"""分组匹配: panels with their experts and load, conflicts by name, stand-ins, refusals first."""

import pytest
from django.test import Client

from evaluations.actions import draws
from evaluations.models import DrawnCase, PanelMember
from evaluations.queries.panels import panel_page
from experts.models import Expert, FormerFirm, Recusal
from tests.evaluations.draw_year import Year, draw_experts, draw_match, draw_sample, open_year
from wanzhou_eval.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def year() -> Year:
    made = open_year()
    draw_sample(made)
    return made


def test_before_the_experts_are_drawn(year: Year) -> None:
    page = panel_page(year.plan)
    assert (page.rows, page.alternates, page.conflicts, page.stand_ins) == ([], [], [], [])


def test_panels_before_and_after_the_matching(year: Year) -> None:
    draw_experts(year)
    rows = panel_page(year.plan).rows
    assert [row.name for row in rows] == [
        "刑事案件组第一组", "民事行政案件组第一组", "民事行政案件组第二组", "民事行政案件组第三组",
    ]  # fmt: skip
    assert {row.cases for row in rows} == {0}
    draw_match(year)
    page = panel_page(year.plan)
    drawn = DrawnCase.objects.of(year.plan)
    criminal = drawn.filter(case__kind="criminal").count()
    assert page.rows[0].cases == criminal
    assert sum(row.cases for row in page.rows) == 20
    assert sorted(serial for row in page.rows for serial in row.serials) == sorted(
        one.case.label for one in drawn.select_related("case")
    )
    assert page.unassigned == 0
    assert [a.category for a in page.alternates] == ["criminal"] * 5 + ["civil"] * 7


def test_conflicts_and_stand_ins_by_name(year: Year) -> None:
    draw_experts(year)
    leader = PanelMember.objects.get(panel__category="criminal", leads=True).expert
    drawn = DrawnCase.objects.of(year.plan).filter(case__kind="criminal").first()
    assert drawn
    Recusal.objects.create(
        expert=leader, year=2031, reason="kin", explanation="堂兄", case_key=drawn.case.key
    )
    FormerFirm.objects.create(expert=leader, firm=year.firms[3])
    Recusal.objects.create(
        expert=leader, year=2031, reason="adviser", person=Person.objects.get(code="H004")
    )
    draw = draw_match(year)
    page = panel_page(year.plan)
    name = leader.person.name
    assert sorted(page.conflicts) == sorted(
        [
            (name, "案件", drawn.case.number, "近亲属"),
            (name, "承办人", "承办4", "中心顾问"),
            (name, "机构", "第3律师事务所", "曾在该机构执业"),
        ]
    )
    first = draw.previous and draw.previous.alternates.filter(category="criminal").first()
    assert first
    assert [(row.serial, row.panel, row.change) for row in page.stand_ins] == [
        (drawn.case.label, "刑事案件组第一组", f"{name}回避，由候补{first.expert}代替")
    ]


def test_a_blocked_matching_is_shown_before_the_button(year: Year) -> None:
    draw_experts(year)
    drawn = DrawnCase.objects.of(year.plan).filter(case__kind="criminal").first()
    assert drawn
    for expert in Expert.objects.filter(criminal=True):
        Recusal.objects.create(
            expert=expert, year=2031, reason="kin", explanation="堂兄", case_key=drawn.case.key
        )
    client = Client()
    client.force_login(year.bureau)
    page = client.get("/y/2031/panels/").content.decode()
    assert "现在还不能封存" in page
    assert "无法匹配，有1件案件没有任何小组或候补专家可以评估" in page
    assert drawn.case.number in page
    assert "（近亲属）" in page
    assert "缺 2 名没有回避关系的刑事候补专家" in page
    assert f'href="/y/2031/draws/replace/{drawn.case.serial}/"' in page
    assert "作废专家抽选，补充专家库后重抽" in page
    assert 'value="match"' not in page


def test_the_stand_in_of_the_only_criminal_panel_is_shown_before_and_after(year: Year) -> None:
    draw_experts(year)
    leader = PanelMember.objects.get(panel__category="criminal", leads=True).expert
    drawn = DrawnCase.objects.of(year.plan).filter(case__kind="criminal").first()
    assert drawn
    Recusal.objects.create(
        expert=leader, year=2031, reason="kin", explanation="堂兄", case_key=drawn.case.key
    )
    client = Client()
    client.force_login(year.bureau)
    before = client.get("/y/2031/panels/").content.decode()
    first = year.plan.draws.get(kind="experts").alternates.filter(category="criminal")[0]
    change = f"{leader}回避，由候补{first.expert}代替"
    assert f"刑事案件组第一组：{change}" in before
    assert "相差不超过一件" in before
    assert "relaxed=1" not in before
    draw_match(year)
    after = client.get("/y/2031/panels/").content.decode()
    assert change in after


def test_a_replaced_case_leaves_the_list(year: Year) -> None:
    draw_experts(year)
    draw_match(year)
    old = DrawnCase.objects.of(year.plan).filter(stratum="civil")[0]
    new = draws.replace_missing(
        old, kind="missing", reason="缺卷", by=year.bureau, confirmed_by=year.leader
    )
    serials = [serial for row in panel_page(year.plan).rows for serial in row.serials]
    assert old.case.label not in serials
    assert new.case.label in serials
    assert len(serials) == 20
