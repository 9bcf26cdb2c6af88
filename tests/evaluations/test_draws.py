"""抽选: sealing, two typings, one computation, reading; and that a refusal saves nothing."""

import pytest

from cases.models import Frame
from evaluations.actions import draws
from evaluations.models import (
    DrawnCase,
)
from evaluations.queries.draws_text import headers_of, sections_of
from evaluations.rules.certificates import run_draw
from tests.evaluations.draw_year import (
    SEEDS,
    Year,
    ceremony,
    draw_sample,
    open_year,
    refused,
    snapshot,
)
from wanzhou_eval.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def year() -> Year:
    return open_year()


def test_sealing_keeps_the_list_to_the_byte(year: Year) -> None:
    draw = draws.seal_frame(year.plan, by=year.bureau)
    year.plan.refresh_from_db()
    assert (draw.code, draw.attempt, year.plan.stage) == ("WZ-2031-S1", 1, "sealed")
    assert year.plan.frame.sealed_at == draw.frozen_at
    headers = headers_of(draw.freeze_text)
    assert headers == {
        "kind": "sample", "draw": "WZ-2031-S1", "hash": "SHA-256", "prev": "-", "commit": "-",
        "size_rule": "pct10-tens-20-200", "size_base": "all", "size_by_rule": "20", "n": "20",
        "override": "-", "strata": "type", "alloc": "LR", "min1": "0",
    }  # fmt: skip
    rows = sections_of(draw.freeze_text)["cases"]
    assert len(rows) == 60
    assert ["渝万援〔2031〕1号", "civil", "2031-02", "F001", "ex:city"] in rows
    assert ["渝万援〔2031〕5号", "criminal", "2031-06", "F005", "in"] in rows
    assert AuditEvent.objects.filter(action="freeze_draw", target=draw.code).count() == 1


def test_another_number_than_the_rules_is_sealed_with_its_reason() -> None:
    year = open_year(
        decided_size=23, decided_reason="经批准多抽三件", decided_clause="方案第四条",
        decided_signer="甲局长",
    )  # fmt: skip
    draw = draws.seal_frame(year.plan, by=year.bureau)
    headers = headers_of(draw.freeze_text)
    assert (headers["size_by_rule"], headers["n"]) == ("20", "23")
    assert headers["override"] == "经批准多抽三件（依据：方案第四条；批准：甲局长）"


def test_another_number_without_a_reason_is_refused() -> None:
    year = open_year(decided_size=23)
    error = refused(draws.seal_frame, year.plan, by=year.bureau)
    assert error.sentence == (
        "决定抽23件，按规则应抽20件，还缺理由、依据条款或批准人。请在抽样件数页补齐后再封存。"
    )
    assert error.status == 422


def test_counts_that_differ_are_refused(year: Year) -> None:
    Frame.objects.update(declared_total=61)
    error = refused(draws.seal_frame, year.plan, by=year.bureau)
    assert error.sentence.startswith("申报61件，可抽58件、剔除2件、不导入0件，合计60件，少1件。")


def test_an_empty_frame_is_refused() -> None:
    year = open_year(cases=0, excluded=0)
    error = refused(draws.seal_frame, year.plan, by=year.bureau)
    assert error.sentence.startswith("还没有导入办结案件。")


def test_a_frame_of_fewer_than_twenty_is_taken_whole() -> None:
    year = open_year(cases=12, excluded=0)
    draw = draw_sample(year)
    assert len(sections_of(draw.result_text)["sample"]) == 12
    assert DrawnCase.objects.of(year.plan).count() == 12


def test_sealing_twice_names_the_sealed_list(year: Year) -> None:
    draws.seal_frame(year.plan, by=year.bureau)
    error = refused(draws.seal_frame, year.plan, by=year.bureau)
    assert "编号WZ-2031-S1，不能再封存一次" in error.sentence
    assert error.status == 409


