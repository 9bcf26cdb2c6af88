"""逐项评等次 through the year: standards, 合议, paper, offline, trial, report, consequences."""

import io
from dataclasses import replace
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from evaluations.actions import standard_edit as edit
from evaluations.actions.deliberation import (
    answer_proposal,
    confirm_agreement,
    propose_grade,
)
from evaluations.actions.paper import save_typing, seal_paper
from evaluations.actions.standards import adopt_standard, import_standard
from evaluations.exports.standards import write_standard
from evaluations.imports.offline import LEVEL_COLUMNS
from evaluations.models import CaseResult, ItemTally, Mark, Plan, ScoringStandard, TrialSheet
from evaluations.queries.agreed_items import with_agreed
from evaluations.queries.deliberation import case_facts, compare
from evaluations.queries.paper import differences, typing_as
from evaluations.queries.standards import comparison, load_standard, standard_page
from evaluations.queries.tallies import report_counts
from evaluations.rules.grading import FIVE_BANDS
from evaluations.rules.report import analyse
from evaluations.rules.report_counts import Counts
from evaluations.rules.standards import Item as ItemValue
from evaluations.rules.standards import Mark as RuleMark
from evaluations.rules.standards import Reason
from tests.evaluations.crawling import addresses, crawl, for_reader
from tests.evaluations.levels_year import GOOD, OPINION, give, level_hall, level_standard, rate
from tests.evaluations.levels_year import seal_levels as seal
from tests.evaluations.marking_year import YEAR, Hall, matched_hall, signed_in
from tests.evaluations.test_non_interference import differing
from tests.evaluations.test_trial import own, trial_hall
from tests.people import words
from tests.workbook_samples import STANDARD
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.readers import reading_as

pytestmark = pytest.mark.django_db
BASE = f"/y/{YEAR}/plan/items/"
WEAK = {"A1": 1, "B1": 2, "B2": 3}


def exported(standard: ScoringStandard) -> bytes:
    file = io.BytesIO()
    write_standard(standard_page(standard.pk), into=file)
    return file.getvalue()


def test_the_2022_standard_turns_into_one_of_levels_and_makes_the_round_trip() -> None:
    hall = matched_hall(cases=1)
    first = import_standard(STANDARD.read_bytes(), name="标准", basis="办法", by=hall.bureau)
    levels = edit.convert_standard(first, by=hall.bureau)
    assert (levels.name, levels.method, levels.copied_from) == ("标准（评等次）", "levels", first)
    content = load_standard(levels)
    scored = [item for value in content.values() for item in value.items if not item.veto]
    assert {(item.by_level, item.full_marks) for item in scored} == {(True, Decimal(0))}
    assert {reason.high for item in scored for reason in item.reasons} == {Decimal(0)}
    assert not any("扣" in item.rule or "（每" in str(item.reasons) for item in scored)
    assert standard_page(levels.pk).problems == ()
    again = import_standard(exported(levels), name="标准", basis="", by=hall.bureau)
    assert (again.method, again.version) == ("levels", 2)
    page = comparison(levels.pk, again.pk)
    assert (page.changes, page.old_bands) == ((), page.new_bands)
    assert page.new_bands == "总体判断 优良≥4、合格≥3、不合格≥1"
    assert adopt_standard(hall.plan, standard=again, by=hall.bureau).by_level
    told = comparison(first.pk, levels.pk).changes[0].changes
    assert (told[0].label, told[0].after) == ("分值", "评等次（3 最好，1 最差）")
    with pytest.raises(RefusedError, match="已经是逐项评等次"):
        edit.convert_standard(levels, by=hall.bureau)


