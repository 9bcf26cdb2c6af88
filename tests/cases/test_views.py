"""案件 pages: list, filters, export, the import desk from upload to confirmation."""

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cases.actions import confirm_import, open_frame, upload_file
from cases.models import Case, Frame, ImportBatch
from tests.people import make_user, signed_in, words, workbook
from tests.workbook_samples import EXCLUSIONS, HEADER, LEDGER, case, xlsx
from wanzhou_eval.models import AuditEvent, Firm, Role

pytestmark = pytest.mark.django_db
CASES = "/y/2022/cases/"


@pytest.fixture
def frame() -> Frame:
    return open_frame(
        year=2022, window_from=date(2022, 1, 1), window_to=date(2022, 7, 31), rehearsal=False
    )


@pytest.fixture
def desk(frame: Frame) -> Client:
    return signed_in(make_user(Role.CLERK))


def send(desk: Client, data: bytes, **more: Any) -> Any:
    file = SimpleUploadedFile("台账.xlsx", data)
    return desk.post(f"{CASES}import/", {"content": "ledger", "file": file, **more})


def loaded(frame: Frame, rows: list[list[object]]) -> None:
    batch = upload_file(
        frame, content="ledger", data=xlsx([HEADER, *rows]), file_name="a.xlsx", by=None
    )
    confirm_import(batch, by=None)


def test_the_whole_way_of_the_real_ledger(desk: Client) -> None:
    answer = send(desk, LEDGER.read_bytes())
    batch = ImportBatch.objects.get()
    review = f"{CASES}import/{batch.pk}/"
    assert (answer.status_code, answer["Location"]) == (302, review)
    page = words(desk.get(review))
    assert "读到761件，可导入761件" in page
    assert "合计行写761件。还没有写入。" in page
    assert "确认导入761件" in page
    assert not Case.objects.exists()
    assert desk.post(f"{review}confirm/")["Location"] == review
    assert "新增761件，修改0件，不变0件" in words(desk.get(review))
    assert Case.objects.count() == 761
    assert desk.post(f"{review}confirm/").status_code == 409
    assert Case.objects.count() == 761
    with EXCLUSIONS.open("rb") as file:
        desk.post(f"{CASES}import/", {"content": "exclusions", "file": file})
    second = ImportBatch.objects.latest("pk")
    desk.post(f"{CASES}import/{second.pk}/confirm/")
    listed = words(desk.get(CASES))
    assert "剔除8件" in listed
    assert "可抽753件" in listed


def test_the_total_needs_a_second_person(desk: Client) -> None:
    send(desk, xlsx([HEADER, case(1), case(2)]))
    desk.post(f"{CASES}import/{ImportBatch.objects.get().pk}/confirm/")
    assert desk.post(f"{CASES}total/", {"total": 2}).status_code == 409
    bureau = signed_in(make_user(Role.BUREAU))
    bureau.post(f"{CASES}total/", {"total": "many"})
    assert Frame.objects.get().declared_total is None
    assert bureau.post(f"{CASES}total/", {"total": 2})["Location"] == CASES
    assert Frame.objects.get().declared_total == 2


def test_errors_are_shown_by_row_and_leave_no_button(desk: Client) -> None:
    send(desk, xlsx([HEADER, case(1), case(2, 结案日期="2022-13-45")]))
    batch = ImportBatch.objects.get()
    page = words(desk.get(f"{CASES}import/{batch.pk}/"))
    assert "1处错误要先改" in page
    assert "有错误时一件也不导入。" in page
    assert "确认导入" not in page
    assert desk.post(f"{CASES}import/{batch.pk}/confirm/").status_code == 422
    assert not Case.objects.exists()
    back = desk.get(f"{CASES}import/{batch.pk}/annotated/")
    assert back["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    book = openpyxl.load_workbook(io.BytesIO(back.content))
    assert any(
        "结案日期" in str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row
    )


def test_a_discarded_upload_writes_nothing(desk: Client) -> None:
    send(desk, xlsx([HEADER, case(1)]))
    batch = ImportBatch.objects.get()
    desk.post(f"{CASES}import/{batch.pk}/discard/")
    assert desk.post(f"{CASES}import/{batch.pk}/confirm/").status_code == 409
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(b"", "这个文件是空的"), (b"x" * (10 * 2**20 + 1), "文件超过10MB")],
)
def test_a_file_of_the_wrong_size_is_not_kept(desk: Client, data: bytes, sentence: str) -> None:
    answer = send(desk, data)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert not ImportBatch.objects.exists()


