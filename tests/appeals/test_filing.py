"""提出异议 (article 6.3): who, when, once; what is refused is on record or leaves nothing."""

import threading
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction

from appeals.actions import (
    confirm_paper_appeal,
    file_appeal,
    register_paper_appeal,
    reject_paper_appeal,
    withdraw_appeal,
)
from appeals.models import Appeal, AppealFile
from cases.models import CaseHandler
from tests.appeals.builders import (
    GROUNDS,
    IN_WINDOW,
    SCAN,
    SHANGHAI,
    STATEMENT,
    WINDOW_END,
    Year,
    make_year,
    publish,
    signed_in,
)
from wanzhou_eval.attachments import FILES_LIMIT
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.forms import FilesField
from wanzhou_eval.models import AuditEvent

PDF = b"%PDF-1.4 paper"
pytestmark = pytest.mark.django_db


def published(*, at: datetime = IN_WINDOW) -> Year:
    year = publish(make_year())
    year.set_clock(at)
    return year


def filed(year: Year, n: int = 0, *, statement: str = STATEMENT, handler: int = 0) -> Appeal:
    return file_appeal(
        year.cases[n], statement=statement, grounds=GROUNDS, by=year.handlers[handler]
    )


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


def add_handler(year: Year) -> None:
    """The other handler is on the first case too (behind the sealed list's back)."""
    case = year.cases[0].case
    if not case.handlers.filter(person=year.person(1)).exists():
        CaseHandler.objects.create(case=case, person=year.person(1), position=2)


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


def registered(year: Year, *, received_on: date = date(2022, 9, 9), by: str = "clerk") -> Appeal:
    return register_paper_appeal(
        year.cases[0],
        appellant=year.person(0),
        statement=STATEMENT,
        grounds=GROUNDS,
        received_on=received_on,
        files=SCAN,
        by=year.users[by],
    )


def test_paper_is_accepted_by_a_second_person_and_counts_by_its_receipt() -> None:
    year = published(at=datetime(2022, 9, 13, 9, 0, tzinfo=SHANGHAI))
    appeal = registered(year)
    assert appeal.state == "待第二人确认"
    with pytest.raises(RefusedError) as refused:
        confirm_paper_appeal(appeal, by=year.users["clerk"])
    assert refused.value.status == 403
    appeal = confirm_paper_appeal(appeal, by=year.users["bureau"])
    assert appeal.state == "已受理"
    assert appeal.answer_due == date(2022, 9, 26)
    with pytest.raises(RefusedError, match="已经受理"):
        confirm_paper_appeal(appeal, by=year.users["bureau"])


def test_the_database_refuses_a_paper_confirmed_by_its_registrar() -> None:
    year = published()
    appeal = registered(year, received_on=date(2022, 9, 5))
    with pytest.raises(IntegrityError, match="appeal_paper_needs_two"), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(
            accepted_at=appeal.received_at, confirmed_by=year.users["clerk"]
        )


def test_paper_received_after_the_last_day_is_not_admitted() -> None:
    year = published(at=datetime(2022, 9, 13, 9, 0, tzinfo=SHANGHAI))
    appeal = registered(year, received_on=date(2022, 9, 13))
    assert (appeal.state, appeal.answer_due) == ("待第二人确认", None)
    page = signed_in(year.users["bureau"]).get(f"/y/2022/appeals/{appeal.pk}/").content.decode()
    assert "确认收到日期，不予受理" in page
    appeal = confirm_paper_appeal(appeal, by=year.users["bureau"])
    assert (appeal.state, appeal.confirmed_by) == ("不予受理", year.users["bureau"])
    assert "到9月9日（周五）24:00止，收到时已过期限。" in appeal.refused_reason
    line = AuditEvent.objects.get(action="confirm_paper_appeal")
    assert (line.outcome, line.sentence) == ("refused", appeal.refused_reason)


def test_a_wrong_date_typed_by_one_person_refuses_nobody() -> None:
    year = published(at=datetime(2022, 9, 13, 9, 0, tzinfo=SHANGHAI))
    wrong = registered(year, received_on=date(2022, 9, 13))
    reject_paper_appeal(wrong, reason="收文章是9月9日", by=year.users["bureau"])
    again = registered(year, received_on=date(2022, 9, 9))
    assert confirm_paper_appeal(again, by=year.users["bureau"]).state == "已受理"


def test_a_second_paper_is_not_admitted_at_once() -> None:
    year = published()
    filed(year, statement="网上先提出的申辩意见，请复评。")
    second = registered(year, received_on=date(2022, 9, 6))
    assert second.state == "不予受理"
    assert second.refused_reason == (
        "对同一案件提出异议申辩以一次为限，本案已于9月6日（周二）收到异议申辩。"
    )


@pytest.mark.parametrize(
    ("received_on", "sentence"),
    [(date(2022, 9, 7), "晚于今天"), (date(2022, 9, 1), "早于公布之日")],
)
def test_impossible_receipt_days_are_refused(received_on: date, sentence: str) -> None:
    year = published()
    with pytest.raises(RefusedError, match=sentence):
        registered(year, received_on=received_on)
    assert not Appeal.objects.exists()


def test_a_rejected_registration_leaves_the_chance_free() -> None:
    year = published()
    appeal = registered(year, received_on=date(2022, 9, 5))
    reject_paper_appeal(appeal, reason="收文章与案号不符", by=year.users["bureau"])
    assert filed(year, statement="网上另行提出，请复评本案。").state == "已受理"


