"""撤回, notices and what the 复评组 may read: written withdrawal by two, papers after sealing."""

from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from appeals.actions import (
    confirm_withdrawal,
    file_appeal,
    register_paper_appeal,
    register_withdrawal,
    withdraw_appeal,
)
from appeals.actions.filing import record_bad_files
from appeals.models import Appeal, AppealFile
from evaluations.models import ScoreSheet
from experts.models import Expert
from tests.appeals.builders import (
    AFTER,
    GROUNDS,
    IN_WINDOW,
    SCAN,
    SHANGHAI,
    STATEMENT,
    WINDOW_END,
    Year,
    add_sheets,
    make_year,
    publish,
    signed_in,
)
from tests.people import words
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent, User

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 paper"


def appealed() -> tuple[Year, Appeal]:
    year = publish(make_year())
    year.set_clock(IN_WINDOW)
    appeal = file_appeal(
        year.cases[0], statement=STATEMENT, grounds=GROUNDS, files=SCAN, by=year.handlers[0]
    )
    return year, appeal


def open_review(year: Year, appeal: Appeal, pair: list[Expert]) -> list[ScoreSheet]:
    """Two open sheets of the review, without a draw behind them."""
    assert year.plan.standard is not None
    return [
        ScoreSheet.objects.create(
            drawn_case=appeal.drawn_case, round="review", expert=expert, leads=expert == pair[0],
            standard=year.plan.standard, scope="民事",
        )
        for expert in pair
    ]  # fmt: skip


def user_of(expert: Expert) -> User:
    return User.objects.get(person=expert.person)


def test_a_written_withdrawal_takes_two_people() -> None:
    year, appeal = appealed()
    clerk, bureau = year.users["clerk"], year.users["bureau"]
    with pytest.raises(RefusedError, match="还没有登记书面撤回"):
        confirm_withdrawal(appeal, by=bureau)
    with pytest.raises(RefusedError, match="收文编号或存放位置"):
        register_withdrawal(appeal, evidence=" ", by=clerk)
    for other in (year.users["leader"], year.handlers[0]):
        with pytest.raises(RefusedError, match="由科室或中心登记"):
            register_withdrawal(appeal, evidence="收文12号", by=other)
    register_withdrawal(appeal, evidence="收文12号", by=clerk)
    with pytest.raises(RefusedError, match="登记人以外的另一人") as refused:
        confirm_withdrawal(appeal, by=clerk)
    assert refused.value.status == 403
    with pytest.raises(IntegrityError, match="written_withdrawal"), transaction.atomic():
        Appeal.objects.update(withdrawn_at=IN_WINDOW, withdrawn_by=clerk)
    assert confirm_withdrawal(appeal, by=bureau).state == "已撤回"
    with pytest.raises(RefusedError, match="已经撤回"):
        register_withdrawal(appeal, evidence="收文12号", by=clerk)
    lines = AuditEvent.objects.filter(action__in=["register_withdrawal", "withdraw_appeal"])
    assert list(lines.order_by("seq").values_list("actor", flat=True)) == ["clerk", "bureau"]


def test_the_written_withdrawal_walks_through_the_page() -> None:
    year, appeal = appealed()
    clerk, bureau = signed_in(year.users["clerk"]), signed_in(year.users["bureau"])
    base = f"/y/2022/appeals/{appeal.pk}/"
    assert clerk.post(base + "withdrawal/", {"evidence": "收文12号"}).status_code == 302
    assert "确认书面撤回" not in words(clerk.get(base))
    assert "等另一人核对后确认" in words(clerk.get(base))
    assert "确认书面撤回" in words(bureau.get(base))
    assert bureau.post(base + "withdrawal/", {"act": "confirm"}).status_code == 302
    assert "已撤回" in words(bureau.get(base))
    assert "登记书面撤回" not in words(bureau.get(base))


def test_a_withdrawal_takes_the_open_sheets_of_the_review_back() -> None:
    year, appeal = appealed()
    sheets = open_review(year, appeal, year.experts[2:4])
    withdraw_appeal(appeal, by=year.handlers[0])
    for sheet in sheets:
        sheet.refresh_from_db()
        assert (sheet.withdrawn_reason, sheet.withdrawn_at is not None) == ("异议已撤回", True)
    line = AuditEvent.objects.get(action="withdraw_appeal")
    assert line.detail == {"sheets": 2}
    first = ScoreSheet.objects.filter(drawn_case=appeal.drawn_case, round="first")
    assert not first.filter(withdrawn_at__isnull=False).exists()


def test_the_panel_reads_appeal_and_old_sheets_only_after_both_sealed() -> None:
    year, appeal = appealed()
    year.set_clock(AFTER)
    pair = year.experts[2:4]
    address, file = "/my/reviews/2022/1/", appeal.files.get().pk
    reader = signed_in(user_of(pair[0]))
    open_review(year, appeal, pair)
    for page in (address, f"/appeals/files/{file}/"):
        assert reader.get(page).status_code == 404
    ScoreSheet.objects.filter(round="review").update(withdrawn_at=AFTER, withdrawn_reason="试验")
    add_sheets(appeal.drawn_case, pair, grade="合格", in_round="review")
    shown = words(reader.get(address))
    assert STATEMENT in shown
    assert GROUNDS[0][1] in shown
    assert "两评对照" in shown
    assert "夏平" in shown
    assert reader.get(f"/appeals/files/{file}/").content == SCAN[0][1]
    for other in (year.experts[0], year.experts[1]):
        stranger = signed_in(user_of(other))
        assert stranger.get(address).status_code == 404
        assert stranger.get(f"/appeals/files/{file}/").status_code == 404


