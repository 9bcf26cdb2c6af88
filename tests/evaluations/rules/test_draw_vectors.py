"""Every row of every published vector of LAQD/1, through the product's own code."""

import json
from pathlib import Path
from typing import Any

import pytest

from evaluations.rules.canonical import NONE, Head
from evaluations.rules.certificates import run_draw
from evaluations.rules.characters import shapes, skeleton, surely_distinct
from evaluations.rules.errors import RuleError
from evaluations.rules.freeze import parse_freeze
from evaluations.rules.hashing import HashName, hash_hex, sm3_hex
from evaluations.rules.quotas import quotas_lr, quotas_min1
from evaluations.rules.sampling import SampleResult, replacements
from evaluations.rules.seeds import check_seed, readback
from evaluations.rules.sizes import LITERAL_RULE, size_by_rule
from evaluations.rules.tickets import Purpose, Urn, ticket_line

FILE = Path(__file__).parents[2] / "fixtures" / "draw-vectors.json"
VECTORS: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))["vectors"]
DRAWS = [v for v in VECTORS if v["kind"] == "draw"]


def of(identity: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Input and expectation of one vector."""
    found = next(v for v in VECTORS if v["id"] == identity)
    return found["input"], found["expected"]


def test_no_vector_is_left_out() -> None:
    kinds = [v["kind"] for v in VECTORS]
    assert len(kinds) == 19
    assert set(kinds) == {
        *("ticket", "size", "skeleton", "seed", "freeze", "alloc", "draw", "reserve")
    }


@pytest.mark.parametrize("identity", ["V01", "V02"])
def test_ticket(identity: str) -> None:
    given, expected = of(identity)
    name = HashName(given.get("hash", "SHA-256"))
    purpose = Purpose(given["purpose"])
    line = ticket_line(purpose, draw=given["draw"], seed=given["seed"], item=given["item"])
    assert line == expected["message"]
    assert line.encode().hex() == expected["message_utf8_hex"]
    urn = Urn(name, given["draw"], given["seed"])
    assert urn.ticket(purpose, given["item"]) == expected["ticket"]
    assert urn.tickets(purpose, [given["item"]]) == [expected["ticket"]]
    if name is HashName.SM3:
        assert sm3_hex(line.encode()) == expected["ticket"]


def test_own_sm3_equals_the_library_at_every_padding() -> None:
    for length in range(130):
        data = bytes(range(length))
        assert sm3_hex(data) == hash_hex(HashName.SM3, data)


def test_size() -> None:
    given, expected = of("V05")
    sizes = [size_by_rule(total, eligible=total, rule=LITERAL_RULE) for total in given["N"]]
    assert sizes == expected["n"]


def test_skeleton() -> None:
    given, expected = of("V06")
    assert [skeleton(item) for item in given["items"]] == expected["skeleton"]


@pytest.mark.parametrize(
    ("numbers", "distinct"),
    [
        (["渝〔2022〕1号", "渝〔2022〕11号", "渝民〔2022〕1号"], True),
        (["渝〔2022〕1号", "渝[2022]1号"], False),
        (["渝〔2022〕10号", "渝〔2022〕01号"], False),
        (["010", "1"], False),
        (["A1", "a1"], False),
    ],
)
def test_the_quick_look_alike_check_never_overlooks_one(numbers: list[str], distinct: bool) -> None:
    joined = "\n".join(numbers)
    assert surely_distinct(joined, shapes(joined)) is distinct


@pytest.mark.parametrize("identity", ["V07", "V08"])
def test_seed(identity: str) -> None:
    given, expected = of(identity)
    head = Head(given["draw"], HashName(given["hash"]), commit=given["commit"])
    rows = zip(given["seeds"], expected["verdict"], expected["readback"], strict=True)
    for seed, verdict, code in rows:
        if verdict == "bad":
            with pytest.raises(RuleError):
                check_seed(seed, head=head)
        else:
            check_seed(seed, head=head)
            assert readback(seed, draw=head.draw, hash_name=head.hash) == code


def test_freeze() -> None:
    given, expected = of("V09")
    rows = zip(given["what"], given["texts_utf8_hex"], expected["verdict"], strict=True)
    for what, text, verdict in rows:
        data = bytes.fromhex(text)
        if verdict == "ok":
            assert parse_freeze(data).text.encode() == data, what
        else:
            with pytest.raises(RuleError, match=r"^名单第[0-9]+行："):
                parse_freeze(data)


def test_allocation() -> None:
    given, expected = of("V10")
    assert quotas_lr(given["sizes"], given["n"]) == expected["quota"]
    given, expected = of("V12")
    assert quotas_min1(given["sizes"], given["n"]) == expected["quota"]


@pytest.mark.parametrize("vector", DRAWS, ids=[v["id"] for v in DRAWS])
def test_draw(vector: dict[str, Any]) -> None:
    given, expected = vector["input"], vector["expected"]
    if expected.get("error"):
        with pytest.raises(RuleError):
            run_draw(given["freeze_text"], seed=given["seed"])
        return
    outcome = run_draw(given["freeze_text"], seed=given["seed"])
    assert outcome.frozen.freeze_hash == expected["freeze_hash"]
    assert outcome.result_text == expected.get("result_text", outcome.result_text)
    assert outcome.result_hash == expected["result_hash"]


def test_year_2022_draws_76_of_761_with_the_recorded_reason() -> None:
    given, _ = of("V18")
    outcome = run_draw(given["freeze_text"], seed=given["seed"])
    assert isinstance(outcome.result, SampleResult)
    assert [(s.key, s.size, s.quota) for s in outcome.result.strata] == [
        ("admin", 16, 2),
        ("civil", 498, 50),
        ("criminal", 235, 24),
    ]
    assert len(outcome.result.sample) == 76
    assert outcome.result.sample[0].case_no == "渝万援民〔2022〕45号"
    assert outcome.result.sample[0].ticket.startswith("000111a9")
    assert outcome.frozen.head.commit == NONE


def test_reserve() -> None:
    given, expected = of("V20")
    outcome = run_draw(given["freeze_text"], seed=given["seed"])
    assert isinstance(outcome.result, SampleResult)
    found = replacements(outcome.result, missing=given["missing"])
    assert [drawn.case_no for drawn in found] == expected["new"]