def test_a_workbook_of_both_methods_or_with_wrong_bands_is_refused() -> None:
    hall = matched_hall(cases=1)
    book = openpyxl.load_workbook(io.BytesIO(exported(level_standard())))
    book["评分项目"]["E2"] = 20
    data = io.BytesIO()
    book.save(data)
    with pytest.raises(RefusedError, match="的这条情形读不懂"):  # by marks, it has no amounts
        import_standard(data.getvalue(), name="标准", basis="", by=hall.bureau)
    book["评分项目"]["E2"], book["评分项目"]["E4"] = "等次", 20
    data = io.BytesIO()
    book.save(data)
    with pytest.raises(RefusedError, match="“项目B2”与前面的项目不是一种评分办法"):
        import_standard(data.getvalue(), name="标准", basis="", by=hall.bureau)
    book["评分项目"]["E4"] = "等次"
    book["等次"]["B4"] = 0
    data = io.BytesIO()
    book.save(data)
    with pytest.raises(RefusedError, match="等次不连续或没有从 1 起"):
        import_standard(data.getvalue(), name="标准", basis="", by=hall.bureau)
    assert ScoringStandard.objects.filter(name="标准").count() == 0


def test_the_editor_of_levels_through_its_pages() -> None:
    hall = matched_hall(cases=1)
    desk = signed_in(hall.bureau)
    desk.post(f"{BASE}new/", {"name": "新标准", "preset": "five"})
    new = ScoringStandard.objects.get(name="新标准")
    assert (new.method, new.bands.count()) == ("levels", 4)
    rows = {f"reason-{n}-text": "" for n in range(9)}
    rows |= {"reason-TOTAL_FORMS": "9", "reason-INITIAL_FORMS": "0"}
    form = rows | {"scope": "民事", "section": "结案", "title": "归档", "na_allowed": "on"}
    bad = desk.post(f"{BASE}{new.pk}/item/", form | {"reason-0-text": "缺件；不全"})
    assert "一行只写一种情形" in words(bad)
    desk.post(f"{BASE}{new.pk}/item/", form | {"reason-0-text": "缺件"})
    item = new.items.get(title="归档")
    assert (item.by_level, int(item.full_marks)) == (True, 0)
    assert [(r.text, int(r.high), r.other) for r in item.reasons.all()] == [
        ("缺件", 0, False), ("其他（写明理由）", 0, True),
    ]  # fmt: skip
    page = words(desk.get(f"{BASE}{new.pk}/item/{item.pk}/"))
    assert "评1的情形" in page
    assert "分值" not in page
    preview = words(desk.get(f"{BASE}{new.pk}/preview/"))
    assert "等次（3最好，1最差）" in preview
    assert "总体判断" in preview
    listed = words(desk.get(BASE))
    assert "逐项评等次" in listed
    assert "百分扣分" in listed
    answer = desk.post(f"{BASE}{hall.standard.pk}/convert/")
    assert "复制自" in words(desk.get(answer["Location"]))
    broken = [replace(band, floor=band.floor - Decimal("0.5")) for band in FIVE_BANDS[:3]]
    with pytest.raises(RefusedError, match="下限应为整数"):
        edit.edit_standard(new, basis="", note="", bands=[*broken, FIVE_BANDS[3]], by=hall.bureau)
    assert [band.floor for band in new.bands.all()] == [5, 4, 3, 1]
    other = Reason(key=1, text="其他", low=Decimal(1), high=Decimal(5), other=True)
    value = ItemValue(number="", title="带分", full_marks=Decimal(5), reasons=(other,))
    with pytest.raises(IntegrityError, match="评估项目与评分办法不符"), transaction.atomic():
        edit.save_item(new, item=None, value=value, place=("民事", "A 甲"), by=hall.bureau)


def differing_pair(hall: Hall) -> None:
    seal(hall, hall.leader, overall=4)
    seal(hall, hall.member, overall=2, levels=WEAK, comment="委托手续缺失，沟通不足。")