def test_both_notices_say_who_what_and_until_when() -> None:
    year, appeal = appealed()
    own, bureau = signed_in(year.handlers[0]), signed_in(year.users["bureau"])
    mine, desk = f"/my/2022/1/notices/{appeal.pk}/", f"/y/2022/appeals/{appeal.pk}/notice/"
    for page in (words(own.get(mine)), words(bureau.get(desk))):
        assert "受理通知" in page
        assert "应在9月21日（周三）前反馈审查结果" in page
        assert "怎么算的" in page
    year.set_clock(WINDOW_END)
    late = file_appeal(year.cases[2], statement=STATEMENT, grounds=GROUNDS, by=year.handlers[0])
    page = words(own.get(f"/my/2022/3/notices/{late.pk}/"))
    assert "不予受理通知" in page
    assert "到9月9日（周五）24:00止" in page
    assert "网上提交" in page
    assert signed_in(year.handlers[1]).get(mine).status_code == 404
    assert own.get(f"/my/2022/1/notices/{late.pk}/").status_code == 404


def test_a_paper_has_no_notice_before_the_second_person() -> None:
    year = publish(make_year())
    year.set_clock(IN_WINDOW)
    appeal = register_paper_appeal(
        year.cases[0], appellant=year.person(0), statement=STATEMENT, grounds=GROUNDS,
        received_on=IN_WINDOW.date(), files=SCAN, by=year.users["clerk"],
    )  # fmt: skip
    answer = signed_in(year.users["bureau"]).get(f"/y/2022/appeals/{appeal.pk}/notice/")
    assert answer.status_code == 404
    assert "确认后才有通知" in words(answer)


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("空.pdf", b"", "是空文件（0字节）"),
        ("木马.pdf", b"MZ\x90 exe", "不是PDF、JPG、PNG或Word"),
        ("图片.pdf", b"\x89PNG\r\n\x1a\n", "与扩展名不符"),
        ("大.pdf", PDF + b"0" * (20 * 1024 * 1024), "超过20MB"),
    ],
)
def test_a_bad_attachment_keeps_what_was_typed_and_leaves_a_line(
    name: str, data: bytes, sentence: str
) -> None:
    year = publish(make_year())
    year.set_clock(IN_WINDOW)
    form = {
        "statement": STATEMENT,
        "ground-0": "会见笔录在卷宗第12页",
        "attachments": SimpleUploadedFile(name, data),
    }
    answer = signed_in(year.handlers[0]).post("/my/2022/1/appeal/", form)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert "会见笔录在卷宗第12页" in answer.content.decode()
    line = AuditEvent.objects.get(action="turn_files_away")
    assert (line.actor, line.outcome, line.target) == ("handler0", "refused", "0001")
    assert name not in line.sentence
    assert not Appeal.objects.exists()


def test_a_path_in_a_name_is_cut_to_the_name() -> None:
    year = publish(make_year())
    year.set_clock(IN_WINDOW)
    form = {
        "statement": STATEMENT,
        "ground-0": "会见笔录在卷宗第12页",
        "attachments": SimpleUploadedFile("..\\..\\windows/笔录\u202e.pdf", PDF),
    }
    assert signed_in(year.handlers[0]).post("/my/2022/1/appeal/", form).status_code == 302
    assert AppealFile.objects.get().name == "笔录.pdf"
    with pytest.raises(IntegrityError, match="no_path"), transaction.atomic():
        AppealFile.objects.create(
            appeal=Appeal.objects.get(), name="a/b.pdf", content_type="x", sha256="", data=PDF
        )
    with pytest.raises(IntegrityError, match="appeal_file_size"), transaction.atomic():
        AppealFile.objects.create(
            appeal=Appeal.objects.get(), name="b.pdf", content_type="x", sha256="", data=b""
        )


def test_the_line_of_a_turned_away_file_holds_no_name_of_it() -> None:
    year = publish(make_year())
    record_bad_files(year.plan, sentence="“张三50010.pdf”是空文件。", by=year.users["clerk"])
    assert AuditEvent.objects.get(action="turn_files_away").sentence == "一个附件是空文件。"


def test_a_late_answer_is_flagged_to_handler_and_staff() -> None:
    year, appeal = appealed()
    year.set_clock(datetime(2022, 9, 22, 0, 0, tzinfo=SHANGHAI))
    own, bureau = signed_in(year.handlers[0]), signed_in(year.users["bureau"])
    assert "反馈已逾期。" in words(own.get("/my/2022/1/"))
    assert "已逾期1个工作日" in words(bureau.get(f"/y/2022/appeals/{appeal.pk}/"))
    assert "逾期" in words(bureau.get("/y/2022/appeals/"))
