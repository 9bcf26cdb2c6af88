"""P3 to P5: drawing, verification, matching; no database."""

import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory

from evaluations.rules.canonical import Head
from evaluations.rules.certificates import certificate_json, run_draw
from evaluations.rules.freeze import parse_freeze
from evaluations.rules.freeze_match import (
    Conflict,
    ExpertOrg,
    GroupRow,
    MatchCase,
    MatchFreeze,
    build_match,
)
from evaluations.rules.freeze_sample import SampleFreeze
from evaluations.rules.matching import draw_match
from tests.bench.measure import Meter, Row, Work
from tests.evaluations.rules.draw_builders import SEED, certificate, frame

CASES = 60_000
SCRIPT = Path(__file__).parents[2] / "evaluations" / "verifiers" / "verify_draw.py"


def rows(meter: Meter) -> Iterator[Row]:
    """抽案, 离线核对, 匹配."""
    frozen = frame(CASES)
    numbers = list(frozen.numbers)

    def floor() -> list[tuple[str, str]]:
        return sorted(
            (sha256(f"LAQD/1|case|T-S1|{SEED}|{number}".encode()).hexdigest(), number)
            for number in numbers
        )

    yield drawing(meter, frozen, floor)
    yield verification(meter, frozen, floor)
    match = dense_match()
    taken = [meter.once(lambda: draw_match(match, seed=SEED))[0] for _ in range(9)]
    yield Row("P5", "200 件 × 20 组匹配，回避密集", median(taken), goal=50)


def drawing(meter: Meter, frozen: SampleFreeze, floor: Work) -> Row:
    """Each run has a list read anew: what the list keeps for later is worked out in the run."""
    fresh = [parse_freeze(frozen.text) for _ in range(6)]
    figure, least = meter.compare(lambda: run_draw(fresh.pop(), seed=SEED), floor, rounds=5)
    return Row("P3", "60,000 件抽案并得出结果", figure, least, 1.5, "由已读入的名单")


def verification(meter: Meter, frozen: SampleFreeze, floor: Work) -> Row:
    """The script as an auditor runs it, in a Python of its own."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "certificate.json"
        file.write_text(certificate_json(certificate(frozen)), encoding="utf-8")
        command = [sys.executable, str(SCRIPT), str(file), frozen.freeze_hash]
        figure, least = meter.compare(
            lambda: subprocess.run(command, check=True, capture_output=True), floor, rounds=5
        )
    return Row("P4", "60,000 件证书由独立脚本核对", figure, least, 2.0, "含启动 Python")


def dense_match() -> MatchFreeze:
    """Two hundred cases, twenty groups, eight firms, ten declared recusals a case."""
    dice = Random(7)
    people = [ExpertOrg(f"E{i:03d}", f"F{i % 8}") for i in range(44)]
    groups = [
        GroupRow(f"civil-{i:02d}", "civil", f"E{2 * i:03d}", f"E{2 * i + 1:03d}") for i in range(20)
    ]
    cases = [
        MatchCase(f"案{i}号", "civil", f"F{dice.randrange(8)}", "H", "S") for i in range(1, 201)
    ]
    conflicts = {
        Conflict(f"E{dice.randrange(40):03d}", "case", case.case_no, "declared")
        for case in cases
        for _ in range(10)
    }
    return build_match(Head("T-M1"), cases=cases, groups=groups, people=people, conflicts=conflicts)
