"""Pages of 换件换人: panels, entry, confirmation, the own 请辞, the overview."""

import pytest

from evaluations.actions import draws
from evaluations.models import DrawEvent, DrawnCase, PanelMember, ReplacementRequest
from tests.evaluations.draw_year import Year, account, draw_experts, draw_sample, open_year
from tests.people import signed_in, words
from wanzhou_eval.models import Role

pytestmark = pytest.mark.django_db
BASE = "/y/2031/"


@pytest.fixture
def year() -> Year:
    year = open_year()
    draw_sample(year)
    draw_experts(year)
    year.plan.refresh_from_db()
    return year


def seat(*, leads: bool = False) -> PanelMember:
    return PanelMember.objects.standing().get(panel__code="civil-1", leads=leads)


def test_from_the_panel_page_to_the_confirmed_exchange(year: Year) -> None:
    desk, second = signed_in(year.bureau), signed_in(year.clerk)
    member = seat()
    address = f"{BASE}panels/withdraw/{member.expert_id}/"
    assert address in desk.get(f"{BASE}panels/").content.decode()
    assert address not in second.get(f"{BASE}panels/").content.decode()
    assert member.expert.person.name in words(desk.get(address))
    assert desk.post(address, {"cause": "left", "reason": ""}).status_code == 422
    answer = desk.post(address, {"cause": "declined", "reason": "出庭排期冲突"})
    assert (answer.status_code, answer["Location"]) == (302, f"{BASE}replacements/")
    mine = words(desk.get(f"{BASE}replacements/"))
    assert "有1项等第二人确认" in mine
    assert "登记的人不能自己确认，请另一人登录后确认。" in mine
    assert "确认，按签序递补" not in mine
    assert "退出已登记，正等另一人确认" in words(desk.get(address))
    entry = ReplacementRequest.objects.get()
    decide = f"{BASE}replacements/{entry.pk}/"
    assert desk.post(decide, {"act": "confirm"}).status_code == 403
    assert "确认，按签序递补" in words(second.get(f"{BASE}replacements/"))
    second.post(decide, {"act": "confirm"})
    event = DrawEvent.objects.get()
    new = seat().expert.person
    assert event.replacement == new.code
    page = words(second.get(f"{BASE}replacements/"))
    assert f"已确认，按签序由{new.name}递补。" in page
    assert f"换人{member.expert.person.name}，由{new.name}递补" in page
    panels = words(desk.get(f"{BASE}panels/"))
    assert f"递补{member.expert.person.name}" in panels
    assert f"{new.name}已递补" in panels
    assert desk.get(address).status_code == 404


def test_a_missing_file_waits_and_is_returned_or_taken_back(year: Year) -> None:
    desk, leader = signed_in(year.bureau), signed_in(year.leader)
    drawn = DrawnCase.objects.of(year.plan).filter(stratum="civil")[0]
    address = f"{BASE}draws/replace/{drawn.case.serial}/"
    form = {"kind": "missing", "reason": "档案室装修"}
    assert desk.post(address, form)["Location"] == f"{BASE}replacements/"
    assert desk.post(address, form).status_code == 409
    decide = f"{BASE}replacements/{ReplacementRequest.objects.get().pk}/"
    assert leader.post(decide, {"act": "return", "reason": ""}).status_code == 422
    assert leader.post(decide, {"act": "?"}).status_code == 422
    leader.post(decide, {"act": "return", "reason": "卷宗已找到"})
    assert "已退回：卷宗已找到" in words(desk.get(f"{BASE}replacements/"))
    desk.post(address, form)
    decide = f"{BASE}replacements/{ReplacementRequest.objects.latest('pk').pk}/"
    desk.post(decide, {"act": "take_back"})
    assert "已撤回" in words(desk.get(f"{BASE}replacements/"))
    assert not DrawEvent.objects.exists()


def test_the_overview_asks_for_the_second_person(year: Year) -> None:
    assert "等第二人确认" not in words(signed_in(year.leader).get(BASE))
    draws.request_withdrawal(
        year.plan, seat().expert, cause="absent", reason="未到", by=year.bureau
    )
    page = words(signed_in(year.leader).get(BASE))
    assert "1项换件、换人等第二人确认" in page
    blocked = words(signed_in(year.bureau).get(f"{BASE}draws/"))
    assert "有1项换件、换人等第二人确认。请先在“换件换人”页确认、退回或撤回。" in blocked


def test_an_expert_resigns_on_his_own_page(year: Year) -> None:
    member = seat()
    user = account(Role.EXPERT, "one", person=member.expert.person)
    own = signed_in(user)
    page = words(own.get("/score/"))
    assert "2031年度你受聘为民事行政案件组第一组组员。" in page
    assert own.post("/my/resign/2031/", {"reason": " "}).status_code == 422
    assert own.post("/my/resign/2031/", {"reason": "住院"})["Location"] == "/score/"
    assert "退出已登记，等待确认" in words(own.get("/score/"))
    entry = ReplacementRequest.objects.get()
    assert entry.by == user
    assert signed_in(year.leader).post(
        f"{BASE}replacements/{entry.pk}/", {"act": "confirm"}
    ).status_code == 403  # fmt: skip
    signed_in(year.bureau).post(f"{BASE}replacements/{entry.pk}/", {"act": "confirm"})
    assert "受聘" not in words(own.get("/score/"))
    assert own.get("/my/resign/2031/").status_code == 404


def test_a_stranger_has_no_appointment(year: Year) -> None:
    other = account(Role.EXPERT, "other")
    assert signed_in(other).get("/my/resign/2031/").status_code == 404
    assert signed_in(other).get("/my/resign/2099/").status_code == 404
