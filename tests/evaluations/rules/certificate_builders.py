"""Certificates of whole ceremonies, ways to tamper with them, and the stand-alone script."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from evaluations import verifiers
from evaluations.rules.canonical import Head
from evaluations.rules.certificates import Certificate, certificate_json, run_draw
from evaluations.rules.freeze_experts import ExpertsFreeze
from evaluations.rules.freeze_match import (
    AlternateRow,
    ExpertOrg,
    GroupRow,
    MatchCase,
    MatchFreeze,
    build_match,
)
from evaluations.rules.freeze_sample import Variable
from evaluations.rules.panels import ExpertsResult, replace_expert
from evaluations.rules.sampling import SampleResult, replacements
from evaluations.rules.seeds import readback
from evaluations.rules.verification import verify
from tests.evaluations.rules.draw_builders import (
    SEED,
    certificate,
    event,
    experts,
    frame,
    frame_cases,
    pool,
)

SCRIPT = Path(verifiers.__file__).with_name("verify_draw.py")
SEEDS = ("27182818284590452353602", "14142135623730950488016", "17320508075688772935274")
Change = Callable[[Certificate], None]


def sampled() -> Certificate:
    """A stratified sample of 30 from 300 with two missing files, one after the other."""
    frozen = frame(300, strata=(Variable.TYPE,))
    result = run_draw(frozen, seed=SEED).result
    assert isinstance(result, SampleResult)
    missing = result.sample[0].case_no
    first, second = replacements(result, missing=[missing, missing])
    events = [
        event(1, missing=missing, new=first.case_no),
        event(2, missing=first.case_no, new=second.case_no),
    ]
    return certificate(frozen, events=events)


def year() -> list[Certificate]:
    """Sample, experts with a withdrawal, matching with a late recusal: one chain."""
    sample_cert = certificate(frame(60), seed=SEEDS[0])
    sample = run_draw(sample_cert["freeze_text"], seed=SEEDS[0]).result
    members = pool(criminal=4, civil=9)
    pool_text = experts(members).text.replace("prev=-", f"prev={sample_cert['result_hash']}")
    outcome = run_draw(pool_text, seed=SEEDS[1])
    assert isinstance(sample, SampleResult)
    assert isinstance(outcome.result, ExpertsResult)
    assert isinstance(outcome.frozen, ExpertsFreeze)
    leaving = outcome.result.groups[1].leader
    after = replace_expert(outcome.frozen, outcome.result, withdrawn=leaving)
    came = next(p for p in after[2:] if p not in outcome.result.groups[1][2:])
    experts_cert = certificate(
        outcome.frozen, seed=SEEDS[1], after=2, events=[event(3, withdrawn=leaving, new=came)]
    )
    groups = [after if g.code == after.code else g for g in outcome.result.groups]
    types = {case.case_no: case.type for case in frame_cases(60)}
    matching = build_match(
        Head("T-M1", prev=experts_cert["result_hash"]),
        sample=sample_cert["result_hash"],
        experts=experts_cert["result_hash"],
        cases=[
            *(MatchCase(no, types[no], "L00", "H1", "S") for no in sample.sample.case_nos),
            *(MatchCase(no, types[no], "L00", "H1", "R") for no in sample.reserve.case_nos),
        ],
        groups=[GroupRow(*map(str, g)) for g in groups],
        people=[ExpertOrg(m.person, m.org) for m in members],
        alternates=[
            AlternateRow(a.category, f"{a.rank:03d}", a.person)
            for a in outcome.result.alternates
            if a.person != came
        ],
    )
    return [sample_cert, experts_cert, matched(matching)]


def matched(frozen: MatchFreeze) -> Certificate:
    """A matching after which the leader of the first civil case declared a recusal."""
    plain = certificate(frozen, seed=SEEDS[2], after=4)
    rows = [line.split("\t") for line in plain["result_text"].split("[assign]\n")[1].splitlines()]
    row = next(row for row in rows if row[0] == "civil")
    late = event(5, recused=row[4], case=row[2], new="-")
    verdict = verify(certificate(frozen, seed=SEEDS[2], after=4, events=[late]))
    late["new"] = verdict.sentence.split("按签序应为“")[1].split("”")[0]
    return certificate(frozen, seed=SEEDS[2], after=4, events=[late])


def run_script(cert: Certificate, path: Path, printed: str) -> tuple[int, str]:
    """Exit code and output of the stand-alone script."""
    file = path / "certificate.json"
    file.write_text(certificate_json(cert), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-E", "-s", str(SCRIPT), str(file), printed],
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=path,
    )
    return done.returncode, done.stdout + done.stderr


def put(**fields: object) -> Change:
    """Set fields."""
    return lambda cert: cert.update(fields)


def swap(field: str, old: str, new: str) -> Change:
    """Replace one occurrence in a field."""

    def change(cert: Certificate) -> None:
        assert old in cert[field]
        cert[field] = cert[field].replace(old, new, 1)

    return change


def swap_replacement(cert: Certificate) -> None:
    cert["events"][0]["new"] = "渝万援刑〔2022〕6号"


def reseed(seed: str) -> Change:
    """Another seed with the read-back code that fits it."""
    return lambda cert: cert.update(seed=seed, readback=readback(seed, draw=cert["draw"]))


def swap_drawn(cert: Certificate) -> None:
    lines = cert["result_text"].split("\n")
    at = lines.index("[sample]") + 1
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    cert["result_text"] = "\n".join(lines)


ALIKE: list[tuple[str, Change, tuple[str, ...]]] = [
    ("an edited draw code", put(draw="T-S2"), ("draw", "T-S2", "T-S1")),
    ("an edited seed", swap("seed", "3141", "3142"), ("复读码", "7a8145e9", "6011775d")),
    ("a seed with a plus sign", reseed(f"{SEED}+"), ("种子",)),
    ("a seed with a commitment nobody sealed", reseed(f"{SEED}+{'a' * 64}"), ("种子",)),
    ("a seed too short", reseed(SEED[:19]), ("种子",)),
    ("another seed that fits its code", reseed(SEED[::-1]), ("结果第5行", SEED, SEED[::-1])),
    ("a swapped pair of the result", swap_drawn, ("结果第11行",)),
    ("an edited line of the result", swap("result_text", "\n7\t", "\n8\t"), ("结果第17行",)),
    ("a result fingerprint", put(result_hash="0" * 64), ("结果指纹", "000000000000")),
    (
        "a swapped replacement",
        swap_replacement,
        ("第1次", "“渝万援刑〔2022〕6号”", "“渝万援民〔2022〕113号”"),
    ),
    ("a replacement without reason", lambda c: c["events"][1].update(reason=""), ("第2次",)),
    (
        "times out of order",
        put(seed_entered_at="2022-08-15T00:00:00+00:00"),
        ("种子录入不晚于名单封存",),
    ),
]
"""What was done, how, and what every verifier must say about it."""
each_alike = pytest.mark.parametrize(
    ("change", "tokens"), [row[1:] for row in ALIKE], ids=[row[0] for row in ALIKE]
)
