"""A large file is checked in the background: stopped, repeated, with columns and words told."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cases import actions
from cases.actions.jobs import begin, run_job
from cases.imports import SheetMapping
from cases.models import ColumnLayout, Frame, ImportBatch, ImportJob
from tests.cases.columns_form import filled
from tests.cases.jobs import (
    ALL,
    FEW,
    FRAMES,
    MANY,
    NOTHING,
    browser_of,
    holding,
    ledger,
    page,
    uploaded,
    wait_for,
    written,
)
from tests.people import make_user
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent, Role, User
from wanzhou_eval.workbooks import rows_about

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clerk() -> User:
    return make_user(Role.CLERK, "clerk")


@pytest.fixture
def browser(clerk: User) -> Client:
    return browser_of(clerk)


def kept_unread(data: bytes, clerk: User, rows: int = FEW) -> tuple[ImportBatch, ImportJob]:
    """A large file before anybody read it, and the job that is to do it."""
    frame = Frame.objects.create(year=2022, window_from="2022-01-01", window_to="2022-12-31")
    batch = ImportBatch.objects.create(
        frame=frame, content="ledger", data=data, file_name="台账.xlsx", sha256="0" * 64,
        uploaded_by=clerk,
    )  # fmt: skip
    return batch, ImportJob.objects.create(batch=batch, asked_by=clerk, total=rows, work="check")


def test_a_large_file_is_checked_in_the_background(browser: Client) -> None:
    Frame.objects.create(year=2022, window_from="2022-01-01", window_to="2022-12-31")
    file = SimpleUploadedFile("台账.xlsx", ledger(MANY))
    with holding(FRAMES):
        answer = browser.post("/y/2022/cases/import/", {"content": "ledger", "file": file})
        batch = ImportBatch.objects.get()
        assert answer.headers["Location"] == page(batch)
        shown = browser.get(page(batch))
    assert shown.headers["Refresh"] == "2"
    assert "现在只核对，不写入案件；随时可以停止。" in shown.content.decode()
    wait_for(lambda: ImportJob.objects.get().ended_at)
    assert ImportJob.objects.get().sentence == ""
    batch.refresh_from_db()
    assert (batch.summary["accepted"], batch.summary["compared"]["new"]) == (MANY, MANY)
    assert f"确认导入 {MANY} 件" in browser.get(page(batch)).content.decode()
    assert written() == NOTHING
    assert AuditEvent.objects.filter(action="upload_file").count() == 1


def test_a_stopped_check_keeps_the_file_and_may_be_repeated(browser: Client, clerk: User) -> None:
    batch, job = kept_unread(ledger(FEW), clerk)
    with holding(FRAMES):
        begin(job.pk)
        wait_for(lambda: ImportJob.objects.get().step == "与现有名单对比")
        browser.post(f"{page(batch)}stop/")
    wait_for(lambda: ImportJob.objects.get().ended_at)
    said = f"{clerk.name}停止了核对，没有写入任何一行。要核对请再点“重新核对”。"
    assert ImportJob.objects.get().sentence == said
    assert said in browser.get(page(batch)).content.decode()
    for step in ("confirm", "columns", "changes"):
        answer = getattr(browser, "post" if step == "confirm" else "get")(f"{page(batch)}{step}/")
        assert answer.status_code == 409, step
        assert "还没有核对完" in answer.content.decode()
    with pytest.raises(RefusedError, match="还没有核对完，没有导入"):
        actions.confirm_import(batch, by=clerk)
    browser.post(f"{page(batch)}recheck/")
    batch.refresh_from_db()
    assert batch.summary["accepted"] == FEW
    actions.confirm_import(batch, by=clerk)
    assert written() == ALL


def test_the_columns_of_a_large_file_are_checked_in_the_background(
    browser: Client, clerk: User
) -> None:
    batch = uploaded(MANY, clerk)
    sheet = batch.summary["columns"][0]["sheet"]
    told = filled(browser.get(f"{page(batch)}columns/"))
    with holding(FRAMES):
        assert browser.post(f"{page(batch)}columns/", told).headers["Location"] == page(batch)
        shown = browser.get(page(batch))
    assert "正在按列核对" in shown.content.decode()
    wait_for(lambda: ImportJob.objects.get().ended_at)
    batch.refresh_from_db()
    assert (ImportJob.objects.get().sentence, batch.summary["accepted"]) == ("", MANY)
    assert batch.mapping[sheet]["by"] == clerk.name
    assert AuditEvent.objects.get(action="map_columns").detail["sheets"].keys() == {sheet}
    assert ColumnLayout.objects.get().kept_by == clerk.name
    refused = browser.post(f"{page(batch)}columns/", told | {"c0_1": ""})
    assert (refused.status_code, ImportJob.objects.count()) == (422, 1)


def test_columns_that_read_nothing_leave_the_check_as_it_was(clerk: User, browser: Client) -> None:
    batch = uploaded(FEW, clerk)
    batch.refresh_from_db()
    before = batch.summary
    told = {batch.summary["columns"][0]["sheet"]: SheetMapping(0, 0, {})}
    job = actions.start_mapping(batch, mapping=told, rows=FEW, by=clerk)
    wait_for(lambda: ImportJob.objects.get(pk=job.pk).ended_at)
    batch.refresh_from_db()
    assert ImportJob.objects.get().sentence.startswith("表头下面没有一行案件")
    assert (batch.summary, ColumnLayout.objects.exists()) == (before, False)
    assert ImportJob.objects.get().sentence in browser.get(page(batch)).content.decode()


def test_an_interrupted_second_check_is_told_though_the_first_stands(
    browser: Client, clerk: User
) -> None:
    batch = uploaded(FEW, clerk)
    job = ImportJob.objects.create(batch=batch, asked_by=clerk, total=FEW, work="map", step="读取")
    assert "列对应没有改，请重新指定" in browser.get(page(batch)).content.decode()
    job.delete()
    assert f"确认导入 {FEW} 件" in browser.get(page(batch)).content.decode()


def test_a_word_found_in_a_large_file_is_checked_in_the_background(
    browser: Client, clerk: User
) -> None:
    batch = uploaded(FEW, clerk)
    actions.keep_found_word(
        batch, subject="kind", word="房屋纠纷类", meaning="民事", rows=FEW, by=clerk
    )
    wait_for(lambda: ImportJob.objects.get().ended_at)
    assert (ImportJob.objects.get().sentence, ImportJob.objects.get().work) == ("", "check")


def test_a_large_file_that_cannot_be_read_says_why(browser: Client, clerk: User) -> None:
    batch, job = kept_unread(b"x;y\n" * MANY, clerk)
    run_job(job)
    shown = browser.get(page(batch)).content.decode()
    assert "没有找到台账的表头" in shown
    assert "重新核对" in shown
    assert batch.state == "还没有核对完"
    browser.post(f"{page(batch)}discard/")
    assert "没有写入任何案件" in browser.get(page(batch)).content.decode()
    assert written() == NOTHING


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (b"a,b\n" * 700, 700),
        (b"<table>" + b"<tr><td>1</td></tr>" * 80 + b"</table>", 80),
        (b"PK\x03\x04 torn", 0),
        (b"", 0),
    ],
)
def test_the_rows_of_a_file_are_told_by_their_signs(data: bytes, rows: int) -> None:
    assert rows_about(data, enough=100_000) == rows


def test_the_rows_of_a_workbook_are_counted_as_far_as_needed() -> None:
    assert rows_about(ledger(FEW), enough=MANY) == FEW + 1
    assert rows_about(ledger(FEW), enough=10) >= 10
