"""归档 as an act: not while the period runs or a thing is open, and nothing after it."""

from datetime import date, datetime, timedelta

import pytest

from appeals.actions import close_year, file_appeal, open_consequences, register_paper_appeal
from evaluations.actions.results import republish_results
from evaluations.models import Plan
from tests.appeals.builders import (
    AFTER,
    GROUNDS,
    IN_WINDOW,
    SCAN,
    SHANGHAI,
    SITE,
    STATEMENT,
    WINDOW_END,
    issue_report,
    make_year,
    publish,
)
from wanzhou_eval.errors import RefusedError

pytestmark = pytest.mark.django_db


def test_the_year_does_not_close_while_the_period_runs() -> None:
    year = publish(make_year(grades=("优良", "合格")))
    issue_report(year)
    year.set_clock(WINDOW_END - timedelta(seconds=30))
    with pytest.raises(RefusedError, match=r"申辩期限到9月9日（周五）24:00，还没有届满"):
        close_year(year.plan, by=year.users["bureau"])
    year.set_clock(WINDOW_END)
    assert close_year(year.plan, by=year.users["bureau"]).stage == Plan.Stage.CLOSED


def test_closing_names_every_open_thing() -> None:
    year = publish(make_year(grades=("优良", "合格", "不合格", "不合格")))
    year.set_clock(IN_WINDOW)
    file_appeal(year.cases[0], statement=STATEMENT, grounds=GROUNDS, by=year.handlers[0])
    register_paper_appeal(
        year.cases[1], appellant=year.person(1), statement=STATEMENT, grounds=GROUNDS,
        received_on=date(2022, 9, 6), files=SCAN, by=year.users["clerk"],
    )  # fmt: skip
    year.set_clock(datetime(2022, 9, 13, 9, 0, tzinfo=SHANGHAI))
    with pytest.raises(RefusedError) as refused:
        close_year(year.plan, by=year.users["bureau"])
    assert refused.value.sentence == (
        "还不能归档：0001号案件的异议申辩尚未反馈，期限9月21日（周三）；"
        "0002号案件的异议申辩待第二人确认；"
        "0003号案件不合格，追回和调查还没有启动；0004号案件不合格，追回和调查还没有启动；"
        "评估分析报告还没有印发，期限9月13日（周二）。"
    )
    open_consequences(year.plan, by=year.users["bureau"])
    with pytest.raises(RefusedError, match=r"0003号案件的补贴还有1800元没有收回"):
        close_year(year.plan, by=year.users["bureau"])
    assert year.reload().stage == Plan.Stage.PUBLISHED


def test_a_closed_year_takes_no_further_act() -> None:
    year = publish(make_year(grades=("优良", "合格")))
    year.set_clock(AFTER)
    issue_report(year)
    close_year(year.plan, by=year.users["bureau"])
    for act in (open_consequences, close_year):
        with pytest.raises(RefusedError, match="已归档"):
            act(year.plan, by=year.users["bureau"])
    with pytest.raises(RefusedError, match="已归档"):
        republish_results(year.plan, reason="改", **SITE, by=year.users["bureau"])
    late = file_appeal(year.cases[0], statement=STATEMENT, grounds=GROUNDS, by=year.handlers[0])
    assert late.state == "不予受理"
