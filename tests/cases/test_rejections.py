"""Rows that are not imported: only with a finding, a reason, a person; they count, visibly."""

import pytest
from django.db import IntegrityError, transaction

from cases import actions
from cases.models import Case, CleaningLine, Frame, ImportBatch, RejectedRow
from cases.queries import reconciliation_of, standing_rejections
from tests.cases.desk import REASON, load, new_frame, refusal, staff, upload
from tests.people import make_user
from tests.workbook_samples import case
from wanzhou_eval.clock import database_now
from wanzhou_eval.models import Role, User

pytestmark = pytest.mark.django_db
SHEET = "表1"


@pytest.fixture
def frame() -> Frame:
    return new_frame()


@pytest.fixture
def people() -> tuple[User, User]:
    return staff()


@pytest.fixture
def clerk(people: tuple[User, User]) -> User:
    return people[0]


def twice(serial: int) -> list[object]:
    """A second line with the number of case 1."""
    return case(serial, 案号="渝万援民(2022)1号")


def reject(batch: ImportBatch, *rows: int, code: str = "duplicate", by: User) -> int:
    places = {(SHEET, row) for row in rows}
    return actions.reject_rows(batch, places=places, code=code, reason=REASON, by=by)


def test_a_duplicate_is_left_out_with_reason_and_counts(
    frame: Frame, people: tuple[User, User]
) -> None:
    clerk, bureau = people
    batch = upload(frame, clerk, case(1), case(2), twice(3))
    assert "还有1处错误" in refusal(lambda: actions.confirm_import(batch, by=clerk), 422)
    assert reject(batch, 4, by=clerk) == 1
    assert reconciliation_of(frame).rejected == 0  # only a mark until the file is confirmed
    done = actions.confirm_import(batch, by=clerk)
    assert done.summary["stored"] == {"new": 2, "changed": 0, "same": 0, "rejected": 1}
    actions.declare_total(frame, total=3, by=bureau)
    frame.refresh_from_db()
    counts = reconciliation_of(frame)
    assert (counts.declared, counts.imported, counts.excluded, counts.rejected) == (3, 2, 0, 1)
    assert counts.problem == ""
    row = RejectedRow.objects.get()
    assert (row.sheet, row.row, row.number_original) == (SHEET, 4, "渝万援民(2022)1号")
    assert (row.code, row.reason, row.by) == ("duplicate", REASON, clerk)
    assert "与第 2 行是同一案号" in row.found
    line = CleaningLine.objects.get(column="(整行)")
    assert (line.row, line.after, line.by) == (4, "不导入", clerk)
    assert actions.close_frame(frame, at=database_now()).sealed_at


def test_a_row_without_such_a_finding_is_not_left_out(frame: Frame, clerk: User) -> None:
    batch = upload(frame, clerk, case(1), twice(2), case(3, 结案日期="2022-13-45"))
    sound = refusal(lambda: reject(batch, 2, by=clerk), 422)
    assert sound.startswith("第2行不能以“与另一行是同一案件”为由不导入")
    other = refusal(lambda: reject(batch, 3, code="unreadable", by=clerk), 422)
    assert "这一行可用的原因：“与另一行是同一案件”" in other
    assert reject(batch, 4, code="unreadable", by=clerk) == 1
    assert RejectedRow.objects.count() == 1


def test_reason_person_and_rows_are_needed(frame: Frame, clerk: User) -> None:
    batch = upload(frame, clerk, case(1), twice(2))

    def act(code: str = "duplicate", reason: str = REASON, rows: int = 1, by: User = clerk) -> int:
        places = {(SHEET, 3)} if rows else set()
        return actions.reject_rows(batch, places=places, code=code, reason=reason, by=by)

    assert "请选不导入的原因" in refusal(lambda: act(code="luck"), 422)
    assert "不导入的说明太短" in refusal(lambda: act(reason=" 重 复 "), 422)
    assert "没有选中任何一行" in refusal(lambda: act(rows=0), 422)
    auditor = make_user(Role.AUDITOR)
    assert "只有中心和科室可以导入" in refusal(lambda: act(by=auditor), 403)
    assert not RejectedRow.objects.exists()


