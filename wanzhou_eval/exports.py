"""审计日志 and 工作日历 as .xlsx."""

from wanzhou_eval.audit import event_words
from wanzhou_eval.queries import AuditTrail, CalendarPage
from wanzhou_eval.spreadsheets import Table


def audit_table(trail: AuditTrail) -> Table:
    """The trail as filtered, newest first, with every line's link of the chain."""
    rows = (
        (
            event.seq,
            event.at,
            event.actor_name,
            event.actor,
            event_words(event),
            event.target,
            event.year,
            event.sentence,
            "；".join(f"{name} {value}" for name, value in event.detail.items()),
            event.hash,
        )
        for event in trail.events.iterator(chunk_size=2000)
    )
    headers = (
        "序号", "时间", "姓名", "账号", "做了什么", "对象", "年度", "说明", "详情", "指纹",
    )  # fmt: skip
    return Table("审计日志", headers, rows, filters=trail.chosen, personal=True)


def holiday_table(page: CalendarPage) -> Table:
    """放假和调休 of a year with the notice behind it."""
    rows = ((each.day, each.name, each.kind_word) for each in page.days)
    told = [f"依据：{page.notice.title}{page.notice.document}"] if page.notice else ["没有登记通知"]
    return Table(f"{page.year}年工作日历", ("日期", "名称", "放假或上班"), rows, filters=told)
