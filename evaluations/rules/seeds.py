"""Seeds of LAQD/1 (2.2): which strings may be one, the read-back code, the commitment."""

from __future__ import annotations

import re
from enum import StrEnum

from evaluations.rules.canonical import NONE, Head
from evaluations.rules.characters import HEX64
from evaluations.rules.errors import RuleError
from evaluations.rules.hashing import HashName
from evaluations.rules.tickets import Purpose, Urn

DIGITS = re.compile(r"[0-9]{20,200}")
READBACK_LENGTH = 8


class SeedSource(StrEnum):
    """How the digits came about: ten-sided dice, balls put back, ordinary dice."""

    D10 = "d10"
    BALL = "ball"
    D6 = "d6"

    @property
    def least(self) -> int:
        """Fewest digits."""
        return 31 if self is SeedSource.D6 else 20

    @property
    def recommended(self) -> int:
        """Digits for about 80 bits."""
        return 31 if self is SeedSource.D6 else 24


def check_digits(digits: str, *, source: SeedSource | None = None) -> None:
    """Check the rolled digits: ASCII only, enough of them, 1 to 6 for ordinary dice.

    Raises `RuleError` naming the first bad character or the missing number of digits.
    """
    for place, char in enumerate(digits, 1):
        if char not in "0123456789":
            raise RuleError(
                f"种子第{place}位是“{char}”，只能是半角数字0到9，中间不留空格。请重新输入。"
            )
        if source is SeedSource.D6 and char not in "123456":
            raise RuleError(f"种子第{place}位是{char}，六面骰只有1到6。请核对掷骰记录。")
    least = source.least if source else 20
    if len(digits) < least:
        raise RuleError(
            f"种子只有{len(digits)}位，至少{least}位。请继续掷，补足{least - len(digits)}位。"
        )
    if not DIGITS.fullmatch(digits):
        raise RuleError(f"种子有{len(digits)}位，最多200位。请核对是否重复输入。")


def check_seed(seed: str, *, head: Head, source: SeedSource | None = None) -> None:
    """Check a seed for the draw of `head`; with a commitment it is `digits+` 64 hex.

    Raises `RuleError`.
    """
    if head.commit == NONE:
        check_digits(seed, source=source)
        return
    digits, plus, secret = seed.partition("+")
    if not plus:
        raise RuleError("本次抽选有封存承诺值，种子应为“数字+承诺值”。请启封并录入承诺值。")
    check_digits(digits, source=source)
    if not HEX64.fullmatch(secret):
        raise RuleError(
            f"承诺值应为64位、只有0到9和小写a到f，录入的有{len(secret)}位。请对照信封内的原文重录。"
        )
    if commitment(secret, draw=head.draw, hash_name=head.hash) != head.commit:
        raise RuleError(
            "承诺值与名单中封存的承诺不符。请核对信封；确实不符的，本次抽选作废并记录。"
        )


def commitment(secret: str, *, draw: str, hash_name: HashName = HashName.SHA256) -> str:
    """Return the commitment that goes into the freeze file for 64 secret hex digits."""
    return Urn(hash_name, draw, NONE).ticket(Purpose.COMMIT, secret)


def readback(seed: str, *, draw: str, hash_name: HashName = HashName.SHA256) -> str:
    """Return the 8 hex digits that are compared aloud after typing."""
    return Urn(hash_name, draw, seed).ticket(Purpose.READBACK, NONE)[:READBACK_LENGTH]


def compare_typings(first: str, second: str) -> None:
    """Check that two people typed the same seed. Raises `RuleError` naming the first place."""
    if len(first) != len(second):
        raise RuleError(
            f"两次输入的位数不同：第一次{len(first)}位，第二次{len(second)}位。请对照掷骰记录重输。"
        )
    for place, (one, other) in enumerate(zip(first, second, strict=True), 1):
        if one != other:
            raise RuleError(
                f"两次输入第{place}位不同：第一次{one}，第二次{other}。请对照掷骰记录重输。"
            )
