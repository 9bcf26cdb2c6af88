"""An expert leaves after the matching: open sheets are closed, sealed ones stay, cases go on."""

import pytest

from appeals.records import panels, replacements
from appeals.records.replacements import panels_follow
from evaluations.actions import draws, marking
from evaluations.actions.deliberation import rule_grade
from evaluations.models import (
    DrawEvent,
    DrawnCase,
    PanelMember,
    ScoreSheet,
    SheetNote,
    Undertaking,
)
from evaluations.permissions.marking import leader_of
from evaluations.queries.assignments import assigned_pairs
from evaluations.queries.draws_proof import certificate_of
from evaluations.queries.progress import expert_progress, vacant_sheets
from evaluations.rules.chains import verify_chain
from experts.models import Expert, Recusal
from tests.evaluations.draw_year import Year, account, matched_year
from tests.evaluations.marking_year import force_seal
from tests.evaluations.test_draws_void import adopt_a_standard
from tests.people import signed_in, words
from wanzhou_eval.clock import database_now
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Role
from wanzhou_eval.queries import working_calendar

pytestmark = pytest.mark.django_db
SAID = {"cause": "left", "reason": "住院"}


def seat(panel: str, *, leads: bool) -> Expert:
    return PanelMember.objects.standing().get(panel__code=panel, leads=leads).expert


def leave(year: Year, expert: Expert) -> DrawEvent:
    return draws.withdraw_expert(
        year.plan, expert, by=year.bureau, confirmed_by=year.leader, **SAID
    )


def marking_year() -> Year:
    year = matched_year(marking_from="2020-01-01", marking_to="2031-12-31")
    adopt_a_standard(year)
    year.plan = marking.open_marking(year.plan, by=year.bureau)
    return year


def test_between_matching_and_marking_the_new_one_gets_the_cases() -> None:
    year = matched_year()
    adopt_a_standard(year)
    member, leader = seat("civil-1", leads=False), seat("civil-1", leads=True)
    before = {p.drawn_case.pk: (p.leader, p.member) for p in assigned_pairs(year.plan)}
    event = leave(year, member)
    new = Expert.objects.get(person__code=event.replacement)
    after = {p.drawn_case.pk: (p.leader, p.member) for p in assigned_pairs(year.plan)}
    changed = {pk for pk in after if after[pk] != before[pk]}
    assert changed == {pk for pk, pair in before.items() if member in pair}
    assert {after[pk] for pk in changed} == {(leader, new)}
    marking.open_marking(year.plan, by=year.bureau)
    assert not ScoreSheet.objects.filter(expert=member).exists()
    assert ScoreSheet.objects.filter(expert=new).count() == len(changed)
    certificates = [certificate_of(draw) for draw in year.plan.draws.all()]
    assert verify_chain(certificates).ok is True


def test_a_recused_newcomer_leaves_the_case_to_the_next_clean_alternate() -> None:
    year = matched_year()
    member = seat("civil-1", leads=False)
    hit = next(p for p in assigned_pairs(year.plan) if p.member == member).drawn_case
    request = draws.request_withdrawal(year.plan, member, by=year.bureau, **SAID)
    alternates = [
        a.expert
        for a in hit.draw.plan.draws.get(kind="experts").alternates.filter(category="civil")
    ]
    Recusal.objects.create(
        expert=alternates[0], year=2031, reason="kin", case_key=hit.case.key, explanation="配偶"
    )
    event = draws.confirm_replacement(request, by=year.leader)
    assert event.replacement == alternates[0].person.code
    pairs = {p.drawn_case.pk: p for p in assigned_pairs(year.plan)}
    assert pairs.pop(hit.pk).member == alternates[1]
    mine = [p for p in pairs.values() if alternates[0] in (p.leader, p.member)]
    assert len(mine) == PanelMember.objects.standing().get(
        expert=alternates[0]
    ).panel.assignments.live().count() - 1  # fmt: skip


def test_open_sheets_are_closed_with_the_reason_and_sealed_ones_stay() -> None:
    year = marking_year()
    member, leader = seat("civil-1", leads=False), seat("civil-1", leads=True)
    own = list(ScoreSheet.objects.filter(expert=member).order_by("position"))
    sealed = own[0]
    force_seal(sealed)
    event = leave(year, member)
    new = Expert.objects.get(person__code=event.replacement)
    sealed.refresh_from_db()
    assert sealed.withdrawn_at is None
    closed = ScoreSheet.objects.filter(expert=member, withdrawn_at=event.at)
    assert {sheet.pk for sheet in closed} == {sheet.pk for sheet in own[1:]}
    notes = SheetNote.objects.filter(kind="left")
    assert {note.sheet_id for note in notes} == {sheet.pk for sheet in own[1:]}
    assert {(note.text, note.by) for note in notes} == {("中途退出：住院", year.leader)}
    fresh = ScoreSheet.objects.filter(expert=new)
    assert {sheet.drawn_case_id for sheet in fresh} == {s.drawn_case_id for s in own[1:]}
    assert sorted(fresh.values_list("position", flat=True)) == list(range(1, len(own)))
    assert not fresh.exclude(begun=False, sealed=False, leads=False).exists()
    for case in DrawnCase.objects.of(year.plan):
        assert case.sheets.standing().count() == 2
    assert vacant_sheets(year.plan) == []
    pair = list(own[1].drawn_case.sheets.standing().select_related("expert"))
    assert leader_of(pair).expert == leader


