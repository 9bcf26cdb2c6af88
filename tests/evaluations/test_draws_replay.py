"""A step sent twice, a lost answer, two operators: the state is the server's, nothing repeats."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from evaluations.actions import draws
from evaluations.models import Draw
from tests.evaluations.draw_year import (
    SEEDS,
    Year,
    draw_experts,
    draw_sample,
    open_year,
    snapshot,
)
from tests.people import signed_in, words
from wanzhou_eval.models import AuditEvent

pytestmark = pytest.mark.django_db
Y = "/y/2031/draws/"
KINDS = [("sample", "S1", "件"), ("experts", "E1", "人"), ("match", "M1", "件")]
WITNESSES = "纪检 甲 12位；律师 乙 12位"


@pytest.fixture
def year() -> Year:
    return open_year()


def before_freezing(year: Year, kind: str) -> None:
    """What stands before the list of a kind may be sealed."""
    steps: dict[str, list[Callable[[Year], Draw]]] = {
        "sample": [],
        "experts": [draw_sample],
        "match": [draw_sample, draw_experts],
    }
    for step in steps[kind]:
        step(year)


def kept() -> list[Any]:
    """Everything but the audit line of a refusal, which is wanted."""
    refusals = AuditEvent.objects.filter(action="refuse").count()
    *rest, events = snapshot()
    return [*rest, events - refusals]


def twice(client: Client, path: str, data: dict[str, str], *, told: str) -> None:
    """Send the same form twice: the second changes nothing and says where things stand."""
    assert client.post(path, data).status_code == 302
    before = kept()
    answer = client.post(path, data, HTTP_REFERER=f"http://testserver{path}")
    assert kept() == before
    if told:
        assert answer.status_code == 409
        assert told in words(answer)
        assert "回上一页" in words(answer)
    else:
        assert answer.status_code == 302


@pytest.mark.parametrize(("kind", "code", "unit"), KINDS)
def test_every_step_sent_twice_happens_once(year: Year, kind: str, code: str, unit: str) -> None:
    before_freezing(year, kind)
    bureau, clerk = signed_in(year.bureau), signed_in(year.clerk)
    page = f"{Y}WZ-2031-{code}/"
    console, advance = f"{page}console/", f"{page}advance/"
    twice(bureau, f"{Y}freeze/", {"kind": kind}, told="的名单已经封存")
    twice(bureau, console, {"step": "sheet"}, told="的指纹单已经登记签名，请继续录入随机数。")
    typed = {"digits": SEEDS[kind], "source": "d10", "witnesses": WITNESSES}
    twice(bureau, console, {"step": "first", **typed}, told="")
    second = {"step": "second", "digits": SEEDS[kind]}
    twice(clerk, console, second, told="已经执行抽选，结果指纹末8位")
    assert Draw.objects.get(code=f"WZ-2031-{code}").announced == 0
    twice(bureau, advance, {"act": "next", "said": "0", "back": "1"}, told="")
    assert "已宣读1/" in words(bureau.get(console))
    twice(clerk, advance, {"act": "pause", "said": "1"}, told="")
    assert "继续宣读" in words(bureau.get(console))
    twice(clerk, advance, {"act": "all", "said": "1"}, told="")
    assert Draw.objects.get(code=f"WZ-2031-{code}").announced == 1
    twice(bureau, advance, {"act": "resume", "said": "1"}, told="")
    twice(bureau, advance, {"act": "all", "said": "1"}, told="")
    twice(bureau, console, {"step": "sign"}, told="已经签名锁定，请到抽选记录打印或下载核验包。")
    assert f"{unit}已全部宣读" not in words(bureau.get(console))
    assert "已签名锁定" in words(bureau.get(console))


def test_the_first_typing_belongs_to_one_person(year: Year) -> None:
    draw = draws.seal_frame(year.plan, by=year.bureau)
    draws.sign_sheet_a(draw, by=year.bureau)
    bureau, clerk = signed_in(year.bureau), signed_in(year.clerk)
    console = f"{Y}{draw.code}/console/"
    typed = {
        "step": "first", "digits": SEEDS["sample"], "source": "d10", "witnesses": WITNESSES,
    }  # fmt: skip
    assert bureau.post(console, typed).status_code == 302
    answer = clerk.post(console, typed)
    assert answer.status_code == 409
    assert "第一遍已由甲bureau（科室）录入。请录第二遍" in words(answer)
    answer = bureau.post(console, {"step": "second", "digits": SEEDS["sample"]})
    assert answer.status_code == 409
    assert "第二遍须由另一人录入" in words(answer)
    assert Draw.objects.get().seed == ""


def test_a_stale_screen_goes_on_from_the_servers_state(year: Year) -> None:
    """Two operators press the space bar with an old count on one screen."""
    draw = draws.seal_frame(year.plan, by=year.bureau)
    draws.sign_sheet_a(draw, by=year.bureau)
    draws.enter_seed(draw, digits=SEEDS["sample"], source="d10", witnesses="甲", by=year.bureau)
    draws.hold_draw(draw, digits=SEEDS["sample"], by=year.clerk)
    bureau, clerk = signed_in(year.bureau), signed_in(year.clerk)
    advance, state = f"{Y}{draw.code}/advance/", f"{Y}{draw.code}/state/"
    said = []
    for client, count in ((bureau, "0"), (clerk, "0"), (bureau, "1"), (clerk, "0"), (clerk, "2")):
        answer = client.post(
            advance, {"act": "next", "said": count}, HTTP_ACCEPT="application/json"
        )
        said.append(answer.json()["said"])
    assert said == [1, 1, 2, 2, 3]
    assert bureau.get(state).json()["numbers"] == clerk.get(state).json()["numbers"]
    for bad in ({"act": "next"}, {"act": "next", "said": "x"}, {"act": "back", "said": "3"}):
        assert bureau.post(advance, bad).status_code == 422
    assert Draw.objects.get().announced == 3


def test_digits_are_asked_again_in_place(year: Year) -> None:
    draw = draws.seal_frame(year.plan, by=year.bureau)
    draws.sign_sheet_a(draw, by=year.bureau)
    bureau = signed_in(year.bureau)
    console = f"{Y}{draw.code}/console/"
    good = {"step": "first", "digits": "1" * 24, "source": "d10", "witnesses": "纪检 甲"}
    for change, sentence in (
        ({"digits": "1234567890123456789"}, "种子只有19位，至少20位。请继续掷，补足1位。"),
        ({"digits": "12345678901234567a90"}, "种子第18位是“a”，只能是半角数字0到9"),
        ({"digits": "1" * 201}, "种子有201位，最多200位。"),
        ({"digits": "1" * 30, "source": "d6"}, "种子只有30位，至少31位。"),
        ({"digits": "1" * 30 + "7", "source": "d6"}, "种子第31位是7，六面骰只有1到6。"),
        ({"source": "coin"}, "选择一个有效的选项"),
        ({"witnesses": ""}, "请写明谁掷的，例如"),
        ({"digits": ""}, "请照掷出的先后录入随机数。"),
        ({"witnesses": "纪检 甲；律师 乙"}, "“纪检甲”没有写掷了几位"),
        ({"witnesses": "纪检 甲 8位；律师 乙 8位"}, "各人合计掷了16位，录入的随机数是24位"),
    ):
        answer = bureau.post(console, good | change)
        assert (change, answer.status_code) == (change, 422)
        assert sentence in words(answer), change
        assert Draw.objects.get().first_typing == ""
    assert bureau.post(console, good).status_code == 302
    assert Draw.objects.get().witnesses == "纪检 甲 24位"
