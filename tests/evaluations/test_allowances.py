"""评估补贴 (article 8): 50 yuan per sealed sheet of society's experts, from the sheets alone."""

from decimal import Decimal

import pytest

from evaluations.models import ScoreSheet
from evaluations.queries.allowances import allowance_sheet
from experts.models import Expert
from tests.appeals.builders import add_sheets, make_year, signed_in
from tests.people import cells

pytestmark = pytest.mark.django_db


def test_each_sealed_sheet_is_paid_once_first_and_review() -> None:
    year = make_year()
    add_sheets(year.cases[2], year.experts[2:4], grade="合格", in_round="review")
    sheet = allowance_sheet(year.plan)
    assert [(line.name, line.sheets, line.amount) for line in sheet.lines] == [
        ("夏平", 4, Decimal(200)),
        ("潘安宁", 4, Decimal(200)),
        ("程远", 1, Decimal(50)),
        ("韩立秋", 1, Decimal(50)),
    ]
    assert sheet.total == Decimal(500)
    assert sheet.total_in_capitals == "伍佰元整"
    assert sheet.paid_sheets == ScoreSheet.objects.filter(sealed=True).count()


def test_officials_stand_there_with_nothing_and_why() -> None:
    year = make_year()
    Expert.objects.filter(pk=year.experts[0].pk).update(society=False)
    line = allowance_sheet(year.plan).lines[-1]
    assert (line.name, line.sheets, line.amount, line.remark) == (
        "夏平", 4, Decimal(0), "公职人员，不发放"
    )  # fmt: skip


def test_open_sheets_are_not_paid() -> None:
    year = make_year(grades=("优良", ""))
    assert year.plan.standard is not None
    ScoreSheet.objects.create(
        drawn_case=year.cases[1], expert=year.experts[2], standard=year.plan.standard, scope="民事"
    )
    lines = {line.name: line.sheets for line in allowance_sheet(year.plan).lines}
    assert lines == {"夏平": 1, "潘安宁": 1, "程远": 0}


def test_the_workbook_adds_up_and_has_a_column_to_sign() -> None:
    year = make_year()
    client = signed_in(year.users["bureau"])
    rows = cells(client.get("/y/2022/payments/", {"format": "xlsx"}))
    assert rows[0][-1] == "签名"
    assert [row[5] for row in rows[1:3]] == [200, 200]
    assert rows[3][1:7] == ["合计", None, 8, None, 400, "肆佰元整"]


def test_who_reads_the_sheet() -> None:
    year = make_year()
    wanted = {"bureau": 200, "leader": 200, "auditor": 200, "clerk": 403}
    seen = {
        role: signed_in(year.users[role]).get("/y/2022/payments/").status_code for role in wanted
    }
    assert seen == wanted
