"""清洗台账: its canonical text, its fingerprint, its place in the frame."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from cases.rules import LedgerLine, ledger_sha256, ledger_text

A = LedgerLine("ab" * 32, "台账", 7, "案号", "渝万援民(2022)1号", "渝万援民〔2022〕1号", "括号", "")
B = LedgerLine("ab" * 32, "台账", 12, "承办人", "甲\t\n乙\\", "甲", "更正：依据", "clerk")


def test_the_text_is_written_as_told() -> None:
    assert ledger_text(2022, [B, A]) == (
        "WZQX/1\nyear=2022\nlines=2\n"
        f"{'ab' * 32}\t台账\t12\t承办人\t甲\\t\\n乙\\\\\t甲\t更正：依据\tclerk\n"
        f"{'ab' * 32}\t台账\t7\t案号\t渝万援民(2022)1号\t渝万援民〔2022〕1号\t括号\t\n"
    )


def test_the_fingerprint_is_pinned() -> None:
    assert ledger_sha256(2022, []) == hashlib.sha256(b"WZQX/1\nyear=2022\nlines=0\n").hexdigest()
    assert (
        ledger_sha256(2022, [A, B])
        == hashlib.sha256(ledger_text(2022, [A, B]).encode()).hexdigest()
    )


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
LINES = st.lists(
    st.builds(LedgerLine, TEXT, TEXT, st.integers(0, 9), TEXT, TEXT, TEXT, TEXT, TEXT), max_size=5
)


@given(LINES, st.randoms(use_true_random=False))
def test_the_order_of_the_lines_does_not_matter(lines: list[LedgerLine], dice: object) -> None:
    mixed = list(lines)
    dice.shuffle(mixed)  # type: ignore[attr-defined]  # random.Random
    assert ledger_sha256(2022, mixed) == ledger_sha256(2022, lines)


@given(LINES, LINES)
def test_different_ledgers_have_different_texts(
    ones: list[LedgerLine], others: list[LedgerLine]
) -> None:
    if sorted(ones) != sorted(others):
        assert ledger_text(2022, ones) != ledger_text(2022, others)
