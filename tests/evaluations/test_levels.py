"""逐项评等次: entering, sealing, and what the database itself refuses."""

import hashlib
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from evaluations.actions import marking
from evaluations.actions.editions import withdraw_seal
from evaluations.models import Mark, ScoreSheet, SheetContent
from evaluations.queries.seals import broken_seals, sealed_text
from evaluations.queries.sheets import rule_mark
from evaluations.rules.standards import Mark as RuleMark
from tests.evaluations.levels_year import (
    GOOD,
    OPINION,
    give,
    level_hall,
    level_standard,
    rate,
    seal_levels,
)
from tests.evaluations.marking_year import YEAR, Hall, open_hall, put, seal, signed_in
from tests.people import words
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User
from wanzhou_eval.readers import reading_as, verifying

pytestmark = pytest.mark.django_db
LOW = {"A1": 1, "B1": 3, "B2": 1}


def kept(hall: Hall, user: Any) -> dict[str, tuple[Any, ...]]:
    with reading_as(user):
        rows = hall.sheet(user).marks.select_related("item").order_by("item__ordinal")
        return {m.item.number: (m.level, m.reasons, m.pages, m.note, m.state) for m in rows}


def test_a_sheet_of_levels_is_sealed_with_its_judgement_and_not_with_a_sum() -> None:
    hall = level_hall()
    sheet = seal_levels(hall, hall.leader, overall=2, levels=GOOD)
    assert (sheet.overall, sheet.total, sheet.grade) == (2, Decimal(2), "不合格")
    other = seal_levels(hall, hall.member, overall=5, levels=LOW)
    assert (other.overall, other.total, other.grade) == (5, Decimal(5), "优良")
    with verifying():
        assert broken_seals(hall.plan) == []
    with reading_as(hall.member):
        low = Mark.objects.get(sheet=other, item__number="A1")
    assert (low.level, low.reasons, low.pages, low.note) == (1, [1], "17", "卷内没有")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"overall": None}, "总体判断：还没有作出"),
        ({"comment": " "}, "总体意见：请写明总体判断的理由"),
        ({"levels": {"A1": 3, "B1": 3}}, "项目B2：还没有评"),
    ],
)
def test_the_seal_waits_for_every_item_the_judgement_and_the_opinion(
    values: dict[str, Any], sentence: str
) -> None:
    hall = level_hall()
    rate(hall, hall.leader, **values)
    page = words(signed_in(hall.leader).get(f"/score/{YEAR}/1/check/"))
    assert sentence in page
    assert ("优良" in page) == ("comment" in values)  # the grade waits for items and judgement
    with pytest.raises(RefusedError, match="还不能封存，有1处要改") as refused:
        marking.seal_sheet(hall.sheet(hall.leader), by=hall.leader)
    assert sentence in refused.value.sentence
    assert not hall.sheet(hall.leader).sealed


@pytest.mark.parametrize(
    ("number", "values", "sentence"),
    [
        ("A1", {"level": 1, "pages": "17"}, "请选情形，或在说明里写明理由"),
        ("B2", {"level": 1, "pages": "17"}, "请在说明里写明理由"),
        ("A1", {"level": 1, "reasons": (1,)}, "请填卷宗页码"),
        ("A1", {"level": 1, "reasons": (3,), "pages": "17"}, "选了“其他”，请在说明里写明理由"),
    ],
)
def test_a_low_level_names_its_cause_and_page_before_the_seal(
    number: str, values: dict[str, Any], sentence: str
) -> None:
    hall = level_hall()
    rate(hall, hall.leader)
    give(hall, number, version=1, **values)
    with pytest.raises(RefusedError, match=sentence):
        marking.seal_sheet(hall.sheet(hall.leader), by=hall.leader)
    give(hall, number, 1, version=2, pages="17", note="没有委托书")
    assert marking.seal_sheet(hall.sheet(hall.leader), by=hall.leader).sealed


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"level": 4}, "只能评 3（最好）、2 或 1（最差）"),
        ({"level": 0}, "只能评 3（最好）、2 或 1（最差）"),
        ({"level": None, "deduction": Decimal(2)}, "按等次评，不扣分"),
        ({"level": 3, "deduction": Decimal(0)}, "按等次评，不扣分"),
        ({"level": 3, "state": "cannot", "note": "缺卷"}, "就不再评等次"),
        ({"level": None, "state": "na", "note": "无"}, "不能记“不适用”"),
        ({"level": None, "state": "cannot"}, "请在说明里写明原因"),
        ({"level": 1, "reasons": (7,)}, "没有所选的扣分情形"),
        ({"level": None, "state": "veto"}, "不是一票否决项，请评 1 到 3"),
    ],
)
def test_what_can_never_be_right_is_refused_at_once(values: dict[str, Any], sentence: str) -> None:
    hall = level_hall()
    with pytest.raises(RefusedError, match=sentence):
        give(hall, "A1", values.pop("level"), **values)
    assert kept(hall, hall.leader) == {}


