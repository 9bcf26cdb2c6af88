"""What pages and draws ask of the pool: one expert, and who sits out a year."""

from experts.models import Expert, YearAbsence
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Role, User

LEFT_OUT = {
    "inactive": "不在库",
    "nonlocal": "非本地",
    "absent": "本年度不参加",
    "staff": "持有工作人员账号",
}
"""Why an expert cannot be drawn, by the code that the sealed list writes."""
STAFF_ROLES = frozenset(Role) - {Role.EXPERT, Role.HANDLER}


def find_expert(pk: int) -> Expert:
    """An expert. Raises `RefusedError` (404)."""
    expert = Expert.objects.select_related("person__firm").filter(pk=pk).first()
    if expert is None:
        raise RefusedError("没有找到这位专家。请回专家页重新选择。", status=404)
    return expert


def left_out(year: int) -> dict[int, str]:
    """Experts who sit out the year, or whose account is one of 工作人员, by primary key."""
    absent = YearAbsence.objects.filter(year=year, lifted_at__isnull=True)
    staff = Expert.objects.filter(person__user__role__in=STAFF_ROLES)
    found = dict.fromkeys(staff.values_list("pk", flat=True), "staff")
    return found | dict.fromkeys(absent.values_list("expert", flat=True), "absent")


def own_expert(user: User) -> Expert:
    """The reader as an expert of the pool. Raises `RefusedError` (403)."""
    rows = Expert.objects.select_related("person__firm")
    found = rows.filter(person=user.person_id).first() if user.person_id else None
    if found is None:
        raise RefusedError("这个账号还没有对应到专家库里的专家。请联系科室。", status=403)
    return found
