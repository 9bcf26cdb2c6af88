"""公布位置: where a version of the list stands, since when, and what shows it (article 6.3)."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from evaluations.actions.plan import lock_plan
from evaluations.models import Plan, Publication, PublicationPlace
from evaluations.permissions.results import may_publish
from evaluations.queries.results import standing_approval
from evaluations.rules.stages import Stage
from wanzhou_eval.attachments import Attachment, check_attachment
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User


@dataclass(frozen=True, kw_only=True)
class Posting:
    """A place as it was entered; no time means now, `file` is (name, content)."""

    name: str
    evidence: str
    kind: str = PublicationPlace.Kind.PORTAL.value
    posted_at: datetime | None = None
    file: tuple[str, bytes] | None = None


def add_place(publication: Publication, *, posting: Posting, by: User) -> PublicationPlace:
    """Record a further place of a published version; it moves no deadline."""
    with transaction.atomic():
        plan = lock_plan(publication.plan, in_stages=(Stage.PUBLISHED,))
        if not may_publish(by):
            raise RefusedError("公布位置由科室登记，请换用科室账号。", status=403)
        place = keep_place(plan, publication, posting=posting, by=by)
        record_event(
            "add_publication_place",
            by=by,
            year=plan.year,
            target=f"公布稿第{publication.version}版",
            detail={"place": place.name, "sha256": place.sha256},
        )
    return place


def keep_place(
    plan: Plan, publication: Publication, *, posting: Posting, by: User | None
) -> PublicationPlace:
    """Check and store a place on a locked plan; part of publishing and of `add_place`."""
    name, evidence = posting.name.strip(), posting.evidence.strip()
    if not name or not evidence:
        raise RefusedError("请填公布位置和公布凭据（网址、截图编号等）后再公布。", status=422)
    if posting.kind not in PublicationPlace.Kind.values:
        raise RefusedError("请选公布位置的类别后再登记。", status=422)
    if publication.places.filter(name=name).exists():
        raise RefusedError(f"第{publication.version}版在“{name}”的公布已经登记，不用重复登记。")
    file = _checked(posting.file)
    return PublicationPlace.objects.create(
        publication=publication,
        kind=posting.kind,
        name=name[:200],
        evidence=evidence[:200],
        posted_at=_moment(plan, posting.posted_at),
        by=by,
        **(_columns(file) if file else {}),
    )


def _columns(file: Attachment) -> dict[str, object]:
    return {
        "file_name": file.name,
        "content_type": file.content_type,
        "sha256": sha256(file.data).hexdigest(),
        "data": file.data,
    }


def _checked(file: tuple[str, bytes] | None) -> Attachment | None:
    if file is None:
        return None
    checked = check_attachment(*file)
    if isinstance(checked, str):
        raise RefusedError(checked, status=422)
    return checked


def _moment(plan: Plan, posted_at: datetime | None) -> datetime:
    """When the list went up: not in the future, and not before 局领导 agreed."""
    assert plan.now is not None
    if posted_at is None:
        return plan.now
    approval = standing_approval(list(plan.approvals.all()))
    if posted_at > plan.now:
        raise RefusedError("上网时间不能晚于现在，请核对后再登记。", status=422)
    if approval is not None and approval.decided_at and posted_at < approval.decided_at:
        raise RefusedError("上网时间早于局领导同意公布的时间，请核对后再登记。", status=422)
    return posted_at