def test_neither_or_both_of_file_and_paste_is_asked_again(desk: Client) -> None:
    assert desk.post(f"{CASES}import/", {"content": "ledger"}).status_code == 422
    assert send(desk, xlsx([HEADER, case(1)]), pasted="a\tb").status_code == 422
    assert not ImportBatch.objects.exists()


def test_pasted_cells_are_read_like_a_file(desk: Client) -> None:
    rows = ["\t".join(str(cell) for cell in row) for row in (HEADER, case(1), case(2))]
    desk.post(f"{CASES}import/", {"content": "ledger", "pasted": "\n".join(rows)})
    batch = ImportBatch.objects.get()
    assert (batch.file_name, batch.summary["accepted"]) == ("粘贴的单元格", 2)


def test_the_list_filters_searches_and_keeps_recipients_back(frame: Frame, desk: Client) -> None:
    rows = [case(n) for n in range(1, 4)]
    loaded(frame, [*rows, case(4, 结案日期="2022-05-06", 归档日期="2022-05-10", 承办人="孟一")])
    pages = {
        "": 4, "?month=2022-05": 1, "?kind=criminal": 0, "?q=孟一": 1, "?q=3": 1,
        "?status=ex": 0, "?kind=king&month=x&status=y&sort=z": 4, "?firm__name=x": 4,
    }  # fmt: skip
    for query, count in pages.items():
        page = desk.get(CASES + query).content.decode()
        assert page.count('<tr data-href="/y/2022/cases/') == count, query


def test_the_export_holds_what_the_list_shows_as_text(frame: Frame, desk: Client) -> None:
    loaded(frame, [case(1), case(2)])
    Firm.objects.update(name="=1+1律师事务所")
    book = workbook(desk.get(f"{CASES}?q=2&format=xlsx"))
    header, *rows = book.worksheets[0].iter_rows(values_only=True)
    assert header[:2] == ("卷宗号", "案号")
    assert "受援人" not in header
    formulas = [c for sheet in book for row in sheet for c in row if c.data_type == "f"]
    assert not formulas
    assert [row[header.index("承办机构")] for row in rows] == ["=1+1律师事务所"] * len(rows)
    assert len(rows) == desk.get(f"{CASES}?q=2").content.decode().count("<tr data-href=")
    assert rows


def test_a_case_is_left_out_on_its_page(frame: Frame, desk: Client) -> None:
    loaded(frame, [case(1)])
    answer = desk.post(f"{CASES}1/exclude/", {"code": "city", "document": ""})
    assert answer.status_code == 422
    answer = desk.post(f"{CASES}1/exclude/", {"code": "city", "document": "渝司援〔2022〕3号"})
    assert answer["Location"] == f"{CASES}1/"
    assert "已被市级抽评（依据：渝司援〔2022〕3号）" in words(desk.get(f"{CASES}1/"))


@pytest.mark.parametrize(
    "address",
    ["/y/1999/cases/", f"{CASES}9999/", f"{CASES}import/424242/", "/y/1999/cases/?format=xlsx"],
)
def test_what_is_not_there_is_a_sentence(desk: Client, address: str) -> None:
    answer = desk.get(address)
    assert answer.status_code == 404
    assert "没有" in words(answer)


@pytest.mark.parametrize("role", [Role.LEADER, Role.AUDITOR])
def test_readers_read_and_import_nothing(frame: Frame, role: Role) -> None:
    loaded(frame, [case(1)])
    reader = signed_in(make_user(role))
    assert reader.get(CASES).status_code == 200
    assert reader.get(f"{CASES}1/").status_code == 200
    assert "此角色不显示" in words(reader.get(f"{CASES}1/"))
    assert send(reader, xlsx([HEADER, case(2)])).status_code == 403
    assert Case.objects.count() == 1
    assert AuditEvent.objects.filter(action="refuse", actor=role.value).count() == 1


def test_the_number_of_queries_does_not_grow_with_the_cases(frame: Frame, desk: Client) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for last in (4, 30):
        loaded(frame, [case(n) for n in range(1, last)])
        desk.get(CASES)
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(CASES).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
