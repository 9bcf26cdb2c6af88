"""Who records that a file is missing or an expert leaves, and who confirms it: two people."""

from collections.abc import Collection

from evaluations.models import ReplacementRequest
from evaluations.permissions.draws import may_run_draws
from wanzhou_eval.models import Role, User

CONFIRMERS = frozenset({Role.BUREAU, Role.CLERK, Role.LEADER})


def may_request_replacement(user: User | None) -> bool:
    """科室 records a missing file, a decline, a withdrawal, somebody who did not appear."""
    return may_run_draws(user)


def may_confirm_replacement(user: User | None, request: ReplacementRequest) -> bool:
    """Another person; 科室 is always one of the two, so it confirms an expert's own 请辞."""
    if user is None or user.pk == request.by_id:
        return False
    if request.by.role == Role.BUREAU:
        return user.role in CONFIRMERS
    return user.role == Role.BUREAU


def may_rematch(user: User | None, recorders: Collection[User | None]) -> bool:
    """Another account than the one that recorded the late recusal; one of the two is 科室.

    Whoever recorded a relation and confirmed it alone could lead a case to the panel of his
    choice. `recorders` holds None where the registers show the relation; `user` None is the
    command line.
    """
    if user is None:
        return True
    others = [one for one in recorders if one is None or one.pk != user.pk]
    by_bureau = any(one is not None and one.role == Role.BUREAU for one in others)
    return bool(others) and user.role in (CONFIRMERS if by_bureau else {Role.BUREAU})


def may_take_back(user: User | None, request: ReplacementRequest) -> bool:
    """Who recorded it, until it is decided."""
    return user is not None and user.pk == request.by_id and not request.outcome
