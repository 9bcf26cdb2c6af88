"""Who may approve, publish and read the results."""

from evaluations.models import AllowancePayment, Approval
from wanzhou_eval.models import Role, User


def may_submit_results(user: User | None) -> bool:
    """科室 hands the results in for approval and publishes them; None is the command line."""
    return user is None or user.role == Role.BUREAU


def may_publish(user: User | None) -> bool:
    """科室 publishes what 局领导 approved."""
    return user is None or user.role == Role.BUREAU


def may_decide_approval(user: User, approval: Approval) -> bool:
    """局领导, and never the person who handed the sheet in."""
    return user.role == Role.LEADER and user.pk != approval.submitted_by_id


def may_read_results(user: User) -> bool:
    """送审单, 公布稿 and report: 科室, 局领导, 审计."""
    return user.role in {Role.BUREAU, Role.LEADER, Role.AUDITOR}


def may_enter_allowance(user: User) -> bool:
    """科室 enters what was paid."""
    return user.role == Role.BUREAU


def may_confirm_allowance(user: User, payment: AllowancePayment) -> bool:
    """科室 or 局领导, and never the person who entered it."""
    return user.role in {Role.BUREAU, Role.LEADER} and user.pk != payment.entered_by_id


def may_edit_templates(user: User) -> bool:
    """科室 keeps the forms of its documents."""
    return user.role == Role.BUREAU
