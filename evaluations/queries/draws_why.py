"""为什么抽中、没抽中: one case against the record of the draw, for people to check by hand."""

from dataclasses import dataclass

from cases.models import Case
from evaluations.models import Draw, DrawKind, DrawnCase, Plan
from evaluations.queries.draws_calls import call_count
from evaluations.queries.draws_lists import live_draw
from evaluations.queries.draws_prepare import stratum_label
from evaluations.rules.certificates import run_draw
from evaluations.rules.explain import explain_case
from evaluations.rules.freeze_sample import SampleFreeze
from evaluations.rules.hashing import HashName
from evaluations.rules.precision import percent
from evaluations.rules.sampling import SampleResult
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
    event: str = ""


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
    outcome = run_draw(draw.freeze_text, seed=draw.seed)
    if not isinstance(outcome.frozen, SampleFreeze) or not isinstance(outcome.result, SampleResult):
        raise RefusedError(f"{draw.code}不是案件抽选。请从案件抽选查询。", status=404)
    told = explain_case(outcome.frozen, outcome.result, case_no=case.number, seed=draw.seed)
    sha = draw.hash_name == HashName.SHA256
    return Why(
        case.label,
        case.number,
        _verdict(draw, case.number, drawn=told.drawn),
        told.sentence.replace(f"“{told.stratum}”层", f"“{stratum_label(told.stratum)}”层"),
        draw,
        stratum=stratum_label(told.stratum),
        size=told.size,
        quota=told.quota,
        order=told.place,
        ticket=told.ticket,
        cutoff=told.cut_off,
        chance=f"{percent(told.probability)}%",
        line=told.line,
        hash_command=f"printf '%s' '{told.line}' | {'sha256sum' if sha else 'openssl dgst -sm3'}",
        event=_event_sentence(draw, case.number),
    )


def _verdict(draw: Draw, number: str, *, drawn: bool) -> str:
    events = list(draw.events.all())
    if any(event.item == number for event in events):
        return "已换件"
    if any(event.replacement == number for event in events):
        return "递补抽中"
    return "抽中" if drawn else "没有抽中"


def _event_sentence(draw: Draw, number: str) -> str:
    """What happened to the case after the draw."""
    for event in draw.events.all():
        if event.item == number:
            return f"后因{event.reason}不能评估，由同层下一签{event.replacement}递补。"
        if event.replacement == number:
            return f"{event.item}因{event.reason}不能评估，由本案按签序递补。"
    return ""
