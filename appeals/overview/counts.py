"""The counts of the year in one statement: the first page must not cost a query for each."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from evaluations.models import Plan
from evaluations.rules.relations import FORMER_FIRM_YEARS
from wanzhou_eval.prepared import Statement

COUNTS = Statement(
    "year_counts",
    "bigint, bigint, integer, integer",
    """
WITH live AS (SELECT id, kind FROM evaluations_draw WHERE plan_id = $1 AND voided_at IS NULL),
     drawn AS (SELECT sampled.id FROM evaluations_drawncase sampled
                 JOIN live ON live.id = sampled.draw_id WHERE sampled.replaced_at IS NULL),
     ever AS (SELECT sampled.id FROM evaluations_drawncase sampled
                JOIN evaluations_draw draw ON draw.id = sampled.draw_id WHERE draw.plan_id = $1),
     appealed AS (SELECT appeal.* FROM appeals_appeal appeal
                    JOIN ever ON ever.id = appeal.drawn_case_id
                   WHERE appeal.refused_at IS NULL),
     answering AS (SELECT *, withdrawn_at IS NULL AND answered_at IS NULL AS running
                     FROM appealed
                    ORDER BY running DESC, CASE WHEN withdrawn_at IS NULL AND answered_at IS NULL
                          THEN received_at END, received_at DESC LIMIT 1),
     seat AS MATERIALIZED (
        SELECT 'first' AS round, unnest(ARRAY[row.leader_id, row.member_id]) AS expert_id,
               sampled.case_id, sampled.id AS drawn_case_id
          FROM evaluations_plan plan
          JOIN live ON live.kind = 'match'
          JOIN evaluations_assignment row ON row.draw_id = live.id
          JOIN evaluations_drawncase sampled ON sampled.id = row.drawn_case_id
         WHERE plan.id = $1 AND plan.stage IN ('matched', 'marking')
           AND sampled.replaced_at IS NULL
           AND NOT EXISTS (SELECT FROM evaluations_assignment next WHERE next.replaces_id = row.id)
           AND NOT EXISTS (SELECT FROM evaluations_grading graded
                            WHERE graded.drawn_case_id = sampled.id)
        UNION ALL
        SELECT 'review', unnest(ARRAY[row.leader_id, row.member_id]),
               sampled.case_id, sampled.id
          FROM appealed appeal
          JOIN appeals_reviewpanel row ON row.appeal_id = appeal.id
          JOIN live ON live.id = row.draw_id
          JOIN evaluations_drawncase sampled ON sampled.id = appeal.drawn_case_id
         WHERE appeal.withdrawn_at IS NULL AND appeal.answered_at IS NULL
           AND NOT EXISTS (SELECT FROM appeals_reviewpanel next WHERE next.replaces_id = row.id)
           AND NOT EXISTS (SELECT FROM evaluations_reviewgrading graded
                            WHERE graded.drawn_case_id = sampled.id)),
     barred AS (
        SELECT seat.round FROM seat
          JOIN cases_case file ON file.id = seat.case_id
          JOIN experts_expert expert ON expert.id = seat.expert_id
          JOIN wanzhou_eval_person person ON person.id = expert.person_id
         WHERE person.firm_id = file.firm_id
            OR EXISTS (SELECT FROM cases_casehandler handler
                        WHERE handler.case_id = file.id AND handler.person_id = person.id)
            OR EXISTS (SELECT FROM experts_formerfirm former
                        WHERE former.expert_id = expert.id AND former.firm_id = file.firm_id
                          AND (former.left_on IS NULL
                               OR file.closed_on <= former.left_on + $3 * interval '1 year'))
            OR EXISTS (SELECT FROM experts_recusal told
                        WHERE told.expert_id = expert.id AND told.year = $4
                          AND NOT EXISTS (SELECT FROM experts_recusalwithdrawal back
                                           WHERE back.recusal_id = told.id)
                          AND (told.firm_id = file.firm_id
                               AND (told.left_on IS NULL
                                    OR file.closed_on <= told.left_on + $3 * interval '1 year')
                               OR told.case_key = file.key
                               OR EXISTS (SELECT FROM cases_casehandler handler
                                           WHERE handler.case_id = file.id
                                             AND handler.person_id = told.person_id))))
