"""P9: confirming, agreeing and ruling, each against a bare view + 1 UPDATE."""

from collections.abc import Iterator, Sequence

from django.test import Client

from appeals.rehearsal.people import account_of
from evaluations.actions.deliberation import answer_proposal, propose_grade
from evaluations.actions.marking import seal_sheet
from evaluations.models import Proposal, ScoreSheet
from tests.bench.measure import Row, row
from tests.bench.pages import browser, finish, once_each, open_sheets

EACH, LEAST = 9, 3
PAIR = Sequence[ScoreSheet]


def settle() -> Iterator[Row]:
    """As many cases of each kind as are not begun yet; the leader's sheet comes first."""
    pairs = civil_pairs()
    each = min(EACH, len(pairs) // 3)
    assert each >= LEAST, "too few cases left: measure `settle` alone"
    agreeing, agreed, ruled = (pairs[start : start + each] for start in (0, each, 2 * each))
    for pair in agreeing:
        seal_both(pair, lost=0)
    yield measured("P9 确认一致", [(pair, 0, "confirm", {}) for pair in agreeing])
    for pair in agreed:
        propose(pair)
    given = {"answer": "agree"}
    yield measured("P9 同意对方意见", [(pair, 1, "answer", given) for pair in agreed])
    for pair in ruled:
        refused = propose(pair)
        answer_proposal(refused, agree=False, reason="不同意", by=account_of(pair[1].expert))
    given = {"rule-grade": "优良", "rule-reason": "以首页为准"}
    yield measured("P9 组长意见", [(pair, 0, "rule", given) for pair in ruled])


def measured(name: str, acts: Sequence[tuple[PAIR, int, str, dict[str, str]]]) -> Row:
    """The acts as their experts send them."""
    ready: list[tuple[Client, str, dict[str, str]]] = []
    for pair, who, act, given in acts:
        path = f"/settle/2022/{pair[0].drawn_case.case.serial}/{act}/"
        ready.append((browser(account_of(pair[who].expert)), path, given))
    return row(name, once_each(ready), goal=2.5, note=f"{len(ready) - 1} 件的平均")


def civil_pairs() -> list[list[ScoreSheet]]:
    """Cases of which no sheet is begun, the leader's first."""
    found: dict[int, list[ScoreSheet]] = {}
    for sheet in open_sheets():
        if sheet.scope == "民事" and not sheet.begun:
            found.setdefault(sheet.drawn_case_id, []).append(sheet)
    pairs = [sorted(pair, key=lambda sheet: not sheet.leads) for pair in found.values()]
    return [pair for pair in pairs if len(pair) == 2]


def seal_both(pair: PAIR, *, lost: int) -> None:
    """Both finish and seal; the member takes off marks for so many items."""
    for sheet, deducted in zip(pair, (0, lost), strict=True):
        finish(sheet, deducted=deducted)
        seal_sheet(sheet, by=account_of(sheet.expert))


def propose(pair: PAIR) -> Proposal:
    """The leader proposes where the two grades differ."""
    seal_both(pair, lost=40)
    return propose_grade(
        pair[0].drawn_case, grade="优良", reason="以首页为准", by=account_of(pair[0].expert)
    )
