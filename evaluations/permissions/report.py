"""Who writes a panel's report and who the bureau's."""

from evaluations.models import PanelMember
from wanzhou_eval.models import Role, User


def may_write_report(user: User | None) -> bool:
    """科室 analyses (article 7); None is the command line."""
    return user is None or user.role == Role.BUREAU


def may_report_panel(user: User, seat: PanelMember | None) -> bool:
    """组长 of the panel, as the seats are held now."""
    return seat is not None and seat.leads and seat.expert.person_id == user.person_id
