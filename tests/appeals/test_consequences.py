"""追回, 移送, 归档 (article 7): only what is final, never above the amount, nothing left open."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from appeals.actions import (
    assess_recovery,
    close_inquiry,
    close_year,
    decide_appeal,
    file_appeal,
    open_consequences,
    record_payment,
    register_paper_appeal,
    send_recovery_notice,
    transfer_inquiry,
)
from appeals.models import Inquiry, Recovery, RecoveryPayment
from evaluations.actions.results import republish_results
from evaluations.models import Plan
from tests.appeals.builders import (
    AFTER,
    GROUNDS,
    IN_WINDOW,
    SCAN,
    SHANGHAI,
    SITE,
    STATEMENT,
    WINDOW_END,
    Year,
    find_in_review,
    issue_report,
    make_year,
    publish,
    signed_in,
)
from wanzhou_eval.errors import RefusedError

pytestmark = pytest.mark.django_db


def final_year() -> Year:
    """A published year whose appeal period is over."""
    year = publish(make_year())
    year.set_clock(AFTER)
    return year


def opened() -> tuple[Year, Recovery]:
    year = final_year()
    open_consequences(year.plan, by=year.users["bureau"])
    return year, Recovery.objects.get()


def notified() -> tuple[Year, Recovery]:
    year, recovery = opened()
    bureau = year.users["bureau"]
    send_recovery_notice(recovery, notice="万司追〔2022〕1号", due_on=date(2022, 9, 30), by=bureau)
    return year, recovery


def pay(year: Year, recovery: Recovery, amount: str, **other: Any) -> RecoveryPayment:
    values: dict[str, Any] = {"paid_on": date(2022, 9, 13), "evidence": "收据017"} | other
    return record_payment(recovery, amount=Decimal(amount), **values, by=year.users["bureau"])


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


def test_instalments_close_the_recovery_when_all_is_paid() -> None:
    year, recovery = notified()
    pay(year, recovery, "1000")
    recovery.refresh_from_db()
    assert recovery.closed_at is None
    with pytest.raises(RefusedError, match=r"不超过未收回的 800 元"):
        pay(year, recovery, "800.01")
    assert RecoveryPayment.objects.count() == 1
    pay(year, recovery, "800")
    assert Recovery.objects.get().closed_at is not None
    with pytest.raises(RefusedError, match="已经收回办结"):
        pay(year, recovery, "1")


@pytest.mark.parametrize(
    ("amount", "other", "sentence"),
    [
        ("0", {}, "应大于 0"),
        ("-5", {}, "应大于 0"),
        ("10", {"evidence": " "}, "没有凭证不能登记"),
        ("10", {"paid_on": date(2022, 9, 14)}, "晚于今天"),
    ],
)
def test_bad_payments_are_refused(amount: str, other: dict[str, Any], sentence: str) -> None:
    year, recovery = notified()
    with pytest.raises(RefusedError, match=sentence):
        pay(year, recovery, amount, **other)
    assert not RecoveryPayment.objects.exists()


def test_no_payment_before_the_notice_and_one_notice_only() -> None:
    year, recovery = opened()
    with pytest.raises(RefusedError, match="还没有登记追回通知"):
        pay(year, recovery, "10")
    bureau = year.users["bureau"]
    with pytest.raises(RefusedError, match="早于今天"):
        send_recovery_notice(recovery, notice="1号", due_on=date(2022, 9, 12), by=bureau)
    send_recovery_notice(recovery, notice="1号", due_on=date(2022, 9, 30), by=bureau)
    with pytest.raises(RefusedError, match="已经登记"):
        send_recovery_notice(recovery, notice="2号", due_on=date(2022, 9, 30), by=bureau)


def test_the_database_refuses_more_than_is_due() -> None:
    _, recovery = notified()
    with pytest.raises(DatabaseError, match="超过应收回金额"), transaction.atomic():
        RecoveryPayment.objects.create(
            recovery=recovery, amount=Decimal("1800.01"), paid_on=date(2022, 9, 13), evidence="x"
        )


def test_payments_stand_as_recorded() -> None:
    year, recovery = notified()
    payment = pay(year, recovery, "10")
    with pytest.raises(DatabaseError), transaction.atomic():
        RecoveryPayment.objects.filter(pk=payment.pk).update(amount=5)


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


def without_subsidy() -> tuple[Year, Recovery]:
    """A failing case of which the ledger tells no subsidy."""
    year = make_year()
    case = year.cases[2].case
    case.subsidy = None
    case.save()
    publish(year)
    year.set_clock(AFTER)
    open_consequences(year.plan, by=year.users["bureau"])
    return year, Recovery.objects.get()


def assess(year: Year, recovery: Recovery, *, costs: str, amount: str, basis: str) -> Recovery:
    clerk = year.users["clerk"]
    return assess_recovery(
        recovery, costs=Decimal(costs), amount=Decimal(amount), basis=basis, by=clerk
    )


def test_without_a_subsidy_in_the_ledger_the_amount_is_assessed_with_a_voucher() -> None:
    year, recovery = without_subsidy()
    assert (recovery.amount, recovery.closed_at) == (Decimal(0), None)
    bureau = year.users["bureau"]
    with pytest.raises(RefusedError, match="请先核定应收回金额"):
        send_recovery_notice(recovery, notice="1号", due_on=date(2022, 9, 30), by=bureau)
    with pytest.raises(RefusedError, match="没有依据不能核定"):
        assess(year, recovery, costs="0", amount="0", basis=" ")
    with pytest.raises(RefusedError, match="不能超过实际已付的 600 元"):
        assess(year, recovery, costs="600", amount="600.01", basis="凭证8号")
    assert Recovery.objects.get().basis == ""
    found = assess(year, recovery, costs="600", amount="600", basis="凭证8号")
    assert (found.amount, found.costs, found.closed_at) == (Decimal(600), Decimal(600), None)


def test_nothing_paid_out_closes_with_the_proof_of_it() -> None:
    year, recovery = without_subsidy()
    found = assess(year, recovery, costs="0", amount="0", basis="财务核对单3号")
    assert (found.ending, found.closed_at is not None) == ("nothing", True)
    assert Inquiry.objects.get().closed_at is None


def test_costs_come_on_top_of_the_subsidy_and_never_more_than_was_paid() -> None:
    year, recovery = opened()
    with pytest.raises(RefusedError, match="不能超过实际已付的 2000.5 元"):
        assess(year, recovery, costs="200.50", amount="2000.51", basis="凭证8号")
    assert assess(year, recovery, costs="200.50", amount="2000.50", basis="凭证8号").amount == (
        Decimal("2000.50")
    )
    bureau = year.users["bureau"]
    send_recovery_notice(recovery, notice="1号", due_on=date(2022, 9, 30), by=bureau)
    with pytest.raises(RefusedError, match="应收回金额不能再改"):
        assess(year, recovery, costs="0", amount="1", basis="凭证9号")


@pytest.mark.parametrize(
    ("rule", "changed"),
    [
        ("recovery_within_what_was_paid_out", {"amount": Decimal("1800.01")}),
        ("recovery_costs_have_a_basis", {"costs": Decimal(1)}),
        ("recovery_closed_with_receipts", {"ending": "paid", "closed_at": AFTER}),
        ("recovery_of_nothing_has_a_basis", {"ending": "nothing", "closed_at": AFTER}),
        ("recovery_closed_somehow", {"closed_at": AFTER}),
        ("recovery_lifted_with_evidence", {"lifted_at": AFTER}),
    ],
)
def test_the_database_keeps_a_recovery_in_order(rule: str, changed: dict[str, Any]) -> None:
    _, recovery = opened()
    with pytest.raises(DatabaseError) as told, transaction.atomic():
        Recovery.objects.filter(pk=recovery.pk).update(**changed)
    cause: Any = told.value.__cause__
    assert cause.diag.constraint_name == rule


def test_the_database_starts_no_recovery_of_a_passing_case() -> None:
    year = final_year()
    with pytest.raises(DatabaseError, match="现行等次不合格"), transaction.atomic():
        Recovery.objects.create(drawn_case=year.cases[0], amount=0, opened_at=AFTER)
    with pytest.raises(DatabaseError, match="现行等次不合格"), transaction.atomic():
        Inquiry.objects.create(drawn_case=year.cases[0], opened_at=AFTER)


def test_the_clerk_takes_the_money_back_and_nobody_else_beside_the_bureau() -> None:
    year, recovery = opened()
    due = date(2022, 9, 30)
    for role in ("leader", "auditor"):
        with pytest.raises(RefusedError) as refused:
            send_recovery_notice(recovery, notice="1号", due_on=due, by=year.users[role])
        assert refused.value.status == 403
    clerk = year.users["clerk"]
    send_recovery_notice(recovery, notice="1号", due_on=due, by=clerk)
    paid = {"amount": Decimal(1800), "paid_on": date(2022, 9, 13), "evidence": "收据1"}
    record_payment(recovery, **paid, by=clerk)  # type: ignore[arg-type]
    assert Recovery.objects.get().ending == "paid"


def test_the_year_does_not_close_while_the_period_runs() -> None:
    year = publish(make_year(grades=("优良", "合格")))
    issue_report(year)
    year.set_clock(WINDOW_END - timedelta(seconds=30))
    with pytest.raises(RefusedError, match=r"申辩期限到9月9日（周五）24:00，还没有届满"):
        close_year(year.plan, by=year.users["bureau"])
    year.set_clock(WINDOW_END)
    assert close_year(year.plan, by=year.users["bureau"]).stage == Plan.Stage.CLOSED


def test_closing_names_every_open_thing() -> None:
    year = publish(make_year(grades=("优良", "合格", "不合格", "不合格")))
    year.set_clock(IN_WINDOW)
    file_appeal(year.cases[0], statement=STATEMENT, grounds=GROUNDS, by=year.handlers[0])
    register_paper_appeal(
        year.cases[1], appellant=year.person(1), statement=STATEMENT, grounds=GROUNDS,
        received_on=date(2022, 9, 6), files=SCAN, by=year.users["clerk"],
    )  # fmt: skip
    year.set_clock(datetime(2022, 9, 13, 9, 0, tzinfo=SHANGHAI))
    with pytest.raises(RefusedError) as refused:
        close_year(year.plan, by=year.users["bureau"])
    assert refused.value.sentence == (
        "还不能归档：0001号案件的异议申辩尚未反馈，期限9月21日（周三）；"
        "0002号案件的异议申辩待第二人确认；"
        "0003号案件不合格，追回和调查还没有启动；0004号案件不合格，追回和调查还没有启动；"
        "评估分析报告还没有印发，期限9月13日（周二）。"
    )
    open_consequences(year.plan, by=year.users["bureau"])
    with pytest.raises(RefusedError, match=r"0003号案件的补贴还有1800元没有收回"):
        close_year(year.plan, by=year.users["bureau"])
    assert year.reload().stage == Plan.Stage.PUBLISHED


def test_a_closed_year_takes_no_further_act() -> None:
    year = publish(make_year(grades=("优良", "合格")))
    year.set_clock(AFTER)
    issue_report(year)
    close_year(year.plan, by=year.users["bureau"])
    for act in (open_consequences, close_year):
        with pytest.raises(RefusedError, match="已归档"):
            act(year.plan, by=year.users["bureau"])
    with pytest.raises(RefusedError, match="已归档"):
        republish_results(year.plan, reason="改", **SITE, by=year.users["bureau"])
    late = file_appeal(year.cases[0], statement=STATEMENT, grounds=GROUNDS, by=year.handlers[0])
    assert late.state == "不予受理"


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
