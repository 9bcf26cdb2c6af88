"""An expert declines or leaves before the matching: the alternate in turn, by two people."""

import pytest

from evaluations.actions import draws
from evaluations.models import Alternate, Draw, DrawEvent, Panel, PanelMember, ReplacementRequest
from evaluations.queries.draws_proof import certificate_of, prove
from evaluations.queries.draws_text import sections_of
from evaluations.rules.chains import verify_chain
from evaluations.rules.verification import verify
from experts.models import Expert
from tests.evaluations.draw_year import (
    Year,
    account,
    ceremony,
    draw_experts,
    draw_match,
    draw_sample,
    open_year,
    refused,
)
from wanzhou_eval.models import AuditEvent, Role

pytestmark = pytest.mark.django_db
SAID = {"cause": "declined", "reason": "出庭排期冲突"}


@pytest.fixture
def year() -> Year:
    year = open_year()
    draw_sample(year)
    draw_experts(year)
    year.plan.refresh_from_db()
    return year


def seated(category: str, *, leads: bool, panel: int = 1) -> Expert:
    seat = PanelMember.objects.standing().get(
        panel__category=category, panel__ordinal=panel, leads=leads
    )
    return seat.expert


def leave(year: Year, expert: Expert) -> DrawEvent:
    return draws.withdraw_expert(
        year.plan, expert, by=year.bureau, confirmed_by=year.leader, **SAID
    )


def in_turn(draw: Draw, *, panel: Panel, stays: Expert, used: set[str]) -> str:
    """The rule of the draw, counted by hand from its text."""
    pool = {row[0]: row for row in sections_of(draw.freeze_text)["pool"]}
    queue = [row[2] for row in sections_of(draw.result_text)["alternates"]]
    queue = [code for code in queue if panel.category in pool[code][2].split(",")]
    queue = [code for code in queue if code not in used]
    if not stays.may_lead:
        queue = [code for code in queue if pool[code][3] == "1"]
    apart = [code for code in queue if pool[code][1] != stays.person.firm.code]
    return (apart or queue)[0]


def test_the_alternate_in_turn_takes_the_place_and_the_trail_says_so(year: Year) -> None:
    draw = Draw.objects.get(kind="experts")
    member, leader = seated("civil", leads=False), seated("civil", leads=True)
    panel = Panel.objects.get(code="civil-1")
    due = in_turn(draw, panel=panel, stays=leader, used=set())
    event = leave(year, member)
    assert (event.draw, event.kind, event.item) == (draw, "withdrawn", member.person.code)
    assert (event.replacement, event.reason) == (due, "谢绝聘请：出庭排期冲突")
    assert (event.by, event.confirmed_by) == (year.bureau, year.leader)
    assert seated("civil", leads=True) == leader
    assert seated("civil", leads=False).person.code == due
    left = PanelMember.objects.get(expert=member)
    assert (left.ended_at, left.event) == (event.at, None)
    assert PanelMember.objects.get(expert__person__code=due).event == event
    trail = AuditEvent.objects.get(action="replace_withdrawn")
    assert trail.detail["to"] == due
    assert AuditEvent.objects.filter(action="request_replacement").count() == 1


def test_a_leader_who_leaves_is_followed_by_whoever_may_lead(year: Year) -> None:
    leader, member = seated("criminal", leads=True), seated("criminal", leads=False)
    event = leave(year, leader)
    new = Expert.objects.get(person__code=event.replacement)
    lead = seated("criminal", leads=True)
    assert lead == (member if member.may_lead else new)
    assert lead.may_lead
    assert {lead, seated("criminal", leads=False)} == {member, new}


def test_an_alternate_who_declines_in_turn_is_a_second_event(year: Year) -> None:
    draw = Draw.objects.get(kind="experts")
    panel = Panel.objects.get(code="civil-2")
    first, stays = seated("civil", leads=False, panel=2), seated("civil", leads=True, panel=2)
    one = leave(year, first)
    came = Expert.objects.get(person__code=one.replacement)
    two = leave(year, came)
    used = {one.replacement}
    assert two.replacement == in_turn(draw, panel=panel, stays=stays, used=used)
    assert PanelMember.objects.standing().filter(panel=panel).count() == 2
    assert certificate_of(draw)["events"][1]["withdrawn"] == came.person.code
    assert prove(draw, printed=draw.freeze_hash).ok is True


