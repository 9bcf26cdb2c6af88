"""追回通知, 移送函, 整改通知 and 评估报告 as Word documents: their figures are the database's."""

from datetime import date

import pytest

from appeals.actions import (
    open_consequences,
    order_rectification,
    send_recovery_notice,
    send_rectification_notice,
    transfer_inquiry,
)
from appeals.models import Inquiry, Recovery
from tests.appeals.builders import (
    AFTER,
    REPORT,
    Year,
    issue_report,
    make_year,
    publish,
    signed_in,
)
from tests.evaluations.test_document_templates import texts

pytestmark = pytest.mark.django_db
BASE = "/y/2022/consequences"


def opened() -> Year:
    year = publish(make_year())
    year.set_clock(AFTER)
    open_consequences(year.plan, by=year.users["bureau"])
    return year


def test_the_recovery_notice_says_what_is_recorded() -> None:
    year = opened()
    recovery, bureau = Recovery.objects.get(), year.users["bureau"]
    send_recovery_notice(recovery, notice="万司追〔2022〕1号", due_on=date(2022, 9, 30), by=bureau)
    answer = signed_in(year.users["clerk"]).get(f"{BASE}/3/recovery.docx")
    told = texts(answer.content)
    for wanted in (
        "万司追〔2022〕1号", "1,800.00", "壹仟捌佰元整", "2022年9月30日",
        year.cases[2].case.number, year.cases[2].case.firm.name, "1.1 会见",
    ):  # fmt: skip
        assert wanted in told
    assert year.cases[2].case.recipient not in told
    assert [name for each in year.experts if (name := each.person.name) in told] == []


def test_the_transfer_goes_to_the_body() -> None:
    year = opened()
    inquiry, bureau = Inquiry.objects.get(), year.users["bureau"]
    transfer_inquiry(inquiry, body="律师工作科", transferred_on=date(2022, 9, 13), by=bureau)
    told = texts(signed_in(bureau).get(f"{BASE}/3/transfer.docx").content)
    assert "律师工作科" in told
    assert year.cases[2].case.number in told


def test_the_rectification_notice_has_its_demand_and_day() -> None:
    year = opened()
    bureau = year.users["bureau"]
    row = order_rectification(year.cases[1], reason="缺页", by=bureau)
    send_rectification_notice(
        row, notice="整改7号", demand="补正会见笔录", due_on=date(2022, 10, 20), by=bureau
    )
    told = texts(signed_in(bureau).get(f"{BASE}/2/rectification.docx").content)
    for wanted in ("整改7号", "补正会见笔录", "2022年10月20日", year.cases[1].case.number):
        assert wanted in told


@pytest.mark.parametrize("path", ["1/recovery", "3/rectification", "3/letter", "99/recovery"])
def test_what_is_not_there_is_a_sentence(path: str) -> None:
    year = opened()
    answer = signed_in(year.users["bureau"]).get(f"{BASE}/{path}.docx")
    assert answer.status_code == 404
    assert "没有" in answer.content.decode()


def test_the_report_is_the_page_with_its_words() -> None:
    year = publish(make_year())
    client = signed_in(year.users["leader"])
    assert "（待科室填写）" in texts(client.get("/y/2022/reports/report.docx").content)
    issue_report(year)
    told = texts(client.get("/y/2022/reports/report.docx?version=1").content)
    for wanted in (*REPORT.values(), "优良 2、合格 1、不合格 1", "推算可抽的 4 件里有 1 至 1 件"):
        assert wanted.rstrip("。") in told
