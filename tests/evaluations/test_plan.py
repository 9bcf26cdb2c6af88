"""方案: drawn up from the 2022 document, its size desk, issuing, the rehearsal clock."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from appeals.rehearsal.year import plan_values
from cases.actions import confirm_import, declare_total, upload_file
from evaluations.actions import plan as actions
from evaluations.models import Plan, StageEntry
from evaluations.rules.sizes import SizeDecision
from evaluations.rules.stages import MOVES, Stage
from tests.people import make_user, signed_in, words
from tests.workbook_samples import EXCLUSIONS, LEDGER
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent, Role, User

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
FIXTURE = json.loads(
    (Path(__file__).parents[2] / "fixtures" / "plan-2022.json").read_text(encoding="utf-8")
)


@pytest.fixture
def bureau() -> User:
    return make_user(Role.BUREAU)


@pytest.fixture
def desk(bureau: User) -> Client:
    return signed_in(bureau)


@pytest.fixture
def plan(bureau: User) -> Plan:
    return actions.create_plan(values=plan_values(), by=bureau)


def form_values(**changes: Any) -> dict[str, Any]:
    """The form as the browser sends it: the document's values over the form's own."""
    blank = Plan()
    values = {name: getattr(blank, name) for name in actions.PARAMETERS if name != "standard"}
    values |= plan_values() | {"rehearsal_at": "2022-08-10T09:00"} | changes
    return {name: str(v) for name, v in values.items() if v is not None and v is not False}


def load_ledger(plan: Plan) -> None:
    for content, path in (("ledger", LEDGER), ("exclusions", EXCLUSIONS)):
        batch = upload_file(
            plan.frame, content=content, data=path.read_bytes(), file_name=path.name, by=None
        )
        confirm_import(batch, by=None)


def test_the_plan_of_2022_through_the_page(desk: Client) -> None:
    answer = desk.post("/y/new/", form_values())
    assert (answer.status_code, answer["Location"]) == (302, "/y/2022/plan/")
    plan = Plan.objects.select_related("frame").get()
    told = FIXTURE["plan"]
    assert (plan.stage, plan.rehearsal, plan.ratio_percent, plan.size_min, plan.size_max) == (
        "draft",
        True,
        10,
        20,
        200,
    )
    assert (plan.frame.window_from, plan.frame.window_to) == (date(2022, 1, 1), date(2022, 7, 31))
    assert (plan.marking_from, plan.marking_to) == (date(2022, 8, 22), date(2022, 8, 26))
    assert (plan.exception_body, plan.place, plan.fee) == (
        told["exception_body"],
        told["place"],
        Decimal(50),
    )
    page = words(desk.get("/y/2022/plan/"))
    for fact in ("市司法局公共法律服务管理处", "区公共法律服务中心"):
        assert fact in page
    assert list(StageEntry.objects.values_list("stage", flat=True)) == ["draft"]


@pytest.mark.parametrize(
    "bad",
    [
        {"window_to": "2021-12-31"},
        {"marking_to": "2022-08-21"},
        {"size_min": "300"},
        {"ratio_percent": "-1"},
        {"exception_body": ""},
        {"title": ""},
        {"year": "twenty"},
    ],
)
def test_a_plan_that_does_not_fit_is_asked_again(desk: Client, bad: dict[str, str]) -> None:
    assert desk.post("/y/new/", form_values(**bad)).status_code == 422
    assert not Plan.objects.exists()


def test_a_year_has_one_plan(desk: Client, plan: Plan) -> None:
    answer = desk.post("/y/new/", form_values(title="另一个"))
    assert answer.status_code in {409, 422}
    assert Plan.objects.get().title == plan.title


def test_a_draft_is_changed_with_its_window(desk: Client, plan: Plan) -> None:
    answer = desk.post("/y/2022/plan/edit/", form_values(fee="60", window_to="2022-06-30"))
    assert answer.status_code == 302
    plan = Plan.objects.select_related("frame").get()
    assert (plan.fee, plan.frame.window_to) == (Decimal(60), date(2022, 6, 30))
    event = AuditEvent.objects.get(action="change_plan")
    assert event.detail == {"fields": ["fee"]}


def test_the_commitment_is_a_setting_of_the_draft(desk: Client, plan: Plan) -> None:
    page = desk.get("/y/2022/plan/edit/").content.decode()
    assert '<input type="checkbox" name="commitment"' in page
    assert "<td>不用</td>" in desk.get("/y/2022/plan/").content.decode()
    desk.post("/y/2022/plan/edit/", form_values(commitment="on"))
    assert Plan.objects.filter(commitment=True).count() == 1
    page = desk.get("/y/2022/plan/").content.decode()
    assert "封存名单时生成，装入信封由纪检保管，掷骰后启封" in page


@pytest.mark.parametrize("role", [role for role in Role if role != Role.BUREAU])
def test_only_the_bureau_runs_the_plan(role: Role, plan: Plan) -> None:
    user = make_user(role)
    acts: tuple[Callable[[], Plan], ...] = (
        lambda: actions.create_plan(values={**plan_values(), "year": 2023}, by=user),
        lambda: actions.change_plan(plan, values={"fee": 1}, by=user),
        lambda: actions.decide_size(plan, decision=SizeDecision(76), by=user),
        lambda: actions.issue_plan(plan, document="x", issued_on=date(2022, 8, 14), by=user),
    )
    for act in acts:
        with pytest.raises(RefusedError) as told:
            act()
        assert told.value.status == 403
    plan = Plan.objects.get()
    assert (plan.fee, plan.decided_size, plan.stage) == (Decimal(50), None, "draft")


def issue(desk: Client) -> Any:
    form = {"document": "万州司发〔2022〕11号", "issued_on": "2022-08-14"}
    return desk.post("/y/2022/plan/issue/", form)


def test_issuing_waits_for_import_and_control_total(desk: Client, plan: Plan, bureau: User) -> None:
    assert "还没有导入办结案件" in words(issue(desk))
    load_ledger(plan)
    assert "还没有录入申报件数" in words(issue(desk))
    declare_total(plan.frame, total=762, by=bureau)
    answer = issue(desk)
    assert answer.status_code == 409
    assert "申报762件，可抽753件、剔除8件、不导入0件，合计761件，少1件。" in words(answer)
    assert Plan.objects.get().stage == "draft"
    declare_total(plan.frame, total=761, by=bureau)
    assert desk.post("/y/2022/plan/issue/", {"document": ""}).status_code == 422
    assert issue(desk)["Location"] == "/y/2022/"
    plan = Plan.objects.get()
    assert (plan.stage, plan.document, plan.issued_on) == (
        "issued",
        "万州司发〔2022〕11号",
        date(2022, 8, 14),
    )
    assert issue(desk).status_code == 409
    assert desk.post("/y/2022/plan/edit/", form_values(fee="1")).status_code == 409
    assert Plan.objects.get().fee == Decimal(50)


@pytest.mark.parametrize("stage", list(Stage))
def test_a_plan_moves_only_along_the_lawful_moves(plan: Plan, stage: Stage) -> None:
    locked = actions.lock_plan(plan)
    if stage in MOVES[Stage.DRAFT]:
        return
    with pytest.raises(RefusedError, match="不能从“拟定”直接进入"):
        actions.move_plan(locked, stage, by=None)
    assert Plan.objects.get().stage == "draft"


def test_the_clock_of_a_real_year_stands(plan: Plan, bureau: User) -> None:
    moment = datetime(2030, 1, 1, tzinfo=SHANGHAI)
    with pytest.raises(RefusedError) as told:
        actions.set_rehearsal_clock(plan, moment=moment, by=bureau)
    assert told.value.status == 403
    assert Plan.objects.get().clock_offset == timedelta()


@pytest.mark.parametrize("name", ["", "edit/", "size/"])
def test_a_year_without_plan_is_a_sentence(desk: Client, name: str) -> None:
    answer = desk.get(f"/y/1999/plan/{name}")
    assert answer.status_code == 404
    assert "还没有1999年度方案。请由科室先拟定方案。" in words(answer)
