"""提出异议 (article 6.3): who, when, once; what is refused is on record or leaves nothing."""

from datetime import date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from appeals.actions import file_appeal, withdraw_appeal
from appeals.models import Appeal, AppealFile
from tests.appeals.builders import (
    GROUNDS,
    IN_WINDOW,
    SHANGHAI,
    STATEMENT,
    WINDOW_END,
    make_year,
    signed_in,
)
from tests.appeals.filing import PDF, add_handler, filed, published
from wanzhou_eval.attachments import FILES_LIMIT
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.forms import FilesField
from wanzhou_eval.models import AuditEvent

pytestmark = pytest.mark.django_db


def test_an_appeal_in_time_is_accepted_with_its_answer_date() -> None:
    appeal = filed(published(at=datetime(2022, 9, 9, 16, 0, tzinfo=SHANGHAI)))
    assert appeal.state == "已受理"
    assert appeal.refused_at is None
    assert appeal.window_end == WINDOW_END
    assert appeal.answer_due == date(2022, 9, 26)
    assert appeal.grounds.get().reason == "会见笔录在卷宗第12页"


@pytest.mark.parametrize(
    ("before", "state"), [(timedelta(minutes=2), "已受理"), (timedelta(0), "不予受理")]
)
def test_the_period_is_half_open(before: timedelta, state: str) -> None:
    year = published(at=WINDOW_END - before)
    assert filed(year).state == state


def test_a_late_appeal_is_on_record_as_not_admitted_with_the_date() -> None:
    appeal = filed(published(at=WINDOW_END + timedelta(seconds=1)))
    assert Appeal.objects.get() == appeal
    assert appeal.accepted_at is None
    assert appeal.refused_reason == (
        "结果于9月2日（周五）公布，申辩期限为5个工作日，到9月9日（周五）24:00止，收到时已过期限。"
    )
    event = AuditEvent.objects.filter(action="file_appeal").get()
    assert event.outcome == "refused"


def test_the_database_accepts_no_late_appeal() -> None:
    appeal = filed(published(at=WINDOW_END + timedelta(hours=1)))
    with pytest.raises(IntegrityError, match="appeal_accepted"), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(accepted_at=appeal.received_at)


def test_a_second_appeal_is_not_admitted_even_by_another_handler() -> None:
    year = published()
    filed(year)
    year.set_clock(IN_WINDOW + timedelta(days=1))
    add_handler(year)
    second = filed(year, statement="我也有不同意见，请一并复评。", handler=1)
    assert second.refused_reason == (
        "对同一案件提出异议申辩以一次为限，本案已于9月6日（周二）收到异议申辩。"
    )
    assert Appeal.objects.counting().count() == 1


def test_a_double_click_is_answered_naming_the_first_and_saves_nothing() -> None:
    year = published()
    filed(year)
    with pytest.raises(RefusedError, match="已经提交过（收到）") as refused:
        filed(year)
    assert refused.value.status == 409
    assert Appeal.objects.count() == 1


def test_a_withdrawn_appeal_uses_up_the_one_chance() -> None:
    year = published()
    withdraw_appeal(filed(year), by=year.handlers[0])
    assert filed(year, statement="重新提出，请再审查一次。").state == "不予受理"


def test_only_the_appellant_withdraws() -> None:
    year = published()
    appeal = filed(year)
    for user in (year.handlers[1], year.users["bureau"]):
        with pytest.raises(RefusedError) as refused:
            withdraw_appeal(appeal, by=user)
        assert refused.value.status == 404
    appeal.refresh_from_db()
    assert appeal.withdrawn_at is None


def test_a_case_of_somebody_else_is_not_found() -> None:
    year = published()
    for user in (year.handlers[1], year.users["bureau"], year.users["leader"]):
        with pytest.raises(RefusedError) as refused:
            file_appeal(year.cases[0], statement=STATEMENT, grounds=GROUNDS, by=user)
        assert refused.value.status == 404
    assert not Appeal.objects.exists()


def test_nothing_can_be_disputed_before_the_publication() -> None:
    year = make_year()
    with pytest.raises(RefusedError, match="还没有公布"):
        filed(year)
    assert not Appeal.objects.exists()


@pytest.mark.parametrize(
    ("statement", "grounds", "sentence"),
    [
        ("太短", GROUNDS, "至少写 10 个字"),
        (STATEMENT, [], "至少选一个有异议的项目"),
        (STATEMENT, [("1.1", " ")], "逐项写明理由"),
    ],
)
def test_an_empty_paper_is_refused(
    statement: str, grounds: list[tuple[str, str]], sentence: str
) -> None:
    year = published()
    with pytest.raises(RefusedError, match=sentence) as refused:
        file_appeal(year.cases[0], statement=statement, grounds=grounds, by=year.handlers[0])
    assert refused.value.status == 422
    assert not Appeal.objects.exists()


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("空.pdf", b"", "空文件"),
        ("木马.pdf", b"MZ\x90 exe", "不是 PDF"),
        ("图片.pdf", b"\x89PNG\r\n\x1a\n", "与扩展名不符"),
        ("大.pdf", PDF + b"0" * (20 * 1024 * 1024), "超过 20 MB"),
        ("包.docx", b"PK\x03\x04 no word", "不是 PDF"),
    ],
)
def test_bad_attachments_leave_nothing(name: str, data: bytes, sentence: str) -> None:
    year = published()
    with pytest.raises(RefusedError, match=sentence) as refused:
        file_appeal(
            year.cases[0],
            statement=STATEMENT,
            grounds=GROUNDS,
            files=[("好.pdf", PDF), (name, data)],
            by=year.handlers[0],
        )
    assert refused.value.status == 422
    assert not Appeal.objects.exists()
    assert not AppealFile.objects.exists()


def test_attachments_are_kept_under_a_cleaned_name_and_only_downloaded() -> None:
    year = published()
    appeal = file_appeal(
        year.cases[0],
        statement=STATEMENT,
        grounds=GROUNDS,
        files=[("..\\..\\etc/会见\u202e笔录.PDF", PDF)],
        by=year.handlers[0],
    )
    file = appeal.files.get()
    assert file.name == "会见笔录.pdf"
    response = signed_in(year.handlers[0]).get(f"/appeals/files/{file.pk}/")
    assert response.content == PDF
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert signed_in(year.handlers[1]).get(f"/appeals/files/{file.pk}/").status_code == 404
    assert signed_in(year.users["bureau"]).get(f"/appeals/files/{file.pk}/").status_code == 200


def test_no_more_files_are_read_than_show_that_they_are_too_many() -> None:
    files = [SimpleUploadedFile(f"{n}.pdf", PDF) for n in range(40)]
    assert len(FilesField().clean(files)) == FILES_LIMIT + 1


def test_an_appeal_stands_as_it_came_in() -> None:
    appeal = filed(published())
    with pytest.raises(Exception, match="一经记录不能修改"), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(received_at=IN_WINDOW - timedelta(days=1))
    with pytest.raises(Exception, match="不能删除"), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk)._raw_delete("default")
