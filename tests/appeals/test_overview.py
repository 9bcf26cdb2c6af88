"""年度总览: its counts are those of the models, for any year, in a fixed number of queries."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, Q
from django.test import Client
from django.test.utils import CaptureQueriesContext

from appeals.models import Appeal, Inquiry, Recovery, Rectification, ReviewPanel
from appeals.overview.counts import Counts, year_counts
from cases.models import Case, Frame
from cases.queries import standing_rejections
from evaluations.models import DrawnCase, Grading, PanelMember, Plan
from evaluations.queries.late_recusals import waiting_cases
from evaluations.queries.relations import case_relations
from evaluations.queries.replacements import waiting_requests
from evaluations.queries.results import appeal_until
from evaluations.rules.stages import Stage
from tests.year import year_until
from wanzhou_eval.models import User

pytestmark = pytest.mark.django_db


def counted_by_models(plan: Plan) -> Counts:
    """The same counts, one query each, in the words of the models."""
    drawn = DrawnCase.objects.of(plan)
    appeals = Appeal.objects.of(plan).aggregate(
        all=Count("pk", filter=Q(refused_at=None)),
        open=Count("pk", filter=Q(accepted_at__isnull=False, withdrawn_at=None, answered_at=None)),
    )
    admitted = Appeal.objects.of(plan).counting()
    running = admitted.filter(withdrawn_at=None, answered_at=None)
    answering = running.order_by("received_at").first() or admitted.order_by("-received_at").first()
    first = plan.publications.first()
    seats = PanelMember.objects.standing().filter(panel__plan=plan, draw__voided_at=None)
    open_of_plan = {"drawn_case__draw__plan": plan, "closed_at": None}
    return Counts(
        cases=Case.objects.filter(frame=plan.frame_id).count(),
        excluded=Case.objects.filter(frame=plan.frame_id, exclusion__isnull=False).count(),
        rejected=standing_rejections(plan.frame).count(),
        drawn=drawn.count(),
        experts=seats.count(),
        waiting_requests=waiting_requests(plan),
        late_recusals=len(waiting_cases(plan)),
        review_recusals=reviewers_recused(plan),
        graded=Grading.objects.filter(version=1, drawn_case__in=drawn).count(),
        appeal_until=appeal_until(plan),
        appeal_calendar=first.calendar_version if first else None,
        appeals=appeals["all"],
        appeals_open=appeals["open"],
        answer_from=answering.received_at if answering else None,
        answer_calendar=answering.calendar_version if answering else None,
        open_consequences=(
            Recovery.objects.filter(**open_of_plan).count()
            + Inquiry.objects.filter(**open_of_plan).count()
            + Rectification.objects.filter(**open_of_plan).count()
        ),
        consequence_due=min(
            filter(None, Recovery.objects.filter(**open_of_plan).values_list("due_on", flat=True)),
            default=None,
        ),
        reports_issued=plan.reports.filter(issued_at__isnull=False).count(),
    )


def reviewers_recused(plan: Plan) -> int:
    """Experts on the panels of running appeals whom a relation keeps from the case."""
    panels = ReviewPanel.objects.live().filter(
        appeal__in=Appeal.objects.of(plan).open(), appeal__drawn_case__review_grading=None
    )
    return sum(
        expert in case_relations(plan, panel.appeal.drawn_case.case)
        for panel in panels
        for expert in (panel.leader, panel.member)
    )


@pytest.fixture(scope="module")
def plan(django_db_setup: None, django_db_blocker: Any) -> Iterator[Plan]:
    with year_until(Stage.CLOSED, django_db_blocker, cases=8) as plan:
        yield plan


def test_counts_are_those_of_the_models(db: None, plan: Plan) -> None:
    counted = year_counts(plan)
    assert counted == counted_by_models(plan)
    assert (counted.cases, counted.excluded, counted.drawn, counted.experts) == (761, 8, 8, 8)
    assert (counted.graded, counted.appeals, counted.open_consequences) == (8, 1, 0)


def test_another_year_counts_nothing(db: None, plan: Plan) -> None:
    empty = Frame.objects.create(year=2030, window_from="2030-01-01", window_to="2030-07-31")
    other = Plan.objects.create(
        year=2030,
        frame=empty,
        title="2030年度",
        marking_from="2030-08-20",
        marking_to="2030-08-26",
    )
    assert year_counts(other) == counted_by_models(other)
    assert year_counts(other) == Counts(
        0, 0, 0, 0, 0, 0, 0, 0, 0, None, None, 0, 0, None, None, 0, None, 0
    )  # fmt: skip


def test_the_page_asks_twelve_times_at_most(db: None, plan: Plan) -> None:
    client = Client()
    client.force_login(User.objects.get(username="bureau"))
    client.get("/y/2022/")
    with CaptureQueriesContext(connection) as captured:
        assert "2022 年度评估" in client.get("/y/2022/").content.decode()
    assert len(captured) <= 12, [query["sql"][:120] for query in captured]
