"""Word documents of a year: their figures are those of the database, and nobody reads too early."""

import io
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Count

from appeals.actions import file_appeal
from appeals.models import Appeal
from evaluations.actions.packs import run_pack, start_pack
from evaluations.exports.packs import pack_of
from evaluations.models import DocumentPack, DrawnCase, Mark, Publication, ScoreSheet
from evaluations.queries.allowances import allowance_sheet
from evaluations.rules.documents import DocumentKind
from evaluations.rules.standards import plain
from tests.appeals.builders import (
    GROUNDS,
    IN_WINDOW,
    STATEMENT,
    Year,
    find_in_review,
    make_year,
    publish,
    signed_in,
)
from tests.evaluations.test_document_templates import parts, texts
from tests.evaluations.test_results import make_open_year
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent, User

pytestmark = pytest.mark.django_db
STRANGE = "=1+1 <w:p/> & {{ 年度 }} {% for %}\x00\x0b\x1f\u202e第二行\n第三行"
"""Formula, markup, template tags, control characters and a new line in one cell."""


def word(answer: Any) -> str:
    assert answer.status_code == 200, answer.content.decode()[:400]
    return texts(answer.content)


def test_the_score_sheet_is_what_the_database_holds() -> None:
    year = publish(make_year())
    client = signed_in(year.users["bureau"])
    for case in year.cases:
        for place, leads in ((1, True), (2, False)):
            sheet = ScoreSheet.objects.get(drawn_case=case, leads=leads)
            told = word(client.get(f"/y/2022/settle/{case.case.serial}/first/sheet-{place}.docx"))
            assert case.case.number in told
            assert f"{plain(sheet.total or Decimal())} 分，{sheet.grade}" in told
            for mark in Mark.objects.filter(sheet=sheet):
                assert f"{mark.item.number} {mark.item.title}" in told
                assert f"−{plain(mark.deduction or Decimal())}" in told
            assert case.case.recipient not in told
            assert case.case.firm.name not in told


def test_the_deliberation_names_both_totals_and_how_it_was_settled() -> None:
    year = publish(make_year())
    told = word(signed_in(year.users["leader"]).get("/y/2022/settle/3/first/record.docx"))
    for wanted in ("不合格（两评一致）", "夏平：50，不合格", "潘安宁：50，不合格", "−50"):
        assert wanted in told


def test_no_score_leaves_before_its_grade() -> None:
    year = make_year(grades=("优良", ""))
    bureau = signed_in(year.users["bureau"])
    for page in ("record.docx", "sheet-1.docx", "sheet-2.docx"):
        assert bureau.get(f"/y/2022/settle/1/first/{page}").status_code == 200
        assert bureau.get(f"/y/2022/settle/2/first/{page}").status_code == 404
    assert bureau.get("/y/2022/settle/1/first/sheet-3.docx").status_code == 404
    assert bureau.get("/y/2022/settle/1/review/record.docx").status_code == 404


def test_no_approval_sheet_before_the_evaluation_ended() -> None:
    year = make_year()
    make_open_year(year)
    answer = signed_in(year.users["leader"]).get("/y/2022/review/sheet.docx")
    assert answer.status_code == 409
    assert "优良" not in answer.content.decode()


def test_an_expert_takes_the_own_sealed_sheet_and_nobody_elses() -> None:
    publish(make_year())
    own = signed_in(User.objects.get(username="expert0"))
    other = signed_in(User.objects.get(username="expert3"))
    assert "夏平（组长）" in word(own.get("/score/2022/1/first/sheet.docx"))
    assert other.get("/score/2022/1/first/sheet.docx").status_code == 404


def test_the_approval_sheet_counts_like_the_page() -> None:
    year = make_year()
    client = signed_in(year.users["bureau"])
    client.post("/y/2022/review/")
    told = word(client.get("/y/2022/review/sheet.docx"))
    for wanted in (
        "抽评4件",
        "优良 2、合格 1、不合格 1",
        "优良率50.0%",
        "2022年9月2日前",
        "1,800.00元",
    ):
        assert wanted in told
    assert "夏平" not in told


