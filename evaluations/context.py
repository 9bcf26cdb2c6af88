"""What every page shows around its content: the year, the menu, the text size."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from evaluations.models import Plan
from wanzhou_eval.access import signed_in
from wanzhou_eval.models import Role, User


@dataclass(frozen=True)
class NavItem:
    """One entry of the menu; `count` is shown when something waits there."""

    label: str
    url: str
    current: bool
    count: int = 0


Menu = tuple[tuple[str, str, tuple[str, ...]], ...]
STAFF_MENU: Menu = (
    ("年度总览", "overview", ("overview", "plan", "size_desk", "standard")),
    ("案件", "case_list", ("case", "import", "declare", "word")),
    ("专家", "expert_list", ("expert", "pool", "absence", "recusal")),
    ("抽选", "draw_list", ("draw",)),
    ("分组匹配", "panel_list", ("panel", "replacement", "letter")),
    ("卷宗交接", "custody", ("custody",)),
    ("评分进度", "progress", ("progress", "paper", "training", "trial", "undertaking")),
    ("协商定级", "settle_overview", ("settle",)),
    ("公布与异议", "publish", ("publish", "approval", "appeal", "consequence")),
    ("分析报告", "report", ("report", "brief", "allowance")),
    ("档案与审计", "archive", ("archive", "audit", "document")),
)
CLERK_PAGES = {
    "overview",
    "case_list",
    "expert_list",
    "draw_list",
    "panel_list",
    "custody",
    "progress",
}
CLERK_MENU: Menu = (("异议与追回", "appeal_list", ("appeal", "consequence")),)
"""中心 registers paper appeals and takes the subsidies back; the rest of that desk is 科室's."""
OWN_MENUS: dict[str, Menu] = {
    Role.EXPERT: (
        (
            "我的任务",
            "my_tasks",
            (
                "my_tasks",
                "my_resign",
                "score",
                "review",
                "undertaking",
                "practice",
                "trial",
                "training",
            ),
        ),
        ("合议", "settle_list", ("settle",)),
        ("小组汇总", "my_reports", ("my_report",)),
    ),
    Role.HANDLER: (("我的案件", "my_cases", ("my_case", "my_notice", "appeal")),),
    Role.SYSADMIN: (
        ("系统管理", "admin:index", ()),
        ("工作日历", "calendar", ("calendar",)),
        ("同义词", "word_list", ("word",)),
    ),
}


def page(request: HttpRequest) -> dict[str, Any]:
    """The context of every template. Costs two queries for a signed-in reader, else none."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"nav": [], "plan": None, "years": [], "rehearsal": False, "text_size": "std"}
    plans = list(Plan.objects.only("year", "title", "rehearsal", "stage", "clock_offset"))
    plan = _plan_of(request, plans)
    return {
        "nav": menu(signed_in(request), plan, request),
        "plan": plan,
        "years": [p.year for p in plans],
        "rehearsal": bool(plan and plan.rehearsal),
        "text_size": user.text_size,
    }


def _plan_of(request: HttpRequest, plans: list[Plan]) -> Plan | None:
    match = request.resolver_match
    year = match.kwargs.get("year") if match else None
    wanted = [p for p in plans if p.year == year] if year else plans
    return wanted[0] if wanted else None


def menu(user: User, plan: Plan | None, request: HttpRequest) -> list[NavItem]:
    """The menu of the reader's role; staff pages need a year."""
    name = request.resolver_match.url_name or "" if request.resolver_match else ""
    if user.role in OWN_MENUS:
        return [
            NavItem(label, reverse(target), name.startswith(own) if own else False)
            for label, target, own in OWN_MENUS[user.role]
        ]
    if plan is None:
        return []
    entries = STAFF_MENU
    if user.role == Role.CLERK:
        entries = (*(each for each in STAFF_MENU if each[1] in CLERK_PAGES), *CLERK_MENU)
    return [
        NavItem(label, reverse(target, args=[plan.year]), name.startswith(own))
        for label, target, own in entries
    ]
