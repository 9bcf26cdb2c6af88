"""评分标准 as drafts: editing, copying, comparing, the workbook's round trip (article 6.1)."""

import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from evaluations.actions import marking
from evaluations.actions import standard_edit as edit
from evaluations.actions.standards import adopt_standard, import_standard
from evaluations.exports.standards import write_standard
from evaluations.models import Item, ScoringStandard
from evaluations.queries.standards import comparison, load_standard, standard_page
from evaluations.rules.grading import BAND_PRESETS, CHONGQING_BANDS, FOUR_BANDS
from evaluations.rules.standard_versions import content_hash
from evaluations.rules.standards import Item as ItemValue
from evaluations.rules.standards import Reason
from tests.evaluations.marking_year import YEAR, Hall, matched_hall, open_hall, seal, signed_in
from tests.workbook_samples import STANDARD
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent

pytestmark = pytest.mark.django_db
BASE = f"/y/{YEAR}/plan/items/"


def value(title: str = "新项目", **changes: Any) -> ItemValue:
    told: dict[str, Any] = {
        "number": "", "title": title, "full_marks": Decimal(10), "guidance": "看什么",
        "training": "讲定的尺度", "where": "目录第3栏",
        "reasons": (
            Reason(key=1, text="缺件", low=Decimal(2), high=Decimal(2)),
            Reason(key=2, text="其他", low=Decimal(1), high=Decimal(10), other=True),
        ),
    }  # fmt: skip
    return ItemValue(**(told | changes))


def draft(hall: Hall) -> ScoringStandard:
    return edit.copy_standard(hall.standard, by=hall.bureau)


def numbers(standard: ScoringStandard, scope: str = "民事") -> list[str]:
    rows = standard.items.filter(scope=scope)
    return [f"{row.ordinal} {row.number} {row.title}" for row in rows]


def test_a_copy_is_the_next_version_with_the_same_content() -> None:
    hall = open_hall(cases=1)
    new = draft(hall)
    assert (new.name, new.version, new.copied_from, new.locked_at) == (
        "短标准", 2, hall.standard, None,
    )  # fmt: skip
    changed = comparison(hall.standard.pk, new.pk)
    assert (changed.changes, changed.old_bands) == ((), changed.new_bands)
    assert new.sha256 == "" or len(new.sha256) == 64
    fresh = ScoringStandard.objects.get(pk=new.pk)
    assert fresh.sha256 == content_hash(load_standard(fresh), CHONGQING_BANDS)


def test_items_are_added_changed_moved_and_removed_with_their_numbers() -> None:
    hall = matched_hall(cases=1)
    new = draft(hall)
    before = ScoringStandard.objects.get(pk=new.pk).sha256
    added = edit.save_item(
        new, item=None, value=value(), place=("民事", "会见"), by=hall.bureau
    )  # fmt: skip
    assert (added.section, added.number) == ("B 会见", "B3")
    edit.move_item(new, item=added, up=True, by=hall.bureau)
    assert numbers(new) == [
        "1 A1 项目A1", "2 B1 项目B1", "3 B2 新项目", "4 B3 项目B2", "5 Z1 伪造材料",
    ]  # fmt: skip
    edit.remove_item(new, item=new.items.get(title="项目B1"), by=hall.bureau)
    fresh = edit.save_item(
        new, item=None, value=value("结案"), place=("民事", "归档"), by=hall.bureau
    )
    assert fresh.section == "C 归档"
    assert numbers(new) == [
        "1 A1 项目A1", "2 B1 新项目", "3 B2 项目B2", "4 C1 结案", "5 Z1 伪造材料",
    ]  # fmt: skip
    assert ScoringStandard.objects.get(pk=new.pk).sha256 != before
    changes = comparison(hall.standard.pk, new.pk)
    assert [(c.number, c.title, c.kind) for c in changes.changes] == [
        ("B1", "新项目", "新增"), ("C1", "结案", "新增"), ("B1", "项目B1", "删除"),
    ]  # fmt: skip
    assert AuditEvent.objects.filter(action="edit_standard").count() == 4


