"""评估补贴: 50 yuan for each sealed sheet of an expert chosen from society (article 8).

Amounts are yuan as `Decimal`; two decimals at most.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

RATE_2022 = Decimal(50)

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿")


@dataclass(frozen=True, kw_only=True)
class Work:
    """What one expert did: sealed sheets that count, first evaluation and 复评 together."""

    expert: str
    name: str
    unit: str
    society: bool
    sheets: int


@dataclass(frozen=True, kw_only=True)
class AllowanceLine:
    """One line of the 补贴发放表."""

    expert: str
    name: str
    unit: str
    society: bool
    sheets: int
    rate: Decimal
    amount: Decimal

    @property
    def remark(self) -> str:
        """Why a line has no money."""
        return "" if self.society else "公职人员，不发放"


@dataclass(frozen=True, kw_only=True)
class Allowances:
    """The whole sheet; the total is the sum of its lines."""

    lines: tuple[AllowanceLine, ...]

    @property
    def paid_sheets(self) -> int:
        """件次 that are paid."""
        return sum(line.sheets for line in self.lines if line.society)

    @property
    def total(self) -> Decimal:
        """Yuan in all."""
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def total_in_capitals(self) -> str:
        """The total in 大写."""
        return in_capitals(self.total)


def allowances(work: Iterable[Work], *, rate: Decimal = RATE_2022) -> Allowances:
    """The lines in the given order; experts of public posts stand there with nothing.

    A sheet counts once it is sealed: a recused expert is paid for none of the open ones, the
    replacement for what was sealed.
    """
    return Allowances(
        lines=tuple(
            AllowanceLine(
                expert=done.expert,
                name=done.name,
                unit=done.unit,
                society=done.society,
                sheets=done.sheets,
                rate=rate if done.society else Decimal(0),
                amount=rate * done.sheets if done.society else Decimal(0),
            )
            for done in work
        )
    )


def in_capitals(amount: Decimal) -> str:
    """An amount of yuan in 大写, as on cheques: 7600 is 柒仟陆佰元整, 10.05 壹拾元零伍分.

    Raises `ValueError` below 0, from 10^12 on, or with more than two decimals.
    """
    cents = amount * 100
    if amount < 0 or amount >= 10**12 or cents != cents.to_integral_value():
        raise ValueError("an amount from 0 with at most two decimals")
    yuan, rest = divmod(int(cents), 100)
    jiao, fen = divmod(rest, 10)
    text = f"{_whole(yuan)}元" if yuan else ""
    if not rest:
        return (text or "零元") + "整"
    if jiao:
        text += f"{DIGITS[jiao]}角"
    elif yuan:
        text += "零"
    return text + (f"{DIGITS[fen]}分" if fen else "整")


def _whole(number: int) -> str:
    """A positive whole number in capitals, group by group of four digits."""
    text, gap = "", False
    for power in reversed(range(len(GROUPS))):
        group = number // 10 ** (4 * power) % 10000
        if not group:
            gap = bool(text)
            continue
        if text and (gap or group < 1000):
            text += "零"
        text += _group(group) + GROUPS[power]
        gap = False
    return text


def _group(group: int) -> str:
    text, zero = "", False
    for place in reversed(range(4)):
        digit = group // 10**place % 10
        if digit:
            text += ("零" if zero else "") + DIGITS[digit] + PLACES[place]
        zero = bool(text) and not digit
    return text
