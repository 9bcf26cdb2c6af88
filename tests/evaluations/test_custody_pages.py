"""卷宗交接 pages: scanning without a mouse, pull list, labels, missing files, the list as .xlsx."""

import re
from typing import Any

import pytest
from django.test import Client

from evaluations.models import FileMovement
from evaluations.queries.assignments import AssignedPair, assigned_pairs
from evaluations.queries.custody import custody
from evaluations.queries.marking import find_file
from evaluations.rules.custody import label_code
from tests.evaluations.draw_year import Year, matched_year, open_year
from tests.evaluations.marking_year import open_hall
from tests.people import cells, make_user, signed_in, words
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent, Role

pytestmark = pytest.mark.django_db
FILES = "/y/2031/files/"


@pytest.fixture
def year() -> Year:
    return matched_year()


@pytest.fixture
def desk(year: Year) -> Client:
    return signed_in(year.clerk)


@pytest.fixture
def file(year: Year) -> AssignedPair:
    return assigned_pairs(year.plan)[0]


def scan(desk: Client, code: str, move: str = "out", holder: Any = "") -> Any:
    return desk.post(f"{FILES}scan/", {"code": code, "move": move, "holder": holder})


def test_scan_after_scan_keeps_the_choice_and_the_cursor(desk: Client, file: AssignedPair) -> None:
    case = file.drawn_case.case
    label = label_code(2031, case.serial)
    assert scan(desk, label)["Location"] == f"{FILES}?move=out&holder="
    answer = scan(desk, label, "give", file.leader.pk)
    assert answer["Location"] == f"{FILES}?move=give&holder={file.leader.pk}"
    page = desk.get(answer["Location"])
    html, told = page.content.decode(), words(page)
    assert re.search(r'<option value="give" selected>', html)
    assert re.search(rf'<option value="{file.leader.pk}" selected>', html)
    assert re.search(r'name="code"[^>]*autofocus', html)
    name = file.leader.person.name
    assert f"卷宗{case.label}已登记“发给专家”：{name}。" in told
    assert f"{name}1件{case.label}" in told


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("", "没有读到条码"),
        ("6901234567892", "读得不全或有误"),
        ("9999", "没有卷宗号9999"),
        (label_code(2030, 7), "这是2030年度的卷宗"),
    ],
)
def test_a_bad_scan_says_why_and_the_next_can_follow(desk: Client, code: str, told: str) -> None:
    answer = scan(desk, code, "return")
    assert answer.status_code == 422
    assert told in words(answer)
    assert 'role="alert"' in answer.content.decode()
    assert re.search(r'<option value="return" selected>', answer.content.decode())
    assert re.search(r'name="code"[^>]*autofocus', answer.content.decode())
    assert not FileMovement.objects.exists()


def test_a_double_scan_and_a_file_held_by_somebody_else(desk: Client, file: AssignedPair) -> None:
    serial = str(file.drawn_case.case.serial)
    scan(desk, serial)
    assert "已经登记过“调出档案室”" in words(scan(desk, serial))
    scan(desk, serial, "give", file.leader.pk)
    told = words(scan(desk, serial, "give", file.member.pk))
    assert f"不能发给{file.member.person.name}：请先由{file.leader.person.name}交回现场。" in told
    assert "请选卷宗发给哪位专家" in words(scan(desk, serial, "give"))
    assert FileMovement.objects.count() == 2


def test_a_whole_panel_at_once(desk: Client, file: AssignedPair) -> None:
    sent = {"panel": str(file.panel), "move": "out", "holder": ""}
    answer = desk.post(f"{FILES}panel/", sent)
    count = FileMovement.objects.count()
    assert f"{file.panel}的{count}件卷宗已登记“调出档案室”。" in words(desk.get(answer["Location"]))
    answer = desk.post(f"{FILES}panel/", sent)
    assert answer.status_code == 409
    assert "没有可以登记“调出档案室”的卷宗" in words(answer)


def test_the_name_at_the_archive_is_kept_with_every_file(desk: Client, file: AssignedPair) -> None:
    sent = {"code": str(file.drawn_case.case.serial), "move": "out", "counterpart": " 何叙 "}
    answer = desk.post(f"{FILES}scan/", sent)
    page = desk.get(answer["Location"]).content.decode()
    assert page.count('value="何叙"') == 2  # the next scan and a whole panel go on with it
    desk.post(f"{FILES}panel/", {"panel": str(file.panel), "move": "out", "counterpart": "何叙"})
    names = FileMovement.objects.values_list("counterpart", flat=True)
    assert len(names) > 1
    assert set(names) == {"何叙"}