def test_the_pair_sees_judgement_and_levels_and_settles_items() -> None:
    hall = level_hall()
    differing_pair(hall)
    with reading_as(hall.leader):
        case = case_facts(hall.leader, drawn_case=hall.drawn(), in_round="first")
        page = compare(case, every_item=False)
    rows = [(r.number, r.left.text, r.right.text, r.right.why) for r in page.rows]
    assert rows == [
        ("A1", "3 好", "1 差", "缺件，第 17 页，卷内没有"), ("B1", "3 好", "2 一般", ""),
        ("B2", "2 一般", "3 好", ""),
    ]  # fmt: skip
    assert [page.left_total, page.right_total, *page.floors] == [4, 2, 3, 4]
    told = words(signed_in(hall.leader).get(f"/settle/{YEAR}/1/"))
    assert "总体判断5最好4◆优良会见和阅卷扎实" in told
    assert "两个总体判断之间隔着3级、4级的等次线" in told
    assert "满分" not in told
    case_no = hall.drawn()
    for levels, sentence in (({"A1": 4}, "须是 3、2 或 1"), ({"Z1": 3}, "只填两人有分歧的项目")):
        with pytest.raises(RefusedError, match=sentence):
            propose_grade(case_no, grade="合格", reason="折中", levels=levels, by=hall.leader)
    with pytest.raises(RefusedError, match="评分办法不符"):
        propose_grade(
            case_no, grade="合格", reason="折中", amounts={"A1": Decimal(2)}, by=hall.leader
        )
    body = {"propose-grade": "合格", "propose-reason": "折中", "propose-item-A1": "2"}
    signed_in(hall.leader).post(f"/settle/{YEAR}/1/propose/", body)
    with reading_as(hall.member):
        case = case_facts(hall.member, drawn_case=case_no, in_round="first")
        answer_proposal(case.proposals[-1], agree=True, by=hall.member)
        case = case_facts(hall.member, drawn_case=case_no, in_round="first")
        agreed = with_agreed(case, compare(case, every_item=False))
    assert [row.agreed for row in agreed.rows] == ["2 一般", "", ""]
    record = words(signed_in(hall.bureau).get(f"/y/{YEAR}/settle/1/"))
    assert "单项合议等次：A1评2" in record


def test_documents_name_levels_and_the_judgement() -> None:
    hall = level_hall()
    differing_pair(hall)
    with reading_as(hall.leader):
        propose_grade(hall.drawn(), grade="合格", reason="折中", by=hall.leader)
    with reading_as(hall.member):
        case = case_facts(hall.member, drawn_case=hall.drawn(), in_round="first")
        answer_proposal(case.proposals[-1], agree=True, by=hall.member)
    desk = signed_in(hall.bureau)
    links = [
        link
        for link in desk.get(f"/y/{YEAR}/settle/1/").content.decode().split('"')
        if link.endswith(".docx")
    ]
    texts = "".join(
        "".join(part.split(">")[1] for part in document(desk.get(link).content)) for link in links
    )
    assert len(links) == 3
    for told in ("总体判断 4", "总体判断 2", "组长等次", "1 差", "3—1", "委托手续缺失，沟通不足。"):
        assert told in texts, told
    assert "扣分" not in texts


def document(data: bytes) -> list[str]:
    """The texts of a Word file, each with its tag."""
    from zipfile import ZipFile

    with ZipFile(io.BytesIO(data)) as book:
        xml = book.read("word/document.xml").decode()
    return [part for part in xml.split("<w:t") if ">" in part][1:]


def test_the_report_tells_levels_and_how_far_the_pair_is_apart() -> None:
    hall = level_hall(cases=2)
    seal(hall, hall.leader, overall=4)
    seal(hall, hall.member, overall=5, levels=WEAK)
    confirm_agreement(hall.drawn(), by=hall.leader)
    result = CaseResult.objects.get()
    assert (result.place, result.difference) == (1, -1_000_000)
    tally = {t.item.number: (t.level_3, t.level_2, t.level_1) for t in ItemTally.objects.all()}
    assert tally == {"A1": (1, 0, 1), "B1": (1, 1, 0), "B2": (1, 1, 0)}
    counts = report_counts(Plan.objects.get(pk=hall.plan.pk))
    assert Counts.from_json(counts.as_json()) == counts
    found = analyse(counts, {})
    assert found.by_level
    assert [(item.title, str(item.percent)) for item in found.items] == [
        ("A1 项目A1", "50.0"), ("B1 项目B1", "50.0"), ("B2 项目B2", "50.0"),
    ]  # fmt: skip
    assert found.pairs[0].difference.sentence == "1件，平均相差-1.00级（件数少，仅供参考）"


