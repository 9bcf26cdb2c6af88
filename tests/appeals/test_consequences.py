"""追回 and 移送 begin (article 7): only of what is final, by whom, and on to the closing."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from appeals.actions import (
    close_inquiry,
    close_year,
    decide_appeal,
    file_appeal,
    open_consequences,
    transfer_inquiry,
)
from appeals.models import Inquiry, Recovery
from evaluations.actions.results import republish_results
from evaluations.models import Plan
from tests.appeals.builders import (
    AFTER,
    GROUNDS,
    IN_WINDOW,
    SITE,
    STATEMENT,
    WINDOW_END,
    find_in_review,
    issue_report,
    make_year,
    publish,
    signed_in,
)
from tests.appeals.consequences import final_year, opened
from wanzhou_eval.errors import RefusedError

pytestmark = pytest.mark.django_db


def test_a_failing_case_opens_recovery_and_inquiry_once_the_period_is_over() -> None:
    year = publish(make_year())
    year.set_clock(WINDOW_END - timedelta(minutes=1))
    with pytest.raises(RefusedError, match="1 件不合格还在申辩期内"):
        open_consequences(year.plan, by=year.users["bureau"])
    assert not Recovery.objects.exists()
    year.set_clock(WINDOW_END)
    open_consequences(year.plan, by=year.users["bureau"])
    recovery = Recovery.objects.get()
    assert recovery.drawn_case == year.cases[2]
    assert recovery.amount == Decimal("1800.00")
    assert Inquiry.objects.get().drawn_case == year.cases[2]
    with pytest.raises(RefusedError, match="都已启动"):
        open_consequences(year.plan, by=year.users["bureau"])


def test_an_open_appeal_holds_its_case_back_and_a_changed_grade_frees_it() -> None:
    year = publish(make_year())
    year.set_clock(IN_WINDOW)
    by = year.handlers[0]
    appeal = file_appeal(year.cases[2], statement=STATEMENT, grounds=GROUNDS, by=by)
    year.set_clock(AFTER)
    with pytest.raises(RefusedError, match="异议未答复"):
        open_consequences(year.plan, by=year.users["bureau"])
    find_in_review(appeal, year.experts[2:4], grade="合格")
    decide_appeal(
        appeal, result="changed", grade="合格", reason="成立",
        views={appeal.grounds.get().pk: "成立"}, by=year.users["bureau"],
    )  # fmt: skip
    with pytest.raises(RefusedError, match="没有不合格案件"):
        open_consequences(year.plan, by=year.users["bureau"])
    with pytest.raises(RefusedError, match="还没有重新公布"):
        close_year(year.plan, by=year.users["bureau"])
    republish_results(year.plan, reason="复评变更", **SITE, by=year.users["bureau"])
    issue_report(year)
    assert close_year(year.plan, by=year.users["bureau"]).stage == Plan.Stage.CLOSED


@pytest.mark.parametrize("role", ["clerk", "leader", "auditor"])
def test_only_bureau_handles_consequences_and_closes(role: str) -> None:
    year = final_year()
    for act in (open_consequences, close_year):
        with pytest.raises(RefusedError) as refused:
            act(year.plan, by=year.users[role])
        assert refused.value.status == 403
    assert not Recovery.objects.exists()


def test_an_inquiry_closes_only_after_transfer_and_with_evidence() -> None:
    year, _ = opened()
    inquiry, bureau = Inquiry.objects.get(), year.users["bureau"]
    with pytest.raises(RefusedError, match="还没有登记移送"):
        close_inquiry(inquiry, outcome="批评教育", evidence="函1号", by=bureau)
    transfer_inquiry(inquiry, body="区律师工作科", transferred_on=date(2022, 9, 13), by=bureau)
    with pytest.raises(RefusedError, match="已移送区律师工作科"):
        transfer_inquiry(inquiry, body="他处", transferred_on=date(2022, 9, 13), by=bureau)
    with pytest.raises(RefusedError, match="没有凭据不能办结"):
        close_inquiry(inquiry, outcome="批评教育", evidence="", by=bureau)
    inquiry = close_inquiry(inquiry, outcome="批评教育", evidence="函1号", by=bureau)
    assert inquiry.closed_at is not None


def test_the_database_starts_no_recovery_of_a_passing_case() -> None:
    year = final_year()
    with pytest.raises(DatabaseError, match="现行等次不合格"), transaction.atomic():
        Recovery.objects.create(drawn_case=year.cases[0], amount=0, opened_at=AFTER)
    with pytest.raises(DatabaseError, match="现行等次不合格"), transaction.atomic():
        Inquiry.objects.create(drawn_case=year.cases[0], opened_at=AFTER)


def test_the_consequences_walk_through_their_pages() -> None:
    year = final_year()
    issue_report(year)
    bureau = signed_in(year.users["bureau"])
    base = "/y/2022/consequences/"
    assert "启动问题处理" in bureau.get(base).content.decode()
    assert bureau.post(base).status_code == 302
    steps = [
        ("notice", {"notice": "万司追〔2022〕1号", "due_on": "2022-09-30"}),
        ("payment", {"amount": "1800", "paid_on": "2022-09-13", "evidence": "收据17"}),
        ("transfer", {"body": "律师工作科", "transferred_on": "2022-09-13"}),
        ("outcome", {"outcome": "批评教育", "evidence": "函1号"}),
    ]
    assert "尚未" not in bureau.get("/y/2022/archive/").content.decode()
    for step, form in steps:
        assert bureau.post(f"{base}3/{step}/", {}).status_code == 422
        assert bureau.post(f"{base}3/{step}/", form).status_code == 302
    assert bureau.get(base).status_code == 200
    assert "可以归档" in bureau.get("/y/2022/archive/").content.decode()
    assert bureau.post("/y/2022/archive/").status_code == 302
    assert year.reload().stage == Plan.Stage.CLOSED
    assert "已归档" in bureau.get("/y/2022/archive/").content.decode()
