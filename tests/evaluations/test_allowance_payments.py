"""补贴发放: two people, no sheet twice, public posts never; the database says so too."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from evaluations.actions.allowances import (
    confirm_allowance,
    enter_allowances,
    return_allowance,
)
from evaluations.models import AllowancePayment, AllowanceSheet, Plan, ScoreSheet
from evaluations.queries.allowances import allowance_page, allowance_sheet, unpaid_sheets
from experts.models import Expert
from tests.appeals.builders import Year, add_sheets, make_year, signed_in
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent

pytestmark = pytest.mark.django_db
PAID: dict[str, Any] = {"paid_on": date(2022, 9, 1), "evidence": "转账凭证001"}


def enter(year: Year, *codes: str, by: str = "bureau", **values: Any) -> list[AllowancePayment]:
    given = PAID | values
    return enter_allowances(year.plan, experts=codes or ("E0",), **given, by=year.users[by])


def test_entered_by_one_confirmed_by_another_then_paid() -> None:
    year = make_year()
    first, second = enter(year, "E0", "E1")
    assert (first.sheets, first.rate, first.amount) == (4, Decimal(50), Decimal(200))
    assert allowance_sheet(year.plan).unpaid == Decimal(400)
    confirm_allowance(first, by=year.users["leader"])
    confirm_allowance(second, by=year.users["bureau2"])
    sheet = allowance_sheet(year.plan)
    assert (sheet.total, sheet.unpaid) == (Decimal(400), Decimal(0))
    assert AllowanceSheet.objects.count() == ScoreSheet.objects.count() == 8
    acts = AuditEvent.objects.filter(action__endswith="_allowance").order_by("seq")
    assert [act.action for act in acts] == ["enter_allowance"] * 2 + ["confirm_allowance"] * 2


def test_what_was_paid_is_not_paid_again_and_later_work_is() -> None:
    year = make_year()
    (payment,) = enter(year)
    with pytest.raises(RefusedError, match="已经登记，等另一人确认"):
        enter(year, by="bureau2")
    confirm_allowance(payment, by=year.users["leader"])
    with pytest.raises(RefusedError, match="没有未发放的件次，不能重复发放"):
        enter(year)
    add_sheets(year.cases[2], [year.experts[0], year.experts[2]], grade="合格", in_round="review")
    (later,) = enter(year)
    assert (later.sheets, later.amount) == (1, Decimal(50))
    confirm_allowance(later, by=year.users["leader"])
    assert unpaid_sheets(year.plan, year.experts[0]) == []


def test_an_entry_that_no_longer_fits_is_not_confirmed() -> None:
    year = make_year()
    (payment,) = enter(year)
    add_sheets(year.cases[2], [year.experts[0], year.experts[2]], grade="合格", in_round="review")
    with pytest.raises(RefusedError, match="登记时是 4 件次，现在应发 5 件次"):
        confirm_allowance(payment, by=year.users["leader"])
    payment.refresh_from_db()
    assert payment.confirmed_at is None
    assert not AllowanceSheet.objects.exists()


def test_a_returned_entry_pays_nothing_and_may_be_entered_anew() -> None:
    year = make_year()
    (payment,) = enter(year)
    with pytest.raises(RefusedError, match="退回要写明理由"):
        return_allowance(payment, reason=" ", by=year.users["leader"])
    return_allowance(payment, reason="凭证号写错", by=year.users["leader"])
    with pytest.raises(RefusedError, match="已经退回，不能再办"):
        confirm_allowance(payment, by=year.users["bureau2"])
    assert allowance_sheet(year.plan).unpaid == Decimal(400)
    (again,) = enter(year)
    confirm_allowance(again, by=year.users["bureau2"])
    with pytest.raises(RefusedError, match="已经确认，不能再办"):
        return_allowance(again, reason="x", by=year.users["leader"])


def test_who_may_enter_and_who_may_confirm() -> None:
    year = make_year()
    for role in ("clerk", "leader", "auditor", "sysadmin"):
        with pytest.raises(RefusedError) as refused:
            enter(year, by=role)
        assert refused.value.status == 403
    (payment,) = enter(year)
    for role in ("bureau", "clerk", "auditor"):
        with pytest.raises(RefusedError, match="登记人以外") as refused:
            confirm_allowance(payment, by=year.users[role])
        assert refused.value.status == 403
    assert not AllowanceSheet.objects.exists()


@pytest.mark.parametrize(
    ("codes", "values", "sentence"),
    [
        (("E0",), {"evidence": " "}, "请填发放凭据"),
        (("E0",), {"paid_on": date(2022, 9, 3)}, "不能晚于今天"),
        (("E0", "E9"), {}, "请勾选要登记发放的专家"),
        (("E3",), {}, "没有未发放的件次"),
    ],
)
def test_what_is_refused_saves_nothing(
    codes: tuple[str, ...], values: dict[str, Any], sentence: str
) -> None:
    year = make_year()
    with pytest.raises(RefusedError, match=sentence):
        enter(year, *codes, **values)
    assert not AllowancePayment.objects.exists()


def test_public_posts_are_never_paid() -> None:
    year = make_year()
    Expert.objects.filter(pk=year.experts[0].pk).update(society=False)
    with pytest.raises(RefusedError, match="公职人员，不发放补贴"):
        enter(year)
    assert [line.expert for line in allowance_page(year.plan).to_pay] == ["E1"]


def test_the_plan_says_whether_review_and_withdrawn_sheets_count() -> None:
    year = make_year()
    add_sheets(year.cases[2], year.experts[2:4], grade="合格", in_round="review")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE wanzhou_owner")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE evaluations_scoresheet SET withdrawn_at = now(), withdrawn_reason = '回避'"
            " WHERE id = (SELECT min(id) FROM evaluations_scoresheet)"
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute("SET LOCAL ROLE wanzhou_app")
    told = {}
    for review, withdrawn in ((True, True), (False, True), (True, False), (False, False)):
        year.plan.review_paid, year.plan.withdrawn_paid = review, withdrawn
        sheet = allowance_sheet(year.plan)
        told[review, withdrawn] = (sheet.paid_sheets, sheet.total)
    assert told == {
        (True, True): (10, Decimal(500)),
        (False, True): (8, Decimal(400)),
        (True, False): (9, Decimal(450)),
        (False, False): (7, Decimal(350)),
    }
    line = allowance_sheet(year.plan).lines[0]
    assert (line.sheets, line.uncounted, line.remark) == (3, 1, "另有 1 份按方案不计")
    assert "复评不计" in allowance_sheet(year.plan).told


def test_the_database_pays_no_sheet_twice_and_to_nobody_else() -> None:
    year = make_year()
    (payment, other) = enter(year, "E0", "E1")
    with (
        pytest.raises(DatabaseError, match="须经第二人确认"),
        transaction.atomic(),
    ):
        AllowanceSheet.objects.create(payment=payment, sheet=ScoreSheet.objects.all()[0])
    confirm_allowance(payment, by=year.users["leader"])
    paid = AllowanceSheet.objects.all()[0]
    with pytest.raises(IntegrityError, match="unique"), transaction.atomic():
        AllowanceSheet.objects.create(payment=payment, sheet=paid.sheet)
    foreign = ScoreSheet.objects.filter(expert=year.experts[1])[0]
    with pytest.raises(DatabaseError, match="本人评过的案件"), transaction.atomic():
        AllowanceSheet.objects.create(payment=payment, sheet=foreign)
    with pytest.raises(DatabaseError, match="件次与评分表份数不符"), transaction.atomic():
        confirm_without_sheets(other, year)
    with pytest.raises(IntegrityError, match="confirmed_by_another"), transaction.atomic():
        AllowancePayment.objects.filter(pk=other.pk).update(
            confirmed_by=year.users["bureau"], confirmed_at=year.plan.ended_at
        )
    with pytest.raises(DatabaseError, match="permission denied|一经记录"), transaction.atomic():
        AllowanceSheet.objects.update(payment=other)
    with pytest.raises(DatabaseError, match="不能"), transaction.atomic():
        AllowancePayment.objects.filter(pk=payment.pk).update(amount=1)


def confirm_without_sheets(payment: AllowancePayment, year: Year) -> None:
    AllowancePayment.objects.filter(pk=payment.pk).update(
        confirmed_by=year.users["leader"], confirmed_at=year.plan.ended_at
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_pages_enter_return_and_confirm() -> None:
    year = make_year()
    bureau, leader = signed_in(year.users["bureau"]), signed_in(year.users["leader"])
    page = bureau.get("/y/2022/payments/").content.decode()
    assert "登记已发放" in page
    assert "还有 400 元没有确认发放" in " ".join(page.split())
    form = {"expert": ["E0", "E1"], "paid_on": "2022-09-01", "evidence": "凭证1"}
    assert bureau.post("/y/2022/payments/enter/", form).status_code == 302
    own = bureau.get("/y/2022/payments/").content.decode()
    assert "等另一人确认" in own
    assert "确认发放</button>" not in own
    first, second = AllowancePayment.objects.all()
    decide = f"/y/2022/payments/{first.pk}/decide/"
    assert bureau.post(decide).status_code == 403
    assert leader.post(decide, {"return": "1", "reason": "号错"}).status_code == 302
    assert leader.post(f"/y/2022/payments/{second.pk}/decide/").status_code == 302
    page = leader.get("/y/2022/payments/").content.decode()
    assert "退回：号错" in page
    assert "leader君" in page
    assert leader.post("/y/2022/payments/9999/decide/").status_code == 404


def test_the_page_costs_the_same_for_more_payments() -> None:
    year = make_year()
    client = signed_in(year.users["leader"])
    counts = []
    for codes in ((), ("E0",), ("E1",)):
        if codes:
            enter(year, *codes)
        client.get("/y/2022/payments/")
        with CaptureQueriesContext(connection) as found:
            client.get("/y/2022/payments/")
        counts.append(len(found))
    assert counts[1] == counts[2]
    assert Plan.objects.count() == 1
