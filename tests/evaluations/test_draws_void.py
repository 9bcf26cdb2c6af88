"""作废 and 换件: two people, one step back, the next ticket; nothing is erased."""

import pytest

from evaluations.actions import draws, marking
from evaluations.models import (
    Assignment,
    Draw,
    DrawnCase,
    Plan,
    ScoreSheet,
)
from evaluations.queries.assignments import assigned_pairs
from evaluations.queries.draws_frozen import reserve_numbers
from evaluations.queries.draws_proof import certificate_of, prove
from evaluations.queries.draws_text import headers_of, sections_of
from evaluations.rules.chains import verify_chain
from evaluations.rules.verification import verify
from tests.evaluations.draw_year import (
    SEEDS,
    Year,
    ceremony,
    draw_experts,
    draw_match,
    draw_sample,
    matched_year,
    open_year,
    refused,
)
from tests.people import signed_in

pytestmark = pytest.mark.django_db
REASON = "第3位骰子落地后被碰动，见证人当场提出"


@pytest.fixture
def year() -> Year:
    return open_year()


def test_a_void_takes_two_people_and_opens_the_list_again(year: Year) -> None:
    draw = draw_sample(year)
    assert refused(draws.confirm_void, draw, by=year.bureau2).sentence.startswith("没有人提出作废")
    assert refused(draws.request_void, draw, reason="错了", by=year.bureau).status == 422
    assert refused(draws.request_void, draw, reason=REASON, by=year.clerk).status == 403
    draws.request_void(draw, reason=REASON, by=year.bureau)
    year.plan.refresh_from_db()
    assert year.plan.stage == "drawn"
    assert refused(draws.confirm_void, draw, by=year.bureau).status == 403
    assert refused(draws.confirm_void, draw, by=year.clerk).status == 403
    error = refused(draws.request_void, draw, reason=REASON, by=year.bureau2)
    assert error.sentence.startswith("WZ-2031-S1的作废已由甲bureau提出")
    void = draws.confirm_void(draw, by=year.leader)
    year.plan.refresh_from_db()
    assert (void.void_confirmed_by, void.void_reason) == (year.leader, REASON)
    assert (year.plan.stage, year.plan.frame.sealed_at) == ("issued", None)
    assert DrawnCase.objects.of(year.plan).count() == 0
    assert DrawnCase.objects.filter(draw=draw).count() == 20
    stages = list(year.plan.entries.order_by("-pk").values_list("stage", flat=True)[:2])
    assert stages == ["issued", "sealed"]
    assert refused(draws.confirm_void, draw, by=year.bureau2).status == 409


def test_a_new_attempt_has_a_new_code_and_is_chained_to_the_void_one(year: Year) -> None:
    first = draw_sample(year)
    draws.void_draw(first, reason=REASON, by=year.bureau, confirmed_by=year.leader)
    second = draws.seal_frame(year.plan, by=year.bureau)
    assert (second.code, second.attempt, second.previous) == ("WZ-2031-S2", 2, first)
    assert headers_of(second.freeze_text)["prev"] == first.result_hash
    draws.sign_sheet_a(second, by=year.bureau)
    error = refused(
        draws.enter_seed, second, digits=SEEDS["sample"], source="d10", witnesses="甲",
        by=year.bureau,
    )  # fmt: skip
    assert error.sentence.startswith("这组随机数已用于WZ-2031-S1")
    draws.enter_seed(second, digits=SEEDS["review"], source="d10", witnesses="甲", by=year.bureau)
    draws.hold_draw(second, digits=SEEDS["review"], by=year.clerk)
    assert DrawnCase.objects.of(year.plan).count() == 20
    certificates = [certificate_of(draw) for draw in year.plan.draws.all()]
    assert verify_chain(certificates).ok is True


def test_a_list_is_void_before_the_seed_too(year: Year) -> None:
    draw = draws.seal_frame(year.plan, by=year.bureau)
    draws.void_draw(draw, reason=REASON, by=year.bureau, confirmed_by=year.bureau2)
    year.plan.refresh_from_db()
    assert year.plan.stage == "issued"
    assert draws.seal_frame(year.plan, by=year.bureau).previous is None
    error = refused(draws.sign_sheet_a, draw, by=year.bureau)
    assert error.sentence == "WZ-2031-S1已作废，不能再办。请在抽选页看新的一次。"


