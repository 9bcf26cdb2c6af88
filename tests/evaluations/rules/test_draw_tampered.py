"""One thing tampered with is named, by the product and by the stand-alone script alike."""

from pathlib import Path

import pytest

from evaluations.rules.certificates import Certificate
from evaluations.rules.verification import verify
from tests.evaluations.rules.certificate_builders import (
    Change,
    each_alike,
    put,
    run_script,
    sampled,
    swap,
    swap_drawn,
    swap_replacement,
    year,
)
from tests.evaluations.rules.draw_builders import FROZEN_AT, SEED

TAMPERED: list[tuple[Change, str, str]] = [
    (swap("freeze_text", "2022-07", "2022-13"), "freeze_text", "名单被改动.*月份“2022-13”不合规定"),
    (swap("seed", "3141", "3142"), "seed", "种子与复读码不符"),
    (swap("seed", "3141", "x141"), "seed", "种子第1位是“x”"),
    (put(readback="00000000"), "seed", "证书所记00000000"),
    (put(seed_source="phone"), "seed_source", "种子来源应为d10、ball或d6"),
    (put(seed_source="d6"), "seed", "种子第10位是9" if SEED[9] == "9" else "六面骰只有1到6"),
    (swap_drawn, "result_text", r"结果第11行（\[sample\]）不符"),
    (put(result_hash="0" * 64), "result_hash", "结果指纹不符"),
    (swap_replacement, "events", "第1次递补：证书写“渝万援刑〔2022〕6号”"),
    (lambda cert: cert["events"][1].pop("reason"), "events", "第2次递补没有写明原因"),
    (lambda cert: cert["events"][0].pop("missing"), "events", "第1次递补没有写明“missing”"),
    (lambda cert: cert["events"][1].update(at=cert["frozen_at"]), "events", "第2次递补的时间早于"),
    (lambda cert: cert["events"][1].update(at="昨天"), r"events\[2\].at", "应为带时区的时间"),
    (put(seed_entered_at=FROZEN_AT.isoformat()), "seed_entered_at", "违反先封存后出种子"),
    (put(frozen_at="2022-08-15T09:00:00"), "frozen_at", "应为带时区的时间"),
    (put(kind="experts"), "kind", "证书的“kind”是“experts”，名单里是“sample”"),
    (put(draw="T-S2"), "draw", "名单里是“T-S1”"),
    (put(spec="LAQD/2"), "spec", "应为“LAQD/1”"),
    (put(hash="MD5"), "hash", "不是SHA-256或SM3"),
    (put(seed=1), "seed", "证书缺少“seed”一项"),
    (put(events=None), "events", "证书缺少“events”"),
    (put(freeze_text="\ud800"), "freeze_text", "含有残缺的字符"),
]


@pytest.mark.parametrize(("change", "place", "sentence"), TAMPERED)
def test_one_change_is_named(change: Change, place: str, sentence: str) -> None:
    cert = sampled()
    change(cert)
    with pytest.raises(AssertionError, match=sentence):
        raise AssertionError(refused(cert, place))


def refused(cert: Certificate, place: str) -> str:
    """The sentence about a certificate that must not verify."""
    verdict = verify(cert)
    assert not verdict.ok
    assert verdict.place == place.replace("\\", "")
    return verdict.sentence


@each_alike
def test_product_and_script_name_the_same_difference(
    change: Change, tokens: tuple[str, ...], tmp_path: Path
) -> None:
    cert = sampled()
    change(cert)
    code, output = run_script(cert, tmp_path, "")
    assert (code, output.startswith("不一致：")) == (1, True), output
    for told in (verify(cert).sentence, output):
        assert [token for token in tokens if token not in told] == [], told


@pytest.mark.parametrize(
    ("number", "change", "sentence"),
    [
        (0, swap_drawn, "结果第"),
        (0, swap("freeze_text", "\tcivil\t", "\tadmin\t"), "名单被改动"),
        (1, lambda c: c["events"][0].update(new="M99"), "M99"),
        (1, swap("freeze_text", "\t1\tin", "\t0\tin"), "名单被改动"),
        (2, lambda c: c["events"][0].update(new="civil-9"), "civil-9"),
        (2, swap("result_text", "[load]", "[laod]"), "laod"),
    ],
)
def test_the_script_names_the_first_difference(
    number: int, change: Change, sentence: str, tmp_path: Path
) -> None:
    cert = year()[number]
    change(cert)
    code, output = run_script(cert, tmp_path, "")
    assert (code, sentence in output) == (1, True), output
    assert not verify(cert).ok


def test_the_script_says_when_it_could_not_check(tmp_path: Path) -> None:
    cert = sampled()
    del cert["seed"]
    code, output = run_script(cert, tmp_path, "")
    assert (code, output.startswith("没有核对成")) == (2, True)
