"""分析报告: figures equal to the sheets and gradings, folded where files are few."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.queries.plan import plan_of
from evaluations.queries.report import report_page
from evaluations.rules.report import Analysis
from tests.appeals.builders import make_year, signed_in
from tests.evaluations.test_results import make_more

pytestmark = pytest.mark.django_db


def figures() -> Analysis:
    analysis = report_page(plan_of(2022)).analysis
    assert analysis is not None
    return analysis


def test_figures_of_the_small_year() -> None:
    make_year()
    page, found = report_page(plan_of(2022)), figures()
    assert found.total == 4
    assert found.distribution == [
        ("全部", {"优良": 2, "合格": 1, "不合格": 1}),
        ("民事行政", {"优良": 2, "合格": 1, "不合格": 1}),
    ]
    assert found.firms == [("其他机构（每家不足3件）", {"优良": 2, "合格": 1, "不合格": 1})]
    assert [(label, share.count) for label, share in found.outcomes] == [("两评一致", 4)]
    assert (found.exact.count, found.exact.n) == (4, 4)
    assert found.regular.rows == [("合格", {"优良": 2, "合格": 1, "不合格": 1})]
    assert (found.regular.same.count, found.regular.better, found.regular.worse) == (1, 2, 1)
    assert [(item.title, str(item.percent)) for item in found.items] == [("1.1 会见", "25.0")]
    assert found.pairs[0].difference.mean == 0
    assert found.rulings.share.count == 0
    assert page.due is not None
    assert page.due.due.isoformat() == "2022-09-13"
    assert [(row.label, row.interval.low, row.interval.high) for row in found.estimates] == [
        ("全部", 1, 1),
        ("民事行政", 1, 1),
    ]


def test_a_firm_with_three_files_stands_alone() -> None:
    make_more(make_year())
    names = [name for name, _ in figures().firms]
    assert names == ["重庆第1律师事务所", "其他机构（每家不足3件）"]


def test_the_page_costs_the_same_queries_for_more_cases() -> None:
    year = make_year(grades=("优良", "不合格"))
    client = signed_in(year.users["leader"])
    assert client.get("/y/2022/reports/").status_code == 200
    with CaptureQueriesContext(connection) as few:
        client.get("/y/2022/reports/")
    make_more(year)
    with CaptureQueriesContext(connection) as many:
        client.get("/y/2022/reports/")
    assert len(few) == len(many)


def test_who_reads_which_page() -> None:
    year = make_year()
    urls = ["reports/", "reports/brief/", "review/", "publish/", "archive/"]
    wanted = {"bureau": 200, "leader": 200, "auditor": 200, "clerk": 403, "sysadmin": 403}
    clients = {role: signed_in(year.users[role]) for role in wanted}
    seen = {
        (role, url): clients[role].get(f"/y/2022/{url}").status_code
        for role in wanted
        for url in urls
    }
    assert seen == {(role, url): wanted[role] for role in wanted for url in urls}


def test_handlers_and_experts_read_none_of_them() -> None:
    year = make_year()
    urls = ["review/", "publish/", "reports/", "payments/", "archive/", "appeals/"]
    for user in (year.handlers[0], year.experts[0].person.user):
        client = signed_in(user)
        assert {client.get(f"/y/2022/{url}").status_code for url in urls} == {403}