def test_the_matching_list_has_the_new_panel_and_the_chain_verifies(year: Year) -> None:
    member = seated("civil", leads=False)
    event = leave(year, member)
    match = draw_match(year)
    rows = sections_of(match.freeze_text)
    group = next(row for row in rows["groups"] if row[0] == "civil-1")
    assert event.replacement in group
    assert member.person.code not in {row[0] for row in rows["experts"]}
    assert event.replacement not in {row[2] for row in rows["alternates"]}
    certificates = [certificate_of(draw) for draw in year.plan.draws.all()]
    assert verify_chain(certificates).ok is True
    certificates[1]["events"] = []
    assert verify_chain(certificates).sentence == (
        f"{match.code}：小组“civil-1”的成员与抽选专家的结果不同。"
    )


def test_a_swapped_replacement_is_named_by_the_certificate(year: Year) -> None:
    draw = Draw.objects.get(kind="experts")
    event = leave(year, seated("civil", leads=False))
    certificate = certificate_of(draw)
    assert verify(certificate, draw.freeze_hash).ok is True
    other = Alternate.objects.filter(category="civil").last()
    assert other
    certificate["events"][0]["new"] = other.expert.person.code
    verdict = verify(certificate, draw.freeze_hash)
    assert verdict.place == "events"
    assert verdict.sentence == (
        f"第1次递补：证书写“{other.expert.person.code}”，按签序应为“{event.replacement}”。"
        "请以签序为准。"
    )


def test_an_expert_resigns_himself_and_the_bureau_confirms(year: Year) -> None:
    member, other = seated("civil", leads=False), seated("civil", leads=True)
    own = account(Role.EXPERT, "expert1", person=member.person)
    said = {"cause": "", "reason": "住院"}
    assert refused(draws.request_withdrawal, year.plan, other, by=own, **said).status == 403
    request = draws.request_withdrawal(year.plan, member, by=own, **said)
    assert (request.by, request.reason) == (own, "谢绝聘请：住院")
    for user in (own, year.leader, year.clerk, year.auditor):
        assert refused(draws.confirm_replacement, request, by=user).status == 403
    event = draws.confirm_replacement(request, by=year.bureau)
    assert (event.by, event.confirmed_by) == (own, year.bureau)


def test_nobody_is_replaced_before_the_record_is_locked_or_while_the_list_is_sealed() -> None:
    year = open_year()
    draw_sample(year)
    draw = ceremony(
        year, draws.freeze_experts(year.plan, by=year.bureau), seed="2" * 24, finish=False
    )
    expert = seated("civil", leads=False)
    ask = draws.request_withdrawal
    error = refused(ask, year.plan, expert, by=year.bureau, **SAID)
    assert error.sentence == "WZ-2031-E1还没有签名锁定，不能换人。请先在操作台办完。"
    draws.announce(draw, upto=99, by=year.bureau)
    draws.sign_draw(draw, by=year.bureau)
    outside = Expert.objects.exclude(pk__in=PanelMember.objects.values("expert"))[0]
    error = refused(ask, year.plan, outside, by=year.bureau, **SAID)
    assert error.sentence.startswith(f"{outside.person.name}不在任何评估小组里")
    assert refused(ask, year.plan, expert, by=year.clerk, **SAID).status == 403
    for said in ({"cause": "tired", "reason": "x"}, {"cause": "left", "reason": " "}):
        assert refused(ask, year.plan, expert, by=year.bureau, **said).status == 422
    draws.freeze_match(year.plan, by=year.bureau)
    error = refused(ask, year.plan, expert, by=year.bureau, **SAID)
    assert error.sentence.startswith("匹配名单WZ-2031-M1已经封存")


def test_a_waiting_withdrawal_holds_the_matching_back(year: Year) -> None:
    request = draws.request_withdrawal(
        year.plan, seated("civil", leads=False), by=year.bureau, **SAID
    )
    error = refused(draws.freeze_match, year.plan, by=year.bureau)
    assert error.sentence == ("有1项换件、换人等第二人确认。请先在“换件换人”页确认、退回或撤回。")
    draws.take_back_replacement(request, by=year.bureau)
    assert draws.freeze_match(year.plan, by=year.bureau).kind == "match"


def test_without_an_alternate_the_sentence_names_the_remedy(year: Year) -> None:
    for _ in range(5):
        leave(year, seated("criminal", leads=False))
    expert = seated("criminal", leads=False)
    error = refused(draws.request_withdrawal, year.plan, expert, by=year.bureau, **SAID)
    assert error.sentence == (
        f"刑事案件组没有可以递补的候补专家（须有一人能任组长），{expert.person.name}不能直接换下。"
        "请由两人作废匹配和专家抽选，补充专家库后重新封存、抽选专家；不能由人指定替补。"
    )
    assert ReplacementRequest.objects.filter(outcome="").count() == 0