SELECT (SELECT count(*) FROM cases_case WHERE frame_id = $2),
       (SELECT count(*) FROM cases_exclusion WHERE frame_id = $2 AND case_id IS NOT NULL),
       (SELECT count(*) FROM cases_rejectedrow row
          JOIN cases_importbatch batch ON batch.id = row.batch_id
         WHERE row.frame_id = $2 AND batch.confirmed_at IS NOT NULL AND row.withdrawn_at IS NULL),
       (SELECT count(*) FROM drawn),
       (SELECT count(*) FROM evaluations_panelmember seat
          JOIN live ON live.id = seat.draw_id
          JOIN evaluations_panel panel ON panel.id = seat.panel_id AND panel.plan_id = $1
         WHERE seat.ended_at IS NULL),
       (SELECT count(*) FROM evaluations_replacementrequest request
          JOIN live ON live.id = request.draw_id WHERE request.outcome = ''),
       (SELECT count(*) FROM barred WHERE round = 'first'),
       (SELECT count(*) FROM barred WHERE round = 'review'),
       (SELECT count(*) FROM evaluations_grading grading
          JOIN drawn ON drawn.id = grading.drawn_case_id WHERE grading.version = 1),
       (SELECT appeal_until FROM evaluations_publication WHERE plan_id = $1 AND version = 1),
       (SELECT calendar_version FROM evaluations_publication
         WHERE plan_id = $1 AND version = 1),
       (SELECT count(*) FROM appealed),
       (SELECT count(*) FROM appealed
         WHERE accepted_at IS NOT NULL AND withdrawn_at IS NULL AND answered_at IS NULL),
       (SELECT received_at FROM answering),
       (SELECT calendar_version FROM answering),
       (SELECT count(*) FROM appeals_recovery recovery
          JOIN ever ON ever.id = recovery.drawn_case_id WHERE recovery.closed_at IS NULL)
     + (SELECT count(*) FROM appeals_inquiry inquiry
          JOIN ever ON ever.id = inquiry.drawn_case_id WHERE inquiry.closed_at IS NULL)
     + (SELECT count(*) FROM appeals_rectification rectification
          JOIN ever ON ever.id = rectification.drawn_case_id
         WHERE rectification.closed_at IS NULL),
       (SELECT min(due_on) FROM (
            SELECT due_on FROM appeals_recovery recovery
              JOIN ever ON ever.id = recovery.drawn_case_id WHERE recovery.closed_at IS NULL
            UNION ALL
            SELECT due_on FROM appeals_rectification rectification
              JOIN ever ON ever.id = rectification.drawn_case_id
             WHERE rectification.closed_at IS NULL) AS running),
       (SELECT count(*) FROM evaluations_report WHERE plan_id = $1 AND issued_at IS NOT NULL)
""",
)


@dataclass(frozen=True)
class Counts:
    """How much of everything there is. `experts` are the seats held now.

    Late recusals are experts who hold a case that is not graded and that a relation keeps them
    from; those of reviewers are counted apart, because another page deals with them.
    `answer_from` is when the appeal came in whose answer is due first, or the last one answered.
    """

    cases: int
    excluded: int
    rejected: int
    drawn: int
    experts: int
    waiting_requests: int
    late_recusals: int
    review_recusals: int
    graded: int
    appeal_until: datetime | None
    appeal_calendar: str | None
    appeals: int
    appeals_open: int
    answer_from: datetime | None
    answer_calendar: str | None
    open_consequences: int
    consequence_due: date | None
    reports_issued: int


def year_counts(plan: Plan) -> Counts:
    """Count the year. One query, whatever its size."""
    with connection.cursor() as cursor:
        COUNTS.run(cursor, plan.pk, plan.frame_id, FORMER_FIRM_YEARS, plan.year)
        return Counts(*cursor.fetchone())
