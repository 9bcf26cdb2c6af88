"""How far a background import is, as the page shows it."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

from cases.models import ImportBatch, ImportJob
from wanzhou_eval.clock import database_now

TO_BEGIN = timedelta(seconds=20)
"""The time a job has to begin: between the click and its transaction."""
HALTED = "导入中断了：服务器在写完之前停止。没有写入任何一行，可以再点“确认导入”。"


@dataclass(frozen=True)
class Progress:
    """Of an import at work: step, cases written, all, left, whether a stop was asked for."""

    step: str
    done: int
    total: int
    left: int
    stopping: bool


@dataclass(frozen=True)
class LastImport:
    """The last background import of an upload: at work (`progress`), or why it ended."""

    progress: Progress | None
    sentence: str


def last_import(batch: ImportBatch) -> LastImport | None:
    """None when there was none, or it has written its cases (the batch says so)."""
    job = None if batch.confirmed_at else batch.jobs.first()
    if job is None:
        return None
    if job.ended_at is not None:
        return LastImport(None, job.sentence)
    if not is_at_work(job):
        batch.refresh_from_db(fields=["confirmed_at"])  # it may have committed meanwhile
        return None if batch.confirmed_at else LastImport(None, HALTED)
    step = job.step or "准备"
    left = max(job.total - job.done, 0)
    return LastImport(Progress(step, job.done, job.total, left, bool(job.stopped_by_id)), "")


def is_at_work(job: ImportJob) -> bool:
    """Whether its transaction lives: it holds an advisory lock that no dead process keeps."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND classid = %s AND objid = %s"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [ImportJob.JOBS, job.pk],
        )
        held = cursor.fetchone() is not None
    return held or (database_now() - job.asked_at < TO_BEGIN and not job.step)