def test_comparison_names_what_reads_differently() -> None:
    hall = matched_hall(cases=1)
    new = draft(hall)
    row = new.items.get(title="项目B2")
    reasons = (Reason(key=1, text="其他", low=Decimal(1), high=Decimal(25), other=True),)
    changed = value("项目B2", full_marks=Decimal(25), guidance="说明", where="", reasons=reasons)
    edit.save_item(new, item=row, value=changed, place=("民事", "B 会见"), by=hall.bureau)
    edit.edit_standard(new, basis="新办法", note="", bands=FOUR_BANDS, by=hall.bureau)
    page = comparison(hall.standard.pk, new.pk)
    (one,) = page.changes
    assert (one.number, one.kind) == ("B2", "修改")
    assert [(c.label, c.before, c.after) for c in one.changes] == [
        ("分值", "20 分", "25 分"),
        ("扣分情形", "缺件 扣2；不全 扣1-20；其他（写明理由） 扣0.5-20", "其他 扣1-25"),
        ("培训口径", "", "讲定的尺度"),
    ]
    assert page.old_bands == "优良≥80、合格≥60、不合格≥0"
    assert page.new_bands == "优秀≥90、良好≥75、合格≥60、不合格≥0"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"full_marks": Decimal(0)}, "分值须大于 0"),
        ({"reasons": ()}, "请留一条“其他"),
        ({"title": "项目A1"}, "已有一项叫“项目A1”"),
        ({"veto": True}, "一票否决项只记成立或不成立"),
        ({"full_marks": Decimal(1)}, "超过本项满分1分"),
    ],
)
def test_an_item_that_nobody_could_score_by_is_refused(
    changes: dict[str, Any], sentence: str
) -> None:
    hall = matched_hall(cases=1)
    new = draft(hall)
    before = numbers(new)
    with pytest.raises(RefusedError, match=sentence) as refused:
        edit.save_item(
            new, item=None, value=value(**changes), place=("民事", "A 手续"), by=hall.bureau
        )
    assert (refused.value.status, numbers(new)) == (422, before)


def test_what_is_in_use_is_copied_and_not_edited() -> None:
    hall = matched_hall(cases=1)
    place = ("民事", "A 手续")
    with pytest.raises(RefusedError, match=f"已由{YEAR}年度选用，不能直接改"):
        edit.save_item(hall.standard, item=None, value=value(), place=place, by=hall.bureau)
    marking.open_marking(hall.plan, by=hall.bureau)
    row = hall.item("A1")
    for act in (
        lambda: edit.save_item(hall.standard, item=row, value=value(), place=place, by=hall.bureau),
        lambda: edit.remove_item(hall.standard, item=row, by=hall.bureau),
        lambda: edit.move_item(hall.standard, item=row, up=True, by=hall.bureau),
        lambda: edit.edit_standard(
            hall.standard, basis="", note="", bands=FOUR_BANDS, by=hall.bureau),
    ):  # fmt: skip
        with pytest.raises(RefusedError, match="内容锁定"):
            act()
    assert Item.objects.get(pk=row.pk).title == "项目A1"


def test_only_the_bureau_edits() -> None:
    hall = matched_hall(cases=1)
    new = draft(hall)
    for user in (hall.leader, *(u for name, u in hall.staff.items() if name != "bureau")):
        for act in (
            lambda user=user: edit.copy_standard(new, by=user),
            lambda user=user: edit.create_standard(name="甲", basis="", preset="four", by=user),
            lambda user=user: edit.remove_item(new, item=new.items.all()[0], by=user),
        ):
            with pytest.raises(RefusedError, match="由公共法律服务科") as refused:
                act()
            assert refused.value.status == 403
    assert (ScoringStandard.objects.count(), new.items.count()) == (2, 4)


def test_presets_are_the_two_sets_and_bad_bands_are_refused() -> None:
    hall = matched_hall(cases=1)
    new = edit.create_standard(name="新标准", basis="", preset="four", by=hall.bureau)
    assert [(b.name, b.floor) for b in new.bands.all()] == [
        ("优秀", Decimal(90)), ("良好", Decimal(75)), ("合格", Decimal(60)), ("不合格", Decimal(0)),
    ]  # fmt: skip
    with pytest.raises(RefusedError, match="最低等次的下限应为 0"):
        edit.edit_standard(new, basis="", note="", bands=FOUR_BANDS[:3], by=hall.bureau)
    assert new.bands.count() == 4
    with pytest.raises(RefusedError, match="没有一个评分项目"):
        adopt_standard(hall.plan, standard=new, by=hall.bureau)
    assert set(BAND_PRESETS) == {"chongqing", "four", "three_of_five", "five"}


