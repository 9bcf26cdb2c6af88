"""样本量: how the 10% of article 4 becomes a number of cases, in three readings (draw.md §3).

Article 4: 不少于10%（四舍五入取10倍整数，最高不超过200件、最低不少于20件）. Integers only,
one rounding, half up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class SizeReading(StrEnum):
    """The readings of the rounding clause; `CLAMP` takes whole cases rounded down."""

    TENS = "tens"
    NEAREST = "nearest"
    NOT_LESS = "notless"
    CLAMP = "clamp"


class SizeBase(StrEnum):
    """What the percentage is taken of: the whole list, or without the excluded rows."""

    ALL = "all"
    ELIGIBLE = "eligible"


@dataclass(frozen=True, slots=True)
class SizeRule:
    """A size rule: per cent, reading, smallest and largest number of cases."""

    percent: int = 10
    reading: SizeReading = SizeReading.TENS
    least: int = 20
    most: int = 200

    def __str__(self) -> str:
        """Return the rule as it stands in the freeze file."""
        return f"pct{self.percent}-{self.reading}-{self.least}-{self.most}"


LITERAL_RULE = SizeRule()
SIZE_RULE = re.compile(
    r"pct([1-9][0-9]?|100)-(tens|nearest|notless|clamp)-([1-9][0-9]{0,5})-([1-9][0-9]{0,5})"
)


def parse_size_rule(text: str) -> SizeRule | None:
    """Return the rule written in a freeze file, or None for an unknown one."""
    found = SIZE_RULE.fullmatch(text)
    if not found or int(found[3]) > int(found[4]):
        return None
    return SizeRule(int(found[1]), SizeReading(found[2]), int(found[3]), int(found[4]))


def rounded_size(total: int, rule: SizeRule) -> int:
    """Return the percentage of `total` rounded by the rule, before the limits."""
    share = total * rule.percent
    if rule.reading is SizeReading.TENS:
        return (share + 500) // 1000 * 10
    if rule.reading is SizeReading.NEAREST:
        return (share + 50) // 100
    return -(-share // 100) if rule.reading is SizeReading.NOT_LESS else share // 100


def size_by_rule(total: int, *, eligible: int, rule: SizeRule) -> int:
    """Return the number of cases to draw; with fewer than the least, all eligible cases."""
    return min(max(rule.least, min(rule.most, rounded_size(total, rule))), eligible)


@dataclass(frozen=True, slots=True)
class SizeReport:
    """One reading with its result and, where it falls under the percentage, a warning."""

    rule: SizeRule
    size: int
    warning: str


def report_size(total: int, *, eligible: int, rule: SizeRule) -> SizeReport:
    """Return the size by a reading and warn in one sentence where it is under the percentage."""
    size = size_by_rule(total, eligible=eligible, rule=rule)
    if size * 100 >= total * rule.percent:
        return SizeReport(rule, size, "")
    hundredths = size * 10000 // total
    cause = (
        "达到最高件数"
        if size == rule.most
        else "可抽案件不足"
        if size == eligible
        else "四舍五入向下取整"
    )
    return SizeReport(
        rule,
        size,
        f"{total}件抽{size}件为{hundredths // 100}.{hundredths % 100:02d}%，"
        f"低于方案第四条“不少于{rule.percent}%”（{cause}），请确认并说明理由。",
    )


GROUNDS = ("reason", "clause", "signer", "document")
GROUND_LABELS = {
    "reason": "理由",
    "clause": "依据条款",
    "signer": "批准人",
    "document": "批准文号",
}


@dataclass(frozen=True, slots=True)
class SizeDecision:
    """The decided number with what a deviation from the rule needs: why, on what, by whom."""

    size: int
    reason: str = ""
    clause: str = ""
    signer: str = ""
    document: str = ""


def decision_faults(decision: SizeDecision, *, by_rule: int, eligible: int) -> dict[str, str]:
    """Say by field what keeps a decision from being recorded; nothing when it may be.

    A number other than the rule's needs all grounds; the rule's number takes none.
    """
    size = decision.size
    if not eligible:
        return {"size": "还没有可抽的案件，件数定不下来。请先由中心导入台账。"}
    if not 1 <= size <= eligible:
        return {"size": f"可抽案件{eligible}件，决定的件数应在1到{eligible}之间。请重新填写。"}
    given = {field: bool(getattr(decision, field)) for field in GROUNDS}
    if size == by_rule:
        extra = "、".join(GROUND_LABELS[field] for field in GROUNDS if given[field])
        told = f"抽{size}件正是规则的件数，不应另写{extra}。请清空，或改件数。"
        return {field: told for field in GROUNDS if given[field]} if extra else {}
    return {
        field: f"抽{size}件与规则的{by_rule}件不同，请填{GROUND_LABELS[field]}。"
        for field in GROUNDS
        if not given[field]
    }
