"""What the plan's pages show: the document, the desk of sample sizes."""

from dataclasses import dataclass
from datetime import datetime

from evaluations.models import Plan
from evaluations.rules.quotas import quotas_lr
from evaluations.rules.sizes import SizeReading, SizeReport, SizeRule, report_size
from wanzhou_eval.clock import ClockTimestamp, database_now
from wanzhou_eval.errors import RefusedError


def plan_of(year: int) -> Plan:
    """The plan of a year with its clock read. Raises `RefusedError` (404) when there is none."""
    plans = Plan.objects.select_related("frame", "standard").annotate(read_at=ClockTimestamp())
    plan = plans.filter(year=year).first()
    if plan is None:
        raise RefusedError(f"还没有{year}年度方案。请由科室先拟定方案。", status=404)
    plan.now = plan.read_at + plan.clock_offset
    return plan


def latest_plan() -> Plan | None:
    """The plan of the latest year, if any; its clock is not read."""
    return Plan.objects.select_related("frame").first()


def plan_clock(plan: Plan) -> datetime:
    """The plan's present moment for showing; acts read it again after the lock."""
    return database_now() + plan.clock_offset


@dataclass(frozen=True)
class SizeDesk:
    """Every reading of the 10% of article 4 beside the decided number."""

    total: int
    excluded: int
    eligible: int
    base: int
    readings: list[tuple[str, SizeReport, bool]]
    by_rule: int
    decided: int
    differs: bool
    quotas: list[tuple[str, int, int]]


def size_rule_of(plan: Plan, reading: str | None = None) -> SizeRule:
    """The plan's rule, or another reading of it."""
    return SizeRule(
        percent=plan.ratio_percent,
        reading=SizeReading(reading or plan.size_rule),
        least=plan.size_min,
        most=plan.size_max,
    )


def size_desk(plan: Plan) -> SizeDesk:
    """Compute all readings on the plan's base, and each stratum's quota of the decided number."""
    total = plan.frame.cases.count()
    excluded = plan.frame.cases.filter(exclusion__isnull=False).count()
    eligible = total - excluded
    base = total if plan.size_base == Plan.SizeBase.ALL else eligible
    readings = [
        (
            Plan.SizeRule(value).label,
            report_size(base, eligible=eligible, rule=size_rule_of(plan, value)),
            value == plan.size_rule,
        )
        for value in Plan.SizeRule.values
    ]
    by_rule = next(report.size for _, report, own in readings if own)
    decided = plan.decided_size or by_rule
    return SizeDesk(
        total=total,
        excluded=excluded,
        eligible=eligible,
        base=base,
        readings=readings,
        by_rule=by_rule,
        decided=decided,
        differs=decided != by_rule,
        quotas=_quotas(plan, min(decided, eligible)),
    )


def _quotas(plan: Plan, size: int) -> list[tuple[str, int, int]]:
    """Stratum, eligible cases, quota: by type only, the other strata show on the freeze page."""
    if plan.strata != Plan.Strata.TYPE or plan.allocation != Plan.Allocation.LR or not size:
        return []
    kinds = {"criminal": "刑事", "civil": "民事", "admin": "行政"}
    cases = plan.frame.cases.filter(exclusion__isnull=True)
    sizes = {kind: cases.filter(kind=kind).count() for kind in kinds}
    present = {kind: count for kind, count in sizes.items() if count}
    quotas = quotas_lr(present, size)
    return [(kinds[kind], count, quotas[kind]) for kind, count in present.items()]
