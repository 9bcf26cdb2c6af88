"""期限: the periods of the plan, each with its article; all count from the day after the event.

Article 4 (sampling window), 6.3 (公布, 申辩, 复评) and 7 (报告). Lengths are settings of the plan.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from wanzhou_eval.workdays import Calendar, Deadline, Roll, add_days, add_workdays, day_of


class Term(StrEnum):
    """A period of the plan."""

    PUBLISH = "publish"
    APPEAL = "appeal"
    ANSWER = "answer"
    REPORT = "report"

    @property
    def label(self) -> str:
        """What is due, as people read it."""
        return LABELS[self]

    @property
    def article(self) -> str:
        """Where the plan says so."""
        return ARTICLES[self]

    @property
    def trigger(self) -> str:
        """The event that the period counts from."""
        return TRIGGERS[self]


LABELS = {
    Term.PUBLISH: "公布评估结果",
    Term.APPEAL: "提出异议申辩",
    Term.ANSWER: "反馈复评结果",
    Term.REPORT: "汇总报告评估情况",
}
ARTICLES = {
    Term.PUBLISH: "方案第六条第3项",
    Term.APPEAL: "方案第六条第3项",
    Term.ANSWER: "方案第六条第3项",
    Term.REPORT: "方案第七条",
}
TRIGGERS = {
    Term.PUBLISH: "年度评估工作结束",
    Term.APPEAL: "评估结果公布",
    Term.ANSWER: "接到申辩意见",
    Term.REPORT: "评估工作结束",
}


@dataclass(frozen=True, kw_only=True)
class Terms:
    """The lengths that a plan sets; the defaults are those of 2022."""

    publish_workdays: int = 5
    appeal_workdays: int = 5
    answer_workdays: int = 10
    report_days: int = 15
    report_roll: Roll = Roll.FORWARD


@dataclass(frozen=True, kw_only=True)
class Window:
    """Days of 办结, both inclusive."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def sampling_window(starting: date, *, months: int = 12) -> Window:
    """启动评估工作之月起上溯12个月: the whole months before the starting month (article 4).

    Started in August 2022: 2021-08-01 to 2022-07-31. A leap February ends on the 29th.
    """
    first_of_start = starting.replace(day=1)
    index = first_of_start.year * 12 + first_of_start.month - 1 - months
    first = date(index // 12, index % 12 + 1, 1)
    return Window(first=first, last=first_of_start - timedelta(days=1))


def publication_due(
    ended: datetime,
    terms: Terms,
    calendar: Calendar,
    *,
    evidence: str = "",
    provisional: bool = False,
) -> Deadline:
    """公布 by the fifth 工作日 after the evaluation ended (article 6.3)."""
    due = add_workdays(day_of(ended), terms.publish_workdays, calendar, provisional=provisional)
    return _told(due, Term.PUBLISH, evidence)


def appeal_due(
    published: datetime,
    terms: Terms,
    calendar: Calendar,
    *,
    evidence: str = "",
    provisional: bool = False,
) -> Deadline:
    """申辩 until 24:00 of the fifth 工作日 after publication (article 6.3).

    The day of publication itself is not counted, but an appeal on it is in time.
    """
    due = add_workdays(day_of(published), terms.appeal_workdays, calendar, provisional=provisional)
    return _told(due, Term.APPEAL, evidence)


def answer_due(
    received: datetime,
    terms: Terms,
    calendar: Calendar,
    *,
    evidence: str = "",
    provisional: bool = False,
) -> Deadline:
    """复评 answered by the tenth 工作日 after the appeal was received (article 6.3)."""
    due = add_workdays(day_of(received), terms.answer_workdays, calendar, provisional=provisional)
    return _told(due, Term.ANSWER, evidence)


def report_due(
    ended: datetime,
    terms: Terms,
    calendar: Calendar,
    *,
    evidence: str = "",
    provisional: bool = False,
) -> Deadline:
    """Summary report within 15 days, calendar days, after the evaluation ended (article 7)."""
    due = add_days(
        day_of(ended),
        terms.report_days,
        calendar,
        roll=terms.report_roll,
        provisional=provisional,
    )
    return _told(due, Term.REPORT, evidence)


def _told(due: Deadline, term: Term, evidence: str) -> Deadline:
    """The date with the event it counts from, what shows when that was, and the article."""
    return replace(due, event=term.trigger, evidence=evidence, basis=term.article)


def in_appeal_window(moment: datetime, *, published: datetime, due: Deadline) -> bool:
    """Whether an aware moment lies in [publication, end of the last day)."""
    return published <= moment and not due.is_over(moment)
