"""试评: choosing the shared files, scoring them, ending the trial (before the start).

Nothing here touches a sheet, a grading or an allowance of the evaluation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from evaluations.actions.before import require_signed
from evaluations.actions.entering import conflict, refuse_impossible, typed_mark
from evaluations.actions.marking import scope_of
from evaluations.actions.plan import lock_plan
from evaluations.models import Item, Plan, ScoringStandard, Trial, TrialFile, TrialSheet
from evaluations.permissions.marking import may_run_marking
from evaluations.queries.before import seated_experts
from evaluations.queries.loose_sheets import LooseSheet, entry_of, mark_row
from evaluations.queries.score_page import Judgement, sheet_problems
from evaluations.queries.sheets import rule_mark
from evaluations.queries.trial import (
    NO_TRIAL_SHEET,
    TrialCandidate,
    candidates,
    loose_trial_sheet,
    standing_sheets,
)
from evaluations.rules.grading import assess, stored, why_not_sealable
from evaluations.rules.stages import Stage
from evaluations.rules.standards import Mark
from evaluations.storing import StoredMark
from wanzhou_eval.audit import record_event
from wanzhou_eval.clock import database_now
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Role, User

IN_TRIAL = (Stage.EMPANELLED, Stage.MATCHED)
"""The experts are known and the evaluation has not begun."""
MOST_FILES = 4


@transaction.atomic
def open_trial(plan: Plan, *, numbers: Sequence[str], reason: str, by: User) -> Trial:
    """开始试评 with one to four files that can never be drawn; locks the standard.

    Raises `RefusedError`: no standard, no reason, a file that may be drawn, or one from which an
    expert would have to stay away.
    """
    plan = _lock_for_trial(plan, reason=reason, by=by)
    assert plan.now is not None
    assert plan.standard is not None
    chosen = _chosen(plan, numbers)
    experts = seated_experts(plan)
    standard = ScoringStandard.objects.select_for_update().get(pk=plan.standard.pk)
    scopes = set(standard.items.values_list("scope", flat=True))
    trial = Trial.objects.create(
        plan=plan, standard=standard, reason=reason.strip(), opened_at=plan.now, opened_by=by
    )
    for place, one in enumerate(chosen, 1):
        scope = scope_of(one.case, scopes=scopes, standard=standard)
        file = TrialFile.objects.create(trial=trial, case=one.case, ordinal=place, scope=scope)
        TrialSheet.objects.bulk_create(TrialSheet(file=file, expert=each) for each in experts)
    if standard.locked_at is None:
        ScoringStandard.objects.filter(pk=standard.pk).update(locked_at=plan.now)
    record_event(
        "open_trial", by=by, year=plan.year, target=str(standard),
        detail={"files": len(chosen), "experts": len(experts), "reason": reason.strip()[:200]},
    )  # fmt: skip
    return trial


def _lock_for_trial(plan: Plan, *, reason: str, by: User) -> Plan:
    plan = lock_plan(plan, in_stages=IN_TRIAL)
    _require_bureau(plan, by)
    if plan.standard is None:
        raise RefusedError("还没有选用评分标准。请先在“评分标准”页选用一版，再试评。")
    if Trial.objects.filter(plan=plan).exists():
        raise RefusedError("本年度的试评已经开始过，不能再开一次。")
    if not reason.strip():
        raise RefusedError("请写明为什么选这几件试评。", status=422)
    return plan


def _require_bureau(plan: Plan, by: User) -> None:
    if not may_run_marking(by, plan):
        raise RefusedError("试评由公共法律服务科开始和结束。", status=403)


def _chosen(plan: Plan, numbers: Sequence[str]) -> list[TrialCandidate]:
    wanted = list(dict.fromkeys(numbers))
    if not 1 <= len(wanted) <= MOST_FILES:
        raise RefusedError("试评选一至四件，请重新勾选。", status=422)
    known = {one.number: one for one in candidates(plan)}
    for number in wanted:
        one = known.get(number)
        if one is None:
            raise RefusedError(
                f"{number}不能作试评卷宗：只能选不会被抽中的案件（已被部、市抽评的，或往年的）。",
                status=422,
            )
        if one.barred:
            raise RefusedError(
                f"{number}不能作试评卷宗：{'、'.join(one.barred)}与这件案件应当回避。", status=422
            )
    return [known[number] for number in wanted]


@dataclass(frozen=True)
class TrialSaved:
    """What a save left: the row's version and the sheet as it stands."""

    version: int
    sheet: LooseSheet
    at: datetime


def _lock_own(sheet: TrialSheet, *, by: User) -> tuple[TrialSheet, Plan]:
    rows = TrialSheet.objects.select_for_update(of=("self",))
    locked = rows.select_related("file__trial__plan", "file__trial__standard", "expert").filter(
        pk=sheet.pk
    )
    own = locked.first()
    if own is None or by.role != Role.EXPERT or own.expert.person_id != by.person_id:
        raise RefusedError(NO_TRIAL_SHEET, status=404)
    if own.sealed_at:
        raise RefusedError("这份试评表已封存，不能再改。")
    trial = own.file.trial
    if trial.closed_at or Stage(trial.plan.stage) not in IN_TRIAL:
        raise RefusedError("试评已经结束，试评表只能查看。")
    require_signed(trial.plan, own.expert)
    return own, trial.plan


