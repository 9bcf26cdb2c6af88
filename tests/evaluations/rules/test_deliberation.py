"""Who may do what with two sealed sheets; every refusal with its sentence."""

import pytest

from evaluations.rules.deliberation import (
    Act,
    Deliberation,
    Outcome,
    Phase,
    Proposed,
    SealedSheet,
    agreed_grade,
    allowed_acts,
    dissent,
    needs_discussion,
    outcome_of,
    phase,
    why_refused,
)

GRADES = ("优良", "合格", "不合格")
LEADER = SealedSheet(expert="L", leads=True, grade="优良")
MEMBER = SealedSheet(expert="M", leads=False, grade="合格")
SAME = SealedSheet(expert="M", leads=False, grade="优良")
OPEN = Proposed(by="M", grade="合格", reason="会见不足")
REFUSED = Proposed(by="M", grade="合格", reason="会见不足", agreed=False, answer_reason="已补会见")
REFUSED_BY_MEMBER = Proposed(
    by="L", grade="优良", reason="材料齐全", agreed=False, answer_reason="缺会见笔录"
)
ACCEPTED = Proposed(by="M", grade="合格", reason="会见不足", agreed=True)


def facts(*proposals: Proposed, member: SealedSheet = MEMBER, graded: bool = False) -> Deliberation:
    return Deliberation(sheets=(LEADER, member), proposals=proposals, graded=graded)


def refused(given: Deliberation, act: Act, expert: str, *, grade: str = "合格") -> str | None:
    return why_refused(given, act, expert=expert, grades=GRADES, grade=grade, reason="理由")


ONE_SHEET = Deliberation(sheets=(LEADER,))
NOTHING: frozenset[Act] = frozenset()


@pytest.mark.parametrize(
    ("given", "now", "leader_may", "member_may"),
    [
        (ONE_SHEET, Phase.WAITING, NOTHING, NOTHING),
        (facts(member=SAME), Phase.AGREEING, {Act.CONFIRM, Act.RETURN}, {Act.RETURN}),
        (facts(), Phase.OPEN, {Act.PROPOSE, Act.RETURN}, {Act.PROPOSE, Act.RETURN}),
        (facts(OPEN), Phase.PROPOSED, {Act.AGREE, Act.DISAGREE}, NOTHING),
        (
            facts(REFUSED),
            Phase.DISAGREED,
            {Act.PROPOSE, Act.RULE, Act.RETURN},
            {Act.PROPOSE, Act.RETURN},
        ),
        (facts(REFUSED, OPEN), Phase.PROPOSED, {Act.AGREE, Act.DISAGREE, Act.RULE}, NOTHING),
        (facts(ACCEPTED), Phase.GRADED, NOTHING, NOTHING),
        (facts(REFUSED, graded=True), Phase.GRADED, NOTHING, NOTHING),
        (facts(member=SAME, graded=True), Phase.GRADED, NOTHING, NOTHING),
    ],
)
def test_what_each_may_do_in_each_phase(
    given: Deliberation, now: Phase, leader_may: set[Act], member_may: set[Act]
) -> None:
    assert phase(given) is now
    assert allowed_acts(given, expert="L") == leader_may
    assert allowed_acts(given, expert="M") == member_may
    assert allowed_acts(given, expert="X") == NOTHING


@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize("expert", ["L", "M", "X"])
@pytest.mark.parametrize(
    "given",
    [
        ONE_SHEET,
        facts(member=SAME),
        facts(),
        facts(OPEN),
        facts(REFUSED),
        facts(REFUSED, OPEN),
        facts(ACCEPTED),
        facts(graded=True),
    ],
)
def test_an_act_is_refused_exactly_when_it_is_not_allowed(
    given: Deliberation, expert: str, act: Act
) -> None:
    assert (refused(given, act, expert) is None) is (act in allowed_acts(given, expert=expert))


def test_discussion_is_needed_for_different_grades_and_for_a_one_sided_veto() -> None:
    failed = SealedSheet(expert="L", leads=True, grade="不合格", vetoes=("Z1",))
    failed_by_marks = SealedSheet(expert="M", leads=False, grade="不合格")
    failed_too = SealedSheet(expert="M", leads=False, grade="不合格", vetoes=("Z2",))
    assert needs_discussion((LEADER, MEMBER))
    assert not needs_discussion((LEADER, SAME))
    assert needs_discussion((failed, MEMBER))
    assert needs_discussion((failed, failed_by_marks))
    assert not needs_discussion((failed, failed_too))


def test_the_grade_that_both_already_gave() -> None:
    assert agreed_grade(facts(member=SAME)) == "优良"
    assert agreed_grade(facts()) is None
    assert agreed_grade(ONE_SHEET) is None


def gone(*proposals: Proposed, who: str, member: SealedSheet = MEMBER) -> Deliberation:
    return Deliberation(sheets=(LEADER, member), proposals=proposals, gone=frozenset(who))


