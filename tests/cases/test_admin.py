"""案件导入 in 系统管理, through django-import-export: same action, bound to the stored batch."""

import io
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cases.actions import close_frame, open_frame
from cases.models import Case, Frame, ImportBatch
from tests.people import make_user, signed_in, words
from tests.workbook_samples import HEADER, LEDGER, case, xlsx
from wanzhou_eval.clock import database_now
from wanzhou_eval.models import AuditEvent, Firm, Role, User

pytestmark = pytest.mark.django_db
IMPORT = "/admin/cases/case/import/"
CONFIRM = "/admin/cases/case/process_import/"


@pytest.fixture
def frame() -> Frame:
    return open_frame(
        year=2022, window_from=date(2022, 1, 1), window_to=date(2022, 7, 31), rehearsal=False
    )


@pytest.fixture
def desk() -> Client:
    return signed_in(make_user(Role.SYSADMIN, "admin"))


def send(desk: Client, frame: Frame, data: bytes, **more: Any) -> Any:
    form = {
        "frame": frame.pk,
        "content": "ledger",
        "format": "0",
        "resource": "0",
        "import_file": SimpleUploadedFile("台账.xlsx", data),
    }
    return desk.post(IMPORT, {**form, **more})


def confirm(desk: Client, batch: ImportBatch, **more: Any) -> Any:
    return desk.post(CONFIRM, {"batch": batch.pk, "sha256": batch.sha256} | more)


def test_preview_then_confirmation_of_the_real_ledger(desk: Client, frame: Frame) -> None:
    before = set(Path(tempfile.gettempdir()).iterdir())
    answer = send(desk, frame, LEDGER.read_bytes())
    batch = ImportBatch.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"{CONFIRM}?batch={batch.pk}")
    page = words(desk.get(answer["Location"]))
    assert "读到761件，可导入761件，错误0处" in page
    assert "新增761，修改0，不变0，缺少0。" in page
    assert "529" in page
    assert not Case.objects.exists()
    assert {p for p in Path(tempfile.gettempdir()).iterdir() if "import" in p.name} <= before
    assert confirm(desk, batch)["Location"] == "/admin/cases/case/"
    assert Case.objects.count() == 761
    assert "已导入：新增761，修改0，不变0。" in words(desk.get("/admin/cases/case/"))
    events = list(AuditEvent.objects.order_by("seq").values_list("action", "actor"))
    assert events == [("upload_file", "admin"), ("confirm_import", "admin")]
    assert confirm(desk, batch).status_code == 409
    assert "这份文件已经导入。" in words(desk.get(answer["Location"]))


def test_findings_stand_by_excel_row_and_errors_leave_no_button(desk: Client, frame: Frame) -> None:
    answer = send(desk, frame, xlsx([HEADER, case(1), case(2, 结案日期="2022-13-45")]))
    page = desk.get(answer["Location"])
    assert "<td>3</td>" in page.content.decode()
    assert "有错误时一件也不导入。" in words(page)
    assert "确认导入" not in words(page)
    assert confirm(desk, ImportBatch.objects.get()).status_code == 422
    assert not Case.objects.exists()


def test_only_the_previewed_file_of_the_same_person_is_confirmed(
    desk: Client, frame: Frame
) -> None:
    send(desk, frame, xlsx([HEADER, case(1)]))
    batch = ImportBatch.objects.get()
    assert confirm(desk, batch, sha256="0" * 64).status_code == 409
    other = signed_in(make_user(Role.SYSADMIN, "admin2"))
    assert confirm(other, batch).status_code == 404
    assert other.get(f"{CONFIRM}?batch={batch.pk}").status_code == 404
    for typed in ("", "x", "../../etc/passwd", "999999"):
        asked = {"batch": typed, "sha256": batch.sha256}
        assert desk.post(CONFIRM, asked).status_code == 404
    assert not Case.objects.exists()
    assert confirm(desk, batch).status_code == 302
    assert Case.objects.count() == 1


def test_a_file_that_is_no_workbook_is_a_sentence(desk: Client, frame: Frame) -> None:
    answer = send(desk, frame, b"%PDF-1.7 nothing")
    assert answer.status_code == 422
    assert not ImportBatch.objects.exists()


def test_a_sealed_year_is_not_offered(desk: Client, frame: Frame) -> None:
    Frame.objects.update(declared_total=0)
    close_frame(frame, at=database_now())
    assert "2022年度抽样框" not in words(desk.get(IMPORT))
    assert send(desk, frame, xlsx([HEADER, case(1)])).status_code == 200
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SYSADMIN])
def test_the_import_door_is_the_administrators(frame: Frame, role: Role) -> None:
    client = signed_in(make_user(role))
    assert send(client, frame, xlsx([HEADER, case(1)])).status_code == 403
    assert client.get("/admin/cases/case/export/").status_code == 403
    assert not ImportBatch.objects.exists()


def test_cases_are_looked_at_without_recipients_and_never_edited(
    desk: Client, frame: Frame
) -> None:
    header = (*HEADER, "受援人")
    send(desk, frame, xlsx([header, [*case(1), "龚受援"]]))
    confirm(desk, ImportBatch.objects.get())
    stored = Case.objects.get()
    assert stored.recipient == "龚受援"
    for address in ("/admin/cases/case/", f"/admin/cases/case/{stored.pk}/change/"):
        assert "龚受援" not in words(desk.get(address))
    assert desk.post(f"/admin/cases/case/{stored.pk}/change/", {"number": "x"}).status_code == 403
    assert desk.post(f"/admin/cases/case/{stored.pk}/delete/", {"post": "yes"}).status_code == 403
    assert desk.get("/admin/cases/case/add/").status_code == 403
    assert Case.objects.get().number == stored.number


def test_the_export_is_safe(desk: Client, frame: Frame) -> None:
    send(desk, frame, xlsx([HEADER, case(1)]))
    confirm(desk, ImportBatch.objects.get())
    Firm.objects.update(name='=HYPERLINK("x")')
    answer = desk.get("/admin/cases/case/export/")
    assert "attachment" in answer["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    cells = [cell for sheet in book for row in sheet for cell in row]
    assert any(cell.value and "渝万援民" in str(cell.value) for cell in cells)
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert User.objects.get().username == "admin"


@pytest.mark.parametrize("asked", ["recipient__startswith", "subsidy__gt", "regular_grade"])
@pytest.mark.parametrize("page", ["", "export/"])
def test_no_filter_spells_out_what_the_list_does_not_show(
    desk: Client, frame: Frame, asked: str, page: str
) -> None:
    address = f"/admin/cases/case/{page}"
    assert desk.get(address, {asked: "1"}).status_code == 400
    offered = {"frame__id__exact": str(frame.pk), "kind__exact": "criminal"}
    assert desk.get(address, offered).status_code == 200
