"""The lists as the rules write them: what would be sealed now, byte by byte."""

import re

from evaluations.models import Draw, DrawKind, Plan
from evaluations.queries.draws_lists import live_draw, match_rows, pool_rows, sample_rows
from evaluations.queries.draws_text import sections_of
from evaluations.queries.plan import size_rule_of
from evaluations.rules.canonical import NONE, Head
from evaluations.rules.errors import RuleError
from evaluations.rules.freeze_experts import (
    Category,
    ExpertsFreeze,
    PoolMember,
    Slot,
    build_experts,
)
from evaluations.rules.freeze_match import (
    AlternateRow,
    Conflict,
    ExpertOrg,
    GroupRow,
    MatchCase,
    MatchFreeze,
    build_match,
)
from evaluations.rules.freeze_sample import (
    Allocation,
    SampleFreeze,
    SampleTerms,
    Variable,
    build_sample,
)
from evaluations.rules.hashing import HashName
from evaluations.rules.matching import prepare
from evaluations.rules.panels import check_pool
from evaluations.rules.sizes import SizeBase, size_by_rule
from experts.queries import left_out
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Person

Frozen = SampleFreeze | ExpertsFreeze | MatchFreeze
OVERRIDE_LIMIT = 200
RESERVES_PER_STRATUM = 40
"""How many reserves of a stratum the matching list carries, so that late replacements have
their relations sealed too; beyond that the new case is matched by a new draw."""


def head_of(draw: Draw) -> Head:
    """The headers of a sealed list."""
    previous = draw.previous.result_hash if draw.previous else NONE
    commit = draw.commitment or NONE
    return Head(draw=draw.code, hash=HashName(draw.hash_name), prev=previous, commit=commit)


def frame_freeze(plan: Plan, *, head: Head) -> SampleFreeze:
    """The sample's list as it stands now. Raises `RuleError` or `RefusedError`."""
    rows = sample_rows(plan.frame)
    eligible = sum(row[-1] == "in" for row in rows)
    if rows and not eligible:
        raise RefusedError(
            f"{len(rows)}件办结案件全部剔除，没有可以抽的。请到案件页核对剔除名单，再封存。",
            status=422,
        )
    base = SizeBase(plan.size_base)
    total = len(rows) if base is SizeBase.ALL else eligible
    rule = size_rule_of(plan)
    by_rule = size_by_rule(total, eligible=eligible, rule=rule)
    size = plan.decided_size or by_rule
    terms = SampleTerms(
        n=size,
        override=override_text(plan, by_rule=by_rule) if size != by_rule else NONE,
        size_rule=rule,
        size_base=base,
        strata=tuple(Variable(name) for name in plan.strata.split(",") if name != NONE),
        alloc=Allocation(plan.allocation),
    )
    return build_sample(head, terms=terms, cases=rows)


def override_text(plan: Plan, *, by_rule: int) -> str:
    """The reason for another number than the rule's, with clause and signer, on one line."""
    if not plan.decided_reason or not plan.decided_clause or not plan.decided_signer:
        raise RefusedError(
            f"决定抽{plan.decided_size}件，按规则应抽{by_rule}件，还缺理由、依据条款或批准人。"
            "请在抽样件数页补齐后再封存。",
            status=422,
        )
    approval = f"{plan.decided_signer} {plan.decided_document}".strip()
    text = f"{plan.decided_reason}（依据：{plan.decided_clause}；批准：{approval}）"
    text = " ".join(text.split())
    if len(text) > OVERRIDE_LIMIT:
        raise RefusedError(
            f"抽样件数的理由、依据和批准人合计{len(text)}字，名单里最多{OVERRIDE_LIMIT}字。"
            "请在抽样件数页压缩后再封存。",
            status=422,
        )
    return text


