"""Publication, appeals, money, the trail and the posture of the database."""

from django.db import connection

from appeals.records.checks import Check, by_sql
from appeals.records.consequences import CONSEQUENCES
from evaluations.models import Plan, Publication
from evaluations.queries.publication import list_hash
from wanzhou_eval.database import APPEND_ONLY_TABLES
from wanzhou_eval.queries import chain_state


def snapshots(plans: list[Plan]) -> tuple[int, list[str]]:
    """Every published list still gives its fingerprint."""
    versions = list(Publication.objects.filter(plan__in=plans).prefetch_related("lines"))
    broken = [
        f"{p.plan_id} 第{p.version}版"
        for p in versions
        if list_hash(list(p.lines.all())) != p.sha256
    ]
    return len(versions), broken


def trail(plans: list[Plan]) -> tuple[int, list[str]]:
    """The audit chain is whole."""
    state = chain_state()
    return state.length, [f"第{state.broken_at}条"] if state.broken_at else []


def posture(plans: list[Plan]) -> tuple[int, list[str]]:
    """The application's role owns nothing and can not change what is only added to."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname, c.relowner <> 'wanzhou_app'::regrole
                   AND (NOT c.relname = ANY(%s) OR NOT (
                        has_table_privilege('wanzhou_app', c.oid, 'UPDATE')
                        OR has_table_privilege('wanzhou_app', c.oid, 'DELETE')))
                   AND NOT has_table_privilege('wanzhou_app', c.oid, 'TRUNCATE')
                   AND NOT EXISTS (SELECT 1 FROM pg_trigger t
                                    WHERE t.tgrelid = c.oid AND t.tgenabled = 'D')
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind = 'r' AND n.nspname = 'public'
            """,
            [list(APPEND_ONLY_TABLES)],
        )
        rows = cursor.fetchall()
    return len(rows), [name for name, holds in rows if not holds]


CHECKS = (
    Check("I-16", "公布稿与其指纹一致", snapshots),
    Check(
        "I-16b",
        "公布稿只列本年度已定级案件",
        by_sql("""
            SELECT l.number, EXISTS (SELECT 1 FROM evaluations_grading g
                     WHERE g.drawn_case_id = l.drawn_case_id AND g.grade = l.grade)
                   AND w.plan_id = p.plan_id
              FROM evaluations_publicationline l
              JOIN evaluations_publication p ON p.id = l.publication_id
              JOIN evaluations_drawncase d ON d.id = l.drawn_case_id
              JOIN evaluations_draw w ON w.id = d.draw_id
             WHERE p.plan_id = ANY(%(plans)s)
        """),
    ),
    Check(
        "I-17",
        "每件至多受理一次异议，申辩人是承办人",
        by_sql("""
            SELECT d.id, count(*) FILTER (WHERE a.accepted_at IS NOT NULL) <= 1
                   AND bool_and(EXISTS (SELECT 1 FROM cases_casehandler h
                        WHERE h.case_id = d.case_id AND h.person_id = a.appellant_id))
              FROM appeals_appeal a
              JOIN evaluations_drawncase d ON d.id = a.drawn_case_id
              JOIN evaluations_draw w ON w.id = d.draw_id
             WHERE w.plan_id = ANY(%(plans)s) GROUP BY d.id
        """),
    ),
    Check(
        "I-18",
        "受理的异议都在期限内收到，书面的经另一人确认",
        by_sql("""
            SELECT a.id, a.accepted_at IS NULL OR (a.received_at < a.window_end
                   AND (a.channel <> 'paper' OR a.confirmed_by_id <> a.registered_by_id))
              FROM appeals_appeal a
              JOIN evaluations_drawncase d ON d.id = a.drawn_case_id
              JOIN evaluations_draw w ON w.id = d.draw_id
             WHERE w.plan_id = ANY(%(plans)s)
        """),
    ),
    Check(
        "I-20",
        "复评组成员没有初评过该案",
        by_sql("""
            SELECT a.id, NOT EXISTS (SELECT 1 FROM evaluations_scoresheet s
                     WHERE s.drawn_case_id = a.drawn_case_id AND s.round = 'first'
                       AND s.expert_id IN (r.leader_id, r.member_id))
              FROM appeals_reviewpanel r
              JOIN appeals_appeal a ON a.id = r.appeal_id
              JOIN evaluations_drawncase d ON d.id = a.drawn_case_id
              JOIN evaluations_draw w ON w.id = d.draw_id
             WHERE w.plan_id = ANY(%(plans)s)
        """),
    ),
    *CONSEQUENCES,
    Check(
        "I-22",
        "审批人不是经办人，专家不兼承办该案",
        by_sql("""
            SELECT a.id, a.decided_by_id IS NULL OR a.decided_by_id <> a.submitted_by_id
              FROM evaluations_approval a WHERE a.plan_id = ANY(%(plans)s)
        """),
    ),
    Check(
        "I-26",
        "补贴发放与评分表逐份相符，两人办理，公职人员没有",
        by_sql("""
            SELECT p.id, p.amount = p.rate * p.sheets
                   AND (p.confirmed_at IS NULL OR (
                        p.confirmed_by_id <> p.entered_by_id AND e.society AND p.sheets = (
                        SELECT count(*) FROM evaluations_allowancesheet l
                          JOIN evaluations_scoresheet s ON s.id = l.sheet_id
                         WHERE l.payment_id = p.id AND s.expert_id = p.expert_id)))
              FROM evaluations_allowancepayment p
              JOIN experts_expert e ON e.id = p.expert_id
             WHERE p.plan_id = ANY(%(plans)s)
        """),
    ),
    Check(
        "I-27",
        "每一版公布都登记了位置和凭据",
        by_sql("""
            SELECT p.id, EXISTS (SELECT 1 FROM evaluations_publicationplace w
                     WHERE w.publication_id = p.id AND w.posted_at <= p.published_at)
              FROM evaluations_publication p WHERE p.plan_id = ANY(%(plans)s)
        """),
    ),
    Check("I-23", "审计记录连续、未被改动", trail),
    Check(
        "I-24",
        "审计记录中没有证件号和手机号",
        by_sql(r"""
            SELECT seq, NOT (target || sentence || detail::text)
                   ~ '(^|[^0-9A-Za-z])([1-9][0-9]{16}[0-9Xx]|1[3-9][0-9]{9})($|[^0-9A-Za-z])'
              FROM wanzhou_eval_auditevent
        """),
    ),
    Check("I-25", "网页程序的数据库身份不能改动只增表，触发器均启用", posture),
)
