"""异议 on paper: registered by one, confirmed by another, counted by the day of its receipt."""

from datetime import date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from appeals.actions import confirm_paper_appeal, register_paper_appeal, reject_paper_appeal
from appeals.models import Appeal
from tests.appeals.builders import GROUNDS, SHANGHAI, STATEMENT, signed_in
from tests.appeals.filing import PDF, filed, published, registered
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent

pytestmark = pytest.mark.django_db


def test_paper_is_accepted_by_a_second_person_and_counts_by_its_receipt() -> None:
    year = published(at=datetime(2022, 9, 13, 9, 0, tzinfo=SHANGHAI))
    appeal = registered(year)
    assert appeal.state == "待第二人确认"
    with pytest.raises(RefusedError) as refused:
        confirm_paper_appeal(appeal, by=year.users["clerk"])
    assert refused.value.status == 403
    appeal = confirm_paper_appeal(appeal, by=year.users["bureau"])
    assert appeal.state == "已受理"
    assert appeal.answer_due == date(2022, 9, 26)
    with pytest.raises(RefusedError, match="已经受理"):
        confirm_paper_appeal(appeal, by=year.users["bureau"])


def test_the_database_refuses_a_paper_confirmed_by_its_registrar() -> None:
    year = published()
    appeal = registered(year, received_on=date(2022, 9, 5))
    with pytest.raises(IntegrityError, match="appeal_paper_needs_two"), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(
            accepted_at=appeal.received_at, confirmed_by=year.users["clerk"]
        )


def test_paper_received_after_the_last_day_is_not_admitted() -> None:
    year = published(at=datetime(2022, 9, 13, 9, 0, tzinfo=SHANGHAI))
    appeal = registered(year, received_on=date(2022, 9, 13))
    assert (appeal.state, appeal.answer_due) == ("待第二人确认", None)
    page = signed_in(year.users["bureau"]).get(f"/y/2022/appeals/{appeal.pk}/").content.decode()
    assert "确认收到日期，不予受理" in page
    appeal = confirm_paper_appeal(appeal, by=year.users["bureau"])
    assert (appeal.state, appeal.confirmed_by) == ("不予受理", year.users["bureau"])
    assert "到9月9日（周五）24:00止，收到时已过期限。" in appeal.refused_reason
    line = AuditEvent.objects.get(action="confirm_paper_appeal")
    assert (line.outcome, line.sentence) == ("refused", appeal.refused_reason)


def test_a_wrong_date_typed_by_one_person_refuses_nobody() -> None:
    year = published(at=datetime(2022, 9, 13, 9, 0, tzinfo=SHANGHAI))
    wrong = registered(year, received_on=date(2022, 9, 13))
    reject_paper_appeal(wrong, reason="收文章是9月9日", by=year.users["bureau"])
    again = registered(year, received_on=date(2022, 9, 9))
    assert confirm_paper_appeal(again, by=year.users["bureau"]).state == "已受理"


def test_a_second_paper_is_not_admitted_at_once() -> None:
    year = published()
    filed(year, statement="网上先提出的申辩意见，请复评。")
    second = registered(year, received_on=date(2022, 9, 6))
    assert second.state == "不予受理"
    assert second.refused_reason == (
        "对同一案件提出异议申辩以一次为限，本案已于9月6日（周二）收到异议申辩。"
    )


@pytest.mark.parametrize(
    ("received_on", "sentence"),
    [(date(2022, 9, 7), "晚于今天"), (date(2022, 9, 1), "早于公布之日")],
)
def test_impossible_receipt_days_are_refused(received_on: date, sentence: str) -> None:
    year = published()
    with pytest.raises(RefusedError, match=sentence):
        registered(year, received_on=received_on)
    assert not Appeal.objects.exists()


def test_a_rejected_registration_leaves_the_chance_free() -> None:
    year = published()
    appeal = registered(year, received_on=date(2022, 9, 5))
    reject_paper_appeal(appeal, reason="收文章与案号不符", by=year.users["bureau"])
    assert filed(year, statement="网上另行提出，请复评本案。").state == "已受理"


def test_an_unconfirmed_paper_does_not_cost_the_handler_the_chance() -> None:
    year = published()
    paper = registered(year, received_on=date(2022, 9, 5))
    refused = filed(year, statement="网上提出的申辩意见，与书面的一份无关。")
    assert refused.state == "不予受理"
    with pytest.raises(RefusedError, match="已经提交过（不予受理）"):
        filed(year, statement="网上提出的申辩意见，与书面的一份无关。")
    reject_paper_appeal(paper, reason="没有收文章", by=year.users["bureau"])
    again = filed(year, statement="网上提出的申辩意见，与书面的一份无关。")
    assert again.state == "已受理"
    with pytest.raises(RefusedError, match="已经提交过（收到）"):
        filed(year, statement="网上提出的申辩意见，与书面的一份无关。")
    assert Appeal.objects.count() == 3


def test_experts_handlers_and_leaders_register_nothing() -> None:
    year = published()
    for user in (year.users["leader"], year.users["auditor"], year.handlers[0]):
        with pytest.raises(RefusedError) as refused:
            register_paper_appeal(
                year.cases[0],
                appellant=year.person(0),
                statement=STATEMENT,
                grounds=GROUNDS,
                received_on=date(2022, 9, 5),
                by=user,
            )
        assert refused.value.status == 403


def test_the_paper_is_registered_and_confirmed_through_the_pages() -> None:
    year = published()
    clerk, bureau = signed_in(year.users["clerk"]), signed_in(year.users["bureau"])
    form: dict[str, Any] = {
        "serial": "1", "appellant": "廖果", "received_on": "2022-09-05",
        "statement": STATEMENT, "ground-0": "1.1 会见：扣分过重\n总体上扣分也偏重",
    }  # fmt: skip
    assert clerk.post("/y/2022/appeals/register/", form).status_code == 422
    assert not Appeal.objects.exists()
    form["attachments"] = SimpleUploadedFile("申辩书.pdf", PDF)
    assert clerk.post("/y/2022/appeals/register/", form).status_code == 302
    appeal = Appeal.objects.get()
    assert list(appeal.grounds.values_list("item", "reason")) == [
        ("1.1 会见", "扣分过重"),
        ("书面申辩", "总体上扣分也偏重"),
    ]
    assert clerk.get(f"/y/2022/appeals/{appeal.pk}/").status_code == 200
    assert clerk.post(f"/y/2022/appeals/{appeal.pk}/confirm/").status_code == 403
    assert bureau.post(f"/y/2022/appeals/{appeal.pk}/confirm/").status_code == 302
    assert "已受理" in bureau.get("/y/2022/appeals/").content.decode()
