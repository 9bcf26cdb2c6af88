"""复评组换人: recusal and withdrawal of a reviewer, alternates in turn, certificate, refusals."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from appeals.actions import (
    confirm_reviewer_change,
    form_review_panel,
    replace_recused_reviewer,
    request_reviewer_change,
)
from appeals.models import Appeal, ReviewPanel
from evaluations.actions import draws, marking
from evaluations.models import DrawEvent, ReplacementRequest, ScoreSheet
from evaluations.queries.draws_proof import certificate_of, prove
from evaluations.rules.verification import verify
from experts.actions import declare_recusal
from experts.models import Expert
from tests.appeals.builders import Year, make_expert, signed_in
from tests.appeals.test_review import appealed, held_draw
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent, User

pytestmark = pytest.mark.django_db


def formed(*, spare: int = 2) -> tuple[Year, Appeal, ReviewPanel]:
    """A review panel with `spare` alternates behind it."""
    year, appeal = appealed()
    for number in range(spare):
        make_expert(4 + number, year.firms[2])
    held_draw(year, appeal)
    return year, appeal, form_review_panel(appeal, by=year.users["bureau"])


def recuse(year: Year, appeal: Appeal, expert: Expert) -> None:
    declare_recusal(
        expert, year=2022, reason="kin", explanation="承办人之姐",
        case_key=appeal.drawn_case.case.key, by=year.users["bureau"],
    )  # fmt: skip


def refused(act: Any, *args: Any, **values: Any) -> RefusedError:
    before = (ReviewPanel.objects.count(), DrawEvent.objects.count(), AuditEvent.objects.count())
    with pytest.raises(RefusedError) as found:
        act(*args, **values)
    assert before == (
        ReviewPanel.objects.count(), DrawEvent.objects.count(), AuditEvent.objects.count()
    )  # fmt: skip
    return found.value


def spare_codes(panel: ReviewPanel) -> list[str]:
    result = panel.draw.result_text.split("[alternates]\n")[1].split("[groups]")[0]
    return [line.split("\t")[2] for line in result.splitlines()]


def test_a_recused_reviewer_gives_way_to_the_next_clean_alternate() -> None:
    year, appeal, panel = formed(spare=3)
    first, second, *_ = spare_codes(panel)
    recuse(year, appeal, panel.member)
    recuse(year, appeal, Expert.objects.get(person__code=first))
    new = replace_recused_reviewer(appeal, expert=panel.member, by=year.users["bureau"])
    assert {new.leader.person.code, new.member.person.code} == {
        panel.leader.person.code, second
    }  # fmt: skip
    event = DrawEvent.objects.get()
    assert (event.kind, event.reason, event.facts) == (
        "recused", "近亲属", {"also": [[first, "与本案有回避关系"]]}
    )  # fmt: skip
    standing = ScoreSheet.objects.standing().filter(round="review")
    assert {sheet.expert for sheet in standing} == {new.leader, new.member}
    assert ReviewPanel.objects.live().get(appeal=appeal) == new
    closed = ScoreSheet.objects.get(round="review", expert=panel.member)
    assert closed.withdrawn_reason == "复评组换人"


def test_the_certificate_proves_the_change_and_names_another() -> None:
    year, appeal, panel = formed(spare=3)
    first, _, third = spare_codes(panel)
    recuse(year, appeal, Expert.objects.get(person__code=first))
    recuse(year, appeal, panel.leader)
    new = replace_recused_reviewer(appeal, expert=panel.leader, by=year.users["bureau"])
    assert prove(new.draw).ok
    certificate = certificate_of(new.draw)
    (event,) = certificate["events"]
    assert "之姐" not in str(certificate)
    others: tuple[dict[str, Any], ...] = ({"new": third}, {"also": []})
    for other in others:
        verdict = verify(certificate | {"events": [event | other]})
        assert (verdict.ok, verdict.place) == (False, "events")


def test_a_withdrawal_takes_two_people() -> None:
    year, appeal, panel = formed()
    bureau, bureau2 = year.users["bureau"], year.users["bureau2"]
    assert (
        refused(request_reviewer_change, appeal, expert=panel.leader, reason=" ", by=bureau).status
        == 422
    )
    request = request_reviewer_change(appeal, expert=panel.leader, reason="住院", by=bureau)
    assert refused(confirm_reviewer_change, appeal, by=bureau).status == 403
    assert (
        "请在该件异议申辩页确认" in refused(draws.confirm_replacement, request, by=bureau2).sentence
    )
    new = confirm_reviewer_change(appeal, by=bureau2)
    assert panel.leader not in (new.leader, new.member)
    event = DrawEvent.objects.get()
    assert (event.kind, event.by, event.confirmed_by) == ("withdrawn", bureau, bureau2)
    assert ReplacementRequest.objects.get().outcome == "confirmed"
    assert "没有等确认" in refused(confirm_reviewer_change, appeal, by=bureau2).sentence
    assert prove(new.draw).ok


def test_the_expert_s_own_request_stops_the_work_and_waits_for_the_bureau() -> None:
    year, appeal, panel = formed()
    sheet = ScoreSheet.objects.get(round="review", expert=panel.member)
    user = User.objects.get(person=panel.member.person)
    marking.sign_undertaking(year.plan, by=user)
    marking.request_recusal(sheet, reason="当事人是我邻居", by=user)
    page = signed_in(year.users["bureau"]).get(f"/y/2022/appeals/{appeal.pk}/").content.decode()
    assert "应回避：评分中发现" in page
    answer = signed_in(year.users["bureau"]).post(
        f"/y/2022/appeals/{appeal.pk}/reviewer/",
        {"act": "recused", "expert": panel.member.person.code},
    )
    assert answer.status_code == 302
    assert panel.member not in ReviewPanel.objects.live().values_list("member", flat=True)
    assert ScoreSheet.objects.standing().filter(round="review").count() == 2


def test_refusals() -> None:
    year, appeal, panel = formed(spare=0)
    bureau = year.users["bureau"]
    act = replace_recused_reviewer
    assert refused(act, appeal, expert=panel.member, by=year.users["clerk"]).status == 403
    assert "没有登记" in refused(act, appeal, expert=panel.member, by=bureau).sentence
    assert "不在本案的复评组里" in refused(act, appeal, expert=year.experts[0], by=bureau).sentence
    recuse(year, appeal, panel.member)
    found = refused(act, appeal, expert=panel.member, by=bureau)
    assert (found.status, "没有可用的候补专家" in found.sentence) == (422, True)
    address = f"/y/2022/appeals/{appeal.pk}/reviewer/"
    assert signed_in(bureau).post(address, {"act": "recused", "expert": "X"}).status_code == 404


def test_the_database_keeps_one_panel_in_force() -> None:
    year, appeal, panel = formed()
    recuse(year, appeal, panel.member)
    new = replace_recused_reviewer(appeal, expert=panel.member, by=year.users["bureau"])
    row = {"appeal": appeal, "draw": panel.draw, "leader": panel.leader, "member": new.member}
    row["leader"] = new.leader
    for values, rule in (
        ({}, "review_draw_used_once"),
        ({"replaces": panel, "event": new.event}, "replaces_id|event_id"),
        ({"replaces": new}, "changed_by_an_event"),
        ({"replaces": new, "member": new.leader, "event": None}, "two_people|by_an_event"),
    ):
        with pytest.raises(IntegrityError, match=rule), transaction.atomic():
            ReviewPanel.objects.create(**row | values)