def test_the_publication_shows_its_snapshot_and_nothing_else() -> None:
    year = publish(make_year())
    told = word(signed_in(year.users["leader"]).get("/y/2022/publish/1/list.docx"))
    publication = Publication.objects.get()
    for line in publication.lines.all():
        for cell in (line.number, line.kind, line.firm, line.recipient, line.grade):
            assert cell in told
    for secret in ("张三丰", "欧阳修文", "廖果", "夏平"):
        assert secret not in told


def test_the_allowance_sheet_adds_up_to_the_sealed_sheets() -> None:
    year = publish(make_year())
    told = word(signed_in(year.users["bureau"]).get("/y/2022/payments/sheet.docx"))
    sealed = ScoreSheet.objects.filter(sealed=True).count()
    sheet = allowance_sheet(year.plan)
    assert sheet.paid_sheets == sealed == 8
    counted = ScoreSheet.objects.values("expert").annotate(n=Count("pk"))
    assert sorted(row["n"] for row in counted) == [line.sheets for line in sheet.lines]
    for wanted in ("400.00", "肆佰元整", "200.00", "贰佰元整", "领款人签名"):
        assert wanted in told


def test_odd_text_from_cells_stays_text_and_the_file_stays_sound() -> None:
    year = make_year()
    case = year.cases[0].case
    case.cause = STRANGE.replace("\x00", "")
    case.save(update_fields=["cause"])
    answer = signed_in(year.users["bureau"]).get("/y/2022/settle/1/first/record.docx")
    told = word(answer)
    assert "=1+1 <w:p/> & {{ 年度 }} {% for %}第二行\n第三行" in told
    assert not set("\x0b\x1f\u202e") & set(told)


def test_documents_tell_nothing_of_who_made_them() -> None:
    year = publish(make_year())
    kept = parts(signed_in(year.users["bureau"]).get("/y/2022/review/sheet.docx").content)
    for name in ("docProps/core.xml", "docProps/app.xml"):
        assert kept[name].count(b"<") == 2  # declaration and one empty element
    assert not [name for name in kept if "custom" in name or "comments" in name]


def test_a_document_with_names_is_a_line_of_the_trail() -> None:
    year = publish(make_year())
    before = AuditEvent.objects.filter(action="export_list").count()
    signed_in(year.users["auditor"]).get("/y/2022/settle/1/first/record.docx")
    lines = AuditEvent.objects.filter(action="export_list").order_by("-seq")
    assert (lines.count(), lines[0].target) == (before + 1, "0001合议单")


def appealed(year: Year, statement: str = STATEMENT) -> Appeal:
    year.set_clock(IN_WINDOW)
    handler = year.handlers[0]
    return file_appeal(year.cases[0], statement=statement, grounds=GROUNDS, files=[], by=handler)


def test_the_notices_tell_dates_and_grounds() -> None:
    year = publish(make_year())
    appeal = appealed(year)
    staff, own = signed_in(year.users["clerk"]), signed_in(year.handlers[0])
    for answer in (
        staff.get(f"/y/2022/appeals/{appeal.pk}/notice.docx"),
        own.get(f"/my/2022/1/notices/{appeal.pk}/notice.docx"),
    ):
        told = word(answer)
        for wanted in ("异议受理通知书", "2022年9月21日前", "10个工作日", GROUNDS[0][1]):
            assert wanted in told
    second = appealed(year)
    told = word(staff.get(f"/y/2022/appeals/{second.pk}/notice.docx"))
    for wanted in ("异议不予受理通知书", "2022年9月9日24:00止", second.refused_reason):
        assert wanted in told


