"""小组汇总报告, 起草 and 印发 of the bureau's report (article 7)."""

from datetime import date

from django.db import transaction
from django.db.models import Max

from evaluations.actions.plan import lock_plan
from evaluations.models import Panel, PanelReport, Plan, Report
from evaluations.permissions.report import may_report_panel, may_write_report
from evaluations.queries.report_desk import (
    draft_report,
    facts_hash,
    issued_reports,
    missing_panels,
    own_seat,
)
from evaluations.queries.tallies import report_counts
from evaluations.rules.stages import Stage
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User

ENDED = (Stage.MARKED, Stage.PUBLISHED)
LIMIT = 2000


def report_panel(
    panel: Panel, *, overview: str, problems: str, advice: str, by: User
) -> PanelReport:
    """提交小组汇总报告 by the leader; again is a new version, until the report is out."""
    with transaction.atomic():
        plan = lock_plan(panel.plan, in_stages=ENDED)
        seat = own_seat(plan, by)
        if seat is None or seat.panel_id != panel.pk or not may_report_panel(by, seat):
            raise RefusedError("小组汇总报告由本组组长提交，请由组长办理。", status=403)
        if issued_reports(plan):
            raise RefusedError("评估分析报告已经印发，小组汇总报告不能再改。")
        parts = [text.strip()[:LIMIT] for text in (overview, problems, advice)]
        if not all(parts):
            raise RefusedError("总体情况、主要问题、意见建议三项都要填写。", status=422)
        last = panel.reports.aggregate(last=Max("version"))["last"] or 0
        made = PanelReport.objects.create(
            panel=panel,
            version=last + 1,
            overview=parts[0],
            problems=parts[1],
            advice=parts[2],
            expert=seat.expert,
            at=plan.moment,
        )
        record_event("report_panel", by=by, year=plan.year, target=str(panel))
    return made


def write_report(
    plan: Plan, *, overview: str, problems: str, measures: str, by: User | None
) -> Report:
    """起草评估报告: saved as often as wanted, until it is issued."""
    with transaction.atomic():
        plan = lock_plan(plan, in_stages=ENDED)
        _refuse_others(by)
        draft = draft_report(plan)
        if draft is None:
            _refuse_needless(plan)
            last = plan.reports.aggregate(last=Max("version"))["last"] or 0
            draft = Report(plan=plan, version=last + 1)
        draft.overview, draft.problems = overview.strip(), problems.strip()
        draft.measures = measures.strip()
        draft.edited_at, draft.edited_by = plan.moment, by
        draft.save()
        record_event("write_report", by=by, year=plan.year, target=f"评估报告第{draft.version}版")
    return draft


def _refuse_needless(plan: Plan) -> None:
    """A further report only where the figures changed after the last was issued."""
    issued = issued_reports(plan)
    if issued and facts_hash(report_counts(plan).as_json()) == issued[-1].sha256:
        raise RefusedError("评估报告已经印发，此后等次没有变更，不用另出补充报告。")


def issue_report(plan: Plan, *, number: str, issued_on: date, by: User | None) -> Report:
    """印发评估报告: number, day, and the figures frozen as they stand at this moment.

    Refused while a panel has not handed in or a part is empty. Late is recorded as it is.
    """
    with transaction.atomic():
        plan = lock_plan(plan, in_stages=ENDED)
        _refuse_others(by)
        draft = draft_report(plan)
        missing = missing_panels(plan)
        if missing:
            raise RefusedError(f"{'、'.join(missing)}还没有提交汇总报告，请催办后再印发。")
        if draft is None or not (draft.overview and draft.problems and draft.measures):
            raise RefusedError("请先写好总体评价、问题分析和改进措施，保存后再印发。")
        if not number.strip() or issued_on > plan.today:
            raise RefusedError("请填报告文号和印发日期，日期不能晚于今天。", status=422)
        draft.number, draft.issued_on = number.strip()[:60], issued_on
        draft.issued_at, draft.issued_by = plan.moment, by
        draft.facts = report_counts(plan).as_json()
        draft.sha256 = facts_hash(draft.facts)
        draft.save()
        detail: dict[str, object] = {"sha256": draft.sha256, "number": draft.number}
        target = f"评估报告第{draft.version}版"
        record_event("issue_report", by=by, year=plan.year, target=target, detail=detail)
    return draft


def _refuse_others(by: User | None) -> None:
    if not may_write_report(by):
        raise RefusedError("评估报告由科室起草和印发，请换用科室账号。", status=403)