@pytest.mark.parametrize(
    ("given", "leader_may", "member_may"),
    [
        (gone(who="M"), {Act.PROPOSE, Act.RULE}, {Act.PROPOSE}),
        (gone(who="L"), {Act.PROPOSE}, {Act.PROPOSE, Act.RULE}),
        (gone(OPEN, who="L"), {Act.AGREE, Act.DISAGREE}, {Act.RULE}),
        (gone(REFUSED, who="L"), {Act.PROPOSE}, {Act.PROPOSE, Act.RULE}),
        (gone(who="L", member=SAME), NOTHING, {Act.CONFIRM}),
        (gone(who="LM"), {Act.PROPOSE}, {Act.PROPOSE}),
        (gone(ACCEPTED, who="M"), NOTHING, NOTHING),
    ],
)
def test_who_stays_settles_the_case_that_a_leaver_sealed(
    given: Deliberation, leader_may: set[Act], member_may: set[Act]
) -> None:
    assert allowed_acts(given, expert="L") == leader_may
    assert allowed_acts(given, expert="M") == member_may


def test_the_sealed_sheet_of_a_leaver_is_the_dissent() -> None:
    assert dissent(gone(who="L")) == "已退出评估，以封存的评分表为其意见：优良"
    assert dissent(gone(REFUSED_BY_MEMBER, who="M")) == "缺会见笔录"


def test_the_sentences_of_refusal() -> None:
    told = {
        "one sheet": refused(ONE_SHEET, Act.PROPOSE, "L"),
        "outsider": refused(facts(), Act.PROPOSE, "X"),
        "member rules": refused(facts(REFUSED), Act.RULE, "M"),
        "rule too early": refused(facts(OPEN), Act.RULE, "L"),
        "rule before any proposal": refused(facts(), Act.RULE, "L"),
        "own proposal": refused(facts(OPEN), Act.AGREE, "M"),
        "graded": refused(facts(ACCEPTED), Act.RULE, "L"),
        "same grade": refused(facts(member=SAME), Act.PROPOSE, "M"),
    }
    assert told == {
        "one sheet": "两份评分表都封存后才能合议，请等待。",
        "outsider": "这件案件不由你评估，只有本组两名专家可以合议。",
        "member rules": "只有本组组长可以确认或定等次。请联系组长。",
        "rule too early": "已提出的等次还没有答复，请等对方同意或不同意。",
        "rule before any proposal": "还没有人提出等次。请先提出等次和理由。",
        "own proposal": "已提出的等次还没有答复，请等对方同意或不同意。",
        "graded": "这件案件已定等次，不能再改。如有错误请联系科室。",
        "same grade": "两份评分表等次一致，由组长确认即可。",
    }


@pytest.mark.parametrize(
    ("given", "act", "expert"),
    [
        (facts(), Act.PROPOSE, "M"),
        (facts(OPEN), Act.DISAGREE, "L"),
        (facts(REFUSED), Act.RULE, "L"),
    ],
)
@pytest.mark.parametrize("reason", ["", "  "])
def test_proposal_disagreement_and_ruling_need_a_reason(
    given: Deliberation, act: Act, expert: str, reason: str
) -> None:
    sentence = why_refused(given, act, expert=expert, grades=GRADES, grade="合格", reason=reason)
    assert sentence is not None
    assert "理由" in sentence


def test_agreeing_needs_no_reason() -> None:
    assert why_refused(facts(OPEN), Act.AGREE, expert="L", grades=GRADES) is None
    assert why_refused(facts(member=SAME), Act.CONFIRM, expert="L", grades=GRADES) is None


@pytest.mark.parametrize("act", [Act.PROPOSE, Act.RULE])
def test_a_grade_outside_the_standard_is_refused(act: Act) -> None:
    assert refused(facts(REFUSED), act, "L", grade="优秀") == "请从优良、合格、不合格中选一个等次。"


def test_outcomes_are_different_facts() -> None:
    assert outcome_of(Act.CONFIRM) is Outcome.AT_ONCE
    assert outcome_of(Act.AGREE) is Outcome.AGREED
    assert outcome_of(Act.RULE) is Outcome.RULING
    assert outcome_of(Act.PROPOSE) is None
    assert outcome_of(Act.DISAGREE) is None
    assert [outcome.label for outcome in Outcome] == ["两评一致", "协商一致", "组长意见"]


def test_the_dissent_is_the_other_experts_last_word() -> None:
    assert dissent(facts(REFUSED)) == "认为应评为合格：会见不足"
    assert dissent(facts(REFUSED, REFUSED_BY_MEMBER)) == "缺会见笔录"
    assert dissent(facts(REFUSED_BY_MEMBER, OPEN)) == "缺会见笔录"
    assert dissent(facts(OPEN)) == ""
