"""导入 and the list as a workbook."""

from collections.abc import Iterator
from functools import partial

from django.db import connection, transaction

from cases.actions import import_file
from cases.models import Frame
from cases.resources import CaseResource, LedgerFormat
from tests.bench.floors import copy_ledger
from tests.bench.measure import Row, compare, row
from tests.workbook_samples import LEDGER
from wanzhou_eval.models import User


def import_once(data: bytes, count: int) -> None:
    """One pass: read, check, compare, store, audit, every constraint; undone at the end."""
    with transaction.atomic():
        frame = Frame.objects.create(
            year=2099, window_from="2022-01-01", window_to="2022-12-31", rehearsal=True
        )
        import_file(frame, content="ledger", data=data, file_name="台账.xlsx", by=None)
        connection.check_constraints()
        assert frame.cases.count() == count
        transaction.set_rollback(True)


def admin_once(data: bytes, admin: User, count: int) -> None:
    """The same through the administrator's door: preview, then confirm of the kept file."""
    with transaction.atomic():
        frame = Frame.objects.create(
            year=2099, window_from="2022-01-01", window_to="2022-12-31", rehearsal=True
        )
        given = {"frame": frame, "content": "ledger", "file_name": "台账.xlsx", "user": admin}
        dataset = LedgerFormat().create_dataset(data)
        previewed = CaseResource().import_data(dataset, dry_run=True, **given)
        CaseResource().import_data(None, batch=previewed.batch, user=admin)
        connection.check_constraints()
        assert frame.cases.count() == count
        transaction.set_rollback(True)


def import_ledger() -> Iterator[Row]:
    """P1: one import / calamine + COPY; P2: the administrator's preview and confirm / P1."""
    data, count = LEDGER.read_bytes(), 761
    once = partial(import_once, data, count)
    pair = compare(once, partial(copy_ledger, data), rounds=7, times=2, floor_times=5)
    yield row("P1 导入 761 行", pair, goal=2.0, note="读一遍：核对、台账、审计、全部约束")
    admin = User.objects.get(username="admin")
    pair = compare(partial(admin_once, data, admin, count), once, rounds=5, times=2)
    yield row("P2 后台导入 761 行 ÷ P1", pair, goal=1.5, note="预览和确认各读一遍文件")
