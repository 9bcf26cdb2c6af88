"""Who hands the paper files about: 中心 keeps the archive, 科室 the evaluation's hall."""

from wanzhou_eval.models import Role, User


def may_move_files(user: User | None) -> bool:
    """科室 and 中心 scan files out and in."""
    return user is not None and user.role in {Role.BUREAU, Role.CLERK}
