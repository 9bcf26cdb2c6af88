"""为什么抽中、没抽中: one case against the record of the draw, for people to check by hand."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from cases.models import Case
from evaluations.models import Draw, DrawKind, DrawnCase, Plan
from evaluations.queries.draws_calls import call_count
from evaluations.queries.draws_lists import live_draw
from evaluations.queries.draws_prepare import stratum_label
from evaluations.queries.draws_text import Sections, sections_of
from evaluations.rules.hashing import HashName, hash_hex
from evaluations.rules.tickets import Purpose, ticket_line
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Role, User


@dataclass(frozen=True)
class Why:
    """The answer for one case. `order` is its place in the stratum's ticket order."""

    label: str
    number: str
    verdict: str
    sentence: str
    draw: Draw
    stratum: str = ""
    size: int = 0
    quota: int = 0
    order: int = 0
    ticket: str = ""
    cutoff: str = ""
    chance: str = ""
    line: str = ""
    hash_command: str = ""


def read_out_draw(plan: Plan) -> Draw:
    """The standing sample draw, once it is read out."""
    draw = live_draw(plan, DrawKind.SAMPLE)
    if draw is None or not draw.drawn_at or draw.announced < call_count(draw):
        raise RefusedError(
            f"{plan.year}年度还没有抽选完毕，宣读后才能查询每件案件的结果。", status=404
        )
    return draw


def case_for(plan: Plan, *, serial: int, for_user: User) -> Case:
    """A case of the year; a handler finds only his or her own."""
    cases = Case.objects.in_frame(plan.frame)
    if for_user.role == Role.HANDLER:
        cases = cases.handled_by(for_user.person)
    case = cases.filter(serial=serial).select_related("exclusion").first()
    if case is None:
        raise RefusedError(f"没有找到卷宗{serial:04d}。请核对卷宗号。", status=404)
    return case


def drawn_case_of(plan: Plan, serial: int) -> DrawnCase:
    """The standing drawn case of a file number."""
    drawn = (
        DrawnCase.objects.of(plan)
        .filter(case__serial=serial)
        .select_related("case", "draw__plan")
        .first()
    )
    if drawn is None:
        raise RefusedError(
            f"卷宗{serial:04d}不在抽中名单里，不需要换件。请核对卷宗号。", status=404
        )
    return drawn


def explanation(plan: Plan, *, serial: int, for_user: User) -> Why:
    """Why this case is in the sample or not."""
    case = case_for(plan, serial=serial, for_user=for_user)
    draw = read_out_draw(plan)
    exclusion = getattr(case, "exclusion", None)
    if exclusion:
        sentence = f"{exclusion.reason}，不参加抽选；名单里保留并注明原因。"
        return Why(case.label, case.number, "未参加抽选", sentence, draw)
    return _weigh(draw, case)


def _weigh(draw: Draw, case: Case) -> Why:
    result = sections_of(draw.result_text)
    sampled = {row[1]: row for row in result["sample"]}
    row = sampled.get(case.number) or next(r for r in result["reserve"] if r[1] == case.number)
    number, stratum = row[1], row[2]
    size, quota = next((int(r[1]), int(r[2])) for r in result["strata"] if r[0] == stratum)
    order = _order(result, stratum, number)
    cutoff = max((r[3] for r in result["sample"] if r[2] == stratum), default="")
    verdict, sentence = _verdict(draw, number, drawn=number in sampled, order=order, quota=quota)
    line = ticket_line(Purpose.CASE, draw=draw.code, seed=draw.seed, item=number)
    sha = draw.hash_name == HashName.SHA256
    return Why(
        case.label,
        number,
        verdict,
        sentence,
        draw,
        stratum=stratum_label(stratum),
        size=size,
        quota=quota,
        order=order,
        ticket=hash_hex(HashName(draw.hash_name), line.encode()),
        cutoff=cutoff,
        chance=percent(quota, size),
        line=line,
        hash_command=f"printf '%s' '{line}' | {'sha256sum' if sha else 'openssl dgst -sm3'}",
    )


def _order(result: Sections, stratum: str, number: str) -> int:
    rows = [row for row in result["sample"] + result["reserve"] if row[2] == stratum]
    return 1 + [row[1] for row in sorted(rows, key=lambda row: row[3])].index(number)


def _verdict(draw: Draw, number: str, *, drawn: bool, order: int, quota: int) -> tuple[str, str]:
    events = {event.item: event for event in draw.events.all()}
    stepped_in = next((e for e in events.values() if e.replacement == number), None)
    if number in events:
        event = events[number]
        return "已换件", f"曾在评估名单内，因{event.reason}由同层下一签递补。"
    if stepped_in:
        return "递补抽中", f"签序第{order}位，因{stepped_in.item}不能评估，由同层下一签递补。"
    if drawn:
        return "抽中", f"签号在本层排第{order}位，本层取前{quota}位。"
    return "没有抽中", f"签号在本层排第{order}位，本层只取前{quota}位。"


def percent(part: int, whole: int) -> str:
    """A share with one decimal, exact."""
    share = Decimal(100 * part) / Decimal(whole)
    return f"{share.quantize(Decimal('0.1'), ROUND_HALF_UP)}%"
