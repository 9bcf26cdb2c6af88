"""抽样件数台: the readings of the 10%, the decided number, what it buys, seats per stratum."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from evaluations.models import Plan
from evaluations.queries.draws_prepare import in_office_order, stratum_label
from evaluations.queries.plan import DueSize, due_size, size_rule_of
from evaluations.rules.precision import chance_of_meeting, failure_interval, percent
from evaluations.rules.quotas import SeatPreview, preview_lr, preview_sys
from evaluations.rules.sizes import SizeReport, report_size
from wanzhou_eval.models import Firm

FAILURES = (0, 1, 2, 4, 8)
BAD_CASES = (5, 20)


@dataclass(frozen=True)
class Reading:
    """One reading of the rounding clause on the base shown; `own` is the plan's."""

    label: str
    report: SizeReport
    share: str
    cost: Decimal
    own: bool


@dataclass(frozen=True)
class Finding:
    """What the office could say after so many failing cases, for each size on the page."""

    failing: int
    intervals: list[tuple[str, str]]


@dataclass(frozen=True)
class SeatRow:
    """A stratum before the seed; `few` expects less than one case, `never` has no chance."""

    label: str
    size: int
    expected: str
    seats: str
    few: bool
    never: bool


@dataclass(frozen=True)
class Seats:
    """Seats per stratum by one way of dividing; `own` is the plan's way."""

    strata: str
    allocation: str
    own: bool
    rows: list[SeatRow]
    warning: str


@dataclass(frozen=True)
class SizeDesk:
    """Everything on the page, computed from the frame as it stands."""

    due: DueSize
    base: int
    shown_base: str
    own_base: bool
    readings: list[Reading]
    decided: int
    sizes: list[int]
    findings: list[Finding]
    meetings: list[tuple[int, list[str]]]
    seats: Seats

    @property
    def excluded(self) -> int:
        """Cases that stay in the list and cannot be drawn."""
        return self.due.total - self.due.eligible

    @property
    def differs(self) -> bool:
        """Whether another number than the rule's is decided."""
        return self.decided != self.due.by_rule


def size_desk(plan: Plan, *, base: str = "", strata: str = "", allocation: str = "") -> SizeDesk:
    """The desk with the plan's base and strata, or with others to compare. Four queries."""
    due = due_size(plan)
    shown_base = base if base in Plan.SizeBase.values else plan.size_base
    counted = due.total if shown_base == Plan.SizeBase.ALL else due.eligible
    decided = plan.decided_size or due.by_rule
    sizes = sorted({min(size, due.eligible) for size in (decided, due.by_rule)} - {0})
    division = (
        strata if strata in Plan.Strata.values else plan.strata,
        allocation if allocation in Plan.Allocation.values else plan.allocation,
    )
    return SizeDesk(
        due=due,
        base=counted,
        shown_base=shown_base,
        own_base=shown_base == plan.size_base,
        readings=readings(plan, base=counted, eligible=due.eligible),
        decided=decided,
        sizes=sizes,
        findings=[finding(due.eligible, sizes, failing=failing) for failing in FAILURES],
        meetings=[meeting(due.eligible, sizes, bad=bad) for bad in BAD_CASES],
        seats=seats(plan, division, size=min(decided, due.eligible)),
    )


def readings(plan: Plan, *, base: int, eligible: int) -> list[Reading]:
    """The three readings side by side, with their share of the base and what they cost."""
    rows = []
    for value, label in Plan.SizeRule.choices:
        report = report_size(base, eligible=eligible, rule=size_rule_of(plan, value))
        share = cut_percent(Fraction(report.size, base)) if base else ""
        cost = report.size * 2 * plan.fee
        rows.append(Reading(label, report, share, cost, value == plan.size_rule))
    return rows


def cut_percent(share: Fraction) -> str:
    """A share in per cent with two decimals, cut off: 9.99 is not to look like 10."""
    found = share * 10000 // 1
    return f"{found // 100}.{found % 100:02d}%"


def finding(eligible: int, sizes: list[int], *, failing: int) -> Finding:
    """The exact 95% interval of the failure rate among all cases that could be drawn."""
    told = []
    for size in sizes:
        if failing > size:
            told.append(("—", ""))
            continue
        found = failure_interval(total=eligible, drawn=size, failing=failing)
        low, high = found.percents
        told.append((f"{low}—{high}%", f"{found.low}—{found.high} 件"))
    return Finding(failing, told)


def meeting(eligible: int, sizes: list[int], *, bad: int) -> tuple[int, list[str]]:
    """The chance that the sample holds at least one of `bad` cases."""
    if bad > eligible:
        return bad, ["—" for _ in sizes]
    chances = [chance_of_meeting(total=eligible, drawn=size, failing=bad) for size in sizes]
    return bad, [f"{percent(chance)}%" for chance in chances]


def seats(plan: Plan, division: tuple[str, str], *, size: int) -> Seats:
    """Each stratum's seats before anything is sealed, and the strata that are left out.

    `division` is a value of `Plan.Strata` and one of `Plan.Allocation`.
    """
    strata, allocation = division
    own = division == (plan.strata, plan.allocation)
    sizes = stratum_sizes(plan, strata.split(","))
    systematic = allocation == Plan.Allocation.SYS
    found = (preview_sys if systematic else preview_lr)(sizes, size) if sizes and size else []
    found = sorted(found, key=lambda one: in_office_order(one.key))
    firms = dict(Firm.objects.values_list("code", "name")) if "org" in strata else {}
    rows = [seat_row(one, firms) for one in found]
    warning = left_out(rows, systematic=systematic)
    return Seats(strata, allocation, own, rows, warning)


def stratum_sizes(plan: Plan, variables: list[str]) -> dict[str, int]:
    """Eligible cases per stratum, keyed and ordered as the sealed list will have them."""
    cases = plan.frame.cases.filter(exclusion__isnull=True).order_by()
    rows = cases.values_list("kind", "closed_on", "firm__code")
    values = ({"type": kind, "month": f"{day:%Y-%m}", "org": firm} for kind, day, firm in rows)
    keys = Counter(",".join(row.get(name, "all") for name in variables) for row in values)
    return dict(sorted(keys.items()))


def seat_row(one: SeatPreview, firms: dict[str, str]) -> SeatRow:
    """A stratum as people read it."""
    label = "、".join(firms.get(part, stratum_label(part)) for part in one.key.split(","))
    hundredths = (one.expected * 200 + 1) // 2
    expected = f"{hundredths // 100}.{hundredths % 100:02d}"
    seats = str(one.least) if one.least == one.most else f"{one.least} 或 {one.most}"
    return SeatRow(label, one.size, expected, seats, one.expected < 1, one.most == 0)


def left_out(rows: list[SeatRow], *, systematic: bool) -> str:
    """Name the strata that expect less than one case, and what that means for them."""
    few = [row for row in rows if row.few]
    if not few:
        return ""
    never = [row for row in few if row.never]
    named = "；".join(row.label for row in (never or few))
    if systematic:
        return (
            f"有{len(few)}层期望不足1件：{named}。随机系统取整由随机数决定取0件还是1件，"
            "每件案件的机会仍然相同。"
        )
    if not never:
        return f"有{len(few)}层期望不足1件：{named}。最大余数法给了它们各1个名额，机会高于别层。"
    cases = sum(row.size for row in never)
    return (
        f"有{len(never)}层名额为0：{named}。这些层的{cases}件案件按最大余数法永远抽不到。"
        "要让每件都有机会，请改用随机系统取整，或减少分层。"
    )
