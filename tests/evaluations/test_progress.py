"""评分进度, 我的任务 and the pages around them: counts, forecasts, constant queries."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.models import Case
from evaluations.actions import marking
from evaluations.actions.deliberation import confirm_agreement, confirm_agreements
from evaluations.actions.nudging import nudge_expert
from evaluations.models import Mark, Nudge, Plan, ScoreSheet, Undertaking
from evaluations.queries.marking import find_file, my_tasks
from evaluations.queries.plan import plan_of
from evaluations.queries.progress import progress, settle_overview
from evaluations.rules.pace import days_begun, finish, period_days, planned
from experts.models import Expert
from tests.evaluations.deliberation_year import review_hall
from tests.evaluations.marking_year import (
    YEAR,
    Hall,
    matched_hall,
    open_hall,
    score,
    seal,
    seal_both,
    signed_in,
)
from tests.people import words
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent, User
from wanzhou_eval.queries import working_calendar
from wanzhou_eval.readers import reading_as

pytestmark = pytest.mark.django_db


def test_progress_counts_sheets_and_forecasts_from_own_pace() -> None:
    hall = open_hall(cases=6)
    Plan.objects.filter(pk=hall.plan.pk).update(clock_offset=timedelta(days=1))
    for serial in (1, 2):
        seal(hall, hall.leader, serial)
    score(hall, hall.leader, 3)
    seal(hall, hall.member, 1)
    page = progress(plan_of(YEAR))
    plan, calendar = page.plan, working_calendar()
    days = period_days(plan.marking_from, plan.marking_to, calendar)
    begun = days_begun(days, plan.today)
    assert (page.days_gone, page.days) == (begun, len(days))
    assert (page.total, page.sealed, page.drafts, page.empty) == (12, 3, 1, 8)
    due = planned(6, begun=begun, days=len(days))
    rows = [(e.name, e.leads, e.empty, e.drafts, e.sealed, e.planned) for e in page.experts]
    assert rows == [("专家0", True, 3, 1, 2, due), ("专家1", False, 5, 0, 1, due)]
    first, second = page.experts

    def expected(sealed: int) -> date | None:
        first, today = plan.marking_from, plan.today
        return finish(6, sealed, first=first, today=today, calendar=calendar)

    assert (first.forecast, first.behind) == (expected(2), max(due - 2, 0))
    assert (second.forecast, second.behind) == (expected(1), max(due - 1, 0))
    assert [e.late for e in page.experts] == [
        e.forecast is not None and e.forecast > plan.marking_to for e in page.experts
    ]


def test_overview_tells_grades_only_of_graded_cases() -> None:
    hall = open_hall(cases=4)
    seal_both(hall, 1)
    seal_both(hall, 2, lose=("0", "30"))
    seal(hall, hall.leader, 3)
    confirm_agreement(hall.drawn(1), by=hall.leader)
    page = settle_overview(plan_of(YEAR))
    assert (page.total, page.blind, page.open, page.done) == (4, 2, 1, 1)
    (panel,) = page.panels
    assert (panel.total, panel.blind, panel.open, panel.done) == (4, 2, 1, 1)
    assert [(row.serial, row.grade, row.outcome) for row in page.graded] == [
        (1, "优良", "两评一致")
    ]
    assert page.outcomes == [("两评一致", 1), ("协商一致", 0), ("组长意见", 0)]


def test_tasks_are_in_file_order_and_go_on_with_the_draft() -> None:
    hall = open_hall(cases=3)
    seal(hall, hall.leader, 1)
    score(hall, hall.leader, 3)
    with reading_as(hall.leader):
        (group,) = my_tasks(hall.leader).groups
    assert [(row.position, row.serial, row.state) for row in group.rows] == [
        (1, "0001", "sealed"), (2, "0002", "empty"), (3, "0003", "draft"),
    ]  # fmt: skip
    assert group.next_row is not None
    assert (group.next_row.serial, group.sealed, group.drafts, group.left) == ("0003", 1, 1, 2)
    assert my_tasks(hall.experts[3]).groups == []


@pytest.mark.parametrize("typed", ["0002", "2", f"{YEAR}-0002", " 0002 "])
def test_scan_box_opens_the_own_file(typed: str) -> None:
    hall = open_hall(cases=2)
    assert find_file(hall.leader, typed) == f"/score/{YEAR}/2/"


@pytest.mark.parametrize(
    ("typed", "status"),
    [("0009", 404), ("1999-0002", 404), ("案二", 422), ("-", 422), ("9" * 9, 422)],
)
def test_scan_box_refuses_with_one_sentence(typed: str, status: int) -> None:
    hall = open_hall(cases=2)
    with pytest.raises(RefusedError) as refused:
        find_file(hall.leader, typed)
    assert refused.value.status == status


PAGES = [
    ("leader", "my_tasks", []),
    ("leader", "score_sheet", [YEAR, 1]),
    ("leader", "score_check", [YEAR, 1]),
    ("leader", "settle_list", []),
    ("bureau", "progress", [YEAR]),
    ("bureau", "settle_overview", [YEAR]),
    ("bureau", "standard_list", [YEAR]),
]


def reader(hall: Hall, who: str) -> User:
    return hall.leader if who == "leader" else hall.staff[who]


def counted(hall: Hall) -> dict[str, int]:
    counts = {}
    for who, name, args in PAGES:
        client = signed_in(reader(hall, who))
        client.get(reverse(name, args=args))  # warm the session
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = client.get(reverse(name, args=args))
        assert answer.status_code == 200, name
        counts[name] = len(queries)
    return counts


def test_query_counts_do_not_grow_with_rows() -> None:
    hall = open_hall(cases=9)
    for serial in (1, 2):
        seal_both(hall, serial)
    confirm_agreements(hall.plan, by=hall.leader)
    few = counted(hall)
    for serial in range(3, 9):
        seal_both(hall, serial, lose=("0", "30") if serial % 2 else ("0", "0"))
    confirm_agreements(hall.plan, by=hall.leader)
    many = counted(hall)
    assert many == few


def test_autosave_costs_a_fixed_number_of_queries() -> None:
    hall = open_hall(cases=1)
    client, item = signed_in(hall.leader), hall.item("B1")
    body = {"item": item.pk, "deduction": "2", "reasons": "1", "pages": "17", "note": ""}
    counts = []
    for version in range(3):
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(
                f"/score/{YEAR}/1/save/", body | {"version": version},
                headers={"Accept": "application/json"},
            )  # fmt: skip
        assert answer.status_code == 200
        counts.append(len(queries))
    assert answer.json() == {
        "version": 3,
        "saved_at": answer.json()["saved_at"],
        "totals": {
            "score": "98", "full": "100", "deducted": "2", "scored_count": 1, "item_count": 3,
            "grade": "",
            "sections": [
                {"code": "1", "scored_count": 0, "item_count": 1, "deducted": "0"},
                {"code": "2", "scored_count": 1, "item_count": 2, "deducted": "2"},
            ],
        },
    }  # fmt: skip
    assert counts[1] == counts[2]
    assert counts[2] <= 26


def test_bureau_runs_the_stage_from_the_progress_page() -> None:
    hall = matched_hall(cases=1)
    client = signed_in(hall.bureau)
    page = client.get(f"/y/{YEAR}/scoring/").content.decode()
    assert "开始评分" in page
    assert client.post(f"/y/{YEAR}/scoring/open/").status_code == 302
    assert client.post(f"/y/{YEAR}/scoring/open/").status_code == 409
    assert client.post(f"/y/{YEAR}/scoring/close/").status_code == 409
    assert client.post(f"/y/{YEAR}/scoring/extend/", {"until": "", "reason": ""}).status_code == 422
    until = f"{hall.plan.marking_to + timedelta(days=3):%F}"
    answer = client.post(f"/y/{YEAR}/scoring/extend/", {"until": until, "reason": "卷宗迟到"})
    assert answer.status_code == 302
    assert f"{Plan.objects.get().marking_to:%F}" == until


def test_recused_sheet_is_a_duty_of_the_bureau_on_the_page() -> None:
    hall = open_hall(cases=1)
    marking.request_recusal(hall.sheet(hall.leader), reason="受援人是我邻居", by=hall.leader)
    client = signed_in(hall.bureau)
    page = client.get(f"/y/{YEAR}/scoring/").content.decode()
    assert "因回避等待重新匹配" in page
    assert "受援人是我邻居" in page
    withdrawn = ScoreSheet.objects.get(withdrawn_at__isnull=False)
    url = f"/y/{YEAR}/experts/recusals/1/{withdrawn.expert_id}/rematch/"
    assert client.post(url).status_code == 302
    assert client.post(url).status_code == 409
    page = client.get(f"/y/{YEAR}/scoring/").content.decode()
    assert "因回避等待重新匹配" not in page
    assert "候补专家" in page


def test_expert_reads_neither_handler_nor_firm_nor_the_regular_grade() -> None:
    hall = open_hall(cases=1)
    Case.objects.update(regular_grade="一案一评优秀")
    seal_both(hall, 1, lose=("0", "30"))
    client = signed_in(hall.leader)
    for path in ("/score/", f"/score/{YEAR}/1/", f"/score/{YEAR}/1/check/", "/settle/",
                 f"/score/{YEAR}/1/print/", f"/settle/{YEAR}/1/"):  # fmt: skip
        answer = client.get(path)
        assert answer.status_code == 200, path
        for hidden in ("承办人甲", "承办所", "一案一评优秀"):
            assert hidden not in answer.content.decode(), path


def test_undertaking_stands_before_the_first_sheet() -> None:
    hall = matched_hall(cases=1)
    marking.open_marking(hall.plan, by=hall.bureau)
    client = signed_in(hall.leader)
    assert client.get(f"/score/{YEAR}/1/")["Location"] == "/score/undertaking/"
    assert "签署承诺书" in client.get("/score/undertaking/").content.decode()
    answer = client.post("/score/undertaking/", {"secrecy": "on"})
    assert (answer.status_code, Undertaking.objects.count()) == (422, 0)
    both = {"declares": "no", "secrecy": "on", "recusal": "on"}
    assert client.post("/score/undertaking/", both)["Location"] == "/score/undertaking/"
    assert client.post("/score/undertaking/", both).status_code == 409
    page = client.get("/score/undertaking/").content.decode()
    assert "已签署" in page
    assert client.get(f"/score/{YEAR}/1/").status_code == 200
    assert signed_in(hall.experts[3]).get("/score/undertaking/").status_code == 404


def test_whole_sheet_is_sealed_by_plain_forms() -> None:
    hall = open_hall(cases=2)
    client, at = signed_in(hall.leader), f"/score/{YEAR}/1/"
    a1, b1 = hall.item("A1").pk, hall.item("B1").pk
    typed = {f"ded-{a1}": "２。０", f"reason-{a1}": "1", f"pages-{a1}": "17", f"version-{a1}": "0"}
    typed |= {f"ded-{b1}": "", f"ded-{hall.item('B2').pk}": ""}
    assert client.post(f"{at}save/", typed | {"rest": "2"})["Location"] == at
    with reading_as(hall.leader):
        values = dict(Mark.objects.values_list("item__number", "deduction"))
    assert values == {"A1": Decimal(2), "B1": Decimal(0), "B2": Decimal(0)}
    stale = client.post(f"{at}save/", typed | {f"ded-{a1}": "5", f"reason-{a1}": "2"})
    assert stale.status_code == 409
    assert client.post(f"{at}save/", {f"ded-{a1}": "两分"}).status_code == 422
    done = client.post(f"{at}save/", {"action": "check", "comment": "总体良好"})
    assert done["Location"] == f"{at}check/"
    page = client.get(f"{at}check/").content.decode()
    assert "总分 98" in page
    assert client.post(f"{at}seal/", {"comment": "总体良好"})["Location"] == f"/score/{YEAR}/2/"
    sheet = hall.sheet(hall.leader)
    assert (sheet.total, sheet.comment) == (Decimal(98), "总体良好")
    assert client.post(f"{at}seal/").status_code == 409


def test_seal_with_something_missing_leads_to_the_check() -> None:
    hall = open_hall(cases=1)
    answer = signed_in(hall.leader).post(f"/score/{YEAR}/1/seal/")
    assert answer["Location"] == f"/score/{YEAR}/1/check/"
    page = signed_in(hall.leader).get(f"/score/{YEAR}/1/check/").content.decode()
    assert page.count("还没有评，不扣分请填 0") == 3
    assert "封存评分表" not in page


def test_review_pair_works_on_its_own_pages() -> None:
    hall = review_hall()
    chief, second = (signed_in(user) for user in hall.experts[2:])
    assert "复评案件" in chief.get("/score/").content.decode()
    assert chief.get(f"/score/{YEAR}/1/").status_code == 404
    at = f"/score/{YEAR}/1/review/"
    for client in (chief, second):
        assert client.get(at).status_code == 200
        numbers = ("A1", "B1", "B2")
        client.post(f"{at}save/", {f"ded-{hall.item(number).pk}": "0" for number in numbers})
        assert client.post(f"{at}seal/").status_code == 302
    settle = f"/settle/{YEAR}/1/review/"
    assert "确认两评一致" in chief.get(settle).content.decode()
    assert signed_in(hall.leader).get(settle).status_code == 404
    assert signed_in(hall.bureau).get(f"/y/{YEAR}/settle/1/review/").status_code == 404
    assert second.post(f"{settle}confirm/").status_code == 409
    assert chief.post(f"{settle}confirm/").status_code == 302
    assert signed_in(hall.bureau).get(f"/y/{YEAR}/settle/1/review/").status_code == 200


def test_pair_settles_by_plain_forms() -> None:
    hall = open_hall(cases=1)
    seal_both(hall, lose=("0", "30"))
    leader, member, at = signed_in(hall.leader), signed_in(hall.member), f"/settle/{YEAR}/1/"
    assert leader.post(f"{at}propose/", {"propose-grade": "优秀"}).status_code == 422
    assert leader.post(f"{at}answer/", {"answer": "agree"}).status_code == 422
    good = {"propose-grade": "优良", "propose-reason": "质量好"}
    assert leader.post(f"{at}propose/", good)["Location"] == at
    assert leader.post(f"{at}propose/", good).status_code == 409
    assert member.post(f"{at}answer/", {"answer": "disagree"}).status_code == 422
    said = {"answer": "disagree", "reason": "会见不足"}
    assert member.post(f"{at}answer/", said).status_code == 302
    ruling = {"rule-grade": "优良", "rule-reason": "材料齐全"}
    assert member.post(f"{at}rule/", ruling).status_code == 409
    assert leader.post(f"{at}rule/", ruling)["Location"] == at
    assert leader.post(f"{at}rule/", ruling).status_code == 409
    record = signed_in(hall.staff["auditor"]).get(f"/y/{YEAR}/settle/1/").content.decode()
    for text in ("组长意见", "材料齐全", "会见不足", "质量好"):
        assert text in record


def test_staff_remind_once_a_day_and_the_expert_reads_it_until_he_is_done() -> None:
    hall = open_hall(cases=1)
    expert = Expert.objects.get(person=hall.member.person)
    page = f"/y/{YEAR}/scoring/"
    desk = signed_in(hall.staff["clerk"])
    assert "提醒专家1" in desk.get(page).content.decode()
    assert "提醒专家1" not in signed_in(hall.staff["auditor"]).get(page).content.decode()
    assert "科室提醒" not in words(signed_in(hall.member).get("/score/"))
    assert desk.post(f"{page}remind/{expert.pk}/")["Location"] == page
    assert "今天已提醒" in words(desk.get(page))
    assert "科室提醒" in words(signed_in(hall.member).get("/score/"))
    assert "科室提醒" not in words(signed_in(hall.leader).get("/score/"))
    event = AuditEvent.objects.get(action="nudge_expert")
    assert (event.actor, event.target, event.detail) == ("clerk", "E001", {})
    assert "今天已经提醒过" in words(desk.post(f"{page}remind/{expert.pk}/"))
    seal(hall, hall.member)
    assert "科室提醒" not in words(signed_in(hall.member).get("/score/"))
    assert "没有未交的评分表" in words(desk.post(f"{page}remind/{expert.pk}/"))
    assert "没有未交的评分表" in words(desk.post(f"{page}remind/{hall.plan.pk + 9999}/"))
    assert Nudge.objects.count() == 1
    with pytest.raises(RefusedError, match="由科室和中心办理"):
        nudge_expert(hall.plan, expert=expert.pk, by=hall.leader)


def test_the_slowest_decides_the_panel_and_today_s_list_names_who_is_short() -> None:
    hall = open_hall(cases=5)
    for serial in range(1, 6):
        seal(hall, hall.leader, serial)
    hall.plan.now = timezone.now()
    page = progress(hall.plan)
    assert [(p.slowest, p.forecast) for p in page.panels] == [("专家1", None)]
    assert [expert.name for expert in page.behind] == ["专家1"]
    seal(hall, hall.member, 1)
    (panel,) = progress(hall.plan).panels
    slow = {expert.name: expert.forecast for expert in progress(hall.plan).experts}
    assert (panel.slowest, panel.forecast) == ("专家1", slow["专家1"])
    assert panel.forecast is not None
    told = words(signed_in(hall.bureau).get(f"/y/{YEAR}/scoring/"))
    assert "今日清单" in told
    assert "最慢的一位" in told