def exported(standard: ScoringStandard) -> bytes:
    file = io.BytesIO()
    write_standard(standard_page(standard.pk), into=file)
    return file.getvalue()


def test_the_2022_standard_goes_out_and_comes_back_in_unchanged() -> None:
    first = import_standard(STANDARD.read_bytes(), name="标准", basis="", by=None)
    again = import_standard(exported(first), name="标准", basis="", by=None)
    assert again.version == 2
    page = comparison(first.pk, again.pk)
    assert (page.changes, page.old_bands) == ((), page.new_bands)
    assert again.draft_note == first.draft_note
    old, new = load_standard(first), load_standard(again)
    assert {s: v.items for s, v in old.items()} == {s: v.items for s, v in new.items()}


def test_an_edited_version_comes_back_with_all_it_says() -> None:
    hall = matched_hall(cases=1)
    new = draft(hall)
    edit.save_item(
        new, item=None, value=value(na_allowed=False), place=("民事", "F 归档"), by=hall.bureau
    )
    veto = ItemValue(
        number="", title="泄密", full_marks=Decimal(0), veto=True, where="附卷", training="查实"
    )
    edit.save_item(new, item=None, value=veto, place=("民事", "Z 一票否决"), by=hall.bureau)
    edit.edit_standard(new, basis="", note="草稿说明", bands=FOUR_BANDS, by=hall.bureau)
    again = import_standard(exported(new), name="另一名称", basis="", by=hall.bureau)
    assert load_standard(again)["民事"].sections == load_standard(new)["民事"].sections
    assert again.draft_note == "草稿说明"
    assert (
        standard_page(again.pk).content["民事"].bands == standard_page(new.pk).content["民事"].bands
    )


def bad_workbook() -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(STANDARD.read_bytes()))
    sheet = book.worksheets[0]
    sheet["E2"], sheet["E3"] = "很多", 0
    sheet["H1"], sheet["H4"] = "扣分情形", "缺件 扣200；看不懂的一条"
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def test_a_bad_workbook_is_told_row_by_row_and_nothing_is_kept() -> None:
    hall = matched_hall(cases=1)
    upload = SimpleUploadedFile("标准.xlsx", bad_workbook())
    answer = signed_in(hall.bureau).post(f"{BASE}import/", {"file": upload, "name": "标准"})
    page = answer.content.decode()
    assert answer.status_code == 422
    for told in ("一项也没有导入", "4 处", "的分值不是正数", "缺件 扣200", "看不懂的一条"):
        assert told in page
    assert ScoringStandard.objects.count() == 1


