"""The lock that every act on an appeal takes, and the date that it sets as soon as it can."""

from appeals.models import Appeal
from evaluations.actions.plan import lock_plan
from evaluations.models import Plan
from evaluations.queries.deadlines import terms_of
from evaluations.rules import terms
from evaluations.rules.stages import Stage
from wanzhou_eval.calendars import CalendarMissingError
from wanzhou_eval.queries import kept_calendar


def lock_appeal(appeal: Appeal, *stages: Stage) -> tuple[Plan, Appeal]:
    """The plan in one of the stages and the appeal's row, both locked.

    A date that no notice covered when the appeal came in is set as soon as one does.
    """
    plan = lock_plan(appeal.drawn_case.draw.plan, in_stages=stages or (Stage.PUBLISHED,))
    rows = Appeal.objects.select_for_update(of=("self",)).select_related("drawn_case__case")
    locked = rows.get(pk=appeal.pk)
    if not locked.refused_at and fix_answer_due(locked, plan):
        locked.save(update_fields=["answer_due", "calendar_version"])
    return plan, locked


def fix_answer_due(appeal: Appeal, plan: Plan) -> bool:
    """Set the date of the answer and its calendar, once notices cover it; whether it was set now.

    The right to appeal does not wait for a notice on holidays: until then the date is open.
    """
    if appeal.answer_due or appeal.received_at >= appeal.window_end:
        return False
    try:
        due = terms.answer_due(appeal.received_at, terms_of(plan), kept_calendar())
    except CalendarMissingError:
        return False
    appeal.answer_due, appeal.calendar_version = due.due, due.calendar_version
    return True
