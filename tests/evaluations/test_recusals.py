"""回避 page: recorded, imported, withdrawn relations; what they touch; who may."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from evaluations.actions import recusals as actions
from evaluations.models import DrawnCase
from evaluations.queries.draws_text import sections_of
from evaluations.queries.recusals import Asked, RecusalLine, asked_for, recusal_page
from evaluations.readings import meant_recusals
from experts.models import Expert, FormerFirm, Recusal, RecusalWithdrawal
from tests.evaluations.draw_year import (
    Year,
    account,
    draw_experts,
    draw_match,
    draw_sample,
    open_year,
)
from tests.evaluations.marking_year import open_hall
from tests.people import cells, signed_in, words
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent, Person, Role

pytestmark = pytest.mark.django_db
PAGE = "/y/2031/experts/recusals/"
FORM = {"reason": "adviser", "target": "第4律师事务所", "left_on": "", "explanation": ""}


@pytest.fixture
def year() -> Year:
    return open_year()


def expert(number: int = 8) -> Expert:
    return Expert.objects.get(person__code=f"E{number:03d}")


def record(year: Year, **values: Any) -> Recusal:
    given = {"expert": expert(), "explanation": "说明", "by": year.bureau} | FORM | values
    given["left_on"] = values.get("left_on")
    return actions.record_recusal(year.plan, **given).recusal


def line(year: Year, **wanted: Any) -> RecusalLine:
    """The one line of the page with these values."""
    lines = recusal_page(year.plan, Asked()).lines
    (found,) = [
        one for one in lines if all(getattr(one, name) == value for name, value in wanted.items())
    ]
    return found


def refused(act: Any, *args: Any, **values: Any) -> RefusedError:
    before = (Recusal.objects.count(), RecusalWithdrawal.objects.count())
    events = AuditEvent.objects.count()
    with pytest.raises(RefusedError) as found:
        act(*args, **values)
    assert before == (Recusal.objects.count(), RecusalWithdrawal.objects.count())
    assert AuditEvent.objects.count() == events
    return found.value


@pytest.mark.parametrize(
    ("target", "scope", "shown"),
    [
        ("第4律师事务所", "org", "第4律师事务所"),
        (" 第 4律师事务所 ", "org", "第4律师事务所"),
        ("承办4", "handler", "承办4（第4律师事务所）"),
        ("承办4（第4律师事务所）", "handler", "承办4（第4律师事务所）"),
        ("0005", "case", "渝万援〔2031〕5号"),
        ("渝万援(2031)5号", "case", "渝万援〔2031〕5号"),
        ("渝万援〔2031〕005号", "case", "渝万援〔2031〕5号"),
    ],
)
def test_what_people_type_is_the_firm_the_handler_or_the_case(
    year: Year, target: str, scope: str, shown: str
) -> None:
    recusal = record(year, target=target)
    found = line(year, recusal=recusal)
    assert (found.scope, found.target, found.source_label, found.who) == (
        scope, shown, "科室登记", "甲bureau"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"target": "没有这个所"}, "没有找到“没有这个所”"),
        ({"target": "99999"}, "没有找到“99999”"),
        ({"reason": "kin", "explanation": " "}, "请在说明里写明是谁"),
        ({"reason": "opposing", "explanation": ""}, "请在说明里写明是谁"),
        ({"reason": "former-firm", "target": "承办4"}, "回避对象应是机构"),
        ({"left_on": date(2030, 1, 1)}, "才填离开日期"),
    ],
)
def test_a_line_that_cannot_be_checked_is_refused(
    year: Year, values: dict[str, Any], sentence: str
) -> None:
    found = refused(record, year, **values)
    assert (found.status, sentence in found.sentence) == (422, True)


def test_two_of_one_name_are_told_apart(year: Year) -> None:
    Person.objects.create(code="H900", name="承办4", firm=year.firms[5])
    found = refused(record, year, target="承办4")
    assert "有2位“承办4”，请写成其中一位：承办4（第4律师事务所）、承办4（第5律师事务所）" in (
        found.sentence
    )
    assert record(year, target="承办4（第5律师事务所）").person == Person.objects.get(code="H900")


def test_the_same_line_twice_and_an_expert_for_another(year: Year) -> None:
    record(year)
    assert "已经登记过" in refused(record, year).sentence
    other = account(Role.EXPERT, "other", person=expert(9).person)
    assert refused(record, year, target="承办3", by=other).status == 403


def test_derived_relations_and_what_they_touch(year: Year) -> None:
    draw_sample(year)
    one = expert()
    one.person.firm = year.firms[3]
    one.person.save()
    FormerFirm.objects.create(expert=one, firm=year.firms[2], left_on=date(2029, 4, 15))
    drawn = DrawnCase.objects.of(year.plan).select_related("case")
    same = line(year, expert=one, reason="same-firm")
    assert same.touched == tuple(
        sorted(d.case.label for d in drawn if d.case.firm_id == year.firms[3].pk)
    )
    former = line(year, expert=one, reason="former-firm")
    assert former.touched == tuple(
        sorted(
            d.case.label
            for d in drawn
            if d.case.firm_id == year.firms[2].pk and d.case.closed_on <= date(2031, 4, 15)
        )
    )
    assert former.term == "2029-04-15离开，回避2031-04-15以前（含当日）办结的案件"
    handler = Expert.objects.create(person=Person.objects.get(code="H001"), civil=True)
    assert line(year, expert=handler, reason="same-person").touched == tuple(
        sorted(d.case.label for d in drawn if d.case.serial % 10 == 1)
    )


def test_a_dated_former_firm_is_sealed_case_by_case(year: Year) -> None:
    draw_sample(year)
    draw_experts(year)
    member = year.plan.panels.get(code="civil-1").members.get(leads=True).expert
    recusal = record(
        year, expert=member, reason="former-firm", target="第2律师事务所",
        left_on=date(2029, 4, 15),
    )  # fmt: skip
    assert recusal.left_on == date(2029, 4, 15)
    rows = sections_of(draw_match(year).freeze_text)
    cases = {row[0]: row for row in rows["cases"]}
    found = {row[2] for row in rows["conflicts"]}
    closed = dict(year.plan.frame.cases.values_list("number", "closed_on"))
    assert {row[1] for row in rows["conflicts"]} == {"case"}
    assert found == {
        number for number, row in cases.items()
        if row[2] == "F002" and closed[number] <= date(2031, 4, 15)
    }  # fmt: skip


def test_the_filter_and_its_export(year: Year) -> None:
    record(year)
    record(year, target="0005", reason="kin", explanation="堂兄")
    desk = signed_in(year.bureau)
    page = words(desk.get(PAGE, {"reason": "kin"}))
    assert "堂兄" in page
    assert "中心顾问</td>" not in desk.get(PAGE, {"reason": "kin"}).content.decode()
    rows = cells(desk.get(PAGE, {"reason": "kin", "format": "xlsx"}))
    assert [row[2:6] for row in rows[1:]] == [["近亲属", "案件", "渝万援〔2031〕5号", None]]
    assert asked_for({"source": "x", "reason": "'", "scope": "y"}) == Asked()
    assert "没有符合条件的回避关系" in desk.get(PAGE, {"q": "查无此人"}).content.decode()


def test_the_expert_sees_and_declares_only_the_own_relations(year: Year) -> None:
    record(year, expert=expert(9), target="承办3", reason="kin", explanation="别人的亲属")
    user = account(Role.EXPERT, "own", person=expert().person)
    client = signed_in(user)
    page = client.get(f"{PAGE}mine/").content.decode()
    assert "别人的亲属" not in page
    assert client.post(f"{PAGE}mine/", FORM | {"reason": "kin"}).status_code == 422
    answer = client.post(
        f"{PAGE}mine/", FORM | {"target": "承办3", "reason": "kin", "explanation": "表弟"}
    )
    assert answer.status_code == 302
    recusal = Recusal.objects.get(expert=expert())
    assert (recusal.source, recusal.declared_by, recusal.explanation) == ("own", user, "表弟")
    assert client.get(PAGE).status_code == 403
    stranger = signed_in(account(Role.EXPERT, "nobody"))
    assert stranger.get(f"{PAGE}mine/").status_code == 403


def test_withdrawal_until_the_matching_is_frozen_and_both_rows_stay(year: Year) -> None:
    draw_sample(year)
    draw_experts(year)
    wrong, late = record(year), record(year, target="承办3")
    assert refused(actions.withdraw_recusal, wrong, reason=" ", by=year.bureau).status == 422
    assert refused(actions.withdraw_recusal, wrong, reason="登错", by=year.clerk).status == 403
    desk = signed_in(year.bureau)
    url = f"{PAGE}{wrong.pk}/withdraw/"
    assert f'href="{url}"' in desk.get(PAGE).content.decode()
    assert desk.post(url, {"reason": "同名，登错人"}).status_code == 302
    assert list(Recusal.objects.live()) == [late]
    assert "撤回：同名，登错人" in words(desk.get(PAGE))
    assert desk.get(url).status_code == 404
    assert (
        "已经撤回"
        in refused(actions.withdraw_recusal, wrong, reason="再撤", by=year.bureau).sentence
    )
    assert record(year).pk != wrong.pk
    draw_match(year)
    found = refused(actions.withdraw_recusal, late, reason="登错", by=year.bureau)
    assert "匹配名单已经封存，回避关系只增不撤" in found.sentence
    assert "撤回登错的关系" not in desk.get(f"{PAGE}{late.pk}/withdraw/").content.decode()
    assert "withdraw/" not in desk.get(PAGE).content.decode()


def test_a_withdrawn_line_no_longer_keeps_anybody_away(year: Year) -> None:
    draw_sample(year)
    draw_experts(year)
    leader = year.plan.panels.get(code="civil-1").members.get(leads=True).expert
    actions.withdraw_recusal(record(year, expert=leader), reason="登错", by=year.bureau)
    assert sections_of(draw_match(year).freeze_text)["conflicts"] == []


def csv(*lines: str) -> bytes:
    return "\n".join(["评估专家,回避原因,回避对象,离所日期,备注", *lines]).encode()


def test_a_list_is_imported_whole(year: Year) -> None:
    record(year)
    data = csv(
        "专家8,中心顾问,第4律师事务所,,已登记过", "专家9,近亲属,承办3,,表兄",
        "专家10,原执业机构,第2律师事务所,2029-4-15,", "E011,对方律师,渝万援(2031)7号,,代理被告",
    )  # fmt: skip
    desk = signed_in(year.bureau)
    answer = desk.post(
        f"{PAGE}import/", {"file": SimpleUploadedFile("回避名单.csv", data)}, follow=True
    )
    assert "新增3条，已登记过1条" in words(answer)
    rows = Recusal.objects.order_by("pk").values_list("reason", "source", "left_on")[1:]
    assert list(rows) == [
        ("kin", "import", None),
        ("former-firm", "import", date(2029, 4, 15)),
        ("opposing", "import", None),
    ]
    assert AuditEvent.objects.get(action="import_recusals").detail["new"] == 3


def test_one_wrong_line_and_nothing_is_imported(year: Year) -> None:
    data = csv(
        "专家9,近亲属,承办3,,", "专家9,好友,承办3,,", "没有这人,中心顾问,承办3,,",
        "专家9,中心顾问,没有这所,,", "专家9,曾在该机构执业,第2律师事务所,去年,",
        ",中心顾问,承办3,,",
    )  # fmt: skip
    findings = meant_recusals(year.plan, data).findings
    assert [(one.row, one.column) for one in findings] == [
        (2, "关系"), (3, "关系"), (4, "专家"), (5, "对象"), (6, "离开日期"), (7, "专家")
    ]  # fmt: skip
    desk = signed_in(year.bureau)
    answer = desk.post(f"{PAGE}import/", {"file": SimpleUploadedFile("a.csv", data)})
    assert (answer.status_code, "6处，一条也没有导入" in words(answer)) == (422, True)
    found = refused(actions.import_recusals, year.plan, data, file_name="a.csv", by=year.bureau)
    assert "回避名单有6处要改，一条也没有导入。例如第2行“关系”" in found.sentence
    good = csv("专家9,中心顾问,承办3,,")
    assert (
        refused(actions.import_recusals, year.plan, good, file_name="a.csv", by=year.clerk).status
        == 403
    )
    for bad, sentence in ((b"%PDF-1.7", ""), ("姓名,单位\n甲,乙".encode(), "没有找到表头"),
                          (csv(), "表头下面没有回避关系")):  # fmt: skip
        found = refused(actions.import_recusals, year.plan, bad, file_name="a.csv", by=year.bureau)
        assert (found.status, sentence in found.sentence) == (422, True)


def test_a_relation_recorded_in_the_marking_stops_the_work_at_once() -> None:
    hall = open_hall(cases=2)
    leader = Expert.objects.get(person=hall.leader.person)
    recorded = actions.record_recusal(
        hall.plan, expert=leader, reason="kin", target="1", explanation="当事人之兄",
        by=hall.bureau,
    )  # fmt: skip
    assert recorded.waiting == ("0001",)
    assert hall.sheet(hall.leader).withdrawn_reason == "回避"
    assert hall.sheet(hall.leader, 2).withdrawn_at is None


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"reason": "kin", "explanation": ""}, "recusal_kin_explained"),
        ({"reason": "adviser", "left_on": date(2030, 1, 1)}, "recusal_left_on_of_a_firm"),
    ],
)
def test_constraints(year: Year, values: dict[str, Any], rule: str) -> None:
    row = {"expert": expert(), "year": 2031, "firm": year.firms[0], "explanation": "x"} | values
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Recusal.objects.create(**row)
    recusal = record(year)
    with pytest.raises(IntegrityError, match="has_reason"), transaction.atomic():
        RecusalWithdrawal.objects.create(
            recusal=recusal, reason="", at=recusal.declared_at, by=year.bureau
        )
