"""The clock of a rehearsal year, and the mark on its pages."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cases.actions import correct_case
from cases.queries import today_of
from evaluations.actions import plan as actions
from evaluations.models import Plan
from evaluations.rules.stages import Stage
from tests.people import signed_in, words
from tests.year import year_until
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def issued(django_db_setup: None, django_db_blocker: Any) -> Iterator[Plan]:
    with year_until(Stage.ISSUED, django_db_blocker) as plan:
        yield plan


def test_the_clock_of_a_rehearsal_only_goes_forward(issued: Plan) -> None:
    bureau = User.objects.get(username="bureau")
    desk = signed_in(bureau)
    assert desk.post("/y/2022/clock/", {"moment": "2022-08-20T08:30"})["Location"] == "/y/2022/"
    moved = actions.lock_plan(issued)
    assert moved.today == date(2022, 8, 20)
    early = datetime(2022, 8, 1, tzinfo=SHANGHAI)
    with pytest.raises(RefusedError, match="演练时钟只能往后拨"):
        actions.set_rehearsal_clock(issued, moment=early, by=bureau)
    assert actions.lock_plan(issued).today == date(2022, 8, 20)
    desk.post("/y/2022/clock/", {"moment": "tomorrow"})
    assert actions.lock_plan(issued).today == date(2022, 8, 20)


def test_the_rehearsal_is_marked_on_its_pages(issued: Plan) -> None:
    desk = signed_in(User.objects.get(username="bureau"))
    for address in ("/y/2022/", "/y/2022/plan/", "/y/2022/plan/size/", "/y/2022/cases/"):
        assert "演练" in words(desk.get(address)), address


def test_a_date_later_than_the_rehearsals_day_has_not_come(issued: Plan) -> None:
    """What is later than today is told by the clock of the year, not by that of the machine."""
    clerk = User.objects.get(username="clerk")
    case = issued.frame.cases.order_by("serial")[0]
    assert today_of(case.frame) == actions.lock_plan(issued).today
    told: dict[str, Any] = {
        "field": "filed_on",
        "reason": "归档日期登记有误",
        "document": "卷宗第3页",
        "by": clerk,
    }
    with pytest.raises(RefusedError, match="归档日期：日期晚于今天（2022-08-"):
        correct_case(case, value="2023-01-05", **told)
    bureau = User.objects.get(username="bureau")
    moment = datetime(2023, 2, 1, tzinfo=SHANGHAI)
    actions.set_rehearsal_clock(issued, moment=moment, by=bureau)
    case.frame.refresh_from_db()
    assert correct_case(case, value="2023-01-05", **told).after == "2023-01-05"
