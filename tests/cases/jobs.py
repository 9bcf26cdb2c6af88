"""Large imports in the background: files, pages, how to hold them up and to wait for them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any

from django.db import connection, transaction
from django.test import Client

from cases import actions
from cases.models import Case, CleaningLine, Frame, ImportBatch
from tests.workbook_samples import HEADER, case, xlsx
from wanzhou_eval.models import Firm, Person, User

MANY, FEW = actions.BACKGROUND_FROM, 300
ALL = (FEW, 2 * FEW, 1, 1)
NOTHING = (0, 0, 0, 0)
FRAMES = "SELECT id FROM cases_frame FOR UPDATE"


def ledger(count: int) -> bytes:
    """Cases whose numbers need cleaning."""
    row = {"指派日期": None, "结案日期": "2022-03-01", "归档日期": None}
    return xlsx(
        [HEADER, *(case(n, 案号=f" 渝万援民〔2022〕{n}号", **row) for n in range(1, count + 1))]
    )


def uploaded(count: int, clerk: User) -> ImportBatch:
    frame = Frame.objects.create(year=2022, window_from="2022-01-01", window_to="2022-12-31")
    return actions.upload_file(
        frame, content="ledger", data=ledger(count), file_name="台账.xlsx", by=clerk
    )


def browser_of(user: User) -> Client:
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user)
    return client


def page(batch: ImportBatch) -> str:
    return f"/y/2022/cases/import/{batch.pk}/"


def written() -> tuple[int, int, int, int]:
    return tuple(  # type: ignore[return-value]  # four counts
        model.objects.count() for model in (Case, CleaningLine, Firm, Person)
    )


def wait_for(ready: Callable[[], Any], *, seconds: int = 60) -> Any:
    end = monotonic() + seconds
    while not (found := ready()):
        assert monotonic() < end, "not in time"
        sleep(0.05)
    return found


@contextmanager
def holding(lock: str) -> Iterator[None]:
    """Something that the import has to wait for."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(lock)
        yield
