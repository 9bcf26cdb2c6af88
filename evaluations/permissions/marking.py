"""Who may do what with standards, score sheets and deliberations.

What may be *read* of a sheet is a condition on rows, in `queries.sheets`; here is who acts.
"""

from collections.abc import Sequence

from evaluations.models import Plan, ScoreSheet
from wanzhou_eval.models import Role, User


def may_keep_standards(user: User | None) -> bool:
    """科室 imports standards and adopts one; None is the operator's command line."""
    return user is None or user.role == Role.BUREAU


def may_run_marking(user: User | None, plan: Plan) -> bool:
    """科室 opens, extends and closes the evaluation; nobody else, leaders included."""
    return user is None or user.role == Role.BUREAU


def may_nudge(user: User) -> bool:
    """科室 and 中心 remind experts: they see how many sheets are missing, nothing else."""
    return user.role in {Role.BUREAU, Role.CLERK}


def may_mark(user: User, sheet: ScoreSheet) -> bool:
    """Only the expert whose sheet it is: nobody types a score for somebody else (article 9.2)."""
    own = user.person_id is not None and sheet.expert.person_id == user.person_id
    return user.role == Role.EXPERT and own


def is_of_pair(user: User, pair: Sequence[ScoreSheet]) -> bool:
    """Whether the reader wrote one of the pair's sheets."""
    return any(may_mark(user, sheet) for sheet in pair)


def leader_of(pair: Sequence[ScoreSheet]) -> ScoreSheet:
    """The leader's sheet: the drawn leader, else the one who remains of the drawn pair.

    Where the leader was recused the remaining member leads the case; the replacement's sheet is
    the younger one, whatever edition of it counts.
    """
    return min(pair, key=lambda sheet: (not sheet.leads, sheet.origin_id or sheet.pk))


def may_rule(user: User, pair: Sequence[ScoreSheet]) -> bool:
    """Only the leader of the pair rules where no agreement was reached (article 6.2)."""
    return may_mark(user, leader_of(pair))


def may_read_settlement(user: User) -> bool:
    """科室, 局领导 and 审计 read a deliberation once the case is graded, never before."""
    return user.role in {Role.BUREAU, Role.LEADER, Role.AUDITOR}


def may_hold_training(user: User | None) -> bool:
    """科室 and 中心 record the training of the experts."""
    return user is None or user.role in {Role.BUREAU, Role.CLERK}