def test_a_request_is_taken_back_by_its_author_only(year: Year) -> None:
    draw = draws.seal_frame(year.plan, by=year.bureau)
    draws.request_void(draw, reason=REASON, by=year.bureau)
    assert refused(draws.withdraw_void, draw, by=year.bureau2).status == 403
    assert draws.withdraw_void(draw, by=year.bureau).voided_by is None
    assert refused(draws.confirm_void, draw, by=year.leader).status == 409


def test_a_draw_that_others_build_upon_stands(year: Year) -> None:
    sample = draw_sample(year)
    experts = draws.freeze_experts(year.plan, by=year.bureau)
    error = refused(draws.request_void, sample, reason=REASON, by=year.bureau)
    assert error.sentence.startswith("WZ-2031-E1是接着WZ-2031-S1办的")
    draws.void_draw(experts, reason=REASON, by=year.bureau, confirmed_by=year.leader)
    draw_experts(year)
    match = draw_match(year)
    experts = Draw.objects.get(code="WZ-2031-E2")
    assert refused(draws.request_void, experts, reason=REASON, by=year.bureau).status == 409
    draws.void_draw(match, reason=REASON, by=year.bureau, confirmed_by=year.leader)
    year.plan.refresh_from_db()
    assert year.plan.stage == "empanelled"
    assert Assignment.objects.filter(draw__voided_at__isnull=True).count() == 0


def test_a_missing_file_gives_way_to_the_next_ticket_of_its_stratum(year: Year) -> None:
    draw = draw_sample(year)
    old = DrawnCase.objects.of(year.plan).filter(stratum="civil").first()
    assert old
    expected = next(r for r in sections_of(draw.result_text)["reserve"] if r[2] == "civil")
    new = draws.replace_missing(
        old, kind="missing", reason="档案室装修未取出", by=year.bureau, confirmed_by=year.leader
    )
    assert (new.case.number, new.ticket, new.rank) == (expected[1], expected[3], old.rank)
    assert new.replaces == old
    again = draws.replace_missing(
        new, kind="ineligible", reason="终止援助", by=year.bureau, confirmed_by=year.leader
    )
    assert again.case.number not in {old.case.number, new.case.number}
    assert DrawnCase.objects.of(year.plan).count() == 20
    events = list(draw.events.values_list("kind", "item", "replacement"))
    assert events == [
        ("missing", old.case.number, new.case.number),
        ("ineligible", new.case.number, again.case.number),
    ]
    certificate = certificate_of(draw)
    assert verify(certificate, draw.freeze_hash).ok is True
    certificate["events"][1]["new"] = expected[1]
    assert verify(certificate, draw.freeze_hash).place == "events"
    draw_experts(year)
    assert draw_match(year).assignments.filter(drawn_case=again).count() == 1


def test_replacements_that_are_refused(year: Year) -> None:
    draw = ceremony(
        year, draws.seal_frame(year.plan, by=year.bureau), seed=SEEDS["sample"], finish=False
    )
    old = DrawnCase.objects.of(year.plan).first()
    assert old
    common = {"kind": "missing", "reason": "缺卷"}
    assert (
        "还没有签名锁定"
        in refused(
            draws.replace_missing, old, by=year.bureau, confirmed_by=year.leader, **common
        ).sentence
    )
    draws.announce(draw, upto=99, by=year.bureau)
    draws.sign_draw(draw, by=year.bureau)
    assert refused(draws.request_replacement, old, by=year.clerk, **common).status == 403
    assert (
        refused(
            draws.replace_missing,
            old,
            kind="lost",
            reason="x",
            by=year.bureau,
            confirmed_by=year.leader,
        ).status
        == 422
    )
    assert (
        refused(
            draws.replace_missing,
            old,
            kind="missing",
            reason=" ",
            by=year.bureau,
            confirmed_by=year.leader,
        ).status
        == 422
    )
    draws.replace_missing(old, by=year.bureau, confirmed_by=year.leader, **common)
    error = refused(draws.replace_missing, old, by=year.bureau, confirmed_by=year.leader, **common)
    assert error.sentence.startswith(f"卷宗{old.case.label}已经换件")
    draw_experts(year)
    draws.freeze_match(year.plan, by=year.bureau)
    other = DrawnCase.objects.of(year.plan).first()
    error = refused(
        draws.replace_missing, other, by=year.bureau, confirmed_by=year.leader, **common
    )
    assert error.sentence.startswith("匹配名单WZ-2031-M1已经封存")


