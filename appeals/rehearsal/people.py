"""Accounts of the rehearsal; refused in production (`checks`)."""

from django.db import transaction

from evaluations.models import Plan
from experts.models import Expert
from wanzhou_eval.actions import link_account
from wanzhou_eval.models import Person, Role, User

PASSWORD = "wanzhou-2022"  # noqa: S105  # the rehearsal's, refused in production
STAFF = (
    ("admin", "演练管理员", "信息中心", Role.SYSADMIN),
    ("bureau", "演练科员", "公共法律服务科", Role.BUREAU),
    ("clerk", "演练中心", "区法律援助中心", Role.CLERK),
    ("leader", "演练局长", "局领导", Role.LEADER),
    ("auditor", "演练审计", "派驻纪检组", Role.AUDITOR),
    ("handler", "演练承办人", "", Role.HANDLER),
)
EXPERT_ACCOUNTS = 8


def accounts() -> dict[str, User]:
    """The rehearsal accounts, created where missing."""
    wanted = [*STAFF]
    wanted += [
        (f"expert{n}", f"演练专家{n}", "", Role.EXPERT) for n in range(1, EXPERT_ACCOUNTS + 1)
    ]
    existing = User.objects.in_bulk([name for name, *_ in wanted], field_name="username")
    for username, name, unit, role in wanted:
        if username not in existing:
            existing[username] = User.objects.create_user(
                username, PASSWORD, name=name, unit=unit, role=role, rehearsal=True
            )
    return existing


@transaction.atomic
def link_experts(plan: Plan) -> dict[int, User]:
    """Give expert1 … expert8 to the experts drawn for the panels, in panel order; by expert id.

    Experts beyond the eight (reviewers, alternates) get accounts expert9 … when first needed.
    """
    for panel in plan.panels.filter(draw__voided_at__isnull=True):
        for member in panel.members.standing().select_related("expert__person__firm"):
            account_of(member.expert)
    return {user.person.expert.pk: user for user in linked_experts() if user.person}


def linked_experts() -> list[User]:
    """Expert accounts that stand for a person."""
    return list(
        User.objects.filter(role=Role.EXPERT, person__expert__isnull=False, rehearsal=True)
        .select_related("person__expert")
        .order_by("pk")
    )


def account_of(expert: Expert) -> User:
    """The rehearsal account of an expert, linked or created."""
    user = User.objects.filter(person=expert.person_id).first()
    if user:
        return user
    free = User.objects.filter(role=Role.EXPERT, rehearsal=True, person=None).order_by("pk").first()
    if free is None:
        number = User.objects.filter(role=Role.EXPERT, rehearsal=True).count() + 1
        free = User.objects.create_user(
            f"expert{number}", PASSWORD, name="演练专家", role=Role.EXPERT, rehearsal=True
        )
    return link_account(free, person=expert.person, by=None)


def link_handler(person: Person) -> User:
    """Give the account `handler` to a handler whose case was drawn."""
    user = User.objects.get(username="handler")
    return user if user.person_id else link_account(user, person=person, by=None)
