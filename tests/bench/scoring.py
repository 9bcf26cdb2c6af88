"""P7 to P9: the expert's sheet, one saved row, the seal."""

from collections.abc import Iterator
from statistics import median
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from appeals.rehearsal.marking import first_sheets, plain_row
from appeals.rehearsal.year import Rehearsal
from evaluations.actions.sheets import save_rows
from evaluations.models import Item, ScoreSheet
from tests.bench.bare import bare_client, bare_save, signed_in
from tests.bench.measure import Meter, Row
from tests.bench.pages import page_row

ROUNDS = 20


class Saver:
    """A window of an expert that saves one row again and again, as the script does."""

    def __init__(self, client: Client, sheet: ScoreSheet, address: str) -> None:
        self.client, self.address = client, address
        item = items_of(sheet)[0]
        self.data: dict[str, Any] = {"item": item.pk, "deduction": "0", "version": 0}

    def save(self) -> None:
        """POST the row with the version of the last answer."""
        accept = {"accept": "application/json"}
        answer = self.client.post(f"{self.address}save/", self.data, headers=accept)
        assert answer.status_code == 200, answer.content.decode()
        self.data["version"] = answer.json()["version"]


def items_of(sheet: ScoreSheet) -> list[Item]:
    """What the expert scores on this sheet."""
    return list(
        Item.objects.filter(standard=sheet.standard_id, scope=sheet.scope, veto=False).order_by(
            "ordinal"
        )
    )


def address_of(year: Rehearsal, sheet: ScoreSheet) -> str:
    """The page of a sheet of the first round."""
    return f"/score/{year.plan.year}/{sheet.drawn_case.case.serial}/"


def rows(meter: Meter, year: Rehearsal) -> Iterator[Row]:
    """评分页, 保存一项, 封存."""
    sheets = [sheet for sheet in first_sheets(year) if not sheet.sealed_at]
    sheet = sheets.pop()
    user = year.experts[sheet.expert_id]
    client, bare = signed_in(user), bare_client(user)
    address = address_of(year, sheet)
    title = f"评分页，{len(items_of(sheet))} 项"
    yield page_row(meter, "P7", title, client=client, bare=bare, address=address)
    saver = Saver(client, sheet, address)
    saver.save()
    with CaptureQueriesContext(connection) as queries:
        saver.save()
    told = f"{len(queries)} 条语句"
    figure, least = meter.compare(saver.save, lambda: bare_save(bare), rounds=ROUNDS)
    yield Row("P8", "保存一项", figure, least, 1.3, told)
    yield Row("P8", "保存一项 p95（墙钟，连续 200 次）", meter.p95(saver.save, times=200), goal=150)
    yield sealing(meter, year, sheets[-13:], bare=bare)


def sealing(meter: Meter, year: Rehearsal, sheets: list[ScoreSheet], *, bare: Client) -> Row:
    """Each sheet is sealed once, after all its rows were entered; the first run warms up."""
    pairs = []
    for sheet in sheets:
        user = year.experts[sheet.expert_id]
        save_rows(sheet, rows=[plain_row(item) for item in items_of(sheet)], by=user)
        client, address = signed_in(user), f"{address_of(year, sheet)}seal/"
        sealed = meter.once(lambda c=client, a=address: c.post(a))[0]  # type: ignore[misc]
        pairs.append((sealed, meter.once(lambda: bare_save(bare))[0]))
    done = ScoreSheet.objects.filter(pk__in=[s.pk for s in sheets], sealed_at__isnull=False)
    assert done.count() == len(sheets)
    figure, least = (median(column) for column in zip(*pairs[1:], strict=True))
    return Row("P9", "封存评分表", figure, least, 2.5)
