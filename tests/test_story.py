"""A whole year through the pages: the plan of 2022 with the clerk's real ledger (issue 2, §3)."""

from collections import Counter
from pathlib import Path

import pytest
from django.core.management import call_command

from appeals.models import Appeal, Recovery
from evaluations.models import Assignment, DrawnCase, Grading, Plan, ScoreSheet
from tests.story import after, beginning, ceremony, hall, proof
from tests.story.people import Office, Y, open_office


@pytest.mark.django_db
def test_a_year_from_the_ledger_to_the_archive(tmp_path: Path) -> None:
    office = open_office()
    plan = prepare(office)
    draw(office, plan, folder=tmp_path)
    evaluate(office, plan)
    publish(office, plan)
    appeal(office, plan)
    finish(office)
    proof.prove_all(office, plan, tmp_path)
    call_command("verify_records")


def prepare(office: Office) -> Plan:
    """拟定、导入、核对、定件数、选标准、印发."""
    beginning.draw_up_plan(office)
    beginning.import_cases(office)
    beginning.declare_total(office)
    beginning.decide_size(office)
    beginning.import_standard(office)
    beginning.import_pool(office)
    beginning.issue_plan(office)
    plan = Plan.objects.get(year=2022)
    assert (plan.stage, plan.decided_size, plan.frame.cases.count()) == ("issued", 76, 761)
    return plan


def draw(office: Office, plan: Plan, *, folder: Path) -> None:
    """封存、抽案、抽专家、匹配, each with its certificate."""
    draws = (
        ("08-16 09:00", "08-17 10:00", "封存案件名单", ceremony.SAMPLE),
        ("08-18 09:00", "08-18 10:00", "封存专家名单", ceremony.EXPERTS),
        ("08-19 09:00", "08-19 10:00", "封存匹配名单", ceremony.MATCH),
    )
    for sealed, held, button, digits in draws:
        office.clock(f"2022-{sealed}")
        console = ceremony.seal_list(office, button)
        office.clock(f"2022-{held}")
        ceremony.hold(office, console, digits=digits)
        ceremony.certificate(office, console, folder)
    kinds = Counter(DrawnCase.objects.of(plan).values_list("case__kind", flat=True))
    assert kinds == {"criminal": 19, "civil": 55, "admin": 2}
    loads = Counter(Assignment.objects.values_list("panel__code", flat=True))
    assert sorted(loads.values()) == [19, 19, 19, 19]


def evaluate(office: Office, plan: Plan) -> None:
    """评分 blind, 合议, 结束评估."""
    office.clock("2022-08-22 08:30")
    losses = hall.plan_losses(plan)
    hall.open_marking(office)
    pairs = hall.score_all(office, losses)
    office.clock("2022-08-26 16:30")
    ways = hall.deliberate(pairs, losses)
    assert ways == {"at_once": 72, "agreed": 2, "ruling": 2}
    assert Counter(Grading.objects.values_list("outcome", flat=True)) == ways
    hall.close_marking(office)


def publish(office: Office, plan: Plan) -> None:
    """送审、审定、公布 within five working days."""
    office.bureau.open(f"{Y}/publish/").reads("应在9月2日（周五） 24:00 前公布")
    after.approve(office)
    after.publish(office, plan)


def appeal(office: Office, plan: Plan) -> None:
    """Two appeals in time, one too late; one grade changes, one stands; published anew."""
    office.clock("2022-09-06 14:00")
    changed, upheld, late = (after.case_graded(plan, g) for g in ("不合格", "合格", "优良"))
    first = after.appeal(office, changed, username="handler7")
    second = after.appeal(office, upheld, username="handler8")
    after.too_late(office, late)
    office.clock("2022-09-13 09:00")
    after.report(office, plan)
    after.review(office, first, changed, digits=ceremony.REVIEWS[0], lose=25)
    after.review(office, second, upheld, digits=ceremony.REVIEWS[1], lose=30)
    after.answer(office, first, at="2022-09-21 16:00", said="变更等次")
    after.answer(office, second, at="2022-09-21 16:30", said="维持")
    office.bureau.open(f"{Y}/publish/").press("公布结果", after.PUBLISHED, reason="复评变更等次")
    assert [row.split()[-1] for row in after.public_rows(changed.case.number)] == ["合格"]
    assert Counter(Appeal.objects.values_list("result", flat=True)) == {
        "changed": 1,
        "upheld": 1,
        "": 1,
    }


def finish(office: Office) -> None:
    """追回、移送、补贴、归档."""
    office.clock("2022-09-28 09:00")
    after.consequences(office)
    recovered = Recovery.objects.select_related("drawn_case__case")
    assert [(each.amount, each.closed_at is not None) for each in recovered] == [
        (each.drawn_case.case.subsidy, True) for each in recovered
    ]
    assert len(recovered) == 2
    assert ScoreSheet.objects.filter(sealed=True).count() == 152 + 4
    after.allowances(office)
    after.close_year(office)