def test_a_stratum_without_reserve_is_named_before_anybody_waits() -> None:
    year = open_year(cases=20, excluded=0)
    draw_sample(year)
    old = DrawnCase.objects.of(year.plan).select_related("case").first()
    assert old
    error = refused(draws.request_replacement, old, kind="missing", reason="缺卷", by=year.bureau)
    assert error.sentence == (
        f"卷宗{old.case.label}没有案件可以递补：“民事”层候补已经用完，不能由人另选。"
        "请向承办机构调取副本补齐卷宗，仍评这一件；"
        "实在补不齐的，由专家在评分表把缺材料的项目记作“无法评价”，写明缺什么。"
    )
    page = signed_in(year.bureau).get(f"/y/2031/draws/replace/{old.case.serial}/")
    assert "没有候补，换件不能办" in page.content.decode()
    assert error.sentence in page.content.decode()
    assert "登记换件" not in page.content.decode()


def test_after_the_matching_the_new_case_takes_the_old_ones_panel() -> None:
    year = matched_year()
    old = DrawnCase.objects.of(year.plan).filter(stratum="civil").first()
    assert old
    others = set(Assignment.objects.exclude(drawn_case=old).values_list("drawn_case", "panel"))
    new = draws.replace_missing(
        old, kind="missing", reason="缺卷", by=year.bureau, confirmed_by=year.leader
    )
    assert (
        Assignment.objects.get(drawn_case=new).panel == Assignment.objects.get(drawn_case=old).panel
    )
    assert others < set(Assignment.objects.values_list("drawn_case", "panel"))
    match = Draw.objects.get(kind="match")
    assert certificate_of(match)["events"][0]["group"] == new.assignments.get().panel.code
    assert prove(match, printed=match.freeze_hash).ok is True
    assert {pair.drawn_case for pair in assigned_pairs(year.plan)} == set(
        DrawnCase.objects.of(year.plan)
    )
    certificates = [certificate_of(draw) for draw in year.plan.draws.all()]
    assert verify_chain(certificates).ok is True


def test_in_the_marking_the_sheets_follow() -> None:
    year = matched_year()
    adopt_a_standard(year)
    marking.open_marking(year.plan, by=year.bureau)
    old = DrawnCase.objects.of(year.plan).filter(stratum="civil").first()
    assert old
    new = draws.replace_missing(
        old, kind="missing", reason="缺卷", by=year.bureau, confirmed_by=year.leader
    )
    assert old.sheets.filter(withdrawn_at__isnull=True).count() == 0
    assert sorted(new.sheets.values_list("leads", flat=True)) == [False, True]
    assert ScoreSheet.objects.standing().count() == 40


def adopt_a_standard(year: Year) -> None:
    from evaluations.actions.standards import adopt_standard, import_standard
    from tests.workbook_samples import STANDARD

    standard = import_standard(
        STANDARD.read_bytes(), name="评分标准", basis="市评估办法", by=year.bureau
    )
    adopt_standard(year.plan, standard=standard, by=year.bureau)


def test_reserves_of_every_stratum_are_in_the_matching_list(year: Year) -> None:
    draw_sample(year)
    reserves = reserve_numbers(year.plan)
    assert len(reserves) == 38
    draw_experts(year)
    draw = draw_match(year)
    roles = [row[4] for row in sections_of(draw.freeze_text)["cases"]]
    assert (roles.count("S"), roles.count("R")) == (20, 38)


def test_a_review_draw_leaves_out_who_scored_the_case() -> None:
    from experts.models import Expert

    year = matched_year()
    pair = next(p for p in assigned_pairs(year.plan) if p.panel.category == "criminal")
    draw = draws.freeze_review_draw(
        year.plan,
        case=pair.drawn_case.case,
        category="criminal",
        exclude={pair.leader: "scored", pair.member: "scored"},
        by=year.bureau,
    )
    assert (draw.code, draw.kind, draw.target) == (
        "WZ-2031-R1", "review", pair.drawn_case.case.number,
    )  # fmt: skip
    stage = Plan.objects.get().stage
    held = ceremony(year, draw, seed=SEEDS["review"])
    assert Plan.objects.get().stage == stage
    from evaluations.queries.panels import drawn_alternates, drawn_experts

    drawn = drawn_experts(held)
    assert len(drawn) == 2
    assert not {pair.leader, pair.member} & {*drawn, *drawn_alternates(held)}
    assert Expert.objects.count() == 22
    assert certificate_of(held)["kind"] == "experts"
    assert prove(held, printed=held.freeze_hash).ok is True
    assert stage == "matched"
