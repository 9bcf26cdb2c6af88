"""A large file at work in the background, checked or imported: watched, stopped; all or nothing.

It runs in a thread of the web server, in one transaction, so that a closed browser does not
matter and a killed server leaves nothing. A second thread with a connection of its own writes
down how far it is and hears whether somebody wants it stopped.
"""

import logging
from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from threading import Event, Thread
from typing import Any

from django.db import connection, connections, transaction

from cases.actions.batches import lock_batch
from cases.actions.frames import lock_frame, refuse_unless_importer
from cases.actions.imports import check_upload, confirm_import, new_batch, record_upload
from cases.actions.mapping import remember, told_mapping
from cases.imports import SheetMapping
from cases.models import Frame, ImportBatch, ImportJob
from cases.queries.jobs import is_at_work
from cases.storing import Watch
from wanzhou_eval.audit import record_event
from wanzhou_eval.clock import database_now
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User
from wanzhou_eval.refusals import refusal_of

BACKGROUND_FROM = 5_000
"""Rows from which an import shows its progress; smaller ones are done while the page waits."""
BEAT = 0.5
"""Seconds between two notes of the progress."""
PATIENCE = "15min"
"""A statement of a background import may take longer than one of a page."""
BROKEN_OFF = "{work}时服务器停止了，没有写入任何一行。请再点一次“{again}”。"
FAULT = "{work}时系统出错，没有写入任何一行。请再试一次；还不行，请联系系统管理员。"
STOPPED = "{name}停止了{work}，没有写入任何一行。要{work}请再点“{again}”。"
AGAIN = {
    ImportJob.Work.CHECK: "重新核对",
    ImportJob.Work.MAP: "列对应",
    ImportJob.Work.CONFIRM: "确认导入",
}
log = logging.getLogger(__name__)


@transaction.atomic
def upload_large(
    frame: Frame, *, content: str, data: bytes, file_name: str, rows: int, by: User | None
) -> ImportBatch:
    """Keep a file of about `rows` rows unread; what it says is found out in the background."""
    refuse_unless_importer(by)
    batch = new_batch(lock_frame(frame), content=content, data=data, file_name=file_name, by=by)
    batch.sha256 = sha256(data).hexdigest()
    batch.save()
    record_upload(batch)
    start_check(batch, rows=rows, by=by)
    return batch


def start_check(batch: ImportBatch, *, rows: int, by: User | None) -> ImportJob:
    """Begin to read a kept file in the background. Raises as `start_import` does."""
    return _start(batch, ImportJob.Work.CHECK, total=rows, by=by)


def start_mapping(
    batch: ImportBatch, *, mapping: Mapping[str, SheetMapping], rows: int, by: User | None
) -> ImportJob:
    """As `map_columns`, in the background; what it said before stays until it is read again."""
    told = told_mapping(batch, mapping, by=by)
    return _start(batch, ImportJob.Work.MAP, total=rows, by=by, mapping=told)


def start_import(batch: ImportBatch, *, by: User | None) -> ImportJob:
    """Begin to write a checked file in the background, once the request is committed.

    Raises `RefusedError` as `confirm_import` does, and while the same file is at work.
    """
    total = batch.summary.get("accepted", 0)
    return _start(batch, ImportJob.Work.CONFIRM, total=total, by=by)


@transaction.atomic
def _start(
    batch: ImportBatch,
    work: ImportJob.Work,
    *,
    total: int,
    by: User | None,
    mapping: dict[str, Any] | None = None,
) -> ImportJob:
    refuse_unless_importer(by)
    last = batch.jobs.filter(ended_at=None).first()
    if last is not None:
        if is_at_work(last):
            said = ImportJob.Work(last.work).label
            raise RefusedError(f"这份文件正在{said}，不用再点。请在本页看进度。")
        last.ended_at, last.sentence = database_now(), told(BROKEN_OFF, last)
        last.save(update_fields=["ended_at", "sentence"])
    lock_frame(batch.frame)
    locked = lock_batch(batch)
    job = ImportJob.objects.create(
        batch=locked, work=work, asked_by=by, total=total, mapping=mapping
    )
    transaction.on_commit(partial(begin, job.pk))
    return job


def told(sentence: str, job: ImportJob, **words: str) -> str:
    """A sentence about a job, in the words of its work."""
    work = ImportJob.Work(job.work)
    return sentence.format(work=work.label, again=AGAIN[work], **words)


