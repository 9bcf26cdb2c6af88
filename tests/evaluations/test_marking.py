"""评分: opening, sealing, recusal, closing (article 6.2). Refusals leave nothing behind."""

import contextlib
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from cases.models import Case
from evaluations.actions import marking
from evaluations.actions.deliberation import confirm_agreement
from evaluations.actions.standards import adopt_standard, import_standard
from evaluations.models import (
    Mark,
    Plan,
    ScoreSheet,
    ScoringStandard,
    SheetContent,
    SheetNote,
    Undertaking,
)
from evaluations.queries.draws_text import sections_of
from evaluations.queries.seals import broken_seals
from evaluations.queries.sheets import own_sheet
from experts.models import Recusal
from tests.evaluations import draw_year
from tests.evaluations.marking_year import (
    matched_hall,
    open_hall,
    put,
    score,
    seal,
    seal_both,
)
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent
from wanzhou_eval.readers import reading_as, verifying

pytestmark = pytest.mark.django_db
STANDARD = Path(__file__).parents[2] / "fixtures" / "2022" / "2022年评分标准.xlsx"


def test_opening_makes_two_sheets_a_case_and_locks_the_standard() -> None:
    hall = matched_hall(cases=3)
    plan = marking.open_marking(hall.plan, by=hall.bureau)
    assert plan.stage == "marking"
    rows = ScoreSheet.objects.order_by("drawn_case__case__serial", "-leads")
    got = list(
        rows.values_list("drawn_case__case__serial", "expert__person__code", "leads", "position")
    )
    assert got == [
        (serial, code, leads, serial)
        for serial in (1, 2, 3)
        for code, leads in (("E000", True), ("E001", False))
    ]
    assert set(rows.values_list("scope", flat=True)) == {"民事"}
    assert ScoringStandard.objects.get().locked_at == plan.now
    assert AuditEvent.objects.filter(action="open_marking").get().detail == {
        "cases": 3,
        "sheets": 6,
    }


def test_opening_twice_is_refused() -> None:
    hall = open_hall(cases=1)
    with pytest.raises(RefusedError, match="现在是“评分中”阶段") as refused:
        marking.open_marking(hall.plan, by=hall.bureau)
    assert refused.value.status == 409
    assert ScoreSheet.objects.count() == 2


def test_opening_needs_a_standard_and_items_for_every_case() -> None:
    hall = matched_hall(cases=1)
    Plan.objects.filter(pk=hall.plan.pk).update(standard=None)
    with pytest.raises(RefusedError, match="还没有选用评分标准"):
        marking.open_marking(hall.plan, by=hall.bureau)
    empty = ScoringStandard.objects.create(name="空", version=1)
    Plan.objects.filter(pk=hall.plan.pk).update(standard=empty)
    with pytest.raises(
        RefusedError, match="0001号案件（民事，诉讼阶段“一审”）.*没有适用的评分项目"
    ):
        marking.open_marking(hall.plan, by=hall.bureau)
    assert ScoreSheet.objects.count() == 0
    assert Plan.objects.get().stage == "matched"


@pytest.mark.parametrize("role", ["clerk", "leader", "auditor", "sysadmin", "handler"])
def test_only_the_bureau_opens_and_closes(role: str) -> None:
    hall = matched_hall(cases=1)
    with pytest.raises(RefusedError, match="由公共法律服务科") as refused:
        marking.open_marking(hall.plan, by=hall.staff[role])
    assert refused.value.status == 403
    marking.open_marking(hall.plan, by=hall.bureau)
    for act in (marking.close_marking,):
        with pytest.raises(RefusedError, match="由公共法律服务科"):
            act(hall.plan, by=hall.staff[role])


def test_undertaking_is_for_the_year_s_experts() -> None:
    hall = matched_hall(cases=1)
    marking.open_marking(hall.plan, by=hall.bureau)
    for user in (hall.experts[3], hall.bureau, hall.staff["handler"]):
        with pytest.raises(RefusedError, match="只有本年度聘请的评估专家"):
            marking.sign_undertaking(hall.plan, by=user)
    assert not Undertaking.objects.exists()


def test_seal_fixes_total_grade_time_and_hash_without_telling_the_trail() -> None:
    hall = open_hall(cases=1)
    sheet = seal(hall, hall.leader, lose="20.5")
    assert (sheet.total, sheet.grade) == (Decimal("79.500000"), "合格")
    assert sheet.sealed_at is not None
    assert len(sheet.seal_hash) == 64
    event = AuditEvent.objects.get(action="seal_sheet")
    assert (event.target, event.detail) == ("初评评分表", {})
    with verifying():
        assert broken_seals(hall.plan) == []


