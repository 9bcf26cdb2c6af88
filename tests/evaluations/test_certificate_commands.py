"""`certificate` and `verify_certificate`: what holds passes, what was touched is named."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management.base import CommandError

from evaluations.models import Plan
from evaluations.rules.stages import Stage
from tests.commands import run
from tests.year import year_until


@pytest.fixture(scope="module")
def plan(django_db_setup: None, django_db_blocker: Any) -> Iterator[Plan]:
    with year_until(Stage.MATCHED, django_db_blocker, cases=24) as plan:
        yield plan


@pytest.fixture
def files(db: None, plan: Plan, tmp_path: Path) -> list[Path]:
    paths = []
    for kind in ("sample", "experts", "match"):
        code, out = run("certificate", year=2022, kind=kind)
        assert code == 0
        paths.append(tmp_path / f"{kind}.json")
        paths[-1].write_text(out, encoding="utf-8")
    return paths


def test_the_certificate_holds_what_is_stored(plan: Plan, files: list[Path]) -> None:
    for path, kind in zip(files, ("sample", "experts", "match"), strict=True):
        certificate, draw = json.loads(path.read_text()), plan.draws.get(kind=kind)
        assert certificate["kind"] == kind
        assert certificate["draw"] == draw.code
        assert certificate["freeze_hash"] == draw.freeze_hash
        assert certificate["result_text"] == draw.result_text
        assert certificate["result_hash"] == draw.result_hash


def test_each_verifies_alone_with_the_paper_and_all_as_a_chain(
    plan: Plan, files: list[Path]
) -> None:
    for path in files:
        printed = json.loads(path.read_text())["freeze_hash"]
        code, out = run("verify_certificate", path, printed=printed, json=True)
        assert (code, json.loads(out)["ok"], json.loads(out)["sheet_checked"]) == (0, True, True)
    assert run("verify_certificate", *files)[0] == 0


@pytest.mark.parametrize(
    ("field", "old", "new", "named"),
    [
        ("seed", None, "12345678901234567890", "种子与复读码不符"),
        ("readback", None, "00000000", "种子与复读码不符"),
        ("result_text", "\tcivil\t", "\tadmin\t", "不符：证书写“"),
        ("freeze_text", "\tcivil\t", "\tadmin\t", "名单被改动"),
        ("result_hash", None, "0" * 64, "结果指纹不符"),
        ("freeze_hash", None, "0" * 64, "证书所记的名单指纹被改动，名单没有变"),
    ],
)
def test_a_changed_certificate_is_found_and_named(
    files: list[Path], field: str, old: str | None, new: str, named: str
) -> None:
    certificate = json.loads(files[0].read_text())
    before = certificate[field]
    certificate[field] = before.replace(old, new, 1) if old else new
    assert certificate[field] != before
    files[0].write_text(json.dumps(certificate, ensure_ascii=False), encoding="utf-8")
    code, out = run("verify_certificate", files[0], json=True)
    verdict = json.loads(out)
    assert (code, verdict["ok"]) == (1, False)
    assert named in verdict["sentence"]


def test_a_difference_in_the_part_left_out_is_shown_in_full(files: list[Path]) -> None:
    certificate = json.loads(files[0].read_text())
    ticket = certificate["result_text"].rstrip("\n")[-64:]
    wrong = ticket[:-1] + ("0" if ticket[-1] != "0" else "1")
    certificate["result_text"] = certificate["result_text"].replace(ticket, wrong)
    files[0].write_text(json.dumps(certificate, ensure_ascii=False), encoding="utf-8")
    code, out = run("verify_certificate", files[0])
    assert code == 1
    assert wrong in out
    assert ticket in out


def test_another_paper_is_found(files: list[Path]) -> None:
    code, out = run("verify_certificate", files[0], printed="0" * 64, json=True)
    assert (code, json.loads(out)["ok"]) == (1, False)


def test_what_cannot_be_checked_is_refused(files: list[Path], tmp_path: Path) -> None:
    odd = tmp_path / "odd.json"
    odd.write_text("不是证明", encoding="utf-8")
    with pytest.raises(CommandError):
        run("verify_certificate", odd)
    with pytest.raises(CommandError, match="读不到文件"):
        run("verify_certificate", tmp_path / "none.json")
    with pytest.raises(CommandError, match="--printed 只能用于一个文件"):
        run("verify_certificate", *files, printed="0" * 64)


def test_a_year_without_the_draw_says_so(plan: Plan, files: list[Path]) -> None:
    plan.draws.all()
    with pytest.raises(CommandError, match="2019"):
        run("certificate", year=2019, kind="sample")