@transaction.atomic
def stop_import(batch: ImportBatch, *, by: User | None) -> None:
    """Ask a running import to stop; it rolls back at its next step."""
    refuse_unless_importer(by)
    running = batch.jobs.select_for_update().filter(ended_at=None).first()
    if running is None or not is_at_work(running):
        raise RefusedError("这份文件现在没有在导入，不用停止。请刷新页面看结果。")
    running.stopped_by = by
    running.save(update_fields=["stopped_by"])
    record_event("stop_import", by=by, year=batch.frame.year, target=batch.file_name)


def begin(job: int) -> None:
    """Start the thread; it is a daemon: a server that ends does not wait for it."""
    Thread(target=_work, args=(job,), name=f"import-{job}", daemon=True).start()


def _work(job: int) -> None:
    try:
        run_job(ImportJob.objects.select_related("batch__frame", "asked_by").get(pk=job))
    finally:
        connections.close_all()


def run_job(job: ImportJob) -> None:
    """Import the batch of a job to its end: written, refused, stopped or broken."""
    notes = Notes(job)
    sentence = ""
    notes.start()
    try:
        with transaction.atomic():
            hold_job(job)
            WORKS[ImportJob.Work(job.work)](job, notes.take)
            notes.last_call()
    except Exception as error:
        sentence = notes.stopped or sentence_of(error, job)
    finally:
        notes.over.set()
        notes.join()
    done = {} if sentence else {"done": job.total}
    ImportJob.objects.filter(pk=job.pk).update(
        ended_at=database_now(), sentence=sentence[:400], **done
    )


def _check(job: ImportJob, watch: Watch) -> None:
    check_upload(job.batch, by=job.asked_by, watch=watch)


def _map(job: ImportJob, watch: Watch) -> None:
    batch = check_upload(job.batch, mapping=job.mapping, by=job.asked_by, watch=watch)
    told = {sheet: SheetMapping(**kept) for sheet, kept in (job.mapping or {}).items()}
    remember(batch, told, by=job.asked_by)


def _confirm(job: ImportJob, watch: Watch) -> None:
    confirm_import(job.batch, by=job.asked_by, watch=watch)


WORKS = {
    ImportJob.Work.CHECK: _check,
    ImportJob.Work.MAP: _map,
    ImportJob.Work.CONFIRM: _confirm,
}


def hold_job(job: ImportJob) -> None:
    """Show that the job is alive as long as this transaction is, and take the time it needs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ImportJob.JOBS, job.pk])
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            cursor.execute("SELECT set_config(%s, %s, true)", [limit, PATIENCE])


def sentence_of(error: Exception, job: ImportJob) -> str:
    """Why nothing came of it; a fault of ours also goes to the log."""
    refusal = refusal_of(error)
    if refusal is None:
        log.exception("background %s failed", job.work)
        return told(FAULT, job)
    return refusal.sentence


class Notes(Thread):
    """Writes down how far a job is, every half second, and reads whether to stop it."""

    def __init__(self, job: ImportJob) -> None:
        super().__init__(name=f"notes-{job.pk}", daemon=True)
        self.job = job
        self.over = Event()
        self.stopped = ""
        self.step, self.done = "", 0

    def take(self, step: str, done: int) -> None:
        """Remember the progress. Raises `RefusedError` when the import is to stop."""
        self.step, self.done = step, done
        if self.stopped:
            raise RefusedError(self.stopped)

    def run(self) -> None:
        """Until the job is over."""
        try:
            while not self.over.wait(BEAT):
                self.note()
        finally:
            connections.close_all()

    def note(self) -> None:
        """One note."""
        own = ImportJob.objects.filter(pk=self.job.pk)
        own.update(step=self.step, done=self.done)
        self.hear(own.values_list("stopped_by__name", flat=True).get())

    def hear(self, name: str | None) -> None:
        """Somebody wants it stopped, or nobody."""
        if name is not None:
            self.stopped = told(STOPPED, self.job, name=name)

    def last_call(self) -> None:
        """Whoever asked for a stop up to here gets it; who asks later waits and is refused.

        Called by the import before its transaction ends. Raises `RefusedError`.
        """
        kept = ImportJob.objects.select_for_update(of=("self",)).select_related("stopped_by")
        stopper = kept.get(pk=self.job.pk).stopped_by
        self.hear(stopper.name if stopper else None)
        self.take(self.step, self.done)
