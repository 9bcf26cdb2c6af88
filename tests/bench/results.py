"""P10: the report of a year, and the publication, at 76, 20,000 and 200,000 results."""

from collections.abc import Callable, Iterator
from functools import partial

from django.db import connection, transaction
from django.test import Client

from evaluations.actions.results import publish_results
from evaluations.models import Approval, Plan
from evaluations.queries.tallies import PAIRS, TALLY
from tests.bench.floors import copy_lines
from tests.bench.measure import Row, compare, row, shown
from tests.bench.pages import PAGE, browser, opening, queries
from tests.bench.years import make_year
from wanzhou_eval.models import User

REPORTS = ((2051, 76), (2052, 20_000), (2053, 200_000))
LISTS = ((2061, 200), (2062, 20_000), (2063, 200_000))


def aggregated(client: Client, plan: Plan) -> Callable[[], None]:
    """The floor: a bare page behind the login, and the year added up from its covering index."""

    def opened() -> None:
        assert client.get(PAGE).status_code == 200
        with connection.cursor() as cursor:
            for statement in (TALLY, PAIRS):
                statement.run(cursor, plan.pk)
                assert cursor.fetchall()

    return opened


def report() -> Iterator[Row]:
    """P10 at every size; the last line opens the smallest year while the others are there."""
    leader = browser(User.objects.get(username="leader"))
    for year, count in REPORTS:
        plan = Plan.objects.get(pk=make_year(year, count))
        address = f"/y/{year}/reports/"
        times = 10 if count < 100_000 else 3
        pair = compare(opening(leader, address), aggregated(leader, plan), times=times)
        note = f"{queries(leader, address)} 次查询"
        yield row(f"P10 分析报告 {count:,} 件", pair, goal=3.0, note=note)
    first = REPORTS[0][0]
    pair = compare(opening(leader, f"/y/{first}/reports/"), opening(leader, PAGE), times=10)
    yield row("P10 76 件的报告，旁边有 220,000 件的年度 ÷ 空页", pair, goal=3.0)


def publish() -> Iterator[Row]:
    """The page of the list, and the act of publishing (undone), at every size."""
    bureau = User.objects.get(username="bureau")
    client = browser(bureau)
    for year, count in LISTS:
        plan = Plan.objects.get(pk=make_year(year, count))
        approve(plan, by=bureau)
        large = count > 10_000
        address = f"/y/{year}/publish/"
        pair = compare(
            opening(client, address), opening(client, PAGE), times=1 if large else 5,
            rounds=1 if large else 5, floor_times=10,
        )  # fmt: skip
        yield shown_only(f"公布稿页 {count:,} 件", pair, f"{queries(client, address)} 次查询")
        pair = compare(
            partial(publish_once, plan, bureau), partial(copy_lines, count),
            times=1, rounds=1 if large else 5,
        )  # fmt: skip
        yield shown_only(f"公布 {count:,} 件（检查、快照、审计）", pair, "底线：同样的行 COPY")


def shown_only(name: str, pair: tuple[float, float], note: str) -> Row:
    """A line without a goal: figure, floor and, in the note, their ratio."""
    figure, floor = pair
    told = f"{figure / floor:.1f} 倍；{note}"
    return Row(name, shown(figure), shown(floor), None, 0, note=told)


def approve(plan: Plan, *, by: User) -> None:
    """The leader's consent, so that the list may be published."""
    leader = User.objects.get(username="leader")
    assert plan.ended_at is not None
    Approval.objects.create(
        plan=plan, submitted_by=by, submitted_at=plan.ended_at, decision="approved",
        decided_by=leader, decided_at=plan.ended_at,
    )  # fmt: skip


def publish_once(plan: Plan, by: User) -> None:
    """公布, undone at the end."""
    with transaction.atomic():
        publish_results(plan, site="试验网站", evidence="试验", by=by)
        transaction.set_rollback(True)
