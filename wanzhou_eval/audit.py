"""Writing the audit trail. Reading it is `queries.audit_trail`."""

from datetime import UTC, datetime

from wanzhou_eval.models import AuditEvent, User

SYSTEM_ACTOR = "system"


def record_event(
    action: str,
    *,
    by: User | None,
    target: str = "",
    year: int | None = None,
    detail: dict[str, object] | None = None,
    outcome: str = "done",
    sentence: str = "",
    address: str | None = None,
) -> None:
    """Append one line, in the transaction of the act it tells of: no audit, no act.

    `by` None is a command run by the operator. `detail` never holds scores or personal data.
    Sequence number, time and chain are set by the database trigger `audit_chain`.
    """
    AuditEvent.objects.create(
        seq=0,
        at=datetime.now(UTC),
        actor=by.username if by else SYSTEM_ACTOR,
        actor_name=by.name if by else "",
        role=by.role if by else "",
        address=address,
        action=action,
        target=target[:120],
        year=year,
        outcome=outcome,
        sentence=sentence[:400],
        detail=detail or {},
        prev="",
        hash=f"{action}:{target}"[:64],
    )
