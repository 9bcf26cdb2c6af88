"""复算: full verification of one certificate; the first difference is named (2.7)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any

from evaluations.rules.certificates import TEXT_FIELDS, Outcome, run_draw
from evaluations.rules.errors import RuleError
from evaluations.rules.events import replay
from evaluations.rules.freeze import Freeze, parse_freeze
from evaluations.rules.hashing import HashName, hash_hex
from evaluations.rules.seeds import SeedSource, check_seed, readback
from evaluations.rules.tickets import SPEC
from evaluations.verifiers.verify_rows import Copies, judge

UNSIGNED = (
    "未输入指纹单（表A）上的名单指纹：证书前后一致，但只有核对指纹单（表A）才能发现名单整体被换。"
)

NO_HASH = "指纹单（表A）上的名单指纹应为64位（0到9、a到f）。请照表重新输入。"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome: `sentence` is 一致 or the first difference, `place` where it is.

    `sheet_checked` says whether the hash on signed sheet A took part; without it a list that
    was edited and recomputed throughout passes.
    """

    ok: bool
    sentence: str
    place: str = ""
    sheet_checked: bool = False
    outcome: Outcome | None = None


class DifferenceFoundError(RuleError):
    """The first difference, with the part of the certificate it is in."""

    def __init__(self, place: str, sentence: str) -> None:
        super().__init__(sentence)
        self.place = place


def verify(
    certificate: Mapping[str, Any],
    printed: str | None = None,
    copies: Copies = (),
    *,
    seek: bool = True,
) -> Verdict:
    """Re-derive everything in a certificate and compare; never raises for a bad certificate.

    `printed` is the list hash on signed sheet A, blanks and capitals as people type them.
    `copies` are texts that may be the sealed list, each with where it is kept: the one that has
    the sealed fingerprint shows which rows of a changed list differ. Where none has it, `seek`
    allows some seconds of trying which single change brings the fingerprint back.
    """
    try:
        outcome = check_certificate(certificate, printed=printed, copies=copies, seek=seek)
    except DifferenceFoundError as found:
        return Verdict(False, str(found), found.place, printed is not None)
    if printed is None:
        return Verdict(True, f"一致。{UNSIGNED}", outcome=outcome)
    return Verdict(True, "一致：名单、种子、结果、递补和指纹单（表A）全部相符。", "", True, outcome)


def check_certificate(
    certificate: Mapping[str, Any], *, printed: str | None, copies: Copies, seek: bool
) -> Outcome:
    """Check part after part in the order in which they depend on each other."""
    check_fields(certificate)
    frozen = check_list(certificate, printed, copies, seek=seek)
    check_seed_part(certificate, frozen)
    outcome = check_result(certificate, frozen)
    try:
        replay(frozen, outcome.result, seed=outcome.seed, events=certificate["events"])
    except RuleError as error:
        raise DifferenceFoundError("events", str(error)) from None
    check_event_times(certificate)
    return outcome


def check_fields(certificate: Mapping[str, Any]) -> None:
    """Check that every field is there and a text."""
    for field in TEXT_FIELDS:
        if not isinstance(certificate.get(field), str):
            raise DifferenceFoundError(field, f"证书缺少“{field}”一项。请重新导出证书。")
    events = certificate.get("events")
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise DifferenceFoundError("events", "证书缺少“events”（递补记录）一项。请重新导出证书。")
    if certificate["spec"] != SPEC:
        raise DifferenceFoundError("spec", f"证书的规范是“{certificate['spec']}”，应为“{SPEC}”。")
    if certificate["hash"] not in set(HashName):
        raise DifferenceFoundError("hash", "证书的杂凑算法不是SHA-256或SM3。")


def check_list(
    certificate: Mapping[str, Any], printed: str | None, copies: Copies, *, seek: bool
) -> Freeze:
    """Check form and fingerprints of the list; name what was changed, to the cell if possible."""
    typed = re.sub(r"[\s-]", "", printed).lower() if printed is not None else ""
    place, sentence = judge(certificate, list_hash(certificate), typed, copies, seek=seek)
    if printed is not None and not typed:
        raise DifferenceFoundError("printed", NO_HASH)
    try:
        frozen = parse_freeze(certificate["freeze_text"])
    except RuleError as error:
        told = f"{sentence}。" if sentence else ""
        raise DifferenceFoundError(place or "freeze_text", told + str(error)) from None
    if sentence:
        raise DifferenceFoundError(place, f"{sentence}。")
    for field, value in (
        ("kind", frozen.kind),
        ("draw", frozen.head.draw),
        ("hash", frozen.head.hash.value),
    ):
        if certificate[field] != value:
            raise DifferenceFoundError(
                field, f"证书的“{field}”是“{certificate[field]}”，名单里是“{value}”。"
            )
    return frozen


