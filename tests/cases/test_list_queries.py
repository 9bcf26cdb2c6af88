"""The list of cases asks the database as often for sixty cases as for three, and walks it once."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.actions import import_file
from cases.models import Case, CaseHandler, Exclusion, Frame
from cases.queries import CaseFilter, case_list, frame_counts
from tests.people import make_user, signed_in
from tests.workbook_samples import HEADER, case, xlsx
from wanzhou_eval.models import Firm, Role
from wanzhou_eval.statistics import take_statistics

pytestmark = pytest.mark.django_db


def frame_with(count: int) -> Frame:
    frame = Frame.objects.create(year=2022, window_from="2022-01-01", window_to="2022-12-31")
    rows = [case(n, 结案日期=f"2022-{n % 3 + 3:02d}-{n % 28 + 1:02d}") for n in range(1, count + 1)]
    data = xlsx([HEADER, *rows])
    import_file(frame, content="ledger", data=data, file_name="台账.xlsx", by=None)
    return frame


@pytest.mark.parametrize("count", [3, 60])
@pytest.mark.parametrize(
    "query", ["", "?month=2022-03", "?q=榆舟", "?status=in&sort=firm", "?kind=civil&sort=closed"]
)
def test_at_most_twelve_queries_however_many_cases(count: int, query: str) -> None:
    frame_with(count)
    browser = signed_in(make_user(Role.BUREAU))
    browser.get("/y/2022/cases/")
    with CaptureQueriesContext(connection) as captured:
        assert "案件名单" in browser.get(f"/y/2022/cases/{query}").content.decode()
    assert len(captured) <= 12


def test_the_counts_are_those_of_the_whole_frame() -> None:
    frame = frame_with(60)
    counts = frame_counts(frame)
    assert (counts.total, counts.equation.imported, counts.equation.excluded) == (60, 60, 0)
    assert counts.by_kind == [("刑事", 0), ("民事", 60), ("行政", 0)]
    assert counts.by_month == [("2022-03", 20), ("2022-04", 20), ("2022-05", 20)]
    shown = case_list(frame, CaseFilter.asked({}), "2")
    assert (shown.page.paginator.count, len(shown.page.object_list)) == (60, 10)


@pytest.mark.parametrize(
    ("month", "found"), [("2022-03", 20), ("2022-12", 0), ("2022-13", 60), ("0000-01", 60)]
)
def test_a_month_selects_its_days_and_an_impossible_one_nothing_more(
    month: str, found: int
) -> None:
    frame = frame_with(60)
    shown = case_list(frame, CaseFilter.asked({"month": month}), None)
    assert shown.page.paginator.count == found


MANY = 20_000
COPIES = """
INSERT INTO cases_case (frame_id, batch_id, serial, number, number_original, key, skeleton, kind,
    stage, cause, aid_method, source, recipient, recipient_category, recipients_count, firm_id,
    closed_on, regular_grade, remarks, withheld, sheet, row)
SELECT frame_id, batch_id, n, 'N' || n, '', 'N' || n, 'S' || n, kind, stage, cause, aid_method,
    source, recipient, recipient_category, 1, firm_id, closed_on + n %% 90, '', '', false, '', n
  FROM cases_case, generate_series(1001, 1000 + %s) AS n WHERE serial = 1
"""


@pytest.mark.parametrize("query", ["", "kind=civil", "status=in", "sort=number", "sort=closed"])
def test_a_page_reads_a_page_of_a_large_frame(query: str) -> None:
    """The rows of the page come through an index: neither all are read nor all are counted."""
    frame = frame_with(10)
    with connection.cursor() as cursor:
        cursor.execute(COPIES, [MANY])
    take_statistics(Case, CaseHandler, Exclusion, Firm)
    asked = CaseFilter.asked(dict(part.split("=") for part in query.split("&") if part))
    with CaptureQueriesContext(connection) as captured:
        shown = case_list(frame, asked, None)
    assert (len(shown.lines), shown.page.paginator.count) == (50, MANY + 10)
    (sql,) = [each["sql"] for each in captured if "LIMIT 50" in each["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        ((plan,),) = cursor.fetchall()
    (top,) = json.loads(plan) if isinstance(plan, str) else plan
    reads = [node for node in nodes(top["Plan"]) if node.get("Relation Name") == "cases_case"]
    assert reads
    assert all(node["Node Type"].startswith("Index") for node in reads), reads
    assert sum(node["Actual Rows"] * node["Actual Loops"] for node in reads) < 1000
    assert sum("COUNT" in each["sql"] and "cases_case" in each["sql"] for each in captured) == 2


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)
