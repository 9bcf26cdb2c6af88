"""评分: entering marks into the own draft (article 6.2). Refusals leave nothing behind."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from evaluations.actions import marking
from evaluations.actions.entering import save_rows
from evaluations.models import (
    Mark,
    Plan,
    Undertaking,
)
from tests.evaluations.marking_year import (
    matched_hall,
    open_hall,
    put,
)
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent
from wanzhou_eval.readers import reading_as

pytestmark = pytest.mark.django_db
STANDARD = Path(__file__).parents[2] / "fixtures" / "2022" / "2022年评分标准.xlsx"


def test_nothing_is_scored_before_the_undertaking() -> None:
    hall = matched_hall(cases=1)
    marking.open_marking(hall.plan, by=hall.bureau)
    with pytest.raises(RefusedError, match="请先阅读并签署保密承诺"):
        put(hall, "A1", "0")
    marking.sign_undertaking(hall.plan, by=hall.leader)
    put(hall, "A1", "0")
    with pytest.raises(RefusedError, match="已经签署"):
        marking.sign_undertaking(hall.plan, by=hall.leader)
    assert Undertaking.objects.get().text_version == "2022-1"


def test_blank_is_not_zero() -> None:
    hall = open_hall(cases=1)
    put(hall, "A1", None)
    saved = put(hall, "B1", "0")
    put(hall, "B2", "0")
    with reading_as(hall.leader):
        blank = Mark.objects.get(item__number="A1")
    assert (saved.mark.deduction, blank.deduction) == (Decimal(0), None)
    with pytest.raises(RefusedError, match="有1处要改。A1 项目A1：还没有评") as refused:
        marking.seal_sheet(hall.sheet(hall.leader), by=hall.leader)
    assert refused.value.status == 422


def test_older_window_is_told_what_the_newer_saved() -> None:
    hall = open_hall(cases=1)
    put(hall, "A1", "2", reasons=(1,), pages="17", note="缺委托书")
    with pytest.raises(RefusedError, match="在另一窗口改过") as refused:
        put(hall, "A1", "5", reasons=(2,))
    assert refused.value.status == 409
    theirs: Any = refused.value.detail["theirs"]
    assert theirs["saved_at"]
    assert {k: v for k, v in theirs.items() if k != "saved_at"} == {
        "deduction": "2", "state": "", "reasons": [1], "pages": "17", "note": "缺委托书",
        "checked": "", "version": 1,
    }  # fmt: skip
    saved = put(hall, "A1", "5", reasons=(2,), version=1)
    assert (saved.version, saved.mark.deduction) == (2, Decimal(5))
    assert hall.sheet(hall.leader).version == 2


@pytest.mark.parametrize(
    ("number", "amount", "values", "sentence"),
    [
        ("A1", "50.5", {}, "满分50分，扣分只能填 0 到 50"),
        ("A1", "-1", {}, "扣分只能填 0 到 50"),
        ("A1", "1", {"reasons": (9,)}, "没有所选的扣分情形"),
        ("A1", None, {"state": "na", "note": "无庭审"}, "对每件案件都适用"),
        ("A1", None, {"state": "veto"}, "不是一票否决项"),
        ("A1", None, {"state": "什么"}, "只能勾选"),
        ("Z1", "1", {}, "扣分只能填 0 到 0"),
        ("Z1", None, {"state": "na"}, "是一票否决项，只记成立或不成立"),
        ("A1", "1", {"note": "长" * 401}, "说明最多400字"),
    ],
)
def test_what_can_never_be_right_is_refused_at_once(
    number: str, amount: str | None, values: dict[str, Any], sentence: str
) -> None:
    hall = open_hall(cases=1)
    with pytest.raises(RefusedError, match=sentence) as refused:
        put(hall, number, amount, **values)
    assert refused.value.status == 422
    assert not Mark.objects.exists()
    assert hall.sheet(hall.leader).version == 0


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"amount": "2"}, "扣了2分，请选扣分情形"),
        ({"amount": "3", "reasons": (1,), "pages": "1"}, "所选情形应扣2分，现在填的是3分"),
        ({"amount": "2", "reasons": (1,)}, "请填卷宗页码"),
        ({"amount": "2", "reasons": (3,), "pages": "1"}, "选了“其他”，请在说明里写明"),
        ({"amount": "0", "reasons": (1,)}, "选了扣分情形但扣分是 0"),
    ],
)
def test_draft_may_be_incomplete_but_is_not_sealed(values: dict[str, Any], sentence: str) -> None:
    hall = open_hall(cases=1)
    amount = values.pop("amount")
    put(hall, "B1", "0")
    put(hall, "B2", "0")
    put(hall, "A1", amount, **values)
    with pytest.raises(RefusedError, match=sentence):
        marking.seal_sheet(hall.sheet(hall.leader), by=hall.leader)
    assert hall.sheet(hall.leader).sealed_at is None
    assert not AuditEvent.objects.filter(action="seal_sheet").exists()


def test_nobody_writes_on_somebody_else_s_sheet() -> None:
    hall = open_hall(cases=1)
    mine = hall.sheet(hall.leader)
    for user in (hall.member, hall.experts[2], *hall.staff.values()):
        with pytest.raises(RefusedError, match="你的任务里没有这一号案件") as refused:
            put(hall, "A1", "0", sheet=mine, by=user)
        assert refused.value.status == 404
        with pytest.raises(RefusedError, match="你的任务里没有这一号案件"):
            marking.seal_sheet(mine, by=user)
    assert not Mark.objects.exists()


@pytest.mark.parametrize(("days", "sentence"), [(-1, "评估从"), (5, "截止，已锁定")])
def test_work_opens_only_in_the_evaluation_period(days: int, sentence: str) -> None:
    hall = open_hall(cases=1)
    Plan.objects.filter(pk=hall.plan.pk).update(clock_offset=timedelta(days=days))
    with pytest.raises(RefusedError, match=sentence) as refused:
        put(hall, "A1", "0")
    assert refused.value.status == 409
    assert not Mark.objects.exists()


def test_whole_sheet_without_script_is_saved_all_or_nothing() -> None:
    hall = open_hall(cases=1)
    sheet = hall.sheet(hall.leader)

    def row(number: str, amount: str | None, **values: Any) -> dict[str, Any]:
        base = {"state": "", "reasons": (), "pages": "", "note": "", "version": 0}
        deduction = None if amount is None else Decimal(amount)
        return base | {"item": hall.item(number), "deduction": deduction} | values

    assert save_rows(sheet, rows=[row("A1", "0"), row("B1", None)], by=hall.leader) == 1
    with pytest.raises(RefusedError, match="满分20分"):
        save_rows(sheet, rows=[row("B1", "0"), row("B2", "21")], by=hall.leader)
    with reading_as(hall.leader):
        assert list(Mark.objects.values_list("item__number", "deduction")) == [("A1", Decimal(0))]
    assert save_rows(sheet, rows=[row("A1", "0", version=7)], by=hall.leader) == 0


def test_an_autosave_costs_six_statements() -> None:
    """P8: session, user, begin, open, write, commit; the test's nesting tells the reader twice."""
    hall = open_hall(cases=1)
    sheet, item = hall.sheet(hall.leader), hall.item("A1")
    client = Client(headers={"accept": "application/json"})
    client.force_login(hall.leader)
    address = f"/score/{hall.plan.year}/{sheet.drawn_case.case.serial}/save/"
    client.post(address, {"item": item.pk, "deduction": "0", "version": 0})
    with CaptureQueriesContext(connection) as captured:
        answer = client.post(address, {"item": item.pk, "deduction": "", "version": 1})
    assert answer.json()["version"] == 2
    sent = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert len(sent) == 6, sent
    assert sum("current_setting" in statement for statement in sent) == 2
