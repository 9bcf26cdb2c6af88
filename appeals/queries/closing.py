"""归档: what was done in the year, and what is still open."""

from dataclasses import dataclass
from datetime import datetime

from appeals.queries.work import closing_blockers
from evaluations.models import Draw, DrawKind, Plan, StageEntry


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
    blockers = closing_blockers(plan, now=plan.now)
    closed = plan.stage == Plan.Stage.CLOSED
    return ArchivePage(
        plan=plan,
        checks=checks,
        blockers=[] if closed else blockers,
        closed_at=entered.get(Plan.Stage.CLOSED),
    )
