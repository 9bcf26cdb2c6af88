"""Corrections after the import: by the ledger's own rules, on record, until the list is sealed."""

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from cases import actions
from cases.comparing import shown
from cases.models import Case, CleaningLine, Correction, Exclusion, Frame
from tests.cases.desk import REASON, load, new_frame, refusal, staff
from tests.people import make_user
from tests.workbook_samples import case
from wanzhou_eval.clock import database_now
from wanzhou_eval.models import AuditEvent, Firm, Person, Role, User

pytestmark = pytest.mark.django_db
PAPER = "卷宗第3页结案报告"


@pytest.fixture
def people() -> tuple[User, User]:
    return staff()


@pytest.fixture
def clerk(people: tuple[User, User]) -> User:
    return people[0]


@pytest.fixture
def frame(clerk: User) -> Frame:
    frame = new_frame()
    load(frame, clerk, case(1), case(2))
    return frame


def correct(by: User, field: str, value: str, serial: int = 1, **told: Any) -> Correction:
    values = {"reason": REASON, "document": PAPER, **told}
    one = Case.objects.get(serial=serial)
    return actions.correct_case(one, field=field, value=value, by=by, **values)


@pytest.mark.parametrize(
    ("field", "value", "before", "after"),
    [
        ("kind", "刑事案件", "民事", "刑事"),
        ("closed_on", "2022年4月5日", "2022-03-01", "2022-04-05"),
        ("filed_on", "", "2022-03-10", ""),
        ("stage", "二审", "", "二审"),
        ("cause", " 劳动争议 ", "", "劳动争议"),
        ("subsidy", "1,600元", "", "1600.00"),
        ("handlers", "甲一、乙二", "孔望平", "甲一、乙二"),
        ("firm", "重庆(万州)新所", "重庆榆舟律师事务所", "重庆（万州）新所"),
        ("number", "渝万援民(2022)第77号", "渝万援民〔2022〕1号", "渝万援民〔2022〕77号"),
    ],
)
def test_a_field_is_corrected_by_the_rules_of_the_import(
    frame: Frame, clerk: User, field: str, value: str, before: str, after: str
) -> None:
    done = correct(clerk, field, value, new_firm=field == "firm")
    assert (done.before, done.after, done.reason, done.document, done.by) == (
        before, after, REASON, PAPER, clerk,
    )  # fmt: skip
    line = CleaningLine.objects.latest("pk")
    assert (line.before, line.after, line.by, line.row) == (before, after, clerk, 2)
    assert line.rule == f"更正：{REASON}（依据：{PAPER}）"
    event = AuditEvent.objects.get(action="correct_case")
    assert event.detail == {"field": field}
    actual = actions.corrections.facts_of(Case.objects.get(serial=1), field)
    assert shown(actual) == after


def test_a_firm_in_no_register_must_be_meant(frame: Frame, clerk: User) -> None:
    """A slip of the pen is no new firm: it is entered only when the person says so."""
    slip = "榆舟律师事务所"
    assert refusal(lambda: correct(clerk, "firm", slip), 422) == (
        f"机构名册里没有“{slip}”，没有更正。相近的有“重庆榆舟律师事务所”，写错的请改正；"
        "确为新机构，请勾选“登记为新机构”再更正。"
    )
    told = refusal(lambda: correct(clerk, "firm", "重庆另一所"), 422)
    assert told.startswith("机构名册里没有“重庆另一所”，没有更正。写错的请改正；")
    assert (Firm.objects.count(), Correction.objects.count()) == (1, 0)
    other = Firm.objects.create(code="F009", name="重庆另一所", key="重庆另一所")
    correct(clerk, "firm", "重庆 另一所")
    assert Case.objects.get(serial=1).firm == other
    assert Firm.objects.count() == 2


def test_the_handlers_follow_the_firm(frame: Frame, clerk: User) -> None:
    correct(clerk, "firm", "重庆新设律师事务所", new_firm=True)
    one = Case.objects.get(serial=1)
    handler = one.handlers.get().person
    assert (handler.name, handler.firm) == ("孔望平", one.firm)
    assert Person.objects.filter(name="孔望平").count() == 2


def test_what_the_ledger_refuses_a_correction_refuses(frame: Frame, clerk: User) -> None:
    def told(field: str, value: str, **more: Any) -> str:
        return refusal(lambda: correct(clerk, field, value, **more), 422)

    assert "日期不成立" in told("closed_on", "2022-13-45")
    assert "案件类型不是刑事、民事或行政" in told("kind", "其他")
    assert "结案日期不能为空" in told("closed_on", " ")
    assert "早于指派日期" in told("closed_on", "2022-01-04")
    assert "与原来相同" in told("kind", "民事")
    assert "请从列表中选要更正的项目" in told("serial", "7")
    assert "更正理由太短" in told("kind", "刑事", reason="改")
    assert "更正要有依据" in told("kind", "刑事", document=" ")
    assert not Correction.objects.exists()
    assert Case.objects.get(serial=1).closed_on == date(2022, 3, 1)


@pytest.mark.parametrize("value", ["渝万援民〔2022〕2号", "渝万援民（２０２２）０２号"])
def test_a_number_may_not_look_like_another(frame: Frame, clerk: User, value: str) -> None:
    told = refusal(lambda: correct(clerk, "number", value), 422)
    assert "与卷宗号0002的“渝万援民〔2022〕2号”相同或只差写法" in told


def test_a_new_number_meets_the_list_of_exclusions(frame: Frame, clerk: User) -> None:
    listed = Exclusion.objects.create(
        frame=frame, number_original="x", key="渝万援民〔2022〕77号", code="city",
        reason="已被市级抽评", document="清单.xlsx",
    )  # fmt: skip
    correct(clerk, "number", "渝万援民〔2022〕77号")
    listed.refresh_from_db()
    assert listed.case == Case.objects.get(serial=1)
    assert "请先撤销剔除" in refusal(lambda: correct(clerk, "number", "渝万援民〔2022〕78号"))


@pytest.mark.parametrize("role", [Role.LEADER, Role.AUDITOR, Role.EXPERT])
def test_other_roles_correct_nothing(frame: Frame, role: Role) -> None:
    other = make_user(role)
    assert "只有中心和科室" in refusal(lambda: correct(other, "kind", "刑事"), 403)


def test_a_sealed_case_is_not_corrected(frame: Frame, people: tuple[User, User]) -> None:
    clerk, bureau = people
    correct(clerk, "kind", "刑事")
    actions.declare_total(frame, total=2, by=bureau)
    actions.close_frame(frame, at=database_now())
    assert "案件名单已封存" in refusal(lambda: correct(clerk, "kind", "行政"))
    first = Case.objects.get(serial=1)
    with pytest.raises(IntegrityError, match="案件名单已封存"), transaction.atomic():
        Correction.objects.create(
            frame=frame, case=first, number="x", field="kind", column="x", reason=REASON,
            document=PAPER,
        )  # fmt: skip
    with pytest.raises(IntegrityError, match="案件名单已封存"), transaction.atomic():
        CleaningLine.objects.create(batch=first.batch, row=1, column="x", rule="x")


def test_corrections_are_only_added(frame: Frame, clerk: User, as_owner: Any) -> None:
    correct(clerk, "kind", "刑事")
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Correction.objects.update(reason="别的理由")
    with as_owner():
        for table in (Correction, CleaningLine):
            with pytest.raises(IntegrityError, match="一经记录不能修改"), transaction.atomic():
                table.objects.all()._raw_delete("default")
