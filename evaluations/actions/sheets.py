"""封存 and what ends a sheet otherwise (article 6.2). Entering marks is in `actions.entering`.

Sealing and withdrawing take the whole chain of locks: plan, drawn case, sheet.
"""

from evaluations.actions.entering import SEALED, UNSIGNED
from evaluations.actions.plan import require_stage
from evaluations.models import Plan, ScoreSheet, SheetNote, SheetRound, Undertaking
from evaluations.permissions.marking import may_mark
from evaluations.queries.own_sheets import marks_of, read_own_key
from evaluations.queries.score_page import Judgement, sheet_problems
from evaluations.queries.seals import round_name, seal_of, sheet_name
from evaluations.queries.sheets import NO_SHEET, rule_mark, why_closed, with_clock
from evaluations.queries.standards import load_scope
from evaluations.rules.grading import assess, stored, why_not_sealable
from evaluations.rules.marking_time import ON_PAPER
from evaluations.rules.stages import Stage
from evaluations.storing import lock_own_chain, store_seal
from experts.actions import declare_recusal
from experts.models import Recusal
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Role, User
from wanzhou_eval.readers import reads_as_actor

STAGE_OF = {SheetRound.FIRST: Stage.MARKING, SheetRound.REVIEW: Stage.PUBLISHED}
"""When the sheets of a round are worked on."""
OPEN = "这张评分表还没有封存，不用撤回，直接修改即可。"


def lock_own_sheet(sheet: ScoreSheet, *, by: User) -> ScoreSheet:
    """Lock the row of the expert's own sheet, read the clock after it, and see that it is open.

    Raises `RefusedError`: 404 for anybody else, 409 when sealed, withdrawn or out of the period.
    """
    rows = ScoreSheet.objects.select_for_update(of=("self",)).with_case()
    locked = rows.filter(pk=sheet.pk).first()
    if locked is None or not may_mark(by, locked):
        raise RefusedError(NO_SHEET, status=404)
    plan = with_clock(locked.drawn_case.draw.plan)
    signed = Undertaking.objects.filter(plan=plan, expert=locked.expert_id).exists()
    _require_open(locked, signed=signed)
    return locked


def lock_chain(sheet: ScoreSheet, *, by: User, sealed: bool = False) -> ScoreSheet:
    """Plan, drawn case, sheet, in this order, then the clock and the checks of an own sheet.

    `sealed` asks for a sealed sheet instead of an open one.
    """
    chain = lock_own_chain(sheet, person=by.person_id) if by.role == Role.EXPERT else None
    locked = read_own_key(by, chain.sheet) if chain else None
    if chain is None or locked is None:
        raise RefusedError(NO_SHEET, status=404)
    plan = locked.drawn_case.draw.plan
    plan.now = chain.now
    require_stage(plan, (STAGE_OF[SheetRound(locked.round)],))
    _require_open(locked, signed=chain.signed, sealed=sealed)
    return locked


def _require_open(locked: ScoreSheet, *, signed: bool, sealed: bool = False) -> None:
    if locked.sealed is not sealed:
        raise RefusedError(OPEN if sealed else SEALED)
    closed = why_closed(locked)
    if closed:
        raise RefusedError(closed)
    if not signed:
        raise RefusedError(UNSIGNED)


@reads_as_actor
def seal_sheet(sheet: ScoreSheet, *, by: User) -> ScoreSheet:
    """封存: fix the sheet with its total, grade, time and hash; for everybody and for good.

    Total and grade come from the unrounded re-based total (`rules.grading`). The audit line
    holds neither, nor the file: staff may know how many sheets an expert has sealed, not which.
    """
    locked = lock_chain(sheet, by=by)
    if locked.paper:
        raise RefusedError(ON_PAPER)
    plan = fix_seal(locked)
    record_event("seal_sheet", by=by, year=plan.year, target=round_name(locked))
    return locked


def fix_seal(locked: ScoreSheet) -> Plan:
    """Check a locked sheet's marks, then fix total, grade, time and hash; the plan, for the trail.

    Raises `RefusedError` (422) naming the first thing that is still missing.
    """
    standard, items = load_scope(locked.standard, locked.scope)
    stored_marks = marks_of(locked, {item.pk: item for item in items})
    marks = [rule_mark(mark) for mark in stored_marks.values()]
    judged = Judgement(locked.overall, locked.comment)
    problems = sheet_problems(standard, items, marks, judged)
    if problems:
        raise RefusedError(f"还不能封存，有{len(problems)}处要改。{problems[0][0]}", status=422)
    result = assess(standard, marks, overall=judged.overall)
    refused = why_not_sealable(result)
    if refused or result.score is None or result.grade is None:
        raise RefusedError(refused or "还不能封存，请刷新页面后再试。", status=422)
    plan = locked.drawn_case.draw.plan
    content = locked.content
    content.total, content.grade = stored(result.score), result.grade.name
    content.sealed_at = plan.now
    content.seal_hash = seal_of(locked, marks)
    store_seal(content)
    locked.sealed = True
    return plan


@reads_as_actor
def report_problem(sheet: ScoreSheet, *, reason: str, by: User) -> SheetNote:
    """卷宗有问题: tell the bureau about a file that cannot be read properly; the sheet stays."""
    return _note(lock_own_sheet(sheet, by=by), kind=SheetNote.Kind.PROBLEM, text=reason, by=by)


@reads_as_actor
def request_recusal(sheet: ScoreSheet, *, reason: str, by: User) -> SheetNote:
    """申请回避: work stops at once, the sheet is withdrawn, the bureau has it replaced.

    The relation goes into the declarations, so that no later draw meets it again (article 9.2).
    """
    locked = lock_chain(sheet, by=by)
    note = _note(locked, kind=SheetNote.Kind.RECUSAL, text=reason, by=by)
    plan, case = locked.drawn_case.draw.plan, locked.drawn_case.case
    ScoreSheet.objects.filter(pk=locked.pk).update(
        withdrawn_at=plan.now, withdrawn_reason="本人申请回避"
    )
    known = Recusal.objects.live().filter(expert=locked.expert, year=plan.year, case_key=case.key)
    if not known.exists():
        declare_recusal(
            locked.expert,
            year=plan.year,
            reason=Recusal.Reason.FOUND,
            case_key=case.key,
            explanation=reason.strip()[:200],
            by=by,
        )
    return note


def _note(sheet: ScoreSheet, *, kind: SheetNote.Kind, text: str, by: User) -> SheetNote:
    if not text.strip():
        raise RefusedError("请写明情况，科室要据此处理。", status=422)
    if len(text) > 400:
        raise RefusedError("说明最多400字，请精简后再提交。", status=422)
    plan = sheet.drawn_case.draw.plan
    assert plan.now is not None
    note = SheetNote.objects.create(sheet=sheet, kind=kind, text=text.strip(), at=plan.now, by=by)
    record_event(f"note_{kind.value}", by=by, year=plan.year, target=sheet_name(sheet))
    return note