def test_not_applicable_rebases_and_is_compared_unrounded() -> None:
    hall = open_hall(cases=1)
    put(hall, "A1", "10", reasons=(2,), pages="3")
    put(hall, "B1", None, state="na", note="没有会见")
    put(hall, "B2", "4.01", reasons=(2,), pages="5")
    sheet = marking.seal_sheet(hall.sheet(hall.leader), by=hall.leader)
    assert (sheet.total, sheet.grade) == (Decimal("79.985714"), "合格")


def test_cannot_assess_is_not_zero_and_needs_its_reason() -> None:
    hall = open_hall(cases=1)
    put(hall, "A1", "0")
    put(hall, "B2", "0")
    for state, word in (("cannot", "无法评价"), ("na", "不适用")):
        with pytest.raises(RefusedError, match=f"“{word}”，请在说明里写明原因"):
            put(hall, "B1", None, state=state)
    with reading_as(hall.leader):
        assert list(Mark.objects.values_list("item__number", flat=True)) == ["A1", "B2"]
    put(hall, "B1", None, state="cannot", note="缺页")
    with (
        pytest.raises(IntegrityError, match="mark_left_out_with_reason"),
        reading_as(hall.leader),
    ):
        Mark.objects.filter(item__number="B1").update(note="")
    sheet = marking.seal_sheet(hall.sheet(hall.leader), by=hall.leader)
    assert (sheet.total, sheet.grade) == (Decimal("100.000000"), "优良")


def test_veto_fails_the_case_whatever_the_total() -> None:
    hall = open_hall(cases=1)
    score(hall, hall.leader)
    put(hall, "Z1", None, state="veto", pages="9", note="代签")
    sheet = marking.seal_sheet(hall.sheet(hall.leader), by=hall.leader)
    assert (sheet.total, sheet.grade) == (Decimal("100.000000"), "不合格")


