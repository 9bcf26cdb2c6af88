"""首页 and 年度总览."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from appeals.overview.dates import deadlines
from appeals.overview.facts import year_facts
from appeals.overview.sentence import sentence
from appeals.overview.tasks import tasks
from appeals.overview.track import track
from evaluations.permissions.plan import may_move_clock, may_run_plan
from evaluations.queries.plan import latest_plan, plan_of
from wanzhou_eval.access import EVERYONE, STAFF, for_roles, may_open, signed_in
from wanzhou_eval.audit import event_words
from wanzhou_eval.models import Role

FIRST_PAGES = {
    Role.EXPERT: "my_tasks",
    Role.HANDLER: "my_cases",
    Role.SYSADMIN: "admin:index",
}


@for_roles(*EVERYONE)
def home(request: HttpRequest) -> HttpResponse:
    """To the first page of the reader's role."""
    user = signed_in(request)
    if user.role in FIRST_PAGES:
        return redirect(FIRST_PAGES[Role(user.role)])
    plan = latest_plan()
    if plan:
        return redirect("overview", plan.year)
    context = {"page_title": "年度总览", "may_run": may_run_plan(user)}
    return render(request, "appeals/no_plan.html", context)


@for_roles(*STAFF)
def overview(request: HttpRequest, year: int) -> HttpResponse:
    """年度总览: the sentence, the track, the to-do table, the deadlines, progress and log."""
    user, plan = signed_in(request), plan_of(year)
    facts = year_facts(plan)
    todo = tasks(facts, user)
    context = {
        "facts": facts,
        "plan": plan,
        "page_title": f"{year} 年度评估",
        "sentence": sentence(facts),
        "track": track(facts, user),
        "todo": todo,
        "late": sum(task.kind == "late" for task in todo),
        "deadlines": deadlines(facts),
        "log": [
            {
                "time": timezone.localtime(e.at).strftime("%m-%d %H:%M"),
                "text": event_words(e),
                "who": e.actor_name,
            }
            for e in facts.log
        ],
        "may_move_clock": may_move_clock(user, plan),
        "may_read_brief": may_open(user, reverse("brief", args=[year])),
    }
    return render(request, "appeals/overview.html", context)
