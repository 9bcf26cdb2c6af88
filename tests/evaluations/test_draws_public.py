"""抽选公开: what anybody sees without login, when, and that it re-computes without names."""

import json
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.test import Client
from django.utils.html import escape

from evaluations.actions import draws
from evaluations.models import Draw, DrawnCase, PublicLookup
from evaluations.queries.draws_text import sections_of
from evaluations.rules.verification import verify
from tests.evaluations.draw_year import (
    SEEDS,
    Year,
    ceremony,
    draw_sample,
    matched_year,
    open_year,
)
from tests.people import signed_in, words

pytestmark = pytest.mark.django_db
PAGE = "/public/2031/draws/"
PACKAGE = f"{PAGE}WZ-2031-S1/package.zip"


@pytest.fixture
def year() -> Year:
    return open_year()


def test_nothing_is_public_before_the_signatures(year: Year) -> None:
    anybody = Client()
    draw = draws.seal_frame(year.plan, by=year.bureau)
    draw = ceremony(year, draw, seed=SEEDS["sample"], finish=False)
    draws.announce(draw, upto=10**6, by=year.bureau)
    assert "还没有可以公开的抽选" in words(anybody.get("/public/draws/"))
    assert "还没有可以公开的抽选" in words(anybody.get(PAGE))
    assert anybody.get(PACKAGE).status_code == 404
    draws.sign_draw(draw, by=year.bureau)
    page = words(anybody.get("/public/draws/"))
    assert "2031年度抽选公开" in page
    assert "407188326901552749360001" in page
    assert draw.freeze_hash in page
    assert draw.result_hash in page
    assert words(anybody.get(PAGE)) == page


def test_the_package_re_computes_and_names_nobody(year: Year, tmp_path: Path) -> None:
    draw = draw_sample(year)
    old = DrawnCase.objects.of(year.plan)[0]
    draws.replace_missing(
        old,
        kind="missing",
        reason="承办3弄丢了卷宗",
        by=year.bureau,
        confirmed_by=year.clerk,
    )
    data = Client().get(PACKAGE).getvalue()
    with ZipFile(BytesIO(data)) as archive:
        archive.extractall(tmp_path)
        texts = [archive.read(name).decode() for name in archive.namelist()]
    certificate = json.loads((tmp_path / draw.code / "证书.json").read_text(encoding="utf-8"))
    assert verify(certificate, draw.freeze_hash).ok is True
    assert certificate["events"][0]["reason"] == "卷宗缺失"
    assert {"witnesses", "place", "voided"} & set(certificate) == set()
    for private in ("纪检", "承办", "专家0", "律师事务所", "H00", "甲bureau"):
        assert [private for text in texts[:3] if private in text] == []
    command = [sys.executable, "verify_draw.py", "证书.json", draw.freeze_hash]
    done = subprocess.run(command, cwd=tmp_path / draw.code, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode()


def test_lists_with_people_stay_in_the_house() -> None:
    year = matched_year()
    page = words(Client().get(PAGE))
    for draw in year.plan.draws.all():
        assert draw.freeze_hash in page
        assert draw.result_hash in page
        status = Client().get(f"{PAGE}{draw.code}/package.zip").status_code
        assert status == (200 if draw.kind == "sample" else 404)
    assert page.count("下载核验包ZIP") == 1
    for code in ("E000", "H001", "专家", "承办人姓名"):
        assert (code in page) is (code in {"专家", "承办人姓名"})  # only in our own sentences
    assert "专家0" not in page


def test_the_plan_may_keep_the_list_and_publish_hashes_only() -> None:
    draw = draw_sample(open_year(draw_public="hash"))
    page = words(Client().get(PAGE))
    assert "按方案，案件名单不公开，只公布指纹。" in page
    assert draw.freeze_hash in page
    assert "下载核验包" not in page
    assert Client().get(PACKAGE).status_code == 404
    first = sections_of(draw.result_text)["sample"][0][1]
    page = words(Client().get(PAGE, {"number": first}))
    assert "这一年没有公开名单，不能按案号查询。" in page


def test_anybody_asks_why_a_case_was_drawn_or_not(year: Year) -> None:
    draw = draw_sample(year)
    result = sections_of(draw.result_text)
    drawn, waiting = result["sample"][0], result["reserve"][0]
    answer = Client().get(PAGE, {"number": drawn[1]})
    assert f"{drawn[1]}：抽中。" in words(answer)
    assert drawn[3] in words(answer)
    command = f"printf '%s' 'LAQD/1|case|WZ-2031-S1|{draw.seed}|{drawn[1]}' | sha256sum"
    assert f'value="{escape(command)}"' in answer.content.decode()
    page = words(Client().get(PAGE, {"number": waiting[1]}))
    assert f"{waiting[1]}：没有抽中。" in page
    assert "候补第1位" in page
    left_out = year.plan.frame.cases.get(serial=1).number
    page = words(Client().get(PAGE, {"number": left_out}))
    assert f"{left_out}：未参加抽选。已被市级抽评" in page
    page = words(Client().get(PAGE, {"number": "渝万援〔2031〕999号"}))
    assert "不在封存名单里，没有参加抽选" in page


def test_a_void_draw_is_public_with_its_reason(year: Year) -> None:
    draw = draw_sample(year)
    draws.void_draw(draw, reason="骰子落地后被碰动", by=year.bureau, confirmed_by=year.leader)
    page = words(Client().get(PAGE))
    assert "由两人作废，理由：骰子落地后被碰动" in page
    assert "甲bureau" not in page
    assert Client().get(PACKAGE).status_code == 200


def test_a_review_draw_is_not_public(year: Year) -> None:
    draw_sample(year)
    case = year.plan.frame.cases.get(serial=5)
    review = draws.freeze_review_draw(
        year.plan, case=case, category="civil", exclude={}, by=year.bureau
    )
    ceremony(year, review, seed=SEEDS["review"])
    page = words(Client().get(PAGE))
    assert review.code not in page
    assert Client().get(f"{PAGE}{review.code}/package.zip").status_code == 404


def test_searches_and_downloads_are_counted(year: Year) -> None:
    draw_sample(year)
    anybody = Client()
    for _ in range(30):
        assert anybody.get(PACKAGE).status_code == 200
    answer = anybody.get(PACKAGE)
    assert answer.status_code == 429
    assert "查询过于频繁，请一分钟后再查。" in words(answer)
    assert anybody.get(PAGE, {"number": "1"}).status_code == 429
    assert PublicLookup.objects.count() == 30
    assert anybody.get(PAGE).status_code == 200


def test_unknown_years_and_codes(year: Year) -> None:
    draw_sample(year)
    assert Client().get("/public/2040/draws/").status_code == 404
    assert Client().get(f"{PAGE}WZ-2031-S9/package.zip").status_code == 404
    assert Client().post(PAGE).status_code == 405
    assert Draw.objects.count() == 1


def test_the_auditors_search_writes_nothing(year: Year) -> None:
    """His connection may not write at all; the pages are the same ones."""
    draw = draw_sample(year)
    auditor = signed_in(year.auditor)
    number = sections_of(draw.result_text)["sample"][0][1]
    assert f"{number}：抽中。" in words(auditor.get(PAGE, {"number": number}))
    assert auditor.get(PACKAGE).status_code == 200
    assert "还没有公布" in words(auditor.get("/public/", {"number": number}))
    assert PublicLookup.objects.count() == 0
    assert "还没有公布" in words(Client().get("/public/", {"number": number}))
    assert PublicLookup.objects.count() == 1
