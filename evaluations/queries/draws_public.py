"""抽选公开: what anybody may see of a signed draw, without login, to re-compute the sample.

A sample list holds case numbers, types, months, codes of firms and who was left out: no names, no
handlers. It is published whole unless the plan says hashes only. Lists of experts and matching
hold codes of persons and their declared relations; of these only seed and hashes are public.
"""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from evaluations.models import Draw, DrawKind, Plan
from evaluations.queries.draws import summary_of
from evaluations.queries.draws_calls import call_count
from evaluations.queries.draws_proof import certificate_of
from evaluations.queries.draws_record import NAMES_OF_KIND, in_fours
from evaluations.queries.draws_seed import (
    SOURCE_LABELS,
    digits_of,
    in_fives,
    in_groups,
    value_of,
)
from evaluations.queries.draws_tickets import StratumLine, tickets_of
from evaluations.queries.draws_why import Why, explain_number
from evaluations.rules.certificates import TEXT_FIELDS, Certificate
from wanzhou_eval.errors import RefusedError

KINDS = (DrawKind.SAMPLE, DrawKind.EXPERTS, DrawKind.MATCH)
"""A review draw names the appealed case and is not published."""


@dataclass(frozen=True)
class PublicDraw:
    """One draw as the public reads it; `whole` when list and result may be taken along.

    `value` is the opened value of a commitment, in groups of eight.
    """

    draw: Draw
    title: str
    summary: str
    seed: str
    value: str
    source: str
    prints: list[dict[str, str]]
    strata: list[StratumLine]
    whole: bool


@dataclass(frozen=True)
class PublicDraws:
    """The page of a year. `why` answers for the case number that was asked for."""

    plan: Plan
    draws: list[PublicDraw]
    years: list[int]
    query: str
    why: Why | None
    trouble: str


def signed_draws() -> QuerySet[Draw]:
    """Draws that are public: signed and locked, or void; never those of a review."""
    done = Q(signed_at__isnull=False) | Q(voided_at__isnull=False)
    return Draw.objects.filter(done, kind__in=KINDS)


def years_with_draws() -> list[int]:
    """Years with a public draw, latest first."""
    return list(
        signed_draws().order_by("-plan__year").values_list("plan__year", flat=True).distinct()
    )


def public_draws(year: int | None, *, number: str) -> PublicDraws:
    """The public draws of a year, or of the latest. Raises `RefusedError` (404) without any."""
    years = years_with_draws()
    if year is None and years:
        year = years[0]
    if year not in years:
        raise RefusedError("还没有可以公开的抽选。抽选签名锁定以后在这里公开。", status=404)
    draws = signed_draws().filter(plan__year=year).select_related("plan", "previous")
    shown = [public_draw(draw) for draw in draws.order_by("pk")]
    why, trouble = answer(shown, number) if number else (None, "")
    return PublicDraws(draws[0].plan, shown, years, number, why, trouble)


def public_draw(draw: Draw) -> PublicDraw:
    """One draw without names: a void one with its reason, a list only where it may be public."""
    whole = may_take(draw)
    prints = [
        ("名单指纹", draw.freeze_hash),
        ("封存的承诺", draw.commitment),
        ("结果指纹", draw.result_hash),
    ]
    return PublicDraw(
        draw=draw,
        title=NAMES_OF_KIND[DrawKind(draw.kind)].removesuffix("记录"),
        summary=summary_of(draw),
        seed=" ".join(in_fives(digits_of(draw) if draw.seed else "")),
        value=" ".join(in_groups(value_of(draw), 8)),
        source=SOURCE_LABELS.get(draw.seed_source, ""),
        prints=[{"label": label, "value": in_fours(value)} for label, value in prints if value],
        strata=tickets_of(draw).strata if whole else [],
        whole=whole,
    )


def may_take(draw: Draw) -> bool:
    """Whether list and result of this draw are public: a sample, read out, by the plan's word."""
    return (
        draw.kind == DrawKind.SAMPLE
        and draw.plan.draw_public == Plan.DrawPublic.LIST
        and bool(draw.drawn_at)
        and draw.announced >= call_count(draw)
    )


def answer(shown: list[PublicDraw], number: str) -> tuple[Why | None, str]:
    """Why a case was drawn or not, by its number, where the list is public."""
    standing = [one.draw for one in shown if one.whole and not one.draw.voided_at]
    if not standing:
        return None, "这一年没有公开名单，不能按案号查询。请向公共法律服务科查询。"
    try:
        return explain_number(standing[-1], number), ""
    except RefusedError as error:
        return None, error.sentence


def draw_to_take(year: int, code: str) -> Draw:
    """The draw whose 核验包 anybody may take. Raises `RefusedError` (404) for any other."""
    draws = signed_draws().select_related("plan", "previous")
    draw = draws.filter(plan__year=year, code=code).first()
    if draw is None or not may_take(draw):
        raise RefusedError(f"{code}没有公开的核验包。请回抽选公开页看现有的。", status=404)
    return draw


def public_certificate(draw: Draw) -> Certificate:
    """The certificate without witnesses, place and free words: a reason is only its kind."""
    whole = certificate_of(draw)
    kinds = {event.item: event.get_kind_display() for event in draw.events.all()}
    events = [
        event | {"reason": kinds.get(event.get("missing", ""), "换件")} for event in whole["events"]
    ]
    return {field: whole[field] for field in TEXT_FIELDS} | {"events": events}