def test_a_leader_who_leaves_is_followed_case_by_case() -> None:
    year = marking_year()
    leader, member = seat("civil-2", leads=True), seat("civil-2", leads=False)
    event = leave(year, leader)
    new = Expert.objects.get(person__code=event.replacement)
    expected = member if member.may_lead else new
    assert seat("civil-2", leads=True) == expected
    for sheet in ScoreSheet.objects.filter(expert=new):
        pair = list(sheet.drawn_case.sheets.standing().select_related("expert"))
        assert leader_of(pair).expert == expected


def test_a_case_without_a_clean_alternate_waits_by_itself() -> None:
    year = marking_year()
    member = seat("civil-3", leads=False)
    hit = ScoreSheet.objects.filter(expert=member).order_by("position")[0]
    spare = hit.drawn_case.draw.plan.draws.get(kind="experts").alternates.all()
    for row in spare.filter(category="civil"):
        Recusal.objects.create(
            expert=row.expert, year=2031, reason="kin", case_key=hit.drawn_case.case.key,
            explanation="测试",
        )  # fmt: skip
    leave(year, member)
    assert [sheet.pk for sheet in vacant_sheets(year.plan)] == [hit.pk]


def test_the_leaver_works_no_more_and_the_newcomer_signs_first() -> None:
    year = marking_year()
    member = seat("civil-1", leads=False)
    own = account(Role.EXPERT, "one", person=member.person)
    Undertaking.objects.create(
        plan=year.plan,
        expert=member,
        text_version="2022-1",
        signed_at=database_now(),
        signed_by=own,
    )
    sheet = ScoreSheet.objects.filter(expert=member).order_by("position")[0]
    event = leave(year, member)
    sheet.refresh_from_db()
    with pytest.raises(RefusedError, match="已收回"):
        marking.save_comment(sheet, comment="x", by=own)
    new = Expert.objects.get(person__code=event.replacement)
    other = account(Role.EXPERT, "two", person=new.person)
    fresh = ScoreSheet.objects.filter(expert=new).order_by("position")[0]
    with pytest.raises(RefusedError, match="先阅读并签署"):
        marking.save_comment(fresh, comment="x", by=other)
    assert marking.sign_undertaking(year.plan, by=other).expert == new


def test_progress_names_who_left() -> None:
    year = marking_year()
    member = seat("civil-1", leads=False)
    sealed = ScoreSheet.objects.filter(expert=member).order_by("position")[0]
    force_seal(sealed)
    leave(year, member)
    year.plan.now = database_now()
    rows = {row.name: row for row in expert_progress(year.plan, calendar=working_calendar())}
    left = rows[member.person.name]
    assert (left.panel, left.leads, left.total) == ("民事行政案件组第一组（已退出）", False, 1)


def test_what_the_leaver_sealed_stays_his_to_settle_and_the_page_says_so() -> None:
    year = marking_year()
    member = seat("civil-1", leads=False)
    address = f"/y/2031/panels/withdraw/{member.pk}/"
    desk = signed_in(year.bureau)
    assert "还有合议没有办完" not in words(desk.get(address))
    sealed = ScoreSheet.objects.filter(expert=member).order_by("position")[0]
    force_seal(sealed)
    assert "1件已由本人封存、还没有定等次" in words(desk.get(address))


def test_who_stays_settles_what_the_leader_sealed_before_leaving() -> None:
    year = marking_year()
    leader, member = seat("civil-1", leads=True), seat("civil-1", leads=False)
    case = DrawnCase.objects.filter(sheets__expert=leader)[0]
    for expert, grade in ((leader, "优良"), (member, "合格")):
        force_seal(case.sheets.get(expert=expert), grade=grade)
    by = account(Role.EXPERT, "stays", person=member.person)
    with pytest.raises(RefusedError):
        rule_grade(case, grade="合格", reason="会见不足", by=by)
    leave(year, leader)
    grading = rule_grade(case, grade="合格", reason="会见不足", by=by)
    assert (grading.outcome, grading.by, grading.dissent) == (
        "ruling", member, "已退出评估，以封存的评分表为其意见：优良"
    )  # fmt: skip


def test_the_record_of_a_year_with_withdrawals_holds() -> None:
    year = marking_year()
    leave(year, seat("civil-1", leads=True))
    leave(year, seat("criminal-1", leads=False))
    for check in (*panels.CHECKS, *replacements.CHECKS):
        if check.code not in {"I-14", "I-11"}:
            assert check.run([year.plan]).broken == (), check.code
    assert panels_follow([year.plan]) == (4, [])
