"""要办的事: each with an owner, a date and the one thing to press; late ones first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from django.urls import reverse

from appeals.overview.facts import Facts
from appeals.overview.track import short
from evaluations.queries.deadlines import terms_of
from evaluations.queries.progress import ExpertProgress
from evaluations.rules import terms
from evaluations.rules.stages import Stage
from wanzhou_eval.access import may_open
from wanzhou_eval.models import User
from wanzhou_eval.workdays import Deadline, Urgency, end_of_day, urgency

CALENDAR = "calendar"
"""The one page that is of no year."""


@dataclass(frozen=True)
class Task:
    """A row of the table; the component's parameters. `named`: it names a person."""

    kind: str
    label: str
    title: str
    note: str
    who: str
    when: str
    act: str
    page: str
    year: int
    explained: Deadline | None = None
    named: bool = False

    @property
    def anchor(self) -> str:
        """Where the page reckons the date: the kind of period, for links inside the page."""
        return ANCHORS.get(self.explained.event, "") if self.explained else ""

    @cached_property
    def act_url(self) -> str:
        """Where it is done; empty where the reader may not go."""
        if not self.page:
            return ""
        return reverse(self.page, args=[] if self.page == CALENDAR else [self.year])

    @property
    def url(self) -> str:
        """The same page from the title."""
        return self.act_url


ANCHORS = {
    terms.Term.PUBLISH.trigger: "publish",
    terms.Term.APPEAL.trigger: "appeal",
    terms.Term.ANSWER.trigger: "answer",
    terms.Term.REPORT.trigger: "report",
}
ORDER = {"late": 0, "today": 1, "near": 2, "todo": 3}


def tasks(facts: Facts, reader: User) -> list[Task]:
    """What is to be done now, late ones first."""
    rows = sorted(_all(facts), key=lambda task: ORDER[task.kind])
    return [row if may_open(reader, row.act_url) else replace(row, page="") for row in rows]


def _task(
    facts: Facts,
    title: str,
    act: str,
    page: str,
    *,
    who: str = "科室",
    note: str = "",
    due: date | Deadline | None = None,
) -> Task:
    kind, label, when = "todo", "待办", ""
    how = due if isinstance(due, Deadline) else None
    day = how.due if how else due
    if isinstance(day, date):
        state, when = urgency(facts.today, day, facts.calendar, provisional=True), short(day)
        kind, label = KINDS[state], "待办" if state is Urgency.AHEAD else state.label
    if how and how.provisional:  # the earliest possible date: near it may be, late it is not
        kind, label, when = "near" if kind == "late" else kind, "暂定", f"{when}（暂定）"
    return Task(kind, label, title, note, who, when, act, page, facts.plan.year, explained=how)


def _all(facts: Facts) -> Iterator[Task]:
    stage = Stage(facts.plan.stage)
    yield from _standing(facts, stage)
    if stage in {Stage.EMPANELLED, Stage.MATCHED}:
        title, note = "专项培训、承诺书和试评", "登记到场专家和讲定的口径；看谁还没有签承诺书"
        yield _task(facts, title, "去办理", "training", note=note, due=facts.plan.marking_from)
    if stage in NEXT_STEP:
        title, act, page, note = NEXT_STEP[stage]
        yield _task(facts, title, act, page, note=note, due=facts.plan.marking_from)
    if stage in IN_STAGE:
        yield from IN_STAGE[stage](facts)


def due_tasks(facts: Facts) -> list[Task]:
    """What is late, due today or near, whoever reads it, late ones first."""
    rows = sorted(_all(facts), key=lambda task: ORDER[task.kind])
    return [row for row in rows if row.kind != "todo"]


KINDS = {
    Urgency.LATE: "late",
    Urgency.TODAY: "today",
    Urgency.NEAR: "near",
    Urgency.AHEAD: "todo",
}

NEXT_STEP = {
    Stage.ISSUED: ("封存名单", "去封存", "draw_list", "封存后不能增删案件"),
    Stage.SEALED: ("抽选案件", "开操作台", "draw_list", "两人分别录入现场掷出的数字"),
    Stage.DRAWN: ("抽选专家并组成小组", "去抽选", "draw_list", ""),
    Stage.EMPANELLED: ("登记回避并匹配案件", "去匹配", "panel_list", "回避冻结后另掷种子"),
    Stage.MATCHED: ("开始评分", "去开评", "progress", "评分标准随即锁定"),
}
"""What follows a stage: title, act, page, note."""


