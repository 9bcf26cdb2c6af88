"""Pages, saving and sealing, each against a bare view behind the same login."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from urllib.parse import urlencode

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from appeals.rehearsal.people import account_of
from evaluations.actions.entering import save_rows
from evaluations.models import Item, Mark, ScoreSheet
from tests.bench.measure import Row, compare, cpu, percentile, row, shown
from wanzhou_eval.models import User
from wanzhou_eval.readers import reading_as

PAGE, UPDATE = "/bench/page/", "/bench/update/"


def browser(user: User) -> Client:
    """A browser in which the account is signed in."""
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user)
    client.get(PAGE)
    return client


def opening(client: Client, address: str) -> Callable[[], None]:
    """Open a page; anything but the page is a fault of the measurement."""

    def opened() -> None:
        response = client.get(address)
        assert response.status_code == 200, address

    return opened


def queries(client: Client, address: str) -> int:
    """How many statements a page sends."""
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)


def read_pages() -> Iterator[Row]:
    """P6: home, progress, case list, certificate page / bare page."""
    bureau = browser(User.objects.get(username="bureau"))
    pages = (
        ("年度总览", "/y/2022/"),
        ("评分进度", "/y/2022/scoring/"),
        ("案件名单（50 行）", "/y/2022/cases/"),
        ("抽选记录", "/y/2022/draws/WZ-2022-S1/"),
    )
    for name, address in pages:
        pair = compare(opening(bureau, address), opening(bureau, PAGE), times=10)
        note = f"{queries(bureau, address)} 次查询（目标 ≤ 12）"
        yield row(f"P6 {name}", pair, goal=3.0, note=note)


def open_sheets() -> list[ScoreSheet]:
    """Sheets not sealed yet, in the order of the files."""
    rows = ScoreSheet.objects.filter(sealed=False, withdrawn_at=None)
    return list(rows.select_related("expert__person", "drawn_case__case").order_by("pk"))


def address(sheet: ScoreSheet) -> str:
    """The page of a sheet."""
    return f"/score/2022/{sheet.drawn_case.case.serial}/"


def score_page() -> Iterator[Row]:
    """P7: the scoring page with 28 items / bare page."""
    sheet = next(each for each in open_sheets() if each.scope == "民事")
    expert = browser(account_of(sheet.expert))
    pair = compare(opening(expert, address(sheet)), opening(expert, PAGE), times=10)
    note = f"{queries(expert, address(sheet))} 次查询"
    yield row("P7 评分页 28 项", pair, goal=3.0, note=note)
    finish(sheet, deducted=5)
    pair = compare(opening(expert, address(sheet)), opening(expert, PAGE), times=10)
    yield row("P7 评分页 28 项，逐项评过，5 项扣分", pair, goal=3.0, note=note)
    with reading_as(account_of(sheet.expert)):  # the next part begins with a blank sheet
        Mark.objects.filter(sheet=sheet).delete()


def save_one() -> Iterator[Row]:
    """P8: one item by the script / bare view + 1 UPDATE."""
    sheet = next(each for each in open_sheets() if each.scope == "民事")
    expert = browser(account_of(sheet.expert))
    item = Item.objects.filter(standard=sheet.standard_id, scope=sheet.scope, veto=False)[0]
    version = 0

    def saved() -> None:
        nonlocal version
        given = {"item": item.pk, "deduction": "0", "version": version}
        answer = expert.post(
            f"{address(sheet)}save/", urlencode(given), headers={"accept": "application/json"},
            content_type="application/x-www-form-urlencoded",
        )  # fmt: skip
        assert answer.status_code == 200, answer.content
        version = answer.json()["version"]

    def updated() -> None:
        assert expert.post(UPDATE).status_code == 200

    pair = compare(saved, updated, times=20)
    with CaptureQueriesContext(connection) as captured:
        saved()
    yield row("P8 保存一项", pair, goal=1.3, note=f"{len(captured)} 次查询（目标 ≤ 6）")
    slow = percentile(saved, times=200) * 1000
    yield Row("P8 保存一项 p95（单人）", f"{slow:.1f} 毫秒", "—", slow, 150, unit=" 毫秒")


def seal() -> Iterator[Row]:
    """P9: seal a finished sheet as the script does / bare view + 1 UPDATE."""
    sheets = [each for each in open_sheets() if each.scope == "民事"][1:17]
    for sheet in sheets:
        finish(sheet)
    acts = [(browser(account_of(sheet.expert)), f"{address(sheet)}seal/") for sheet in sheets]
    pair = once_each([(client, path, {"comment": ""}) for client, path in acts])
    yield row("P9 封存一份评分表", pair, goal=2.5, note=f"{len(sheets) - 1} 份的平均")


def once_each(acts: Sequence[tuple[Client, str, dict[str, str]]]) -> tuple[float, float]:
    """CPU of acts that can be done once each, and of the floor behind the same logins.

    The first is to warm up.
    """
    spent, floor = [], []
    client, path, given = acts[0]
    assert client.post(path, given).status_code == 302, path
    for client, path, given in acts[1:]:
        before = cpu()
        for _ in range(5):
            client.post(UPDATE)
        floor.append((cpu() - before) / 5)
        before = cpu()
        assert client.post(path, given).status_code == 302, path
        spent.append(cpu() - before)
    return sum(spent) / len(spent), sum(floor) / len(floor)


def finish(sheet: ScoreSheet, *, deducted: int = 0) -> None:
    """Enter 不扣分 for every item, but for the first few, which lose the most a reason takes."""
    items = Item.objects.filter(standard=sheet.standard_id, scope=sheet.scope, veto=False)
    rows = []
    for number, item in enumerate(items.prefetch_related("reasons")):
        row = {"item": item, "deduction": Decimal(0), "state": "", "reasons": (), "version": 0}
        most = max(item.reasons.all(), key=lambda reason: reason.high, default=None)
        if number < deducted and most:
            amount = min(most.high, item.full_marks)
            row |= {"deduction": amount, "reasons": (most.ordinal,)}
        rows.append(row | {"pages": "12", "note": "缺签名" if number < deducted else ""})
    save_rows(sheet, rows=rows, by=account_of(sheet.expert))


def home_p95() -> Iterator[Row]:
    """The home page as the bureau opens it: wall time of the slowest twentieth."""
    bureau = browser(User.objects.get(username="bureau"))
    slow = percentile(opening(bureau, "/y/2022/"), times=100)
    yield Row("年度总览 p95（单人）", shown(slow), "—", None, 0)
