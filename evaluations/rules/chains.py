"""The chain of a year's draws: nothing dropped, nothing drawn twice, lists that fit (2.1, 2.7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from evaluations.rules.canonical import NONE
from evaluations.rules.certificates import Outcome
from evaluations.rules.events import replay_experts, replay_sample
from evaluations.rules.freeze_experts import ExpertsFreeze
from evaluations.rules.freeze_match import MatchFreeze
from evaluations.rules.freeze_sample import SampleFreeze
from evaluations.rules.panels import ExpertsResult
from evaluations.rules.sampling import SampleResult, standing_cases
from evaluations.rules.verification import DifferenceFoundError, Verdict, verify
from evaluations.verifiers.verify_rows import Copies


def no_copies(_draw: str) -> Copies:
    """Return nothing: no sealed list but those in the certificates."""
    return ()


Link = tuple[Mapping[str, Any], Outcome]


def verify_chain(
    certificates: Sequence[Mapping[str, Any]],
    printed: Mapping[str, str] | None = None,
    copies: Callable[[str], Copies] = no_copies,
) -> Verdict:
    """Verify each certificate and what binds them; `printed` is sheet A's hash by draw code.

    `copies` gives texts that may be the sealed list of a draw, as for `verify`.
    """
    sheets = printed or {}
    links: list[Link] = []
    for certificate in certificates:
        draw = str(certificate.get("draw"))
        verdict = verify(certificate, sheets.get(draw), copies(draw))
        if verdict.outcome is None:
            return Verdict(False, f"{draw}：{verdict.sentence}", f"{draw}:{verdict.place}")
        links.append((certificate, verdict.outcome))
    try:
        check_once(links)
        for above, below in check_links(links):
            check_sequence(above, below)
        for link in links:
            check_sources(link, links)
    except DifferenceFoundError as found:
        return Verdict(False, str(found), found.place)
    complete = all(link[1].frozen.head.draw in sheets for link in links)
    missing = "" if complete else "部分抽选未输入指纹单（表A）上的名单指纹，请补核。"
    return Verdict(True, f"一致：{len(links)}次抽选前后相连。{missing}", "", complete)


def check_once(links: Sequence[Link]) -> None:
    """Check that draw codes, rolled digits and lists are used once."""
    for name, values in (
        ("抽选编号", [outcome.frozen.head.draw for _, outcome in links]),
        ("种子", [outcome.seed.partition("+")[0] for _, outcome in links]),
    ):
        for value in values:
            if values.count(value) > 1:
                raise DifferenceFoundError(
                    "chain", f"{name}“{value}”用了两次，一次抽选只能用一次。"
                )


def check_links(links: Sequence[Link]) -> list[tuple[Link, Link]]:
    """Return neighbours in the chain; every draw but the first names the one before."""
    by_result = {outcome.result_hash: (cert, outcome) for cert, outcome in links}
    pairs, named = [], set[str]()
    for link in links:
        head = link[1].frozen.head
        if head.prev in named:
            raise DifferenceFoundError(
                "chain", f"{head.draw}所接的上一次抽选，另有一次抽选也接着它，记录有分叉。"
            )
        named.add(head.prev)
        if head.prev == NONE:
            continue
        if head.prev not in by_result:
            raise DifferenceFoundError(
                "chain", f"缺少{head.draw}之前的一次抽选（结果指纹{head.prev[:12]}…）的证书。"
            )
        pairs.append((by_result[head.prev], link))
    if links and NONE not in named:
        raise DifferenceFoundError("chain", "缺少年度第一次抽选的证书。")
    return pairs


def at(link: Link, field: str) -> datetime:
    """Return a time of a verified certificate."""
    return datetime.fromisoformat(link[0][field])


def check_sequence(above: Link, below: Link) -> None:
    """Check that a list was sealed after the draw it names was held."""
    if at(below, "frozen_at") < at(above, "seed_entered_at"):
        raise DifferenceFoundError(
            "chain",
            f"{below[1].frozen.head.draw}的名单封存早于上一次抽选"
            f"{above[1].frozen.head.draw}的种子录入。",
        )


def check_sources(link: Link, links: Sequence[Link]) -> None:
    """Check that a matching used the cases and groups that were drawn."""
    frozen = link[1].frozen
    if not isinstance(frozen, MatchFreeze):
        return
    for field, kind in (("sample", SampleFreeze), ("experts", ExpertsFreeze)):
        wanted = getattr(frozen, field)
        if wanted == NONE:
            continue
        found = [
            other
            for other in links
            if other[1].result_hash == wanted and isinstance(other[1].frozen, kind)
        ]
        if not found:
            raise DifferenceFoundError(
                "chain", f"{frozen.head.draw}所依据的抽选（{field}={wanted[:12]}…）不在证书里。"
            )
        (check_cases if field == "sample" else check_groups)(link, frozen, found[0])


def earlier_events(source: Link, link: Link) -> list[Mapping[str, Any]]:
    """Return the replacements recorded before the matching list was sealed."""
    frozen_at = at(link, "frozen_at")
    events: list[Mapping[str, Any]] = source[0]["events"]
    return [event for event in events if datetime.fromisoformat(event["at"]) <= frozen_at]


def check_cases(link: Link, frozen: MatchFreeze, source: Link) -> None:
    """Check that the cases to match are those drawn, after replacements, with their types."""
    result, sample = source[1].result, source[1].frozen
    assert isinstance(result, SampleResult) and isinstance(sample, SampleFreeze)  # noqa: PT018
    replaced = replay_sample(result, earlier_events(source, link))
    drawn = set(standing_cases(result, replaced=replaced))
    matched = {case.case_no for case in frozen.cases if case.role == "S"}
    if drawn != matched:
        one = min(drawn ^ matched)
        where = "抽中却没有列入匹配" if one in drawn else "没有抽中却列入匹配"
        raise DifferenceFoundError("chain", f"{frozen.head.draw}：案件“{one}”{where}。")
    types = {case.case_no: case.type for case in sample.cases}
    for case in frozen.cases:
        if types.get(case.case_no) != case.type:
            raise DifferenceFoundError(
                "chain", f"{frozen.head.draw}：案件“{case.case_no}”的类型与抽选名单不同。"
            )


def check_groups(link: Link, frozen: MatchFreeze, source: Link) -> None:
    """Check that the groups to match are those drawn, after withdrawals."""
    result, pool = source[1].result, source[1].frozen
    assert isinstance(result, ExpertsResult) and isinstance(pool, ExpertsFreeze)  # noqa: PT018
    drawn = replay_experts(pool, result, earlier_events(source, link))
    expected = {tuple(map(str, group)) for group in drawn}
    matched = {tuple(group) for group in frozen.groups}
    if expected != matched:
        one = min(expected ^ matched)
        raise DifferenceFoundError(
            "chain", f"{frozen.head.draw}：小组“{one[0]}”的成员与抽选专家的结果不同。"
        )