@pytest.mark.parametrize("who", ["clerk", "leader", "auditor"])
def test_only_the_bureau_seals(year: Year, who: str) -> None:
    error = refused(draws.seal_frame, year.plan, by=year.people[who])
    assert error.status == 403


def test_steps_out_of_order_are_refused(year: Year) -> None:
    assert "“已抽案”阶段办理" in refused(draws.freeze_experts, year.plan, by=year.bureau).sentence
    assert "“已组组”阶段办理" in refused(draws.freeze_match, year.plan, by=year.bureau).sentence
    draw = draws.seal_frame(year.plan, by=year.bureau)
    typed = {"digits": SEEDS["sample"], "source": "d10", "witnesses": "甲"}
    error = refused(draws.enter_seed, draw, by=year.bureau, **typed)
    assert error.sentence.startswith("指纹单还没有登记签名")
    draws.sign_sheet_a(draw, by=year.bureau)
    assert refused(draws.sign_sheet_a, draw, by=year.bureau).status == 409
    error = refused(draws.hold_draw, draw, digits=SEEDS["sample"], by=year.clerk)
    assert error.sentence.startswith("第一遍随机数还没有录入")
    assert "还没有执行抽选" in refused(draws.announce, draw, upto=1, by=year.bureau).sentence
    assert "（0/0）" in refused(draws.sign_draw, draw, by=year.bureau).sentence


@pytest.mark.parametrize(
    ("digits", "sentence"),
    [
        ("1234567890123456789", "种子只有19位，至少20位。"),
        ("12345678901234567890x", "种子第21位是“x”"),
        ("1234567890１234567890", "种子第11位是“１”"),
        ("", "种子只有0位"),
        ("1" * 24 + "+" + "a" * 64, "种子第25位是“+”，只能是半角数字0到9"),
        ("1" * 201, "种子有201位，最多200位"),
    ],
)
def test_bad_seeds_are_refused(year: Year, digits: str, sentence: str) -> None:
    draw = draws.seal_frame(year.plan, by=year.bureau)
    draws.sign_sheet_a(draw, by=year.bureau)
    error = refused(
        draws.enter_seed, draw, digits=digits, source="d10", witnesses="甲", by=year.bureau
    )
    assert error.sentence.startswith(sentence)
    assert error.status == 422


def test_dice_have_six_sides(year: Year) -> None:
    draw = draws.seal_frame(year.plan, by=year.bureau)
    draws.sign_sheet_a(draw, by=year.bureau)
    error = refused(
        draws.enter_seed, draw, digits="7" + "1" * 30, source="d6", witnesses="甲", by=year.bureau
    )
    assert error.sentence == "种子第1位是7，六面骰只有1到6。请核对掷骰记录。"


def test_the_two_typings_come_from_two_people_and_are_equal(year: Year) -> None:
    draw = draws.seal_frame(year.plan, by=year.bureau)
    draws.sign_sheet_a(draw, by=year.bureau)
    seed = SEEDS["sample"]
    draws.enter_seed(draw, digits=seed, source="d10", witnesses="甲", by=year.bureau)
    error = refused(draws.hold_draw, draw, digits=seed, by=year.bureau)
    assert error.sentence.startswith("第一遍是甲bureau录入的，第二遍须由另一人录入。")
    error = refused(draws.hold_draw, draw, digits=seed[:-1] + "9", by=year.clerk)
    assert error.sentence.startswith("两次输入第24位不同：第一次1，第二次9。")
    error = refused(
        draws.enter_seed, draw, digits=seed, source="d10", witnesses="乙", by=year.clerk
    )
    assert error.sentence.startswith("第一遍已由甲bureau（科室）录入。")
    assert refused(draws.hold_draw, draw, digits=seed, by=year.leader).status == 403
    held = draws.hold_draw(draw, digits=seed, by=year.clerk)
    assert held.seed == seed
    assert held.seed_entered_by == year.clerk
    assert held.seed_entered_at
    assert held.frozen_at < held.seed_entered_at


