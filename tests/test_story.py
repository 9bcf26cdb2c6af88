"""A whole year through the pages: the plan of 2022 with the clerk's real ledger (issue 2, §3)."""

from collections import Counter
from pathlib import Path

import pytest
from django.core.management import call_command

from appeals.models import Recovery
from evaluations.models import Assignment, DrawnCase, Grading, Plan
from tests.story import after, beginning, ceremony, hall
from tests.story.people import Y, open_office


@pytest.mark.django_db
def test_a_year_from_the_ledger_to_the_archive(tmp_path: Path) -> None:
    office = open_office()
    beginning.draw_up_plan(office)
    beginning.import_cases(office)
    beginning.declare_total(office)
    beginning.decide_size(office)
    beginning.import_standard(office)
    beginning.import_pool(office)
    beginning.issue_plan(office)
    plan = Plan.objects.get(year=2022)

    office.clock("2022-08-16 09:00")
    console = ceremony.seal_list(office, "封存案件名单")
    office.clock("2022-08-17 10:00")
    ceremony.hold(office, console, digits=ceremony.SAMPLE)
    ceremony.certificate(office, console, tmp_path)
    drawn = DrawnCase.objects.of(plan)
    kinds = Counter(drawn.values_list("case__kind", flat=True))
    assert kinds == {"criminal": 19, "civil": 55, "admin": 2}

    office.clock("2022-08-18 10:00")
    console = ceremony.seal_list(office, "封存专家名单")
    ceremony.hold(office, console, digits=ceremony.EXPERTS)
    ceremony.certificate(office, console, tmp_path)

    office.clock("2022-08-19 10:00")
    console = ceremony.seal_list(office, "封存匹配名单")
    ceremony.hold(office, console, digits=ceremony.MATCH)
    ceremony.certificate(office, console, tmp_path)
    loads = Counter(Assignment.objects.values_list("panel__code", flat=True))
    assert sorted(loads.values()) == [19, 19, 19, 19]

    office.clock("2022-08-22 08:30")
    losses = hall.plan_losses(plan)
    hall.open_marking(office)
    pairs = hall.score_all(office, plan, losses)
    office.clock("2022-08-26 16:30")
    ways = hall.deliberate(pairs, losses)
    assert ways == {"at_once": 72, "agreed": 2, "ruling": 2}
    assert Counter(Grading.objects.values_list("outcome", flat=True)) == ways
    hall.close_marking(office)
    office.bureau.open(f"{Y}/publish/").reads("应在9月2日（周五） 24:00 前公布")

    after.approve(office)
    after.publish(office, plan)
    office.clock("2022-09-06 14:00")
    changed, upheld = after.case_graded(plan, "不合格"), after.case_graded(plan, "合格")
    late = after.case_graded(plan, "优良")
    first = after.appeal(office, changed, username="handler7")
    second = after.appeal(office, upheld, username="handler8")
    after.too_late(plan, office, late)
    office.clock("2022-09-13 09:00")
    after.review(office, first, changed, digits=ceremony.REVIEWS[0], lose=25)
    after.review(office, second, upheld, digits=ceremony.REVIEWS[1], lose=30)
    after.answer(office, first, at="2022-09-21 16:00", said="变更等次")
    after.answer(office, second, at="2022-09-21 16:30", said="维持")
    office.bureau.open(f"{Y}/publish/").press("公布结果", reason="复评变更等次", **after.PUBLISHED)
    assert after.public_rows(changed.case.number)[0].endswith("合格")
    office.clock("2022-09-28 09:00")
    after.consequences(office)
    recovered = Recovery.objects.order_by("drawn_case__case__serial")
    assert [each.amount for each in recovered] == [each.drawn_case.case.subsidy for each in recovered]
    assert all(each.closed_at for each in recovered) and len(recovered) == 2
    after.allowances(office)
    after.close_year(office)
    call_command("verify_records")
