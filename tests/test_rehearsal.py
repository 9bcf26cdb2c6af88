"""演练: every stage is reached on the dates of the plan, holds every invariant, shows its pages."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from appeals.management.commands.verify_records import CHECKS
from appeals.models import Appeal, Inquiry, Recovery
from appeals.overview.dates import deadlines
from appeals.overview.facts import year_facts
from evaluations.actions.plan import set_rehearsal_clock
from evaluations.models import DrawnCase, Grading, Plan, ScoreSheet
from evaluations.queries.allowances import allowance_sheet
from evaluations.queries.plan import plan_of
from evaluations.rules.stages import Stage
from tests.year import year_until
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User
from wanzhou_eval.readers import verifying

SHANGHAI = ZoneInfo("Asia/Shanghai")
ENTERED = {
    "draft": date(2022, 8, 10),
    "issued": date(2022, 8, 14),
    "sealed": date(2022, 8, 16),
    "drawn": date(2022, 8, 17),
    "empanelled": date(2022, 8, 18),
    "matched": date(2022, 8, 19),
    "marking": date(2022, 8, 22),
    "marked": date(2022, 8, 26),
    "published": date(2022, 9, 2),
    "closed": date(2022, 10, 12),
}


@pytest.fixture(scope="module")
def plan(django_db_setup: None, django_db_blocker: Any) -> Iterator[Plan]:
    with year_until(Stage.CLOSED, django_db_blocker) as plan:
        yield plan


def test_every_stage_is_entered_on_its_day(db: None, plan: Plan) -> None:
    entries = plan.entries.order_by("at").values_list("stage", "at")
    assert {stage: at.astimezone(SHANGHAI).date() for stage, at in entries} == ENTERED


def test_the_year_is_plausible(db: None, plan: Plan) -> None:
    assert DrawnCase.objects.of(plan).count() == 76
    grades = Counter(Grading.objects.filter(version=1).values_list("grade", flat=True))
    assert sum(grades.values()) == 76, grades
    assert grades["优良"] > grades["合格"] > grades["不合格"] > 0, grades
    outcomes = set(Grading.objects.values_list("outcome", flat=True))
    assert outcomes >= {"at_once", "agreed", "ruling"}
    appeal = Appeal.objects.get()
    assert appeal.answered_at is not None
    failing = Recovery.objects.count()
    assert failing == Inquiry.objects.exclude(closed_at=None).count() > 0
    assert Recovery.objects.filter(closed_at=None).count() == 0


def test_the_allowance_is_fifty_a_sealed_sheet_of_experts_from_society(
    db: None, plan: Plan
) -> None:
    paid = ScoreSheet.objects.filter(expert__society=True).filter(sealed=True).count()
    assert allowance_sheet(plan).total == 50 * paid > 0


def test_a_closed_year_holds_every_invariant(db: None, plan: Plan) -> None:
    with verifying():
        assert [check.code for check in CHECKS if not check.run([plan]).ok] == []


def test_the_clock_of_a_closed_year_stands(db: None, plan: Plan) -> None:
    bureau = User.objects.get(username="bureau")
    with pytest.raises(RefusedError, match="2022年度已归档，演练时钟不再拨动"):
        set_rehearsal_clock(plan, moment=datetime(2022, 9, 1, 9, tzinfo=SHANGHAI), by=bureau)


@pytest.mark.parametrize("name", ["bureau", "clerk", "leader", "auditor"])
def test_every_page_carries_the_watermark(db: None, plan: Plan, name: str) -> None:
    client = Client()
    client.force_login(User.objects.get(username=name))
    for path in ("/", "/y/2022/", "/y/2022/cases/", "/y/2022/draws/", "/y/2022/panels/"):
        page = client.get(path, follow=True)
        assert page.status_code == 200, path
        assert "演练：本页全部是演练数据，不作为评估依据" in page.content.decode(), path


def test_no_link_of_the_overview_leads_a_reader_to_a_refusal(db: None, plan: Plan) -> None:
    for name in ("bureau", "clerk", "leader", "auditor"):
        client = Client()
        client.force_login(User.objects.get(username=name))
        page = client.get("/y/2022/").content.decode()
        links = set(re.findall(r'href="(/y/2022/[^"#]*)"', page))
        refused = {link for link in links if client.get(link).status_code != 200}
        assert (name, refused, len(links) > 5) == (name, set(), True)


def test_a_deadline_that_was_kept_is_not_shown_as_missed(db: None, plan: Plan) -> None:
    states = {row.what: row.state for row in deadlines(year_facts(plan_of(plan.year)))}
    assert (states["评分截止"], states["公布评估结果"], states["异议申辩截止"]) == ("", "", "")