def test_a_sheet_of_marks_takes_no_level_and_no_judgement() -> None:
    hall = open_hall(cases=1)
    with pytest.raises(RefusedError, match="按扣分评，不评等次"):
        put(hall, "A1", None, level=3)
    with pytest.raises(RefusedError, match="按扣分评，不作总体判断"):
        marking.save_overall(hall.sheet(hall.leader), overall=4, by=hall.leader)
    sheet = seal(hall, hall.leader, lose="5")
    assert (sheet.overall, sheet.total) == (None, Decimal(95))


def test_c_and_na_leave_the_item_out_and_a_veto_fails_whatever_the_judgement() -> None:
    hall = level_hall()
    rate(hall, hall.leader, overall=5)
    give(hall, "B1", None, state="na", note="没有会见的必要", version=1)
    give(hall, "B2", None, state="cannot", note="缺第二卷", version=1)
    put(hall, "Z1", None, state="veto", pages="3", note="签名系代签")
    sheet = marking.seal_sheet(hall.sheet(hall.leader), by=hall.leader)
    assert (sheet.overall, sheet.grade) == (5, "不合格")
    assert kept(hall, hall.leader)["B2"] == (None, [], "", "缺第二卷", "cannot")


def test_nothing_that_could_be_assessed_is_no_sheet() -> None:
    hall = level_hall()
    rate(hall, hall.leader)
    for number in ("A1", "B1", "B2"):
        give(hall, number, None, state="cannot", note="缺卷", version=1)
    with pytest.raises(RefusedError, match="没有一项可以评分"):
        marking.seal_sheet(hall.sheet(hall.leader), by=hall.leader)


def theirs(error: RefusedError) -> dict[str, Any]:
    """What the other window saved, as the refusal tells it."""
    told = error.detail["theirs"]
    assert isinstance(told, dict)
    return told


def test_an_older_window_is_told_level_and_judgement() -> None:
    hall = level_hall()
    give(hall, "A1", 2)
    with pytest.raises(RefusedError) as refused:
        give(hall, "A1", 3)
    assert theirs(refused.value)["level"] == "2"
    sheet = hall.sheet(hall.leader)
    marking.save_overall(sheet, overall=4, was="", by=hall.leader)
    with pytest.raises(RefusedError, match="总体判断在另一窗口改过") as refused:
        marking.save_overall(sheet, overall=2, was="", by=hall.leader)
    assert theirs(refused.value)["overall"] == "4"
    marking.save_overall(sheet, overall=2, was="4", by=hall.leader)
    assert hall.sheet(hall.leader).overall == 2


def test_an_edition_taken_back_keeps_levels_and_judgement() -> None:
    hall = level_hall()
    sealed = seal_levels(hall, hall.leader, levels=LOW, overall=3)
    opened = withdraw_seal(sealed, reason="漏看一页", by=hall.leader)
    assert opened.edition == 2
    with reading_as(hall.leader):
        content = SheetContent.objects.get(pk=opened.pk)
        levels = list(opened.marks.order_by("item__ordinal").values_list("level", flat=True))
    assert (content.overall, content.comment) == (3, OPINION)
    assert levels == [1, 3, 1]


