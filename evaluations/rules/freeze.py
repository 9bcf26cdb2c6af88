"""封存名单 of any kind: the door to the three kinds of freeze file (LAQD/1 2.1)."""

from __future__ import annotations

from evaluations.rules.canonical import bad_line, check_bytes, decode
from evaluations.rules.freeze_experts import ExpertsFreeze, parse_experts
from evaluations.rules.freeze_match import MatchFreeze, parse_match
from evaluations.rules.freeze_sample import SampleFreeze, parse_sample

Freeze = SampleFreeze | ExpertsFreeze | MatchFreeze


def parse_freeze(data: bytes | str) -> Freeze:
    """Read and check a freeze file of any kind. Raises `RuleError` naming the line."""
    text = decode(data) if isinstance(data, bytes) else data
    kind = [*text.split("\n", 2), "", ""][1]
    if kind == "kind=sample":
        return parse_sample(text)
    if kind == "kind=experts":
        return parse_experts(text)
    if kind == "kind=match":
        return parse_match(text)
    check_bytes(text)
    raise bad_line(2, f"应为“kind=sample”“kind=experts”或“kind=match”，现为“{kind[:40]}”")