def test_the_first_typist_may_correct_until_the_draw(year: Year) -> None:
    draw = draws.seal_frame(year.plan, by=year.bureau)
    draws.sign_sheet_a(draw, by=year.bureau)
    seed = SEEDS["sample"]
    for digits in (seed[::-1], seed):
        draws.enter_seed(draw, digits=digits, source="d10", witnesses="甲", by=year.bureau)
    held = draws.hold_draw(draw, digits=seed, by=year.clerk)
    assert held.seed == seed
    assert AuditEvent.objects.filter(action="enter_seed").count() == 2
    error = refused(
        draws.enter_seed, draw, digits=seed, source="d10", witnesses="甲", by=year.bureau
    )
    assert error.sentence.startswith("WZ-2031-S1已经执行抽选，结果指纹末8位")


def test_the_draw_is_the_rules_result_and_rows_follow_it(year: Year) -> None:
    draw = draw_sample(year)
    outcome = run_draw(draw.freeze_text, seed=SEEDS["sample"])
    assert draw.result_text == outcome.result_text
    assert draw.result_hash == outcome.result_hash
    assert draw.readback == outcome.readback
    rows = [
        (row.rank, row.case.number, row.stratum, row.ticket)
        for row in DrawnCase.objects.of(year.plan).select_related("case")
    ]
    assert [[str(rank), *rest] for rank, *rest in rows] == sections_of(draw.result_text)["sample"]
    year.plan.refresh_from_db()
    assert year.plan.stage == "drawn"
    assert (draw.announced, draw.signed_at is not None) == (20, True)


def test_a_second_computation_is_refused(year: Year) -> None:
    draw = draw_sample(year)
    error = refused(draws.hold_draw, draw, digits=SEEDS["sample"], by=year.clerk)
    assert error.sentence == (
        f"WZ-2031-S1已经执行抽选，结果指纹末8位{draw.result_hash[-8:]}。"
        "结果只算一次，请继续宣读或签名。"
    )


def test_reading_goes_forward_only_and_two_presses_are_one_step(year: Year) -> None:
    draw = ceremony(
        year, draws.seal_frame(year.plan, by=year.bureau), seed=SEEDS["sample"], finish=False
    )
    assert draws.announce(draw, upto=3, by=year.bureau).announced == 3
    assert draws.announce(draw, upto=3, by=year.clerk).announced == 3
    assert draws.announce(draw, upto=2, by=year.clerk).announced == 3
    assert draws.pause_reading(draw, paused=True, by=year.bureau).paused is True
    before = snapshot()
    assert draws.pause_reading(draw, paused=True, by=year.clerk).paused is True
    assert draws.announce(draw, upto=9, by=year.bureau).announced == 3
    assert snapshot() == before
    assert "（3/20）" in refused(draws.sign_draw, draw, by=year.bureau).sentence
    draws.pause_reading(draw, paused=False, by=year.bureau)
    done = draws.announce(draw, upto=999, by=year.bureau)
    assert (done.announced, done.paused) == (20, False)
    draws.sign_draw(draw, by=year.bureau)
    assert refused(draws.sign_draw, draw, by=year.bureau).status == 409


def test_the_next_list_waits_for_the_signatures(year: Year) -> None:
    ceremony(year, draws.seal_frame(year.plan, by=year.bureau), seed=SEEDS["sample"], finish=False)
    error = refused(draws.freeze_experts, year.plan, by=year.bureau)
    assert error.sentence.startswith("WZ-2031-S1（抽选案件）还没有签名锁定。")


def test_a_seed_serves_one_draw_only(year: Year) -> None:
    draw_sample(year)
    draw = draws.freeze_experts(year.plan, by=year.bureau)
    draws.sign_sheet_a(draw, by=year.bureau)
    error = refused(
        draws.enter_seed, draw, digits=SEEDS["sample"], source="d10", witnesses="甲",
        by=year.bureau,
    )  # fmt: skip
    assert error.sentence.startswith("这组随机数已用于WZ-2031-S1")