def test_the_seals_of_both_methods_are_pinned_texts() -> None:
    hall = level_hall()
    sheet = seal_levels(hall, hall.leader, levels=LOW, overall=3)
    assert told(sheet) == (
        '{"case":"渝万援民〔2031〕1号","comment":"会见和阅卷扎实，文书个别处粗疏。","expert":"E000",'
        '"grade":"合格","marks":[["A1","",null,[1],"17","卷内没有","level 1"],'
        '["B1","",null,[],"","","level 3"],["B2","",null,[],"17","卷内没有","level 1"]],'
        '"overall":3,"round":"first","scope":"民事","sealed_at":"T",'
        f'"standard":["评等次标准",1,"{"c" * 64}"],"total":"3.000000"}}'
    )


def test_the_seal_of_a_sheet_of_marks_reads_as_it_always_did() -> None:
    hall = open_hall(cases=1)
    sheet = seal(hall, hall.leader, lose="5")
    assert told(sheet) == (
        '{"case":"渝万援民〔2031〕1号","comment":"","expert":"E000","grade":"优良",'
        '"marks":[["A1","","5",[2],"17",""],["B1","","0",[],"",""],["B2","","0",[],"",""]],'
        '"round":"first","scope":"民事","sealed_at":"T",'
        f'"standard":["短标准",1,"{"a" * 64}"],"total":"95.000000"}}'
    )


def told(sheet: ScoreSheet) -> str:
    """The text behind the seal, with the moment left out; its hash is that of the seal."""
    with reading_as(User.objects.get(person=sheet.expert.person_id)):
        marks = [rule_mark(mark) for mark in sheet.marks.select_related("item")]
        full = ScoreSheet.objects.with_case().get(pk=sheet.pk)
        text = sealed_text(full, marks)
    assert hashlib.sha256(text.encode()).hexdigest() == sheet.seal_hash
    assert full.sealed_at is not None
    return text.replace(f"{full.sealed_at.timestamp():.6f}", "T")


STATEMENTS = {
    "mark_fits_item": [
        "UPDATE evaluations_mark SET level = NULL, deduction = 2 WHERE item_id = {A1}",
        "UPDATE evaluations_mark SET level = 2, item_id = item_id WHERE item_id = {Z1}",
    ],
    "mark_level_alone": [
        "UPDATE evaluations_mark SET level = 4 WHERE item_id = {A1}",
        "UPDATE evaluations_mark SET state = 'na', note = '无' WHERE item_id = {A1}",
    ],
    "sheet_overall_is_the_total": [
        "UPDATE evaluations_sheetcontent SET overall = 6 WHERE sheet_id = {sheet}",
        """UPDATE evaluations_sheetcontent SET sealed_at = now(), total = 3, grade = '合格',
                  seal_hash = 'x' WHERE sheet_id = {sheet}""",
        """UPDATE evaluations_sheetcontent SET sealed_at = now(), total = 4, grade = '优良',
                  seal_hash = 'x', comment = '' WHERE sheet_id = {sheet}""",
    ],
    "overall_fits_method": [
        """UPDATE evaluations_sheetcontent SET sealed_at = now(), total = 90, grade = '优良',
                  seal_hash = 'x', overall = NULL WHERE sheet_id = {sheet}"""
    ],
}


@pytest.mark.parametrize(
    ("rule", "statement"), [(rule, one) for rule, many in STATEMENTS.items() for one in many]
)
def test_the_database_refuses_what_does_not_fit_the_method(rule: str, statement: str) -> None:
    hall = level_hall()
    put(hall, "Z1", None, state="veto", pages="3", note="查实")
    rate(hall, hall.leader)
    keys = {number: hall.item(number).pk for number in ("A1", "Z1")}
    sql = statement.format(**keys, sheet=hall.sheet(hall.leader).pk)
    refused_by(rule, sql, hall)


def refused_by(rule: str, sql: str, hall: Hall) -> None:
    with reading_as(hall.leader), pytest.raises(IntegrityError) as told, transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(sql)
    assert told.value.__cause__ is not None
    diag = told.value.__cause__.diag  # type: ignore[attr-defined]  # psycopg2's
    assert diag.constraint_name == rule


