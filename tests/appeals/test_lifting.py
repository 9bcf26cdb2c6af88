"""A paper in time but entered after the consequences began: held, then lifted or gone on with."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from appeals.actions import (
    close_inquiry,
    close_year,
    confirm_paper_appeal,
    decide_appeal,
    lift_consequences,
    open_consequences,
    record_payment,
    record_refund,
    register_paper_appeal,
    send_recovery_notice,
    transfer_inquiry,
)
from appeals.models import Appeal, Inquiry, Recovery, RecoveryPayment
from evaluations.actions.results import republish_results
from evaluations.models import Plan
from tests.appeals.builders import (
    AFTER,
    GROUNDS,
    SCAN,
    SHANGHAI,
    SITE,
    STATEMENT,
    Year,
    find_in_review,
    issue_report,
    make_year,
    publish,
    signed_in,
)
from wanzhou_eval.errors import RefusedError

pytestmark = pytest.mark.django_db
LATER = datetime(2022, 9, 20, 9, 0, tzinfo=SHANGHAI)


def begun() -> tuple[Year, Recovery]:
    """800 of 1,800 yuan are back, the inquiry is handed over."""
    year = publish(make_year())
    year.set_clock(AFTER)
    bureau = year.users["bureau"]
    open_consequences(year.plan, by=bureau)
    recovery = Recovery.objects.get()
    send_recovery_notice(recovery, notice="1号", due_on=date(2022, 9, 30), by=bureau)
    pay(year, recovery, "800")
    inquiry = Inquiry.objects.get()
    transfer_inquiry(inquiry, body="律师工作科", transferred_on=date(2022, 9, 13), by=bureau)
    return year, Recovery.objects.get()


def pay(year: Year, recovery: Recovery, amount: str) -> RecoveryPayment:
    day = date(2022, 9, 13)
    given = {"amount": Decimal(amount), "paid_on": day, "evidence": "收据1"}
    return record_payment(recovery, **given, by=year.users["bureau"])  # type: ignore[arg-type]


def appealed(year: Year) -> Appeal:
    """The paper of 9月9日, found in the tray on 9月13日 and confirmed by a second person."""
    appeal = register_paper_appeal(
        year.cases[2], appellant=year.person(0), statement=STATEMENT, grounds=GROUNDS,
        received_on=date(2022, 9, 9), files=SCAN, by=year.users["clerk"],
    )  # fmt: skip
    return confirm_paper_appeal(appeal, by=year.users["bureau"])


def answer(year: Year, appeal: Appeal, *, grade: str, result: str = "changed") -> None:
    find_in_review(appeal, year.experts[2:4], grade=grade)
    decide_appeal(
        appeal, result=result, grade=grade, reason="成立",
        views={appeal.grounds.get().pk: "成立"}, by=year.users["bureau"],
    )  # fmt: skip
    year.set_clock(LATER)


def lift(year: Year, recovery: Recovery) -> Recovery:
    told = {"reason": "复评改为合格", "evidence": "撤销通知1号"}
    return lift_consequences(recovery, **told, by=year.users["bureau"])


def refund(year: Year, recovery: Recovery, amount: str) -> RecoveryPayment:
    given = {"amount": Decimal(amount), "paid_on": date(2022, 9, 20), "evidence": "退款单1"}
    return record_refund(recovery, **given, by=year.users["clerk"])  # type: ignore[arg-type]


def test_nothing_moves_while_the_appeal_is_open() -> None:
    year, recovery = begun()
    appealed(year)
    with pytest.raises(RefusedError, match="异议申辩还没有反馈，追回、调查和整改暂停办理"):
        pay(year, recovery, "100")
    with pytest.raises(RefusedError, match="暂停办理"):
        close_inquiry(
            Inquiry.objects.get(), outcome="批评", evidence="函1号", by=year.users["bureau"]
        )
    with pytest.raises(RefusedError, match="暂停办理"):
        lift(year, recovery)
    page = signed_in(year.users["bureau"]).get("/y/2022/consequences/").content.decode()
    assert "暂停办理。" in page
    assert "登记收回" not in page
    assert RecoveryPayment.objects.count() == 1


def test_an_upheld_grade_lets_it_go_on() -> None:
    year, recovery = begun()
    answer(year, appealed(year), grade="不合格", result="upheld")
    with pytest.raises(RefusedError, match="现在仍是不合格"):
        lift(year, recovery)
    pay(year, recovery, "1000")
    assert Recovery.objects.get().ending == "paid"


def test_a_changed_grade_is_lifted_the_money_goes_back_and_the_year_says_so() -> None:
    year, recovery = begun()
    answer(year, appealed(year), grade="合格")
    with pytest.raises(RefusedError, match="复评后不再是不合格"):
        pay(year, recovery, "100")
    bureau = year.users["bureau"]
    with pytest.raises(RefusedError, match="追回和调查还没有撤销"):
        close_year(year.plan, by=bureau)
    with pytest.raises(RefusedError, match="没有凭据不能撤销"):
        lift_consequences(recovery, reason="复评", evidence=" ", by=bureau)
    assert lift(year, recovery).closed_at is None
    inquiry = Inquiry.objects.get()
    assert (inquiry.outcome, inquiry.evidence) == ("撤回移送：复评改为合格", "撤销通知1号")
    with pytest.raises(RefusedError, match="已经撤销，不用重复"):
        lift(year, recovery)
    with pytest.raises(RefusedError, match="已撤销追回，还有800元没有退还"):
        close_year(year.plan, by=bureau)
    with pytest.raises(RefusedError, match="不超过还没有退还的 800 元"):
        refund(year, recovery, "800.01")
    refund(year, recovery, "300")
    refund(year, recovery, "500")
    assert Recovery.objects.get().ending == "lifted"
    republish_results(year.plan, reason="复评变更", **SITE, by=bureau)
    issue_report(year)
    assert close_year(year.plan, by=bureau).stage == Plan.Stage.CLOSED


def test_what_was_all_paid_back_before_is_lifted_and_refunded_too() -> None:
    year, recovery = begun()
    pay(year, recovery, "1000")
    answer(year, appealed(year), grade="合格")
    lift(year, recovery)
    with pytest.raises(RefusedError, match="还有1800元没有退还"):
        close_year(year.plan, by=year.users["bureau"])
    refund(year, recovery, "1800")
    page = signed_in(year.users["leader"]).get("/y/2022/consequences/").content.decode()
    assert "撤销：复评改为合格（撤销通知1号）" in page


def test_nothing_goes_back_without_a_lifting() -> None:
    year, recovery = begun()
    with pytest.raises(RefusedError, match="追回没有撤销"):
        refund(year, recovery, "100")
    with pytest.raises(DatabaseError, match="退还只在追回撤销以后"), transaction.atomic():
        RecoveryPayment.objects.create(
            recovery=recovery, kind="returned", amount=1, paid_on=date(2022, 9, 13), evidence="x"
        )


def test_a_decided_inquiry_stays_as_its_body_decided() -> None:
    year, recovery = begun()
    close_inquiry(
        Inquiry.objects.get(), outcome="批评教育", evidence="函1号", by=year.users["bureau"]
    )
    answer(year, appealed(year), grade="合格")
    lift(year, recovery)
    assert Inquiry.objects.get().outcome == "批评教育"


def test_a_changed_grade_for_the_worse_opens_the_recovery() -> None:
    year = publish(make_year(grades=("优良", "合格")))
    year.set_clock(AFTER)
    appeal = register_paper_appeal(
        year.cases[0], appellant=year.person(0), statement=STATEMENT, grounds=GROUNDS,
        received_on=date(2022, 9, 9), files=SCAN, by=year.users["clerk"],
    )  # fmt: skip
    answer(year, confirm_paper_appeal(appeal, by=year.users["bureau"]), grade="不合格")
    assert open_consequences(year.plan, by=year.users["bureau"]) == [year.cases[0]]
    assert Recovery.objects.get().amount == Decimal("1800.00")
