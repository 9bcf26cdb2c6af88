"""The pages of the decisions: a clerk's way through a repaired file, and what each role sees."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases import actions
from cases.models import Absence, Case, Correction, Exclusion, Frame, ImportBatch, RejectedRow
from cases.queries import cleaning_sha256
from tests.cases.desk import REASON, load, new_frame
from tests.people import cells, make_user, signed_in, words
from tests.workbook_samples import HEADER, case, xlsx
from wanzhou_eval.models import AuditEvent, Role, User

pytestmark = pytest.mark.django_db
CASES = "/y/2022/cases/"


@pytest.fixture
def clerk() -> User:
    return make_user(Role.CLERK)


@pytest.fixture
def desk(clerk: User) -> Client:
    return signed_in(clerk)


@pytest.fixture
def frame(clerk: User) -> Frame:
    frame = new_frame()
    load(frame, clerk, case(1), case(2), case(3, 受援人="x"))
    return frame


def send(desk: Client, *rows: list[object]) -> str:
    file = SimpleUploadedFile("台账.xlsx", xlsx([HEADER, *rows]))
    answer = desk.post(f"{CASES}import/", {"content": "ledger", "file": file})
    return str(answer["Location"])


def test_a_clerk_settles_a_repaired_file(frame: Frame, desk: Client) -> None:
    twin = case(9, 案号="渝万援民(2022)1号")
    review = send(desk, case(1), case(2, 承办人="另一人"), twin)
    page = words(desk.get(review))
    assert "先改好错误，再决定缺少的案件" in page
    assert "名单里有、这份文件里没有" not in page
    assert "可以标为不导入的1行" in page
    assert "确认导入" not in page.replace("确认导入以前", "")
    changed = words(desk.get(f"{review}changes/?view=changed"))
    assert "修改1处" in changed
    assert "承办人孔望平另一人" in changed
    absent = words(desk.get(f"{review}changes/?view=missing"))
    assert "0003渝万援民〔2022〕3号待定" in absent
    sent = {"place": "4:表1", "code": "duplicate", "reason": REASON}
    assert desk.post(f"{review}reject/", sent)["Location"] == review
    page = words(desk.get(review))
    assert "名单里有、这份文件里没有：1件还有1件没有决定" in page
    answer = desk.post(f"{review}absences/", {"decision": "keep_all"})
    assert answer["Location"] == review
    page = words(desk.get(review))
    assert "标为不导入的行1行" in page
    assert "全部已经决定" in page
    desk.post(f"{review}confirm/")
    assert Case.objects.get(serial=2).handlers.get().person.name == "另一人"
    assert (RejectedRow.objects.get().row, Absence.objects.get().decision) == (4, "keep")


def test_a_mark_is_taken_off_through_the_page(frame: Frame, desk: Client) -> None:
    review = send(desk, case(1), case(2), case(3), case(9, 案号="渝万援民(2022)1号"))
    desk.post(f"{review}reject/", {"place": "5:表1", "code": "duplicate", "reason": REASON})
    row = RejectedRow.objects.get()
    assert desk.post(f"{review}unreject/", {"row": str(row.pk)})["Location"] == review
    assert not RejectedRow.objects.exists()
    answer = desk.post(f"{review}unreject/", {"row": "x"})
    assert answer.status_code == 404
    assert "没有找到这一行" in words(answer)


def test_a_case_is_removed_through_the_page(frame: Frame, desk: Client) -> None:
    review = send(desk, case(1), case(2))
    bad = desk.post(f"{review}absences/", {"decision": "remove", "serial": "3", "reason": ""})
    assert (bad.status_code, "移出原因太短" in words(bad)) == (422, True)
    desk.post(f"{review}absences/", {"decision": "remove", "serial": "3", "reason": REASON})
    desk.post(f"{review}confirm/")
    assert sorted(Case.objects.values_list("serial", flat=True)) == [1, 2]
    page = words(desk.get(f"{CASES}left-out/"))
    assert f"渝万援民〔2022〕3号移出案件{REASON}钟未央" in page


def test_a_correction_through_the_page(frame: Frame, desk: Client) -> None:
    form = {"field": "kind", "value": "刑事", "reason": REASON, "document": "卷宗第3页"}
    answer = desk.post(f"{CASES}2/correct/", {**form, "reason": ""})
    assert answer.status_code == 422
    assert 'value="卷宗第3页"' in answer.content.decode()
    assert not Correction.objects.exists()
    assert desk.post(f"{CASES}2/correct/", form)["Location"] == f"{CASES}2/"
    page = words(desk.get(f"{CASES}2/"))
    assert f"案件类型民事刑事{REASON}（卷宗第3页）钟未央" in page


def test_exclusions_are_added_and_taken_back(frame: Frame, desk: Client) -> None:
    form = {"code": "unreachable", "reason": "", "document": "中心说明〔2022〕7号"}
    assert desk.post(f"{CASES}2/exclude/", {**form, "document": ""}).status_code == 422
    desk.post(f"{CASES}2/exclude/", form)
    exclusion = Exclusion.objects.get()
    assert exclusion.reason == "卷宗无法调取"
    page = words(desk.get(f"{CASES}left-out/"))
    assert "渝万援民〔2022〕2号卷宗无法调取中心说明〔2022〕7号钟未央" in page
    address = f"{CASES}left-out/{exclusion.pk}/include/"
    assert desk.post(address, {"reason": "错"}).status_code == 422
    assert desk.post(address, {"reason": REASON})["Location"] == f"{CASES}left-out/"
    assert not Exclusion.objects.exists()
    assert f"撤销剔除（卷宗无法调取）{REASON}" in words(desk.get(f"{CASES}left-out/"))
    assert desk.post(address, {"reason": REASON}).status_code == 404
    other = desk.post(f"{CASES}2/exclude/", {**form, "code": "other"})
    assert (other.status_code, "剔除原因太短" in words(other)) == (422, True)


def test_the_equation_stands_on_the_list(frame: Frame, desk: Client) -> None:
    assert "申报未录入可抽3件剔除0件不导入0行" in words(desk.get(CASES))
    bureau = make_user(Role.BUREAU)
    actions.declare_total(frame, total=4, by=bureau)
    assert "相差少1件" in words(desk.get(CASES))
    actions.declare_total(frame, total=2, by=bureau)
    assert "相差多1件" in words(desk.get(CASES))


def test_who_declared_does_not_import(frame: Frame) -> None:
    bureau = make_user(Role.BUREAU)
    actions.declare_total(frame, total=3, by=bureau)
    desk = signed_in(bureau)
    review = send(desk, case(1), case(2), case(3), case(4))
    answer = desk.post(f"{review}confirm/")
    assert answer.status_code == 409
    assert "申报件数是您录入的，台账要由另一人确认导入" in words(answer)


def test_the_cleaning_ledger_is_a_page_a_table_and_a_text(
    frame: Frame, desk: Client, clerk: User
) -> None:
    actions.correct_case(
        Case.objects.get(serial=1), field="recipient", value="甲某", reason=REASON,
        document="卷宗第3页", by=clerk,
    )  # fmt: skip
    page = words(desk.get(f"{CASES}cleaning/?source=person"))
    assert "受援人（空）甲某更正：" in page
    assert cleaning_sha256(frame)[:4] in page
    auditor = signed_in(make_user(Role.AUDITOR))
    assert "甲某" not in words(auditor.get(f"{CASES}cleaning/"))
    rows = cells(auditor.get(f"{CASES}cleaning/?source=person&format=xlsx"))
    assert rows[1][2:7] == [2, "受援人", "（不显示）", "（不显示）", rows[1][6]]
    assert rows[1][7] == "钟未央"
    assert auditor.get(f"{CASES}cleaning/text/").status_code == 403
    text = desk.get(f"{CASES}cleaning/text/").content
    assert text.startswith(b"WZQX/1\nyear=2022\nlines=10\n")
    assert "没有符合条件的记录" in words(desk.get(f"{CASES}cleaning/?q=nothing"))


def test_the_uploads_are_listed_and_handed_out(frame: Frame, desk: Client) -> None:
    send(desk, case(1), case(2), case(3))
    last = ImportBatch.objects.latest("pk")
    page = words(desk.get(f"{CASES}uploads/"))
    assert "台账.xlsx办结案件台账待确认" in page
    assert "台账.xlsx办结案件台账已导入" in page
    answer = desk.get(f"{CASES}import/{last.pk}/file/")
    assert answer.content == bytes(last.data)
    assert "attachment" in answer["Content-Disposition"]
    event = AuditEvent.objects.get(action="export_list")
    assert (event.actor, event.target) == ("clerk", f"原始文件 {last}")
    desk.get(f"{CASES}import/{last.pk}/annotated/")
    handed = AuditEvent.objects.filter(action="export_list").latest("seq")
    assert (handed.actor, handed.target) == ("clerk", f"标注文件 {last}")
    leader = signed_in(make_user(Role.LEADER))
    assert "下载" not in words(leader.get(f"{CASES}uploads/"))
    assert leader.get(f"{CASES}import/{last.pk}/file/").status_code == 403


def asked(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_the_number_of_queries_does_not_grow_with_the_rows(clerk: User, desk: Client) -> None:
    frame = new_frame()
    counts: list[list[int]] = []
    for last in (4, 40):
        load(frame, clerk, *[case(n, 承办人=" 孔 望平 ") for n in range(1, last)])
        for n in range(last // 2, last):
            one = Case.objects.get(serial=n)
            if not hasattr(one, "exclusion"):
                actions.exclude_case(one, code="city", reason="", document="x", by=clerk)
        batch = actions.upload_file(
            frame, content="ledger", data=xlsx([HEADER, *(case(n) for n in range(1, 2))]),
            file_name="a.xlsx", by=clerk,
        )  # fmt: skip
        paths: Any = ("cleaning/", "left-out/", "uploads/", f"import/{batch.pk}/",
                 f"import/{batch.pk}/changes/?view=missing")  # fmt: skip
        desk.get(CASES)
        counts.append([asked(desk, CASES + path) for path in paths])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 14
