"""抽选准备: what would be sealed now, shown before anybody presses the button."""

from collections import Counter
from dataclasses import dataclass, field

from cases.queries import reconciliation_of
from evaluations.models import DrawKind, Plan
from evaluations.queries.draws_frozen import (
    frame_freeze,
    match_list,
    panel_slots,
    pool_freeze,
)
from evaluations.queries.draws_text import whole_frame
from evaluations.queries.feasibility import MatchFeasibility, match_feasibility
from evaluations.queries.replacements import waiting_sentence
from evaluations.rules.canonical import Head
from evaluations.rules.errors import RuleError
from evaluations.rules.freeze_experts import ExpertsFreeze
from evaluations.rules.freeze_sample import Allocation, SampleFreeze
from evaluations.rules.leader_price import prices
from evaluations.rules.sampling import announced_quotas
from evaluations.rules.stages import Stage
from experts.queries import LEFT_OUT
from wanzhou_eval.errors import RefusedError

NEXT_KIND = {
    Stage.ISSUED: DrawKind.SAMPLE,
    Stage.DRAWN: DrawKind.EXPERTS,
    Stage.EMPANELLED: DrawKind.MATCH,
}
STRATUM_LABELS = {"criminal": "刑事", "civil": "民事", "admin": "行政", "all": "全部"}
EXCLUSION_LABELS = {
    **LEFT_OUT,
    "scored": "初评过本案",
    "recused": "与本案有回避关系",
}
DRY_RUN = Head(draw="dry-run")


@dataclass(frozen=True)
class Preparation:
    """The next list to seal: its counts, or the sentence that says what blocks it."""

    kind: DrawKind
    title: str
    button: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    strata: list[tuple[str, int, int]] = field(default_factory=list)
    blocker: str = ""
    feasibility: MatchFeasibility | None = None


TITLES = {
    DrawKind.SAMPLE: ("抽选案件", "封存案件名单"),
    DrawKind.EXPERTS: ("抽选专家", "封存专家名单"),
    DrawKind.MATCH: ("匹配案件与小组", "封存匹配名单"),
}


def preparation(plan: Plan) -> Preparation | None:
    """What comes next in the plan's stage, unless its list is sealed already."""
    kind = NEXT_KIND.get(Stage(plan.stage))
    if kind is None or plan.draws.live().filter(kind=kind).exists():
        return None
    title, button = TITLES[kind]
    try:
        if kind is DrawKind.MATCH:
            return _match_preparation(plan)
        facts, strata = _FACTS[kind](plan)
    except RuleError as error:
        return Preparation(kind, title, button, blocker=str(error))
    except RefusedError as error:
        return Preparation(kind, title, button, blocker=error.sentence)
    return Preparation(kind, title, button, facts, strata, blocker=unsigned(plan))


def unsigned(plan: Plan) -> str:
    """The ceremony that must be finished first."""
    open_draw = plan.draws.live().filter(signed_at__isnull=True).first()
    return f"{open_draw.code}还没有签名锁定，请先在操作台办完。" if open_draw else ""


def in_office_order(key: str) -> tuple[list[int], str]:
    """刑事、民事、行政 first, then the rest of the key; the record itself is in byte order."""
    order = list(STRATUM_LABELS)
    return [order.index(part) for part in key.split(",") if part in order], key


def stratum_label(key: str) -> str:
    """A stratum as people read it."""
    return "、".join(STRATUM_LABELS.get(part, part) for part in key.split(","))


def seats_of(frozen: SampleFreeze) -> list[tuple[str, int, int]]:
    """Seats per stratum that are known before the seed, as people read them."""
    strata = sorted(announced_quotas(frozen), key=lambda one: in_office_order(one.key))
    return [(stratum_label(one.key), one.size, one.quota) for one in strata]


def _sample_facts(plan: Plan) -> tuple[list[tuple[str, str]], list[tuple[str, int, int]]]:
    counts = reconciliation_of(plan.frame)
    if counts.problem:
        raise RefusedError(counts.problem)
    frozen: SampleFreeze = frame_freeze(plan, head=DRY_RUN)
    total, eligible = len(frozen.numbers), len(frozen.eligible[0])
    systematic = frozen.terms.alloc is Allocation.SYS
    facts = [
        ("办结案件", f"{total} 件，与申报数相符"),
        ("剔除", f"{total - eligible} 件（留在名单里，注明原因）"),
        ("可抽", f"{eligible} 件"),
        ("按规则", f"{frozen.by_rule} 件{whole_frame(frozen.by_rule, eligible)}"),
        ("决定抽取", f"{frozen.terms.n} 件"),
        ("分层", f"{plan.get_strata_display()}，{plan.get_allocation_display()}"),
    ]
    if frozen.terms.override != "-":
        facts.insert(5, ("理由", frozen.terms.override))
    if systematic:
        facts.append(("说明", "各层先有下列席位，其余由随机数定"))
    strata = seats_of(frozen)
    return facts, strata


def left_out_words(frozen: ExpertsFreeze) -> str:
    """Who is not drawn and why, counted: （另：非本地 7，不在库 1）."""
    counts = Counter(m.status.removeprefix("ex:") for m in frozen.pool if m.status != "in")
    words = "，".join(
        f"{label} {counts[code]}" for code, label in EXCLUSION_LABELS.items() if counts[code]
    )
    return f"（不可抽：{words}）" if words else ""


def _pool_facts(plan: Plan) -> tuple[list[tuple[str, str]], list[tuple[str, int, int]]]:
    frozen = pool_freeze(plan, head=DRY_RUN, slots=panel_slots(plan))
    inside = [member for member in frozen.pool if member.status == "in"]
    facts = [
        ("专家库", f"{len(frozen.pool)} 人"),
        ("可抽", f"{len(inside)} 人{left_out_words(frozen)}"),
        ("可任组长", f"{sum(member.may_lead for member in inside)} 人"),
        ("组成", f"刑事 {plan.criminal_panels} 组，民事行政 {plan.civil_panels} 组，每组两人"),
        ("配对", "两人尽量不在同一机构"),
        *(("组长名额", sentence) for sentence in prices(frozen)),
    ]
    strata = [
        (
            "刑事" if slot.category == "criminal" else "民事行政",
            sum(member.serves(slot.category) for member in frozen.pool),
            slot.seats,
        )
        for slot in frozen.slots
    ]
    return facts, strata


def _match_preparation(plan: Plan) -> Preparation:
    """The matching with the proof that it can be done, or what stands in the way."""
    frozen = match_list(plan, head=DRY_RUN)
    found = match_feasibility(plan, frozen)
    blocker = waiting_sentence(plan) or unsigned(plan)
    if found.blocked:
        blocker = (
            f"无法匹配，有{len(found.blocked)}件案件没有任何小组或候补专家可以评估，"
            "逐件的原因和办法见下表。"
        )
    facts = [
        ("抽中案件", f"{sum(case.role == 'S' for case in frozen.cases)} 件"),
        ("小组", f"{len(frozen.groups)} 组"),
        ("登记的回避和曾执业机构", f"{len(frozen.conflicts)} 条"),
        ("匹配", "还不能" if found.blocked else "已验算：存在全部避开的匹配方案"),
    ]
    if found.stand_ins:
        facts.append(("候补代替", f"{len(found.stand_ins)} 件，见下表"))
    title, button = TITLES[DrawKind.MATCH]
    return Preparation(DrawKind.MATCH, title, button, facts, [], blocker, found)


_FACTS = {
    DrawKind.SAMPLE: _sample_facts,
    DrawKind.EXPERTS: _pool_facts,
}
