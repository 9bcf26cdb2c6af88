"""抽选、复算、匹配 without a database."""

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random

from evaluations.rules.canonical import Head
from evaluations.rules.certificates import Certificate, certificate_file, run_draw
from evaluations.rules.freeze import Freeze, reopen_freeze
from evaluations.rules.freeze_match import Conflict, ExpertOrg, GroupRow, MatchCase, build_match
from evaluations.rules.matching import draw_match
from evaluations.rules.verification import verify as rederived
from tests.bench.measure import Row, compare, row, shown, timed
from tests.evaluations.rules.draw_builders import SEED, certificate, frame

VERIFIER = Path(__file__).parents[2] / "evaluations" / "verifiers" / "verify_draw.py"
MANY = 60_000


def draw() -> Iterator[Row]:
    """P3 at 761 and 60,000 cases."""
    yield from draw_of(761, rounds=5, times=20)
    yield from draw_of(60_000, rounds=7, times=1)


def draw_many() -> Iterator[Row]:
    """P3 and the re-computation at 100,000 and 2,000,000 cases; needs about 6 GB of memory."""
    for count in (100_000, 2_000_000):
        yield from draw_of(count, rounds=3, times=1)
        frozen = frame(count)
        numbers = list(frozen.numbers)
        proof = certificate(frozen)
        pair = compare(partial(rederive, proof), partial(hashes, numbers), rounds=3, times=1)
        yield row(f"复算 {count} 件", pair, goal=3.0)


def draw_of(count: int, *, rounds: int, times: int) -> Iterator[Row]:
    """P3: the draw from the sealed text until the certificate's file / (N hashes + sort)."""
    frozen = frame(count)
    numbers, text = list(frozen.numbers), frozen.text
    name, fingerprint = frozen.head.hash, frozen.freeze_hash

    def reopened() -> None:
        certify(reopen_freeze(text, freeze_hash=fingerprint, hash_name=name))

    works = (
        ("结果文本", lambda: run_draw(frozen, seed=SEED)),
        ("重开封存名单到证书文件", reopened),
    )
    for note, work in works:
        pair = compare(work, partial(hashes, numbers), rounds=rounds, times=times)
        yield row(f"P3 抽选 {count} 件", pair, goal=1.5, note=note)


def certify(frozen: Freeze) -> None:
    """Draw and write the certificate's file."""
    certificate_file(certificate(frozen))


def rederive(proof: Certificate) -> None:
    """What 复算 does with an exported certificate."""
    assert rederived(proof, proof["freeze_hash"]).ok


def hashes(numbers: list[str]) -> None:
    """One SHA-256 per case and a sort."""
    sorted(
        (hashlib.sha256(f"LAQD/1|case|T-S1|{SEED}|{number}".encode()).hexdigest(), number)
        for number in numbers
    )


def verify() -> Iterator[Row]:
    """P4: the stand-alone script / (N hashes + sort)."""
    frozen = frame(MANY)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "certificate.json"
        file.write_text(json.dumps(certificate(frozen), ensure_ascii=False), encoding="utf-8")
        printed = json.loads(file.read_text(encoding="utf-8"))["freeze_hash"]

        def script() -> None:
            command = [sys.executable, "-S", "-E", str(VERIFIER), str(file), printed]
            subprocess.run(command, check=True, capture_output=True)

        pair = compare(script, lambda: hashes(list(frozen.numbers)), rounds=3, times=1)
    yield row(f"P4 独立脚本复算 {MANY} 件", pair, goal=2.0, note="含启动和读文件")


def match() -> Iterator[Row]:
    """P5: 200 cases, 20 panels, every expert recused from a third of the firms."""
    random = Random(5)
    names = [f"E{n:03d}" for n in range(40)]
    frozen = build_match(
        Head("B-M1"),
        cases=[
            MatchCase(f"渝万援民〔2022〕{n + 1}号", "civil", f"F{n % 30:02d}", "-", "S")
            for n in range(200)
        ],
        groups=[
            GroupRow(f"civil-{n + 1}", "civil", names[2 * n], names[2 * n + 1]) for n in range(20)
        ],
        people=[ExpertOrg(name, f"X{place:02d}") for place, name in enumerate(names)],
        conflicts=[
            Conflict(name, "org", f"F{firm:02d}", "declared")
            for name in names
            for firm in sorted(random.sample(range(30), 5))
        ],
    )
    cost = sorted(timed(lambda: draw_match(frozen, seed=SEED), times=3) for _ in range(5))[2]
    yield Row("P5 匹配 200 件 × 20 组", shown(cost), "—", cost * 1000, 50, unit=" 毫秒")
