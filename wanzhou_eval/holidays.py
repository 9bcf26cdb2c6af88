"""节假日 in the database: filling in the notices that lack."""

from django.db import transaction

from wanzhou_eval.audit import record_event
from wanzhou_eval.calendars import NoticeFile
from wanzhou_eval.models import Holiday, HolidayNotice


@transaction.atomic
def add_missing_notices(entries: tuple[NoticeFile, ...]) -> list[int]:
    """Store the notices of years that have none; return these years. Edits are never touched.

    A day that somebody entered under another notice stays as it is.
    """
    known = set(HolidayNotice.objects.values_list("year", flat=True))
    missing = [entry for entry in entries if entry.notice.year not in known]
    for entry in missing:
        _store(entry)
    years = [entry.notice.year for entry in missing]
    if years:
        record_event("add_missing_notices", by=None, target="工作日历", detail={"years": years})
    return years


def _store(entry: NoticeFile) -> None:
    told = entry.notice
    notice = HolidayNotice.objects.create(
        year=told.year, title=told.title, document=told.document, issued_on=told.issued_on
    )
    Holiday.objects.bulk_create(
        [Holiday(notice=notice, day=day, kind=kind, name=name) for day, kind, name in entry.days],
        ignore_conflicts=True,
    )
