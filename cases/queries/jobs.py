"""How far a background import is, as the page shows it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from cases.models import ImportBatch, ImportJob
from wanzhou_eval.clock import database_now

TO_BEGIN = timedelta(seconds=20)
"""The time a job has to begin: between the click and its transaction."""
HALTED = {
    ImportJob.Work.CHECK: "核对中断了：服务器在核对完之前停止。什么也没有写入，请点“重新核对”。",
    ImportJob.Work.MAP: "按列核对中断了：服务器在核对完之前停止。列对应没有改，请重新指定。",
    ImportJob.Work.CONFIRM: (
        "导入中断了：服务器在写完之前停止。没有写入任何一行，可以再点“确认导入”。"
    ),
}


@dataclass(frozen=True)
class Progress:
    """Of a job at work: step, cases done, all, left, whether a stop was asked for.

    `work` is 核对 or 导入; of a check the numbers are rows, and all of them an estimate.
    """

    work: str
    checks: bool
    step: str
    done: int
    total: int
    left: int
    stopping: bool

    @property
    def amount(self) -> str:
        """How much there is: a check does not know yet which rows are cases."""
        return f"约 {self.total} 行" if self.checks else f"共 {self.total} 件"


@dataclass(frozen=True)
class LastImport:
    """The last background import of an upload: at work (`progress`), or why it ended."""

    progress: Progress | None
    sentence: str


def last_import(batch: ImportBatch) -> LastImport | None:
    """None when there was none, or it has done its work (the batch says so)."""
    job = None if batch.confirmed_at else batch.jobs.first()
    if job is None or (job.ended_at and not job.sentence):
        return None
    if job.ended_at is not None:
        return LastImport(None, job.sentence)
    if not is_at_work(job):
        batch.refresh_from_db(fields=["confirmed_at", "summary"])  # it may have committed
        done = _checked_since(batch, job.asked_at) if _checks(job) else bool(batch.confirmed_at)
        return None if done else LastImport(None, HALTED[ImportJob.Work(job.work)])
    step = job.step or "准备"
    left = max(job.total - job.done, 0)
    work = ImportJob.Work(job.work)
    stopping = bool(job.stopped_by_id)
    return LastImport(
        Progress(str(work.label), _checks(job), step, job.done, job.total, left, stopping), ""
    )


def _checks(job: ImportJob) -> bool:
    return job.work in {ImportJob.Work.CHECK, ImportJob.Work.MAP}


def _checked_since(batch: ImportBatch, asked_at: datetime) -> bool:
    found = batch.summary.get("checked_at")
    return found is not None and datetime.fromisoformat(found) >= asked_at


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
