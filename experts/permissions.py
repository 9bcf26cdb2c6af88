"""Who may touch the pool."""

from experts.models import Expert
from wanzhou_eval.models import Role, User


def may_keep_pool(user: User | None) -> bool:
    """科室 keeps the pool; None is the command line."""
    return user is None or user.role == Role.BUREAU


def may_declare(user: User | None, expert: Expert) -> bool:
    """科室 declares for anybody, an expert for himself."""
    return may_keep_pool(user) or (
        user is not None and user.role == Role.EXPERT and user.person_id == expert.person_id
    )


def may_see_phone(user: User) -> bool:
    """Telephone numbers of experts: who must call them."""
    return user.role in {Role.BUREAU, Role.CLERK}
