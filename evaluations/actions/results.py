"""送审, 审定 and 公布: the results leave the house only approved, masked and complete."""

from datetime import timedelta
from typing import Any

from django.db import transaction

from evaluations.actions.places import Posting, keep_place
from evaluations.actions.plan import lock_plan, move_plan
from evaluations.models import Approval, DrawnCase, Plan, Publication, PublicationLine, PublicLookup
from evaluations.permissions.results import may_decide_approval, may_publish, may_submit_results
from evaluations.queries.deadlines import fix_terms, terms_of
from evaluations.queries.publication import DraftRow, draft_rows, list_hash, residues
from evaluations.queries.results import (
    graded_cases,
    missing_steps,
    standing_approval,
)
from evaluations.rules import terms
from evaluations.rules.stages import Stage
from wanzhou_eval import workdays
from wanzhou_eval.audit import record_event
from wanzhou_eval.clock import database_now
from wanzhou_eval.copying import copy_rows
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User
from wanzhou_eval.queries import kept_calendar
from wanzhou_eval.statistics import take_statistics

LOOKUPS_PER_MINUTE = 30


def submit_for_approval(plan: Plan, *, by: User | None) -> Approval:
    """送审: hand the complete results to 局领导. Refused while a grade is missing."""
    with transaction.atomic():
        plan = lock_plan(plan, in_stages=(Stage.MARKED,))
        if by is None or not may_submit_results(by):
            raise RefusedError("送审由科室办理，请换用科室账号。", status=403)
        missing = missing_steps(plan, list(graded_cases(plan)))
        if missing:
            raise RefusedError("还不能送审：" + "".join(missing))
        approvals = list(plan.approvals.all())
        if any(not each.decision for each in approvals):
            raise RefusedError("送审单已经送出，等局领导审定，不用重复送审。")
        if standing_approval(approvals):
            raise RefusedError("局领导已同意公布，请到“公布与异议”办理公布。")
        assert plan.now is not None
        approval = Approval.objects.create(plan=plan, submitted_by=by, submitted_at=plan.now)
        record_event("submit_for_approval", by=by, year=plan.year, target=f"送审单{approval.pk}")
    return approval


def decide_approval(approval: Approval, *, decision: str, reason: str, by: User) -> Approval:
    """审定: approve, or return for a defect of procedure; a grade is out of reach here."""
    with transaction.atomic():
        plan = lock_plan(approval.plan, in_stages=(Stage.MARKED,))
        approval = Approval.objects.select_for_update(of=("self",)).get(pk=approval.pk)
        if not may_decide_approval(by, approval):
            raise RefusedError("送审单由局领导审定，送审人本人不能审定。", status=403)
        if approval.decision:
            label = approval.get_decision_display()
            raise RefusedError(f"这份送审单已审定为“{label}”，不能重复审定。")
        if decision not in Approval.Decision.values:
            raise RefusedError("请选“同意公布”或“退回补正程序”。", status=422)
        reason = reason.strip()
        if decision == Approval.Decision.RETURNED and not reason:
            raise RefusedError("退回要写明程序上的问题，请填写理由后再退回。", status=422)
        approval.decision, approval.reason = decision, reason[:400]
        approval.decided_by, approval.decided_at = by, plan.now
        approval.save(update_fields=["decision", "reason", "decided_by", "decided_at"])
        record_event(
            "decide_approval",
            by=by,
            year=plan.year,
            target=f"送审单{approval.pk}",
            detail={"decision": decision},
        )
    return approval


def withhold_case(drawn_case: DrawnCase, *, withheld: bool, reason: str, by: User) -> None:
    """Leave a case out of the public list (不公开), or take it in again, with a reason."""
    with transaction.atomic():
        plan = lock_plan(drawn_case.draw.plan, in_stages=(Stage.MARKED, Stage.PUBLISHED))
        if not may_publish(by):
            raise RefusedError("不公开由科室登记，请换用科室账号。", status=403)
        if not reason.strip():
            raise RefusedError("请写明这一件不公开或恢复公开的理由。", status=422)
        case = drawn_case.case
        if case.withheld == withheld:
            state = "不公开" if withheld else "公开"
            raise RefusedError(f"{case.label}号案件已经是{state}，不用重复登记。")
        case.withheld = withheld
        case.save(update_fields=["withheld"])
        record_event(
            "withhold_case",
            by=by,
            year=plan.year,
            target=case.label,
            detail={"withheld": withheld, "reason": reason.strip()},
        )


