"""为什么抽中／没抽中: pool, ticket, cut-off and probability of one case."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from evaluations.rules.errors import RuleError
from evaluations.rules.freeze_sample import Allocation, SampleFreeze
from evaluations.rules.precision import percent
from evaluations.rules.sampling import Drawn, SampleResult, Stratum
from evaluations.rules.tickets import Purpose, ticket_line


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a case was drawn or not. `cut_off` is the highest ticket sampled in its stratum.

    `place` is the rank within the stratum, `probability` was the same for the whole stratum
    before the seed; `line` is what anybody can hash. Excluded cases have no ticket.
    """

    case_no: str
    drawn: bool
    sentence: str
    stratum: str = ""
    size: int = 0
    quota: int = 0
    place: int = 0
    ticket: str = ""
    cut_off: str = ""
    probability: Fraction = Fraction(0)
    line: str = ""


def explain_case(
    frozen: SampleFreeze, result: SampleResult, *, case_no: str, seed: str
) -> Explanation:
    """Explain one case of the frame. Raises `RuleError` when it is not in the list."""
    status = next((case.status for case in frozen.cases if case.case_no == case_no), None)
    if status is None:
        raise RuleError(
            f"案件“{case_no}”不在封存名单里。请核对案号；确属漏列的，请报告抽选负责人。"
        )
    if status != "in":
        code = status.removeprefix("ex:")
        sentence = f"“{case_no}”封存时已剔除（原因代码{code}），没有参加抽选。"
        return Explanation(case_no, drawn=False, sentence=sentence)
    sampled = next((drawn for drawn in result.sample if drawn.case_no == case_no), None)
    own = sampled or next(drawn for drawn in result.reserve if drawn.case_no == case_no)
    return explain_ticket(frozen, result, own=own, drawn=sampled is not None, seed=seed)


def explain_ticket(
    frozen: SampleFreeze, result: SampleResult, *, own: Drawn, drawn: bool, seed: str
) -> Explanation:
    """Explain a case that took part."""
    stratum = next(one for one in result.strata if one.key == own.stratum)
    sampled = [one.ticket for one in result.sample if one.stratum == own.stratum]
    waiting = [one.case_no for one in result.reserve if one.stratum == own.stratum]
    place = (
        sampled.index(own.ticket) + 1 if drawn else len(sampled) + 1 + waiting.index(own.case_no)
    )
    cut_off = sampled[-1] if sampled else ""
    chance = probability(frozen, result, stratum)
    line = ticket_line(Purpose.CASE, draw=frozen.head.draw, seed=seed, item=own.case_no)
    sentence = sentence_of(own, stratum, drawn=drawn, place=place, cut_off=cut_off, chance=chance)
    seats = (own.stratum, stratum.size, stratum.quota, place)
    return Explanation(own.case_no, drawn, sentence, *seats, own.ticket, cut_off, chance, line)


def probability(frozen: SampleFreeze, result: SampleResult, stratum: Stratum) -> Fraction:
    """Return the chance every case of the stratum had; SYS draws the seats by lot too."""
    if frozen.terms.alloc is Allocation.SYS:
        return Fraction(frozen.terms.n, sum(one.size for one in result.strata))
    return Fraction(stratum.quota, stratum.size)


def sentence_of(
    own: Drawn, stratum: Stratum, *, drawn: bool, place: int, cut_off: str, chance: Fraction
) -> str:
    """Say it in one sentence."""
    verb = "不大于" if drawn else "大于"
    limit = f"本层抽中的最大签号为{cut_off[:12]}，本案{verb}它，" if cut_off else "本层没有名额，"
    return (
        f"“{own.case_no}”参加了“{own.stratum}”层的抽选：本层{stratum.size}件抽{stratum.quota}件，"
        f"每件抽中的可能是{percent(chance)}%。本案签号{own.ticket[:12]}，本层第{place}位；"
        f"{limit}所以{'抽中' if drawn else '没有抽中'}。"
    )
