"""评分进度, 我的任务 and the pages around them: counts, forecasts, constant queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evaluations.actions import marking
from evaluations.actions.deliberation import confirm_agreement, confirm_agreements
from evaluations.models import Plan, ScoreSheet
from evaluations.queries.marking import find_file, my_tasks
from evaluations.queries.plan import plan_of
from evaluations.queries.progress import progress, settle_overview
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
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User

pytestmark = pytest.mark.django_db


def test_progress_counts_sheets_and_forecasts_from_own_pace() -> None:
    hall = open_hall(cases=6)
    Plan.objects.filter(pk=hall.plan.pk).update(clock_offset=timedelta(days=1))
    for serial in (1, 2):
        seal(hall, hall.leader, serial)
    score(hall, hall.leader, 3)
    seal(hall, hall.member, 1)
    page = progress(plan_of(YEAR))
    assert (page.days_gone, page.days, page.total, page.sealed, page.drafts, page.empty) == (
        2, 5, 12, 3, 1, 8,
    )  # fmt: skip
    rows = [(e.name, e.leads, e.empty, e.drafts, e.sealed, e.planned) for e in page.experts]
    assert rows == [("专家0", True, 3, 1, 2, 2), ("专家1", False, 5, 0, 1, 2)]
    first, second = page.experts
    today = page.plan.today
    assert (first.forecast, first.late) == (today + timedelta(days=4), True)
    assert (second.forecast, second.behind) == (today + timedelta(days=10), 1)


def test_overview_tells_grades_only_of_graded_cases() -> None:
    hall = open_hall(cases=4)
    seal_both(hall, 1)
    seal_both(hall, 2, lose=("0", "30"))
    seal(hall, hall.leader, 3)
    confirm_agreement(hall.drawn(1), by=hall.leader)
    page = settle_overview(plan_of(YEAR))
    assert (page.total, page.blind, page.open, page.done) == (4, 2, 1, 1)
    assert [(row.serial, row.grade, row.outcome) for row in page.graded] == [
        (1, "优良", "两评一致")
    ]
    assert page.outcomes == [("两评一致", 1), ("协商一致", 0), ("组长意见", 0)]


def test_tasks_are_in_file_order_and_go_on_with_the_draft() -> None:
    hall = open_hall(cases=3)
    seal(hall, hall.leader, 1)
    score(hall, hall.leader, 3)
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
    assert "请候补专家接替" in page
    assert "受援人是我邻居" in page
    withdrawn = ScoreSheet.objects.get(withdrawn_at__isnull=False)
    assert client.post(f"/y/{YEAR}/scoring/{withdrawn.pk}/replace/").status_code == 302
    assert client.post(f"/y/{YEAR}/scoring/{withdrawn.pk}/replace/").status_code == 409
    assert client.post(f"/y/{YEAR}/scoring/99999/replace/").status_code == 404
    page = client.get(f"/y/{YEAR}/scoring/").content.decode()
    assert "请候补专家接替" not in page
    assert "候补专家" in page
