"""Years of any size, written by the owner with the triggers aside: what the pages then read.

A year of `count` results is drawn from twice as many cases, 300 firms, 20 panels, the standard of
the rehearsal. Rows are copies of the rehearsal's own rows with what differs put over them.
"""

from django.db import connections

SETUP = """
SELECT setval(pg_get_serial_sequence('wanzhou_eval_firm', 'id'), max(id)) FROM wanzhou_eval_firm;
INSERT INTO wanzhou_eval_firm (code, name, key)
SELECT 'B' || n, '重庆试验第' || n || '律师事务所', 'BENCH' || n FROM generate_series(1, 300) n
    ON CONFLICT DO NOTHING
"""
CLONE = """
INSERT INTO {table} SELECT made.* FROM generate_series(1, {count}) n,
    LATERAL jsonb_populate_record(NULL::{table},
        coalesce((SELECT to_jsonb(t) FROM {table} t {where} LIMIT 1), '{{}}')
            || jsonb_build_object({over})) made
"""


def make_year(year: int, count: int) -> int:
    """A marked, approved year with that many results; the id of its plan."""
    base = year * 10_000_000
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(SETUP)
        for line in ROWS.format(base=base, year=year, count=count).strip().split("\n@"):
            table, many, where, over = line.split("|", 3)
            cursor.execute(CLONE.format(table=table, count=many, where=where, over=over))
        cursor.execute(RESULTS.format(base=base))
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM (ANALYZE)")
    return base


RESULTS = """
INSERT INTO evaluations_caseresult (drawn_case_id, plan_id, kind, firm_id, regular_grade, place,
    failing, outcome, first_place, first_outcome, panel_id, leader_id, member_id, leader_place,
    member_place, difference)
SELECT g.drawn_case_id, {base}, c.kind, c.firm_id, c.regular_grade,
       CASE g.grade WHEN '优良' THEN 1 WHEN '合格' THEN 2 ELSE 3 END, g.failing, g.outcome,
       CASE g.grade WHEN '优良' THEN 1 WHEN '合格' THEN 2 ELSE 3 END, g.outcome,
       {base} + 1 + c.serial % 20, e[1 + c.serial % 4], e[5 + c.serial % 4], 1 + c.serial % 3,
       1 + c.serial % 2, (c.serial * 7919 % 21 - 10) * 1000000
  FROM evaluations_grading g
  JOIN evaluations_drawncase d ON d.id = g.drawn_case_id AND d.draw_id = {base}
  JOIN cases_case c ON c.id = d.case_id,
       (SELECT array_agg(id ORDER BY id) AS e FROM experts_expert) experts;
INSERT INTO evaluations_itemtally (plan_id, item_id, scored, lost, skipped, vetoed, level_3,
       level_2, level_1)
SELECT {base}, i.id, 1000, 100 + i.ordinal, 3, 0, 0, 0, 0 FROM evaluations_item i
  JOIN evaluations_plan p ON p.id = {base} AND p.standard_id = i.standard_id WHERE NOT i.veto
"""


ROWS = """
cases_frame|1||'id', {base}, 'year', {year}, 'sealed_at', now()
@evaluations_plan|1||'id', {base}, 'year', {year}, 'frame_id', {base}, 'stage', 'marked',
    'ended_at', timestamptz '2022-08-26 18:00+08', 'published_at', NULL, 'terms_calendar', '',
    'clock_offset', timestamptz '2022-09-01 10:00+08' - now()
@evaluations_panel|20||'id', {base} + n, 'plan_id', {base}, 'draw_id', {base}, 'code', 'B' || n,
    'ordinal', 1 + n % 9
@cases_case|2 * {count}||'id', {base} + n, 'frame_id', {base}, 'serial', n, 'row', n,
    'number', '渝万援民〔{year}〕' || n || '号', 'key', '渝万援民〔{year}〕' || n || '号',
    'skeleton', '{year}-' || n, 'withheld', false, 'subsidy', 1800,
    'kind', CASE n % 4 WHEN 0 THEN 'criminal' ELSE 'civil' END,
    'firm_id', (SELECT min(id) FROM wanzhou_eval_firm WHERE key = 'BENCH1') + n % 300,
    'recipient', substr('赵钱孙李周吴郑王冯陈', 1 + n % 10, 1)
        || chr(20000 + n / 10 % 5000) || chr(26000 + n / 50000),
    'regular_grade', (ARRAY['优良', '合格', ''])[1 + n % 3]
@cases_casehandler|{count}||'id', {base} + n, 'case_id', {base} + n
@evaluations_draw|1|WHERE kind = 'sample'|'id', {base}, 'plan_id', {base}, 'code', 'B-{year}',
    'freeze_text', '', 'result_text', '', 'seed', repeat('{year}', 6),
    'first_typing', repeat('{year}', 6)
@evaluations_drawncase|{count}||'id', {base} + n, 'draw_id', {base}, 'case_id', {base} + n,
    'rank', n, 'ticket', lpad(n::text, 64, '0'), 'replaces_id', NULL, 'replaced_at', NULL
@evaluations_grading|{count}||'id', {base} + n, 'drawn_case_id', {base} + n, 'version', 1,
    'grade', CASE WHEN n % 25 = 0 THEN '不合格' WHEN n % 4 = 1 THEN '合格' ELSE '优良' END,
    'failing', n % 25 = 0, 'outcome', CASE WHEN n % 20 = 0 THEN 'ruling' WHEN n % 7 = 0
    THEN 'agreed' ELSE 'at_once' END, 'reason', '理由', 'dissent', '', 'at', now(),
    'recorded_at', now()
"""
"""Table, number of rows, which row is copied, and what is put over it."""
