"""抽样框核对: the frame counted from every side, the very lines of the draw, both prints."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from cases.queries import cleaning_text, frame_check
from evaluations.actions import draws
from evaluations.models import Plan
from evaluations.queries.draws_lists import sample_rows
from evaluations.rules.stages import Stage
from tests.people import signed_in, words
from tests.year import year_until
from wanzhou_eval.models import User


@pytest.fixture(scope="module")
def plan(django_db_setup: None, django_db_blocker: Any) -> Iterator[Plan]:
    with year_until(Stage.ISSUED, django_db_blocker) as plan:
        yield plan


def desk(role: str = "bureau") -> Client:
    return signed_in(User.objects.get(username=role))


def test_the_real_frame_adds_up(plan: Plan, db: None) -> None:
    check = frame_check(plan.frame)
    assert (check.total, check.totals) == (761, [190, 555, 16])
    assert [(row.month, row.total) for row in check.months] == [
        ("2022-01", 96), ("2022-02", 71), ("2022-03", 118), ("2022-04", 107),
        ("2022-05", 112), ("2022-06", 124), ("2022-07", 133),
    ]  # fmt: skip
    assert check.reasons == [("已被部级抽评", 3), ("已被市级抽评", 5)]
    assert (check.outside, check.unmatched, check.removed) == (0, 1, 0)
    assert sum(count for _, count in check.firms) + check.other_firms[1] == 761
    [source] = check.sources
    assert (source.sheet, source.first, source.last, source.cases) == ("结案台账", 4, 769, 761)


def test_the_page_shows_the_equation_and_the_lines(plan: Plan, db: None) -> None:
    page = words(desk().get("/y/2022/frame/"))
    assert "申报761＝可抽753＋剔除8＋不导入0相符" in page
    assert "每一件的结案日期都在方案时段内" in page
    first = sorted("\t".join(row) for row in sample_rows(plan.frame))[0].split("\t")
    assert "".join(first) in page
    assert "共761件，第1—50件" in page


def test_the_pages_together_are_the_list(plan: Plan, db: None) -> None:
    text = desk().get("/y/2022/frame/text/").content.decode()
    rows = text.split("[cases]\n")[1].rstrip("\n").split("\n")
    assert len(rows) == 761
    shown = words(desk().get("/y/2022/frame/?page=16"))
    assert "".join(rows[750].split("\t")) in shown
    assert "draw=dry-run" in text
    assert "seed" not in text


def test_the_sealed_frame_shows_both_prints(plan: Plan, db: None) -> None:
    bureau = User.objects.get(username="bureau")
    draw = draws.seal_frame(plan, by=bureau)
    text = cleaning_text(plan.frame)
    assert draw.cleaning_hash == hashlib.sha256(text.encode()).hexdigest()
    assert text.count("\n") == 3 + 61  # fifty-nine cells of the ledger, two of the list
    page = words(desk("auditor").get("/y/2022/frame/"))
    grouped = draw.cleaning_hash[:4] + draw.cleaning_hash[4:8]
    assert "名单已封存" in page
    assert grouped in page
    assert desk().get("/y/2022/frame/text/").content.decode() == draw.freeze_text
    sheet = words(desk().get(f"/y/2022/draws/{draw.code}/sheet-a/"))
    assert "清洗台账指纹" in sheet
    assert grouped in sheet
