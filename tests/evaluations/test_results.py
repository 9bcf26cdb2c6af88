"""送审, 审定 and 公布 (article 6.3): what is refused saves nothing, what is public is masked."""

import io
import threading
from datetime import datetime, timedelta
from zipfile import ZipFile

import openpyxl
import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from evaluations.actions.results import (
    count_lookup,
    decide_approval,
    publish_results,
    republish_results,
    submit_for_approval,
    withhold_case,
)
from evaluations.exports.results import public_workbook
from evaluations.models import (
    Approval,
    Grading,
    Plan,
    Publication,
    PublicationLine,
    PublicationPlace,
    PublicLookup,
)
from evaluations.queries.publication import draft_rows, list_hash, publish_page
from tests.appeals.builders import (
    ON_TIME,
    SHANGHAI,
    SITE,
    WINDOW_END,
    Year,
    make_year,
    publish,
    signed_in,
)
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent, Holiday, HolidayNotice

pytestmark = pytest.mark.django_db


def test_leader_approves_what_bureau_submitted() -> None:
    year = make_year()
    approval = submit_for_approval(year.plan, by=year.users["bureau"])
    approval = decide_approval(approval, decision="approved", reason="", by=year.users["leader"])
    assert approval.get_decision_display() == "同意公布"
    assert approval.decided_by == year.users["leader"]
    assert approval.submitted_by == year.users["bureau"]


def test_leader_returns_only_with_a_reason_and_bureau_submits_again() -> None:
    year = make_year()
    approval = submit_for_approval(year.plan, by=year.users["bureau"])
    with pytest.raises(RefusedError, match="退回要写明程序上的问题") as refused:
        decide_approval(approval, decision="returned", reason=" ", by=year.users["leader"])
    assert refused.value.status == 422
    assert Approval.objects.get().decision == ""
    decide_approval(approval, decision="returned", reason="缺承诺书", by=year.users["leader"])
    submit_for_approval(year.plan, by=year.users["bureau"])
    assert [each.decision for each in Approval.objects.all()] == ["returned", ""]


@pytest.mark.parametrize("role", ["bureau", "clerk", "auditor", "sysadmin"])
def test_only_the_leader_decides(role: str) -> None:
    year = make_year()
    approval = submit_for_approval(year.plan, by=year.users["bureau"])
    with pytest.raises(RefusedError) as refused:
        decide_approval(approval, decision="approved", reason="", by=year.users[role])
    assert refused.value.status == 403
    assert Approval.objects.get().decision == ""


def test_submitting_twice_is_refused_naming_the_open_sheet() -> None:
    year = make_year()
    submit_for_approval(year.plan, by=year.users["bureau"])
    with pytest.raises(RefusedError, match="送审单已经送出"):
        submit_for_approval(year.plan, by=year.users["bureau2"])
    assert Approval.objects.count() == 1


def test_the_database_refuses_an_approval_by_its_submitter() -> None:
    year = make_year()
    approval = submit_for_approval(year.plan, by=year.users["bureau"])
    with pytest.raises(IntegrityError, match="approval_by_another_person"), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(decided_by=year.users["bureau"])


def test_results_with_a_missing_grade_are_not_submitted() -> None:
    year = make_year(grades=("优良", "", "合格"))
    with pytest.raises(RefusedError, match="1 件未定等次（0002）"):
        submit_for_approval(year.plan, by=year.users["bureau"])
    assert not Approval.objects.exists()


def test_publication_stores_the_masked_list_and_starts_the_clock() -> None:
    year = publish(make_year())
    plan, publication = year.plan, Publication.objects.get()
    assert plan.stage == Plan.Stage.PUBLISHED
    assert plan.published_at == publication.published_at
    assert abs(publication.published_at - ON_TIME) < timedelta(seconds=30)
    assert publication.appeal_until == WINDOW_END
    lines = list(PublicationLine.objects.order_by("ordinal"))
    assert [line.recipient for line in lines] == ["张某1", "张某2", "欧阳某", "李某"]
    assert [line.grade for line in lines] == ["优良", "合格", "不合格", "优良"]
    assert [line.handler for line in lines] == ["", "", "", ""]
    rows = [row.line for row in draft_rows(plan) if row.line]
    assert publication.sha256 == list_hash(rows) == list_hash(lines)


