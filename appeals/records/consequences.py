"""Consequences of a grade, what is counted for the report, and the archive of a closed year."""

from collections.abc import Callable

from appeals.queries.archive import archived_files
from appeals.records.checks import Check, by_sql
from evaluations.models import Plan, Report
from evaluations.queries.report_desk import facts_hash
from wanzhou_eval.errors import RefusedError


def frozen_reports(plans: list[Plan]) -> tuple[int, list[str]]:
    """The figures of every issued report still give their fingerprint."""
    issued = list(Report.objects.filter(plan__in=plans, issued_at__isnull=False))
    broken = [str(report) for report in issued if facts_hash(report.facts) != report.sha256]
    return len(issued), broken


def archives(plans: list[Plan]) -> tuple[int, list[str]]:
    """Every closed year still gives the package of its closing."""
    closed = [plan for plan in plans if plan.stage == Plan.Stage.CLOSED]
    broken = []
    for plan in closed:
        try:
            archived_files(plan)
        except RefusedError:
            broken.append(str(plan))
    return len(closed), broken


OF_PLANS = """
      JOIN evaluations_drawncase d ON d.id = x.drawn_case_id
      JOIN evaluations_draw w ON w.id = d.draw_id
     WHERE w.plan_id = ANY(%(plans)s)
"""


def of_plans(query: str) -> Callable[[list[Plan]], tuple[int, list[str]]]:
    """A check over the rows `x` of a table that hangs on a drawn case."""
    return by_sql(query + OF_PLANS)


CONSEQUENCES = (
    Check(
        "I-21",
        "收回不超过应收回、应收回不超过已付，撤销后才退还",
        of_plans("""
            SELECT x.id, recovered(x.id) BETWEEN 0 AND x.amount
                   AND x.amount <= coalesce(x.paid_out, 0) + x.costs
                   AND (x.lifted_at IS NOT NULL OR NOT EXISTS (
                        SELECT FROM appeals_recoverypayment p
                         WHERE p.recovery_id = x.id AND p.kind = 'returned'))
              FROM appeals_recovery x
        """),
    ),
    Check(
        "I-21b",
        "追回和调查只对不合格案件，改定等次的已撤销或仍未归档",
        of_plans("""
            SELECT x.id, x.lifted_at IS NOT NULL
                   OR (SELECT stage <> 'closed' FROM evaluations_plan WHERE id = w.plan_id)
                   OR (SELECT failing FROM evaluations_grading g
                        WHERE g.drawn_case_id = x.drawn_case_id ORDER BY version DESC LIMIT 1)
              FROM appeals_recovery x
        """),
    ),
    Check(
        "I-21c",
        "办结的整改有核验通过的材料，或者有凭据撤销",
        of_plans("""
            SELECT x.id, x.closed_at IS NULL OR x.lifted_evidence <> '' OR EXISTS (
                   SELECT FROM appeals_rectificationproof p
                    WHERE p.rectification_id = x.id AND p.accepted)
              FROM appeals_rectification x
        """),
    ),
    Check(
        "I-28",
        "报告的统计行与现行等次和两份评分表一致",
        of_plans("""
            SELECT x.drawn_case_id, r.id IS NOT NULL
                   AND r.place = place_of_grade(y.standard_id, x.grade)
                   AND r.failing = x.failing AND r.outcome = x.outcome
                   AND r.difference IS NOT DISTINCT FROM (
                       SELECT CASE WHEN count(*) = 2 THEN ((max(c.total) FILTER (WHERE s.leads)
                              - max(c.total) FILTER (WHERE NOT s.leads)) * 1000000)::bigint END
                         FROM evaluations_scoresheet s
                         JOIN evaluations_sheetcontent c ON c.sheet_id = s.id
                        WHERE s.drawn_case_id = x.drawn_case_id AND s.round = 'first'
                          AND s.sealed AND s.withdrawn_at IS NULL)
              FROM (SELECT DISTINCT ON (drawn_case_id) * FROM evaluations_grading
                     ORDER BY drawn_case_id, version DESC) x
              LEFT JOIN evaluations_caseresult r ON r.drawn_case_id = x.drawn_case_id
              JOIN evaluations_plan y ON y.id = (
                   SELECT plan_id FROM evaluations_draw
                    WHERE id = (SELECT draw_id FROM evaluations_drawncase
                                 WHERE id = x.drawn_case_id))
        """),
    ),
    Check(
        "I-28b",
        "项目扣分合计、各等次份数等于全部初评评分表之和",
        by_sql("""
            SELECT t.item_id, (t.scored, t.lost, t.level_3, t.level_2, t.level_1) = (
                   SELECT count(*) FILTER (WHERE m.state = ''),
                          coalesce(sum(m.deduction) FILTER (WHERE m.state = ''), 0),
                          count(*) FILTER (WHERE m.level = 3), count(*) FILTER (WHERE m.level = 2),
                          count(*) FILTER (WHERE m.level = 1)
                     FROM evaluations_mark m
                     JOIN evaluations_scoresheet s ON s.id = m.sheet_id
                     JOIN evaluations_caseresult r ON r.drawn_case_id = s.drawn_case_id
                    WHERE r.plan_id = t.plan_id AND m.item_id = t.item_id AND s.round = 'first'
                      AND s.sealed AND s.withdrawn_at IS NULL)
              FROM evaluations_itemtally t WHERE t.plan_id = ANY(%(plans)s)
        """),
    ),
    Check("I-29", "印发的评估报告与其数据指纹一致", frozen_reports),
    Check("I-34", "归档包与归档时的指纹一致", archives),
)
