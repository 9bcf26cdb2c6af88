"""Certificates (2.7): what is exported, everything needed to re-derive a draw."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from evaluations.rules.errors import RuleError
from evaluations.rules.freeze import Freeze, parse_freeze
from evaluations.rules.hashing import in_chunks
from evaluations.rules.results import Result, draw, result_hash, result_text
from evaluations.rules.seeds import SeedSource, check_seed, readback
from evaluations.rules.tickets import SPEC

Certificate = dict[str, Any]
ESCAPED = bytes({*range(32), 34, 92} - {9, 10})
ENCODER = json.JSONEncoder(ensure_ascii=False, indent=1)
TEXT_FIELDS = (
    *("spec", "kind", "draw", "hash", "freeze_text", "freeze_hash", "seed", "seed_source"),
    *("readback", "result_text", "result_hash", "frozen_at", "seed_entered_at"),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One computed draw: the checked list, the result and its text and fingerprint."""

    frozen: Freeze
    seed: str
    result: Result
    result_text: str
    result_hash: str
    readback: str


def run_draw(freeze_text: str | Freeze, *, seed: str, source: SeedSource | None = None) -> Outcome:
    """Compute a draw of any kind from list and seed: the only computation of the ceremony.

    Raises `RuleError` for a list or seed that is not admissible.
    """
    frozen = parse_freeze(freeze_text) if isinstance(freeze_text, str) else freeze_text
    head = frozen.head
    check_seed(seed, head=head, source=source)
    result = draw(frozen, seed=seed)
    text = result_text(frozen, seed=seed, result=result)
    code = readback(seed, draw=head.draw, hash_name=head.hash)
    return Outcome(frozen, seed, result, text, result_hash(frozen, text), code)


def build_certificate(
    outcome: Outcome,
    *,
    source: SeedSource,
    frozen_at: datetime,
    seed_entered_at: datetime,
    events: Sequence[Mapping[str, str]] = (),
    extra: Mapping[str, Any] | None = None,
) -> Certificate:
    """Return the certificate of a draw; times are aware, `extra` are free fields.

    Events are `missing` (sample), `missing` or `recused` (match), `withdrawn` (experts), each
    with `new`, `reason`, `at`. Raises `RuleError` when the times are naive or out of order.
    """
    check_times(frozen_at, seed_entered_at)
    fixed = outcome_fields(outcome) | {
        "seed_source": source.value,
        "frozen_at": frozen_at.isoformat(timespec="microseconds"),
        "seed_entered_at": seed_entered_at.isoformat(timespec="microseconds"),
        "events": [dict(event) for event in events],
    }
    return dict(extra or {}) | {key: fixed[key] for key in (*TEXT_FIELDS, "events")}


def outcome_fields(outcome: Outcome) -> Certificate:
    """Return what a certificate takes from the computation."""
    frozen = outcome.frozen
    return {
        "spec": SPEC,
        "kind": frozen.kind,
        "draw": frozen.head.draw,
        "hash": frozen.head.hash.value,
        "freeze_text": frozen.text,
        "freeze_hash": frozen.freeze_hash,
        "seed": outcome.seed,
        "readback": outcome.readback,
        "result_text": outcome.result_text,
        "result_hash": outcome.result_hash,
    }


def check_times(frozen_at: datetime, seed_entered_at: datetime) -> None:
    """Check that the list was sealed before the seed was entered."""
    if frozen_at.tzinfo is None or seed_entered_at.tzinfo is None:
        raise RuleError("封存时间和种子录入时间须带时区。请更正后重新导出证书。")
    if not frozen_at < seed_entered_at:
        raise RuleError("种子录入时间早于名单封存时间，抽选无效。请核对时间记录。")


def certificate_json(certificate: Mapping[str, Any]) -> str:
    """Return the file that is exported, as text; keys in the order of the specification."""
    return certificate_file(certificate).decode("utf-8", "surrogatepass")


def certificate_file(certificate: Mapping[str, Any]) -> bytes:
    """Return the file that is exported: JSON indented by one, a value on the line of its key."""
    pieces = [b"{"]
    for key, value in certificate.items():
        pieces += [b"\n " if len(pieces) == 1 else b",\n ", *json_text(key), b": "]
        pieces += json_text(value) if isinstance(value, str) else json_lines(value)
    return b"".join([*pieces, b"\n}\n" if certificate else b"}\n"])


def json_lines(value: Any) -> list[bytes]:
    """Return any value as JSON, indented below its key."""
    return [ENCODER.encode(value).replace("\n", "\n ").encode("utf-8", "surrogatepass")]


def json_text(text: str) -> list[bytes]:
    """Return a text as JSON, in pieces: those of lists and results have only breaks to escape."""
    pieces = [b'"']
    for chunk in in_chunks(text):
        data = chunk.encode("utf-8", "surrogatepass")
        if len(data.translate(None, ESCAPED)) == len(data):
            pieces.append(data.replace(b"\n", b"\\n").replace(b"\t", b"\\t"))
        else:
            pieces.append(ENCODER.encode(chunk)[1:-1].encode("utf-8", "surrogatepass"))
    return [*pieces, b'"']


def load_certificate(data: bytes | str) -> Certificate:
    """Read an exported certificate. Raises `RuleError` for anything that is not one."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise RuleError("这不是证书文件（不是JSON）。请选择核验包里的证书文件。") from None
    if not isinstance(found, dict):
        raise RuleError("这不是证书文件（内容不是一份证书）。请选择核验包里的证书文件。")
    return found
