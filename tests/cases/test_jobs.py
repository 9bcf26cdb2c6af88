"""A large import in the background: it shows how far it is, can be stopped, dies without trace."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from cases import actions, queries
from cases.actions.jobs import begin, run_job
from cases.models import ImportBatch, ImportJob
from tests.cases.jobs import (
    ALL,
    FEW,
    MANY,
    NOTHING,
    browser_of,
    holding,
    page,
    uploaded,
    wait_for,
    written,
)
from tests.people import make_user
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent, Role, User
from wanzhou_eval.queries import chain_state

pytestmark = pytest.mark.django_db(transaction=True)
REGISTERS = "SELECT pg_advisory_xact_lock(20220815)"
HANDLERS = "LOCK TABLE cases_casehandler IN SHARE MODE"


@pytest.fixture
def clerk() -> User:
    return make_user(Role.CLERK, "clerk")


@pytest.fixture
def batch(clerk: User) -> ImportBatch:
    return uploaded(FEW, clerk)


@pytest.fixture
def browser(clerk: User) -> Client:
    return browser_of(clerk)


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
