"""追回补贴: noticed, paid back in parts, assessed anew, never above what was paid out."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from appeals.actions import assess_recovery, open_consequences, record_payment, send_recovery_notice
from appeals.models import Inquiry, Recovery, RecoveryPayment
from tests.appeals.builders import AFTER, Year, make_year, publish
from tests.appeals.consequences import opened
from wanzhou_eval.errors import RefusedError

pytestmark = pytest.mark.django_db


def notified() -> tuple[Year, Recovery]:
    year, recovery = opened()
    bureau = year.users["bureau"]
    send_recovery_notice(recovery, notice="万司追〔2022〕1号", due_on=date(2022, 9, 30), by=bureau)
    return year, recovery


def pay(year: Year, recovery: Recovery, amount: str, **other: Any) -> RecoveryPayment:
    values: dict[str, Any] = {"paid_on": date(2022, 9, 13), "evidence": "收据017"} | other
    return record_payment(recovery, amount=Decimal(amount), **values, by=year.users["bureau"])


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
