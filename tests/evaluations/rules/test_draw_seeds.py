"""Seeds: what is typed, compared, committed; every refusal names the place."""

import pytest

from evaluations.rules.canonical import Head
from evaluations.rules.errors import RuleError
from evaluations.rules.hashing import HashName
from evaluations.rules.seeds import (
    SeedSource,
    check_digits,
    check_seed,
    commitment,
    compare_typings,
    readback,
)

SEED = "31415926535897932384"


@pytest.mark.parametrize(
    ("digits", "source", "sentence"),
    [
        ("3141592653589793238", None, "种子只有19位，至少20位。请继续掷，补足1位。"),
        ("3141592653 5897932384", None, "种子第11位是“ ”，只能是半角数字0到9"),
        ("３１４", None, "种子第1位是“３”，只能是半角数字0到9"),
        ("1" * 201, None, "种子有201位，最多200位"),
        ("1" * 30, SeedSource.D6, "种子只有30位，至少31位"),
        ("12345670" * 5, SeedSource.D6, "种子第7位是7，六面骰只有1到6"),
        ("", SeedSource.BALL, "种子只有0位，至少20位"),
    ],
)
def test_bad_digits(digits: str, source: SeedSource | None, sentence: str) -> None:
    with pytest.raises(RuleError, match=f"^{sentence}"):
        check_digits(digits, source=source)


def test_recommended_lengths() -> None:
    assert [(s, s.least, s.recommended) for s in SeedSource] == [
        (SeedSource.D10, 20, 24),
        (SeedSource.BALL, 20, 24),
        (SeedSource.D6, 31, 31),
    ]
    check_digits("123456" * 6, source=SeedSource.D6)


def test_two_typings_must_agree() -> None:
    compare_typings(SEED, SEED)
    with pytest.raises(RuleError, match="第一次20位，第二次19位"):
        compare_typings(SEED, SEED[:-1])
    with pytest.raises(RuleError, match="两次输入第3位不同：第一次4，第二次7"):
        compare_typings(SEED, "31715926535897932384")


def test_a_commitment_binds_the_secret() -> None:
    secret = "0f" * 32
    head = Head("T", HashName.SM3, commit=commitment(secret, draw="T", hash_name=HashName.SM3))
    check_seed(f"{SEED}+{secret}", head=head)
    with pytest.raises(RuleError, match="本次抽选有封存承诺值"):
        check_seed(SEED, head=head)
    with pytest.raises(RuleError, match="与名单中封存的承诺不符"):
        check_seed(f"{SEED}+{'0e' * 32}", head=head)
    with pytest.raises(RuleError, match="承诺值应为64位、只有0到9和小写a到f"):
        check_seed(f"{SEED}+{secret.upper()}", head=head)


def test_readback_depends_on_draw_and_seed() -> None:
    assert readback(SEED, draw="CQWZ-2022-S1") == "8b40988f"
    assert readback(SEED, draw="CQWZ-2022-S2") != "8b40988f"
