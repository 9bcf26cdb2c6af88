"""证明: the certificate of a draw from what is stored, and the proof that it re-computes."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from django.db.models import Prefetch
from django.utils import timezone

from evaluations.models import Assignment, Draw, DrawEvent, DrawKind
from evaluations.queries.draws_frozen import listed_now
from evaluations.rules.certificates import Certificate, load_certificate
from evaluations.rules.errors import RuleError
from evaluations.rules.freeze import Freeze, reopen_freeze
from evaluations.rules.hashing import HashName, hash_hex
from evaluations.rules.tickets import SPEC
from evaluations.rules.verification import verify
from evaluations.verifiers.verify_rows import judge, named
from wanzhou_eval.errors import RefusedError

LARGEST = 40 * 2**20


@dataclass(frozen=True)
class Proof:
    """Whether a certificate re-computes, in one sentence; `place` is where it differs."""

    ok: bool
    sentence: str
    place: str = ""
    sheet_checked: bool = False
    code: str = ""
    freeze_hash: str = ""
    result_hash: str = ""


def certificate_of(draw: Draw) -> Certificate:
    """The certificate (draw.md §2.7) from the stored texts: nothing is computed anew.

    Case codes and person codes only, no names but those of the witnesses.
    """
    if not draw.seed_entered_at:
        raise RefusedError(f"{draw.code}还没有执行抽选，没有证明可以导出。", status=404)
    return {
        "spec": SPEC,
        "kind": "experts" if draw.kind == DrawKind.REVIEW else draw.kind,
        "draw": draw.code,
        "hash": draw.hash_name,
        "freeze_text": draw.freeze_text,
        "freeze_hash": draw.freeze_hash,
        "seed": draw.seed,
        "seed_source": draw.seed_source,
        "readback": draw.readback,
        "result_text": draw.result_text,
        "result_hash": draw.result_hash,
        "frozen_at": _iso(draw.frozen_at),
        "seed_entered_at": _iso(draw.seed_entered_at),
        "events": certificate_events(draw),
        "year": draw.plan.year,
        "rehearsal": draw.plan.rehearsal,
        "place": draw.plan.place,
        "witnesses": draw.witnesses,
        "cleaning_sha256": draw.cleaning_hash,
        "voided": draw.void_reason if draw.voided_at else "",
    }


def _iso(moment: object) -> str:
    return timezone.localtime(moment).isoformat(timespec="microseconds")  # type: ignore[arg-type]


def certificate_events(draw: Draw) -> list[dict[str, Any]]:
    """Replaced cases, late recusals and withdrawals in their order, as the rules replay them.

    In a matching with the panel and both experts who took the case. Codes only, no names.
    """
    assignments = Assignment.objects.select_related("panel", "leader__person", "member__person")
    events = draw.events.prefetch_related(Prefetch("assignments", queryset=assignments))
    return [_event(event) for event in events]


def _event(event: DrawEvent) -> dict[str, Any]:
    row: dict[str, Any] = {"reason": event.reason, "at": _iso(event.at)} | event.facts
    of_panel = event.kind == DrawEvent.Kind.RECUSED and not event.case_number
    if of_panel or event.kind == DrawEvent.Kind.WITHDRAWN:
        return row | {"withdrawn": event.item, "new": event.replacement}
    if event.kind == DrawEvent.Kind.RECUSED:
        row |= {"recused": event.item, "case": event.case_number, "new": event.replacement}
    else:
        row |= {"missing": event.item, "new": event.replacement}
    for assignment in event.assignments.all():
        row["leader"] = assignment.leader.person.code
        row["member"] = assignment.member.person.code
        if event.kind != DrawEvent.Kind.RECUSED:
            row["group"] = assignment.panel.code
    return row


def copies_for(code: str) -> Iterator[tuple[str, str]]:
    """Texts that may be the sealed list of a draw: the one kept, and the tables as they are now.

    Asks nothing until a verifier needs them; whichever has the sealed fingerprint tells which rows
    of a changed list differ. The tables do not go back: what changed rightly since does not agree.
    """
    draw = Draw.objects.filter(code=code).select_related("plan", "previous").first()
    if draw is None:
        return
    yield f"本系统封存的{draw.code}名单", draw.freeze_text
    with suppress(RuleError, RefusedError):
        yield "现存的案件、专家和回避登记", listed_now(draw)


def changed_list(draw: Draw) -> str:
    """Where the sealed list of a draw, held or not, is no longer what was sealed; else nothing."""
    found = hash_hex(HashName(draw.hash_name), draw.freeze_text.encode())
    return judge(sealed_part(draw), found, "", copies_for(draw.code))[1]


def reopened(draw: Draw) -> Freeze:
    """The sealed list to draw from. Raises `RuleError` naming the row where it was changed.

    Called with the plan locked: no search of seconds.
    """
    name, sealed = HashName(draw.hash_name), draw.freeze_hash
    try:
        return reopen_freeze(draw.freeze_text, freeze_hash=sealed, hash_name=name)
    except RuleError as error:
        if hash_hex(name, draw.freeze_text.encode()) == sealed:
            raise
        row = named(sealed_part(draw), {sealed}, copies_for(draw.code), seek=False)
        raise RuleError(f"{error}改动之处：{row}。") from None


def sealed_part(draw: Draw) -> dict[str, str]:
    """What a certificate says of list and result."""
    part = {"freeze_text": draw.freeze_text, "freeze_hash": draw.freeze_hash}
    return part | {"result_text": draw.result_text, "hash": draw.hash_name}


def prove(draw: Draw, *, printed: str | None = None) -> Proof:
    """Re-derive a stored draw from list and seed and compare everything."""
    return proof_of(certificate_of(draw), printed=printed)


def proof_of(certificate: Certificate, *, printed: str | None = None) -> Proof:
    """Re-derive a certificate and compare everything, the hash on sheet A too when given.

    A page answers at once: what a search of seconds could name is left to command and package.
    """
    copies = copies_for(str(certificate.get("draw", "")))
    verdict = verify(certificate, printed, copies, seek=False)
    return Proof(
        ok=verdict.ok,
        sentence=verdict.sentence,
        place=verdict.place,
        sheet_checked=verdict.sheet_checked,
        code=str(certificate.get("draw", ""))[:40],
        freeze_hash=str(certificate.get("freeze_hash", ""))[:64],
        result_hash=str(certificate.get("result_hash", ""))[:64],
    )


@dataclass(frozen=True)
class Fingerprint:
    """One fingerprint of the comparison and where it stands; `differs` is not like the first."""

    label: str
    value: str
    differs: bool = False


@dataclass(frozen=True)
class Comparison:
    """复算 as the page shows it: the paper, the certificate and what this system keeps."""

    ok: bool
    sentence: str
    lists: list[Fingerprint]
    results: list[Fingerprint]


def comparison(draw: Draw, proof: Proof, *, printed: str) -> Comparison:
    """A certificate that proves itself must also be the one which this system keeps."""
    lists = beside(
        ("签名的纸质指纹单", printed),
        ("证书", proof.freeze_hash),
        (f"本系统 {draw.code}", draw.freeze_hash),
    )
    results = beside(("证书", proof.result_hash), (f"本系统 {draw.code}", draw.result_hash))
    other = "名单" if lists[1].value != lists[2].value else "结果"
    same = proof.freeze_hash == draw.freeze_hash and proof.result_hash == draw.result_hash
    sentence = proof.sentence
    if proof.ok and not same:
        sentence = f"证书前后相符，但{other}与本系统保存的{draw.code}不同：至少有一份被换过。"
    return Comparison(proof.ok and same, sentence, lists, results)


def beside(*rows: tuple[str, str]) -> list[Fingerprint]:
    """Fingerprints one under the other, marked where they differ from the first."""
    return [Fingerprint(label, value, value != rows[0][1]) for label, value in rows]


@lru_cache(maxsize=16)
def proof_of_text(text: str) -> Proof:
    """The proof of an exported certificate, remembered by its every byte.

    The record page shows it again and again; any changed byte is re-computed.
    """
    return proof_of(load_certificate(text))


def read_upload(data: bytes) -> Certificate:
    """A certificate from an uploaded JSON file or 核验包. Raises `RefusedError` (422)."""
    try:
        if data.startswith(b"PK"):
            data = certificate_in(data)
        return load_certificate(data.decode("utf-8-sig"))
    except (RuleError, UnicodeDecodeError, json.JSONDecodeError):
        raise RefusedError(
            "这个文件不是抽选证明。请选择核验包ZIP，或其中的“证书.json”。", status=422
        ) from None


def certificate_in(data: bytes) -> bytes:
    """The certificate inside a 核验包, refusing archives that unpack beyond the cap."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            names = [i for i in archive.infolist() if i.filename.endswith(".json")]
            if len(names) == 1 and names[0].file_size <= LARGEST:
                return archive.read(names[0])
    except BadZipFile:
        pass
    raise RuleError("这不是核验包。")
