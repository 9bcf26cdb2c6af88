"""Panels and sheets: two people, no relation to the case, sealed is sealed."""

from appeals.records.checks import Check, by_sql
from evaluations.models import Plan, ScoreSheet
from evaluations.queries.seals import broken_seals
from evaluations.queries.sheets import marks_by_sheet
from evaluations.queries.standards import read_scope
from evaluations.rules.grading import assess, stored


def seals(plans: list[Plan]) -> tuple[int, list[str]]:
    """Every sealed sheet still gives the hash of its seal."""
    count = ScoreSheet.objects.filter(drawn_case__draw__plan__in=plans, sealed=True)
    return count.count(), [name for plan in plans for name in broken_seals(plan)]


def totals(plans: list[Plan]) -> tuple[int, list[str]]:
    """Total and grade of every sealed sheet follow from its marks by its own standard."""
    sealed = ScoreSheet.objects.filter(drawn_case__draw__plan__in=plans, sealed=True)
    sheets = list(sealed.with_case())
    marks = marks_by_sheet(sheets)
    scopes = {
        (sheet.standard_id, sheet.scope): read_scope(sheet.standard, sheet.scope)[0]
        for sheet in {(s.standard_id, s.scope): s for s in sheets}.values()
    }
    broken = []
    for sheet in sheets:
        scope = scopes[sheet.standard_id, sheet.scope]
        found = assess(scope, marks[sheet.pk], overall=sheet.overall)
        same_total = found.score is not None and stored(found.score) == sheet.total
        if not same_total or found.grade is None or found.grade.name != sheet.grade:
            broken.append(f"{sheet.drawn_case.case.label} 评分表{sheet.pk}")
    return len(sheets), broken


CHECKS = (
    Check(
        "I-08",
        "每组两人、一名组长，专业与组别相符",
        by_sql("""
            SELECT p.code, count(*) = 2 AND count(*) FILTER (WHERE m.leads) = 1
                   AND bool_and(CASE p.category WHEN 'criminal' THEN e.criminal ELSE e.civil END)
              FROM evaluations_panel p
              JOIN evaluations_panelmember m ON m.panel_id = p.id AND m.ended_at IS NULL
              JOIN experts_expert e ON e.id = m.expert_id
             WHERE p.plan_id = ANY(%(plans)s) GROUP BY p.id
        """),
    ),
    Check(
        "I-09",
        "评分专家与案件没有同一人、同一机构关系",
        by_sql("""
            SELECT c.number || ' ' || person.code, s.withdrawn_at IS NOT NULL OR NOT (
                     person.firm_id = c.firm_id OR EXISTS (
                       SELECT 1 FROM cases_casehandler h
                        WHERE h.case_id = c.id AND h.person_id = person.id))
              FROM evaluations_scoresheet s
              JOIN evaluations_drawncase d ON d.id = s.drawn_case_id
              JOIN evaluations_draw w ON w.id = d.draw_id
              JOIN cases_case c ON c.id = d.case_id
              JOIN experts_expert e ON e.id = s.expert_id
              JOIN wanzhou_eval_person person ON person.id = e.person_id
             WHERE w.plan_id = ANY(%(plans)s)
        """),
    ),
    Check(
        "I-10",
        "开评后每件在评案件恰有两份评分表",
        by_sql("""
            SELECT c.number, count(s.id) = 2 AND count(s.id) FILTER (WHERE s.leads) <= 1
              FROM evaluations_drawncase d
              JOIN evaluations_draw w ON w.id = d.draw_id
              JOIN evaluations_plan p ON p.id = w.plan_id
              JOIN cases_case c ON c.id = d.case_id
              LEFT JOIN evaluations_scoresheet s ON s.drawn_case_id = d.id
                    AND s.round = 'first' AND s.withdrawn_at IS NULL
             WHERE p.id = ANY(%(plans)s) AND w.voided_at IS NULL AND d.replaced_at IS NULL
               AND p.stage IN ('marking', 'marked', 'published', 'closed')
             GROUP BY c.number
        """),
    ),
    Check("I-11", "已封存评分表与封存指纹一致", seals),
    Check("I-14", "总分和等次由各项评分按标准得出", totals),
    Check(
        "I-14b",
        "评分与评分办法相符：百分扣分只有扣分，逐项评等次只有等次，总体判断不缺",
        by_sql("""
            SELECT c.number || ' ' || s.id,
                   (w.method = 'levels') = (t.overall IS NOT NULL)
                   AND (t.overall IS NULL OR (t.total = t.overall AND t.comment <> ''))
                   AND NOT EXISTS (
                     SELECT FROM evaluations_mark m JOIN evaluations_item i ON i.id = m.item_id
                      WHERE m.sheet_id = s.id AND m.state = ''
                        AND (i.by_level <> (w.method = 'levels' AND NOT i.veto)
                             OR (m.level IS NOT NULL) <> (i.by_level)
                             OR (m.deduction IS NOT NULL AND (i.by_level OR i.veto))))
              FROM evaluations_scoresheet s
              JOIN evaluations_sheetcontent t ON t.sheet_id = s.id
              JOIN evaluations_scoringstandard w ON w.id = s.standard_id
              JOIN evaluations_drawncase d ON d.id = s.drawn_case_id
              JOIN evaluations_draw v ON v.id = d.draw_id
              JOIN cases_case c ON c.id = d.case_id
             WHERE v.plan_id = ANY(%(plans)s) AND t.sealed_at IS NOT NULL
        """),
    ),
    Check(
        "I-15",
        "每件至多一个现行等次，组长意见必有理由",
        by_sql("""
            SELECT d.id, count(*) = max(g.version)
                   AND bool_and(g.outcome <> 'ruling' OR g.reason <> '')
              FROM evaluations_grading g
              JOIN evaluations_drawncase d ON d.id = g.drawn_case_id
              JOIN evaluations_draw w ON w.id = d.draw_id
             WHERE w.plan_id = ANY(%(plans)s) GROUP BY d.id
        """),
    ),
    Check(
        "I-13",
        "定级时两份评分表都已封存",
        by_sql("""
            SELECT c.number, NOT EXISTS (
                     SELECT 1 FROM evaluations_scoresheet s
                      JOIN evaluations_sheetcontent t ON t.sheet_id = s.id
                      WHERE s.drawn_case_id = d.id AND s.round = 'first'
                        AND s.withdrawn_at IS NULL
                        AND (t.sealed_at IS NULL OR t.sealed_at > g.at))
              FROM evaluations_grading g
              JOIN evaluations_drawncase d ON d.id = g.drawn_case_id
              JOIN evaluations_draw w ON w.id = d.draw_id
              JOIN cases_case c ON c.id = d.case_id
             WHERE w.plan_id = ANY(%(plans)s) AND g.version = 1
        """),
    ),
)
