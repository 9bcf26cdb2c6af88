"""专家库 of a year: eligibility, what is missing, facts and absences until the list is sealed."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from evaluations.actions import draws
from evaluations.actions.expert_pool import change_expert, enter_absence, lift_absence
from evaluations.models import Plan
from evaluations.queries.draws_text import sections_of
from evaluations.queries.expert_pool import PoolFilter, pool_page
from experts.models import Expert, YearAbsence
from tests.evaluations.draw_year import Year, account, draw_sample, open_year, refused
from tests.evaluations.test_draws_pages import queries_of
from tests.people import cells, signed_in, words
from wanzhou_eval.clock import database_now
from wanzhou_eval.models import AuditEvent, Person, Role

pytestmark = pytest.mark.django_db
LIST = "/y/2031/experts/"
DOCUMENT = {"reason": "外派学习", "document": "本人书面申请，2031年8月12日"}


@pytest.fixture
def year() -> Year:
    return open_year()


def expert(code: str) -> Expert:
    return Expert.objects.select_related("person__firm").get(person__code=code)


def codes(year: Year, **asked: str) -> dict[str, str]:
    page = pool_page(year.plan.year, PoolFilter.asked(asked))
    return {row.expert.person.code: row.code for row in page.rows}


def test_who_may_be_drawn_and_why_not_the_others(year: Year) -> None:
    Expert.objects.filter(person__code="E001").update(active=False)
    enter_absence(year.plan, expert("E002"), by=year.bureau, **DOCUMENT)
    account(Role.CLERK, "clerk2", person=expert("E003").person)
    account(Role.HANDLER, "handler", person=expert("E004").person)
    found = codes(year)
    assert {code: why for code, why in found.items() if why} == {
        "E001": "inactive", "E002": "absent", "E003": "staff", "E007": "nonlocal",
        "E021": "nonlocal",
    }  # fmt: skip
    page = words(signed_in(year.bureau).get(LIST))
    for why in ("不在库", "本年度不参加", "持有工作人员账号", "非本地"):
        assert why in page
    assert "账号是承办人，评卷须换专家账号" in page
    draw_sample(year)
    frozen = draws.freeze_experts(year.plan, by=year.bureau)
    status = {row[0]: row[4] for row in sections_of(frozen.freeze_text)["pool"]}
    assert {code: status[code] for code in ("E001", "E002", "E003", "E004")} == {
        "E001": "ex:inactive", "E002": "ex:absent", "E003": "ex:staff", "E004": "in",
    }  # fmt: skip


def test_counts_against_the_seats_and_what_is_missing(year: Year) -> None:
    page = pool_page(2031, PoolFilter())
    assert [(s.label, s.able, s.leaders, s.seats, s.groups) for s in page.slots] == [
        ("刑事", 7, 4, 2, 1), ("民事行政", 13, 7, 6, 3),
    ]  # fmt: skip
    assert (page.enough, page.sentence, [s.spare for s in page.slots]) == (True, "", [5, 7])
    assert page.prices[0].startswith("刑事每组须有一名组长：4名可任组长者每人抽中机会")
    Expert.objects.filter(criminal=True).exclude(person__code="E001").update(active=False)
    Expert.objects.filter(civil=True).update(may_lead=False)
    page = pool_page(2031, PoolFilter())
    assert page.sentence == "刑事专家还差1人；刑事组长人选还差1人；民事行政组长人选还差3人"
    assert page.sentence in words(signed_in(year.clerk).get(LIST))


def test_people_of_both_kinds_are_not_counted_twice(year: Year) -> None:
    Expert.objects.update(active=False)
    Expert.objects.filter(person__code__in=[f"E{n:03d}" for n in range(8, 14)]).update(
        active=True, criminal=True, civil=True, may_lead=True
    )
    assert pool_page(2031, PoolFilter()).sentence == (
        "两类都能评的专家不够两边分，须补充只评其中一类的专家"
    )


def test_filters_narrow_page_and_workbook_alike(year: Year) -> None:
    assert set(codes(year, specialty="criminal", status="in", lead="1")) == {
        "E000", "E002", "E004", "E006",
    }  # fmt: skip
    assert set(codes(year, status="out")) == {"E007", "E021"}
    assert set(codes(year, q="E01")) == {f"E01{n}" for n in range(10)}
    assert len(codes(year, specialty="person__user__password", lead="2")) == 22
    desk = signed_in(year.auditor)
    table = cells(desk.get(f"{LIST}?specialty=criminal&status=out&format=xlsx"))
    assert [row[0] for row in table] == ["代码", "E007"]
    assert "电话" not in table[0]
    about = cells(desk.get(f"{LIST}?specialty=criminal&status=out&format=xlsx"), 1)
    assert [row[1] for row in about if row[0] == "筛选条件"] == ["刑事", "不可抽"]


def test_facts_change_with_a_reason_on_record(year: Year) -> None:
    one = expert("E001")
    values = {"criminal": True, "civil": False, "may_lead": True, "is_local": True, "active": True}
    change_expert(year.plan, one, values=values, reason="取得组长资格", by=year.bureau)
    one.refresh_from_db()
    assert one.may_lead is True
    event = AuditEvent.objects.get(action="change_expert")
    assert (event.target, event.year, event.detail) == (
        "E001", 2031, {"changes": ["可任组长：否→是"], "reason": "取得组长资格"},
    )  # fmt: skip
    said: dict[str, Any] = {"values": values, "reason": "x", "by": year.bureau}
    assert refused(change_expert, year.plan, one, **said).sentence.startswith("没有改动任何一项")
    error = refused(change_expert, year.plan, one, **said | {"values": {"criminal": False}})
    assert error.sentence.startswith("专业领域至少保留一项")
    other = said | {"values": {"may_lead": False}}
    assert refused(change_expert, year.plan, one, **other | {"reason": " "}).status == 422
    assert refused(change_expert, year.plan, one, **other | {"by": year.clerk}).status == 403
    one.refresh_from_db()
    assert (one.may_lead, one.criminal) == (True, True)


def test_an_absence_has_its_document_and_is_lifted_with_a_reason(year: Year) -> None:
    one = expert("E001")
    for part in ("reason", "document"):
        said = DOCUMENT | {part: " "}
        assert refused(enter_absence, year.plan, one, by=year.bureau, **said).status == 422
    assert refused(enter_absence, year.plan, one, by=year.leader, **DOCUMENT).status == 403
    Plan.objects.update(clock_offset=timedelta(days=-400))
    made = enter_absence(year.plan, one, by=year.bureau, **DOCUMENT)
    assert timedelta(days=399) < database_now() - made.entered_at < timedelta(days=401)
    error = refused(enter_absence, year.plan, one, by=year.bureau, **DOCUMENT)
    assert error.sentence == "专家1已登记2031年度不参加，不用再办。"
    assert refused(lift_absence, year.plan, one, reason="", by=year.bureau).status == 422
    lifted = lift_absence(year.plan, one, reason="行程取消", by=year.bureau)
    assert (lifted.lifted_by, lifted.lifted_reason) == (year.bureau, "行程取消")
    assert codes(year)["E001"] == ""
    assert refused(lift_absence, year.plan, one, reason="x", by=year.bureau).status == 409
    enter_absence(year.plan, one, by=year.bureau, **DOCUMENT)
    assert YearAbsence.objects.count() == 2


def test_once_the_list_is_sealed_nothing_changes_until_it_is_void(year: Year) -> None:
    draw_sample(year)
    frozen = draws.freeze_experts(year.plan, by=year.bureau)
    one = expert("E001")
    said: dict[str, Any] = {"values": {"may_lead": True}, "reason": "x", "by": year.bureau}
    error = refused(change_expert, year.plan, one, **said)
    assert error.sentence.startswith("专家名单已封存（WZ-2031-E1），专家情况不能再改。")
    assert refused(enter_absence, year.plan, one, by=year.bureau, **DOCUMENT).status == 409
    desk = signed_in(year.bureau)
    assert "专家名单已封存" in words(desk.get(LIST))
    assert "更正情况" not in words(desk.get(f"{LIST}{one.pk}/"))
    draws.void_draw(frozen, reason="名单有误需要更正", by=year.bureau, confirmed_by=year.leader)
    assert change_expert(year.plan, one, **said).may_lead is True


def test_the_pages_of_one_expert(year: Year) -> None:
    desk, reader = signed_in(year.bureau), signed_in(year.auditor)
    one = expert("E001")
    address = f"{LIST}{one.pk}/"
    form = {"criminal": "on", "is_local": "on", "active": "on", "may_lead": "on"}
    assert desk.post(f"{address}edit/", form).status_code == 422
    assert desk.post(f"{address}edit/", {**form, "reason": "资格认定"})["Location"] == address
    assert "可任组长：否→是资格认定" in words(desk.get(address))
    assert desk.post(f"{address}absence/", {"reason": "外派"}).status_code == 422
    assert desk.get(f"{address}absence/lift/").status_code == 404
    desk.post(f"{address}absence/", DOCUMENT)
    page = words(reader.get(address))
    assert "2031年度不可抽：本年度不参加。" in page
    assert "本人书面申请，2031年8月12日" in page
    assert "更正情况" not in page
    desk.post(f"{address}absence/lift/", {"reason": "行程取消"})
    assert "行程取消" in words(desk.get(address))
    assert desk.get(f"{LIST}999999/").status_code == 404


RULES = {
    "absence_once_a_year": {},
    "absence_has_its_document": {"year": 2040, "document": ""},
    "absence_lifted_with_reason": {"year": 2040, "lifted_reason": "x"},
}


@pytest.mark.parametrize(("rule", "values"), RULES.items(), ids=list(RULES))
def test_the_database_keeps_absences_whole(year: Year, rule: str, values: dict[str, Any]) -> None:
    made = enter_absence(year.plan, expert("E001"), by=year.bureau, **DOCUMENT)
    row = {"expert": made.expert, "year": 2031, "reason": "x", "document": "y"} | values
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        YearAbsence.objects.create(**row)
    rows = YearAbsence.objects.filter(pk=made.pk)
    with pytest.raises(IntegrityError, match="不能修改"), transaction.atomic():
        rows.update(reason="改写")
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.delete()


def test_the_number_of_queries_does_not_grow_with_the_pool(year: Year) -> None:
    desk = signed_in(year.bureau)
    address = f"{LIST}{expert('E001').pk}/"
    few = [queries_of(desk, path) for path in (LIST, address)]
    for n in range(30, 60):
        person = Person.objects.create(code=f"E{n:03d}", name=f"专家{n}", firm=year.firms[n % 40])
        Expert.objects.create(person=person, criminal=True, civil=n % 2 == 0, may_lead=True)
    assert [queries_of(desk, path) for path in (LIST, address)] == few
    assert max(few) <= 20
