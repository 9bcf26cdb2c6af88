"""撤回封存: an author takes the own sealed sheet back while nobody else has seen it (article 6.2).

The sealed sheet stays as it was sealed; a new edition with the same entries opens beside it.
"""

from evaluations.actions.draws_locks import now_of
from evaluations.actions.sheets import lock_chain
from evaluations.models import Mark, ScoreSheet, SheetContent
from evaluations.queries.seals import round_name
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User
from wanzhou_eval.readers import reads_as_actor

SEEN = "两份评分表都已封存、已经互看，不能再撤回。要改分请在合议里提出。"
COPIED = ("item_id", "state", "deduction", "level", "reasons", "pages", "note", "bulk")


@reads_as_actor
def withdraw_seal(sheet: ScoreSheet, *, reason: str, by: User) -> ScoreSheet:
    """Take the own seal back, with a reason, while the partner has not sealed; the new edition.

    Nobody is told. A refusal because both are sealed tells nothing new: from that moment the
    pair sees both sheets. The reason may speak of scores: it stays on the sheet, out of the trail.
    """
    locked = lock_chain(sheet, by=by, sealed=True)
    if others_sealed(locked):
        raise RefusedError(SEEN)
    told = reason.strip()
    if not told or len(told) > 200:
        raise RefusedError("请写明撤回的原因，最多200字。", status=422)
    plan = locked.drawn_case.draw.plan
    opened = open_edition(locked, reason=told)
    record_event("withdraw_seal", by=by, year=plan.year, target=round_name(locked))
    return ScoreSheet.objects.with_case().get(pk=opened.pk)


def others_sealed(sheet: ScoreSheet) -> bool:
    """Whether the partner has sealed too. Asked only under the case's lock."""
    rows = ScoreSheet.objects.standing().filter(drawn_case=sheet.drawn_case_id, round=sheet.round)
    return rows.exclude(pk=sheet.pk).filter(sealed=True).exists()


def open_edition(sheet: ScoreSheet, *, reason: str) -> ScoreSheet:
    """Close a locked sealed sheet as it is and open its next edition with the same entries."""
    now = now_of(sheet.drawn_case.draw.plan)
    given_back = sheet.returned_by_id is not None
    sheet.withdrawn_at, sheet.withdrawn_reason = now, reason if given_back else "本人撤回"
    sheet.save(update_fields=["withdrawn_at", "withdrawn_reason", "returned_by"])
    opened = ScoreSheet.objects.create(
        drawn_case=sheet.drawn_case, round=sheet.round, expert=sheet.expert, leads=sheet.leads,
        position=sheet.position, standard=sheet.standard, scope=sheet.scope,
        origin_id=sheet.origin_id or sheet.pk, edition=sheet.edition + 1,
    )  # fmt: skip
    SheetContent.objects.filter(pk=opened.pk).update(
        comment=sheet.comment, overall=sheet.overall, why=reason, opened_at=now, saved_at=now
    )
    rows = sheet.marks.order_by("pk").values(*COPIED)
    Mark.objects.bulk_create(Mark(sheet=opened, saved_at=now, **row) for row in rows)
    return ScoreSheet.objects.with_case().get(pk=opened.pk)
