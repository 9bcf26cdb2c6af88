"""A large import in the background: it shows how far it is, can be stopped, dies without trace."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic, sleep
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client

from cases import actions, queries
from cases.actions.jobs import begin, run_job
from cases.imports import SheetMapping
from cases.models import Case, CleaningLine, ColumnLayout, Frame, ImportBatch, ImportJob
from tests.cases.test_columns_page import filled
from tests.people import make_user
from tests.workbook_samples import HEADER, case, xlsx
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent, Firm, Person, Role, User
from wanzhou_eval.queries import chain_state
from wanzhou_eval.workbooks import rows_about

pytestmark = pytest.mark.django_db(transaction=True)
MANY, FEW = actions.BACKGROUND_FROM, 300
ALL = (FEW, 2 * FEW, 1, 1)
NOTHING = (0, 0, 0, 0)
REGISTERS = "SELECT pg_advisory_xact_lock(20220815)"
FRAMES = "SELECT id FROM cases_frame FOR UPDATE"
HANDLERS = "LOCK TABLE cases_casehandler IN SHARE MODE"


def ledger(count: int) -> bytes:
    """Cases whose numbers need cleaning."""
    row = {"指派日期": None, "结案日期": "2022-03-01", "归档日期": None}
    return xlsx(
        [HEADER, *(case(n, 案号=f" 渝万援民〔2022〕{n}号", **row) for n in range(1, count + 1))]
    )


@pytest.fixture
def clerk() -> User:
    return make_user(Role.CLERK, "clerk")


def uploaded(count: int, clerk: User) -> ImportBatch:
    frame = Frame.objects.create(year=2022, window_from="2022-01-01", window_to="2022-12-31")
    return actions.upload_file(
        frame, content="ledger", data=ledger(count), file_name="台账.xlsx", by=clerk
    )


@pytest.fixture
def batch(clerk: User) -> ImportBatch:
    return uploaded(FEW, clerk)


@pytest.fixture
def browser(clerk: User) -> Client:
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(clerk)
    return client


def page(batch: ImportBatch) -> str:
    return f"/y/2022/cases/import/{batch.pk}/"


def written() -> tuple[int, int, int, int]:
    return tuple(  # type: ignore[return-value]  # four counts
        model.objects.count() for model in (Case, CleaningLine, Firm, Person)
    )


def wait_for(ready: Callable[[], Any], *, seconds: int = 60) -> Any:
    end = monotonic() + seconds
    while not (found := ready()):
        assert monotonic() < end, "not in time"
        sleep(0.05)
    return found


def test_the_page_shows_the_import_and_then_its_result(browser: Client, clerk: User) -> None:
    batch = uploaded(MANY, clerk)
    with holding(REGISTERS):
        assert browser.post(f"{page(batch)}confirm/").headers["Location"] == page(batch)
        shown = browser.get(page(batch))
    assert shown.headers["Refresh"] == "2"
    assert f"共 {MANY} 件" in shown.content.decode()
    assert "停止导入" in shown.content.decode()
    wait_for(lambda: ImportJob.objects.get().ended_at)
    job = ImportJob.objects.get()
    assert (job.done, job.total, job.sentence) == (MANY, MANY, "")
    assert written() == (MANY, 2 * MANY, 1, 1)
    result = browser.get(page(batch))
    assert "Refresh" not in result.headers
    assert f"新增{MANY}件" in result.content.decode()
    assert AuditEvent.objects.filter(action="confirm_import").count() == 1
    assert chain_state().broken_at is None


def test_a_stopped_import_writes_nothing_and_may_be_repeated(
    browser: Client, batch: ImportBatch, clerk: User
) -> None:
    job = ImportJob.objects.create(batch=batch, asked_by=clerk, total=FEW)
    with holding(REGISTERS):  # the import waits before its first row
        begin(job.pk)
        wait_for(lambda: ImportJob.objects.get().step)
        browser.post(f"{page(batch)}stop/")
        assert "正在停止" in browser.get(page(batch)).content.decode()
    wait_for(lambda: ImportJob.objects.get().ended_at)
    job.refresh_from_db()
    assert job.sentence == f"{clerk.name}停止了导入，没有写入任何一行。要导入请再点“确认导入”。"
    assert written() == NOTHING
    assert job.sentence in browser.get(page(batch)).content.decode()
    assert AuditEvent.objects.filter(action="stop_import").count() == 1
    actions.confirm_import(batch, by=clerk)
    assert written() == ALL


@contextmanager
def holding(lock: str) -> Iterator[None]:
    """Something that the import has to wait for."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(lock)
        yield


