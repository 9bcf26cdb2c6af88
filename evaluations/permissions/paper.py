"""Who may type a signed paper sheet. What may be read of it afterwards is in `queries.paper`."""

from wanzhou_eval.models import Role, User


def may_type_paper(user: User, *, turn: int) -> bool:
    """中心 types first; the second time another account of 中心 or 科室. Nobody else, ever.

    科室 runs the evaluation: it meets no score before its time unless nobody else can be the
    second person.
    """
    return user.role == Role.CLERK or (turn == 2 and user.role == Role.BUREAU)
