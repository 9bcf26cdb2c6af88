"""The list of cases asks the database as often for sixty cases as for three, and walks it once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.actions import import_file
from cases.models import Frame
from cases.queries import CaseFilter, case_list, frame_counts
from tests.people import make_user, signed_in
from tests.workbook_samples import HEADER, case, xlsx
from wanzhou_eval.models import Role

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
