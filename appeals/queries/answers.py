"""The clock of an appeal: until when it could come, until when it is answered, and how counted."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from appeals.models import Appeal
from evaluations.models import Plan
from evaluations.queries.deadlines import appeal_window, moment_told, terms_of
from evaluations.rules import terms
from wanzhou_eval import workdays
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.queries import calendar_of, working_calendar


@dataclass(frozen=True)
class AppealRow:
    """One appeal in the queue with its clock."""

    appeal: Appeal
    due: workdays.Deadline
    left: int
    urgency: workdays.Urgency
    answer_late: bool

    @property
    def running(self) -> bool:
        """Whether the answer is still to be given."""
        appeal = self.appeal
        return not (appeal.refused_at or appeal.withdrawn_at or appeal.answered_at)

    @property
    def due_told(self) -> str:
        """The date; as the earliest one while a notice lacks."""
        day = workdays.format_day(self.due.due)
        return f"暂定（最早）{day}" if self.due.provisional else day


def appeal_rows(plan: Plan, *, now: datetime, calendar: workdays.Calendar) -> list[AppealRow]:
    """All appeals of a year, the nearest answer first."""
    appeals = Appeal.objects.of(plan).select_related("drawn_case__case__firm", "appellant")
    return [appeal_row(appeal, plan=plan, now=now, calendar=calendar) for appeal in appeals]


def appeal_row(
    appeal: Appeal, *, plan: Plan, now: datetime, calendar: workdays.Calendar
) -> AppealRow:
    """The appeal with how many 工作日 are left for the answer and whether it came late.

    A provisional date is the earliest possible one: nobody is late by it.
    """
    today, due = workdays.day_of(now), answer_deadline(appeal, plan=plan, calendar=calendar)
    state = workdays.urgency(today, due.due, calendar, provisional=True)
    if due.provisional and state is workdays.Urgency.LATE:
        state = workdays.Urgency.TODAY
    late = appeal.answered_at and due.is_over(appeal.answered_at) and not due.provisional
    return AppealRow(
        appeal=appeal,
        due=due,
        left=workdays.workdays_left(today, due.due, calendar, provisional=True),
        urgency=state,
        answer_late=bool(late),
    )


@dataclass(frozen=True)
class NoticeFacts:
    """受理通知 or 不予受理通知: what it says, with the reckoning of both periods."""

    appeal: Appeal
    plan: Plan
    window: workdays.Deadline
    due: workdays.Deadline
    issued_at: datetime

    @property
    def admitted(self) -> bool:
        """Whether the appeal was admitted."""
        return self.appeal.accepted_at is not None


def notice_facts(appeal: Appeal, plan: Plan) -> NoticeFacts:
    """The notice of an appeal. Raises `RefusedError` (404) while a paper is not yet confirmed."""
    issued_at = appeal.accepted_at or appeal.refused_at
    if issued_at is None:
        raise RefusedError("书面申辩还没有确认，确认后才有通知。", status=404)
    calendar = working_calendar()
    window = window_of(appeal, plan=plan, calendar=calendar)
    due = answer_deadline(appeal, plan=plan, calendar=calendar)
    return NoticeFacts(appeal, plan, window, due, issued_at)


def answer_deadline(
    appeal: Appeal, *, plan: Plan, calendar: workdays.Calendar
) -> workdays.Deadline:
    """反馈期限 by the calendar stored with it, with what shows when the appeal came in."""
    used = calendar_of(appeal.calendar_version, present=calendar)
    return terms.answer_due(
        appeal.received_at, terms_of(plan), used, evidence=received_told(appeal), provisional=True
    )


def lateness(plan: Plan, received_at: datetime) -> str:
    """Why an appeal received then is too late, with the computed date; nothing when in time."""
    until = plan.publications.earliest("version").appeal_until
    if received_at < until:
        return ""
    last = workdays.format_day(workdays.day_of(until - timedelta(microseconds=1)))
    assert plan.published_at is not None
    published = workdays.format_day(workdays.day_of(plan.published_at))
    return (
        f"结果于{published}公布，申辩期限为{plan.appeal_workdays}个工作日，"
        f"到{last}24:00止，收到时已过期限。"
    )


def received_told(appeal: Appeal) -> str:
    """What shows when it came in."""
    if appeal.channel == Appeal.Channel.ONLINE:
        return f"网上提交，系统收到时间{moment_told(appeal.received_at)}"
    day = workdays.format_day(workdays.day_of(appeal.received_at))
    checked = "登记后经另一人核对" if appeal.confirmed_by_id else "登记后待另一人核对"
    return f"书面递交，收文章日期{day}，{checked}，扫描件存档"


def window_of(appeal: Appeal, *, plan: Plan, calendar: workdays.Calendar) -> workdays.Deadline:
    """申辩期限 of the publication that the appeal stands on."""
    window = appeal_window(plan, calendar, published=appeal.publication)
    assert window is not None
    return window
