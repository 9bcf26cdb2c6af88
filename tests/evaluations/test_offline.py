"""离线评分表: out as a workbook, back in all or nothing, never over newer entries unasked."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from evaluations.imports.offline import COLUMNS
from evaluations.models import Mark
from tests.evaluations.marking_year import YEAR, Hall, open_hall, put, score, seal, signed_in
from tests.people import words
from wanzhou_eval.models import AuditEvent, User
from wanzhou_eval.readers import reading_as

pytestmark = pytest.mark.django_db
PLACE = "/score/offline/"
ROWS = {"A1": 6, "B1": 7, "B2": 8, "Z1": 9}


@pytest.fixture
def hall() -> Hall:
    return open_hall(cases=2)


@pytest.fixture
def desk(hall: Hall) -> Client:
    return signed_in(hall.leader)


def taken(client: Client, *sheets: int) -> openpyxl.Workbook:
    answer = client.get(f"{PLACE}file/", {"sheet": list(sheets)} if sheets else {})
    assert answer.status_code == 200, words(answer)
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def brought(client: Client, book: openpyxl.Workbook, prefer: str = "", **follow: Any) -> Any:
    target = io.BytesIO()
    book.save(target)
    file = SimpleUploadedFile("离线评分表.xlsx", target.getvalue())
    return client.post(PLACE, {"file": file, "prefer": prefer}, **follow)


def fill(book: openpyxl.Workbook, number: str, *values: Any, tab: str = "0001") -> None:
    """扣分, 情形, 卷宗页码, 记载, 说明 of one item."""
    for column, value in enumerate(values, start=4):
        book[tab].cell(ROWS[number], column).value = value


def marks(hall: Hall, user: User, serial: int = 1) -> dict[str, tuple[Any, ...]]:
    with reading_as(user):
        rows = hall.sheet(user, serial).marks.values_list(
            "item__number", "deduction", "reasons", "pages", "state", "note"
        )
        return {number: tuple(rest) for number, *rest in rows}


def every(hall: Hall) -> list[dict[str, Any]]:
    """All marks of the author."""
    with reading_as(hall.leader):
        return [dict(row) for row in Mark.objects.order_by("pk").values()]


def test_the_workbook_has_a_tab_per_sheet_with_what_is_saved(hall: Hall, desk: Client) -> None:
    put(hall, "A1", "13.5", reasons=(3,), pages="3-5", note="缺委托书")
    book = taken(desk)
    assert book.sheetnames == ["填写说明", "0001", "0002"]
    tab = book["0001"]
    assert (tab["B1"].value, tab["D1"].value) == ("0001", "请与卷宗封面编号核对")
    assert tuple(cell.value for cell in tab[5]) == COLUMNS
    line = [cell.value for cell in tab[ROWS["A1"]]]
    assert line[:8] == ["A1", "项目A1", 50, 13.5, "3", "3-5", None, "缺委托书"]
    assert (line[9], tab.cell(ROWS["B1"], 10).value) == (1, 0)
    assert tab.column_dimensions["F"].number_format == "@"
    handler = hall.cases[0].handlers.get().person.name
    assert handler not in str([[c.value for c in row] for row in tab.iter_rows()])
    assert taken(desk, hall.sheet(hall.leader, 2).pk).sheetnames == ["填写说明", "0002"]


def test_what_was_filled_in_is_saved_and_nothing_sealed(hall: Hall, desk: Client) -> None:
    put(hall, "B2", "0")
    book = taken(desk)
    fill(book, "A1", "１３。５", "3", "777—778", None, "缺委托书")
    fill(book, "B1", None, None, None, "无法评价", "卷宗缺页")
    fill(book, "B2", None)
    fill(book, "Z1", None, None, "9", "成立", "伪造笔录")
    book["0002"].cell(ROWS["A1"], 4).value = 0
    book["0001"]["B4"].value = "总体良好"
    done = brought(desk, book, follow=True)
    assert "写入5项（0001、0002）。还没有封存" in words(done)
    assert marks(hall, hall.leader) == {
        "A1": (Decimal("13.5"), [3], "777—778", "", "缺委托书"),
        "B1": (None, [], "", "cannot", "卷宗缺页"),
        "B2": (None, [], "", "", ""),
        "Z1": (None, [], "9", "veto", "伪造笔录"),
    }
    assert marks(hall, hall.leader, 2) == {"A1": (Decimal(0), [], "", "", "")}
    sheet = hall.sheet(hall.leader)
    assert (sheet.comment, sheet.sealed_at) == ("总体良好", None)
    event = AuditEvent.objects.get(action="upload_sheets")
    assert (event.detail, event.target) == ({"sheets": 2}, "")


def test_an_unchanged_workbook_changes_nothing(hall: Hall, desk: Client) -> None:
    score(hall, hall.leader, lose="20")
    before = every(hall)
    done = brought(desk, taken(desk), follow=True)
    assert "没有改动" in words(done)
    assert every(hall) == before


@pytest.mark.parametrize(
    ("number", "values", "told"),
    [
        ("A1", ("二",), "00016扣分二扣分请填数字"),
        ("A1", (51, "3", "1"), "满分50分，扣分只能填0到50"),
        ("A1", (2, "9", "1"), "没有所选的扣分情形"),
        ("A1", (2, "甲", "1"), "6情形甲情形请填数字键"),
        ("A1", (2, "1", date(2022, 3, 5)), "这一格被表格软件变成了日期"),
        ("A1", (None, None, None, "待定"), "6记载待定记载只能填"),
        ("Z1", (2,), "扣分只能填0到0"),
    ],
)
def test_a_wrong_cell_is_told_by_place_and_nothing_is_saved(
    hall: Hall, desk: Client, number: str, values: tuple[Any, ...], told: str
) -> None:
    book = taken(desk)
    fill(book, "B2", 0)
    book["0002"].cell(ROWS["A1"], 4).value = 0
    fill(book, number, *values)
    answer = brought(desk, book)
    assert answer.status_code == 422
    assert told in words(answer)
    assert every(hall) == []
    assert not AuditEvent.objects.filter(action="upload_sheets").exists()


def test_what_was_saved_meanwhile_is_shown_and_asked_for(hall: Hall, desk: Client) -> None:
    book = taken(desk)
    fill(book, "A1", 0)
    fill(book, "B1", 0)
    put(hall, "A1", "2", reasons=(1,), pages="17")
    asked = brought(desk, book)
    assert asked.status_code == 409
    assert "扣2分情形117不扣分" in words(asked)
    assert set(marks(hall, hall.leader)) == {"A1"}
    brought(desk, book, "saved")
    assert {k: v[0] for k, v in marks(hall, hall.leader).items()} == {"A1": 2, "B1": 0}
    brought(desk, book, "file")
    assert {k: v[0] for k, v in marks(hall, hall.leader).items()} == {"A1": 0, "B1": 0}


def test_a_comment_saved_meanwhile_is_a_conflict_too(hall: Hall, desk: Client) -> None:
    book = taken(desk)
    book["0001"]["B4"].value = "表格里的"
    client = signed_in(hall.leader)
    address = f"/score/{YEAR}/1/save/"
    client.post(address, {"comment": "系统里的"}, headers={"accept": "application/json"})
    answer = brought(desk, book)
    assert (answer.status_code, "系统里的表格里的" in words(answer)) == (409, True)
    brought(desk, book, "file")
    assert hall.sheet(hall.leader).comment == "表格里的"


def test_sheets_of_others_look_like_none(hall: Hall, desk: Client) -> None:
    theirs = taken(signed_in(hall.member))
    fill(theirs, "A1", 0)
    answers = [words(brought(desk, theirs))]
    for code in ("20310000000009", "x"):
        book = taken(desk)
        book["0001"]["B2"].value = code
        answers.append(words(brought(desk, book)))
    assert all("这不是你现在要评的评分表" in answer for answer in answers)
    assert every(hall) == []


def test_another_version_of_the_standard_is_refused(hall: Hall, desk: Client) -> None:
    book = taken(desk)
    book["0001"]["D3"].value = "1-民事-bbbb"
    fill(book, "A1", 0)
    answer = brought(desk, book)
    assert (answer.status_code, "3评分标准1-民事-bbbb" in words(answer)) == (422, True)
    assert every(hall) == []


def test_sealed_sheets_are_neither_taken_along_nor_changed(hall: Hall, desk: Client) -> None:
    book = taken(desk)
    fill(book, "A1", 2, "1", "9")
    sealed = seal(hall, hall.leader)
    answer = brought(desk, book)
    assert "这张评分表已封存，不能再改" in words(answer)
    assert taken(desk).sheetnames == ["填写说明", "0002"]
    assert {row["deduction"] for row in every(hall) if row["sheet_id"] == sealed.pk} == {0}
    seal(hall, hall.leader, 2)
    assert desk.get(f"{PLACE}file/").status_code == 404


@pytest.mark.parametrize(
    ("data", "told"),
    [(b"", "空的"), (b"x" * (5 * 2**20 + 1), "超过5MB"), (b"a,b\n1,2\n", "没有离线评分表")],
    ids=["empty", "large", "other table"],
)
def test_other_files_are_refused(desk: Client, data: bytes, told: str) -> None:
    answer: Any = desk.post(PLACE, {"file": SimpleUploadedFile("a.xlsx", data)})
    assert (answer.status_code, told in words(answer)) == (422, True)


def test_a_changed_header_and_a_doubled_tab_are_told(hall: Hall, desk: Client) -> None:
    book = taken(desk)
    book["0001"].cell(5, 4).value = "得分"
    assert "表头被改动了" in words(brought(desk, book))
    book = taken(desk)
    book.copy_worksheet(book["0001"]).title = "副本"
    assert "同一张评分表出现两次" in words(brought(desk, book))
    assert every(hall) == []


def test_the_workbook_costs_the_same_for_one_sheet_and_for_many(hall: Hall, desk: Client) -> None:
    def cost(*sheets: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            taken(desk, *sheets)
        return len(captured)

    cost()
    assert cost(hall.sheet(hall.leader).pk) == cost()
