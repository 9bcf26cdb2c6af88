"""The chain of a year: verified together, nothing dropped, nothing twice, lists that fit."""

from pathlib import Path

import pytest

from evaluations.rules.certificates import Certificate, run_draw
from evaluations.rules.chains import verify_chain
from evaluations.rules.verification import verify
from tests.evaluations.rules.certificate_builders import SEEDS, run_script, year
from tests.evaluations.rules.draw_builders import certificate, frame


def test_a_year_verifies_alone_in_chain_and_by_the_script(tmp_path: Path) -> None:
    certs = year()
    printed = {cert["draw"]: cert["freeze_hash"] for cert in certs}
    verdict = verify_chain(certs[::-1], printed)
    assert (verdict.ok, verdict.sentence) == (True, "一致：3次抽选前后相连。")
    for cert in certs:
        assert verify(cert, cert["freeze_hash"]).ok
        assert run_script(cert, tmp_path, cert["freeze_hash"]) == (0, "一致。\n")


def chain_without(number: int) -> list[Certificate]:
    return [cert for i, cert in enumerate(year()) if i != number]


def test_a_dropped_draw_is_noticed() -> None:
    assert verify_chain(chain_without(0)).sentence.startswith("缺少T-E1之前的一次抽选")
    assert verify_chain(chain_without(1)).sentence.startswith("缺少T-M1之前的一次抽选")
    assert verify_chain(chain_without(2)).ok


def test_a_draw_given_twice_a_branch_and_a_seed_used_twice_are_noticed() -> None:
    certs = year()
    assert "抽选编号“T-S1”用了两次" in verify_chain([certs[0], *certs]).sentence
    branch = certificate(frame(60, draw="T-S2"), seed="5" * 22, after=9)
    assert "记录有分叉" in verify_chain([*certs, branch]).sentence
    again = certificate(
        frame(60, draw="T-S2", prev=certs[2]["result_hash"]), seed=SEEDS[0], after=9
    )
    assert f"种子“{SEEDS[0]}”用了两次" in verify_chain([*certs, again]).sentence


def test_a_list_sealed_before_the_draw_it_names_is_noticed() -> None:
    certs = year()
    early = certificate(frame(60, draw="T-S2", prev=certs[2]["result_hash"]), seed="5" * 22)
    assert "名单封存早于上一次抽选" in verify_chain([*certs, early]).sentence


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("\tS\n", "\tR\n", "抽中却没有列入匹配"),
        ("\tcivil\tL00", "\tadmin\tL00", "的类型与抽选名单不同"),
        ("criminal-1\tcriminal\t", "criminal-9\tcriminal\t", "的成员与抽选专家的结果不同"),
    ],
)
def test_a_matching_of_other_cases_or_groups_is_noticed(old: str, new: str, sentence: str) -> None:
    certs = year()
    text: str = certs[2]["freeze_text"]
    assert old in text
    other = certificate(
        run_draw(text.replace(old, new, 1), seed=SEEDS[2]).frozen, seed=SEEDS[2], after=4
    )
    assert sentence in verify_chain([*certs[:2], other]).sentence
