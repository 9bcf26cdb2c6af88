"""整改: by the plan's limit or by 科室, noticed, proved, lifted; never of a 不合格."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from appeals.actions import (
    check_proof,
    close_year,
    lift_rectification,
    open_consequences,
    order_rectification,
    send_rectification_notice,
)
from appeals.models import Rectification, RectificationProof
from appeals.rules import mean_deduction, named_grades, wants_rectification
from evaluations.models import Plan
from tests.appeals.builders import (
    AFTER,
    WINDOW_END,
    Year,
    issue_report,
    make_year,
    publish,
    signed_in,
)
from wanzhou_eval.errors import RefusedError

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.mark.parametrize(
    ("grade", "failing", "totals", "wanted"),
    [
        ("合格", False, ("64", "66"), True),  # 36 and 34 taken off: 35 on the average
        ("合格", False, ("64", "66.01"), False),  # 34.995
        ("合格", False, ("60", "60"), True),
        ("优良", False, ("60", "60"), False),  # not a grade that the plan names
        ("不合格", True, ("20", "20"), False),  # has consequences of its own
        ("合格", False, (), False),
    ],
)
def test_the_limit(grade: str, failing: bool, totals: tuple[str, ...], wanted: bool) -> None:
    assert (
        wants_rectification(
            grade=grade,
            failing=failing,
            totals=[D(total) for total in totals],
            grades=["合格", "不合格"],
            limit=D(35),
        )
        is wanted
    )


def test_the_mean_and_the_names() -> None:
    assert mean_deduction([D("64.5"), D(70)]) == D("32.75")
    assert mean_deduction([]) is None
    assert named_grades("合格、基本合格，较差") == ["合格", "基本合格", "较差"]
    assert named_grades("") == []


def started() -> tuple[Year, Rectification]:
    year = opened_by_rule()
    return year, Rectification.objects.get()


def opened_by_rule() -> Year:
    year = limited("30")
    open_consequences(year.plan, by=year.users["bureau"])
    return year


def limited(limit: str) -> Year:
    """A published year whose period is over, with the plan's limit as the draft set it."""
    year = make_year(grades=("优良", "合格"), rectify=D(limit))
    publish(year)
    year.set_clock(AFTER)
    return year


def notified() -> tuple[Year, Rectification]:
    year, row = started()
    send_rectification_notice(
        row, notice="万司整〔2022〕1号", demand="补正会见笔录", due_on=date(2022, 9, 30),
        by=year.users["bureau"],
    )  # fmt: skip
    return year, row


def prove(year: Year, row: Rectification, **other: Any) -> RectificationProof:
    given: dict[str, Any] = {
        "received_on": date(2022, 9, 13), "proof": "已补正", "evidence": "整改报告1份",
        "accepted": True, "note": "",
    } | other  # fmt: skip
    return check_proof(row, **given, by=year.users["bureau"])


def test_a_weak_case_opens_by_the_limit_once_its_grade_is_final() -> None:
    year = make_year(grades=("优良", "合格"), rectify=D(30))
    publish(year)
    with pytest.raises(RefusedError, match="1 件应整改的还在申辩期内"):
        open_consequences(year.plan, by=year.users["bureau"])
    year.set_clock(WINDOW_END)
    assert open_consequences(year.plan, by=year.users["bureau"]) == [year.cases[1]]
    row = Rectification.objects.get()
    assert (row.drawn_case, row.ground) == (year.cases[1], "rule")
    assert row.reason == "等次合格，两评平均扣30分，达到方案规定的30分"


def test_above_the_limit_nothing_opens_but_the_bureau_may_decide_with_a_reason() -> None:
    year = limited("30.01")
    bureau = year.users["bureau"]
    with pytest.raises(RefusedError, match="没有不合格案件"):
        open_consequences(year.plan, by=bureau)
    with pytest.raises(RefusedError, match="请写明为什么"):
        order_rectification(year.cases[0], reason=" ", by=bureau)
    row = order_rectification(year.cases[0], reason="归档材料缺页", by=bureau)
    assert (row.ground, row.reason) == ("decision", "归档材料缺页")
    with pytest.raises(RefusedError, match="已经启动整改"):
        order_rectification(year.cases[0], reason="再来", by=bureau)
    assert Rectification.objects.count() == 1


def test_a_failing_case_and_a_running_period_take_no_order() -> None:
    year = publish(make_year())
    bureau = year.users["bureau"]
    with pytest.raises(RefusedError, match="还在申辩期内"):
        order_rectification(year.cases[0], reason="缺页", by=bureau)
    year.set_clock(AFTER)
    with pytest.raises(RefusedError, match="不合格，办理追回和调查"):
        order_rectification(year.cases[2], reason="缺页", by=bureau)
    for role in ("clerk", "leader", "auditor"):
        with pytest.raises(RefusedError) as refused:
            order_rectification(year.cases[0], reason="缺页", by=year.users[role])
        assert refused.value.status == 403
    assert not Rectification.objects.exists()


