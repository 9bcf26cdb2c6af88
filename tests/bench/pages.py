"""P6: the pages of the office against the bare page, with their number of queries."""

from collections.abc import Iterator

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from appeals.rehearsal.year import Rehearsal
from tests.bench.bare import ask, bare_client, signed_in
from tests.bench.measure import Meter, Row

ROUNDS = 15


def rows(meter: Meter, year: Rehearsal) -> Iterator[Row]:
    """总览, 进度, 案件, 抽选记录 at stage 评分中 with 761 cases and 152 sheets."""
    user = year.people["bureau"]
    client, bare = signed_in(user), bare_client(user)
    place = f"/y/{year.plan.year}/"
    drawn = year.plan.draws.filter(kind="sample", voided_at=None).get()
    for title, address in (
        ("年度总览", place),
        ("评分进度", f"{place}scoring/"),
        ("案件列表，50 行", f"{place}cases/"),
        ("抽选记录", f"{place}draws/{drawn.code}/"),
    ):
        yield page_row(meter, "P6", title, client=client, bare=bare, address=address)
    late = meter.p95(lambda: ask(client, place), times=200)
    yield Row("P6", "年度总览 p95（墙钟，连续 200 次）", late)


def page_row(
    meter: Meter, key: str, title: str, *, client: Client, bare: Client, address: str
) -> Row:
    """One page against the bare page, both signed in."""
    ask(client, address)
    with CaptureQueriesContext(connection) as queries:
        ask(client, address)
    told = f"{len(queries)} 次查询"
    figure, least = meter.compare(
        lambda: ask(client, address), lambda: ask(bare, "/page/"), rounds=ROUNDS
    )
    return Row(key, title, figure, least, 3.0, told)