def test_sealed_sheet_takes_nothing_more() -> None:
    hall = open_hall(cases=1)
    sheet = seal(hall, hall.leader)
    for act in (
        lambda: put(hall, "A1", "1", version=1),
        lambda: marking.seal_sheet(sheet, by=hall.leader),
        lambda: marking.save_comment(sheet, comment="补一句", by=hall.leader),
        lambda: marking.request_recusal(sheet, reason="认识", by=hall.leader),
        lambda: marking.report_problem(sheet, reason="缺页", by=hall.leader),
    ):
        with pytest.raises(RefusedError, match="已封存，不能再改"):
            act()
    assert AuditEvent.objects.filter(action="seal_sheet").count() == 1


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE evaluations_scoresheet SET withdrawn_at = now()",
        "UPDATE evaluations_scoresheet SET sealed = false",
        "DELETE FROM evaluations_scoresheet",
        "UPDATE evaluations_sheetcontent SET total = 1",
        "UPDATE evaluations_sheetcontent SET sealed_at = NULL, total = NULL",
        "DELETE FROM evaluations_sheetcontent",
        "UPDATE evaluations_mark SET deduction = 1",
        "DELETE FROM evaluations_mark",
        "UPDATE evaluations_item SET full_marks = 1",
        "UPDATE evaluations_undertaking SET text_version = 'x'",
    ],
)
def test_sealed_rows_refuse_sql_as_the_application(sql: str) -> None:
    hall = open_hall(cases=1)
    seal_both(hall)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("wanzhou_app",)
    with (
        pytest.raises(Exception, match="封存|不能|一经记录|permission denied"),
        reading_as(hall.leader),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    with connection.cursor() as cursor, contextlib.suppress(DatabaseError), transaction.atomic():
        cursor.execute(sql)  # as no expert: other people's rows are not even there
        assert cursor.rowcount == 0
    with verifying():
        assert set(SheetContent.objects.values_list("total", flat=True)) == {Decimal(100)}
        assert set(Mark.objects.values_list("deduction", flat=True)) == {Decimal(0)}
        assert Mark.objects.count() == 6


def test_extension_reopens_the_period_with_its_reason() -> None:
    hall = open_hall(cases=1)
    until = hall.plan.marking_to + timedelta(days=7)
    Plan.objects.filter(pk=hall.plan.pk).update(clock_offset=timedelta(days=6))
    with pytest.raises(RefusedError, match="写明延长评估时间的原因"):
        marking.extend_marking(hall.plan, until=until, reason=" ", by=hall.bureau)
    with pytest.raises(RefusedError, match="须晚于原结束日期"):
        marking.extend_marking(hall.plan, until=hall.plan.marking_to, reason="迟", by=hall.bureau)
    marking.extend_marking(hall.plan, until=until, reason="卷宗迟到，局长批准", by=hall.bureau)
    put(hall, "A1", "0")
    event = AuditEvent.objects.get(action="extend_marking")
    assert event.detail["to"] == f"{until:%F}"
    with pytest.raises(IntegrityError), transaction.atomic():
        Plan.objects.filter(pk=hall.plan.pk).update(marking_to=hall.plan.marking_to)


def test_recusal_stops_work_at_once() -> None:
    hall = open_hall(cases=2, experts=4)
    mine = hall.sheet(hall.leader)
    put(hall, "A1", "0")
    with pytest.raises(RefusedError, match="请写明情况"):
        marking.request_recusal(mine, reason="  ", by=hall.leader)
    marking.request_recusal(mine, reason="当事人是我亲属", by=hall.leader)
    with pytest.raises(RefusedError, match="已收回"):
        put(hall, "A1", "1", version=1, sheet=mine)
    with pytest.raises(RefusedError, match="你的任务里没有这一号案件"):
        own_sheet(hall.leader, year=hall.plan.year, serial=1, in_round="first")
    assert SheetNote.objects.get().text == "当事人是我亲属"
    recusal = Recusal.objects.get(expert=mine.expert, case_key=hall.drawn(1).case.key)
    assert (recusal.reason, recusal.source) == ("found", "own")


def test_problem_of_a_file_is_told_and_the_sheet_stays() -> None:
    hall = open_hall(cases=1)
    marking.report_problem(hall.sheet(hall.leader), reason="缺第 12 页", by=hall.leader)
    assert SheetNote.objects.get().kind == "problem"
    put(hall, "A1", "0")


def test_closing_needs_every_case_graded_and_fixes_the_end() -> None:
    hall = open_hall(cases=2)
    for serial in (1, 2):
        seal_both(hall, serial)
    confirm_agreement(hall.drawn(1), by=hall.leader)
    with pytest.raises(RefusedError, match="还有1件没有定等次（0002）"):
        marking.close_marking(hall.plan, by=hall.bureau)
    assert Plan.objects.get().ended_at is None
    confirm_agreement(hall.drawn(2), by=hall.leader)
    plan = marking.close_marking(hall.plan, by=hall.bureau)
    assert plan.ended_at == plan.now
    assert Plan.objects.get().stage == "marked"
    with pytest.raises(RefusedError, match="现在是“评估结束”阶段"):
        marking.close_marking(hall.plan, by=hall.bureau)


def test_tampered_sheet_is_found(as_owner: Any) -> None:
    hall = open_hall(cases=1)
    seal(hall, hall.leader)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE evaluations_mark DISABLE TRIGGER mark_sheet_is_open")
        cursor.execute("UPDATE evaluations_mark SET deduction = 1 WHERE deduction = 0")
        cursor.execute("ALTER TABLE evaluations_mark ENABLE TRIGGER mark_sheet_is_open")
    with verifying():
        assert broken_seals(hall.plan) == ["0001 初评评分表"]


def test_pairs_are_those_of_the_real_matching() -> None:
    year = draw_year.open_year(cases=60)
    Case.objects.filter(kind="criminal").update(stage="审判")
    draw_year.draw_sample(year)
    draw_year.draw_experts(year)
    match = draw_year.draw_match(year)
    standard = import_standard(STANDARD.read_bytes(), name="标准", basis="", by=year.bureau)
    adopt_standard(year.plan, standard=standard, by=year.bureau)
    marking.open_marking(year.plan, by=year.bureau)
    told = {(row[2], row[4], row[5]) for row in sections_of(match.result_text)["assign"]}
    sheets = ScoreSheet.objects.order_by("-leads").values_list(
        "drawn_case__case__number", "expert__person__code", "leads"
    )
    leaders = {number: code for number, code, leads in sheets if leads}
    members = {number: code for number, code, leads in sheets if not leads}
    assert {(number, leaders[number], members[number]) for number in leaders} == told
    assert len(sheets) == 2 * len(told) == 40
    per_expert = ScoreSheet.objects.order_by("expert", "drawn_case__case__serial")
    seen: dict[int, int] = {}
    for sheet in per_expert:
        seen[sheet.expert_id] = seen.get(sheet.expert_id, 0) + 1
        assert sheet.position == seen[sheet.expert_id]
