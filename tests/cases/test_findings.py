"""Findings of an upload: grouped by remedy, counted whole, all of them as .xlsx."""

from typing import Any

import pytest
from django.test import Client

from cases import actions
from cases.models import Frame, ImportBatch
from cases.readings import KEPT_OF_A_KIND
from tests.cases.desk import load, new_frame, upload
from tests.people import cells, make_user, signed_in, words
from tests.workbook_samples import case
from wanzhou_eval.models import AuditEvent, Role, User

pytestmark = pytest.mark.django_db
MANY = KEPT_OF_A_KIND + 50


@pytest.fixture
def frame() -> Frame:
    return new_frame()


@pytest.fixture
def clerk() -> User:
    return make_user(Role.CLERK)


@pytest.fixture
def desk(clerk: User) -> Client:
    return signed_in(clerk)


def address(batch: ImportBatch) -> str:
    return f"/y/{batch.frame.year}/cases/import/{batch.pk}/"


def spoilt(frame: Frame, clerk: User) -> ImportBatch:
    """A remedy that is needed very often, and one that is needed once."""
    rows = [case(n, 承办机构=None) for n in range(1, MANY + 1)]
    return upload(frame, clerk, *rows, case(MANY + 1, 结案日期="2022-02-30"))


def test_a_frequent_finding_hides_no_rare_one(frame: Frame, clerk: User, desk: Client) -> None:
    batch = spoilt(frame, clerk)
    page = words(desk.get(address(batch)))
    assert f"{MANY + 1}处错误要先改" in page
    assert f"错误{MANY}处·补填承办机构后重新上传" in page
    assert f"这里只列前{KEPT_OF_A_KIND}处，全部在标注表和问题清单里" in page
    assert "错误1处·按2022-07-05的样式改正" in page


def test_the_list_of_findings_is_whole(frame: Frame, clerk: User, desk: Client) -> None:
    batch = spoilt(frame, clerk)
    answer: Any = desk.get(address(batch), {"format": "xlsx"})
    lines = cells(answer)
    assert lines[0] == ["级别", "工作表", "行", "列", "读到", "问题", "怎样改"]
    assert len(lines) == 1 + MANY + 1
    assert [
        "错误",
        "表1",
        2,
        "承办机构",
        "（空）",
        "缺少承办机构",
        "补填承办机构后重新上传",
    ] in lines
    assert AuditEvent.objects.filter(action="export_list").count() == 1


def test_an_outdated_preview_offers_to_compare_again(
    frame: Frame, clerk: User, desk: Client
) -> None:
    early = upload(frame, clerk, case(1))
    load(frame, clerk, case(1), case(2))
    page = words(desk.get(address(early)))
    assert "这份文件检查以后，案件名单变过" in page
    assert "确认导入1件" not in page
    assert desk.post(f"{address(early)}confirm/").status_code == 409
    assert desk.post(f"{address(early)}recheck/")["Location"] == address(early)
    page = words(desk.get(address(early)))
    assert "名单里有、这份文件里没有：1件" in page
    assert "案件名单变过" not in page


def test_a_sealed_frame_offers_no_upload(frame: Frame, clerk: User, desk: Client) -> None:
    load(frame, clerk, case(1))
    actions.declare_total(frame, total=1, by=make_user(Role.BUREAU))
    Frame.objects.update(sealed_at="2022-08-16T01:00Z")
    page = words(desk.get("/y/2022/cases/import/"))
    assert "案件名单已封存，不能再导入" in page
    assert "上传并检查" not in page


def test_every_page_says_the_same_about_a_file(frame: Frame, clerk: User, desk: Client) -> None:
    upload(frame, clerk, case(1, 承办机构=None))
    for page in ("import", "uploads"):
        assert "有错误，未导入" in words(desk.get(f"/y/2022/cases/{page}/"))