def test_two_people_type_a_paper_sheet_of_levels() -> None:
    hall = level_hall()
    clerk, bureau = hall.staff["clerk"], hall.bureau
    sheet = hall.sheet(hall.leader)
    marks = {
        hall.item(number).pk: RuleMark(item=number, level=level) for number, level in GOOD.items()
    } | {hall.item("Z1").pk: RuleMark(item="Z1")}
    low = hall.item("B2").pk
    marks[low] = RuleMark(item="B2", level=1, pages="31", note="没有笔录")
    told: dict[str, Any] = {"marks": marks, "finish": True, "saves": 0}
    with pytest.raises(RefusedError, match="总体判断：还没有录"):
        save_typing(sheet, **told, comment=OPINION, by=clerk)
    with pytest.raises(RefusedError, match="总体意见：纸上应写明"):
        save_typing(sheet, **told, overall=4, by=clerk)
    save_typing(sheet, **told, overall=4, comment=OPINION, by=clerk)
    seen = marks | {low: RuleMark(item="B2", level=1, pages="31")}
    save_typing(sheet, **(told | {"marks": seen}), overall=3, by=bureau)
    with typing_as(bureau):
        assert differences(sheet) == {0}
    code = hall.sheet(hall.leader).pk
    assert code
    save_typing(sheet, **(told | {"marks": seen, "saves": 1}), overall=4, by=bureau)
    with pytest.raises(RefusedError, match="请逐条核对"):
        seal_paper(sheet, files=[("签名.pdf", b"%PDF-1.4")], checked=set(), by=bureau)
    seal_paper(sheet, files=[("签名.pdf", b"%PDF-1.4")], checked={str(low), "comment"}, by=bureau)
    sealed = hall.sheet(hall.leader)
    assert (sealed.overall, sealed.grade, sealed.comment) == (4, "优良", OPINION)
    with reading_as(hall.leader):
        mark = Mark.objects.get(sheet=sealed, item=low)
    assert (mark.level, mark.pages, mark.note) == (1, "31", "没有笔录")


def test_the_typing_page_and_the_blank_sheet_are_of_levels() -> None:
    hall = level_hall()
    desk = signed_in(hall.staff["clerk"])
    expert = hall.sheet(hall.leader).expert_id
    blank = words(desk.get(f"/y/{YEAR}/paper/print/?expert={expert}"))
    assert "等次（圈一个）" in blank
    assert "3 2 1" in blank or "3　2　1" in blank or "321" in blank
    assert "总体判断（圈一个" in blank
    assert "满分" not in blank
    page = desk.get(f"/y/{YEAR}/paper/").content.decode()
    address = next(x for x in page.split('"') if x.startswith(f"/y/{YEAR}/paper/{YEAR}"))
    body = {f"ded-{hall.item('A1').pk}": "5", "overall": "9", "saves": "0", "action": "finish"}
    answer = desk.post(address, body)
    assert answer.status_code == 422
    assert "评等次请填3（最好）、2或1（最差）" in words(answer)
    assert "总体判断请填5（最好）到1（最差）" in words(answer)
    body = {f"ded-{hall.item('A1').pk}": "３", "overall": "4", "saves": "0", "action": "save"}
    assert desk.post(address, body).status_code == 302
    kept = desk.get(address).content.decode()
    assert 'value="4"' in kept
    assert 'value="3"' in kept


def test_the_offline_workbook_of_levels_goes_out_and_comes_back() -> None:
    hall = level_hall()
    desk = signed_in(hall.leader)
    give(hall, "A1", 2)
    answer = desk.get("/score/offline/file/")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    tab = book["0001"]
    assert tuple(cell.value for cell in tab[6]) == LEVEL_COLUMNS
    assert [tab.cell(7, n).value for n in (1, 3, 4)] == ["A1", "3—1", 2]
    tab["B5"], tab["B4"] = "５", "扎实"
    for row, level in ((7, 3), (8, "２"), (9, 1)):
        tab.cell(row, 4).value = level
    tab.cell(9, 6).value, tab.cell(9, 8).value = "31", "没有笔录"
    assert brought(desk, book).status_code in {200, 302}
    sheet = hall.sheet(hall.leader)
    assert (sheet.overall, sheet.comment) == (5, "扎实")
    with reading_as(hall.leader):
        levels = list(sheet.marks.order_by("item__ordinal").values_list("level", flat=True))
    assert levels == [3, 2, 1]
    tab.cell(7, 4).value, tab["B5"] = 7, "六"
    told = words(brought(desk, book))
    assert "评等次请填3（最好）" in told
    assert "总体判断请填5（最好）" in told


