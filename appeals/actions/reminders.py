"""提醒: an e-mail to the office that owns a duty; once a day for each duty and state.

Nothing is planned ahead: whoever runs the command after a standstill tells what is due then.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction

from evaluations.models import Plan, Reminder
from wanzhou_eval import workdays
from wanzhou_eval.audit import record_event


@dataclass(frozen=True)
class Duty:
    """What is due: no name, no score, no case number, because a mailbox is no safe place."""

    owner: str
    title: str
    state: str
    label: str
    when: str

    @property
    def key(self) -> str:
        """The duty without its numbers, which change during a day."""
        return re.sub(r"\s*\d+\s*", "", self.title)[:80]

    @property
    def line(self) -> str:
        """The duty in the mail."""
        return f"{self.label}　{self.title}" + (f"（{self.when}前）" if self.when else "")


def send_reminders(
    plan: Plan, duties: Sequence[Duty], *, to: Mapping[str, Sequence[str]]
) -> list[Duty]:
    """Send each office the duties it was not told of today in this state; what was sent.

    One transaction for each office: a mail that does not leave is no reminder and is tried again
    by the next run. The plan's clock must be read.
    """
    sent: list[Duty] = []
    for owner, addresses in to.items():
        own = [duty for duty in duties if owner in duty.owner.split("、")]
        if addresses and own:
            sent += _send(plan, owner, own, addresses=addresses)
    return sent


@transaction.atomic
def _send(
    plan: Plan, owner: str, duties: Sequence[Duty], *, addresses: Sequence[str]
) -> list[Duty]:
    with connection.cursor() as cursor:  # one run at a time; the plan stays free for work
        cursor.execute("SELECT pg_advisory_xact_lock(20220817)")
    told = set(
        Reminder.objects.filter(plan=plan, day=plan.today, owner=owner).values_list("duty", "state")
    )
    new = list({(d.key, d.state): d for d in duties if (d.key, d.state) not in told}.values())
    if not new:
        return []
    Reminder.objects.bulk_create(
        Reminder(plan=plan, day=plan.today, owner=owner, duty=d.key, state=d.state) for d in new
    )
    message(plan, owner, new, addresses=addresses).send()
    # the line comes last: it holds the lock of the trail until the commit
    detail: dict[str, object] = {"owner": owner, "duties": len(new)}
    record_event("send_reminder", by=None, year=plan.year, target=str(plan), detail=detail)
    return new


def message(
    plan: Plan, owner: str, duties: Sequence[Duty], *, addresses: Sequence[str]
) -> EmailMessage:
    """The mail: what is due, and where to look."""
    late = sum(duty.state == "late" for duty in duties)
    head = "【演练】" if plan.rehearsal else ""
    subject = f"{head}{plan.year}年度法律援助案件质量评估：{len(duties)}件事到期或临近"
    subject += f"，{late}件已逾期" if late else ""
    lines = [
        f"{owner}：",
        f"{workdays.format_day(plan.today)}，下列事项到期、临近或已逾期：",
        "",
        *(duty.line for duty in duties),
        "",
        "请登录系统，在“年度总览”的“要办的事”里办理。这封邮件由系统发出，不用回复。",
    ]
    return EmailMessage(subject, "\n".join(lines), settings.DEFAULT_FROM_EMAIL, list(addresses))
