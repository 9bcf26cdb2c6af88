"""Certificates that prove themselves, and a rehearsal clock that cannot turn back a draw."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from evaluations.actions import draws
from evaluations.queries.draws_proof import certificate_of, prove
from evaluations.queries.draws_record import proof_now
from evaluations.queries.draws_text import headers_of, sections_of
from evaluations.rules.chains import verify_chain
from evaluations.rules.verification import verify
from tests.evaluations.draw_year import (
    SEEDS,
    Year,
    draw_sample,
    matched_year,
    open_year,
    refused,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def year() -> Year:
    return open_year()


def test_certificates_verify_alone_and_as_a_chain() -> None:
    year = matched_year()
    certificates = [certificate_of(draw) for draw in year.plan.draws.all()]
    for certificate, draw in zip(certificates, year.plan.draws.all(), strict=True):
        verdict = verify(certificate, draw.freeze_hash)
        assert (verdict.ok, verdict.sheet_checked) == (True, True)
    printed = {draw.code: draw.freeze_hash for draw in year.plan.draws.all()}
    verdict = verify_chain(certificates, printed)
    assert (verdict.ok, verdict.sentence) == (True, "一致：3次抽选前后相连。")


def test_sm3_runs_through() -> None:
    year = open_year(hash_name="SM3")
    draw = draw_sample(year)
    assert headers_of(draw.freeze_text)["hash"] == "SM3"
    assert prove(draw, printed=draw.freeze_hash).ok is True


def test_a_changed_result_is_named_by_the_proof() -> None:
    year = open_year()
    draw = draw_sample(year)
    row = sections_of(draw.result_text)["sample"][0]
    draw.result_text = draw.result_text.replace(f"\t{row[1]}\t", "\t渝万援〔2031〕999号\t", 1)
    proof = prove(draw)
    assert proof.ok is False
    assert "渝万援〔2031〕999号" in proof.sentence


def test_a_wrong_sheet_a_is_named() -> None:
    year = open_year()
    proof = prove(draw_sample(year), printed="0" * 64)
    assert (proof.ok, proof.place) == (False, "printed")


def test_the_rehearsal_clock_must_not_run_backwards(year: Year) -> None:
    draw = draws.seal_frame(year.plan, by=year.bureau)
    draws.sign_sheet_a(draw, by=year.bureau)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE evaluations_plan SET clock_offset = interval '-2 days'")
    sentence = "演练时钟早于WZ-2031-S1已经记录的步骤，时间不能倒退。请先把演练时钟往后拨。"
    typed = {"digits": SEEDS["sample"], "source": "d10", "witnesses": "甲"}
    assert refused(draws.enter_seed, draw, by=year.bureau, **typed).sentence == sentence


def test_the_next_list_is_not_sealed_before_the_last_draw() -> None:
    year = open_year()
    draw_sample(year)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE evaluations_plan SET clock_offset = interval '-2 days'")
    error = refused(draws.freeze_experts, year.plan, by=year.bureau)
    assert error.sentence.startswith("演练时钟早于WZ-2031-S1已经记录的步骤")


def test_a_remembered_proof_is_asked_again_when_a_byte_changes() -> None:
    """The record page keeps the verdict of what it has read, not of the draw."""
    year = open_year()
    draw = draw_sample(year)
    assert proof_now(draw).ok
    assert proof_now(draw).ok
    draw.seed = f"{draw.seed[:-1]}{(int(draw.seed[-1]) + 1) % 10}"
    assert proof_now(draw).place == "seed"


def test_the_record_asks_the_same_few_questions_for_any_size() -> None:
    year = open_year(cases=120)
    draw = draw_sample(year)
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(year.bureau)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(f"/y/2031/draws/{draw.code}/").status_code == 200
    assert len(asked) <= 12
    assert not [row for row in asked if row["sql"].count('"wanzhou_eval_user" ') > 2]
