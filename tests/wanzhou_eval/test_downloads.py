"""Lists as workbooks: asked for like the page, on record where they name people."""

from datetime import date
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.actions import confirm_import, open_frame, upload_file
from tests.people import cells, make_user, signed_in, words
from tests.workbook_samples import HEADER, case, xlsx
from wanzhou_eval.models import AuditEvent, Role

pytestmark = pytest.mark.django_db
LIST = "/y/2022/cases/"


@pytest.fixture(autouse=True)
def population() -> None:
    clerk = make_user(Role.CLERK)
    frame = open_frame(
        year=2022, window_from=date(2022, 1, 1), window_to=date(2022, 7, 31), rehearsal=False
    )
    data = xlsx([HEADER, *(case(n) for n in range(1, 6))])
    batch = upload_file(frame, content="ledger", data=data, file_name="台账.xlsx", by=clerk)
    confirm_import(batch, by=clerk)


def test_an_export_of_people_is_a_line_of_the_trail_with_counts_only() -> None:
    leader = signed_in(make_user(Role.LEADER))
    answer = leader.get(LIST, {"q": "2号", "format": "xlsx"})
    assert unquote(answer["Content-Disposition"]).endswith("2022年度案件.xlsx")
    assert len(cells(answer)) == 2
    event = AuditEvent.objects.get(action="export_list")
    assert (event.actor, event.target, event.year) == ("leader", "2022年度案件", 2022)
    assert event.detail == {"rows": 1, "filters": 1}


def test_the_auditor_exports_too_and_leaves_his_line() -> None:
    auditor = signed_in(make_user(Role.AUDITOR))
    assert len(cells(auditor.get(LIST, {"format": "xlsx"}))) == 6
    assert AuditEvent.objects.get(action="export_list").actor == "auditor"


def test_sheet_two_says_what_was_asked_by_whom() -> None:
    leader = signed_in(make_user(Role.LEADER))
    facts = cells(leader.get(LIST, {"kind": "civil", "q": "渝", "format": "xlsx"}), sheet=1)
    assert [fact for fact in facts if fact[0] != "导出时间"] == [
        ["表名", "2022年度案件"],
        ["件数", 5],
        ["导出人", "凌若水"],
        ["筛选条件", "检索：渝"],
        ["筛选条件", "案件类型：民事"],
    ]


def test_who_may_not_see_the_list_gets_no_file_and_leaves_no_export() -> None:
    expert = signed_in(make_user(Role.EXPERT))
    answer = expert.get(LIST, {"format": "xlsx"})
    assert answer.status_code == 403
    assert "Content-Disposition" not in answer
    assert not AuditEvent.objects.filter(action="export_list").exists()


def test_the_page_links_to_itself_as_filtered() -> None:
    leader = signed_in(make_user(Role.LEADER))
    page = leader.get(LIST, {"kind": "civil", "page": "2"})
    assert "?kind=civil&amp;format=xlsx" in page.content.decode()
    assert "导出Excel" in words(page)


def test_the_number_of_queries_is_that_of_any_filter() -> None:
    leader = signed_in(make_user(Role.LEADER))
    counts = []
    leader.get(LIST)
    for query in ("2号", ""):
        with CaptureQueriesContext(connection) as asked:
            cells(leader.get(LIST, {"q": query, "format": "xlsx"}))
        counts.append(len(asked))
    assert counts[0] == counts[1]
