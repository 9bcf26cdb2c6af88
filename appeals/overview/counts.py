"""The counts of the year in one statement: the first page must not cost a query for each."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from evaluations.models import Plan
from wanzhou_eval.prepared import Statement

COUNTS = Statement(
    "year_counts",
    "bigint, bigint",
    """
WITH live AS (SELECT id, kind FROM evaluations_draw WHERE plan_id = $1 AND voided_at IS NULL),
     drawn AS (SELECT sampled.id FROM evaluations_drawncase sampled
                 JOIN live ON live.id = sampled.draw_id WHERE sampled.replaced_at IS NULL),
     ever AS (SELECT sampled.id FROM evaluations_drawncase sampled
                JOIN evaluations_draw draw ON draw.id = sampled.draw_id WHERE draw.plan_id = $1),
     appealed AS (SELECT appeal.* FROM appeals_appeal appeal
                    JOIN ever ON ever.id = appeal.drawn_case_id
                   WHERE appeal.refused_at IS NULL)
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
       (SELECT count(*) FROM evaluations_grading grading
          JOIN drawn ON drawn.id = grading.drawn_case_id WHERE grading.version = 1),
       (SELECT max(appeal_until) FROM evaluations_publication WHERE plan_id = $1),
       (SELECT count(*) FROM appealed),
       (SELECT count(*) FROM appealed
         WHERE accepted_at IS NOT NULL AND withdrawn_at IS NULL AND answered_at IS NULL),
       (SELECT max(answer_due) FROM appealed),
       (SELECT count(*) FROM appeals_recovery recovery
          JOIN ever ON ever.id = recovery.drawn_case_id WHERE recovery.closed_at IS NULL)
     + (SELECT count(*) FROM appeals_inquiry inquiry
          JOIN ever ON ever.id = inquiry.drawn_case_id WHERE inquiry.closed_at IS NULL)
""",
)


@dataclass(frozen=True)
class Counts:
    """How much of everything there is. `experts` are the seats held now."""

    cases: int
    excluded: int
    rejected: int
    drawn: int
    experts: int
    waiting_requests: int
    graded: int
    appeal_until: datetime | None
    appeals: int
    appeals_open: int
    answer_due: date | None
    open_consequences: int


def year_counts(plan: Plan) -> Counts:
    """Count the year. One query, whatever its size."""
    with connection.cursor() as cursor:
        COUNTS.run(cursor, plan.pk, plan.frame_id)
        return Counts(*cursor.fetchone())
