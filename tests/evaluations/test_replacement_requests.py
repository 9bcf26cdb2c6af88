"""换件换人 takes two people: entry, confirmation, return, taking back; the database agrees."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from evaluations.actions import draws
from evaluations.models import DrawEvent, DrawnCase, PanelMember, ReplacementRequest
from tests.evaluations.draw_year import Year, draw_experts, draw_sample, open_year, refused
from wanzhou_eval.models import AuditEvent

pytestmark = pytest.mark.django_db
LOST = {"kind": "missing", "reason": "档案室装修未取出"}


@pytest.fixture
def year() -> Year:
    year = open_year()
    draw_sample(year)
    return year


def drawn(year: Year) -> DrawnCase:
    found = DrawnCase.objects.of(year.plan).filter(stratum="civil").first()
    assert found
    return found


def entry(year: Year) -> ReplacementRequest:
    return draws.request_replacement(drawn(year), by=year.bureau, **LOST)


def test_an_entry_changes_nothing_until_another_person_confirms(year: Year) -> None:
    old = drawn(year)
    request = entry(year)
    assert (request.outcome, request.item, request.by) == ("", old.case.number, year.bureau)
    old.refresh_from_db()
    assert old.replaced_at is None
    assert not DrawEvent.objects.exists()
    error = refused(draws.confirm_replacement, request, by=year.bureau)
    assert (error.status, error.sentence) == (
        403,
        "换件、换人须由另一人确认：登记的人不能自己确认，两人中须有一人是科室。",
    )
    assert refused(draws.confirm_replacement, request, by=year.auditor).status == 403
    event = draws.confirm_replacement(request, by=year.clerk)
    request.refresh_from_db()
    assert (request.outcome, request.event, request.decided_by) == ("confirmed", event, year.clerk)
    assert (event.by, event.confirmed_by, event.at) == (
        year.bureau, year.clerk, request.decided_at,
    )  # fmt: skip
    assert DrawnCase.objects.get(replaces=old).case.number == event.replacement
    error = refused(draws.confirm_replacement, request, by=year.leader)
    assert error.sentence == "这一项已确认，不用再办。请刷新“换件换人”页。"


def test_the_same_item_waits_once(year: Year) -> None:
    entry(year)
    error = refused(draws.request_replacement, drawn(year), by=year.bureau2, **LOST)
    assert error.sentence.startswith("这一项已由甲bureau登记，正等另一人确认。")


def test_a_returned_entry_keeps_its_reason_and_can_be_made_again(year: Year) -> None:
    request = entry(year)
    assert refused(draws.return_replacement, request, reason="x", by=year.bureau).status == 403
    assert refused(draws.return_replacement, request, reason=" ", by=year.leader).status == 422
    back = draws.return_replacement(request, reason="卷宗已在中心找到", by=year.leader)
    assert (back.outcome, back.note, back.event) == ("returned", "卷宗已在中心找到", None)
    assert AuditEvent.objects.filter(action="return_replacement").count() == 1
    again = entry(year)
    draws.confirm_replacement(again, by=year.bureau2)
    assert DrawEvent.objects.count() == 1


def test_only_the_author_takes_an_entry_back(year: Year) -> None:
    request = entry(year)
    assert refused(draws.take_back_replacement, request, by=year.bureau2).status == 403
    assert draws.take_back_replacement(request, by=year.bureau).outcome == "taken_back"
    assert refused(draws.confirm_replacement, request, by=year.leader).status == 409


def test_an_entry_of_a_void_draw_is_not_confirmed(year: Year) -> None:
    request = entry(year)
    draws.void_draw(
        request.draw, reason="骰子落地后被碰动", by=year.bureau, confirmed_by=year.leader
    )
    error = refused(draws.confirm_replacement, request, by=year.leader)
    assert "只能在“已抽案、已组组、已匹配、评分中”阶段办理" in error.sentence


def test_what_stopped_being_possible_is_refused_at_the_confirmation(year: Year) -> None:
    draw_experts(year)
    seats = list(PanelMember.objects.standing().filter(panel__category="criminal"))
    said: dict[str, Any] = {"cause": "declined", "reason": "出庭", "by": year.bureau}
    first = draws.request_withdrawal(year.plan, seats[0].expert, **said)
    draws.confirm_replacement(first, by=year.leader)
    for _ in range(4):
        seat = PanelMember.objects.standing().filter(panel__category="criminal", leads=False)[0]
        draws.withdraw_expert(year.plan, seat.expert, confirmed_by=year.leader, **said)
    seat = PanelMember.objects.standing().filter(panel__category="criminal", leads=False)[0]
    error = refused(draws.request_withdrawal, year.plan, seat.expert, **said)
    assert "没有可以递补的候补专家" in error.sentence


WRONG = {
    "request_confirmed_by_another": {"outcome": "returned", "note": "x", "self": True},
    "request_event_once_confirmed": {"outcome": "confirmed"},
    "request_decided_by_a_person": {"outcome": "returned", "note": "x", "nobody": True},
    "request_returned_with_reason": {"outcome": "returned"},
}


@pytest.mark.parametrize(("rule", "values"), WRONG.items(), ids=list(WRONG))
def test_the_database_holds_the_two_people_apart(
    year: Year, rule: str, values: dict[str, Any]
) -> None:
    request = entry(year)
    given = dict(values)
    by = year.bureau if given.pop("self", False) else year.leader
    nobody = given.pop("nobody", False)
    given |= {} if nobody else {"decided_by": by, "decided_at": request.at}
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        ReplacementRequest.objects.filter(pk=request.pk).update(**given)


def test_the_database_takes_no_event_of_one_person(year: Year) -> None:
    draw = year.plan.draws.get()
    values: dict[str, Any] = {
        "draw": draw, "kind": "missing", "item": "a", "replacement": "b", "reason": "c",
        "at": draw.signed_at,
    }  # fmt: skip
    for people in (
        {"by": year.bureau},
        {"by": year.bureau, "confirmed_by": year.bureau},
        {"confirmed_by": year.bureau},
    ):
        with pytest.raises(IntegrityError, match="event_needs_two_people"), transaction.atomic():
            DrawEvent.objects.create(**values, **people)


def test_an_entry_is_never_rewritten_or_deleted(year: Year) -> None:
    request = entry(year)
    rows = ReplacementRequest.objects.filter(pk=request.pk)
    with pytest.raises(IntegrityError, match="不能修改"), transaction.atomic():
        rows.update(reason="改写")
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.delete()
    draws.take_back_replacement(request, by=year.bureau)
    with pytest.raises(IntegrityError, match="不能改写"), transaction.atomic():
        rows.update(outcome="returned", note="x", decided_by=year.leader)


def test_a_seat_is_ended_once_and_a_panel_stays_a_pair(year: Year) -> None:
    draw_experts(year)
    seats = PanelMember.objects.standing().filter(panel__code="civil-1")
    at = year.plan.draws.get(kind="experts").signed_at
    with pytest.raises(IntegrityError, match="两名专家"):
        end_without_successor(seats.filter(leads=False), at)
    with pytest.raises(IntegrityError, match="不能修改"), transaction.atomic():
        seats.filter(leads=False).update(leads=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        seats.delete()


@transaction.atomic
def end_without_successor(seats: Any, at: Any) -> None:
    seats.update(ended_at=at)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
