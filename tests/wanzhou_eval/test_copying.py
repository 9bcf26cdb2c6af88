"""Many rows at once: what goes in comes out, and the database judges every row."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.models import Case, CleaningLine, Frame, ImportBatch
from wanzhou_eval.copying import copy_rows, take_keys, update_rows
from wanzhou_eval.models import Firm
from wanzhou_eval.refusals import refusal_of

pytestmark = pytest.mark.django_db
LINE = ("batch", "sheet", "row", "column", "before", "after", "rule")
CASE = (
    "id", "frame", "batch", "firm", "serial", "number", "number_original", "key", "skeleton",
    "kind", "stage", "cause", "aid_method", "source", "recipient", "recipient_category",
    "recipients_count", "assigned_on", "closed_on", "filed_on", "subsidy", "regular_grade",
    "remarks", "withheld", "sheet", "row",
)  # fmt: skip


@pytest.fixture
def batch() -> ImportBatch:
    frame = Frame.objects.create(
        year=2022, window_from=date(2022, 1, 1), window_to=date(2022, 12, 31)
    )
    return ImportBatch.objects.create(
        frame=frame, content="ledger", file_name="台账.xlsx", sha256="0" * 64, data=b"x"
    )


@pytest.fixture
def firm() -> Firm:
    return Firm.objects.create(code="F1", name="重庆榆舟律师事务所", key="重庆榆舟律师事务所")


def case(batch: ImportBatch, firm: Firm, n: int, /, **changes: object) -> tuple[object, ...]:
    values: dict[str, object] = {
        "id": 900 + n, "frame": batch.frame_id, "batch": batch.pk, "firm": firm.pk,
        "serial": n, "number": f"民{n}号", "number_original": f"民{n}号",
        "key": f"民{n}号", "skeleton": f"民{n}号", "kind": "civil", "stage": "",
        "cause": "", "aid_method": "", "source": "", "recipient": "", "recipient_category": "",
        "recipients_count": 1, "assigned_on": None, "closed_on": date(2022, 3, 1),
        "filed_on": None, "subsidy": None, "regular_grade": "", "remarks": "",
        "withheld": False, "sheet": "", "row": n,
    }  # fmt: skip
    return tuple({**values, **changes}.values())


@pytest.mark.parametrize(
    "text",
    [
        "", " ", '"', 'a"b', ",", "a,b", "\t", "a\nb", "a\r\nb", "\\", "\\.", "x\n\\.\ny",
        "\\N", "NULL", "null", "'; DROP TABLE cases_case; --", "𠮷😀", "=1+1", "%s", "\x01",
    ],
)  # fmt: skip
def test_every_text_comes_out_as_it_went_in(batch: ImportBatch, text: str) -> None:
    assert copy_rows(CleaningLine, LINE, [(batch.pk, "", 1, "案号", text, "", "规则")]) == 1
    assert CleaningLine.objects.values_list("before", "after").get() == (text, "")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60))
def test_any_text_comes_out_as_it_went_in(batch: ImportBatch, text: str) -> None:
    with transaction.atomic():
        copy_rows(CleaningLine, LINE, [(batch.pk, text, 1, "案号", text, text, text)])
        assert CleaningLine.objects.values_list("sheet", "before").get() == (text, text)
        transaction.set_rollback(True)


def test_nothing_and_numbers_and_dates_keep_their_kind(batch: ImportBatch, firm: Firm) -> None:
    rows = [
        case(batch, firm, 1),
        case(batch, firm, 2, subsidy=Decimal("1E+3"), filed_on=date(2022, 3, 2), withheld=True),
    ]
    assert copy_rows(Case, CASE, rows) == 2
    names = ("subsidy", "assigned_on", "filed_on", "withheld", "cause")
    assert list(Case.objects.values_list(*names)) == [
        (None, None, None, False, ""),
        (Decimal(1000), None, date(2022, 3, 2), True, ""),
    ]


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"key": "民1号", "number": "民1号"}, "case_once_per_frame"),
        ({"number": "民1号"}, "case_number_is_key"),
        ({"skeleton": "民1号"}, "case_no_lookalike"),
        ({"serial": 1}, "case_serial_once"),
        ({"kind": "maritime"}, "case_kind_known"),
        ({"assigned_on": date(2022, 3, 2)}, "case_assigned_before_closed"),
        ({"recipients_count": -1}, "cases_case_recipients_count_check"),
    ],
)
def test_every_constraint_judges_the_copied_rows(
    batch: ImportBatch, firm: Firm, changes: dict[str, object], constraint: str
) -> None:
    rows = [case(batch, firm, 1), case(batch, firm, 2, **changes)]
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        copy_rows(Case, CASE, rows)
    assert Case.objects.count() == 0


@pytest.mark.parametrize("name", ["frame", "batch", "firm"])
def test_what_a_row_points_to_must_be_there(batch: ImportBatch, firm: Firm, name: str) -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        copy_rows(Case, CASE, [case(batch, firm, 1, **{name: 10**9})])
    cause: Any = refused.value.__cause__
    assert cause.diag.constraint_name == f"cases_case_{name}_id_refers"
    assert Case.objects.count() == 0


def test_a_sealed_frame_takes_no_copied_case(batch: ImportBatch, firm: Firm) -> None:
    Frame.objects.update(sealed_at="2022-08-05T00:00:00Z", declared_total=0)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        copy_rows(Case, CASE, [case(batch, firm, 1)])
    told = refusal_of(refused.value)
    assert told is not None
    assert told.sentence.startswith("案件名单已封存，不能增加、修改或删除。")
    assert Case.objects.count() == 0


def test_a_second_import_of_the_same_case_is_told_as_done_already(
    batch: ImportBatch, firm: Firm
) -> None:
    copy_rows(Case, CASE, [case(batch, firm, 1)])
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        copy_rows(Case, CASE, [case(batch, firm, 1)])
    told = refusal_of(refused.value)
    assert told is not None
    assert told.status == 409


def test_keys_are_taken_once_and_never_given_again(batch: ImportBatch) -> None:
    first, second = take_keys(CleaningLine, 3), take_keys(CleaningLine, 2)
    assert len({*first, *second}) == 5
    assert [first, second] == [sorted(first), sorted(second)]
    line = CleaningLine.objects.create(batch=batch, row=1, column="a", before="", after="", rule="")
    assert line.pk > max(second)
    assert take_keys(CleaningLine, 0) == []


def test_rows_are_changed_by_their_key(batch: ImportBatch, firm: Firm) -> None:
    copy_rows(Case, CASE, [case(batch, firm, 1), case(batch, firm, 2), case(batch, firm, 3)])
    update_rows(
        Case,
        ("cause", "filed_on", "subsidy"),
        [(901, 'a"b\\n', date(2022, 4, 1), Decimal("0.10")), (903, "", None, None)],
    )
    assert list(Case.objects.values_list("cause", "filed_on", "subsidy")) == [
        ('a"b\\n', date(2022, 4, 1), Decimal("0.10")),
        ("", None, None),
        ("", None, None),
    ]
