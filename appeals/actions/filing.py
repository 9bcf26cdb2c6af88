"""提出 and 登记: one appeal per case, within the period, judged after the lock."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from appeals.actions.locks import fix_answer_due
from appeals.models import Appeal, AppealFile, AppealGround
from appeals.permissions import may_appeal, may_register_appeal
from appeals.queries.answers import lateness
from evaluations.actions.plan import lock_plan
from evaluations.models import DrawnCase, Plan
from evaluations.rules.stages import Stage
from wanzhou_eval import workdays
from wanzhou_eval.attachments import Attachment, check_attachments
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Person, User

STAGES = (Stage.PUBLISHED, Stage.CLOSED)
SHORTEST = 10
Ground = tuple[str, str]


@dataclass(frozen=True)
class Paper:
    """What the handler wrote, checked for its shape."""

    statement: str
    grounds: list[Ground]
    files: list[Attachment]


def file_appeal(
    drawn_case: DrawnCase,
    *,
    statement: str,
    grounds: Sequence[Ground],
    files: Sequence[tuple[str, bytes]] = (),
    by: User,
) -> Appeal:
    """网上提出异议. Late and second ones come back with `refused_at` set: 不予受理, on record.

    The moment is the database's after the lock, half-open: 24:00 itself is too late. Raises
    `RefusedError` for a case of somebody else (404), bad attachments (422), a double click (409).
    """
    with transaction.atomic():
        plan, drawn_case = _lock(drawn_case)
        if not may_appeal(by, drawn_case):
            raise RefusedError("没有找到这个案件。请从“我的案件”进入。", status=404)
        paper = _checked(statement, grounds, files)
        assert by.person is not None
        assert plan.now is not None
        appeal = _new(plan, drawn_case, appellant=by.person, received_at=plan.now, by=by)
        _check_appellant(appeal, paper)
        appeal.channel, appeal.statement = Appeal.Channel.ONLINE, paper.statement
        if appeal.refused_reason:
            appeal.refused_at = plan.now
        else:
            appeal.accepted_at = plan.now
        return _store(appeal, paper, plan=plan, action="file_appeal", by=by)


def register_paper_appeal(
    drawn_case: DrawnCase,
    *,
    appellant: Person,
    statement: str,
    grounds: Sequence[Ground],
    received_on: date,
    files: Sequence[tuple[str, bytes]] = (),
    by: User,
) -> Appeal:
    """登记书面申辩, to be confirmed by another person, also where the date of receipt is too late.

    The period is judged by the day of receipt, the mild reading: any hour of the last day. A
    second one is 不予受理 at once, and so is a late one in a closed year.
    """
    with transaction.atomic():
        plan, drawn_case = _lock(drawn_case)
        if not may_register_appeal(by):
            raise RefusedError("书面申辩由科室或中心登记，请换用科室或中心账号。", status=403)
        paper = _checked(statement, grounds, files)
        received_at = _moment_of(received_on, plan)
        appeal = _new(plan, drawn_case, appellant=appellant, received_at=received_at, by=by)
        _check_appellant(appeal, paper)
        if not paper.files:
            raise RefusedError("书面申辩要附申辩书扫描件，请扫描后上传。", status=422)
        appeal.channel, appeal.statement = Appeal.Channel.PAPER, paper.statement
        _leave_date_to_second(appeal, plan)
        appeal.refused_at = plan.now if appeal.refused_reason else None
        return _store(appeal, paper, plan=plan, action="register_paper_appeal", by=by)


def _leave_date_to_second(appeal: Appeal, plan: Plan) -> None:
    """One person's date refuses nobody: whether a first paper was late, the second one says."""
    counting = Appeal.objects.counting().filter(drawn_case=appeal.drawn_case)
    if plan.stage == Stage.PUBLISHED and not counting.exists():
        appeal.refused_reason = ""


def record_bad_files(
    plan: Plan, drawn_case: DrawnCase | None = None, *, sentence: str, by: User
) -> None:
    """Leave a line in the trail of attachments that were turned away with the form.

    Without the names of the files, which may hold anything.
    """
    target = drawn_case.case.label if drawn_case else "书面申辩"
    record_event(
        "turn_files_away", by=by, year=plan.year, target=target, outcome="refused",
        sentence=re.sub("“[^”]*”", "一个附件", sentence),
    )  # fmt: skip


