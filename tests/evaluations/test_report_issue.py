"""小组汇总, 起草 and 印发: who may, what is missing, and figures that stand once issued."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from appeals.actions import decide_appeal, file_appeal
from evaluations.actions.report import issue_report, report_panel, write_report
from evaluations.models import (
    CaseResult,
    Draw,
    ItemTally,
    Panel,
    PanelMember,
    PanelReport,
    Report,
)
from evaluations.queries.plan import plan_of
from evaluations.queries.report import report_page
from evaluations.queries.report_desk import facts_hash, report_blockers
from evaluations.queries.tallies import report_counts
from evaluations.rules.report_counts import Counts
from tests.appeals import builders
from tests.appeals.builders import (
    GROUNDS,
    IN_WINDOW,
    ON_TIME,
    REPORT,
    STATEMENT,
    Year,
    find_in_review,
    make_year,
    publish,
    signed_in,
)
from wanzhou_eval.errors import RefusedError

pytestmark = pytest.mark.django_db
WORDS = {"overview": "尺度一致", "problems": "缺会见笔录", "advice": "加强审查"}
ISSUED = {"number": "万州司评〔2022〕1号", "issued_on": date(2022, 9, 2)}


def with_panel() -> tuple[Year, Panel]:
    """The small year with its two experts on a panel."""
    year = make_year()
    draw = Draw.objects.get()
    with transaction.atomic():
        panel = Panel.objects.create(
            plan=year.plan, draw=draw, code="G1", category="civil", ordinal=1
        )
        for expert in year.experts[:2]:
            leads = expert == year.experts[0]
            PanelMember.objects.create(panel=panel, draw=draw, expert=expert, leads=leads)
    year.set_clock(ON_TIME)
    return year, panel


def user_of(year: Year, n: int) -> Any:
    return year.experts[n].person.user


def test_only_the_leader_hands_in_and_all_three_parts() -> None:
    year, panel = with_panel()
    for wrong in (user_of(year, 1), user_of(year, 2), year.users["bureau"]):
        with pytest.raises(RefusedError) as refused:
            report_panel(panel, **WORDS, by=wrong)
        assert refused.value.status == 403
    with pytest.raises(RefusedError, match="三项都要填写"):
        report_panel(panel, **(WORDS | {"advice": " "}), by=user_of(year, 0))
    assert not PanelReport.objects.exists()
    report_panel(panel, **WORDS, by=user_of(year, 0))
    again = report_panel(panel, **(WORDS | {"advice": "再补"}), by=user_of(year, 0))
    assert again.version == 2
    assert PanelReport.objects.count() == 2


def test_the_report_waits_for_every_panel_and_for_its_words() -> None:
    year, panel = with_panel()
    bureau = year.users["bureau"]
    with pytest.raises(RefusedError, match="民事行政案件组第一组还没有提交汇总报告"):
        issue_report(year.plan, **ISSUED, by=bureau)  # type: ignore[arg-type]
    report_panel(panel, **WORDS, by=user_of(year, 0))
    with pytest.raises(RefusedError, match="请先写好总体评价"):
        issue_report(year.plan, **ISSUED, by=bureau)  # type: ignore[arg-type]
    write_report(year.plan, **(REPORT | {"measures": ""}), by=bureau)
    with pytest.raises(RefusedError, match="请先写好总体评价"):
        issue_report(year.plan, **ISSUED, by=bureau)  # type: ignore[arg-type]
    write_report(year.plan, **REPORT, by=bureau)
    with pytest.raises(RefusedError, match="日期不能晚于今天"):
        issue_report(year.plan, number="1号", issued_on=date(2022, 9, 3), by=bureau)
    assert report_blockers(plan_of(2022)) == ["评估分析报告还没有印发，期限9月13日（周二）"]
    made = issue_report(year.plan, **ISSUED, by=bureau)  # type: ignore[arg-type]
    assert (made.version, made.number) == (1, "万州司评〔2022〕1号")
    assert report_blockers(plan_of(2022)) == []
    with pytest.raises(RefusedError, match="已经印发，小组汇总报告不能再改"):
        report_panel(panel, **WORDS, by=user_of(year, 0))


@pytest.mark.parametrize("role", ["clerk", "leader", "auditor"])
def test_only_the_bureau_writes_and_issues(role: str) -> None:
    year = make_year()
    user = year.users[role]
    with pytest.raises(RefusedError) as refused:
        write_report(year.plan, **REPORT, by=user)
    assert refused.value.status == 403
    with pytest.raises(RefusedError) as refused:
        issue_report(year.plan, **ISSUED, by=user)  # type: ignore[arg-type]
    assert refused.value.status == 403
    assert not Report.objects.exists()


def test_an_issued_report_stands_and_a_changed_grade_gets_a_supplement() -> None:
    year = publish(make_year())
    bureau = year.users["bureau"]
    first = builders.issue_report(year)
    with pytest.raises(DatabaseError, match="已经印发"), transaction.atomic():
        Report.objects.update(overview="x")
    with pytest.raises(RefusedError, match="不用另出补充报告"):
        write_report(year.plan, **REPORT, by=bureau)
    assert report_page(plan_of(2022)).changed is False
    year.set_clock(IN_WINDOW)
    by = year.handlers[0]
    appeal = file_appeal(year.cases[2], statement=STATEMENT, grounds=GROUNDS, by=by)
    find_in_review(appeal, year.experts[2:4], grade="合格")
    decide_appeal(
        appeal, result="changed", grade="合格", reason="成立",
        views={appeal.grounds.get().pk: "成立"}, by=bureau,
    )  # fmt: skip
    page = report_page(plan_of(2022))
    assert page.changed is True
    assert page.analysis is not None
    assert page.analysis.distribution[0] == ("全部", {"优良": 2, "合格": 2, "不合格": 0})
    frozen = report_page(plan_of(2022), version="1").analysis
    assert frozen is not None
    assert frozen.distribution[0] == ("全部", {"优良": 2, "合格": 1, "不合格": 1})
    second = builders.issue_report(year, number="2号")
    assert (second.version, second.sha256 != first.sha256) == (2, True)
    with pytest.raises(RefusedError, match="没有这一版"):
        report_page(plan_of(2022), version="3")


def test_frozen_figures_come_back_as_they_were() -> None:
    year = make_year()
    counts = report_counts(plan_of(2022))
    report = builders.issue_report(year)
    report.refresh_from_db()
    assert Counts.from_json(report.facts) == counts
    assert facts_hash(report.facts) == report.sha256


def test_the_application_cannot_write_what_the_database_counts() -> None:
    make_year()
    assert CaseResult.objects.count() == 4
    for table in (CaseResult._meta.db_table, ItemTally._meta.db_table):
        with connection.cursor() as cursor:
            cursor.execute("SELECT has_table_privilege('wanzhou_app', %s, 'UPDATE')", [table])
            assert cursor.fetchone() == (False,)


def test_items_are_counted_once_over_both_sheets() -> None:
    make_year(grades=("优良", "不合格"))
    tally = ItemTally.objects.get()
    assert (tally.scored, tally.lost) == (4, Decimal(2 * 10 + 2 * 50))


def test_late_is_told() -> None:
    year = publish(make_year())
    year.set_clock(builders.AFTER)
    assert report_page(plan_of(2022)).late is False  # the fifteenth day, rolled, is 9月13日
    builders.issue_report(year)
    assert report_page(plan_of(2022)).late is False


def test_the_pages() -> None:
    year, _ = with_panel()
    leader, member = signed_in(user_of(year, 0)), signed_in(user_of(year, 1))
    assert "提交汇总报告" in leader.get("/my/report/2022/").content.decode()
    assert "提交汇总报告" not in member.get("/my/report/2022/").content.decode()
    assert leader.get("/my/report/")["Location"] == "/my/report/2022/"
    assert signed_in(user_of(year, 2)).get("/my/report/").status_code == 404
    assert "不在评估小组" in signed_in(user_of(year, 2)).get("/my/report/2022/").content.decode()
    assert leader.post("/my/report/2022/", {}).status_code == 422
    assert leader.post("/my/report/2022/", WORDS).status_code == 302
    bureau = signed_in(year.users["bureau"])
    assert bureau.post("/y/2022/reports/write/", REPORT).status_code == 302
    assert bureau.post("/y/2022/reports/issue/", {}).status_code == 422
    day = {"number": "1号", "issued_on": "2022-09-02"}
    assert bureau.post("/y/2022/reports/issue/", day).status_code == 302
    page = bureau.get("/y/2022/reports/").content.decode()
    assert "缺会见笔录" in page
    assert "保存草稿" not in page
    assert "这是印发时的数据" in bureau.get("/y/2022/reports/?version=1").content.decode()
    assert bureau.get("/y/2022/reports/?version=9").status_code == 404


def test_nothing_shows_before_the_end() -> None:
    plan = make_year().plan
    plan.ended_at = None
    assert report_page(plan).analysis is None
