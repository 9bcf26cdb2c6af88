"""What the database refuses, in the user's words: triggers, locks, uniqueness, time limits."""

from django.db import DatabaseError

from wanzhou_eval.errors import RefusedError

RESTRICTED = "23001"
"""restrict_violation: a trigger of `*/migrations/0001_triggers.sql`; its message is a sentence."""
NOT_GRANTED = "42501"
"""insufficient_privilege: a reader's page tried to write."""
SENTENCES = {
    "55P03": ("别人正在办理同一件事，这次没有保存。请稍候再试。", 409),
    "40P01": ("别人正在办理同一件事，这次没有保存。请稍候再试。", 409),
    "23505": ("这一步刚刚已经办过，没有重复保存。请刷新页面看结果。", 409),
    "57014": ("这一步用时太久，已经停下，没有保存。请稍候再试；还不行，请联系系统管理员。", 503),
}
"""SQLSTATE → sentence and status: lock timeout, deadlock, unique violation, statement timeout."""


def refusal_of(error: BaseException, *, reading: bool = False) -> RefusedError | None:
    """The refusal that an exception means; None for a fault of ours, which stays a fault.

    `reading` is the auditor's request, to which the database grants no writing.
    """
    if isinstance(error, RefusedError):
        return error
    if not isinstance(error, DatabaseError):
        return None
    state = getattr(error.__cause__, "pgcode", None)
    if state == RESTRICTED:
        told = getattr(getattr(error.__cause__, "diag", None), "message_primary", "") or ""
        return RefusedError(f"{told}这一步没有保存，请回年度总览看现在的进度。", status=409)
    if reading and state == NOT_GRANTED:
        return RefusedError("审计账号只能查看，不能办理。这一步没有保存。", status=403)
    if state not in SENTENCES:
        return None
    sentence, status = SENTENCES[state]
    return RefusedError(sentence, status=status)