@transaction.atomic
def save_trial_rows(
    sheet: TrialSheet, *, rows: Sequence[Mapping[str, Any]], comment: str | None = None,
    overall: int | None = None, by: User,
) -> TrialSaved:  # fmt: skip
    """Save rows of the own draft as the real sheet does: row versions, and nothing impossible.

    What is None of the whole file stays. A single row answers a script; a whole sheet sent at
    once leaves unchanged rows alone.
    """
    own, plan = _lock_own(sheet, by=by)
    plan = lock_clock(plan)
    assert plan.now is not None
    loose = loose_trial_sheet(own)
    entries = dict(own.marks)
    version = 0
    for row in rows:
        mark = typed_mark(row)
        if len(rows) > 1 and mark == _before(loose, row["item"]):
            continue
        version = enter(loose, row, mark)
        entries[str(row["item"].pk)] = entry_of(mark, version=version, at=plan.now)
    if comment is not None:
        if len(comment) > 1000:
            raise RefusedError("总体意见最多1000字，请精简后再存。", status=422)
        own.comment = comment.strip()
    if overall is not None and loose.standard.by_level:
        own.overall = overall
    own.marks, own.saved_at = entries, plan.now
    own.save(update_fields=["marks", "saved_at", "comment", "overall"])
    return TrialSaved(version, replace(loose, entries=entries, overall=own.overall), plan.now)


def lock_clock(plan: Plan) -> Plan:
    """The plan's moment; a sheet of one expert never waits for the year's row."""
    from_clock = Plan.objects.get(pk=plan.pk)
    from_clock.now = database_now() + from_clock.clock_offset
    return from_clock


def _before(loose: LooseSheet, item: Item) -> Mark:
    row = loose.stored.get(item.pk)
    return rule_mark(row) if row else Mark(item=item.number)


def enter(loose: LooseSheet, row: Mapping[str, Any], mark: Mark) -> int:
    """Check a row against the sheet it goes on; the version that it takes.

    Raises `RefusedError`: 422 for what can never be right, 409 for an older window.
    """
    item: Item | None = loose.item(str(row["item"].pk))
    if item is None:
        raise RefusedError("这一项不在这张表的评分标准里。请刷新页面后再评。", status=422)
    entry = loose.entries.get(str(item.pk))
    known = entry["version"] if entry else 0
    if row["version"] != known:
        theirs = None
        if entry:
            kept = mark_row(item, entry)
            theirs = StoredMark(rule_mark(kept), known, kept.saved_at)
        raise conflict(item, theirs)
    value = next(each for each in loose.standard.items if each.number == item.number)
    refuse_impossible(value, mark)
    return int(known) + 1


@transaction.atomic
def seal_trial(
    sheet: TrialSheet, *, comment: str | None = None, overall: int | None = None, by: User
) -> TrialSheet:
    """封存 the own trial sheet; the last one ends the trial, and everybody sees everything."""
    if comment is not None or overall is not None:
        save_trial_rows(sheet, rows=(), comment=comment, overall=overall, by=by)
    found = TrialSheet.objects.select_related("file__trial__plan").filter(pk=sheet.pk).first()
    if found is None:
        raise RefusedError(NO_TRIAL_SHEET, status=404)
    plan = lock_plan(found.file.trial.plan, in_stages=IN_TRIAL)
    own, _ = _lock_own(sheet, by=by)
    loose = loose_trial_sheet(own)
    judged = Judgement(own.overall, own.comment)
    problems = sheet_problems(loose.standard, loose.items, loose.marks, judged)
    if problems:
        raise RefusedError(f"还不能封存，有{len(problems)}处要改。{problems[0][0]}", status=422)
    result = assess(loose.standard, loose.marks, overall=own.overall)
    refused = why_not_sealable(result)
    if refused or result.score is None or result.grade is None:
        raise RefusedError(refused or "还不能封存，请刷新页面后再试。", status=422)
    own.total, own.grade, own.sealed_at = stored(result.score), result.grade.name, plan.now
    own.save(update_fields=["total", "grade", "sealed_at"])
    record_event("seal_trial", by=by, year=plan.year, target=f"试评{own.file.ordinal}号")
    if all(each.sealed_at for each in standing_sheets(own.file.trial)):
        _close(own.file.trial, plan, reason="全部封存", by=by)
    return own


@transaction.atomic
def close_trial(plan: Plan, *, reason: str, by: User) -> Trial:
    """结束试评 before everybody sealed, with the reason; sheets that are not sealed stay unread."""
    plan = lock_plan(plan, in_stages=IN_TRIAL)
    _require_bureau(plan, by)
    trial = Trial.objects.select_for_update().filter(plan=plan).first()
    if trial is None or trial.closed_at:
        raise RefusedError("现在没有进行中的试评。")
    if not reason.strip():
        raise RefusedError("还有专家没有封存，提前结束请写明原因。", status=422)
    _close(trial, plan, reason=reason.strip()[:200], by=by)
    return trial


def _close(trial: Trial, plan: Plan, *, reason: str, by: User) -> None:
    trial.closed_at, trial.closed_reason = plan.now, reason
    trial.save(update_fields=["closed_at", "closed_reason"])
    record_event("close_trial", by=by, year=plan.year, target=str(trial), detail={"reason": reason})
