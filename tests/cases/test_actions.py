"""The ledger of 2022 in the database, equal to its truth; what imports refuse."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from cases import actions
from cases.models import Case, CleaningLine, Exclusion, Frame, ImportBatch
from tests.people import make_user
from tests.workbook_samples import EXCLUSIONS, HEADER, LEDGER, case, xlsx
from wanzhou_eval.clock import database_now
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent, Firm, Person, Role, User

pytestmark = pytest.mark.django_db
TRUTH = json.loads((Path(__file__).parents[1] / "fixtures" / "truth.json").read_text("utf-8"))
KINDS = {"criminal": "刑事", "civil": "民事", "admin": "行政"}


def ledger(rows: list[list[object]]) -> bytes:
    """A small ledger with its header."""
    return xlsx([HEADER, *rows])


@pytest.fixture
def frame() -> Frame:
    return actions.open_frame(
        year=2022, window_from=date(2022, 1, 1), window_to=date(2022, 7, 31), rehearsal=False
    )


@pytest.fixture
def clerk() -> User:
    return make_user(Role.CLERK)


def upload(frame: Frame, by: User, data: bytes, content: str = "ledger") -> ImportBatch:
    return actions.upload_file(frame, content=content, data=data, file_name="台账.xlsx", by=by)


def load(frame: Frame, by: User, data: bytes, content: str = "ledger") -> ImportBatch:
    return actions.confirm_import(upload(frame, by, data, content), by=by)


def stored() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Case, Exclusion, Firm, Person, CleaningLine))


def assert_refused(act: Callable[[], object], sentence: str, status: int = 409) -> None:
    before = stored(), AuditEvent.objects.count()
    with pytest.raises(RefusedError) as told:
        act()
    assert sentence in told.value.sentence
    assert told.value.status == status
    assert (stored(), AuditEvent.objects.count()) == before


def test_the_cases_in_the_database_equal_the_truth(frame: Frame, clerk: User) -> None:
    batch = load(frame, clerk, LEDGER.read_bytes())
    truth = TRUTH["台账"]
    rows = [
        {
            "row": each.row,
            "案号": each.number,
            "类型": KINDS[each.kind],
            "阶段": each.stage,
            "指派": str(each.assigned_on or ""),
            "结案": str(each.closed_on),
            "归档": str(each.filed_on or ""),
            "机构": each.firm.name,
            "承办人": [handler.person.name for handler in each.handlers.all()],
            "受援人数": each.recipients_count,
        }
        for each in Case.objects.select_related("firm").prefetch_related("handlers__person")
    ]
    wanted = [{key: value or "" for key, value in told.items()} for told in truth["案件"]]
    assert rows == sorted(wanted, key=lambda told: told["row"])
    assert list(Case.objects.values_list("serial", flat=True)) == list(range(1, 762))
    assert Counter(f"{each.closed_on:%Y-%m}" for each in Case.objects.all()) == truth["按月"]
    assert Firm.objects.count() == truth["承办机构数"]
    assert len(set(Person.objects.values_list("name", flat=True))) == truth["承办人姓名数"]
    assert batch.summary["stored"] == {"new": 761, "changed": 0, "same": 0}
    event = AuditEvent.objects.get(action="confirm_import")
    assert (event.actor, event.detail["new"], event.detail["sha256"]) == (
        "clerk",
        761,
        batch.sha256,
    )


def test_nothing_is_written_before_the_confirmation(frame: Frame, clerk: User) -> None:
    batch = upload(frame, clerk, LEDGER.read_bytes())
    assert stored() == (0, 0, 0, 0, 0)
    assert (batch.summary["rows"], batch.summary["accepted"], batch.summary["errors"]) == (
        761,
        761,
        0,
    )
    assert batch.summary["compared"] == {"new": 761, "changed": 0, "same": 0, "missing": 0}
    assert batch.summary["declared_total"] == 761


def test_the_exclusions_mark_eight_of_nine(frame: Frame, clerk: User) -> None:
    load(frame, clerk, LEDGER.read_bytes())
    batch = load(frame, clerk, EXCLUSIONS.read_bytes(), "exclusions")
    assert batch.summary["stored"] == {"new": 9, "matched": 8, "unmatched": 1}
    assert sorted(Exclusion.objects.values_list("key", flat=True)) == sorted(
        TRUTH["已抽评清单"]["案号"]
    )
    assert Case.objects.not_taken_above().count() == 753
    lost = Exclusion.objects.get(case__isnull=True)
    assert not Case.objects.filter(key=lost.key).exists()
    assert {each.case.key == each.key for each in Exclusion.objects.exclude(case=None) if each.case}


def test_a_second_confirmation_is_refused(frame: Frame, clerk: User) -> None:
    batch = load(frame, clerk, ledger([case(1)]))
    assert_refused(lambda: actions.confirm_import(batch, by=clerk), "已经导入，没有重复导入")
    assert_refused(lambda: actions.discard_import(batch, by=clerk), "已经导入")


def test_a_discarded_upload_is_not_confirmed(frame: Frame, clerk: User) -> None:
    batch = upload(frame, clerk, ledger([case(1)]))
    actions.discard_import(batch, by=clerk)
    assert_refused(lambda: actions.confirm_import(batch, by=clerk), "已经放弃，没有导入")


def test_an_error_anywhere_keeps_everything_out(frame: Frame, clerk: User) -> None:
    batch = upload(frame, clerk, ledger([case(1), case(2, 结案日期="2023-13-45"), case(3)]))
    assert batch.summary["errors"] == 1
    assert_refused(
        lambda: actions.confirm_import(batch, by=clerk), "还有1处错误，没有导入任何案件", 422
    )


def test_the_same_file_again_changes_nothing_and_a_better_one_updates(
    frame: Frame, clerk: User
) -> None:
    load(frame, clerk, ledger([case(1), case(2)]))
    again = load(frame, clerk, ledger([case(1), case(2)]))
    assert again.summary["stored"] == {"new": 0, "changed": 0, "same": 2}
    better = load(frame, clerk, ledger([case(1, 承办人="另一人"), case(2), case(3)]))
    assert better.summary["stored"] == {"new": 1, "changed": 1, "same": 1}
    first = Case.objects.get(serial=1)
    assert [handler.person.name for handler in first.handlers.all()] == ["另一人"]


@pytest.mark.parametrize("role", [Role.LEADER, Role.AUDITOR, Role.EXPERT, Role.HANDLER])
def test_other_roles_import_nothing(frame: Frame, clerk: User, role: Role) -> None:
    batch = upload(frame, clerk, ledger([case(1)]))
    other = make_user(role)
    data = ledger([case(2)])
    assert_refused(lambda: upload(frame, other, data), "只有中心和科室可以导入案件", 403)
    assert_refused(lambda: actions.confirm_import(batch, by=other), "只有中心和科室", 403)
    assert_refused(lambda: actions.discard_import(batch, by=other), "只有中心和科室", 403)
    assert_refused(
        lambda: actions.declare_total(frame, total=1, by=other), "申报件数由科室或中心录入", 403
    )


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 nothing", b"PK\x03\x04 broken", b"\x00" * 64])
def test_a_file_that_is_no_workbook_is_a_sentence(frame: Frame, clerk: User, data: bytes) -> None:
    with pytest.raises(RefusedError) as told:
        upload(frame, clerk, data)
    assert told.value.status == 422
    assert not ImportBatch.objects.exists()


def test_the_total_is_declared_by_a_second_person(frame: Frame, clerk: User) -> None:
    load(frame, clerk, ledger([case(1)]))
    assert_refused(
        lambda: actions.declare_total(frame, total=1, by=clerk), "导入台账的人不能自己录入申报件数"
    )
    bureau = make_user(Role.BUREAU)
    assert_refused(lambda: actions.declare_total(frame, total=0, by=bureau), "申报件数至少为1", 422)
    actions.declare_total(frame, total=1, by=bureau)
    frame.refresh_from_db()
    assert (frame.declared_total, frame.declared_by) == (1, bureau)


def test_one_case_is_left_out_once_with_its_document(frame: Frame, clerk: User) -> None:
    load(frame, clerk, ledger([case(1), case(2)]))
    first = Case.objects.get(serial=1)
    values: dict[str, Any] = {
        "code": "city",
        "reason": "",
        "document": "渝司援〔2022〕3号",
        "by": clerk,
    }
    exclusion = actions.exclude_case(first, **values)
    assert (exclusion.reason, exclusion.document) == ("已被市级抽评", "渝司援〔2022〕3号")
    assert Case.objects.not_taken_above().get().serial == 2
    assert_refused(lambda: actions.exclude_case(first, **values), "已经剔除，不用再办")
    second = Case.objects.get(serial=2)
    unknown = {**values, "code": "luck"}
    assert_refused(lambda: actions.exclude_case(second, **unknown), "请从列表中选剔除原因", 422)


@pytest.fixture
def sealed(frame: Frame, clerk: User) -> Frame:
    load(frame, clerk, ledger([case(1), case(2)]))
    upload(frame, clerk, ledger([case(3)]))
    actions.declare_total(frame, total=2, by=make_user(Role.BUREAU, "declarer"))
    return actions.close_frame(frame, at=database_now())


def test_the_actions_refuse_a_sealed_frame(sealed: Frame, clerk: User) -> None:
    data = ledger([case(4)])
    waiting = ImportBatch.objects.get(confirmed_at=None)
    bureau = make_user(Role.BUREAU)
    first = Case.objects.get(serial=1)
    acts: list[Callable[[], object]] = [
        lambda: upload(sealed, clerk, data),
        lambda: actions.confirm_import(waiting, by=clerk),
        lambda: actions.declare_total(sealed, total=2, by=bureau),
        lambda: actions.exclude_case(first, code="city", reason="", document="x", by=clerk),
        lambda: actions.set_window(
            sealed, window_from=date(2022, 1, 1), window_to=date(2022, 6, 30)
        ),
    ]
    for act in acts:
        assert_refused(act, "案件名单已封存，不能再导入或修改")


def changes(sealed: Frame) -> list[Callable[[], Any]]:
    first = Case.objects.select_related("firm").get(serial=1)
    batch = first.batch
    new = Case(
        frame=sealed, batch=batch, serial=9, number="x", number_original="x", key="x",
        skeleton="x", kind="civil", firm=first.firm, closed_on=date(2022, 3, 1), row=9,
    )  # fmt: skip
    handler = first.handlers.get()
    return [
        new.save,
        lambda: Case.objects.bulk_create([new]),
        lambda: Case.objects.filter(pk=first.pk).update(closed_on=date(2022, 3, 2)),
        lambda: Case.objects.filter(pk=first.pk).update(firm=first.firm, kind="criminal"),
        lambda: first.handlers.all().delete(),
        lambda: type(handler).objects.filter(pk=handler.pk).update(position=2),
        lambda: Exclusion.objects.create(
            frame=sealed, case=first, number_original="x", key="x", code="city", reason="x"
        ),
        lambda: Frame.objects.filter(pk=sealed.pk).update(declared_total=3),
        lambda: Frame.objects.filter(pk=sealed.pk).update(window_to=date(2022, 8, 31)),
    ]


@pytest.mark.parametrize("number", range(9))
def test_the_triggers_refuse_a_sealed_frame(sealed: Frame, number: int) -> None:
    before = list(Case.objects.values()), list(Frame.objects.values())
    with pytest.raises(IntegrityError, match="案件名单已封存") as told, transaction.atomic():
        changes(sealed)[number]()
    assert told.value.__cause__.diag.constraint_name == "frame_sealed"  # type: ignore[union-attr]
    assert (list(Case.objects.values()), list(Frame.objects.values())) == before


def test_sql_by_hand_is_refused_too(sealed: Frame) -> None:
    with pytest.raises(IntegrityError, match="案件名单已封存"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM cases_case")
    assert Case.objects.count() == 2


def test_the_kept_file_can_not_be_exchanged(frame: Frame, clerk: User) -> None:
    batch = upload(frame, clerk, ledger([case(1)]))
    for column, value in (("data", b"other"), ("sha256", "0" * 64), ("file_name", "other")):
        with pytest.raises(IntegrityError, match="一经记录不能修改"), transaction.atomic():
            ImportBatch.objects.filter(pk=batch.pk).update(**{column: value})