def test_a_missing_file_is_registered_and_the_bureau_goes_on(
    year: Year, desk: Client, file: AssignedPair
) -> None:
    page = f"{FILES}{file.drawn_case.case.serial}/"
    assert "怎么找过" in words(desk.post(f"{page}missing/", {"note": ""}))
    answer = desk.post(f"{page}missing/", {"note": "民事柜第3层查两遍"})
    assert answer["Location"] == page
    assert "请科室按签序换件" in words(desk.get(page))
    bureau = signed_in(year.bureau)
    replace = f"/y/2031/draws/replace/{file.drawn_case.case.serial}/"
    assert f'href="{replace}"' in bureau.get(page).content.decode()
    assert bureau.get(replace).status_code == 200
    assert "已登记找到" in words(desk.post(f"{page}found/", follow=True))


def test_readers_read_and_move_nothing(year: Year, file: AssignedPair) -> None:
    auditor = signed_in(year.auditor)
    page = auditor.get(FILES)
    assert "卷宗现在在哪里" in words(page)
    assert 'name="code"' not in page.content.decode()
    assert scan(auditor, str(file.drawn_case.case.serial)).status_code == 403
    assert not FileMovement.objects.exists()


def test_the_pull_list_stands_as_the_shelf_does(year: Year, desk: Client) -> None:
    labels = [row.label for row in custody(year.plan).rows]
    html = desk.get(f"{FILES}pull/").content.decode()
    assert re.findall(r"<b>(\d{4})</b>", html) == labels
    assert html.count('class="tickbox"') == 2 * len(labels)
    rows = cells(desk.get(f"{FILES}pull/", {"format": "xlsx"}))
    assert rows[0][:4] == ["架序", "卷宗号", "案号", "案件类型"]
    assert [row[1] for row in rows[1:]] == labels
    assert "承办" not in words(desk.get(f"{FILES}pull/"))


def test_labels_hold_number_year_and_code_but_no_name(year: Year, desk: Client) -> None:
    page = desk.get(f"{FILES}labels/")
    html, told = page.content.decode(), words(page)
    rows = custody(year.plan).rows
    assert html.count('class="barcode"') == len(rows) == 20
    for row in rows:
        code = label_code(2031, row.case.serial)
        assert f"{code[:4]}{code[4:11]}{code[11]}" in told
    assert "律师事务所" not in told
    assert "承办" not in told


def test_a_begun_sheet_is_used_up(desk: Client) -> None:
    html = desk.get(f"{FILES}labels/", {"first": "22"}).content.decode()
    assert html.count('class="labels"') == 2
    assert html.count('class="label blank"') == 21
    for odd in ("0", "99", "x"):
        assert desk.get(f"{FILES}labels/", {"first": odd}).status_code == 200


def test_the_list_is_exported_as_filtered_and_on_record(desk: Client, file: AssignedPair) -> None:
    scan(desk, str(file.drawn_case.case.serial))
    asked = {"place": "hall", "format": "xlsx"}
    rows = cells(desk.get(FILES, asked))
    assert [row[1] for row in rows[1:]] == [file.drawn_case.case.label]
    assert rows[1][5] == "评估现场"
    facts = dict(cells(desk.get(FILES, asked), sheet=1))
    assert facts["筛选条件"] == "现在：评估现场"
    assert AuditEvent.objects.filter(action="export_list").count() == 2


def test_before_the_draw_the_pages_say_where_files_will_come_from() -> None:
    year = open_year()
    clerk = signed_in(year.clerk)
    assert "还没有要调的卷宗" in words(clerk.get(FILES))
    assert "没有要调的卷宗" in words(clerk.get(f"{FILES}pull/"))
    assert "没有要打印的标签" in words(clerk.get(f"{FILES}labels/"))
    assert clerk.get(f"{FILES}9999/").status_code == 404


def test_an_expert_sees_the_own_files_on_the_task_page(desk: Client, file: AssignedPair) -> None:
    label = file.drawn_case.case.label
    scan(desk, label)
    scan(desk, label, "give", file.leader.pk)
    mine = signed_in(make_user(Role.EXPERT, "mine", person=file.leader.person))
    other = signed_in(make_user(Role.EXPERT, "other", person=file.member.person))
    assert f"你手上的卷宗1件：{label}" in words(mine.get("/score/"))
    assert label not in words(other.get("/score/"))


def test_a_label_opens_the_own_sheet_and_nobody_elses() -> None:
    hall = open_hall(cases=1)
    label = label_code(hall.plan.year, 1)
    assert find_file(hall.leader, label) == f"/score/{hall.plan.year}/1/"
    with pytest.raises(RefusedError, match="你的任务里没有这一号案件"):
        find_file(hall.leader, label_code(hall.plan.year - 1, 1))
    wrong = label[:-1] + str((int(label[-1]) + 1) % 10)
    with pytest.raises(RefusedError, match="请扫卷宗标签"):
        find_file(hall.leader, wrong)
