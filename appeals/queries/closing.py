"""归档: what was done in the year, and what is still open."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from appeals.models import YearArchive
from appeals.queries.answers import appeal_rows
from appeals.queries.consequences import ConsequenceRow, consequence_rows
from evaluations.models import Draw, DrawKind, Plan, StageEntry
from evaluations.queries.custody import outstanding_files
from evaluations.queries.publication import unpublished_change
from evaluations.queries.report_desk import report_blockers
from evaluations.queries.results import appeal_until
from evaluations.rules.standards import plain
from wanzhou_eval import workdays
from wanzhou_eval.queries import working_calendar


@dataclass(frozen=True)
class Check:
    """One line of the checklist: what must be there, and since when it is."""

    what: str
    done: bool
    at: datetime | None
    note: str = ""


@dataclass(frozen=True)
class ArchivePage:
    """归档 of a year: checklist and what blocks it."""

    plan: Plan
    checks: list[Check]
    blockers: list[str]
    closed_at: datetime | None
    archive: YearArchive | None


STEPS = (
    ("方案印发", Plan.Stage.ISSUED),
    ("案件名单封存", Plan.Stage.SEALED),
    ("案件抽选", Plan.Stage.DRAWN),
    ("专家抽选和组组", Plan.Stage.EMPANELLED),
    ("案件匹配", Plan.Stage.MATCHED),
    ("开始评分", Plan.Stage.MARKING),
    ("评估结束、等次齐全", Plan.Stage.MARKED),
    ("结果公布", Plan.Stage.PUBLISHED),
)


def archive_page(plan: Plan) -> ArchivePage:
    """The checklist from the dated facts of the year; the latest entry of a stage counts."""
    assert plan.now is not None
    entered = {
        entry.stage: entry.at for entry in StageEntry.objects.filter(plan=plan).order_by("pk")
    }
    checks = [Check(what, stage in entered, entered.get(stage)) for what, stage in STEPS]
    draws = Draw.objects.live().filter(plan=plan).exclude(kind=DrawKind.REVIEW)
    signed = sum(1 for draw in draws if draw.signed_at)
    checks.append(
        Check("抽选记录签名锁定", bool(draws) and signed == len(draws), None, f"{signed} 份")
    )
    report = plan.reports.filter(issued_at__isnull=False).first()
    checks.append(Check("评估报告印发", report is not None, report.issued_at if report else None))
    blockers = closing_blockers(plan, now=plan.now)
    closed = plan.stage == Plan.Stage.CLOSED
    return ArchivePage(
        plan=plan,
        checks=checks,
        blockers=[] if closed else blockers,
        closed_at=entered.get(Plan.Stage.CLOSED),
        archive=YearArchive.objects.filter(plan=plan).select_related("by").first(),
    )


def closing_blockers(plan: Plan, *, now: datetime) -> list[str]:
    """What keeps the year open, one clause each; empty when it can be closed."""
    blockers = [*_running_clock(plan, now=now), *_open_appeals(plan, now=now)]
    if unpublished_change(plan):
        blockers.append("公布内容有变更，还没有重新公布")
    for row in consequence_rows(plan, now=now):
        blockers += _case_blockers(row)
    return [*blockers, *report_blockers(plan), *outstanding_files(plan)]


def _running_clock(plan: Plan, *, now: datetime) -> Iterator[str]:
    until = appeal_until(plan)
    if until is None:
        yield "评估结果还没有公布"
    elif now < until:
        last = workdays.format_day(workdays.day_of(until - timedelta(microseconds=1)))
        yield f"申辩期限到{last}24:00，还没有届满"


def _open_appeals(plan: Plan, *, now: datetime) -> Iterator[str]:
    for row in appeal_rows(plan, now=now, calendar=working_calendar()):
        if row.running:
            due = f"尚未反馈，期限{row.due_told}"
            what = due if row.appeal.accepted_at else "待第二人确认"
            yield f"{row.appeal.drawn_case.case.label}号案件的异议申辩{what}"


def _case_blockers(row: ConsequenceRow) -> Iterator[str]:
    label = row.drawn_case.case.label
    if row.final and row.failing and not row.opened:
        yield f"{label}号案件不合格，追回和调查还没有启动"
    if row.final and row.due and row.rectification is None:
        yield f"{label}号案件按方案应当整改，整改还没有启动"
    if row.to_lift:
        yield f"{label}号案件复评后不再是不合格，追回和调查还没有撤销"
    elif row.to_refund:
        yield f"{label}号案件已撤销追回，还有{plain(row.kept)}元没有退还"
    elif row.recovery and not row.recovery.closed_at:
        yield f"{label}号案件的补贴{_owed(row)}"
    if row.inquiry and not row.inquiry.closed_at and not row.to_lift:
        yield f"{label}号案件的履职调查还没有办结"
    if row.rectification and not row.rectification.closed_at:
        yield f"{label}号案件的整改还没有办结"


def _owed(row: ConsequenceRow) -> str:
    return f"还有{plain(row.left)}元没有收回" if row.left else "应收回金额还没有核定"
