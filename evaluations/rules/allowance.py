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
class Policy:
    """Which sealed sheets are paid, as the plan says; an open sheet never is.

    Whoever was recused or replaced before sealing is paid nothing for that file and the successor
    is paid for what was sealed. A sheet that was sealed and then withdrawn was work done.
    """

    review: bool = True
    withdrawn: bool = True

    def counts(self, *, review: bool, withdrawn: bool) -> bool:
        """Whether a sealed sheet is paid."""
        return (self.review or not review) and (self.withdrawn or not withdrawn)

    @property
    def told(self) -> str:
        """The policy as the sheet states it."""
        review = "复评同一标准" if self.review else "复评不计"
        withdrawn = "计入" if self.withdrawn else "不计"
        return f"按已封存的评分表计，{review}，封存后因回避、换人收回的{withdrawn}"


@dataclass(frozen=True, kw_only=True)
class Work:
    """What one expert did: sealed sheets that count, others that do not, and those paid already."""

    expert: str
    name: str
    unit: str
    society: bool
    sheets: int
    uncounted: int = 0
    paid: int = 0


@dataclass(frozen=True, kw_only=True)
class AllowanceLine:
    """One line of the 补贴发放表."""

    expert: str
    name: str
    unit: str
    society: bool
    sheets: int
    uncounted: int
    paid: int
    rate: Decimal
    amount: Decimal

    @property
    def unpaid(self) -> int:
        """件次 still to be paid."""
        return self.sheets - self.paid if self.society else 0

    @property
    def unpaid_amount(self) -> Decimal:
        """Yuan still to be paid."""
        return self.rate * self.unpaid

    @property
    def remark(self) -> str:
        """Why a line has no money, or which sheets do not count."""
        if not self.society:
            return "公职人员，不发放"
        return f"另有 {self.uncounted} 份按方案不计" if self.uncounted else ""


@dataclass(frozen=True, kw_only=True)
class Allowances:
    """The whole sheet; the total is the sum of its lines."""

    lines: tuple[AllowanceLine, ...]
    policy: Policy = Policy()

    @property
    def told(self) -> str:
        """How the sheets were counted."""
        return self.policy.told

    @property
    def paid_sheets(self) -> int:
        """件次 that are to be paid for, whether or not they have been."""
        return sum(line.sheets for line in self.lines if line.society)

    @property
    def total(self) -> Decimal:
        """Yuan in all."""
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def total_in_capitals(self) -> str:
        """The total in 大写."""
        return in_capitals(self.total)

    @property
    def unpaid(self) -> Decimal:
        """Yuan still to be paid."""
        return sum((line.unpaid_amount for line in self.lines), Decimal(0))


def allowances(
    work: Iterable[Work], *, rate: Decimal = RATE_2022, policy: Policy = Policy()
) -> Allowances:
    """The lines in the given order; experts of public posts stand there with nothing."""
    return Allowances(lines=tuple(_line(done, rate=rate) for done in work), policy=policy)


def _line(done: Work, *, rate: Decimal) -> AllowanceLine:
    due = rate if done.society else Decimal(0)
    return AllowanceLine(
        expert=done.expert,
        name=done.name,
        unit=done.unit,
        society=done.society,
        sheets=done.sheets,
        uncounted=done.uncounted,
        paid=done.paid,
        rate=due,
        amount=due * done.sheets,
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
