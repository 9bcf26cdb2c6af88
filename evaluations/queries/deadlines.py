"""The periods of a year with their whole reckoning: by the calendar that each was stored with.

A stored date is explained by the days as they were then; a date that no notice covers yet has
nothing stored and is shown as provisional, by the calendar of today.
"""

from datetime import datetime

from evaluations.models import Plan, Publication
from evaluations.rules import terms
from evaluations.rules.terms import Terms
from wanzhou_eval import workdays
from wanzhou_eval.calendars import CalendarMissingError
from wanzhou_eval.queries import calendar_of


def terms_of(plan: Plan) -> Terms:
    """The lengths of the periods as the plan sets them."""
    return Terms(
        publish_workdays=plan.publish_workdays,
        appeal_workdays=plan.appeal_workdays,
        answer_workdays=plan.answer_workdays,
        report_days=plan.report_days,
        report_roll=workdays.Roll(plan.report_roll),
    )


def ended_told(plan: Plan) -> str:
    """What shows when the evaluation ended."""
    assert plan.ended_at is not None
    return f"{moment_told(plan.ended_at)}登记评估结束，全部抽中案件已定等次；见审计日志"


def moment_told(moment: datetime) -> str:
    """8月26日（周五）18:00."""
    local = moment.astimezone(workdays.SHANGHAI)
    return f"{workdays.format_day(local.date())}{local:%H:%M}"


def publication_due(plan: Plan, calendar: workdays.Calendar) -> workdays.Deadline | None:
    """公布期限 after the end of the evaluation (article 6.3); None before it."""
    if plan.ended_at is None:
        return None
    used = calendar_of(plan.terms_calendar, present=calendar)
    told = ended_told(plan)
    return terms.publication_due(
        plan.ended_at, terms_of(plan), used, evidence=told, provisional=True
    )


def report_due(plan: Plan, calendar: workdays.Calendar) -> workdays.Deadline | None:
    """报告期限 after the end of the evaluation (article 7); None before it."""
    if plan.ended_at is None:
        return None
    used = calendar_of(plan.terms_calendar, present=calendar)
    told = ended_told(plan)
    return terms.report_due(plan.ended_at, terms_of(plan), used, evidence=told, provisional=True)


def fix_terms(plan: Plan, calendar: workdays.Calendar) -> list[str]:
    """Set the two dates that run from the end, once notices cover both; the fields that were set.

    The action that calls it saves them.
    """
    if plan.ended_at is None or plan.terms_calendar:
        return []
    try:
        publish = terms.publication_due(plan.ended_at, terms_of(plan), calendar)
        report = terms.report_due(plan.ended_at, terms_of(plan), calendar)
    except CalendarMissingError:
        return []
    plan.publish_due, plan.report_due = publish.due, report.due
    plan.terms_calendar = calendar.version
    return ["publish_due", "report_due", "terms_calendar"]


def first_publication(plan: Plan) -> Publication | None:
    """The version that started the appeal period; later ones move nothing."""
    return plan.publications.order_by("version").first() if plan.published_at else None


def appeal_window(
    plan: Plan, calendar: workdays.Calendar, *, published: Publication | None = None
) -> workdays.Deadline | None:
    """申辩期限 with the calendar that the publication stored; acts judge by the stored moment."""
    published = published or first_publication(plan)
    if published is None:
        return None
    used = calendar_of(published.calendar_version, present=calendar)
    told = (
        f"公布稿第{published.version}版，{moment_told(published.published_at)}公布于"
        f"{published.site}"
    )
    return terms.appeal_due(
        published.published_at, terms_of(plan), used, evidence=told, provisional=True
    )
