"""纸质评分表: two people type it, nobody sees the other's typing or both sheets of a case."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from evaluations.actions import marking
from evaluations.actions.deliberation import confirm_agreement
from evaluations.actions.editions import withdraw_seal
from evaluations.actions.paper import discard_paper, save_typing, seal_paper
from evaluations.models import Mark, PaperScan, PaperTyping, ScoreSheet, SheetContent
from evaluations.queries.paper import find_scan, paper_desk, turns_of, typing_as
from evaluations.queries.plan import plan_of
from evaluations.queries.seals import broken_seals
from evaluations.rules.paper import sheet_code
from evaluations.rules.standards import Mark as RuleMark
from evaluations.rules.standards import MarkState
from tests.evaluations.marking_year import YEAR, Hall, open_hall, put, seal, signed_in
from tests.people import make_user, words
from wanzhou_eval.database import READER
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent, Role, User
from wanzhou_eval.readers import reading_as, verifying

pytestmark = pytest.mark.django_db
PDF = ("0001签名.pdf", b"%PDF-1.4 signed")
NOTE, COMMENT = "金丝雀说明缺委托书", "金丝雀总体意见"
CANARIES = ("13.37", "86.63", "777-778", NOTE, COMMENT)


@pytest.fixture
def hall() -> Hall:
    return open_hall(cases=2)


@pytest.fixture
def clerks(hall: Hall) -> list[User]:
    return [hall.staff["clerk"], make_user(Role.CLERK, "clerk2"), make_user(Role.CLERK, "clerk3")]


@pytest.fixture
def desks(clerks: list[User]) -> list[Client]:
    return [signed_in(user) for user in clerks]


def typed(hall: Hall, **changed: RuleMark) -> dict[int, RuleMark]:
    """The short sheet: 13.37 off A1 with a note, nothing elsewhere."""
    a1 = RuleMark(item="A1", deduction=Decimal("13.37"), reasons=(3,), pages="777—778", note=NOTE)
    marks = {
        "A1": a1,
        "B1": RuleMark(item="B1", deduction=Decimal(0)),
        "B2": RuleMark(item="B2", deduction=Decimal(0)),
        "Z1": RuleMark(item="Z1"),
    }
    return {hall.item(number).pk: mark for number, mark in (marks | changed).items()}


def without_notes(marks: dict[int, RuleMark]) -> dict[int, RuleMark]:
    """As the second person types them: no notes, the dash written otherwise."""
    return {
        pk: RuleMark(
            item=mark.item,
            state=mark.state,
            deduction=mark.deduction,
            reasons=mark.reasons,
            pages=mark.pages.replace("—", " 至 "),
        )
        for pk, mark in marks.items()
    }


def first(hall: Hall, by: User, *, user: User | None = None, serial: int = 1) -> ScoreSheet:
    sheet = hall.sheet(user or hall.leader, serial)
    save_typing(sheet, marks=typed(hall), comment=COMMENT, finish=True, saves=0, by=by)
    return sheet


def second(hall: Hall, sheet: ScoreSheet, by: User, **changed: RuleMark) -> None:
    save_typing(sheet, marks=without_notes(typed(hall, **changed)), finish=True, saves=0, by=by)


def close(hall: Hall, sheet: ScoreSheet, by: User) -> ScoreSheet:
    checked = {str(hall.item("A1").pk), "comment"}
    return seal_paper(sheet, files=[PDF], checked=checked, by=by)


def sealed_paper(hall: Hall, clerks: list[User]) -> ScoreSheet:
    sheet = first(hall, clerks[0])
    second(hall, sheet, clerks[1])
    return close(hall, sheet, clerks[1])


def nothing(hall: Hall, table: type[Mark] | type[PaperScan]) -> bool:
    """No row of it, as the author of the sheet reads it."""
    with reading_as(hall.leader):
        return not table.objects.exists()


def test_two_typings_that_agree_are_sealed_as_signed(hall: Hall, clerks: list[User]) -> None:
    sealed_paper(hall, clerks)
    sealed = hall.sheet(hall.leader)
    assert (sealed.total, sealed.grade, sealed.paper) == (Decimal("86.63"), "优良", True)
    assert sealed.comment == COMMENT
    with reading_as(hall.leader):
        rows = sealed.marks.order_by("item__number").values_list(
            "item__number", "state", "deduction", "reasons", "pages", "note"
        )
        found, scan = list(rows), PaperScan.objects.get()
    assert found == [
        ("A1", "", Decimal("13.37"), [3], "777-778", NOTE),
        ("B1", "", Decimal(0), [], "", ""),
        ("B2", "", Decimal(0), [], "", ""),
        ("Z1", "", None, [], "", ""),
    ]
    with verifying():
        assert broken_seals(hall.plan) == []
    assert (scan.name, scan.content_type, bytes(scan.data)) == (PDF[0], "application/pdf", PDF[1])


def test_the_trail_tells_who_did_what_and_no_value(hall: Hall, clerks: list[User]) -> None:
    sealed_paper(hall, clerks)
    lines = AuditEvent.objects.filter(action__contains="paper").order_by("seq")
    target = "0001 初评评分表 E000"
    assert [(e.action, e.actor, e.target, e.detail) for e in lines] == [
        ("type_paper", clerks[0].username, target, {"turn": 1}),
        ("type_paper", "clerk2", target, {"turn": 2}),
        ("seal_paper", "clerk2", target, {"scans": 1}),
    ]


def test_the_second_typing_is_another_person_s(hall: Hall, clerks: list[User]) -> None:
    sheet = first(hall, clerks[0])
    with pytest.raises(RefusedError, match="由录第二遍的人核对"):
        close(hall, sheet, clerks[0])
    at = AuditEvent.objects.latest("seq").at
    with typing_as(clerks[0]), pytest.raises(IntegrityError, match="paper_two_people"):
        with transaction.atomic():
            PaperTyping.objects.create(sheet=sheet, turn=2, by=clerks[0], begun_at=at)
    second(hall, sheet, clerks[1])
    with pytest.raises(RefusedError, match="别人不用再录") as refused:
        second(hall, sheet, clerks[2])
    assert refused.value.status == 403
    assert nothing(hall, Mark)


def test_nobody_types_both_sheets_of_a_case(hall: Hall, clerks: list[User]) -> None:
    sheet = first(hall, clerks[0])
    second(hall, sheet, clerks[1])
    for knows in clerks[:2]:
        with pytest.raises(IntegrityError, match="录入过这一件的另一份"), transaction.atomic():
            first(hall, knows, user=hall.member)
    discard_paper(sheet, reason="扫错了表", by=clerks[0])
    with pytest.raises(IntegrityError, match="录入过这一件的另一份"), transaction.atomic():
        first(hall, clerks[0], user=hall.member)
    first(hall, clerks[2], user=hall.member)
    first(hall, clerks[0], user=hall.member, serial=2)
    first(hall, clerks[1])


def test_who_types_first_is_of_the_centre(hall: Hall, clerks: list[User]) -> None:
    for user in (*hall.experts, *hall.staff.values()):
        if user != clerks[0]:
            with pytest.raises(RefusedError, match="第一遍由区法律援助中心录入") as refused:
                first(hall, user)
            assert refused.value.status == 403
    sheet = first(hall, clerks[0])
    for role in ("leader", "auditor", "sysadmin", "handler"):
        with pytest.raises(RefusedError, match="另一人可以录第二遍"):
            second(hall, sheet, hall.staff[role])
    second(hall, sheet, hall.bureau)


def test_a_typing_is_read_by_its_typist_alone(hall: Hall, clerks: list[User]) -> None:
    first(hall, clerks[0])
    assert not PaperTyping.objects.exists()
    for user in (clerks[1], hall.bureau, hall.member, hall.staff["auditor"]):
        with typing_as(user):
            assert not PaperTyping.objects.exists()
    with typing_as(clerks[0]):
        assert PaperTyping.objects.get().texts["comment"] == COMMENT
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role')")
        ((former,),) = cursor.fetchall()
        cursor.execute(f"SET LOCAL ROLE {READER}")
        cursor.execute("SELECT count(*) FROM evaluations_papertyping")
        assert cursor.fetchone() == (0,)
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            cursor.execute("SELECT discard_typings(1, 1, clock_timestamp(), 'x')")
        cursor.execute("SELECT set_config('role', %s, true)", [former])


def test_different_typings_are_told_by_item_and_never_sealed(
    hall: Hall, clerks: list[User]
) -> None:
    sheet = first(hall, clerks[0])
    wrong = RuleMark(item="B1", deduction=Decimal(2), reasons=(1,), pages="9")
    second(hall, sheet, clerks[1], B1=wrong)
    with pytest.raises(RefusedError, match="两遍还有不同"):
        close(hall, sheet, clerks[1])
    page = words(signed_in(clerks[0]).get(f"/y/{YEAR}/paper/{sheet_code(YEAR, sheet.pk)}/"))
    assert page.count("两遍不同") == 1
    assert "B1项目B1两遍不同" in page
    marks = without_notes(typed(hall))
    save_typing(sheet, marks=marks, finish=True, saves=1, by=clerks[1])
    close(hall, sheet, clerks[1])
    assert hall.sheet(hall.leader).total == Decimal("86.63")


def test_the_database_seals_no_paper_that_does_not_agree(hall: Hall, clerks: list[User]) -> None:
    sheet = first(hall, clerks[0])
    values: dict[str, Any] = {"total": 100, "grade": "优良", "seal_hash": "x"}
    values["sealed_at"] = sheet.drawn_case.draw.drawn_at
    content = SheetContent.objects.filter(sheet=sheet)
    with pytest.raises(IntegrityError, match="要两人各录一遍"), reading_as(hall.leader):
        content.update(**values)
    second(hall, sheet, clerks[1])
    with pytest.raises(IntegrityError, match="附上签名原件的扫描件"), reading_as(hall.leader):
        content.update(**values)


@pytest.mark.parametrize(
    ("files", "checked", "sentence"),
    [
        ([], None, "请附上签名原件的扫描件"),
        ([("a.pdf", b"MZ")], None, "不是 PDF、JPG 或 PNG文件"),
        ([("a.docx", b"PK\x03\x04")], None, "不是 PDF、JPG 或 PNG文件"),
        ([("a.png", b"%PDF-1")], None, "内容其实是 pdf"),
        ([("a.pdf", b"%PDF-" + b"x" * (20 * 2**20))], None, "超过 20 MB"),
        ([PDF], {"comment"}, "请逐条核对说明"),
    ],
    ids=["none", "program", "word", "wrong ending", "too large", "note not checked"],
)
def test_paper_is_sealed_with_scan_and_checked_notes_or_not_at_all(
    hall: Hall, clerks: list[User], files: Any, checked: Any, sentence: str
) -> None:
    sheet = first(hall, clerks[0])
    second(hall, sheet, clerks[1])
    every = {str(hall.item("A1").pk), "comment"}
    with pytest.raises(RefusedError, match=sentence) as refused:
        seal_paper(sheet, files=files, checked=checked or every, by=clerks[1])
    assert refused.value.status == 422
    assert nothing(hall, Mark)
    assert nothing(hall, PaperScan)
    assert hall.sheet(hall.leader).sealed_at is None


def test_paper_and_screen_exclude_each_other(hall: Hall, clerks: list[User]) -> None:
    put(hall, "B1", "2", reasons=(1,), pages="3")
    sheet = first(hall, clerks[0])
    with pytest.raises(RefusedError, match="正按签名的纸质评分表录入"):
        put(hall, "B1", "0", version=1)
    with pytest.raises(RefusedError, match="正按签名的纸质评分表录入"):
        marking.seal_sheet(hall.sheet(hall.leader), by=hall.leader)
    assert "正按签名的纸质评分表录入" in words(signed_in(hall.leader).get(f"/score/{YEAR}/1/"))
    discard_paper(sheet, reason="专家改在网上评", by=hall.bureau)
    assert turns_of(hall.plan) == {}
    put(hall, "B1", "0", version=1)
    assert AuditEvent.objects.get(action="discard_paper").detail == {}


def test_typings_are_thrown_away_by_their_typists_or_the_bureau_with_a_reason(
    hall: Hall, clerks: list[User]
) -> None:
    sheet = first(hall, clerks[0])
    for user in (clerks[1], hall.leader, hall.staff["leader"]):
        with pytest.raises(RefusedError, match="由录入人本人或科室撤销"):
            discard_paper(sheet, reason="x", by=user)
    with pytest.raises(RefusedError, match="请写明撤销录入的原因"):
        discard_paper(sheet, reason=" ", by=clerks[0])
    assert len(turns_of(hall.plan)[sheet.pk]) == 1


def test_the_author_may_take_the_paper_back_and_correct_it(hall: Hall, clerks: list[User]) -> None:
    sealed_paper(hall, clerks)
    new = withdraw_seal(hall.sheet(hall.leader), reason="录错一项", by=hall.leader)
    assert (new.paper, new.edition) == (False, 2)
    with reading_as(hall.leader):
        assert new.marks.count() == 4
    put(hall, "A1", "0", sheet=new, version=1)


def test_scans_are_read_by_who_may_read_the_sheet(hall: Hall, clerks: list[User]) -> None:
    sealed_paper(hall, clerks)
    with reading_as(hall.leader):
        scan = PaperScan.objects.get()
    address = f"/score/scans/{scan.pk}/"

    def may(user: User) -> bool:
        with reading_as(user):
            try:
                return find_scan(scan.pk, for_user=user) == scan
            except RefusedError:
                return False

    everybody = [*hall.experts, *clerks, *(u for u in hall.staff.values() if u not in clerks)]
    assert [user for user in everybody if may(user)] == [hall.leader]
    answer = signed_in(hall.leader).get(address)
    assert answer.content == PDF[1]
    assert answer["Content-Disposition"].startswith("attachment")
    assert address in signed_in(hall.leader).get(f"/score/{YEAR}/1/").content.decode()
    assert signed_in(clerks[0]).get(address).status_code == 403
    seal(hall, hall.member)
    assert [user for user in everybody if may(user)] == [hall.leader, hall.member]
    confirm_agreement(hall.drawn(), by=hall.leader)
    record = signed_in(hall.bureau).get(f"/y/{YEAR}/settle/1/").content.decode()
    assert address in record
    staff = [user.role for user in everybody if may(user) and user.role != Role.EXPERT]
    assert sorted(staff) == [Role.AUDITOR, Role.BUREAU, Role.LEADER]


def test_no_page_shows_anybody_what_another_typed(hall: Hall, clerks: list[User]) -> None:
    sheet = first(hall, clerks[0])
    code = sheet_code(YEAR, sheet.pk)
    place = f"/y/{YEAR}/paper/"
    pages = [place, f"{place}{code}/", f"{place}{code}/confirm/", f"{place}print/?code={code}"]
    pages += [f"/y/{YEAR}/scoring/", f"/y/{YEAR}/", "/audit/"]

    def told(user: User) -> set[str]:
        client = signed_in(user)
        texts = [client.get(page, follow=True).content.decode() for page in pages]
        return {each for each in CANARIES if any(each in text for text in texts)}

    others = (clerks[2], hall.bureau, hall.staff["leader"], hall.staff["auditor"], hall.member)
    own = {"13.37", "777-778", NOTE, COMMENT}
    assert [told(user) for user in (clerks[1], *others)] == [set()] * 6
    assert told(clerks[0]) == own
    second(hall, sheet, clerks[1])
    assert told(clerks[1]) == own
    assert [told(user) for user in others] == [set()] * 5
    close(hall, sheet, clerks[1])
    assert [told(user) for user in (*clerks[:2], *others)] == [set()] * 7


def form(hall: Hall, *, turn: int, **changed: str) -> dict[str, str]:
    amounts = {"A1": "13.37", "B1": "0", "B2": "０"} | changed
    data = {f"ded-{hall.item(number).pk}": amount for number, amount in amounts.items()}
    key = hall.item("A1").pk
    data |= {f"why-{key}": "3", f"pages-{key}": "777至778", "saves": "0", "action": "finish"}
    return data | ({f"note-{key}": NOTE, "comment": COMMENT} if turn == 1 else {})


def test_the_way_through_the_pages(hall: Hall, desks: list[Client]) -> None:
    code = sheet_code(YEAR, hall.sheet(hall.leader).pk)
    place = f"/y/{YEAR}/paper/{code}/"
    scanned = desks[0].get(f"/y/{YEAR}/paper/", {"code": f" {code[:4]} {code[4:]}"})
    assert scanned["Location"] == place
    bad = desks[0].post(place, form(hall, turn=1, B1="二"))
    assert (bad.status_code, "扣分请填数字" in words(bad)) == (422, True)
    assert NOTE in bad.content.decode()
    missing = desks[0].post(place, form(hall, turn=1, B1=""))
    assert "B1项目B1：还没有录，不扣分请填0" in words(missing)
    assert turns_of(hall.plan) == {}
    assert desks[0].post(place, form(hall, turn=1))["Location"] == place
    assert "等第二遍" in words(desks[2].get(f"/y/{YEAR}/paper/"))
    page = desks[1].get(place).content.decode()
    assert f"note-{hall.item('A1').pk}" not in page
    assert desks[1].post(place, form(hall, turn=2))["Location"] == f"{place}confirm/"
    assert NOTE in desks[1].get(f"{place}confirm/").content.decode()
    assert desks[0].get(f"{place}confirm/")["Location"] == place
    unread = desks[1].post(f"{place}confirm/", {"scans": SimpleUploadedFile(*PDF)})
    assert (unread.status_code, "请逐条核对" in words(unread)) == (422, True)
    checked = [str(hall.item("A1").pk), "comment"]
    sent = {"scans": SimpleUploadedFile(*PDF), "checked": checked}
    done = desks[1].post(f"{place}confirm/", sent, follow=True)
    assert "已封存（纸质）" in words(done)
    assert "封存以后录入的内容只有专家本人能看" in words(desks[0].get(place))


def test_an_older_window_of_the_typist_is_refused(hall: Hall, clerks: list[User]) -> None:
    sheet, marks = hall.sheet(hall.leader), typed(hall)
    save_typing(sheet, marks=marks, finish=False, saves=0, by=clerks[0])
    with pytest.raises(RefusedError, match="另一窗口"):
        save_typing(sheet, marks=marks, finish=False, saves=0, by=clerks[0])
    save_typing(sheet, marks=marks, finish=False, saves=1, by=clerks[0])
    assert paper_desk(plan_of(YEAR)).rows[0].state == "第一遍录入中"
    assert not AuditEvent.objects.filter(action="type_paper").exists()


def test_left_out_items_need_their_note_from_the_first(hall: Hall, clerks: list[User]) -> None:
    left = RuleMark(item="B1", state=MarkState.CANNOT_ASSESS)
    with pytest.raises(RefusedError, match="请在说明里写明原因"):
        save_typing(
            hall.sheet(hall.leader), marks=typed(hall, B1=left), finish=True, saves=0, by=clerks[0]
        )
    assert turns_of(hall.plan) == {}


def test_old_codes_and_those_of_others_are_not_there(hall: Hall, desks: list[Client]) -> None:
    sheet = hall.sheet(hall.leader)
    wrong = sheet_code(YEAR, sheet.pk)[:-1] + "x"
    for code in (wrong, sheet_code(YEAR - 1, sheet.pk), sheet_code(YEAR, 10**8), "T-match"):
        answer = desks[0].get(f"/y/{YEAR}/paper/{code}/")
        assert (answer.status_code, "请重扫纸上的条码" in words(answer)) == (404, True)


def test_the_list_costs_the_same_for_one_file_and_for_many(hall: Hall, desks: list[Client]) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert desks[0].get(f"/y/{YEAR}/paper/").status_code == 200
        return len(captured)

    cost()
    many = cost()
    ScoreSheet.objects.filter(drawn_case__case__serial=2).update(
        withdrawn_at=hall.plan.now, withdrawn_reason="换件"
    )
    assert cost() == many


def test_blank_sheets_are_the_same_whatever_was_scored(hall: Hall, desks: list[Client]) -> None:
    address = f"/y/{YEAR}/paper/print/?expert={hall.sheet(hall.leader).expert_id}"
    before = words(desks[0].get(address))
    put(hall, "A1", "13.37", reasons=(3,), pages="777", note=NOTE)
    assert words(desks[0].get(address)) == before
    assert before.count("请与卷宗封面编号核对") == 2
    assert hall.cases[0].handlers.get().person.name not in before
