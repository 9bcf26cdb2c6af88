"""Every stored date is what its start, its rule and its edition of the calendar give."""

from collections.abc import Iterator

from appeals.models import Appeal
from appeals.queries.answers import answer_deadline
from appeals.records.checks import Check, by_sql
from evaluations.models import Plan
from evaluations.queries.deadlines import appeal_window, publication_due, report_due
from wanzhou_eval.queries import working_calendar
from wanzhou_eval.workdays import Calendar


def stored_dates(plans: list[Plan]) -> tuple[int, list[str]]:
    """Reckon every stored date again."""
    present = working_calendar()
    rows = [row for plan in plans for row in _rows(plan, present)]
    return len(rows), [name for name, holds in rows if not holds]


def _rows(plan: Plan, present: Calendar) -> Iterator[tuple[str, bool]]:
    if plan.terms_calendar:
        publish, report = publication_due(plan, present), report_due(plan, present)
        assert publish is not None
        assert report is not None
        yield f"{plan} 公布", publish.due == plan.publish_due
        yield f"{plan} 报告", report.due == plan.report_due
    for published in plan.publications.all():
        first = plan.publications.order_by("version")[0]
        window = appeal_window(plan, present, published=first)
        assert window is not None
        yield f"{published} 申辩", window.ends == published.appeal_until
    for appeal in Appeal.objects.of(plan).filter(answer_due__isnull=False):
        due = answer_deadline(appeal, plan=plan, calendar=present)
        yield f"{appeal} 反馈", due.due == appeal.answer_due


CHECKS = (
    Check("I-19", "每个期限按起算日、规则和当时的工作日历重算一致", stored_dates),
    Check(
        "I-19b",
        "工作日历的每一版与其指纹一致，最后一版就是现行的",
        by_sql("""
            SELECT version,
                   version = left(encode(sha256(convert_to(text, 'UTF8')), 'hex'), 12)
                   AND (id < (SELECT max(id) FROM wanzhou_eval_calendaredition)
                        OR text = calendar_text())
              FROM wanzhou_eval_calendaredition
        """),
    ),
)
