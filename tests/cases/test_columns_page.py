"""列对应: shown, corrected, remembered; a missing column is chosen, never a dead end."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cases.actions import discard_import, open_frame, upload_file
from cases.models import Case, ColumnLayout, Frame, ImportBatch
from tests.cases.columns_form import filled
from tests.people import make_user, signed_in, words
from tests.workbook_samples import EXCLUSIONS, FIRM, HEADER, case, xlsx
from wanzhou_eval.models import AuditEvent, Role

pytestmark = pytest.mark.django_db
IMPORT = "/y/2022/cases/import/"
ODD = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛"]
FIELDS = ("serial", "number", "kind", "firm", "handlers", "assigned_on", "closed_on", "filed_on")


@pytest.fixture(autouse=True)
def frame() -> Frame:
    return open_frame(
        year=2022, window_from=date(2022, 1, 1), window_to=date(2022, 7, 31), rehearsal=False
    )


@pytest.fixture
def desk() -> Client:
    return signed_in(make_user(Role.CLERK))


def send(desk: Client, data: bytes) -> str:
    desk.post(IMPORT, {"content": "ledger", "file": SimpleUploadedFile("台账.xlsx", data)})
    return f"{IMPORT}{ImportBatch.objects.latest('pk').pk}/"


def test_the_guess_is_shown_with_samples_and_masks(desk: Client) -> None:
    header = [*HEADER, "身份证号", "联系电话", "自定义"]
    person = ["500000195206169474", "13800000001", "找13900000002"]
    review = send(desk, xlsx([header, [*case(1), *person], [*case(2), *person]]))
    page = desk.get(f"{review}columns/")
    text = words(page)
    for shown in (
        "B案号渝万援民〔2022〕1号·渝万援民〔2022〕2号",
        "500···9474",
        "138···0001",
        "高按表头",
    ):
        assert shown in text
    assert filled(page)["c0_8"] == "identity"
    assert filled(page)["c0_10"] == ""
    kept = ImportBatch.objects.get()
    for number in ("500000195206169474", "13800000001", "13900000002"):
        assert number not in page.content.decode()
        assert number not in repr(kept.summary) + repr(kept.mapping)
    assert "没有用到：K列“自定义”" in words(desk.get(review))
    assert "不保存的列身份证号、联系电话" in words(desk.get(review))


def test_missing_columns_are_chosen_and_remembered(desk: Client) -> None:
    data = xlsx([["台账"], ODD, case(1), case(2)])
    review = send(desk, data)
    page = desk.get(review)
    assert "指定列" in words(page)
    assert "确认导入" not in words(page)
    columns = f"{review}columns/"
    form = filled(desk.get(columns, {"first_0": "2"}))
    assert form["first_0"] == "2"
    answer = desk.post(columns, form)
    assert answer.status_code == 422
    assert "还没有指定“承办人”是哪一列。" in words(answer)
    assert ImportBatch.objects.get().summary["unmapped"] is True
    form |= {f"c0_{index}": key for index, key in enumerate(FIELDS)}
    assert desk.post(columns, form)["Location"] == review
    text = words(desk.get(review))
    assert "确认导入2件" in text
    assert "钟未央" in text
    desk.post(f"{review}confirm/")
    assert Case.objects.count() == 2
    event = AuditEvent.objects.get(action="map_columns")
    assert event.detail["sheets"]["表1"]["handlers"] == "E"
    again = send(desk, xlsx([ODD, case(1), case(3)]))
    text = words(desk.get(again))
    assert "按上次的对应方式（钟未央" in text
    assert "新增1" in text
    assert ColumnLayout.objects.get().columns["closed_on"] == "G"


def test_a_column_taken_twice_is_told_and_nothing_kept(desk: Client) -> None:
    review = send(desk, xlsx([HEADER, case(1)]))
    before = ImportBatch.objects.get().mapping
    form = filled(desk.get(f"{review}columns/")) | {"c0_7": "closed_on"}
    answer = desk.post(f"{review}columns/", form)
    assert answer.status_code == 422
    assert "“结案日期”选了两列：G列和H列。只留一列。" in words(answer)
    assert filled(answer)["c0_7"] == "closed_on"
    assert ImportBatch.objects.get().mapping == before
    assert not ColumnLayout.objects.exists()


def test_a_column_can_be_put_aside_and_a_sheet_left_out(desk: Client) -> None:
    other = [HEADER, case(2, 归档日期="2022-06-30")]
    review = send(desk, xlsx([HEADER, case(1, 归档日期="2022-06-30")], other, names=("甲", "乙")))
    assert "2处提醒" in words(desk.get(review))
    form = filled(desk.get(f"{review}columns/")) | {"c0_7": "", "skip_1": "on"}
    assert desk.post(f"{review}columns/", form)["Location"] == review
    batch = ImportBatch.objects.get()
    assert (batch.summary["rows"], batch.summary["warnings"]) == (1, 0)
    assert "指定不读这个工作表" in words(desk.get(review))
    everything = form | {"skip_0": "on"}
    answer = desk.post(f"{review}columns/", everything)
    assert "至少要读一个工作表" in words(answer)
    assert ImportBatch.objects.get().summary["rows"] == 1


def test_a_header_row_without_cases_is_refused_and_the_mapping_stays(desk: Client) -> None:
    review = send(desk, xlsx([HEADER, case(1)]))
    before = ImportBatch.objects.get().mapping
    form = filled(desk.get(f"{review}columns/")) | {"first_0": "2", "last_0": "2"}
    answer = desk.post(f"{review}columns/", form)
    assert answer.status_code == 422
    assert "没有一行案件" in words(answer)
    assert ImportBatch.objects.get().mapping == before


@pytest.mark.parametrize("value", ["0", "-1", "x", "99999", "999999999999999999999"])
def test_a_senseless_header_row_is_no_error_page(desk: Client, value: str) -> None:
    review = send(desk, xlsx([HEADER, case(1)]))
    assert desk.get(f"{review}columns/", {"first_0": value}).status_code == 200
    form = filled(desk.get(f"{review}columns/")) | {"first_0": value}
    assert desk.post(f"{review}columns/", form).status_code in {302, 422}


def test_a_decided_upload_and_a_list_have_no_columns_to_tell(desk: Client) -> None:
    review = send(desk, xlsx([HEADER, case(1)]))
    form = filled(desk.get(f"{review}columns/"))
    discard_import(ImportBatch.objects.get(), by=None)
    assert desk.post(f"{review}columns/", form).status_code == 409
    with EXCLUSIONS.open("rb") as file:
        desk.post(IMPORT, {"content": "exclusions", "file": file})
    listed = f"{IMPORT}{ImportBatch.objects.latest('pk').pk}/"
    assert desk.get(f"{listed}columns/").status_code == 409
    assert not ColumnLayout.objects.exists()


def test_every_row_has_its_place_on_the_page(desk: Client) -> None:
    rows = [["某中心台账"], HEADER, case(1), [], case(2), ["合计", "2件"], ["制表人：甲"]]
    review = send(desk, xlsx(rows, [["统计", "数"], ["民事", 2]], names=("台账", "统计")))
    page = words(desk.get(review))
    assert "台账61203" in page.replace("其中", "")
    for told in ("第1行标题行", "第6行合计行（非案件）", "第4行空行", "第1–2行工作表没有台账表头"):
        assert told in page
    assert FIRM not in page


def test_the_administrator_comes_back_to_the_administration(frame: Frame) -> None:
    admin = make_user(Role.SYSADMIN, "admin")
    short = [name if name != "承办人" else "经手" for name in HEADER]
    batch = upload_file(
        frame, content="ledger", data=xlsx([short, case(1)]), file_name="台账.xlsx", by=admin
    )
    desk = signed_in(admin)
    review = f"/admin/cases/case/process_import/?batch={batch.pk}"
    columns = f"{IMPORT}{batch.pk}/columns/"
    assert f'href="{columns}"' in desk.get(review).content.decode()
    form = filled(desk.get(columns)) | {"c0_4": "handlers"}
    assert desk.post(columns, form)["Location"] == review
    assert "可导入1件" in words(desk.get(review))