def publish_results(
    plan: Plan, *, site: str, evidence: str, by: User | None, **posted: Any
) -> Publication:
    """公布 the approved results: stores the list and where it stands, starts the appeal clock.

    The clock starts with this record, not with the time typed for the site: who may appeal loses
    nothing by a late entry, and nobody can date a publication back. Late publication is recorded
    as it is; the page shows how late. Refused while a name, an identity or a telephone number is
    left in the list, and when the holidays that the appeal period runs through are not entered.
    `posted` are further facts of the place (`Posting`).
    """
    posting = Posting(name=site, evidence=evidence, **posted)
    with transaction.atomic():
        plan = lock_plan(plan)
        _check_publishable(plan, by=by)
        assert plan.now is not None
        calendar = kept_calendar()
        window = terms.appeal_due(plan.now, terms_of(plan), calendar)
        publication = Publication(
            plan=plan,
            version=1,
            published_at=plan.now,
            appeal_until=window.ends,
            calendar_version=window.calendar_version,
            by=by,
        )
        _store(plan, publication, posting=posting, by=by)
        plan.published_at = plan.now
        plan.save(update_fields=["published_at", *fix_terms(plan, calendar)])
        move_plan(plan, Stage.PUBLISHED, by=by)
    return publication


def _check_publishable(plan: Plan, *, by: User | None) -> None:
    """科室, not yet published, complete, approved; refuses with what comes first."""
    if not may_publish(by):
        raise RefusedError("公布由科室办理，请换用科室账号。", status=403)
    if plan.published_at:
        day = workdays.format_day(workdays.day_of(plan.published_at))
        raise RefusedError(f"{plan.year}年度结果已于{day}公布，不用重复公布。")
    lock_plan(plan, in_stages=(Stage.MARKED,))
    missing = missing_steps(plan, list(graded_cases(plan)))
    if missing:
        raise RefusedError("还不能公布：" + "".join(missing))
    if standing_approval(list(plan.approvals.all())) is None:
        raise RefusedError("局领导尚未同意公布，请先送审。")


def republish_results(
    plan: Plan, *, reason: str, site: str, evidence: str, by: User | None, **posted: Any
) -> Publication:
    """Issue the next numbered version beside the old, after a changed grade or 不公开.

    The appeal period stays that of the first publication: one appeal per case, ever.
    """
    posting = Posting(name=site, evidence=evidence, **posted)
    with transaction.atomic():
        plan = lock_plan(plan, in_stages=(Stage.PUBLISHED,))
        if not may_publish(by):
            raise RefusedError("公布由科室办理，请换用科室账号。", status=403)
        if not reason.strip():
            raise RefusedError("重新公布要写明原因，例如“复评变更等次”。", status=422)
        latest = plan.publications.latest("version")
        assert plan.now is not None
        publication = Publication(
            plan=plan,
            version=latest.version + 1,
            reason=reason.strip()[:200],
            published_at=plan.now,
            appeal_until=latest.appeal_until,
            calendar_version=latest.calendar_version,
            by=by,
        )
        return _store(plan, publication, posting=posting, before=latest.sha256, by=by)


def _store(
    plan: Plan, publication: Publication, *, posting: Posting, by: User | None, before: str = ""
) -> Publication:
    """Write the snapshot: the lines as the public reads them, their fingerprint, the place."""
    rows = draft_rows(plan)
    left = residues(
        plan, rows, texts={"重新公布原因": publication.reason, "公布位置": posting.name}
    )
    if left:
        raise RefusedError("公布稿里还有不能公开的内容：" + "".join(left[:5]), status=422)
    lines = [row.line for row in rows if row.line]
    publication.sha256 = list_hash(lines)
    publication.coded = plan.number_public == Plan.NumberPublic.CODE
    if publication.sha256 == before:
        raise RefusedError("公布稿与上一版完全相同，不用重新公布。")
    publication.save()
    place = keep_place(plan, publication, posting=posting, by=by)
    copy_rows(PublicationLine, LINE, (_cells(publication, row) for row in rows if row.line))
    take_statistics(PublicationLine)
    record_event(
        "publish_results",
        by=by,
        year=plan.year,
        target=f"公布稿第{publication.version}版",
        detail={"sha256": publication.sha256, "site": place.name},
    )
    return publication


LINE = ("publication", "drawn_case", "ordinal", "number", "kind", "firm", "recipient", "handler",
        "grade")  # fmt: skip


def _cells(publication: Publication, row: DraftRow) -> tuple[object, ...]:
    line = row.line
    assert line is not None
    return (
        publication.pk, row.drawn_case.pk, line.ordinal, line.number, line.kind, line.firm,
        line.recipient, line.handler, line.grade,
    )  # fmt: skip


def count_lookup(*, address: str | None) -> None:
    """Count a search of the public page; more than 30 a minute from an address are refused."""
    now = database_now()
    PublicLookup.objects.filter(at__lt=now - timedelta(hours=1)).delete()
    recent = PublicLookup.objects.filter(address=address, at__gte=now - timedelta(minutes=1))
    if recent.count() >= LOOKUPS_PER_MINUTE:
        raise RefusedError("查询过于频繁，请一分钟后再查。", status=429)
    PublicLookup.objects.create(address=address, at=now)
