"""合议: a sheet given back to its author, and items settled one by one (article 6.2)."""

from decimal import Decimal

import pytest
from django.db import IntegrityError

from evaluations.actions import marking
from evaluations.actions.deliberation import (
    answer_proposal,
    confirm_agreement,
    propose_grade,
    rule_grade,
)
from evaluations.actions.returning import return_sheet
from evaluations.models import Proposal, ScoreSheet
from evaluations.queries.sheets import returned_sheets, revealed_pair
from tests.evaluations.marking_year import YEAR, Hall, open_hall, put, seal_both, signed_in
from tests.people import words
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent, User
from wanzhou_eval.readers import reading_as

pytestmark = pytest.mark.django_db
REASON = "A1 的扣分与页码对不上"


def differing() -> Hall:
    hall = open_hall(cases=1)
    seal_both(hall, lose=("0", "30"))
    return hall


def give_back(hall: Hall, author: User, *, by: User, reason: str = REASON) -> ScoreSheet:
    return return_sheet(hall.drawn(), sheet=hall.sheet(author).pk, reason=reason, by=by)


def test_a_sheet_goes_back_to_its_author_as_a_new_edition_beside_the_old() -> None:
    hall = differing()
    old = hall.sheet(hall.member)
    new = give_back(hall, hall.member, by=hall.leader)
    assert (new.edition, new.origin_id, new.expert_id) == (2, old.pk, old.expert_id)
    with reading_as(hall.leader), pytest.raises(RefusedError, match="都封存评分表以后"):
        revealed_pair(hall.leader, year=YEAR, serial=1, in_round="first")
    with pytest.raises(RefusedError):
        put(hall, "A1", "5", reasons=(2,), pages="7", sheet=new, version=1, by=hall.leader)
    put(hall, "A1", "5", reasons=(2,), pages="7", sheet=new, version=1, by=hall.member)
    again = marking.seal_sheet(new, by=hall.member)
    assert (again.total, again.grade) == (Decimal(95), "优良")
    with reading_as(hall.leader):
        pair = revealed_pair(hall.leader, year=YEAR, serial=1, in_round="first")
        (kept,) = returned_sheets(pair)
        assert (kept.pk, kept.total, kept.seal_hash) == (old.pk, Decimal(70), old.seal_hash)
        assert (kept.withdrawn_reason, kept.returned_by) == (REASON, pair[0].expert)
    confirm_agreement(hall.drawn(), by=hall.leader)
    page = words(signed_in(hall.staff["auditor"]).get(f"/y/{YEAR}/settle/1/"))
    assert f"退回作者更正：{REASON.replace(' ', '')}" in page
    assert "封存第1版，总分70，合格" in page
    event = AuditEvent.objects.get(action="return_sheet")
    assert (event.target, event.detail) == ("0001", {"round": "first"})


def test_what_refuses_a_return_leaves_the_sheets_as_they_are() -> None:
    hall = differing()
    for reason, by, sentence in (
        (" ", hall.leader, "写明退回更正的原因"),
        ("长" * 201, hall.leader, "最多200字"),
        (REASON, hall.experts[2], "没有找到"),
        (REASON, hall.bureau, "没有找到"),
    ):
        with pytest.raises(RefusedError, match=sentence):
            give_back(hall, hall.member, by=by, reason=reason)
    proposal = propose_grade(hall.drawn(), grade="合格", reason="好", by=hall.member)
    with pytest.raises(RefusedError, match="还没有答复"):
        give_back(hall, hall.member, by=hall.leader)
    answer_proposal(proposal, agree=False, reason="不足", by=hall.leader)
    rule_grade(hall.drawn(), grade="合格", reason="定", by=hall.leader)
    with pytest.raises(RefusedError, match="已定等次"):
        give_back(hall, hall.member, by=hall.leader)
    assert ScoreSheet.objects.count() == 2


def test_the_database_gives_no_sheet_back_before_the_reveal_or_after_the_grade() -> None:
    hall = open_hall(cases=2)
    seal_both(hall, 1)
    confirm_agreement(hall.drawn(), by=hall.leader)
    mine = hall.sheet(hall.leader, 1)
    closing = {"withdrawn_at": mine.sealed_at, "withdrawn_reason": "x", "returned_by": mine.expert}
    with pytest.raises(IntegrityError, match="已封存"), reading_as(hall.leader):
        ScoreSheet.objects.filter(pk=mine.pk).update(**closing)


def test_the_page_gives_back_and_the_author_finds_the_draft() -> None:
    hall = differing()
    sheet = hall.sheet(hall.leader)
    client = signed_in(hall.member)
    place = f"/settle/{YEAR}/1/"
    assert "退回作者更正" in words(client.get(place))
    empty = client.post(f"{place}return/", {"return-sheet": str(sheet.pk), "return-reason": ""})
    assert (empty.status_code, ScoreSheet.objects.count()) == (422, 2)
    data = {"return-sheet": str(sheet.pk), "return-reason": REASON}
    assert client.post(f"{place}return/", data)["Location"] == "/settle/"
    assert client.get(place).status_code == 404
    assert "草稿" in words(signed_in(hall.leader).get("/score/"))


def test_items_are_settled_with_the_grade_they_come_to() -> None:
    hall = differing()
    drawn = hall.drawn()
    amounts = {"A1": Decimal("12.5")}
    for wrong, sentence in (
        ({"A1": Decimal(51)}, "须在 0 到满分之间"),
        ({"B1": Decimal(1)}, "只填两人有分歧的项目"),
        ({"A1": Decimal(25)}, "得出的等次是“合格”，与提出的“优良”不同"),
    ):
        with pytest.raises(RefusedError, match=sentence) as told:
            propose_grade(drawn, grade="优良", reason="好", amounts=wrong, by=hall.leader)
        assert told.value.status == 422
    assert not Proposal.objects.exists()
    proposal = propose_grade(drawn, grade="优良", reason="好", amounts=amounts, by=hall.leader)
    answer_proposal(proposal, agree=True, by=hall.member)
    assert Proposal.objects.get().amounts == {"A1": "12.5"}
    page = words(signed_in(hall.bureau).get(f"/y/{YEAR}/settle/1/"))
    assert "单项合议扣分：A1扣12.5" in page
    assert "−12.5" in page


def test_items_come_from_the_page_and_may_be_left_out() -> None:
    hall = differing()
    client, place = signed_in(hall.leader), f"/settle/{YEAR}/1/propose/"
    data = {"propose-grade": "优良", "propose-reason": "商量过", "propose-item-A1": "两分"}
    refused = client.post(place, data)
    assert (refused.status_code, refused.content.count(b'id="errors"')) == (422, 1)
    assert b'<a href="#id_propose-item-A1">A1' in refused.content
    assert 'value="两分"' in refused.content.decode()
    data |= {"propose-item-A1": "25"}
    refused = client.post(place, data)
    assert (refused.status_code, b'value="25"' in refused.content) == (422, True)
    assert "得出的等次是“合格”，与提出的“优良”不同" in words(refused)
    assert client.post(place, data | {"propose-item-A1": "２"}).status_code == 302
    assert Proposal.objects.get().amounts == {"A1": "2"}