def test_the_database_refuses_a_judgement_on_a_sheet_of_marks() -> None:
    hall = open_hall(cases=1)
    put(hall, "A1", "0")
    sheet = hall.sheet(hall.leader).pk
    sql = f"UPDATE evaluations_sheetcontent SET overall = 4 WHERE sheet_id = {sheet}"
    refused_by("overall_fits_method", sql, hall)
    sql = f"UPDATE evaluations_mark SET level = 3, deduction = NULL WHERE sheet_id = {sheet}"
    refused_by("mark_fits_item", sql, hall)


@pytest.mark.parametrize(
    ("rule", "sql"),
    [
        ("item_marks_or_level_or_veto", "UPDATE evaluations_item SET full_marks = 5"),
        ("item_fits_method", "UPDATE evaluations_item SET full_marks = 5, by_level = false"),
        ("reason_fits_method", "UPDATE evaluations_deductionreason SET low = 1, high = 1"),
        ("band_fits_method", "UPDATE evaluations_gradeband SET floor = 80"),
        ("band_fits_method", "UPDATE evaluations_gradeband SET floor = 3.5 WHERE floor = 3"),
        (None, "UPDATE evaluations_scoringstandard SET method = 'points'"),
    ],
)
def test_the_database_keeps_a_standard_to_its_method(rule: str | None, sql: str) -> None:
    level_standard()
    with pytest.raises(IntegrityError) as told, transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(sql)
    assert told.value.__cause__ is not None
    diag = told.value.__cause__.diag  # type: ignore[attr-defined]  # psycopg2's
    assert rule is None or diag.constraint_name == rule
    assert rule is not None or "评分标准" in str(told.value)


def test_levels_and_judgement_are_in_the_tables_that_the_database_hides() -> None:
    hall = level_hall()
    seal_levels(hall, hall.leader, levels=LOW, overall=2)
    for reader in (hall.member, hall.bureau, hall.staff["sysadmin"], None):
        with reading_as(reader):
            assert Mark.objects.filter(level__isnull=False).count() == 0
            assert SheetContent.objects.filter(overall__isnull=False).count() == 0


def script(client: Client, **data: Any) -> Any:
    return client.post(
        f"/score/{YEAR}/1/save/", data, headers={"accept": "application/json"}
    ).json()


def test_a_script_saves_levels_and_learns_the_grade_only_at_the_end() -> None:
    hall = level_hall()
    desk = signed_in(hall.leader)
    first = script(desk, item=hall.item("A1").pk, level="３", version=0)
    assert first["totals"]["levels"] == {"3": 1}
    judged = script(desk, overall="4", was="")
    assert (judged["overall"], judged["totals"]["grade"]) == ("4", "")
    script(desk, item=hall.item("B1").pk, level="2", version=0)
    last = script(desk, item=hall.item("B2").pk, level="3", version=0)
    assert (last["totals"]["grade"], last["totals"]["overall"]) == ("优良", 4)
    assert script(desk, item=hall.item("A1").pk, level="9", version=1)["message"] == (
        "“A1 项目A1”：评等次请填 3（最好）、2 或 1（最差）。"
    )
    assert script(desk, overall="6")["message"] == "总体判断请填 5（最好）到 1（最差）。"


def test_the_printed_sheet_and_the_check_page_speak_of_levels() -> None:
    hall = level_hall()
    seal_levels(hall, hall.leader, levels=LOW, overall=2)
    desk = signed_in(hall.leader)
    printed = words(desk.get(f"/score/{YEAR}/1/print/"))
    assert "总体判断2✕不合格" in printed
    assert "1差缺件；第17页卷内没有" in printed
    assert "满分" not in printed
    check = words(desk.get(f"/score/{YEAR}/1/check/"))
    assert "总体判断2，对应✕不合格。各项：好1、差2。" in check


def test_typed_marks_differ_in_level_alone() -> None:
    assert RuleMark(item="A1", level=3) != RuleMark(item="A1", level=2)
    assert RuleMark(item="A1").blank
    assert not RuleMark(item="A1", level=1).blank
