"""`remind`: what is due, near or late in the running years, by e-mail to the offices."""

from argparse import ArgumentParser
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from appeals.actions.reminders import Duty, send_reminders
from appeals.overview.facts import year_facts
from appeals.overview.tasks import Task, due_tasks
from evaluations.models import Plan
from evaluations.queries.plan import plan_of
from evaluations.rules.stages import Stage


class Command(BaseCommand):
    help = (
        "列出到期、临近和逾期的事项，并按 REMINDERS_TO 发邮件；同一天同一事项同一状态只发一次，"
        "可以放进每天的定时任务。没有设置收件人时只列出。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--year", type=int, help="只看这一年度")
        parser.add_argument("--dry-run", action="store_true", help="只列出，不发邮件")
        parser.add_argument("--rehearsal", action="store_true", help="演练年度也发（标题注明演练）")

    def handle(self, *, year: int | None, dry_run: bool, rehearsal: bool, **_: Any) -> None:
        plans = Plan.objects.exclude(stage__in=[Stage.DRAFT, Stage.CLOSED]).order_by("year")
        if year:
            plans = plans.filter(year=year)
        for plan in plans:
            duties = duties_of(plan_of(plan.year))
            for duty in duties:
                self.stdout.write(f"{plan.year}　{duty.owner}　{duty.line}")
            if not dry_run and (rehearsal or not plan.rehearsal):
                self.send(plan_of(plan.year), duties)

    def send(self, plan: Plan, duties: list[Duty]) -> None:
        """Send and say how many went out; a dead mail server ends with exit code 1."""
        if not settings.REMINDERS_TO:
            self.stderr.write("没有设置 REMINDERS_TO，只列出不发邮件。")
            return
        try:
            sent = send_reminders(plan, duties, to=settings.REMINDERS_TO)
        except (OSError, SMTPException) as error:
            raise CommandError(f"邮件没有发出，下次运行会再发：{error}") from error
        self.stdout.write(f"{plan.year}年度发出 {len(sent)} 项提醒")


def duties_of(plan: Plan) -> list[Duty]:
    """The duties of a year as the mail tells them: what names a person becomes one plain line."""
    tasks = due_tasks(year_facts(plan))
    duties = [_duty(task) for task in tasks if not task.named]
    if any(task.named for task in tasks):
        duties.append(Duty("科室", "有专家评分落后，请看评分进度", "late", "落后", ""))
    return duties


def _duty(task: Task) -> Duty:
    return Duty(task.who, task.title, task.kind, task.label, task.when)