def test_the_notice_has_number_demand_and_a_day_to_come() -> None:
    year, row = started()
    bureau = year.users["bureau"]
    given: dict[str, Any] = {"notice": "1号", "demand": "补正", "due_on": date(2022, 9, 30)}
    for wrong, told in (
        ({"notice": " "}, "请填整改通知的文号"),
        ({"demand": ""}, "请填整改通知的文号和整改要求"),
        ({"due_on": date(2022, 9, 12)}, "早于今天"),
    ):
        with pytest.raises(RefusedError, match=told):
            send_rectification_notice(row, **(given | wrong), by=bureau)
    send_rectification_notice(row, **given, by=bureau)
    with pytest.raises(RefusedError, match="已经登记"):
        send_rectification_notice(row, **given, by=bureau)


def test_a_returned_proof_stays_on_record_and_an_accepted_one_closes() -> None:
    year, row = notified()
    for wrong, told in (
        ({"evidence": " "}, "没有凭据不能办结"),
        ({"received_on": date(2022, 9, 14)}, "晚于今天"),
        ({"accepted": False}, "退回补正要写明"),
    ):
        with pytest.raises(RefusedError, match=told):
            prove(year, row, **wrong)
    assert not RectificationProof.objects.exists()
    prove(year, row, accepted=False, note="缺培训记录")
    assert Rectification.objects.get().closed_at is None
    prove(year, row)
    assert Rectification.objects.get().closed_at is not None
    assert [p.accepted for p in RectificationProof.objects.all()] == [False, True]
    with pytest.raises(RefusedError, match="已经办结"):
        prove(year, row)


def test_no_proof_before_the_notice() -> None:
    year, row = started()
    with pytest.raises(RefusedError, match="还没有登记整改通知"):
        prove(year, row)


def test_lifting_needs_a_reason_and_its_document() -> None:
    year, row = notified()
    bureau = year.users["bureau"]
    with pytest.raises(RefusedError, match="没有凭据不能撤销"):
        lift_rectification(row, reason="已自行整改", evidence="", by=bureau)
    lift_rectification(row, reason="已自行整改", evidence="说明1号", by=bureau)
    assert Rectification.objects.get().closed_at is not None


@pytest.mark.parametrize(
    ("rule", "changed"),
    [
        ("rectification_closed_with_proof", {"closed_at": AFTER}),
        ("rectification_lifted_with_evidence", {"lifted_reason": "x"}),
        ("appeals_rectification_fixed", {"reason": "别的理由"}),
        ("appeals_rectification_filled_once", {"demand": "别的要求"}),
        ("rectification_notice_is_complete", {"due_on": None}),
    ],
)
def test_the_database_keeps_it_in_order(rule: str, changed: dict[str, Any]) -> None:
    _, row = notified()
    with pytest.raises(DatabaseError) as told, transaction.atomic():
        Rectification.objects.filter(pk=row.pk).update(**changed)
    cause: Any = told.value.__cause__
    assert cause.diag.constraint_name == rule


def test_an_open_one_keeps_the_year_open() -> None:
    year = limited("30")
    issue_report(year)
    bureau = year.users["bureau"]
    with pytest.raises(RefusedError, match="0002号案件按方案应当整改，整改还没有启动"):
        close_year(year.plan, by=bureau)
    open_consequences(year.plan, by=bureau)
    with pytest.raises(RefusedError, match="0002号案件的整改还没有办结"):
        close_year(year.plan, by=bureau)
    row = Rectification.objects.get()
    lift_rectification(row, reason="已自行整改", evidence="说明1号", by=bureau)
    assert close_year(year.plan, by=bureau).stage == Plan.Stage.CLOSED


def test_it_walks_through_its_page() -> None:
    year = limited("30")
    bureau = signed_in(year.users["bureau"])
    base = "/y/2022/consequences/"
    assert bureau.post(base).status_code == 302
    assert "两评平均扣30分" in bureau.get(base).content.decode()
    assert bureau.post(f"{base}order/", {"serial": "1"}).status_code == 422
    assert bureau.post(f"{base}order/", {"serial": "1", "reason": "缺页"}).status_code == 302
    demand = {"notice": "整改1号", "demand": "补正", "due_on": "2022-09-30"}
    proof = {"received_on": "2022-09-13", "proof": "已补", "evidence": "报告", "accepted": "yes"}
    for step, form in (("demand", demand), ("proof", proof)):
        assert bureau.post(f"{base}2/{step}/", {}).status_code == 422
        assert bureau.post(f"{base}2/{step}/", form).status_code == 302
    waive = {"reason": "重复", "evidence": "说明2号"}
    assert bureau.post(f"{base}1/waive/", waive).status_code == 302
    page = bureau.get(base).content.decode()
    assert page.count("办结") >= 1
    assert "撤销：重复（说明2号）" in page
    assert signed_in(year.users["clerk"]).post(f"{base}2/waive/", waive).status_code == 403