def test_publication_without_approval_is_refused_and_saves_nothing() -> None:
    year = make_year()
    with pytest.raises(RefusedError, match="局领导尚未同意公布"):
        publish_results(year.plan, **SITE, by=year.users["bureau"])
    assert not Publication.objects.exists()
    assert year.reload().published_at is None


def test_publication_after_a_return_is_refused() -> None:
    year = make_year()
    approval = submit_for_approval(year.plan, by=year.users["bureau"])
    decide_approval(approval, decision="returned", reason="缺签名", by=year.users["leader"])
    with pytest.raises(RefusedError, match="局领导尚未同意公布"):
        publish_results(year.plan, **SITE, by=year.users["bureau"])


def test_publishing_twice_names_the_first() -> None:
    year = publish(make_year())
    with pytest.raises(RefusedError, match=r"已于9月2日（周五）公布") as refused:
        publish_results(year.plan, **SITE, by=year.users["bureau"])
    assert refused.value.status == 409
    assert Publication.objects.count() == 1


@pytest.mark.parametrize("role", ["clerk", "leader", "auditor"])
def test_only_bureau_publishes(role: str) -> None:
    year = make_year()
    with pytest.raises(RefusedError) as refused:
        publish_results(year.plan, **SITE, by=year.users[role])
    assert refused.value.status == 403


def test_site_and_evidence_are_needed() -> None:
    year = make_year()
    approval = submit_for_approval(year.plan, by=year.users["bureau"])
    decide_approval(approval, decision="approved", reason="", by=year.users["leader"])
    with pytest.raises(RefusedError, match="公布位置和公布凭据") as refused:
        publish_results(year.plan, site="网站", evidence=" ", by=year.users["bureau"])
    assert refused.value.status == 422
    assert not Publication.objects.exists()


def test_a_name_left_in_a_case_number_blocks_publication() -> None:
    year = make_year()
    case = year.cases[0].case
    case.number = case.key = "渝万援张三丰001号"
    case.save()
    approval = submit_for_approval(year.plan, by=year.users["bureau"])
    decide_approval(approval, decision="approved", reason="", by=year.users["leader"])
    with pytest.raises(RefusedError, match="公布稿里还有不能公开的内容") as refused:
        publish_results(year.plan, **SITE, by=year.users["bureau"])
    assert "张三丰" not in refused.value.sentence
    assert not Publication.objects.exists()


def test_a_withheld_case_is_left_out_and_the_next_version_stands_beside_the_old() -> None:
    year = publish(make_year())
    with pytest.raises(RefusedError, match="完全相同"):
        republish_results(year.plan, reason="无", **SITE, by=year.users["bureau"])
    withhold_case(year.cases[0], withheld=True, reason="涉及未成年人", by=year.users["bureau"])
    assert publish_page(year.plan).changed
    second = republish_results(year.plan, reason="0001号不公开", **SITE, by=year.users["bureau"])
    assert second.version == 2
    assert second.appeal_until == WINDOW_END
    first = Publication.objects.get(version=1)
    assert first.lines.count() == 4
    assert [(line.ordinal, line.number) for line in second.lines.all()] == [
        (1, "渝万援（2022）民字002号"),
        (2, "渝万援（2022）民字003号"),
        (3, "渝万援（2022）民字004号"),
    ]


def test_withholding_needs_a_reason_and_a_change() -> None:
    year = make_year()
    with pytest.raises(RefusedError, match="理由"):
        withhold_case(year.cases[0], withheld=True, reason=" ", by=year.users["bureau"])
    with pytest.raises(RefusedError, match="已经是公开"):
        withhold_case(year.cases[0], withheld=False, reason="无", by=year.users["bureau"])
    year.cases[0].case.refresh_from_db()
    assert year.cases[0].case.withheld is False


