"""撤回封存: only while nobody else saw the sheet; the sealed one stays beside the new edition."""

import threading
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from evaluations.actions import marking
from evaluations.actions.editions import SEEN, withdraw_seal
from evaluations.models import Mark, ScoreSheet
from evaluations.permissions.marking import leader_of
from evaluations.queries.allowances import allowance_sheet
from evaluations.queries.seals import broken_seals
from evaluations.queries.sheets import visible_sheets
from tests.evaluations.marking_year import YEAR, open_hall, put, score, seal, signed_in
from tests.people import words
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent
from wanzhou_eval.readers import reading_as, reading_as_person, verifying

pytestmark = pytest.mark.django_db
REASON = "B1 应再核对第9页"


def content(sheet: ScoreSheet) -> list[tuple[Any, ...]]:
    with reading_as_person(sheet.expert.person_id):
        rows = sheet.marks.order_by("item__ordinal")
        return list(rows.values_list("item__number", "deduction", "reasons", "pages", "note"))


def test_sealed_sheet_is_taken_back_as_a_new_edition_beside_the_old() -> None:
    hall = open_hall(cases=1)
    old = seal(hall, hall.leader, lose="20")
    before = content(old)
    new = withdraw_seal(old, reason=f" {REASON} ", by=hall.leader)
    with reading_as(hall.leader):
        old = ScoreSheet.objects.with_case().get(pk=old.pk)
    assert (old.total, old.grade, old.edition) == (Decimal(80), "优良", 1)
    assert (old.withdrawn_reason, old.withdrawn_at) == ("本人撤回", new.content.opened_at)
    assert new.content.why == REASON
    assert (new.edition, new.origin, new.leads, new.position) == (2, old, True, old.position)
    assert (new.sealed_at, new.total, new.grade, new.seal_hash) == (None, None, "", "")
    assert content(old) == before == content(new)
    with verifying():
        assert broken_seals(hall.plan) == []
    put(hall, "B1", "2", reasons=(1,), pages="9", sheet=new, version=1)
    again = marking.seal_sheet(new, by=hall.leader)
    assert again.total == Decimal(78)
    assert content(old) == before
    third = withdraw_seal(again, reason="再核对", by=hall.leader)
    assert (third.edition, third.origin) == (3, old)


def test_the_trail_tells_that_and_never_why() -> None:
    hall = open_hall(cases=1)
    withdraw_seal(seal(hall, hall.leader), reason=REASON, by=hall.leader)
    event = AuditEvent.objects.get(action="withdraw_seal")
    assert (event.target, event.detail, event.sentence) == ("初评评分表", {}, "")


def test_nothing_is_taken_back_once_both_are_sealed() -> None:
    hall = open_hall(cases=1)
    mine = seal(hall, hall.leader)
    seal(hall, hall.member)
    with pytest.raises(RefusedError, match="已经互看，不能再撤回"):
        withdraw_seal(mine, reason=REASON, by=hall.leader)
    assert ScoreSheet.objects.count() == 2
    assert not AuditEvent.objects.filter(action="withdraw_seal").exists()
    with pytest.raises(IntegrityError, match="已封存"), transaction.atomic():
        ScoreSheet.objects.filter(pk=mine.pk).update(withdrawn_at=mine.sealed_at)


@pytest.mark.parametrize("reason", ["", "  ", "长" * 201])
def test_a_reason_is_needed(reason: str) -> None:
    hall = open_hall(cases=1)
    mine = seal(hall, hall.leader)
    with pytest.raises(RefusedError, match="请写明撤回的原因") as refused:
        withdraw_seal(mine, reason=reason, by=hall.leader)
    assert refused.value.status == 422
    assert ScoreSheet.objects.filter(withdrawn_at__isnull=False).count() == 0


