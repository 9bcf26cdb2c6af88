"""封存名单 of any kind: the door to the three kinds of freeze file (LAQD/1 2.1)."""

from __future__ import annotations

from evaluations.rules.canonical import bad_line, check_bytes, decode
from evaluations.rules.errors import RuleError
from evaluations.rules.freeze_experts import ExpertsFreeze, parse_experts
from evaluations.rules.freeze_match import MatchFreeze, parse_match
from evaluations.rules.freeze_sample import SampleFreeze, parse_sample
from evaluations.rules.hashing import HashName, hash_text

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


def reopen_freeze(text: str, *, freeze_hash: str, hash_name: HashName) -> Freeze:
    """Read a list that was checked when it was sealed; its fingerprint must still agree.

    Raises `RuleError` when it does not: nothing is drawn from another list than the signed one.
    """
    found = hash_text(hash_name, text)
    if found != freeze_hash:
        raise RuleError(
            f"名单与封存时不同：现在的指纹{found[:12]}…，封存时{freeze_hash[:12]}…。"
            "不能抽选，请报告并查明原因。"
        )
    sample = text.split("\n", 2)[1] == "kind=sample"
    frozen = parse_sample(text, sealed=True) if sample else parse_freeze(text)
    vars(frozen)["freeze_hash"] = found  # what the property would compute once more
    return frozen
