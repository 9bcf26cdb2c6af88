"""Bad input through the pages: a clear sentence, and nothing happened."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from cases.models import Case
from evaluations.actions import draws
from evaluations.models import Draw, DrawnCase
from experts.models import Expert
from tests.evaluations.draw_year import (
    SEEDS,
    Year,
    draw_experts,
    draw_sample,
    next_year,
    open_year,
    snapshot,
)
from tests.evaluations.test_draws_match import recuse
from tests.people import signed_in, words
from wanzhou_eval.models import AuditEvent

pytestmark = pytest.mark.django_db
Y = "/y/2031/draws/"
CONSOLE = f"{Y}WZ-2031-S1/console/"


def refused(client: Client, path: str, data: dict[str, str], status: int = 422) -> str:
    """What the page says, with the proof that nothing was saved but the refusal itself."""
    *before, logged = snapshot()
    answer = client.post(path, data)
    assert answer.status_code == status
    *after, entries = snapshot()
    assert after == before
    assert [row.action for row in AuditEvent.objects.order_by("-pk")[: entries - logged]] in (
        [],
        ["refuse"],
    )
    return words(answer)


def blocked(year: Year, kind: str, sentence: str, status: int = 422) -> None:
    """The page says before the press, and after it, why the list cannot be sealed."""
    bureau = signed_in(year.bureau)
    page = words(bureau.get(Y))
    assert "现在还不能封存" in page
    assert sentence in page
    assert sentence in refused(bureau, f"{Y}freeze/", {"kind": kind}, status)


def test_an_empty_frame() -> None:
    blocked(
        open_year(cases=0, excluded=0),
        "sample",
        "还没有导入办结案件。请先由中心导入台账，再办这一步。",
        409,
    )


def test_a_frame_with_nothing_left() -> None:
    blocked(
        open_year(cases=5, excluded=5),
        "sample",
        "5件办结案件全部剔除，没有可以抽的。请到案件页核对剔除名单，再封存。",
    )


def test_fewer_than_twenty_are_all_taken_and_page_and_sheet_say_why() -> None:
    year = open_year(cases=12, excluded=1)
    bureau = signed_in(year.bureau)
    why = "按规则11件（可抽的只有这些，全部抽取）"
    assert why in words(bureau.get(Y))
    draw = draws.seal_frame(year.plan, by=year.bureau)
    assert why in words(bureau.get(f"{Y}{draw.code}/sheet-a/"))
    assert "全部抽取" not in words(signed_in(next_year(year).bureau).get("/y/2032/draws/"))


def test_two_numbers_with_the_same_bones() -> None:
    year = open_year(cases=30, excluded=0)
    twin = "渝万援〔2031〕01号"
    Case.objects.filter(serial=2).update(number=twin, key=twin, skeleton="X1")
    blocked(
        year,
        "sample",
        f"案号“渝万援〔2031〕1号”与第16行“{twin}”看起来相同，须由人认定是否同一案件。",
    )


def test_too_few_experts_of_a_specialty() -> None:
    year = open_year()
    draw_sample(year)
    Expert.objects.filter(criminal=True).exclude(person__code="E000").update(active=False)
    blocked(
        year,
        "experts",
        "专家库不够：刑事组长、刑事专家席位共需2人，符合条件的只有1人，缺1人。"
        "请补充专家、认定组长资格或减少小组后重新封存。",
    )


def test_everybody_recused() -> None:
    year = open_year()
    draw_sample(year)
    draw_experts(year)
    drawn = list(DrawnCase.objects.of(year.plan).filter(case__kind="criminal"))
    for one in drawn:
        recuse(list(Expert.objects.filter(criminal=True)), one.case)
    bureau = signed_in(year.bureau)
    assert f"有{len(drawn)}件案件没有任何小组或候补专家可以评估" in words(bureau.get(Y))
    said = refused(bureau, f"{Y}freeze/", {"kind": "match"})
    assert "无法匹配，有案件没有任何小组或候补专家可以评估：" in said
    assert [one.case.number for one in drawn if f"“{one.case.number}”（应回避：" not in said] == []
    assert "请为刑事类补充没有回避关系的候补专家，或用候补案件替换后重新封存。" in said


@pytest.fixture
def sealed() -> Year:
    """A sealed list whose sheet A is signed."""
    year = open_year()
    draws.sign_sheet_a(draws.seal_frame(year.plan, by=year.bureau), by=year.bureau)
    return year


@pytest.mark.parametrize(
    ("digits", "source", "sentence"),
    [
        ("", "d10", "请照掷出的先后录入随机数。"),
        ("123", "d10", "种子只有3位，至少20位。请继续掷，补足17位。"),
        ("1" * 201, "d10", "种子有201位，最多200位。请核对是否重复输入。"),
        ("1234567890123456789a", "d10", "种子第20位是“a”，只能是半角数字0到9"),
        ("一二三四五六七八九十一二三四五六七八九十", "d10", "种子第1位是“一”，只能是半角数字0到9"),
        ("٠١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦٧٨٩", "d10", "种子第1位是“٠”，只能是半角数字0到9"),
        ("1234561234561234561234561234567", "d6", "种子第31位是7，六面骰只有1到6。"),
    ],
    ids=["none", "few", "many", "letter", "chinese", "arabic", "dice"],
)
def test_digits_that_are_no_seed(sealed: Year, digits: str, source: str, sentence: str) -> None:
    data = {"step": "first", "digits": digits, "source": source, "witnesses": "甲"}
    assert sentence in refused(signed_in(sealed.bureau), CONSOLE, data)


def test_two_typings_that_differ(sealed: Year) -> None:
    bureau, clerk = signed_in(sealed.bureau), signed_in(sealed.clerk)
    seed = SEEDS["sample"]
    bureau.post(CONSOLE, {"step": "first", "digits": seed, "source": "d10", "witnesses": "甲"})
    second = {"step": "second", "digits": seed}
    said = refused(clerk, CONSOLE, second | {"digits": f"{seed[:-1]}9"})
    assert "两次输入第24位不同：第一次1，第二次9。请对照掷骰记录重输。" in said
    said = refused(clerk, CONSOLE, second | {"digits": seed[:-1]})
    assert "两次输入的位数不同：第一次24位，第二次23位。" in said
    assert "第二遍须由另一人录入" in refused(bureau, CONSOLE, second, 409)
    clerk.post(CONSOLE, second)
    assert "结果只算一次，请继续宣读或签名。" in refused(clerk, CONSOLE, second, 409)


def test_a_list_changed_after_sealing_names_the_row_instead_of_drawing(
    sealed: Year, as_owner: Any
) -> None:
    data = {"step": "first", "digits": SEEDS["sample"], "source": "d10", "witnesses": "甲"}
    signed_in(sealed.bureau).post(CONSOLE, data)
    draw = Draw.objects.get()
    row = draw.freeze_text.split("\n")[24]
    changed = row.replace("F00", "F01")
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE evaluations_draw SET freeze_text = replace(freeze_text, %s, %s)", [row, changed]
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
    second = {"step": "second", "digits": SEEDS["sample"]}
    said = refused(signed_in(sealed.clerk), CONSOLE, second)
    number, was, now = row.split("\t")[0], row.split("\t")[3], changed.split("\t")[3]
    assert "名单与封存时不同：" in said
    assert "不能抽选，请报告并查明原因。" in said
    assert f"名单第25行“{number}”的机构现为“{now}”，封存时为“{was}”。" in said
