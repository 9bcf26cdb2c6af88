"""聘书: numbers in panel order that never change, who left and who came, page, workbook, print."""

import pytest

from evaluations.actions import draws, marking
from evaluations.models import PanelMember, Plan
from evaluations.queries.letters import Letter, letter_page
from tests.evaluations.draw_year import (
    Year,
    ceremony,
    draw_experts,
    draw_match,
    draw_sample,
    open_year,
)
from tests.evaluations.test_draws_void import adopt_a_standard
from tests.people import cells, signed_in, words

pytestmark = pytest.mark.django_db
LIST = "/y/2031/letters/"


@pytest.fixture
def year() -> Year:
    year = open_year()
    draw_sample(year)
    draw_experts(year)
    return year


def letters(year: Year) -> list[Letter]:
    return letter_page(Plan.objects.get(pk=year.plan.pk)).letters


def leave(year: Year, panel: str, *, leads: bool) -> tuple[str, str]:
    seat = PanelMember.objects.standing().get(panel__code=panel, leads=leads)
    event = draws.withdraw_expert(
        year.plan, seat.expert, cause="declined", reason="出庭", by=year.bureau,
        confirmed_by=year.leader,
    )  # fmt: skip
    new = PanelMember.objects.get(expert__person__code=event.replacement)
    return seat.expert.person.name, new.expert.person.name


def test_letters_are_numbered_in_panel_order(year: Year) -> None:
    found = letters(year)
    assert [letter.number for letter in found] == [f"万法援评聘〔2031〕{n}号" for n in range(1, 9)]
    assert [(letter.panel, letter.role) for letter in found] == [
        (f"{name}第{n}组", role)
        for name, count in (("刑事案件组", 1), ("民事行政案件组", 3))
        for n in "一二三"[:count]
        for role in ("组长", "组员")
    ]
    assert {letter.cases for letter in found} == {None}
    assert {(letter.came, letter.left) for letter in found} == {("", "")}


def test_who_leaves_keeps_the_number_and_who_comes_gets_the_next(year: Year) -> None:
    before = letters(year)
    one, two = leave(year, "civil-1", leads=False), leave(year, "criminal-1", leads=True)
    after = letters(year)
    assert [(a.number, a.name) for a in after[:8]] == [(b.number, b.name) for b in before]
    assert [(a.number, a.name, a.came) for a in after[8:]] == [
        ("万法援评聘〔2031〕9号", one[1], f"递补{one[0]}"),
        ("万法援评聘〔2031〕10号", two[1], f"递补{two[0]}"),
    ]
    left = {letter.name: letter.left for letter in after if letter.left}
    assert left.keys() == {one[0], two[0]}
    assert left[one[0]].endswith(f"退出，由{one[1]}递补")
    roles = [a.role for a in after if a.panel == "刑事案件组第一组" and not a.left]
    assert sorted(roles) == ["组员", "组长"]


def test_after_the_matching_they_say_how_many_cases(year: Year) -> None:
    draw_match(year)
    found = letters(year)
    assert sum(letter.cases or 0 for letter in found) == 40
    adopt_a_standard(year)
    marking.open_marking(year.plan, by=year.bureau)
    assert [letter.cases for letter in letters(year)] == [letter.cases for letter in found]


def test_page_workbook_and_print_agree(year: Year) -> None:
    gone, came = leave(year, "civil-1", leads=False)
    desk = signed_in(year.clerk)
    page = words(desk.get(LIST))
    assert "8份聘书有效，另有已退出的，编号保留不再使用" in page
    table = cells(desk.get(f"{LIST}?format=xlsx"))
    assert table[0][:5] == ["聘书编号", "姓名", "工作单位", "小组", "职责"]
    assert [row[1] for row in table[1:]] == [letter.name for letter in letters(year)]
    paper = desk.get(f"{LIST}print/")
    text = words(paper)
    assert paper.content.decode().count("<h1>聘　书</h1>") == 8
    assert f"{came}同志" in text
    assert f"{gone}同志" not in text
    assert f"，递补{gone}，现聘请你为2031年度法律援助案件质量评估专家" in text
    single = words(desk.get(f"{LIST}print/?only=9"))
    assert f"{came}同志" in single
    assert single.count("同志（") == 1
    assert desk.get(f"{LIST}print/?only=99").status_code == 404


def test_before_the_signatures_there_are_none() -> None:
    year = open_year()
    draw_sample(year)
    desk = signed_in(year.bureau)
    assert "还没有聘书数据" in words(desk.get(LIST))
    ceremony(year, draws.freeze_experts(year.plan, by=year.bureau), seed="3" * 24, finish=False)
    assert "还没有聘书数据" in words(desk.get(LIST))
    assert desk.get(f"{LIST}print/").status_code == 404