def frozen_pool(
    plan: Plan, *, head: Head, slots: dict[str, int], excluded: dict[int, str] | None = None
) -> ExpertsFreeze:
    """The pool's list as it stands now, whether or not it can fill the seats.

    `excluded` names further experts with the code of their reason, beside those who sit out the
    year. Raises `RuleError` for a list that cannot be written.
    """
    reasons = (excluded or {}) | left_out(plan.year)
    members = [
        PoolMember(person, org, specialties, may_lead == "1", status)
        for person, org, specialties, may_lead, status in pool_rows(excluded=reasons)
    ]
    wanted = [Slot(Category(category), seats) for category, seats in slots.items()]
    return build_experts(head, slots=wanted, pool=members)


def pool_freeze(
    plan: Plan, *, head: Head, slots: dict[str, int], excluded: dict[int, str] | None = None
) -> ExpertsFreeze:
    """The pool's list as it stands now, proven able to fill the seats. Raises `RuleError`."""
    frozen = frozen_pool(plan, head=head, slots=slots, excluded=excluded)
    check_pool(frozen)
    return frozen


def match_list(plan: Plan, *, head: Head) -> MatchFreeze:
    """The matching's list as it stands now, solvable or not. Raises `RuleError`."""
    rows = match_rows(plan, reserves=reserve_numbers(plan))
    sample, experts = live_draw(plan, DrawKind.SAMPLE), live_draw(plan, DrawKind.EXPERTS)
    return build_match(
        head,
        cases=[MatchCase(*row) for row in rows.cases],
        groups=[GroupRow(*row) for row in rows.groups],
        people=[ExpertOrg(*row) for row in rows.experts],
        alternates=[AlternateRow(*row) for row in rows.alternates],
        conflicts=[Conflict(*row) for row in rows.conflicts],
        sample=sample.result_hash if sample else NONE,
        experts=experts.result_hash if experts else NONE,
    )


def match_freeze(plan: Plan, *, head: Head) -> MatchFreeze:
    """The matching's list as it stands now, proven solvable. Raises `RuleError`."""
    frozen = match_list(plan, head=head)
    try:
        prepare(frozen)
    except RuleError as error:
        raise RuleError(with_names(str(error), {row.person for row in frozen.people})) from None
    return frozen


def listed_now(draw: Draw) -> str:
    """The list of a draw as the tables would give it now. Raises `RuleError` or `RefusedError`."""
    plan, head, kind = draw.plan, head_of(draw), DrawKind(draw.kind)
    if kind == DrawKind.SAMPLE:
        return frame_freeze(plan, head=head).text
    if kind == DrawKind.EXPERTS:
        return frozen_pool(plan, head=head, slots=panel_slots(plan)).text
    if kind == DrawKind.MATCH:
        return match_list(plan, head=head).text
    raise RuleError("复评组名单不能由现存登记重新列出。")


def with_names(sentence: str, codes: set[str]) -> str:
    """The sentence with persons by name beside their codes: it is read, never sealed."""
    for code, name in Person.objects.filter(code__in=codes).values_list("code", "name"):
        sentence = re.sub(rf"(?<![0-9A-Za-z]){re.escape(code)}(?![0-9A-Za-z])", name, sentence)
    return sentence


def reserve_numbers(plan: Plan) -> list[str]:
    """Unused reserves of the sample, the first of each stratum."""
    draw = live_draw(plan, DrawKind.SAMPLE)
    if draw is None:
        return []
    used = set(draw.events.values_list("replacement", flat=True))
    counts: dict[str, int] = {}
    numbers = []
    for _, number, stratum, _ in sections_of(draw.result_text)["reserve"]:
        if number not in used and counts.setdefault(stratum, 0) < RESERVES_PER_STRATUM:
            counts[stratum] += 1
            numbers.append(number)
    return numbers


def panel_slots(plan: Plan) -> dict[str, int]:
    """Two experts per panel and category, as the plan has it (article 5)."""
    wanted = {"criminal": 2 * plan.criminal_panels, "civil": 2 * plan.civil_panels}
    return {category: count for category, count in wanted.items() if count}
