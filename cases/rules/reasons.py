"""Reason codes: why a case is left out of the draw (article 4), why a row is not imported."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

EXCLUSION_REASONS: Mapping[str, str] = {
    "ministry": "已被部级抽评",
    "city": "已被市级抽评",
    "closed": "终止法律援助",
    "unreachable": "卷宗无法调取",
    "other": "其他",
}
"""原因代码 of the sealed list (`ex:code`) and what they mean."""
SHORTEST_REASON = 5
"""Characters of a sentence that says something; fewer are no reason."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A reason for not importing a row, and the findings of the check that allow it."""

    code: str
    label: str
    findings: frozenset[str]


REJECTIONS: Mapping[str, Rejection] = {
    each.code: each
    for each in (
        Rejection("duplicate", "与另一行是同一案件", frozenset({"duplicate", "look_alike"})),
        Rejection("outside", "不在抽样时段", frozenset({"outside_window", "future_date"})),
        Rejection(
            "elsewhere", "已计入其他年度", frozenset({"known_elsewhere", "near_known"})
        ),
        Rejection(
            "unreadable",
            "内容无法辨认",
            frozenset({
                "bad_number", "lost_digits", "bad_date", "bad_handlers", "error_value", "missing",
                "unknown_kind", "too_long", "closed_before_assigned", "future_date",
                "formula_without_value", "bad_amount",
            }),
        ),
        Rejection("district", "不属于本区", frozenset({"unknown_kind", "missing", "unknown_firm"})),
    )
}  # fmt: skip
"""A row without such a finding is a case: it cannot be left out at the import."""


def allowed_rejections(findings: Iterable[str]) -> list[Rejection]:
    """The reasons that the findings of a row allow, in their order."""
    found = frozenset(findings)
    return [each for each in REJECTIONS.values() if each.findings & found]


def is_reason(text: str) -> bool:
    """Whether a sentence says something."""
    return len("".join(text.split())) >= SHORTEST_REASON