def test_a_mark_is_taken_off_until_the_file_is_confirmed(frame: Frame, clerk: User) -> None:
    batch = upload(frame, clerk, case(1), twice(2))
    reject(batch, 3, by=clerk)
    actions.unreject_row(RejectedRow.objects.get(), by=clerk)
    assert not RejectedRow.objects.exists()
    reject(batch, 3, by=clerk)
    actions.confirm_import(batch, by=clerk)
    row = RejectedRow.objects.get()
    assert "已经导入" in refusal(lambda: actions.unreject_row(row, by=clerk))
    with pytest.raises(IntegrityError, match="已经办结"), transaction.atomic():
        row.delete()
    with pytest.raises(IntegrityError, match="一经记录不能修改"), transaction.atomic():
        RejectedRow.objects.update(reason="另一个原因")


def test_a_confirmed_rejection_is_withdrawn_with_a_reason(frame: Frame, clerk: User) -> None:
    batch = upload(frame, clerk, case(1), twice(2))
    reject(batch, 3, by=clerk)
    row = RejectedRow.objects.get()
    early = refusal(lambda: actions.withdraw_rejection(row, reason=REASON, by=clerk))
    assert "请在检查页取消标记" in early
    actions.confirm_import(batch, by=clerk)
    assert "撤回理由太短" in refusal(
        lambda: actions.withdraw_rejection(row, reason="错", by=clerk), 422
    )
    actions.withdraw_rejection(row, reason=REASON, by=clerk)
    assert reconciliation_of(frame).rejected == 0
    row.refresh_from_db()
    assert (row.withdrawn_reason, row.withdrawn_by) == (REASON, clerk)
    assert "已经撤回" in refusal(lambda: actions.withdraw_rejection(row, reason=REASON, by=clerk))
    with pytest.raises(IntegrityError, match="已经记录，不能改写"), transaction.atomic():
        RejectedRow.objects.update(withdrawn_at=None)


def test_the_same_row_in_the_next_file_counts_once(frame: Frame, clerk: User) -> None:
    batch = upload(frame, clerk, case(1), twice(2))
    reject(batch, 3, by=clerk)
    actions.confirm_import(batch, by=clerk)
    again = load(frame, clerk, case(1), twice(9), case(3))
    assert again.summary["stored"] == {"new": 1, "changed": 0, "same": 1}
    assert standing_rejections(frame).count() == 1


def test_a_repaired_row_is_imported_and_counts_no_more(frame: Frame, clerk: User) -> None:
    batch = upload(frame, clerk, case(1), case(2, 结案日期="2022-13-45"))
    reject(batch, 3, code="unreadable", by=clerk)
    actions.confirm_import(batch, by=clerk)
    load(frame, clerk, case(1), case(2))
    assert Case.objects.count() == 2
    assert RejectedRow.objects.get().withdrawn_reason == "改好后已由“台账.xlsx”导入"
    assert reconciliation_of(frame).accounted == 2


def test_a_sealed_frame_keeps_its_rejections(frame: Frame, people: tuple[User, User]) -> None:
    clerk, bureau = people
    batch = upload(frame, clerk, case(1), twice(2))
    reject(batch, 3, by=clerk)
    actions.confirm_import(batch, by=clerk)
    actions.declare_total(frame, total=2, by=bureau)
    actions.close_frame(frame, at=database_now())
    row = RejectedRow.objects.get()
    sealed = refusal(lambda: actions.withdraw_rejection(row, reason=REASON, by=clerk))
    assert "案件名单已封存" in sealed
    with pytest.raises(IntegrityError, match="案件名单已封存"), transaction.atomic():
        RejectedRow.objects.update(withdrawn_at=database_now(), withdrawn_reason=REASON)
