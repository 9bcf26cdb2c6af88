"""Certificates: what verifies, what the exported file is, what is refused as none."""

import json
from datetime import datetime

import pytest

from evaluations.rules.certificates import (
    Certificate,
    build_certificate,
    certificate_file,
    certificate_json,
    load_certificate,
    run_draw,
)
from evaluations.rules.errors import RuleError
from evaluations.rules.seeds import SeedSource
from evaluations.rules.verification import verify
from tests.evaluations.rules.certificate_builders import sampled
from tests.evaluations.rules.draw_builders import FROZEN_AT, SEED, frame


def test_a_certificate_verifies_and_asks_for_the_signed_sheet() -> None:
    cert = sampled()
    groups = " ".join(cert["freeze_hash"][i : i + 4] for i in range(0, 64, 4)).upper()
    signed, unsigned = verify(cert, groups), verify(cert)
    assert (signed.ok, signed.sheet_checked) == (True, True)
    assert signed.sentence == "一致：名单、种子、结果、递补和指纹单（表A）全部相符。"
    assert (unsigned.ok, unsigned.sheet_checked) == (True, False)
    assert "未输入指纹单（表A）" in unsigned.sentence


def test_the_exported_file_keeps_every_byte() -> None:
    cert = sampled()
    text = certificate_json(cert)
    assert load_certificate(text) == load_certificate(text.encode()) == cert
    assert list(cert)[-14:] == [
        *("spec", "kind", "draw", "hash", "freeze_text", "freeze_hash", "seed", "seed_source"),
        *("readback", "result_text", "result_hash", "frozen_at", "seed_entered_at", "events"),
    ]


@pytest.mark.parametrize(
    "cert",
    [
        {},
        {"": "", "a": [], "b": {}, "c": None, "d": 1.5, "e": True},
        {"x": {"a": [{"b": ["\n", '"\\']}]}, '列"表\n': ["\t"]},
        {"text": "\x00\x1f\x7f\u2028〔\ud800" * 5000, "quoted": '甲"乙"\\' * 5000 + "\n\t"},
        sampled() | {"witnesses": '甲说“好”\n"yes"'},
    ],
    ids=["empty", "plain", "nested", "odd", "whole"],
)
def test_the_exported_file_is_what_the_encoder_of_json_writes(cert: Certificate) -> None:
    """Written in pieces because it is long; not a byte else than before."""
    whole = json.dumps(cert, ensure_ascii=False, indent=1) + "\n"
    assert certificate_file(cert) == whole.encode("utf-8", "surrogatepass")
    assert certificate_json(cert) == whole


@pytest.mark.parametrize("data", [b"\xff", "[]", "{", '"x"', "[" * 100_000])
def test_what_is_no_certificate_is_refused(data: bytes | str) -> None:
    with pytest.raises(RuleError, match="^这不是证书文件"):
        load_certificate(data)


def test_a_mistyped_sheet_hash_is_not_taken_for_a_forgery() -> None:
    verdict = verify(sampled(), "1a815aa04dee")
    assert verdict.sentence == "指纹单（表A）上的名单指纹应为64位（0到9、a到f）。请照表重新输入。"


def test_times_out_of_order_make_no_certificate() -> None:
    outcome = run_draw(frame(25), seed=SEED)
    for frozen_at, entered in (
        (FROZEN_AT, FROZEN_AT),
        (FROZEN_AT, datetime(2022, 8, 15, 12)),  # noqa: DTZ001
    ):
        with pytest.raises(RuleError):
            build_certificate(
                outcome, source=SeedSource.D10, frozen_at=frozen_at, seed_entered_at=entered
            )
