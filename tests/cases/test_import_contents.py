"""Whatever stands in the cells: checked, stored or told, never an error of ours."""

from datetime import date
from html import escape

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.actions import confirm_import, map_columns, open_frame, upload_file
from cases.exports import annotated_workbook
from cases.models import Case, Frame
from cases.readings import read_for_marking, told_of
from tests.pace import examples
from tests.workbook_samples import HEADER, case
from wanzhou_eval.clock import database_now
from wanzhou_eval.errors import RefusedError

pytestmark = pytest.mark.django_db
LABELS = (*HEADER, "受援人", "诉讼阶段", "案由", "办案补贴", "备注")
ODD = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from("\x01\x08\x1b\x7f\u200b\u202e\ufdfa\ufeff㍿㈱𠮷〔〕（）、/=+@-'\""),
    ),
    max_size=130,
)
CELL = st.one_of(ODD, st.sampled_from(["", "=1+1", "2022-02-30", "9" * 30, "1e400", "合计", "无"]))


def page(rows: list[list[str]]) -> bytes:
    """As the provincial system exports it: a table in HTML."""
    lines = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    return f"<table>{lines}</table>".encode()


def opened() -> Frame:
    return open_frame(
        year=2022, window_from=date(2022, 1, 1), window_to=date(2022, 7, 31), rehearsal=False
    )


def run(frame: Frame, data: bytes) -> bool:
    """The whole way of a file; whether its cases went in."""
    try:
        batch = upload_file(frame, content="ledger", data=data, file_name="a.xls", by=None)
    except RefusedError as error:
        if error.status != 422:
            raise
        return False
    findings, columns = read_for_marking(batch, today=database_now().date())
    assert annotated_workbook(data, findings, columns=columns)[:2] == b"PK"
    told = told_of(batch)
    if told:
        batch = map_columns(batch, mapping=told, by=None)
    if batch.summary["errors"]:
        return False
    confirm_import(batch, by=None)
    assert frame.cases.count() == batch.summary["accepted"]
    return True


@settings(max_examples=examples(25, thorough=150))
@given(
    st.lists(st.dictionaries(st.sampled_from(LABELS), CELL, max_size=3), min_size=1, max_size=4),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
)
def test_any_cell_and_any_header_is_read_stored_or_told(
    changes: list[dict[str, str]], header: str
) -> None:
    rows = [[*LABELS, header]]
    for serial, changed in enumerate(changes, start=1):
        sound = dict(zip(LABELS, (*map(str, case(serial)), *[""] * 5), strict=True))
        rows.append([*(changed.get(label, sound[label]) for label in LABELS), header])
    with transaction.atomic():
        run(opened(), page(rows))
        transaction.set_rollback(True)
    assert not Case.objects.exists()


def test_a_sound_file_goes_the_whole_way() -> None:
    assert run(opened(), page([list(HEADER), [str(cell) for cell in case(1)]]))
