"""提醒: states with an owner, and the mail that tells them once a day without a name."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management.base import CommandError

from appeals.actions import Duty, file_appeal, send_reminders
from appeals.overview.facts import year_facts
from appeals.overview.tasks import due_tasks, tasks
from evaluations.models import Plan, Reminder
from evaluations.queries.plan import plan_of
from tests.appeals.builders import (
    GROUNDS,
    IN_WINDOW,
    ON_TIME,
    SHANGHAI,
    STATEMENT,
    Year,
    make_year,
    publish,
    signed_in,
)
from tests.commands import run
from wanzhou_eval.models import AuditEvent, Holiday, HolidayNotice

TO = {"科室": ["ggflk@wanzhou.example"], "局领导": ["jld@wanzhou.example"]}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _addresses(settings: Any) -> None:
    settings.REMINDERS_TO = TO


def reminded(**options: Any) -> str:
    return run("remind", rehearsal=True, **options)[1]


def moved(year: Year, month: int, day: int, hour: int) -> Year:
    year.set_clock(datetime(2022, month, day, hour, tzinfo=SHANGHAI))
    return year


def due_states(year: Year) -> list[tuple[str, str, str]]:
    facts = year_facts(plan_of(year.plan.year))
    return [(task.title, task.who, task.kind) for task in due_tasks(facts)]


def test_a_duty_is_near_due_and_late_by_the_clock_alone() -> None:
    year = make_year()
    states = []
    for when in ((8, 29, 9), (8, 31, 9), (9, 2, 9), (9, 3, 0), (12, 1, 9)):
        found = due_states(moved(year, *when))
        states.append([kind for title, _, kind in found if title == "报局领导审定"])
    assert states == [[], ["near"], ["today"], ["late"], ["late"]]
    assert not Reminder.objects.exists()


def test_a_stopped_server_catches_up() -> None:
    year = publish(make_year())
    year.set_clock(IN_WINDOW)
    file_appeal(year.cases[0], statement=STATEMENT, grounds=GROUNDS, by=year.handlers[0])
    found = due_states(moved(year, 11, 15, 9))
    assert ("1 件异议待反馈", "科室", "late") in found
    assert ("汇总评估情况，印发分析报告", "各组组长、科室", "late") in found
    told = reminded()
    assert "2022　科室　逾期　1 件异议待反馈（9月21日前）" in told
    assert "发出 2 项提醒" in told


def test_the_mail_is_sent_once_a_day_for_each_state() -> None:
    year = moved(make_year(), 9, 1, 9)
    assert "2022年度发出 1 项提醒" in reminded()
    assert "2022年度发出 0 项提醒" in reminded()
    moved(year, 9, 2, 9)
    assert "2022年度发出 1 项提醒" in reminded()
    moved(year, 9, 2, 18)
    assert "2022年度发出 0 项提醒" in reminded()
    assert [m.to for m in mail.outbox] == [TO["科室"]] * 2
    assert list(Reminder.objects.values_list("owner", "duty", "state")) == [
        ("科室", "报局领导审定", "near"),
        ("科室", "报局领导审定", "today"),
    ]
    assert AuditEvent.objects.filter(action="send_reminder").count() == 2


def test_the_mail_names_nobody_and_no_case() -> None:
    year = publish(make_year())
    year.set_clock(IN_WINDOW)
    file_appeal(year.cases[0], statement=STATEMENT, grounds=GROUNDS, by=year.handlers[0])
    reminded_at = moved(year, 9, 21, 9)
    reminded()
    (message,) = mail.outbox
    assert message.subject == "【演练】2022年度法律援助案件质量评估：2件事到期或临近，1件已逾期"
    text = str(message.body)
    assert "今天到期　1 件异议待反馈（9月21日前）" in text
    people = [each.person.name for each in year.experts]
    people += [reminded_at.person(n).name for n in (0, 1)]
    people += ["张三丰", "张四", "民字001号", "0001", "优良", "不合格"]
    assert [word for word in people if word in text + message.subject] == []


def test_each_office_gets_its_own_duties() -> None:
    plan = plan_of(moved(make_year(), 9, 1, 9).plan.year)
    duties = [
        Duty("局领导", "审定送审单", "near", "临近", "9月2日"),
        Duty("科室、中心", "核对件数", "late", "逾期", ""),
        Duty("系统管理员", "登记通知", "near", "待登记", ""),
    ]
    sent = send_reminders(plan, duties, to=TO)
    assert [duty.title for duty in sent] == ["核对件数", "审定送审单"]
    assert {message.to[0]: message.body.count("　") for message in mail.outbox} == {
        "ggflk@wanzhou.example": 1,
        "jld@wanzhou.example": 1,
    }


def test_a_number_that_changes_during_the_day_is_the_same_duty() -> None:
    plan = plan_of(moved(make_year(), 9, 1, 9).plan.year)
    for n in (3, 2):
        duty = Duty("科室", f"{n} 件异议待反馈", "near", "临近", "9月2日")
        send_reminders(plan, [duty], to=TO)
    assert len(mail.outbox) == 1


def test_a_dead_mail_server_leaves_nothing_and_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moved(make_year(), 9, 1, 9)

    def dead(self: EmailBackend, messages: object) -> int:
        raise ConnectionRefusedError("no mail server")

    with monkeypatch.context() as patched:
        patched.setattr(EmailBackend, "send_messages", dead)
        with pytest.raises(CommandError, match="邮件没有发出，下次运行会再发"):
            reminded()
    assert not Reminder.objects.exists()
    assert not AuditEvent.objects.filter(action="send_reminder").exists()
    assert "发出 1 项提醒" in reminded()


def test_rehearsals_dry_runs_and_machines_without_addresses_send_nothing(
    settings: Any,
) -> None:
    moved(make_year(), 9, 1, 9)
    assert "报局领导审定" in run("remind")[1]
    assert "报局领导审定" in reminded(dry_run=True)
    settings.REMINDERS_TO = {}
    assert "报局领导审定" in reminded()
    assert mail.outbox == []
    assert not Reminder.objects.exists()


def test_from_november_on_a_missing_notice_is_a_duty_of_the_administrator() -> None:
    year = make_year()
    Holiday.objects.filter(notice__year=2023).delete()
    HolidayNotice.objects.filter(year=2023).delete()
    wanted = "登记2023年节假日通知"
    assert wanted not in [title for title, _, _ in due_states(moved(year, 10, 31, 23))]
    assert (wanted, "系统管理员", "near") in due_states(moved(year, 11, 1, 0))
    page = signed_in(year.users["bureau"]).get("/y/2022/").content.decode()
    assert wanted in page
    assert 'href="/calendar/"' in page


def test_a_provisional_date_is_marked_and_nobody_is_late_by_it() -> None:
    year = make_year()
    Holiday.objects.all().delete()
    HolidayNotice.objects.all().delete()
    moved(year, 9, 2, 9)
    facts = year_facts(plan_of(2022))
    task = next(t for t in tasks(facts, year.users["bureau"]) if t.title == "报局领导审定")
    assert (task.kind, task.label, task.when) == ("near", "暂定", "8月31日（暂定）")
    page = signed_in(year.users["bureau"]).get("/y/2022/").content.decode()
    assert "公布评估结果暂定。" in page
    assert Plan.objects.get().terms_calendar == ""


def test_the_day_of_the_mail_is_the_day_of_the_plan() -> None:
    year = make_year()
    year.set_clock(ON_TIME + timedelta(hours=13, minutes=59))
    reminded()
    assert str(Reminder.objects.get().day) == "2022-09-02"
