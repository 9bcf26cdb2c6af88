"""A repaired or updated file: 新增, 修改, 不变, 缺少; nothing leaves the frame undecided."""

import pytest
from django.db import IntegrityError, transaction

from cases import actions
from cases.models import Absence, Case, CleaningLine, Exclusion, Frame, Removal, RowChange
from tests.cases.desk import REASON, load, new_frame, refusal, staff, upload
from tests.workbook_samples import case
from wanzhou_eval.models import AuditEvent, User

pytestmark = pytest.mark.django_db
LINE = ("is_new", "row", "number", "column", "before", "after", "corrected")
TWO, FOUR = "渝万援民〔2022〕2号", "渝万援民〔2022〕4号"


@pytest.fixture
def clerk() -> User:
    return staff()[0]


@pytest.fixture
def frame(clerk: User) -> Frame:
    frame = new_frame()
    load(frame, clerk, case(1), case(2), case(3))
    return frame


def test_the_preview_tells_every_field_of_every_change(frame: Frame, clerk: User) -> None:
    batch = upload(frame, clerk, case(1), case(2, 承办人="另一人", 归档日期=None), case(4))
    assert batch.summary["compared"] == {"new": 1, "changed": 1, "same": 1, "missing": 1}
    assert list(batch.changes.values_list(*LINE)) == [
        (False, 3, TWO, "归档日期", "2022-03-10", "", False),
        (False, 3, TWO, "承办人", "孔望平", "另一人", False),
        (True, 4, FOUR, "", "", "", False),
    ]
    assert list(batch.absences.values_list("serial", "decision")) == [(3, "")]


def test_the_first_file_has_nothing_to_compare(frame: Frame) -> None:
    assert not RowChange.objects.exists()
    assert not Absence.objects.exists()


def test_an_undecided_absence_stops_the_import(frame: Frame, clerk: User) -> None:
    batch = upload(frame, clerk, case(1), case(4))
    told = refusal(lambda: actions.confirm_import(batch, by=clerk))
    assert told.startswith("名单里有2件案件在这份文件里没有，还没有决定保留还是移出，没有导入。")
    assert Case.objects.count() == 3


def test_kept_cases_stay(frame: Frame, clerk: User) -> None:
    batch = upload(frame, clerk, case(1), case(4))
    assert actions.decide_absences(batch, decision="keep", reason="", by=clerk) == 2
    done = actions.confirm_import(batch, by=clerk)
    assert done.summary["stored"] == {"new": 1, "changed": 0, "same": 1}
    assert Case.objects.count() == 4
    assert list(batch.absences.values_list("decision", "by__username")) == [("keep", "clerk")] * 2


def test_a_removed_case_is_kept_as_a_fact(frame: Frame, clerk: User) -> None:
    second = Case.objects.get(serial=2)
    actions.exclude_case(second, code="city", reason="", document="渝司援〔2022〕3号", by=clerk)
    batch = upload(frame, clerk, case(1), case(3))
    actions.decide_absences(batch, decision="remove", reason=REASON, serials=[2], by=clerk)
    assert Case.objects.count() == 3  # takes effect with the confirmation
    done = actions.confirm_import(batch, by=clerk)
    assert done.summary["stored"] == {"new": 0, "changed": 0, "same": 2, "removed": 1}
    removal = Removal.objects.get()
    assert (removal.what, removal.number, removal.reason, removal.by, removal.batch) == (
        "case", TWO, REASON, clerk, batch,
    )  # fmt: skip
    assert removal.facts["handlers"] == "孔望平"
    assert (removal.facts["closed_on"], removal.facts["serial"]) == ("2022-03-01", 2)
    assert Exclusion.objects.get().case is None  # the listed number stays listed
    line = CleaningLine.objects.get(column="(整件)")
    assert (line.before, line.after, line.by) == (TWO, "移出名单", clerk)
    event = AuditEvent.objects.get(action="remove_case")
    assert (event.actor, event.target) == ("clerk", TWO)


def test_removing_needs_a_reason_and_the_cases_by_name(frame: Frame, clerk: User) -> None:
    batch = upload(frame, clerk, case(1))

    def decide(decision: str, reason: str, serials: list[int] | None) -> int:
        return actions.decide_absences(
            batch, decision=decision, reason=reason, serials=serials, by=clerk
        )

    assert "移出原因太短" in refusal(lambda: decide("remove", "", [2]), 422)
    assert "不能一次移出全部" in refusal(lambda: decide("remove", REASON, None), 422)
    assert "请选“保留”或“移出”" in refusal(lambda: decide("", REASON, [2]), 422)
    assert "没有选中要决定的案件" in refusal(lambda: decide("keep", "", [1]), 422)
    assert decide("remove", REASON, [2]) == 1
    assert decide("keep", "", [2]) == 1  # thought better of before the confirmation
    assert decide("keep", "", None) == 1
    actions.confirm_import(batch, by=clerk)
    assert "已经导入" in refusal(lambda: decide("keep", "", [2]))


def test_a_file_compared_with_an_older_list_is_compared_again(frame: Frame, clerk: User) -> None:
    late = upload(frame, clerk, case(1), case(2), case(3, 承办人="甲"))
    load(frame, clerk, case(1), case(2, 承办人="乙"), case(3, 承办人="甲"))
    refused = refusal(lambda: actions.confirm_import(late, by=clerk))
    assert "这份文件检查以后，案件名单变过，没有导入" in refused
    actions.confirm_import(actions.recheck(late, by=clerk), by=clerk)
    told = list(late.changes.values_list("number", "before", "after"))
    assert told == [(TWO, "乙", "孔望平")]


def test_a_corrected_field_is_marked_when_a_file_takes_it_back(frame: Frame, clerk: User) -> None:
    actions.correct_case(
        Case.objects.get(serial=2), field="handlers", value="丙", reason=REASON,
        document="卷宗第3页", by=clerk,
    )  # fmt: skip
    batch = upload(frame, clerk, case(1), case(2), case(3))
    assert list(batch.changes.values_list("before", "after", "corrected")) == [
        ("丙", "孔望平", True)
    ]


def test_nothing_is_deleted_in_silence(frame: Frame, clerk: User) -> None:
    for act in (
        Case.objects.filter(serial=1).delete,
        Case.objects.all().delete,
    ):
        with pytest.raises(IntegrityError, match="不能直接删除") as told, transaction.atomic():
            act()
        cause = told.value.__cause__
        assert cause.diag.constraint_name == "removed_on_record"  # type: ignore[union-attr]
    assert Case.objects.count() == 3


def test_a_list_that_came_before_its_cases_is_joined(frame: Frame, clerk: User) -> None:
    lost = Exclusion.objects.create(
        frame=frame, number_original=FOUR, key=FOUR, code="city", reason="已被市级抽评",
        document="清单.xlsx",
    )  # fmt: skip
    load(frame, clerk, case(1), case(2), case(3), case(4))
    lost.refresh_from_db()
    assert lost.case is not None
    assert lost.case.number == FOUR
