"""退回更正: after the reveal a sheet goes back to its author; nobody types a value for another."""

from evaluations.actions.deliberation import lock_case, record, require
from evaluations.actions.editions import open_edition
from evaluations.models import DrawnCase, ScoreSheet, SheetRound
from evaluations.queries.sheets import why_closed
from evaluations.rules.deliberation import Act
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User
from wanzhou_eval.readers import reading_as_person, reads_as_actor


@reads_as_actor
def return_sheet(
    drawn_case: DrawnCase,
    *,
    sheet: int,
    reason: str,
    by: User,
    in_round: str = SheetRound.FIRST,
) -> ScoreSheet:
    """Give one of the two sealed sheets back to its author, before the case has its grade.

    The sealed sheet stays on the record; its next edition opens with the same entries, for the
    author alone. Until he has sealed it the case is as if not revealed.
    """
    locked = lock_case(drawn_case, in_round=in_round, by=by)
    require(locked, Act.RETURN, reason=reason)
    given = next((each for each in locked.case.pair if each.pk == sheet), None)
    if given is None or len(reason.strip()) > 200:
        raise RefusedError("请选择退回哪一份评分表，原因最多200字。", status=422)
    with reading_as_person(given.expert.person_id):
        own = ScoreSheet.objects.select_for_update(of=("self",)).with_case().get(pk=sheet)
        own.drawn_case.draw.plan.now = locked.plan.now
        closed = why_closed(own)
        if closed:
            raise RefusedError(closed)
        own.returned_by = locked.sheet.expert
        opened = open_edition(own, reason=reason.strip())
    record(locked, "return_sheet", by=by)
    return opened