def list_hash(certificate: Mapping[str, Any]) -> str:
    """Return the fingerprint of whatever stands in the certificate as its list."""
    text = certificate["freeze_text"]
    named = re.search(r"^hash=(SHA-256|SM3)$", text, re.MULTILINE)
    name = named[1] if named else certificate["hash"]
    return hash_hex(HashName(name), text.encode("utf-8", "surrogatepass"))


def check_seed_part(certificate: Mapping[str, Any], frozen: Freeze) -> None:
    """Check seed, source, read-back code and the order of the times."""
    head = frozen.head
    try:
        source = SeedSource(certificate["seed_source"])
    except ValueError:
        raise DifferenceFoundError("seed_source", "种子来源应为d10、ball或d6。") from None
    try:
        check_seed(certificate["seed"], head=head, source=source)
    except RuleError as error:
        raise DifferenceFoundError("seed", str(error)) from None
    code = readback(certificate["seed"], draw=head.draw, hash_name=head.hash)
    if certificate["readback"] != code:
        raise DifferenceFoundError(
            "seed",
            f"种子与复读码不符：由种子算得{code}，证书所记{certificate['readback']}，"
            "种子或复读码被改动。",
        )
    frozen_at = moment(certificate["frozen_at"], "frozen_at")
    if not frozen_at < moment(certificate["seed_entered_at"], "seed_entered_at"):
        raise DifferenceFoundError(
            "seed_entered_at", "种子录入不晚于名单封存，违反先封存后出种子的顺序。"
        )


def moment(text: object, field: str) -> datetime:
    """Return an aware moment written in ISO 8601 with an offset."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise DifferenceFoundError(field, f"“{field}”应为带时区的时间。")
    return found


def check_result(certificate: Mapping[str, Any], frozen: Freeze) -> Outcome:
    """Compute the draw again and compare it line by line."""
    try:
        outcome = run_draw(frozen, seed=certificate["seed"])
    except RuleError as error:
        raise DifferenceFoundError("result_text", str(error)) from None
    if certificate["result_text"] != outcome.result_text:
        raise DifferenceFoundError(
            "result_text", first_difference(certificate["result_text"], outcome.result_text)
        )
    if certificate["result_hash"] != outcome.result_hash:
        raise DifferenceFoundError(
            "result_hash",
            f"结果指纹不符：重算{outcome.result_hash[:12]}…，"
            f"证书所记{certificate['result_hash'][:12]}…。",
        )
    return outcome


def first_difference(recorded: str, derived: str) -> str:
    """Name section, line and cell of the first difference of two texts."""
    section = "开头"
    for number, (one, other) in enumerate(
        zip_longest(recorded.split("\n"), derived.split("\n")), 1
    ):
        if one != other:
            written, due = shown(one), shown(other)
            if written == due:  # they differ in the part left out
                written, due = str(one), str(other)
            return f"结果第{number}行（{section}）不符：证书写“{written}”，重算应为“{due}”。"
        if one.startswith("["):
            section = one
    return ""


def shown(line: str | None) -> str:
    """Return a line for a sentence: cells with blanks, long hex shortened, 无 for none."""
    cells = (line or "").replace("\t", " ")
    return re.sub(r"([0-9a-f]{12})[0-9a-f]{52}", r"\1…", cells) or "（无）"


def check_event_times(certificate: Mapping[str, Any]) -> None:
    """Check that replacements came after the seed and in order."""
    last = moment(certificate["seed_entered_at"], "seed_entered_at")
    events: Sequence[Mapping[str, Any]] = certificate["events"]
    for number, event in enumerate(events, 1):
        at = moment(event.get("at"), f"events[{number}].at")
        if at < last:
            raise DifferenceFoundError("events", f"第{number}次递补的时间早于它之前的步骤。")
        if not isinstance(event.get("reason"), str) or not event["reason"]:
            raise DifferenceFoundError("events", f"第{number}次递补没有写明原因。")
        last = at
