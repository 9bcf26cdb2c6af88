"""抽选 pages: who opens what, what stands on them, what is handed out."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.models import Frame
from evaluations.actions import draws
from evaluations.models import Draw, DrawnCase, Plan, ReplacementRequest
from tests.evaluations.draw_year import SEEDS, Year, add_cases, draw_sample, matched_year, open_year
from tests.people import signed_in, text
from wanzhou_eval.models import Person, Role, User

pytestmark = pytest.mark.django_db
Y = "/y/2031/draws/"
CODE = f"{Y}WZ-2031-S1/"


@pytest.fixture
def year() -> Year:
    return open_year()


def test_the_ceremony_through_the_pages(year: Year) -> None:
    bureau, clerk = signed_in(year.bureau), signed_in(year.clerk)
    page = text(bureau.get(Y))
    assert "下一步：抽选案件" in page
    assert "60 件，与申报数相符" in page
    response = bureau.post(f"{Y}freeze/", {"kind": "sample"})
    assert response["Location"] == f"{CODE}console/"
    assert "打印指纹单（表A），各方签名" in text(bureau.get(f"{CODE}console/"))
    bureau.post(f"{CODE}console/", {"step": "sheet"})
    spaced = "４０７１ 8832 6901 5527 4936 0001"
    bureau.post(
        f"{CODE}console/",
        {"step": "first", "digits": spaced, "source": "d10", "witnesses": "纪检 甲"},
    )
    page = text(bureau.get(f"{CODE}console/"))
    assert "请换另一人" in page
    assert "40718 83269 01552 74936 0001" in page
    page = text(clerk.get(f"{CODE}console/"))
    assert "录入第二遍并执行抽选" in page
    assert "40718 83269" not in page
    clerk.post(f"{CODE}console/", {"step": "second", "digits": SEEDS["sample"]})
    draw = Draw.objects.get()
    assert draw.seed == SEEDS["sample"]
    page = text(bureau.get(f"{CODE}console/"))
    assert "已宣读 0 / 20 件" in page
    bureau.post(f"{CODE}advance/", {"act": "next", "said": "0", "back": "1"})
    bureau.post(f"{CODE}advance/", {"act": "next", "said": "0", "back": "1"})
    assert Draw.objects.get().announced == 1
    bureau.post(f"{CODE}advance/", {"act": "all", "said": "1"})
    response = bureau.post(f"{CODE}console/", {"step": "sign"})
    assert response["Location"] == CODE
    page = text(bureau.get(CODE))
    assert "已锁定，重算一致" in page
    assert " ".join(draw.result_hash[i : i + 4] for i in range(0, 64, 4)) in page
    assert "评估案件随机抽选记录" in page


def test_a_bad_typing_keeps_what_was_typed(year: Year) -> None:
    draw = draws.seal_frame(year.plan, by=year.bureau)
    draws.sign_sheet_a(draw, by=year.bureau)
    bureau = signed_in(year.bureau)
    response = bureau.post(f"{CODE}console/", {"step": "first", "digits": "", "source": "d10"})
    assert response.status_code == 422
    assert "还不能提交，请先改下面几处" in text(response)
    data = {"step": "first", "digits": "123", "source": "d10", "witnesses": "甲"}
    response = bureau.post(f"{CODE}console/", data)
    assert (response.status_code, Draw.objects.get().first_typing) == (422, "")
    assert "种子只有3位，至少20位。请继续掷，补足17位。" in text(response)
    response = bureau.post(f"{CODE}console/", {"step": "nothing"})
    assert response.status_code == 422


READERS = {"bureau": 200, "clerk": 200, "leader": 200, "auditor": 200}


def test_who_reads(year: Year) -> None:
    draw_sample(year)
    handler = Person.objects.get(code="H001")
    expert = Person.objects.get(code="E000")
    others = [
        User.objects.create(username="h", role=Role.HANDLER, person=handler, password="!"),
        User.objects.create(username="e", role=Role.EXPERT, person=expert, password="!"),
        User.objects.create(username="s", role=Role.SYSADMIN, password="!"),
    ]
    staff = {name: signed_in(year.people[name]) for name in READERS}
    strangers = [signed_in(user) for user in others]
    for path in ("", "console/", "live/", "state/", "sheet-a/", "verify/"):
        seen = {name: client.get(CODE + path).status_code for name, client in staff.items()}
        assert (path, seen) == (path, READERS)
        assert [client.get(CODE + path).status_code for client in strangers] == [403, 403, 403]
        assert Client().get(CODE + path).status_code == 302


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("freeze/", {"kind": "sample"}),
        ("WZ-2031-S1/console/", {"step": "sheet"}),
        ("WZ-2031-S1/advance/", {"act": "all", "said": "0"}),
        ("WZ-2031-S1/void/", {"act": "request", "reason": "骰子被碰动了"}),
        ("replace/0005/", {"kind": "missing", "reason": "缺卷"}),
    ],
)
def test_auditor_and_leader_change_nothing(year: Year, path: str, data: dict[str, str]) -> None:
    if "freeze" not in path:
        draws.seal_frame(year.plan, by=year.bureau)
    before = list(Draw.objects.values())
    for name in ("auditor", "leader"):
        assert signed_in(year.people[name]).post(Y + path, data).status_code == 403
    assert list(Draw.objects.values()) == before


def test_every_kind_has_its_pages() -> None:
    year = matched_year()
    bureau = signed_in(year.bureau)
    for code in ("S1", "E1", "M1"):
        for path in ("", "console/", "live/", "sheet-a/", "export/", "package.zip"):
            answer = bureau.get(f"{Y}WZ-2031-{code}/{path}")
            assert answer.status_code == 200
            assert b"".join(answer)  # a file is read to its end
    page = text(bureau.get("/y/2031/panels/"))
    assert "民事行政案件组第三组" in page
    assert "候补专家" in page
    page = text(bureau.get(Y))
    assert page.count("已锁定") == 3


def test_void_by_two_logins(year: Year) -> None:
    draw_sample(year)
    bureau, leader = signed_in(year.bureau), signed_in(year.leader)
    assert bureau.post(f"{CODE}void/", {"act": "request", "reason": ""}).status_code == 422
    bureau.post(f"{CODE}void/", {"act": "request", "reason": "骰子落地后被碰动"})
    assert "提出的人不能自己确认" in text(bureau.get(f"{CODE}void/"))
    assert bureau.post(f"{CODE}void/", {"act": "confirm"}).status_code == 403
    assert Draw.objects.get().voided_at is None
    assert "确认作废" in text(leader.get(f"{CODE}void/"))
    leader.post(f"{CODE}void/", {"act": "confirm"})
    assert Draw.objects.get().voided_at is not None
    page = text(bureau.get(Y))
    assert "骰子落地后被碰动（甲bureau提出，甲leader确认）" in page
    assert "本次抽选作废" in text(bureau.get(f"{CODE}live/"))
    assert bureau.get(f"{CODE}state/").json()["voided"] == "骰子落地后被碰动"


def test_why_a_case_was_drawn_or_not(year: Year) -> None:
    bureau = signed_in(year.bureau)
    assert bureau.get(f"{Y}why/5/").status_code == 404
    draw_sample(year)
    drawn = DrawnCase.objects.of(year.plan)[0].case
    page = text(bureau.get(f"{Y}why/{drawn.serial}/"))
    assert f"{drawn.number}：<b>抽中</b>" in page
    other = year.plan.frame.cases.exclude(drawn__isnull=False).filter(exclusion=None)[0]
    assert "<b>没有抽中</b>" in text(bureau.get(f"{Y}why/{other.serial}/"))
    page = text(bureau.get(f"{Y}why/1/"))
    assert "<b>未参加抽选</b>" in page
    assert "已被市级抽评" in page


def test_the_file_number_leads_to_the_explanation(year: Year) -> None:
    year.plan.frame.cases.filter(serial=7).update(key="渝万援〔2031〕7号")
    draw_sample(year)
    bureau = signed_in(year.bureau)
    assert bureau.get(f"{Y}why/", {"serial": "0007"})["Location"] == f"{Y}why/7/"
    found = bureau.get(f"{Y}why/", {"serial": "7", "act": "replace"})
    assert found["Location"] == f"{Y}replace/7/"
    number = year.plan.frame.cases.get(serial=7).number_original
    assert bureau.get(f"{Y}why/", {"serial": f" {number}"})["Location"] == f"{Y}why/7/"
    assert bureau.get(f"{Y}why/", {"serial": ""}).status_code == 422
    answer = bureau.get(f"{Y}why/", {"serial": "渝万援〔2031〕999号"})
    assert answer.status_code == 404
    assert "不在封存名单里，没有参加抽选。请核对案号；确属漏列的，请报告公共法律服务科" in text(
        answer
    )


def test_a_handler_asks_about_own_cases_only(year: Year) -> None:
    draw_sample(year)
    person = Person.objects.get(code="H003")
    user = User.objects.create(
        username="h3", name="承办3", role=Role.HANDLER, person=person, password="!"
    )
    handler = signed_in(user)
    assert handler.get(f"{Y}why/3/").status_code == 200
    assert handler.get(f"{Y}why/4/").status_code == 404


def test_replacement_through_the_page(year: Year) -> None:
    draw_sample(year)
    bureau = signed_in(year.bureau)
    old = DrawnCase.objects.of(year.plan)[0]
    path = f"{Y}replace/{old.case.serial}/"
    assert "按签序由同层下一签递补" in text(bureau.get(path))
    assert bureau.post(path, {"kind": "missing"}).status_code == 422
    bureau.post(path, {"kind": "missing", "reason": "档案室装修"})
    entry = ReplacementRequest.objects.get()
    signed_in(year.leader).post(f"/y/2031/replacements/{entry.pk}/", {"act": "confirm"})
    new = DrawnCase.objects.get(replaces=old)
    page = text(bureau.get(CODE))
    assert new.case.number in page
    assert "卷宗缺失：档案室装修" in page
    assert "<b>已换件</b>" in text(bureau.get(f"{Y}why/{old.case.serial}/"))
    assert "<b>递补抽中</b>" in text(bureau.get(f"{Y}why/{new.case.serial}/"))


def test_unknown_codes_and_years(year: Year) -> None:
    bureau = signed_in(year.bureau)
    assert bureau.get(f"{Y}WZ-2031-S9/").status_code == 404
    assert bureau.get("/y/2040/draws/").status_code == 404
    assert bureau.get("/y/2040/panels/").status_code == 404
    assert bureau.post(f"{Y}freeze/", {"kind": "what"}).status_code == 422


def queries_of(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


PATHS = ("", "WZ-2031-{}/", "WZ-2031-{}/console/", "WZ-2031-{}/state/", "WZ-2031-{}/sheet-a/")


def test_the_number_of_queries_does_not_grow_with_the_rows() -> None:
    year = open_year(cases=30)
    bureau = signed_in(year.bureau)
    small = draw_sample(year)
    few = [queries_of(bureau, Y + path.format("S1")) for path in PATHS]
    draws.void_draw(small, reason="名单漏了一册台账", by=year.bureau, confirmed_by=year.leader)
    add_cases(year.plan.frame, year.firms, first=31, count=200, excluded=3, by=year.clerk)
    Frame.objects.update(declared_total=230)
    Plan.objects.update(
        decided_size=90, decided_reason="多抽", decided_clause="第四条", decided_signer="甲"
    )
    large = draw_sample(year, seed=SEEDS["review"])
    assert large.announced == 90
    many = [queries_of(bureau, Y + path.format("S2")) for path in PATHS]
    assert many[0] <= few[0] + 1  # the list has one more draw, and looks for a next step
    assert many[1:] == few[1:]
    assert max(many) <= 20
