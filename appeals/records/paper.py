"""Paper sheets and taken-back seals: two people, one sheet of a case each, nothing lost."""

from appeals.records.checks import Check, by_sql

CHECKS = (
    Check(
        "I-31",
        "纸质评分表由两人录入一致并附扫描件才封存",
        by_sql("""
            SELECT c.number, EXISTS (SELECT 1 FROM evaluations_paperscan p WHERE p.sheet_id = s.id)
                   AND (SELECT count(*) = 2 AND count(DISTINCT t.by_id) = 2
                               AND count(DISTINCT t.values) = 1
                          FROM evaluations_papertyping t
                         WHERE t.sheet_id = s.id AND t.discarded_at IS NULL
                           AND t.finished_at IS NOT NULL)
              FROM evaluations_scoresheet s
              JOIN evaluations_drawncase d ON d.id = s.drawn_case_id
              JOIN evaluations_draw w ON w.id = d.draw_id
              JOIN cases_case c ON c.id = d.case_id
             WHERE w.plan_id = ANY(%(plans)s) AND s.paper AND s.sealed
        """),
    ),
    Check(
        "I-32",
        "同一人没有录入同一件的两份纸质评分表",
        by_sql("""
            SELECT c.number || ' ' || t.by_id, count(DISTINCT s.expert_id) = 1
              FROM evaluations_papertyping t
              JOIN evaluations_scoresheet s ON s.id = t.sheet_id
              JOIN evaluations_drawncase d ON d.id = s.drawn_case_id
              JOIN evaluations_draw w ON w.id = d.draw_id
              JOIN cases_case c ON c.id = d.case_id
             WHERE w.plan_id = ANY(%(plans)s)
             GROUP BY c.number, s.round, t.by_id
        """),
    ),
    Check(
        "I-33",
        "撤回或退回的评分表原样保留，版次连续，只有最后一版有效",
        by_sql("""
            SELECT c.number, count(*) = max(s.edition)
                   AND bool_and(s.edition = last.edition
                                OR (s.sealed AND s.withdrawn_at IS NOT NULL))
              FROM evaluations_scoresheet s
              JOIN (SELECT coalesce(origin_id, id) AS origin, max(edition) AS edition
                      FROM evaluations_scoresheet GROUP BY 1) last
                ON last.origin = coalesce(s.origin_id, s.id)
              JOIN evaluations_drawncase d ON d.id = s.drawn_case_id
              JOIN evaluations_draw w ON w.id = d.draw_id
              JOIN cases_case c ON c.id = d.case_id
             WHERE w.plan_id = ANY(%(plans)s)
             GROUP BY c.number, last.origin
        """),
    ),
)
