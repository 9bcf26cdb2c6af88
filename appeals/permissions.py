"""Who may appeal, register, confirm, answer and close."""

from appeals.models import Appeal
from evaluations.models import DrawnCase
from wanzhou_eval.models import Role, User


def may_appeal(user: User, drawn_case: DrawnCase) -> bool:
    """承办人 of the case, with an own account."""
    if user.role != Role.HANDLER or user.person_id is None:
        return False
    return drawn_case.case.handlers.filter(person=user.person_id).exists()


def may_register_appeal(user: User) -> bool:
    """科室 and 中心 register paper appeals."""
    return user.role in {Role.BUREAU, Role.CLERK}


def may_confirm_appeal(user: User, appeal: Appeal) -> bool:
    """Whoever may register, but never the person who registered this one."""
    return may_register_appeal(user) and user.pk != appeal.registered_by_id


def may_confirm_withdrawal(user: User, appeal: Appeal) -> bool:
    """Whoever may register, but never the person who registered the withdrawal."""
    return may_register_appeal(user) and user.pk != appeal.withdrawal_by_id


def may_handle_appeals(user: User | None) -> bool:
    """科室 has the review drawn and answers; None is the command line."""
    return user is None or user.role == Role.BUREAU


def may_read_appeals(user: User) -> bool:
    """科室, 中心, 局领导, 审计."""
    return user.role in {Role.BUREAU, Role.CLERK, Role.LEADER, Role.AUDITOR}


def may_handle_consequences(user: User | None) -> bool:
    """科室 starts and lifts consequences, hands over inquiries and closes the year."""
    return user is None or user.role == Role.BUREAU


def may_recover(user: User | None) -> bool:
    """中心 takes back what it paid (article 7), and 科室 that watches over it."""
    return user is None or user.role in {Role.BUREAU, Role.CLERK}


def may_download(user: User, appeal: Appeal, *, reviews: bool = False) -> bool:
    """The appellant's own attachments, the staff who work on the appeal, and its reviewers.

    `reviews`: the reader is one of the panel and both have sealed their sheets.
    """
    own = user.role == Role.HANDLER and user.person_id == appeal.appellant_id
    return own or reviews or may_read_appeals(user)
