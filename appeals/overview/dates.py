"""法定与方案期限: every date of the year in order, each with its reckoning."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from appeals.overview.facts import Facts
from appeals.overview.tasks import ANCHORS
from appeals.overview.track import short
from evaluations.queries.deadlines import terms_of
from evaluations.rules import terms
from wanzhou_eval.workdays import Deadline, end_of_day


@dataclass(frozen=True)
class Due:
    """A row of the list of deadlines; the component's parameters."""

    day: date
    what: str
    note: str
    state: str
    explained: Deadline | None = None

    @property
    def anchor(self) -> str:
        """Where the page reckons the date."""
        return ANCHORS.get(self.explained.event, "") if self.explained else ""


DateRow = tuple[date, str, str, Deadline | None, bool]
"""Day, what, note, how it was counted, and whether it is already kept (then it is never late)."""


def deadlines(facts: Facts) -> list[Due]:
    """法定与方案期限 in order; before the end those that hang on it are marked as expected."""
    rows = sorted(_dates(facts), key=lambda row: row[0])
    nearest = min((row[0] for row in rows if row[0] >= facts.today), default=None)
    states = {True: "next", False: ""}
    return [
        Due(day, what, note, states[day == nearest] if day >= facts.today or met else "past", how)
        for day, what, note, how, met in rows
    ]


def _dates(facts: Facts) -> Iterator[DateRow]:
    plan, kept, calendar = facts.plan, terms_of(facts.plan), facts.calendar
    yield plan.marking_to, "评分截止", "方案第三条", None, plan.ended_at is not None
    ended = end_of_day(plan.marking_to) - timedelta(seconds=1)
    expected = "" if plan.ended_at else f"按{short(plan.marking_to)}结束预计，"
    told = "评估还没有结束，按方案第三条的结束日预计"
    publish = facts.publication_due or terms.publication_due(
        ended, kept, calendar, evidence=told, provisional=True
    )
    note, met = f"{expected}{plan.publish_workdays} 个工作日内", plan.published_at is not None
    yield publish.due, "公布评估结果", note, publish, met
    report = facts.report_due or terms.report_due(
        ended, kept, calendar, evidence=told, provisional=True
    )
    issued = facts.reports_issued > 0
    yield report.due, "印发分析报告", f"{expected}{plan.report_days} 日内", report, issued
    if facts.appeal_due:
        note = f"公布之日起 {plan.appeal_workdays} 个工作日内"
        yield facts.appeal_due.due, "异议申辩截止", note, facts.appeal_due, True
    if facts.answer:
        note = f"收到申辩后 {plan.answer_workdays} 个工作日内"
        yield facts.answer.due, "复评结果反馈", note, facts.answer, not facts.appeals_open
