"""导入 and the list as a workbook."""

from collections.abc import Iterator

from django.db import transaction

from cases.actions import confirm_import, upload_file
from cases.models import Frame
from evaluations.models import Plan
from tests.bench.floors import copy_ledger
from tests.bench.measure import Row, compare, row
from tests.workbook_samples import LEDGER
from wanzhou_eval.models import User


def import_ledger() -> Iterator[Row]:
    """P1: upload, findings, preview, confirm, audit / calamine + COPY, at 761 rows."""
    data, clerk = LEDGER.read_bytes(), User.objects.get(username="clerk")
    template = Plan.objects.get(year=2022).frame

    def imported() -> None:
        with transaction.atomic():
            frame = Frame.objects.create(
                year=2099,
                window_from=template.window_from,
                window_to=template.window_to,
                rehearsal=True,
            )
            batch = upload_file(frame, content="ledger", data=data, file_name="台账.xlsx", by=clerk)
            confirm_import(batch, by=clerk)
            assert frame.cases.count() == 761
            transaction.set_rollback(True)

    pair = compare(imported, lambda: copy_ledger(data), rounds=5, times=1, floor_times=5)
    yield row("P1 导入 761 行", pair, goal=2.0, note="上传检查和确认各读一遍文件")
