"""承诺值 on the pages: the slip once, the value typed or scanned, shown on record and in public."""

import re
from typing import Any

import pytest
from django.test import Client

from evaluations.actions import draws
from evaluations.models import Draw
from evaluations.rules.seeds import commitment
from tests.evaluations.commitment_year import CODE, LOST, OTHER, SECRET, Y, held, tables_with, typed
from tests.evaluations.draw_year import SEEDS, Year, open_year
from tests.people import signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def year() -> Year:
    return open_year(commitment=True)


def slip_value(page: str) -> str:
    """The value on the slip, as a person reads it."""
    groups: list[str] = re.findall(r'<p class="lead hash">([0-9a-f ]{79})</p>', page)
    assert len(groups) == 1
    return groups[0].replace(" ", "")


def test_the_slip_is_shown_once(year: Year) -> None:
    bureau = signed_in(year.bureau)
    assert "本年度启用承诺值" in text(bureau.get(Y))
    response = bureau.post(f"{Y}freeze/", {"kind": "sample"})
    value = slip_value(response.content.decode())
    draw = Draw.objects.get()
    assert commitment(value, draw=draw.code) == draw.commitment
    assert response["Cache-Control"] == "no-store"
    assert tables_with(value) == []
    again = bureau.post(f"{Y}freeze/", {"kind": "sample"})
    assert again.status_code == 409
    seen = [again, *(bureau.get(CODE + path) for path in ("", "console/", "live/", "sheet-a/"))]
    for page in seen:
        assert value not in text(page).replace(" ", "")
    assert "先核对承诺信封" in text(bureau.get(f"{CODE}console/"))
    sheet = text(bureau.get(f"{CODE}sheet-a/"))
    assert re.sub(r"(.{4})(?=.)", r"\1 ", draw.commitment) in sheet


def test_two_lists_never_have_the_same_value(year: Year) -> None:
    bureau = signed_in(year.bureau)
    first = slip_value(bureau.post(f"{Y}freeze/", {"kind": "sample"}).content.decode())
    draws.void_draw(Draw.objects.get(), reason=LOST, by=year.bureau, confirmed_by=year.leader)
    second = slip_value(bureau.post(f"{Y}freeze/", {"kind": "sample"}).content.decode())
    assert first != second


@pytest.mark.parametrize("who", ["clerk", "leader", "auditor"])
def test_nobody_else_is_shown_a_slip(year: Year, who: str) -> None:
    answer = signed_in(year.people[who]).post(f"{Y}freeze/", {"kind": "sample"})
    assert (answer.status_code, Draw.objects.count()) == (403, 0)


def post_second(client: Client, secret: str) -> Any:
    data = {"step": "second", "digits": SEEDS["sample"], "secret": secret}
    return client.post(f"{CODE}console/", data)


FULL_WIDTH = SECRET.translate({ord(char): ord(char) + 0xFEE0 for char in "0123456789abcdef"})


@pytest.mark.parametrize(
    "secret",
    [
        SECRET.upper(),
        " ".join(SECRET[at : at + 4] for at in range(0, 64, 4)),
        f"{SECRET[:32]}\r\n{SECRET[32:]}\r\n",
        FULL_WIDTH,
        FULL_WIDTH.upper(),
    ],
)
def test_the_value_is_typed_or_scanned(year: Year, secret: str) -> None:
    typed(year)
    clerk = signed_in(year.clerk)
    page = text(clerk.get(f"{CODE}console/"))
    assert "现在当众启封" in page
    assert "<dt>复读码</dt>" not in page
    assert post_second(clerk, secret)["Location"] == f"{CODE}console/"
    draw = Draw.objects.get()
    assert draw.seed == f"{SEEDS['sample']}+{SECRET}"
    live = text(clerk.get(f"{CODE}live/"))
    assert "启封的承诺值（与封存的承诺相符）" in live
    assert f'<p class="hex">{SECRET[:32]}</p>' in live


def test_a_wrong_value_says_so_on_the_page(year: Year) -> None:
    typed(year)
    answer = post_second(signed_in(year.clerk), OTHER)
    assert answer.status_code == 422
    assert "承诺值与名单中封存的承诺不符" in text(answer)
    answer = post_second(signed_in(year.clerk), "")
    assert (answer.status_code, Draw.objects.get().seed) == (422, "")


def test_record_and_package_show_the_opened_value(year: Year) -> None:
    draw = held(year)
    draws.announce(draw, upto=99, by=year.bureau)
    record = text(signed_in(year.auditor).get(CODE))
    assert "重算一致" in record
    assert " ".join(SECRET[at : at + 8] for at in range(0, 64, 8)) in record
    assert "启封录入承诺值，与封存的承诺相符" in record
    assert "掷出的数字＋承诺值" in record
    draws.sign_draw(draw, by=year.bureau)
    public = text(Client().get("/public/draws/"))
    assert "40718 83269 01552 74936 0001<" in public
    assert " ".join(SECRET[at : at + 8] for at in range(0, 64, 8)) in public