def subprocess_of(job: ImportJob) -> subprocess.Popen[bytes]:
    """The job in a process of its own, on the tests' database."""
    code = f"import django; django.setup()\nfrom cases.actions.jobs import _work\n_work({job.pk})\n"
    known = connection.get_connection_params()
    address = f"postgres://{known['user']}@/{known['dbname']}?host={known['host']}"
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("PYTEST")},
        "DJANGO_SETTINGS_MODULE": "wanzhou_eval.settings",
        "DATABASE_URL": address,
        "DATABASE_OWNER_URL": address,
        "WANZHOU_REHEARSAL": "1",
    }
    return subprocess.Popen([sys.executable, "-c", code], env=environment)


def test_a_killed_server_leaves_nothing_and_the_page_says_so(
    browser: Client, batch: ImportBatch, clerk: User
) -> None:
    job = ImportJob.objects.create(batch=batch, asked_by=clerk, total=FEW)
    with holding(HANDLERS):  # the cases are written, the handlers have to wait
        worker = subprocess_of(job)
        wait_for(lambda: ImportJob.objects.get().done == FEW)
        worker.send_signal(signal.SIGKILL)
        worker.wait(timeout=20)
    wait_for(lambda: "Refresh" not in browser.get(page(batch)).headers)
    said = browser.get(page(batch)).content.decode()
    assert "导入中断了：服务器在写完之前停止。没有写入任何一行，可以再点“确认导入”。" in said
    assert f"确认导入 {FEW} 件" in said
    assert written() == NOTHING
    actions.start_import(batch, by=clerk)
    wait_for(lambda: ImportBatch.objects.get().confirmed_at)
    wait_for(lambda: not ImportJob.objects.filter(ended_at=None).exists())
    job.refresh_from_db()
    assert job.sentence == "导入时服务器停止了，没有写入任何一行。请再点一次“确认导入”。"
    assert written() == ALL
    assert chain_state().broken_at is None


def test_two_at_once_write_once(batch: ImportBatch, clerk: User) -> None:
    with holding(REGISTERS):
        job = actions.start_import(batch, by=clerk)
        with pytest.raises(RefusedError, match="这份文件正在导入，不用再点"):
            actions.start_import(batch, by=clerk)
    wait_for(lambda: ImportJob.objects.get(pk=job.pk).ended_at)
    with pytest.raises(RefusedError, match="已经导入，没有重复导入"):
        actions.start_import(batch, by=clerk)
    assert written() == ALL
    assert AuditEvent.objects.filter(action="confirm_import").count() == 1


def test_a_refused_import_tells_why(batch: ImportBatch, clerk: User) -> None:
    actions.discard_import(batch, by=clerk)
    job = ImportJob.objects.create(batch=batch, asked_by=clerk, total=FEW)
    run_job(job)
    job.refresh_from_db()
    assert job.sentence == "“台账.xlsx”已经放弃，没有导入。请重新上传。"
    assert written() == NOTHING


def test_who_may_start_and_stop(batch: ImportBatch) -> None:
    other = make_user(Role.LEADER, "leader")
    for act in (actions.start_import, actions.stop_import):
        with pytest.raises(RefusedError, match="只有中心和科室") as refused:
            act(batch, by=other)
        assert refused.value.status == 403
    clerk = make_user(Role.BUREAU, "bureau")
    with pytest.raises(RefusedError, match="现在没有在导入，不用停止"):
        actions.stop_import(batch, by=clerk)


def test_a_job_that_has_not_begun_is_waited_for(batch: ImportBatch, clerk: User) -> None:
    job = ImportJob.objects.create(batch=batch, asked_by=clerk, total=MANY)
    found = queries.last_import(batch)
    assert found is not None
    assert found.progress == queries.Progress("导入", False, "准备", 0, MANY, MANY, stopping=False)
    ImportJob.objects.filter(pk=job.pk).update(asked_at=job.asked_at - timedelta(minutes=1))
    found = queries.last_import(batch)
    assert found is not None
    assert found.sentence.startswith("导入中断了")


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
