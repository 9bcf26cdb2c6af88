"""Who may touch the population."""

from wanzhou_eval.models import Role, User


def may_import(user: User | None) -> bool:
    """中心 and 科室 import; 系统管理员 does so in the administration; None is the command line."""
    return user is None or user.role in {Role.CLERK, Role.BUREAU, Role.SYSADMIN}


def may_declare_total(user: User | None) -> bool:
    """The control total is typed by 科室 or 中心."""
    return user is None or user.role in {Role.CLERK, Role.BUREAU}


def may_see_recipient(user: User) -> bool:
    """受援人's name in full: only who must find the file."""
    return user.role in {Role.CLERK, Role.BUREAU}