def test_late_publication_goes_through_and_is_flagged() -> None:
    year = publish(make_year(), at=datetime(2022, 9, 5, 9, 0, tzinfo=SHANGHAI))
    page = publish_page(year.plan)
    assert page.late
    assert page.due is not None
    assert page.due.due.isoformat() == "2022-09-02"
    assert page.window is not None
    assert page.window.due.isoformat() == "2022-09-13"


def test_publication_on_time_is_not_late() -> None:
    assert not publish_page(publish(make_year()).plan).late


def test_publication_without_the_holidays_of_the_year_is_refused() -> None:
    year = make_year()
    approval = submit_for_approval(year.plan, by=year.users["bureau"])
    decide_approval(approval, decision="approved", reason="", by=year.users["leader"])
    Holiday.objects.all().delete()
    HolidayNotice.objects.all().delete()
    with pytest.raises(RefusedError, match="2022年的节假日安排还没有录入"):
        publish_results(year.plan, **SITE, by=year.users["bureau"])
    assert not Publication.objects.exists()


def test_holidays_edited_later_move_no_running_deadline() -> None:
    year = publish(make_year())
    notice = HolidayNotice.objects.get(year=2022)
    Holiday.objects.create(notice=notice, day="2022-09-07", kind="off", name="临时")
    withhold_case(year.cases[0], withheld=True, reason="未成年人", by=year.users["bureau"])
    republish_results(year.plan, reason="不公开", **SITE, by=year.users["bureau"])
    assert [each.appeal_until for each in Publication.objects.all()] == [WINDOW_END, WINDOW_END]


def test_published_lines_can_not_be_changed() -> None:
    publish(make_year())
    with pytest.raises(Exception, match="permission denied|一经记录"), transaction.atomic():
        PublicationLine.objects.update(grade="优良")


def test_public_outputs_hold_no_personal_data(client: Client) -> None:
    year = publish(make_year())
    html = client.get("/public/2022/").content.decode()
    data = public_workbook(Publication.objects.get())
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    cells = "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
    secret = ["张三丰", "张四", "欧阳修文", "李五一", "廖果", "严霜墨"]
    secret += [expert.person.name for expert in year.experts]
    secret += [user.name for user in year.users.values()]
    for name in secret:
        assert name not in html
        assert name not in cells
    assert len(book.sheetnames) == 1
    assert not [part for part in ZipFile(io.BytesIO(data)).namelist() if "docProps" in part]
    assert "90" not in cells
    assert "渝万援（2022）民字003号" in html


def test_handlers_are_public_when_the_plan_says_so() -> None:
    year = make_year()
    Plan.objects.filter(pk=year.plan.pk).update(handler_public=True)
    year.reload()
    publish(year)
    handlers = [line.handler for line in PublicationLine.objects.order_by("ordinal")]
    assert handlers == ["廖果", "严霜墨", "廖果", "严霜墨"]


def test_public_page_finds_a_case_by_number(client: Client) -> None:
    publish(make_year())
    html = client.get("/public/2022/", {"number": "民字003"}).content.decode()
    assert "民字003号" in html
    assert "民字001号" not in html
    assert client.get("/public/").status_code == 200


def test_public_page_before_the_publication_is_not_there(client: Client) -> None:
    make_year()
    response = client.get("/public/2022/")
    assert response.status_code == 404
    assert "还没有公布" in response.content.decode()
    assert "还没有公布" in client.get("/public/").content.decode()


def test_lookups_are_limited_per_address() -> None:
    for _ in range(30):
        count_lookup(address="10.0.0.1")
    with pytest.raises(RefusedError, match="过于频繁") as refused:
        count_lookup(address="10.0.0.1")
    assert refused.value.status == 429
    count_lookup(address="10.0.0.2")
    assert PublicLookup.objects.count() == 31


