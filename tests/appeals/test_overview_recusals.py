"""Recusals that wait for 科室 are on the first page, counted as the pages that settle them do."""

import pytest
from django.test import Client
from django.urls import reverse

from appeals.actions import replace_recused_reviewer
from appeals.overview.counts import year_counts
from evaluations.queries.late_recusals import waiting_cases
from experts.models import FormerFirm, Recusal, RecusalWithdrawal
from tests.appeals.builders import signed_in
from tests.appeals.test_overview import counted_by_models
from tests.appeals.test_reviewers import formed, recuse
from tests.evaluations.marking_year import Hall, open_hall
from tests.evaluations.test_rematching import ask, expert_of, rematch
from wanzhou_eval.clock import database_now

pytestmark = pytest.mark.django_db


def told(client: Client, year: int) -> str:
    return " ".join(client.get(f"/y/{year}/").content.decode().split())


def test_a_late_recusal_waits_on_the_first_page_until_it_is_settled() -> None:
    hall = open_hall(cases=2, experts=4)
    bureau = Client()
    bureau.force_login(hall.bureau)
    assert "匹配以后的回避" not in told(bureau, hall.plan.year)
    ask(hall, hall.leader)
    assert year_counts(hall.plan).late_recusals == len(waiting_cases(hall.plan)) == 1
    page = told(bureau, hall.plan.year)
    assert "1 项匹配以后的回避等确认" in page
    assert f'href="{reverse("recusal_list", args=[hall.plan.year])}"' in page
    rematch(hall, hall.leader)
    assert year_counts(hall.plan).late_recusals == 0
    assert "匹配以后的回避" not in told(bureau, hall.plan.year)


def related(hall: Hall, kind: str) -> None:
    """A relation of the leader of the first case, of one of the kinds that there are."""
    case, expert = hall.cases[0], expert_of(hall.leader)
    common = {"expert": expert, "year": hall.plan.year, "reason": "declared"}
    if kind == "former":
        FormerFirm.objects.create(expert=expert, firm=case.firm, left_on=case.closed_on)
    elif kind == "long ago":
        left_on = case.closed_on.replace(year=case.closed_on.year - 3)
        FormerFirm.objects.create(expert=expert, firm=case.firm, left_on=left_on)
    elif kind == "firm":
        Recusal.objects.create(**common, firm=case.firm)
    elif kind == "person":
        Recusal.objects.create(**common, person=case.handlers.get().person)
    elif kind == "same firm":
        expert.person.firm = case.firm
        expert.person.save()
    elif kind == "other year":
        Recusal.objects.create(**common | {"year": hall.plan.year - 1}, firm=case.firm)
    else:
        row = Recusal.objects.create(**common, firm=case.firm)
        RecusalWithdrawal.objects.create(
            recusal=row, reason="登错", at=database_now(), by=hall.bureau
        )


@pytest.mark.parametrize(
    "kind", ["former", "long ago", "firm", "person", "same firm", "other year", "withdrawn"]
)
def test_every_kind_of_relation_counts_as_the_rule_has_it(kind: str) -> None:
    hall = open_hall(cases=3, experts=4)
    before = counted_by_models(hall.plan)
    related(hall, kind)
    counted = year_counts(hall.plan)
    assert counted == counted_by_models(hall.plan)
    none = kind in {"long ago", "other year", "withdrawn"}
    assert (counted.late_recusals == before.late_recusals) is none


def test_a_reviewer_to_be_recused_waits_on_the_first_page() -> None:
    year, appeal, panel = formed()
    assert year_counts(year.plan).review_recusals == 0
    recuse(year, appeal, panel.member)
    counted = year_counts(year.plan)
    assert counted == counted_by_models(year.plan)
    assert counted.review_recusals == 1
    page = told(signed_in(year.users["bureau"]), 2022)
    assert "1 名复评专家应回避" in page
    assert 'href="/y/2022/appeals/"' in page
    replace_recused_reviewer(appeal, expert=panel.member, by=year.users["bureau"])
    assert year_counts(year.plan).review_recusals == 0