def test_an_unconfirmed_paper_does_not_cost_the_handler_the_chance() -> None:
    year = published()
    paper = registered(year, received_on=date(2022, 9, 5))
    refused = filed(year, statement="网上提出的申辩意见，与书面的一份无关。")
    assert refused.state == "不予受理"
    with pytest.raises(RefusedError, match="已经提交过（不予受理）"):
        filed(year, statement="网上提出的申辩意见，与书面的一份无关。")
    reject_paper_appeal(paper, reason="没有收文章", by=year.users["bureau"])
    again = filed(year, statement="网上提出的申辩意见，与书面的一份无关。")
    assert again.state == "已受理"
    with pytest.raises(RefusedError, match="已经提交过（收到）"):
        filed(year, statement="网上提出的申辩意见，与书面的一份无关。")
    assert Appeal.objects.count() == 3


def test_no_more_files_are_read_than_show_that_they_are_too_many() -> None:
    files = [SimpleUploadedFile(f"{n}.pdf", PDF) for n in range(40)]
    assert len(FilesField().clean(files)) == FILES_LIMIT + 1


def test_experts_handlers_and_leaders_register_nothing() -> None:
    year = published()
    for user in (year.users["leader"], year.users["auditor"], year.handlers[0]):
        with pytest.raises(RefusedError) as refused:
            register_paper_appeal(
                year.cases[0],
                appellant=year.person(0),
                statement=STATEMENT,
                grounds=GROUNDS,
                received_on=date(2022, 9, 5),
                by=user,
            )
        assert refused.value.status == 403


def test_an_appeal_stands_as_it_came_in() -> None:
    appeal = filed(published())
    with pytest.raises(Exception, match="一经记录不能修改"), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(received_at=IN_WINDOW - timedelta(days=1))
    with pytest.raises(Exception, match="不能删除"), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk)._raw_delete("default")


def test_the_handler_files_through_the_pages() -> None:
    year = published()
    client = signed_in(year.handlers[0])
    page = client.get("/my/2022/1/").content.decode()
    assert "1.1 会见" in page
    assert "没有会见笔录" in page
    for expert in year.experts:
        assert expert.person.name not in page
    form = {
        "statement": STATEMENT,
        "ground-0": "会见笔录在卷宗第12页",
        "attachments": SimpleUploadedFile("笔录.pdf", PDF),
    }
    assert client.post("/my/2022/1/appeal/", form).status_code == 302
    appeal = Appeal.objects.get()
    assert appeal.grounds.get().item == "1.1 会见"
    assert appeal.files.get().name == "笔录.pdf"
    assert "已受理" in client.get("/my/2022/1/").content.decode()
    assert client.post("/my/2022/1/withdraw/").status_code == 302
    assert "已撤回" in client.get("/my/").content.decode()


def test_a_late_filing_gets_the_notice_page() -> None:
    year = published(at=WINDOW_END + timedelta(hours=9))
    client = signed_in(year.handlers[0])
    form = {"statement": STATEMENT, "ground-0": "会见笔录在卷宗第12页"}
    response = client.post("/my/2022/1/appeal/", form)
    assert response.status_code == 409
    assert "不予受理通知" in response.content.decode()
    assert "9月9日（周五）24:00止" in response.content.decode()


def test_a_handler_sees_nothing_before_the_publication_but_its_date() -> None:
    year = make_year()
    client = signed_in(year.handlers[0])
    page = client.get("/my/").content.decode()
    assert "9月2日（周五）" in page
    assert "优良" not in page
    assert "民字001号" not in page
    assert client.get("/my/2022/1/").status_code == 404


def test_a_handler_sees_own_cases_only() -> None:
    year = published()
    page = signed_in(year.handlers[0]).get("/my/").content.decode()
    assert "民字001号" in page
    assert "民字002号" not in page
    assert signed_in(year.handlers[0]).get("/my/2022/2/").status_code == 404
    assert signed_in(year.handlers[1]).get("/my/2022/2/").status_code == 200


def test_the_paper_is_registered_and_confirmed_through_the_pages() -> None:
    year = published()
    clerk, bureau = signed_in(year.users["clerk"]), signed_in(year.users["bureau"])
    form: dict[str, Any] = {
        "serial": "1", "appellant": "廖果", "received_on": "2022-09-05",
        "statement": STATEMENT, "ground-0": "1.1 会见：扣分过重\n总体上扣分也偏重",
    }  # fmt: skip
    assert clerk.post("/y/2022/appeals/register/", form).status_code == 422
    assert not Appeal.objects.exists()
    form["attachments"] = SimpleUploadedFile("申辩书.pdf", PDF)
    assert clerk.post("/y/2022/appeals/register/", form).status_code == 302
    appeal = Appeal.objects.get()
    assert list(appeal.grounds.values_list("item", "reason")) == [
        ("1.1 会见", "扣分过重"),
        ("书面申辩", "总体上扣分也偏重"),
    ]
    assert clerk.get(f"/y/2022/appeals/{appeal.pk}/").status_code == 200
    assert clerk.post(f"/y/2022/appeals/{appeal.pk}/confirm/").status_code == 403
    assert bureau.post(f"/y/2022/appeals/{appeal.pk}/confirm/").status_code == 302
    assert "已受理" in bureau.get("/y/2022/appeals/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_handlers_at_once_leave_one_appeal_and_one_refusal() -> None:
    year = make_year()
    add_handler(year)
    publish(year)
    year.set_clock(IN_WINDOW)
    start, states = threading.Barrier(2), []

    def run(n: int) -> None:
        try:
            start.wait()
            states.append(filed(year, statement=f"第{n}份申辩意见，请复评。", handler=n).state)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(states) == ["不予受理", "已受理"]
    assert Appeal.objects.counting().count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_act_begun_in_time_and_finished_late_is_late() -> None:
    year = published(at=WINDOW_END - timedelta(seconds=1))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT now(), pg_sleep(1.3)")
        appeal = filed(year)
    assert appeal.state == "不予受理"
