"""What belongs to revealed sheets, by hand-written statements: every act of a 合议 reads it.

Only for sheets that the caller was allowed to read.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from evaluations.models import ScoreSheet
from wanzhou_eval.prepared import Statement

VETOES = Statement(
    "vetoes_found",
    "bigint[]",
    """
SELECT mark.sheet_id, item.number
  FROM evaluations_mark mark JOIN evaluations_item item ON item.id = mark.item_id
 WHERE mark.sheet_id = ANY ($1) AND mark.state = 'veto'
 ORDER BY item.ordinal
""",
)
DELIBERATED = Statement(
    "deliberated",
    "bigint[]",
    """
SELECT EXISTS (SELECT FROM evaluations_proposal WHERE drawn_case_id = ANY ($1)),
       EXISTS (SELECT FROM evaluations_grading WHERE drawn_case_id = ANY ($1) AND version = 1),
       EXISTS (SELECT FROM evaluations_reviewgrading WHERE drawn_case_id = ANY ($1)),
       ARRAY (SELECT event.item::text
                FROM evaluations_drawevent event
                JOIN evaluations_draw draw ON draw.id = event.draw_id
               WHERE event.kind = 'withdrawn' AND draw.kind = 'experts' AND draw.voided_at IS NULL
                 AND draw.plan_id IN (
                     SELECT drawing.plan_id FROM evaluations_drawncase drawn
                       JOIN evaluations_draw drawing ON drawing.id = drawn.draw_id
                      WHERE drawn.id = ANY ($1)))
""",
)


@dataclass(frozen=True)
class Deliberated:
    """Which rows there are beside revealed sheets, and who left a panel of their years (codes)."""

    proposed: bool
    graded: bool
    reviewed: bool
    gone: frozenset[str]


def vetoes_on(sheets: Iterable[ScoreSheet]) -> dict[int, list[str]]:
    """The 一票否决 items found on these sheets. One query."""
    found: dict[int, list[str]] = defaultdict(list)
    with connection.cursor() as cursor:
        VETOES.run(cursor, [sheet.pk for sheet in sheets])
        for sheet, number in cursor.fetchall():
            found[sheet].append(number)
    return found


def what_is_there(drawn_cases: Iterable[int]) -> Deliberated:
    """What was said and decided on these cases. One query."""
    with connection.cursor() as cursor:
        DELIBERATED.run(cursor, list(drawn_cases))
        proposed, graded, reviewed, gone = cursor.fetchone()
    return Deliberated(proposed, graded, reviewed, frozenset(gone))