def _standing(facts: Facts, stage: Stage) -> Iterator[Task]:
    """What may be missing over several stages."""
    plan = facts.plan
    for year in facts.missing_notices if stage is not Stage.CLOSED else []:
        title, note = f"登记{year}年节假日通知", "国务院办公厅一般在上年11月印发；没有它期限算不准"
        yield replace(
            _task(facts, title, "看日历", CALENDAR, who="系统管理员", note=note),
            kind="near",
            label="待登记",
        )
    yield from _recusals(facts)
    if facts.waiting_requests:
        title = f"{facts.waiting_requests} 项换件、换人等第二人确认"
        note, who = "登记的人不能自己确认", "科室、中心、局领导"
        yield _task(facts, title, "去确认", "replacement_list", who=who, note=note)
    if stage in {Stage.DRAFT, Stage.ISSUED} and not plan.decided_size:
        note = "规则件数与方案载明件数不同时要写理由"
        yield _task(facts, "决定抽样件数", "去决定", "size_desk", note=note)
    if not facts.reached(Stage.MARKING) and plan.standard_id is None:
        due = plan.marking_from
        yield _task(
            facts, "导入并选定评分标准", "去选定", "standard_list", note="开评后锁定", due=due
        )
    if stage in {Stage.MARKED, Stage.PUBLISHED} and plan.ended_at and not facts.reports_issued:
        title, who = "汇总评估情况，印发分析报告", "各组组长、科室"
        yield _task(facts, title, "看分析报告", "report", who=who, due=facts.report_due)


def _recusals(facts: Facts) -> Iterator[Task]:
    """Experts who hold a case from which a relation keeps them."""
    if facts.late_recusals:
        title = f"{facts.late_recusals} 项匹配以后的回避等确认"
        note = "确认后按抽签规则改由他人评"
        yield _task(facts, title, "去确认", "recusal_list", note=note, due=facts.plan.marking_to)
    if facts.review_recusals:
        title = f"{facts.review_recusals} 名复评专家应回避"
        note, due = "在该件申辩页由候补接替", facts.answer
        yield _task(facts, title, "去办理", "appeal_list", note=note, due=due)


def _draft(facts: Facts) -> Iterator[Task]:
    if not facts.cases:
        yield _task(facts, "导入办结案件台账", "导入 Excel", "import_upload", who="中心")
    elif facts.plan.frame.declared_total is None:
        yield _task(
            facts, "按登记簿录入申报件数", "去录入", "case_list", note="由导入人以外的人录入"
        )
    else:
        yield _task(facts, "印发方案", "去印发", "plan_detail")


def _marking(facts: Facts) -> Iterator[Task]:
    plan = facts.plan
    yield from (_behind(facts, row) for row in facts.progress if row.sealed < row.planned)
    left = facts.drawn - facts.graded
    if left:
        title, who = f"{left} 件还没有定级", "各组组长"
        yield _task(facts, title, "看合议", "settle_overview", who=who, due=plan.marking_to)
    else:
        note = "全部案件已定级"
        yield _task(facts, "结束评估", "去结束", "progress", note=note, due=plan.marking_to)


def _behind(facts: Facts, row: ExpertProgress) -> Task:
    """An expert who is behind the even pace."""
    last = facts.plan.marking_to
    note = f"{row.panel}，已交 {row.sealed}/{row.total}"
    if row.forecast and row.forecast > last:
        note += f"；照此速度{short(row.forecast)}才能交齐"
    title = f"{row.name}落后 {row.planned - row.sealed} 份"
    return replace(
        _task(facts, title, "看进度", "progress", note=note),
        kind="late",
        label="落后",
        when=short(last),
        named=True,
    )


def _marked(facts: Facts) -> Iterator[Task]:
    day = facts.publication_due
    if facts.approval is None or facts.approval.decision == "returned":
        yield _task(facts, "报局领导审定", "去送审", "approval", due=day)
    elif not facts.approved:
        yield _task(facts, "审定送审单", "看送审单", "approval", who="局领导", due=day)
    else:
        yield _task(facts, "公布评估结果", "去公布", "publish", due=day)


def _published(facts: Facts) -> Iterator[Task]:
    if facts.appeals_open:
        yield _task(
            facts,
            f"{facts.appeals_open} 件异议待反馈",
            "去办理",
            "appeal_list",
            due=facts.answer,
        )
    window_over = facts.appeal_until is not None and facts.now >= facts.appeal_until
    if facts.open_consequences:
        yield _task(
            facts,
            f"追回、调查、整改 {facts.open_consequences} 项未办结",
            "去办理",
            "consequences",
            who="科室、中心",
            due=facts.consequence_due,
        )
    if window_over and not facts.appeals_open:
        yield _task(facts, "归档", "看清单", "archive")


IN_STAGE: dict[Stage, Callable[[Facts], Iterator[Task]]] = {
    Stage.DRAFT: _draft,
    Stage.MARKING: _marking,
    Stage.MARKED: _marked,
    Stage.PUBLISHED: _published,
}
"""What is to be done inside a stage."""


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
