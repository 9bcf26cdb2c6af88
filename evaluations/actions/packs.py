"""A ZIP of documents at work in the background: started, watched, kept until the next one.

It runs in a thread of the web server with a connection of its own, so that a closed browser does
not matter. The connection holds an advisory lock as long as the work goes on: a page tells from it
whether a server that stopped left the work undone.
"""

import logging
from collections.abc import Callable
from functools import partial
from threading import Thread

from django.db import connection, connections, models, transaction

from evaluations.actions.plan import lock_plan
from evaluations.models import DocumentPack, Plan
from evaluations.permissions.results import may_publish
from evaluations.queries.documents import PACKED, is_at_work
from evaluations.rules.documents import DocumentKind
from wanzhou_eval.audit import record_event
from wanzhou_eval.clock import database_now
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User
from wanzhou_eval.refusals import refusal_of

Make = Callable[[DocumentPack, Callable[[int, int], None]], bytes]
"""Makes the ZIP of a pack and tells how far it is; handed in by the page, which knows the forms."""
STEP = 10
"""Documents between two notes of the progress."""
FAULT = "生成时系统出错，没有得到文件。请再试一次；还不行，请联系系统管理员。"
log = logging.getLogger(__name__)


@transaction.atomic
def start_pack(plan: Plan, *, kind: DocumentKind, by: User, make: Make) -> DocumentPack:
    """Begin a pack, once the request is committed; refused while one is at work."""
    plan = lock_plan(plan)
    if not may_publish(by):
        raise RefusedError("文书由科室打包，请换用科室账号。", status=403)
    if kind not in PACKED:
        raise RefusedError(f"{kind.label}不用成批打包，请从它的页面下载。", status=404)
    for earlier in DocumentPack.objects.filter(plan=plan, kind=kind).defer("data"):
        if earlier.ended_at is None and is_at_work(earlier):
            raise RefusedError("正在生成，不用再点。请在本页看进度。")
    DocumentPack.objects.filter(plan=plan, kind=kind).delete()
    pack = DocumentPack.objects.create(plan=plan, kind=kind.value, asked_by=by)
    record_event("start_pack", by=by, year=plan.year, target=kind.label)
    transaction.on_commit(partial(begin, pack.pk, make))
    return pack


def begin(pack: int, make: Make) -> None:
    """Start the thread; it is a daemon: a server that ends does not wait for it."""
    Thread(target=_work, args=(pack, make), name=f"pack-{pack}", daemon=True).start()


def _work(pack: int, make: Make) -> None:
    try:
        rows = DocumentPack.objects.select_related("plan", "asked_by")
        run_pack(rows.get(pk=pack), make=make)
    finally:
        connections.close_all()


def run_pack(pack: DocumentPack, *, make: Make) -> None:
    """Make the pack to its end: a file, or a sentence why there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [DocumentPack.PACKS, pack.pk])
    own = DocumentPack.objects.filter(pk=pack.pk)
    try:
        data = make(pack, partial(_note, own))
        own.update(data=data, ended_at=database_now())
    except Exception as error:  # the thread has nobody else to tell
        own.update(sentence=sentence_of(error)[:400], ended_at=database_now())
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [DocumentPack.PACKS, pack.pk])


def _note(own: models.QuerySet[DocumentPack], done: int, total: int) -> None:
    if done % STEP == 0 or done == total:
        own.update(done=done, total=total)


def sentence_of(error: Exception) -> str:
    """Why there is no file; a fault of ours also goes to the log."""
    refusal = refusal_of(error)
    if refusal is None:
        log.exception("pack of documents failed")
        return FAULT
    return refusal.sentence