def _lock(drawn_case: DrawnCase) -> tuple[Plan, DrawnCase]:
    """The plan, published, and the standing case under lock."""
    plan = lock_plan(drawn_case.draw.plan)
    if plan.published_at is None or Stage(plan.stage) not in STAGES:
        raise RefusedError(f"{plan.year}年度结果还没有公布，公布后才能提出异议。")
    cases = DrawnCase.objects.of(plan).select_for_update(of=("self",)).select_related("case")
    found = cases.filter(pk=drawn_case.pk).first()
    if found is None:
        raise RefusedError("这一件不在本年度评估案件中，不能提出异议。", status=404)
    return plan, found


def _checked(
    statement: str, grounds: Sequence[Ground], files: Sequence[tuple[str, bytes]]
) -> Paper:
    text = statement.strip()
    if len(text) < SHORTEST:
        raise RefusedError(f"申辩意见至少写 {SHORTEST} 个字，请写明理由后提交。", status=422)
    named = [(item.strip(), reason.strip()) for item, reason in grounds]
    if not named or any(not item or not reason for item, reason in named):
        raise RefusedError("请至少选一个有异议的项目，并逐项写明理由。", status=422)
    kept, problems = check_attachments(files)
    if problems:
        raise RefusedError("".join(problems), status=422)
    return Paper(text, named, kept)


def _moment_of(received_on: date, plan: Plan) -> datetime:
    """The moment a paper counts as received: the end of its day, or now if that is today."""
    assert plan.published_at is not None
    assert plan.now is not None
    if received_on > plan.today:
        raise RefusedError("收到日期晚于今天，请核对收文日期。", status=422)
    if received_on < workdays.day_of(plan.published_at):
        raise RefusedError("收到日期早于公布之日，请核对收文日期。", status=422)
    return min(plan.now, workdays.end_of_day(received_on) - timedelta(microseconds=1))


def refusal_of(plan: Plan, drawn_case: DrawnCase, *, received_at: datetime) -> str:
    """Why an appeal received then is 不予受理 (article 6.3), or nothing: once, and in time."""
    earlier = Appeal.objects.counting().filter(drawn_case=drawn_case).first()
    if earlier:
        day = workdays.format_day(workdays.day_of(earlier.received_at))
        return f"对同一案件提出异议申辩以一次为限，本案已于{day}收到异议申辩。"
    return lateness(plan, received_at)


def _check_appellant(appeal: Appeal, paper: Paper) -> None:
    """Refuse a person who does not handle the case, and the same paper a second time.

    What was 不予受理 may come again once nothing stands against it any more, such as a paper
    registered by mistake that a second person did not confirm.
    """
    drawn_case, appellant = appeal.drawn_case, appeal.appellant
    if not drawn_case.case.handlers.filter(person=appellant).exists():
        raise RefusedError(f"{appellant.name}不是这一件的承办人，请核对案号和姓名。", status=422)
    same = (
        Appeal.objects.filter(drawn_case=drawn_case, appellant=appellant, statement=paper.statement)
        .order_by("pk")
        .last()
    )
    if same and (appeal.refused_reason or not same.refused_at):
        state = "不予受理" if same.refused_at else "收到"
        raise RefusedError(f"这份申辩意见已经提交过（{state}），不用重复提交。")


def _new(
    plan: Plan, drawn_case: DrawnCase, *, appellant: Person, received_at: datetime, by: User
) -> Appeal:
    publication = plan.publications.earliest("version")
    appeal = Appeal(
        drawn_case=drawn_case,
        publication=publication,
        appellant=appellant,
        received_at=received_at,
        window_end=publication.appeal_until,
        registered_by=by,
        refused_reason=refusal_of(plan, drawn_case, received_at=received_at),
    )
    if not appeal.refused_reason:
        fix_answer_due(appeal, plan)
    return appeal


def _store(appeal: Appeal, paper: Paper, *, plan: Plan, action: str, by: User) -> Appeal:
    appeal.save()
    AppealGround.objects.bulk_create(
        AppealGround(appeal=appeal, item=item[:80], reason=reason[:1000])
        for item, reason in paper.grounds
    )
    AppealFile.objects.bulk_create(_file_row(appeal, file) for file in paper.files)
    record_event(
        action,
        by=by,
        year=plan.year,
        target=appeal.drawn_case.case.label,
        outcome="refused" if appeal.refused_at else "done",
        sentence=appeal.refused_reason,
        detail={"appeal": appeal.pk, "files": len(paper.files)},
    )
    return appeal


def _file_row(appeal: Appeal, file: Attachment) -> AppealFile:
    return AppealFile(
        appeal=appeal,
        name=file.name,
        content_type=file.content_type,
        sha256=hashlib.sha256(file.data).hexdigest(),
        data=file.data,
    )
