"""抽样件数台: three readings, the decision with its grounds, what it buys, seats per stratum."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.models import Case
from evaluations.actions import draws
from evaluations.actions.plan import decide_size
from evaluations.models import Plan
from evaluations.queries.draws_sheet_a import sheet_a_page
from evaluations.queries.plan import plan_of
from evaluations.queries.size_desk import size_desk
from evaluations.rules.sizes import SizeDecision
from tests.evaluations.draw_year import Year, add_cases, open_year
from tests.people import signed_in, words
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent

pytestmark = pytest.mark.django_db
PAGE = "/y/2031/plan/size/"
GROUNDS = {
    "reason": "方案按百分之十定为七十六件",
    "clause": "方案第四条",
    "signer": "局长 甲",
    "document": "万州司发〔2031〕11号",
}


@pytest.fixture
def year() -> Year:
    return open_year(cases=761, excluded=8)


@pytest.fixture
def desk(year: Year) -> Client:
    return signed_in(year.bureau)


def test_the_readings_stand_side_by_side_on_either_base(year: Year, desk: Client) -> None:
    plan = plan_of(2031)
    told = {each.label: (each.report.size, each.share) for each in size_desk(plan).readings}
    assert told == {
        "四舍五入取十的倍数": (80, "10.51%"),
        "四舍五入到件": (76, "9.98%"),
        "不少于（进一）": (77, "10.11%"),
    }
    other = size_desk(plan, base="eligible")
    assert [(each.report.size, each.own) for each in other.readings] == [
        (80, True), (75, False), (76, False),
    ]  # fmt: skip
    assert (other.due.by_rule, other.base, other.own_base) == (80, 753, False)
    page = words(desk.get(PAGE, {"base": "eligible"}))
    assert "这是按另一种基数试算，没有保存。" in page
    assert words(desk.get(PAGE, {"base": "what"})) == words(desk.get(PAGE))


def test_a_reading_under_ten_percent_is_warned_of() -> None:
    year = open_year(cases=744, excluded=0)
    page = words(signed_in(year.bureau).get(PAGE))
    assert "744件抽70件为9.40%，低于方案第四条“不少于10%”（四舍五入向下取整）" in page
    assert page.count("低于方案第四条") == 2  # the nearest whole case is 74


def test_a_deviation_needs_all_its_grounds(year: Year, desk: Client) -> None:
    page = words(desk.post(PAGE, {"size": "76"}))
    for label in ("理由", "依据条款", "批准人", "批准文号"):
        assert f"抽76件与规则的80件不同，请填{label}。" in page
    for missing in GROUNDS:
        response = desk.post(PAGE, {"size": "76", **GROUNDS, missing: "  "})
        assert (missing, response.status_code) == (missing, 422)
    assert Plan.objects.get().decided_size is None
    assert desk.post(PAGE, {"size": "76", **GROUNDS}).status_code == 302
    plan = Plan.objects.get()
    assert (plan.decided_size, plan.decided_reason) == (76, GROUNDS["reason"])
    assert (plan.decided_signer, plan.decided_document) == ("局长 甲", "万州司发〔2031〕11号")
    assert AuditEvent.objects.get(action="decide_size").detail["by_rule"] == 80
    shown = size_desk(plan_of(2031))
    assert (shown.decided, shown.due.by_rule, shown.differs) == (76, 80, True)


def test_grounds_without_a_deviation_are_refused(desk: Client) -> None:
    page = words(desk.post(PAGE, {"size": "80", **GROUNDS}))
    assert "抽80件正是规则的件数，不应另写理由、依据条款、批准人、批准文号。" in page
    assert Plan.objects.get().decided_size is None
    assert desk.post(PAGE, {"size": "80"}).status_code == 302
    assert (Plan.objects.get().decided_size, Plan.objects.get().decided_reason) == (80, "")


@pytest.mark.parametrize("size", ["0", "-5", "", "many", "754"])
def test_a_size_that_cannot_be_drawn_is_refused(desk: Client, size: str) -> None:
    assert desk.post(PAGE, {"size": size, **GROUNDS}).status_code == 422
    assert Plan.objects.get().decided_size is None


def test_the_action_refuses_what_the_form_refuses(year: Year) -> None:
    for decision in (SizeDecision(76), SizeDecision(80, **GROUNDS), SizeDecision(754, **GROUNDS)):
        with pytest.raises(RefusedError) as told:
            decide_size(year.plan, decision=decision, by=year.bureau)
        assert told.value.status == 422
    assert Plan.objects.get().decided_size is None


def test_the_label_says_when_the_grounds_are_due(desk: Client) -> None:
    page = words(desk.get(PAGE))
    assert page.count("（与规则不同时必填）") == 4
    assert "可不填" not in page


def test_an_empty_frame_has_no_size() -> None:
    desk = signed_in(open_year(cases=0, excluded=0).bureau)
    assert "还没有办结案件" in words(desk.get(PAGE))
    response = desk.post(PAGE, {"size": "20", **GROUNDS})
    assert response.status_code == 422


def test_a_frame_of_fewer_than_twenty_is_taken_whole() -> None:
    year = open_year(cases=12, excluded=2)
    shown = size_desk(plan_of(2031))
    assert (shown.due.by_rule, shown.due.eligible, shown.decided) == (10, 10, 10)
    assert "办结12件，剔除2件，可抽10件" in words(signed_in(year.leader).get(PAGE))


def test_what_the_number_buys(year: Year, desk: Client) -> None:
    Plan.objects.update(decided_size=76)
    shown = size_desk(plan_of(2031))
    assert shown.sizes == [76, 80]
    told = {row.failing: row.intervals for row in shown.findings}
    assert told[0] == [("0.0—4.4%", "0—33 件"), ("0.0—4.2%", "0—32 件")]
    assert list(told) == [0, 1, 2, 4, 8]
    assert shown.meetings == [(5, ["41.3%", "43.1%"]), (20, ["88.4%", "89.7%"])]
    page = words(desk.get(PAGE))
    assert "抽76件" in page
    assert "0.0—4.4%0—33件" in page


def test_small_strata_are_named_with_what_largest_remainder_means(year: Year) -> None:
    lone = year.plan.frame.cases.filter(kind="admin").exclude(exclusion__isnull=False)
    keep = list(lone.values_list("pk", flat=True)[:3])
    lone.exclude(pk__in=keep).update(kind="civil")
    shown = size_desk(plan_of(2031)).seats
    admin = next(row for row in shown.rows if row.label == "行政")
    assert (admin.size, admin.expected, admin.seats, admin.never) == (3, "0.32", "0", True)
    assert shown.warning.startswith("有1层名额为0：行政。这些层的3件案件按最大余数法永远抽不到。")
    shown = size_desk(plan_of(2031), allocation="SYS").seats
    admin = next(row for row in shown.rows if row.label == "行政")
    assert (admin.seats, admin.never, shown.own) == ("0 或 1", False, False)
    assert "随机系统取整由随机数决定取0件还是1件" in shown.warning


@pytest.mark.parametrize(
    ("strata", "labels"),
    [
        ("-", ["全部"]),
        ("type", ["刑事", "民事", "行政"]),
        ("month", [f"2031-0{month}" for month in range(1, 8)]),
        ("org", [f"第{n}律师事务所" for n in range(10)]),
    ],
)
def test_every_way_of_dividing_is_shown_before_sealing(
    year: Year, strata: str, labels: list[str]
) -> None:
    shown = size_desk(plan_of(2031), strata=strata).seats
    assert [row.label for row in shown.rows] == labels
    assert sum(int(row.seats) for row in shown.rows) == 80
    for value in Plan.Strata.values:
        assert signed_in(year.auditor).get(PAGE, {"strata": value}).status_code == 200


@pytest.mark.parametrize("strata", ["month", "org"])
def test_the_sealed_list_has_the_seats_that_the_desk_showed(strata: str) -> None:
    year = open_year(cases=200, excluded=3, strata=strata)
    shown = [(row.size, row.seats) for row in size_desk(plan_of(2031)).seats.rows]
    sealed = draws.seal_frame(year.plan, by=year.bureau)
    assert shown == [(size, str(quota)) for _, size, quota in sheet_a_page(sealed).strata]


def test_only_the_bureau_decides(year: Year) -> None:
    for who in ("clerk", "leader", "auditor"):
        client = signed_in(year.people[who])
        assert "记录决定的件数" not in words(client.get(PAGE))
        assert client.post(PAGE, {"size": "76", **GROUNDS}).status_code == 403


def test_a_sealed_list_locks_the_page(year: Year, desk: Client) -> None:
    decide_size(year.plan, decision=SizeDecision(size=76, **GROUNDS), by=year.bureau)
    draws.seal_frame(year.plan, by=year.bureau)
    page = words(desk.get(PAGE, {"base": "eligible", "strata": "month", "allocation": "SYS"}))
    assert page == words(desk.get(PAGE))
    for offered in ("试算", "记录决定的件数", "剔除后753"):
        assert offered not in page
    told = ("名单已经封存", "与规则不同的决定", GROUNDS["reason"], "三种读法", "各层名额")
    places = [page.index(each) for each in told]
    assert places == sorted(places)


def queries_of(client: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(PAGE).status_code == 200
    return len(captured)


def test_queries_do_not_grow_with_the_cases() -> None:
    year = open_year(cases=30)
    client: Any = signed_in(year.bureau)
    client.get(PAGE)
    few = queries_of(client)
    add_cases(year.plan.frame, year.firms, first=31, count=200, excluded=3, by=year.clerk)
    Case.objects.filter(serial__gt=100).update(closed_on=date(2031, 8, 1))
    assert queries_of(client) == few