def test_the_answer_names_nobody_of_the_panel_and_comes_after_the_answer() -> None:
    year = publish(make_year())
    appeal = appealed(year)
    own = signed_in(year.handlers[0])
    address = f"/my/2022/1/notices/{appeal.pk}/answer.docx"
    assert own.get(address).status_code == 409
    find_in_review(appeal, year.experts[2:4], grade="合格")
    appeal.grounds.update(view="笔录确有缺页，意见不予采纳。")
    Appeal.objects.filter(pk=appeal.pk).update(
        result="changed", result_grade="合格", result_reason="理由部分成立。", answered_at=IN_WINDOW
    )
    told = word(own.get(address))
    for wanted in ("原等次优良，复评等次合格，变更等次", "笔录确有缺页", "理由部分成立"):
        assert wanted in told
    for expert in year.experts:
        assert expert.person.name not in told
    assert own.get(f"/my/2022/1/notices/{appeal.pk}/review.docx").status_code == 404
    assert signed_in(year.handlers[1]).get(address).status_code == 404
    clerk = signed_in(year.users["clerk"])
    assert clerk.get(f"/y/2022/appeals/{appeal.pk}/review.docx").status_code == 404


def test_a_pack_holds_every_sheet_of_graded_cases_and_no_other() -> None:
    year = make_year(grades=("优良", "", "不合格"))
    told: list[tuple[int, int]] = []
    data = pack_of(
        year.plan,
        DocumentKind.SCORE_SHEET,
        reader=year.users["bureau"],
        watch=lambda done, total: told.append((done, total)),
    )
    package = zipfile.ZipFile(io.BytesIO(data))
    assert package.namelist() == [
        "0001组长评分表.docx", "0001组员评分表.docx", "0003组长评分表.docx", "0003组员评分表.docx",
    ]  # fmt: skip
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert "90 分，优良" in texts(package.read("0001组长评分表.docx"))
    settled = pack_of(
        year.plan,
        DocumentKind.DELIBERATION,
        reader=year.users["bureau"],
        watch=lambda done, total: None,
    )
    assert len(zipfile.ZipFile(io.BytesIO(settled)).namelist()) == 2


def test_a_pack_is_started_watched_and_taken() -> None:
    year = make_year()
    client = signed_in(year.users["bureau"])
    page = "/y/2022/documents/score_sheet/pack/"
    assert "生成评分表" in client.get(page).content.decode()
    assert client.post(page).status_code == 302
    pack = DocumentPack.objects.get()
    running = client.get(page)
    assert running["Refresh"] == "2"
    assert "正在生成" in running.content.decode()
    with pytest.raises(RefusedError, match="正在生成，不用再点"):
        start_pack(year.plan, kind=DocumentKind.SCORE_SHEET, by=year.users["bureau"], make=made)
    run_pack(pack, make=made)
    pack.refresh_from_db()
    assert (pack.done, pack.total, pack.sentence) == (2, 2, "")
    taken = client.get("/y/2022/documents/score_sheet/pack.zip")
    assert taken.content == b"zip"
    assert AuditEvent.objects.filter(action="start_pack").count() == 1


def made(pack: DocumentPack, watch: Any) -> bytes:
    watch(2, 2)
    return b"zip"


def broken(pack: DocumentPack, watch: Any) -> bytes:
    raise RefusedError("模板坏了，请到“文书模板”恢复内置模板。")


def test_a_pack_that_fails_says_why_and_may_be_made_again() -> None:
    year = make_year()
    bureau = year.users["bureau"]
    pack = start_pack(year.plan, kind=DocumentKind.SCORE_SHEET, by=bureau, make=broken)
    run_pack(pack, make=broken)
    client = signed_in(bureau)
    page = client.get("/y/2022/documents/score_sheet/pack/").content.decode()
    assert "模板坏了，请到“文书模板”恢复内置模板。" in page
    assert client.get("/y/2022/documents/score_sheet/pack.zip").status_code == 404
    again = start_pack(year.plan, kind=DocumentKind.SCORE_SHEET, by=bureau, make=made)
    assert list(DocumentPack.objects.values_list("pk", flat=True)) == [again.pk]


@pytest.mark.parametrize("role", ["leader", "auditor"])
def test_only_the_bureau_starts_a_pack(role: str) -> None:
    year = make_year()
    answer = signed_in(year.users[role]).post("/y/2022/documents/score_sheet/pack/")
    assert answer.status_code == 403
    assert not DocumentPack.objects.exists()
    assert DrawnCase.objects.count() == 4
