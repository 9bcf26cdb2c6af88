"""抽选: what the acts do, what they refuse, and that a refusal saves nothing."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from cases.models import Case, Frame
from evaluations.actions import draws
from evaluations.models import (
    Alternate,
    Assignment,
    Draw,
    DrawnCase,
    Panel,
    PanelMember,
    Plan,
)
from evaluations.queries.assignments import assigned_pairs
from evaluations.queries.draws_proof import certificate_of, prove
from evaluations.queries.draws_text import headers_of, sections_of
from evaluations.queries.panels import drawn_experts
from evaluations.rules.certificates import run_draw
from evaluations.rules.chains import verify_chain
from evaluations.rules.verification import verify
from experts.models import Expert, FormerFirm, Recusal
from tests.evaluations.draw_year import (
    SEEDS,
    Year,
    ceremony,
    draw_experts,
    draw_match,
    draw_sample,
    matched_year,
    open_year,
)
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent, Firm, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def year() -> Year:
    return open_year()


def refused(call: Any, *args: Any, **kwargs: Any) -> RefusedError:
    """The refusal, with the proof that nothing was saved and nothing logged."""
    before = snapshot()
    with pytest.raises(RefusedError) as caught:
        call(*args, **kwargs)
    assert snapshot() == before
    return caught.value


def snapshot() -> list[Any]:
    return [
        list(Draw.objects.values()),
        list(Plan.objects.values("stage")),
        list(Frame.objects.values("sealed_at")),
        DrawnCase.objects.count(),
        Panel.objects.count(),
        Assignment.objects.count(),
        AuditEvent.objects.count(),
    ]


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
    assert error.sentence.startswith("申报61件，导入60件，相差1件。")


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
    assert draws.pause_reading(draw, by=year.bureau).paused is True
    assert "（3/20）" in refused(draws.sign_draw, draw, by=year.bureau).sentence
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


def test_experts_become_panels_of_two_firms_with_a_leader(year: Year) -> None:
    draw_sample(year)
    draw = draw_experts(year)
    assert headers_of(draw.freeze_text)["slots"] == "criminal:2,civil:6"
    assert headers_of(draw.freeze_text)["prev"] == draw.previous.result_hash
    pool = {row[0]: row for row in sections_of(draw.freeze_text)["pool"]}
    assert pool["E007"] == ["E007", "F017", "criminal", "0", "ex:nonlocal"]
    panels = list(Panel.objects.filter(draw=draw))
    assert [str(panel) for panel in panels] == [
        "刑事案件组第一组", "民事行政案件组第一组", "民事行政案件组第二组", "民事行政案件组第三组",
    ]  # fmt: skip
    for panel in panels:
        leader, member = panel.members.select_related("expert__person").order_by("-leads")
        assert (leader.leads, leader.expert.may_lead, member.leads) == (True, True, False)
        assert leader.expert.person.firm_id != member.expert.person.firm_id
        assert getattr(leader.expert, panel.category)
        assert getattr(member.expert, panel.category)
    assert Alternate.objects.filter(draw=draw, category="criminal").count() == 5
    assert [e.person.code for e in drawn_experts(draw)] == [
        code for row in sections_of(draw.result_text)["groups"] for code in row[2:4]
    ]
    year.plan.refresh_from_db()
    assert year.plan.stage == "empanelled"


def test_a_pool_too_small_says_what_is_missing(year: Year) -> None:
    draw_sample(year)
    Expert.objects.filter(criminal=True).exclude(person__code="E000").update(active=False)
    error = refused(draws.freeze_experts, year.plan, by=year.bureau)
    assert error.sentence == (
        "专家库不够：刑事组长、刑事专家席位共需2人，符合条件的只有1人，缺1人。"
        "请补充专家、认定组长资格或减少小组后重新封存。"
    )


def test_matching_keeps_everybody_away_from_the_own_firm(year: Year) -> None:
    Person.objects.filter(code="E012").update(firm=Firm.objects.get(code="F003"))
    draw_sample(year)
    draw_experts(year)
    draw = draw_match(year)
    assert headers_of(draw.freeze_text)["sample"] == draw.previous.previous.result_hash
    assert headers_of(draw.freeze_text)["experts"] == draw.previous.result_hash
    pairs = assigned_pairs(year.plan)
    assert len(pairs) == 20
    for pair in pairs:
        for expert in (pair.leader, pair.member):
            assert expert.person.firm_id != pair.drawn_case.case.firm_id
    loads = sorted(
        Assignment.objects.filter(panel=panel).count()
        for panel in Panel.objects.filter(category="civil")
    )
    assert loads[-1] - loads[0] <= 1
    year.plan.refresh_from_db()
    assert year.plan.stage == "matched"


def test_every_kind_of_conflict_is_sealed(year: Year) -> None:
    draw_sample(year)
    draw_experts(year)
    member = PanelMember.objects.filter(panel__category="civil").first()
    drawn = DrawnCase.objects.of(year.plan).exclude(case__kind="criminal").first()
    assert member
    assert drawn
    expert, case = member.expert, drawn.case
    FormerFirm.objects.create(expert=expert, firm=Firm.objects.get(code="F009"))
    common = {"expert": expert, "declared_by": year.bureau}
    Recusal.objects.create(year=2031, reason="kin", case_key=case.key, **common)
    Recusal.objects.create(
        year=2031, reason="opposing", person=Person.objects.get(code="H002"), **common
    )
    Recusal.objects.create(year=2030, reason="declared", firm=year.firms[4], **common)
    Recusal.objects.create(year=2031, reason="adviser", case_key="K不在名单", **common)
    draw = draw_match(year)
    code = expert.person.code
    assert sections_of(draw.freeze_text)["conflicts"] == [
        [code, "case", case.number, "kin"],
        [code, "handler", "H002", "opposing"],
        [code, "org", "F009", "former-firm"],
    ]
    seat = {p.drawn_case.case.number: p for p in assigned_pairs(year.plan)}[case.number]
    assert expert not in (seat.leader, seat.member)
    for pair in assigned_pairs(year.plan):
        if expert in (pair.leader, pair.member):
            assert pair.drawn_case.case.firm.code != "F009"
            assert not pair.drawn_case.case.handlers.filter(person__code="H002").exists()


def recuse(people: list[Expert], case: Case) -> None:
    for expert in people:
        Recusal.objects.create(
            expert=expert, year=2031, reason="declared", case_key=case.key, explanation="测试"
        )


def test_a_recused_criminal_leader_gives_way_to_the_first_alternate(year: Year) -> None:
    draw_sample(year)
    draw_experts(year)
    leader, member = (
        m.expert for m in PanelMember.objects.filter(panel__category="criminal").order_by("-leads")
    )
    drawn = DrawnCase.objects.of(year.plan).filter(case__kind="criminal").first()
    assert drawn
    recuse([leader], drawn.case)
    draw_match(year)
    pair = next(p for p in assigned_pairs(year.plan) if p.drawn_case == drawn)
    first = Alternate.objects.filter(category="criminal").order_by("rank")[0].expert
    assert (pair.leader, pair.member) == (member, first)
    assert Assignment.objects.get(drawn_case=drawn).by_alternate is True


def test_a_blocked_matching_names_case_and_experts_before_the_seed(year: Year) -> None:
    draw_sample(year)
    draw_experts(year)
    drawn = DrawnCase.objects.of(year.plan).filter(case__kind="criminal").first()
    assert drawn
    recuse(list(Expert.objects.filter(criminal=True, is_local=True)), drawn.case)
    error = refused(draws.freeze_match, year.plan, by=year.bureau)
    assert error.sentence.startswith(
        f"无法匹配，有案件没有任何小组或候补专家可以评估：“{drawn.case.number}”（应回避：专家"
    )
    assert error.sentence.endswith(
        "请为刑事类补充没有回避关系的候补专家，或用候补案件替换后重新封存。"
    )


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
    error = refused(
        draws.enter_seed, draw, digits=SEEDS["sample"], source="d10", witnesses="甲",
        by=year.bureau,
    )  # fmt: skip
    assert error.sentence.startswith("演练时钟早于WZ-2031-S1的封存时间")


# What the database holds even against our own code


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("UPDATE evaluations_draw SET freeze_text = 'x'", "evaluations_draw_fixed"),
        ("UPDATE evaluations_draw SET freeze_hash = 'x'", "evaluations_draw_fixed"),
        ("UPDATE evaluations_draw SET seed = '1'", "evaluations_draw_filled_once"),
        ("UPDATE evaluations_draw SET result_text = 'x'", "evaluations_draw_filled_once"),
        ("UPDATE evaluations_draw SET announced = 1", "draw_reading"),
        ("UPDATE evaluations_draw SET first_typing = '1'", "draw_filled_once"),
        ("DELETE FROM evaluations_draw", "evaluations_draw_never_deleted"),
        ("UPDATE evaluations_drawncase SET ticket = 'x'", "evaluations_drawncase_fixed"),
        ("DELETE FROM evaluations_drawncase", "evaluations_drawncase_never_deleted"),
        ("UPDATE cases_case SET kind = 'civil' WHERE kind = 'criminal'", "frame_sealed"),
        ("DELETE FROM cases_exclusion", "frame_sealed"),
        ("UPDATE cases_frame SET sealed_at = NULL", "frame_sealed"),
        ("UPDATE evaluations_plan SET decided_size = 21", "plan_frozen"),
        (
            (
                "UPDATE evaluations_draw SET voided_at = now(), void_reason = 'x', voided_by_id = "
                "frozen_by_id, void_confirmed_by_id = frozen_by_id"
            ),
            "draw_void_needs_reason_and_two_people",
        ),
        (
            (
                "UPDATE evaluations_draw SET voided_at = now(), void_reason = 'x', "
                "voided_by_id = frozen_by_id"
            ),
            "draw_void_needs_reason_and_two_people",
        ),
    ],
)
def test_the_database_forbids(year: Year, sql: str, rule: str) -> None:
    draw_sample(year)
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        connection.cursor().execute(sql)
    assert caught.value.__cause__.diag.constraint_name == rule  # type: ignore[union-attr]
