"""流程带: twelve steps, what is done, what runs, what it threatens."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse

from appeals.overview.facts import Facts
from evaluations.queries.results import publication_due
from evaluations.rules.stages import Stage
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


def track(facts: Facts) -> list[Step]:
    """The twelve steps; the first that is not done is the present one."""
    plan, year = facts.plan, facts.plan.year
    at = facts.entered.get
    due = publication_due(plan, facts.calendar)
    window_over = facts.appeal_until is not None and facts.now >= facts.appeal_until
    late = bool(due and not plan.published_at and due.is_over(facts.now))
    pages = {
        name: reverse(name, args=[year])
        for name in (
            "plan_detail",
            "case_list",
            "draw_list",
            "panel_list",
            "progress",
            "settle_overview",
            "approval",
            "publish",
            "appeal_list",
            "archive",
        )
    }
    sheets = f"{facts.sealed} / {facts.sheets} 份" if facts.sheets else ""
    graded = f"已定 {facts.graded} 件" if facts.graded else ""
    matched = facts.reached(Stage.MARKING)
    rows = [
        (
            "制定方案",
            facts.reached(Stage.ISSUED),
            short(at("issued")),
            plan.document,
            "plan_detail",
        ),
        ("导入案件", facts.cases > 0, "", f"{facts.cases} 件" if facts.cases else "", "case_list"),
        (
            "抽选案件",
            facts.reached(Stage.DRAWN),
            short(at("drawn")),
            _count(facts.drawn, "件"),
            "draw_list",
        ),
        (
            "抽选专家",
            facts.reached(Stage.EMPANELLED),
            short(at("empanelled")),
            _count(facts.experts, "名"),
            "draw_list",
        ),
        ("匹配分组", facts.reached(Stage.MATCHED), short(at("matched")), "", "panel_list"),
        (
            "专家评分",
            matched and facts.sheets == facts.sealed,
            span(plan.marking_from, plan.marking_to),
            sheets,
            "progress",
        ),
        ("合议定级", facts.reached(Stage.MARKED), short(at("marked")), graded, "settle_overview"),
        ("局领导审定", facts.approved, "", "", "approval"),
        (
            "结果公布",
            facts.reached(Stage.PUBLISHED),
            _until(plan.published_at, due.due if due else None),
            "",
            "publish",
        ),
        (
            "异议申辩",
            window_over,
            _until(None, _last_day(facts.appeal_until)),
            _count(facts.appeals, "件"),
            "appeal_list",
        ),
        (
            "复评反馈",
            window_over and not facts.appeals_open,
            _until(None, facts.answer_due),
            _count(facts.appeals_open, "件待反馈"),
            "appeal_list",
        ),
        ("报告归档", facts.reached(Stage.CLOSED), short(at("closed")), "", "archive"),
    ]
    steps, running = [], False
    for name, done, when, note, page in rows:
        state = "done" if done else "todo" if running else "now"
        running = running or not done
        alert = "已逾期" if late and name == "结果公布" else ""
        steps.append(Step(name, state, when, note, pages[page], alert))
    return steps


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number else ""


def _until(done: datetime | None, due: date | None) -> str:
    return short(done) if done else f"{short(due)}前" if due else ""


def _last_day(until: datetime | None) -> date | None:
    """The last day of a half-open period."""
    return day_of(until - timedelta(seconds=1)) if until else None
