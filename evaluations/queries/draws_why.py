"""为什么抽中、没抽中: one case against the record of the draw, for people to check by hand."""

from dataclasses import dataclass

from django.db.models import Q

from cases.models import Case
from cases.rules.numbers import case_key
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

HASH_COMMANDS = {HashName.SHA256: "sha256sum", HashName.SM3: "openssl dgst -sm3"}


@dataclass(frozen=True)
class Why:
    """The answer for one case.

    `order` is its place in the stratum's ticket order, `reserve` its place among the reserves of
    the stratum, 0 when it was drawn.
    """

    label: str
    number: str
    verdict: str
    sentence: str
    draw: Draw
    stratum: str = ""
    size: int = 0
    quota: int = 0
    order: int = 0
    reserve: int = 0
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
    return explain(read_out_draw(plan), case)


def explain_number(draw: Draw, typed: str) -> Why:
    """The answer by case number, as the public asks; reasons of replacements only by kind."""
    case = numbered_case(draw.plan, typed)
    return explain(draw, case, in_public=True)


def numbered_case(plan: Plan, typed: str) -> Case:
    """The case that a typed number means, however its brackets and blanks are written."""
    wanted = Q(number=typed) | Q(key=case_key(typed[:64]))
    case = Case.objects.in_frame(plan.frame).filter(wanted).select_related("exclusion").first()
    if case is None:
        raise RefusedError(
            f"案号“{typed[:64]}”不在封存名单里，没有参加抽选。请核对案号；确属漏列的，"
            "请报告公共法律服务科：漏列的案件登记在案，不补进名单，影响重大的由两人作废后重新封存、重新掷骰。",
            status=404,
        )
    return case


def explain(draw: Draw, case: Case, *, in_public: bool = False) -> Why:
    """Weigh a case against the sealed list and the result."""
    exclusion = getattr(case, "exclusion", None)
    if exclusion:
        sentence = f"{exclusion.reason}，不参加抽选；名单里保留并注明原因，谁都能点清总数。"
        return Why(case.label, case.number, "未参加抽选", sentence, draw)
    return _weigh(draw, case, in_public=in_public)


def _weigh(draw: Draw, case: Case, *, in_public: bool) -> Why:
    outcome = run_draw(draw.freeze_text, seed=draw.seed)
    if not isinstance(outcome.frozen, SampleFreeze) or not isinstance(outcome.result, SampleResult):
        raise RefusedError(f"{draw.code}不是案件抽选。请从案件抽选查询。", status=404)
    told = explain_case(outcome.frozen, outcome.result, case_no=case.number, seed=draw.seed)
    label = stratum_label(told.stratum)
    return Why(
        case.label,
        case.number,
        _verdict(draw, case.number, drawn=told.drawn),
        told.sentence.replace(f"“{told.stratum}”层", f"“{label}”层"),
        draw,
        stratum=label,
        size=told.size,
        quota=told.quota,
        order=told.place,
        reserve=0 if told.drawn else told.place - told.quota,
        ticket=told.ticket,
        cutoff=told.cut_off,
        chance=f"{percent(told.probability)}%",
        line=told.line,
        hash_command=f"printf '%s' '{told.line}' | {HASH_COMMANDS[HashName(draw.hash_name)]}",
        event=_event_sentence(draw, case.number, in_public=in_public),
    )


def _verdict(draw: Draw, number: str, *, drawn: bool) -> str:
    events = list(draw.events.all())
    if any(event.item == number for event in events):
        return "已换件"
    if any(event.replacement == number for event in events):
        return "递补抽中"
    return "抽中" if drawn else "没有抽中"


def _event_sentence(draw: Draw, number: str, *, in_public: bool) -> str:
    """What happened to the case after the draw."""
    for event in draw.events.all():
        reason = event.get_kind_display() if in_public else event.reason
        if event.item == number:
            return f"后因{reason}不能评估，由同层下一签{event.replacement}递补。"
        if event.replacement == number:
            return f"{event.item}因{reason}不能评估，由本案按签序递补。"
    return ""