def brought(desk: Any, book: openpyxl.Workbook) -> Any:
    target = io.BytesIO()
    book.save(target)
    file = SimpleUploadedFile("离线评分表.xlsx", target.getvalue())
    return desk.post("/score/offline/", {"file": file, "prefer": ""})


def test_files_on_trial_are_scored_and_compared_by_levels() -> None:
    hall = trial_hall(standard=level_standard())
    for user, overall, low in ((hall.leader, "4", "3"), (hall.member, "2", "1")):
        desk = signed_in(user)
        body = {f"version-{hall.item(n).pk}": "0" for n in ("A1", "B1", "B2")}
        body |= {f"level-{hall.item(n).pk}": "3" for n in ("A1", "B1")}
        low_item = hall.item("B2").pk
        body |= {f"level-{low_item}": low, f"pages-{low_item}": "9", f"note-{low_item}": "缺"}
        base = f"/score/trial/{YEAR}/1/"
        desk.post(f"{base}save/", body | {"overall": overall, "action": "check"})
        assert "总体意见：请写明" in words(desk.get(f"{base}check/"))
        desk.post(f"{base}seal/", {"comment": "按口径"})
        desk.post(f"{base}save/", {"comment": "按口径"})
        desk.post(f"{base}seal/", {"comment": "按口径"})
    assert [(s.overall, s.grade) for s in TrialSheet.objects.order_by("pk")] == [
        (4, "优良"), (2, "不合格"),
    ]  # fmt: skip
    assert own(hall.leader).total == 4
    page = words(signed_in(hall.bureau).get(f"/y/{YEAR}/trial/"))
    assert "总体判断2—4，跨过等次线3、4" in page
    assert "1差" in page


def test_the_practice_sheet_is_of_the_method_of_the_year() -> None:
    hall = level_hall()
    desk = signed_in(hall.leader)
    page = desk.get("/score/practice/").content.decode()
    assert "data-levels" in page
    body = {f"version-{n}": "0" for n in range(1, 7)} | {f"level-{n}": "3" for n in range(1, 6)}
    desk.post("/score/practice/save/", body | {"overall": "4", "action": "check"})
    assert "总体意见：请写明" in words(desk.get("/score/practice/check/"))
    answer = desk.post("/score/practice/seal/", {"comment": "扎实"})
    assert answer["Location"] == "/score/"


NEAR = frozenset({
    "allowances", "approval", "audit", "home", "my_tasks", "overview", "panel_list",
    "paper_list", "paper_sheet", "practice", "progress", "publish", "report", "score_check",
    "score_offline", "score_print", "score_sheet", "settle_case", "settle_list",
    "settle_overview", "settle_record", "standard_detail", "standard_list", "trial",
})  # fmt: skip
"""The pages nearest to a sheet; all others are crawled with sheets of marks, by the same code."""
NEAREST = {"expert1": 5, "bureau": 12}


def test_the_partner_and_staff_read_the_same_whatever_the_levels_are() -> None:
    hall = level_hall(cases=2, experts=3)
    tables = dict[str, bool]()
    found = [each for each in addresses(hall.plan) if each.name in NEAR]
    for user in (hall.member, hall.bureau):
        seen = []
        crawl(signed_in(user), for_reader(found, user), tables=tables)  # learns which have tables
        for overall, levels in ((5, {"A1": 3, "B1": 3, "B2": 3}), (1, {"A1": 1, "B1": 1, "B2": 1})):
            with transaction.atomic():
                seal(hall, hall.leader, overall=overall, levels=levels)
                reader = signed_in(user)
                seen.append(crawl(reader, for_reader(found, user), tables=tables))
                transaction.set_rollback(True)
        assert seen[0].read >= NEAREST[user.username]
        assert differing(*seen) == {}
    assert rate(hall, hall.leader).sealed is False