def test_the_editor_through_its_pages() -> None:
    hall = matched_hall(cases=1)
    client = signed_in(hall.bureau)
    answer = client.post(f"{BASE}{hall.standard.pk}/copy/")
    new = ScoringStandard.objects.get(version=2)
    assert answer["Location"] == f"{BASE}{new.pk}/"
    assert "添加项目" in client.get(answer["Location"]).content.decode()
    assert "添加项目" not in client.get(f"{BASE}{hall.standard.pk}/").content.decode()
    rows = {f"reason-{n}-{name}": "" for n in range(9) for name in ("text", "low", "high")}
    rows |= {"reason-TOTAL_FORMS": "9", "reason-INITIAL_FORMS": "0"}
    form = rows | {
        "scope": "民事", "section": "结案", "title": "归档", "full_marks": "5",
        "na_allowed": "on", "rule": "缺1件扣2分；逾期扣1分", "training": "以归档章为准",
    }  # fmt: skip
    assert (
        client.post(f"{BASE}{new.pk}/item/", form | {"reason-0-text": "只有字"}).status_code == 422
    )
    answer = client.post(f"{BASE}{new.pk}/item/", form)
    item = new.items.get(title="归档")
    assert answer["Location"] == f"{BASE}{new.pk}/#item-{item.pk}"
    assert [(r.ordinal, r.text, r.low, r.high, r.other) for r in item.reasons.all()] == [
        (1, "缺件（每件）", Decimal(2), Decimal(5), False),
        (2, "逾期", Decimal(1), Decimal(1), False),
        (3, "其他（写明理由）", Decimal("0.5"), Decimal(5), True),
    ]  # fmt: skip
    page = client.get(f"{BASE}{new.pk}/item/{item.pk}/").content.decode()
    assert "以归档章为准" in page
    again = form | {"reason-0-text": "缺件", "reason-0-low": "1"}
    client.post(f"{BASE}{new.pk}/item/{item.pk}/", again)
    assert [r.text for r in item.reasons.all()] == ["缺件", "其他（写明理由）"]
    client.post(f"{BASE}{new.pk}/item/{item.pk}/act/", {"act": "up"})
    assert client.post(f"{BASE}{new.pk}/item/{item.pk}/act/", {"act": "x"}).status_code == 422
    page = client.get(f"{BASE}{new.pk}/preview/").content.decode()
    assert "这是预览" in page
    assert "归档" in page
    assert client.get(f"{BASE}{new.pk}/preview/?scope=刑事").status_code == 404
    page = client.get(f"{BASE}compare/?old={hall.standard.pk}&new={new.pk}").content.decode()
    assert "新增 1 项，修改" in page
    client.post(f"{BASE}{new.pk}/item/{item.pk}/act/", {"act": "remove"})
    assert client.get(f"{BASE}{new.pk}/item/{item.pk}/").status_code == 404


def test_grades_through_their_page() -> None:
    hall = matched_hall(cases=1)
    client = signed_in(hall.bureau)
    answer = client.post(f"{BASE}new/", {"name": "新标准", "preset": "chongqing"})
    new = ScoringStandard.objects.get(name="新标准")
    assert answer["Location"] == f"{BASE}{new.pk}/"
    page = client.get(f"{BASE}{new.pk}/edit/?preset=four").content.decode()
    assert 'value="优秀"' in page
    assert [b.name for b in new.bands.all()] == ["优良", "合格", "不合格"]
    rows = {"band-TOTAL_FORMS": "6", "band-INITIAL_FORMS": "0", "basis": "办法", "note": ""}
    for place, (name, floor) in enumerate((("甲", "70"), ("乙", "0"))):
        rows |= {f"band-{place}-name": name, f"band-{place}-floor": floor}
    assert client.post(f"{BASE}{new.pk}/edit/", rows | {"band-3-name": "丙"}).status_code == 422
    assert client.post(f"{BASE}{new.pk}/edit/", rows).status_code == 302
    assert [(b.name, b.floor, b.failing) for b in new.bands.all()] == [
        ("甲", Decimal(70), False), ("乙", Decimal(0), True),
    ]  # fmt: skip


def test_a_sheet_keeps_the_wording_it_was_scored_on() -> None:
    hall = open_hall(cases=1)
    sheet = seal(hall, hall.leader)
    new = draft(hall)
    changed = value("项目A1", full_marks=Decimal(40), training="")
    edit.save_item(
        new, item=new.items.get(title="项目A1"), value=changed, place=("民事", "A 手续"),
        by=hall.bureau,
    )  # fmt: skip
    assert sheet.standard == hall.standard
    assert hall.item("A1").full_marks == Decimal(50)
    page = signed_in(hall.leader).get(f"/score/{YEAR}/1/print/").content.decode()
    assert "A 手续（50 分）" in page


@pytest.mark.parametrize("path", ["", "preview/", "compare/"])
def test_pages_cost_the_same_for_more_items(path: str, django_assert_max_num_queries: Any) -> None:
    hall = matched_hall(cases=1)
    full = import_standard(STANDARD.read_bytes(), name="标准", basis="", by=hall.bureau)
    client = signed_in(hall.bureau)
    address = f"{BASE}{full.pk}/{path}"
    if path == "compare/":
        address = f"{BASE}compare/?old={hall.standard.pk}&new={full.pk}"
    with django_assert_max_num_queries(20):
        assert client.get(address).status_code == 200