def test_the_leader_walks_the_sheet_through_its_pages() -> None:
    year = make_year()
    bureau, leader = signed_in(year.users["bureau"]), signed_in(year.users["leader"])
    assert bureau.post("/y/2022/review/").status_code == 302
    page = leader.get("/y/2022/review/").content.decode()
    assert "抽评 4 件" in page
    assert "优良 2" in page
    assert leader.post("/y/2022/review/decide/", {"decision": "approved"}).status_code == 302
    assert bureau.get("/y/2022/publish/").status_code == 200
    assert bureau.post("/y/2022/publish/", SITE).status_code == 302
    assert PublicationPlace.objects.get().name == "区政府门户网站"
    assert leader.get("/y/2022/publish/1/list.xlsx").status_code == 200


def test_grades_stay_hidden_until_the_evaluation_ended() -> None:
    year = make_year()
    marking = make_open_year(year)
    page = signed_in(year.users["leader"]).get("/y/2022/review/").content.decode()
    assert marking.ended_at is None
    assert "不显示任何等次" in page
    assert "优良" not in page
    report = signed_in(year.users["bureau"]).get("/y/2022/reports/").content.decode()
    assert "优良" not in report


def make_open_year(year: Year) -> Plan:
    """The same year while marking still runs (set behind the triggers' back)."""

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE wanzhou_owner")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE evaluations_plan SET stage = 'marking', ended_at = NULL")
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute("SET LOCAL ROLE wanzhou_app")
    return year.reload()


@pytest.mark.parametrize("url", ["review/", "publish/"])
def test_pages_cost_the_same_queries_for_more_rows(url: str) -> None:

    counts = []
    year = make_year(grades=("优良", "不合格"))
    publish(year)
    client = signed_in(year.users["bureau"])
    client.get(f"/y/2022/{url}")
    with CaptureQueriesContext(connection) as few:
        client.get(f"/y/2022/{url}")
    counts.append(len(few))
    more = make_more(year)
    with CaptureQueriesContext(connection) as many:
        client.get(f"/y/2022/{url}")
    counts.append(len(many))
    assert more == 8
    assert counts[0] == counts[1]


def make_more(year: Year) -> int:
    """Six more graded cases in the same year."""
    from cases.models import Case
    from evaluations.models import DrawnCase
    from tests.appeals.builders import ENDED, add_sheets

    first = year.cases[0]
    for n in range(11, 17):
        case = Case.objects.get(pk=first.case_id)
        case.pk, case.serial, case.row = None, n, n
        case.number = case.key = f"渝万援民{n}"
        case.skeleton = f"S{n}"
        case.save()
        drawn = DrawnCase.objects.create(
            draw=first.draw, case=case, rank=n, stratum="civil", ticket=str(n)
        )
        add_sheets(drawn, year.experts[:2], grade="不合格")
        Grading.objects.create(
            drawn_case=drawn, grade="不合格", outcome="at_once", failing=True, at=ENDED
        )
    return DrawnCase.objects.count()


@pytest.mark.django_db(transaction=True)
def test_publication_pressed_by_two_at_once_happens_once() -> None:
    year = make_year()
    approval = submit_for_approval(year.plan, by=year.users["bureau"])
    decide_approval(approval, decision="approved", reason="", by=year.users["leader"])
    start, answers = threading.Barrier(2), []

    def press(user: str) -> None:
        try:
            start.wait()
            publish_results(year.plan, **SITE, by=year.users[user])
            answers.append("")
        except RefusedError as error:
            answers.append(error.sentence)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(user,)) for user in ("bureau", "bureau2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["", "2022年度结果已于9月2日（周五）公布，不用重复公布。"]
    assert Publication.objects.count() == 1
    assert PublicationLine.objects.count() == 4


def test_every_act_leaves_its_audit_line() -> None:
    publish(make_year())
    actions = list(AuditEvent.objects.order_by("seq").values_list("action", flat=True))
    for act in ("submit_for_approval", "decide_approval", "move_plan", "publish_results"):
        assert act in actions
