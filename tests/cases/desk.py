"""A frame with a clerk and a bureau account, and the acts that tests of decisions repeat."""

from collections.abc import Callable
from datetime import date

import pytest

from cases import actions
from cases.models import Frame, ImportBatch
from tests.people import make_user
from tests.workbook_samples import HEADER, xlsx
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent, Role, User

REASON = "登记簿核对后确认"


def new_frame(year: int = 2022) -> Frame:
    return actions.open_frame(
        year=year, window_from=date(year, 1, 1), window_to=date(year, 7, 31), rehearsal=False
    )


def staff() -> tuple[User, User]:
    """中心 who imports and 科室 who declares."""
    return make_user(Role.CLERK), make_user(Role.BUREAU)


def upload(frame: Frame, by: User, *rows: list[object]) -> ImportBatch:
    return actions.upload_file(
        frame, content="ledger", data=xlsx([HEADER, *rows]), file_name="台账.xlsx", by=by
    )


def load(frame: Frame, by: User, *rows: list[object]) -> ImportBatch:
    return actions.confirm_import(upload(frame, by, *rows), by=by)


def refusal(act: Callable[[], object], status: int = 409) -> str:
    """The sentence; nothing is logged by a refused act."""
    before = AuditEvent.objects.count()
    with pytest.raises(RefusedError) as told:
        act()
    assert told.value.status == status, told.value.sentence
    assert AuditEvent.objects.count() == before
    return told.value.sentence
