"""流程带: twelve steps, what is done, what runs, what it threatens."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse

from appeals.overview.facts import Facts
from evaluations.rules.stages import Stage
from wanzhou_eval.access import may_open
from wanzhou_eval.models import User
from wanzhou_eval.workdays import day_of


@dataclass(frozen=True)
class Step:
    """One step of the track; the component's parameters."""

    name: str
    state: str
    when: str
    note: str
    url: str
    alert: str = ""


def short(day: date | datetime | None) -> str:
    """8月26日, or nothing."""
    if day is None:
        return ""
    day = day_of(day) if isinstance(day, datetime) else day
    return f"{day.month}月{day.day}日"


def span(first: date, last: date) -> str:
    """8月22—26日."""
    end = f"{last.day}日" if first.month == last.month else short(last)
    return f"{first.month}月{first.day}—{end}"


@dataclass(frozen=True)
class Row:
    """A step before it is known which one runs."""

    name: str
    done: bool
    when: str
    note: str
    page: str
    alert: str = ""


def track(facts: Facts, reader: User) -> list[Step]:
    """The twelve steps; the first not done is the present one; links where the reader may go."""
    steps, running = [], False
    for row in (*_before_marking(facts), *_marking(facts), *_afterwards(facts)):
        state = "done" if row.done else "todo" if running else "now"
        running = running or not row.done
        url = reverse(row.page, args=[facts.plan.year])
        url = url if may_open(reader, url) else ""
        steps.append(Step(row.name, state, row.when, row.note, url, row.alert))
    return steps


def _reached(facts: Facts, stage: Stage, name: str, *, note: str = "", page: str) -> Row:
    """A step that is done when its stage is reached."""
    return Row(name, facts.reached(stage), short(facts.entered.get(stage)), note, page)


def _before_marking(facts: Facts) -> Iterator[Row]:
    yield _reached(facts, Stage.ISSUED, "制定方案", note=facts.plan.document, page="plan_detail")
    yield Row("导入案件", facts.cases > 0, "", _count(facts.cases, "件"), "case_list")
    drawn, experts = _count(facts.drawn, "件"), _count(facts.experts, "名")
    yield _reached(facts, Stage.DRAWN, "抽选案件", note=drawn, page="draw_list")
    yield _reached(facts, Stage.EMPANELLED, "抽选专家", note=experts, page="draw_list")
    yield _reached(facts, Stage.MATCHED, "匹配分组", page="panel_list")


def _marking(facts: Facts) -> Iterator[Row]:
    plan = facts.plan
    sealed = facts.reached(Stage.MARKING) and facts.sheets == facts.sealed
    sheets = f"{facts.sealed} / {facts.sheets} 份" if facts.sheets else ""
    yield Row("专家评分", sealed, span(plan.marking_from, plan.marking_to), sheets, "progress")
    graded = f"已定 {facts.graded} 件" if facts.graded else ""
    yield _reached(facts, Stage.MARKED, "合议定级", note=graded, page="settle_overview")
    yield Row("局领导审定", facts.approved, "", "", "approval")


def _afterwards(facts: Facts) -> Iterator[Row]:
    plan, until = facts.plan, facts.appeal_until
    due = facts.publication_due
    late = bool(due and not due.provisional and not plan.published_at and due.is_over(facts.now))
    when = _until(plan.published_at, due.due if due else None)
    published = facts.reached(Stage.PUBLISHED)
    yield Row("结果公布", published, when, "", "publish", "已逾期" if late else "")
    over = until is not None and facts.now >= until
    appeals, waiting = _count(facts.appeals, "件"), _count(facts.appeals_open, "件待反馈")
    yield Row("异议申辩", over, _until(None, _last_day(until)), appeals, "appeal_list")
    answered = over and not facts.appeals_open
    yield Row("复评反馈", answered, _until(None, facts.answer_due), waiting, "appeal_list")
    yield _reached(facts, Stage.CLOSED, "报告归档", page="archive")


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number else ""


def _until(done: datetime | None, due: date | None) -> str:
    return short(done) if done else f"{short(due)}前" if due else ""


def _last_day(until: datetime | None) -> date | None:
    """The last day of a half-open period."""
    return day_of(until - timedelta(seconds=1)) if until else None
