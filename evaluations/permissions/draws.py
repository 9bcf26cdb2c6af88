"""Who holds the draws: 科室 runs them, a second login types the seed again, voids take two."""

from evaluations.models import Draw
from wanzhou_eval.models import Role, User


def may_run_draws(user: User | None) -> bool:
    """科室 seals lists, reads out, locks records and replaces missing files."""
    return user is not None and user.role == Role.BUREAU


def may_type_seed(user: User | None) -> bool:
    """科室 or 中心 types the rolled digits; the two typings come from two people."""
    return user is not None and user.role in {Role.BUREAU, Role.CLERK}


def may_confirm_void(user: User | None, draw: Draw) -> bool:
    """Another person than the one who asked: 科室 or 局领导."""
    return (
        user is not None
        and user.role in {Role.BUREAU, Role.LEADER}
        and draw.voided_by_id is not None
        and draw.voided_by_id != user.pk
    )
