"""The one-page script re-derives a sample by itself and names the first difference."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from evaluations import verifiers
from evaluations.rules.certificates import Certificate
from evaluations.rules.freeze_sample import Allocation, Variable
from tests.evaluations.rules.certificate_builders import sampled, swap_replacement
from tests.evaluations.rules.draw_builders import certificate, experts, frame, pool

SCRIPT = Path(verifiers.__file__).with_name("verify_short.py")


def run(cert: Certificate, folder: Path, printed: str = "") -> tuple[int, str]:
    """Exit code and what it says."""
    path = folder / "证书.json"
    path.write_text(json.dumps(cert), encoding="utf-8")
    command = [sys.executable, str(SCRIPT), str(path), printed or cert["freeze_hash"]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("alloc", list(Allocation))
def test_it_agrees_with_a_stratified_sample(alloc: Allocation, tmp_path: Path) -> None:
    cert = certificate(frame(300, strata=(Variable.TYPE, Variable.MONTH), alloc=alloc))
    code, said = run(cert, tmp_path)
    assert (code, said.partition("：")[0]) == (0, "一致"), said


def test_it_follows_every_replacement(tmp_path: Path) -> None:
    assert run(sampled(), tmp_path)[0] == 0
    changed = sampled()
    swap_replacement(changed)
    code, said = run(changed, tmp_path)
    assert (code, said[:10]) == (1, "不一致：第1次递补：")


def test_it_asks_for_the_signed_sheet_and_names_the_first_difference(tmp_path: Path) -> None:
    cert = sampled()
    assert run(cert, tmp_path, "0" * 64)[1].startswith("不一致：名单不是指纹单（表A）封存的那一份")
    seed = cert["seed"][::-1]
    said = run({**cert, "seed": seed}, tmp_path)[1]
    assert said.startswith("不一致：复读码（种子被改动）")
    lines = cert["result_text"].split("\n")
    number = lines.index("[sample]") + 1
    lines[number], lines[number + 1] = lines[number + 1], lines[number]
    said = run({**cert, "result_text": "\n".join(lines)}, tmp_path)[1]
    assert said.startswith(f"不一致：结果第{number + 1}行")


def test_other_draws_are_for_the_long_script(tmp_path: Path) -> None:
    code, said = run(certificate(experts(pool(criminal=4, civil=9))), tmp_path)
    assert (code, said) == (1, "专家、匹配和每层至少一件的抽样，请用 verify_draw.py 核对。\n")