def test_only_the_author_and_only_what_is_sealed() -> None:
    hall = open_hall(cases=1)
    mine = score(hall, hall.leader)
    with pytest.raises(RefusedError, match="还没有封存，不用撤回"):
        withdraw_seal(mine, reason=REASON, by=hall.leader)
    marking.seal_sheet(mine, by=hall.leader)
    for user in (hall.member, hall.experts[2], *hall.staff.values()):
        with pytest.raises(RefusedError, match="你的任务里没有") as refused:
            withdraw_seal(mine, reason=REASON, by=user)
        assert refused.value.status == 404
    assert ScoreSheet.objects.count() == 2


def test_the_partner_cannot_tell() -> None:
    hall = open_hall(cases=2)
    seal(hall, hall.leader)
    client = signed_in(hall.member)
    pages = ("/score/", "/settle/", f"/score/{YEAR}/1/check/")
    before = [words(client.get(page)) for page in pages]
    withdraw_seal(hall.sheet(hall.leader), reason=REASON, by=hall.leader)
    assert [words(client.get(page)) for page in pages] == before
    with reading_as(hall.member):
        seen = visible_sheets(hall.member).exclude(expert__person=hall.member.person)
        assert not seen.exists()


def test_who_leads_and_what_is_paid_do_not_change() -> None:
    hall = open_hall(cases=1)
    first, second = hall.sheet(hall.leader), hall.sheet(hall.member)
    first.leads = second.leads = False
    assert leader_of([second, first]) == first
    new = withdraw_seal(seal(hall, hall.leader), reason=REASON, by=hall.leader)
    with reading_as(hall.leader):
        versions = set(Mark.objects.filter(sheet=new).values_list("version", flat=True))
    assert versions == {1}
    new.leads = False
    assert leader_of([second, new]) == new
    marking.seal_sheet(ScoreSheet.objects.get(pk=new.pk), by=hall.leader)
    counts = {line.expert: line.sheets for line in allowance_sheet(hall.plan).lines}
    assert counts == {"E000": 1, "E001": 0}


def test_the_database_opens_an_edition_only_after_the_last_was_taken_back() -> None:
    hall = open_hall(cases=1)
    mine = seal(hall, hall.member)
    fields = ("drawn_case", "round", "expert", "leads", "standard", "scope", "position")
    copy = {name: getattr(mine, name) for name in fields}
    with pytest.raises(IntegrityError, match="只能接着本人撤回的上一版"), transaction.atomic():
        ScoreSheet.objects.create(**copy, origin=mine, edition=2)


@pytest.mark.django_db(transaction=True)
def test_taking_back_against_the_partners_seal_is_one_or_the_other() -> None:
    hall = open_hall(cases=1)
    seal(hall, hall.leader)
    score(hall, hall.member)
    mine, theirs = hall.sheet(hall.leader), hall.sheet(hall.member)
    start, told = threading.Barrier(2), []

    def run(act: Any) -> None:
        start.wait()
        try:
            act()
        except RefusedError as refused:
            told.append(refused.sentence)
        finally:
            connection.close()

    acts = (
        lambda: withdraw_seal(mine, reason=REASON, by=hall.leader),
        lambda: marking.seal_sheet(theirs, by=hall.member),
    )
    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    standing = ScoreSheet.objects.standing()
    sealed = standing.filter(sealed=True).count()
    assert standing.count() == 2
    assert (sealed, told) in [(2, [SEEN]), (1, [])]


def test_the_page_takes_back_and_shows_the_earlier_edition() -> None:
    hall = open_hall(cases=1)
    seal(hall, hall.leader)
    client = signed_in(hall.leader)
    place = f"/score/{YEAR}/1/"
    assert f"{place}withdraw/" in client.get(place).content.decode()
    empty = client.post(f"{place}withdraw/", {"reason": " "})
    assert (empty.status_code, ScoreSheet.objects.count()) == (422, 2)
    assert client.post(f"{place}withdraw/", {"reason": REASON})["Location"] == place
    page = words(client.get(place))
    assert f"撤回，原因：{REASON.replace(' ', '')}" in page
    assert "withdraw/" not in client.get(place).content.decode()
    assert "不能撤回" in words(client.get(f"{place}withdraw/"))
