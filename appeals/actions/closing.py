"""归档: the year closes when no clock runs and nothing is open."""

import hashlib

from django.db import transaction

from appeals.models import YearArchive
from appeals.permissions import may_handle_consequences
from appeals.queries.archive import archive_files, last_appeal, manifest
from appeals.queries.closing import closing_blockers
from evaluations.actions.plan import lock_plan, move_plan
from evaluations.models import Plan
from evaluations.rules.stages import Stage
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent, User


def close_year(plan: Plan, *, by: User | None) -> Plan:
    """归档. Refused while a period runs or anything is open: the refusal names each."""
    with transaction.atomic():
        plan = lock_plan(plan, in_stages=(Stage.PUBLISHED,))
        if not may_handle_consequences(by):
            raise RefusedError("归档由科室办理，请换用科室账号。", status=403)
        blockers = closing_blockers(plan, now=plan.moment)
        if blockers:
            raise RefusedError("还不能归档：" + "；".join(blockers) + "。")
        move_plan(plan, Stage.CLOSED, by=by)
        record_event("close_year", by=by, year=plan.year, target=str(plan))
        _keep_archive(plan, by=by)
    return plan


def _keep_archive(plan: Plan, *, by: User | None) -> None:
    """Record what the package of the year is made of: its fingerprint and the head of the trail."""
    head = AuditEvent.objects.filter(year=plan.year).latest("seq")
    upto = last_appeal(plan)
    files = archive_files(plan, audit_seq=head.seq, appeals_upto=upto)
    YearArchive.objects.create(
        plan=plan,
        sha256=hashlib.sha256(manifest(files)).hexdigest(),
        files=len(files),
        appeals_upto=upto,
        audit_seq=head.seq,
        audit_hash=head.hash,
        at=plan.moment,
        by=by,
    )
