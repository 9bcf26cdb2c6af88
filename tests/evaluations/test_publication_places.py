"""公布: places with evidence, versions beside each other, codes for numbers, nobody's data."""

import io
import re
from datetime import datetime, timedelta
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from evaluations.actions.places import Posting, add_place
from evaluations.actions.results import (
    decide_approval,
    publish_results,
    republish_results,
    submit_for_approval,
    withhold_case,
)
from evaluations.models import Plan, Publication, PublicationPlace
from evaluations.queries.publication import draft_rows, publish_page, residues
from evaluations.rules import masking
from tests.appeals.builders import ON_TIME, SHANGHAI, SITE, Year, make_year, publish, signed_in
from tests.evaluations.test_document_templates import texts
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent, Person

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)
SYSTEM = Posting(kind="system", name="法律援助管理信息系统", evidence="回执2022-07")


def approved(year: Year) -> Year:
    """Approved the evening before the day of publication."""
    year.set_clock(ON_TIME - timedelta(hours=16))
    approval = submit_for_approval(year.plan, by=year.users["bureau"])
    decide_approval(approval, decision="approved", reason="", by=year.users["leader"])
    year.set_clock(ON_TIME)
    return year


def test_the_first_place_is_kept_with_its_screenshot_and_the_second_beside_it() -> None:
    year = approved(make_year())
    client = signed_in(year.users["bureau"])
    values = SITE | {
        "kind": "portal",
        "posted_at": "2022-09-02T09:30",
        "file": SimpleUploadedFile("../公示 截图.png", PNG),
    }
    assert client.post("/y/2022/publish/", values).status_code == 302
    place = PublicationPlace.objects.get()
    assert (place.name, place.kind, place.file_name) == (
        "区政府门户网站",
        "portal",
        "公示 截图.png",
    )
    assert place.posted_at == datetime(2022, 9, 2, 9, 30, tzinfo=SHANGHAI)
    page = client.get("/y/2022/publish/").content.decode()
    assert "还没有登记：法律援助管理信息系统" in page
    added = {"kind": "system", "site": SYSTEM.name, "evidence": SYSTEM.evidence}
    assert client.post("/y/2022/publish/1/places/", added).status_code == 302
    assert publish_page(year.reload()).missing_places == []
    file = client.get(f"/y/2022/publish/places/{place.pk}/")
    assert file.content == PNG
    assert file["Content-Disposition"].startswith("attachment")
    assert AuditEvent.objects.filter(action="add_publication_place").count() == 1


def test_the_clock_starts_with_the_record_and_lateness_with_the_site() -> None:
    """A late entry shortens nobody's period; the list that stood there in time was in time."""
    year = approved(make_year())
    posted = ON_TIME
    year.set_clock(datetime(2022, 9, 5, 9, 0, tzinfo=SHANGHAI))
    publish_results(year.plan, **SITE, posted_at=posted, by=year.users["bureau"])
    publication = Publication.objects.get()
    assert publication.published_at > datetime(2022, 9, 5, tzinfo=SHANGHAI)
    assert publication.appeal_until == datetime(2022, 9, 14, tzinfo=SHANGHAI)
    assert not publish_page(year.reload()).late


@pytest.mark.parametrize(
    ("posting", "sentence"),
    [
        ({"posted_at": ON_TIME + timedelta(days=1)}, "不能晚于现在"),
        ({"posted_at": ON_TIME - timedelta(days=9)}, "早于局领导同意公布的时间"),
        ({"file": ("a.png", b"")}, "空文件（0 字节）"),
        ({"file": ("a.png", b"%PDF-1.7")}, "内容其实是 pdf"),
        ({"file": ("a.exe", b"MZ")}, "不是 PDF、JPG、PNG 或 Word"),
        ({"file": ("a.png", PNG + bytes(20 * 1024 * 1024))}, "超过 20 MB"),
        ({"kind": "moon"}, "请选公布位置的类别"),
    ],
)
def test_what_is_not_evidence_is_refused_and_nothing_is_published(
    posting: dict[str, Any], sentence: str
) -> None:
    year = approved(make_year())
    with pytest.raises(RefusedError, match=sentence):
        publish_results(year.plan, **SITE, **posting, by=year.users["bureau"])
    assert not Publication.objects.exists()
    assert year.reload().stage == Plan.Stage.MARKED


def test_places_are_recorded_by_the_bureau_once_and_never_changed() -> None:
    year = publish(make_year())
    publication = Publication.objects.get()
    for role in ("clerk", "leader", "auditor"):
        with pytest.raises(RefusedError) as refused:
            add_place(publication, posting=SYSTEM, by=year.users[role])
        assert refused.value.status == 403
    add_place(publication, posting=SYSTEM, by=year.users["bureau"])
    with pytest.raises(RefusedError, match="已经登记"):
        add_place(publication, posting=SYSTEM, by=year.users["bureau2"])
    assert publication.places.count() == 2
    with (
        pytest.raises(DatabaseError, match="permission denied|一经记录"),
        transaction.atomic(),
    ):
        PublicationPlace.objects.update(evidence="x")
    with pytest.raises(IntegrityError, match="place_has_evidence"), transaction.atomic():
        PublicationPlace.objects.create(
            publication=publication, kind="other", name="x", evidence="", posted_at=ON_TIME
        )


def test_every_version_stays_on_the_public_page(client: Client) -> None:
    year = publish(make_year())
    withhold_case(year.cases[0], withheld=True, reason="未成年人", by=year.users["bureau"])
    republish_results(year.plan, reason="1件不公开", **SITE, by=year.users["bureau"])
    latest = client.get("/public/2022/").content.decode()
    assert "民字001号" not in latest
    assert "重新公布的原因：1件不公开" in latest
    assert "/public/2022/1/" in latest
    first = client.get("/public/2022/1/").content.decode()
    assert "民字001号" in first
    assert "这是较早的一版" in first
    assert client.get("/public/2022/3/").status_code == 404
    assert client.get("/public/2022/3/list.docx").status_code == 404


def test_other_years_are_linked(client: Client) -> None:
    publish(make_year())
    other = Plan.objects.get()
    frame = other.frame
    frame.pk, frame.year = None, 2021
    frame.save()
    other.pk, other.year, other.frame = None, 2021, frame
    other.save()
    page = client.get("/public/2022/").content.decode()
    assert 'href="/public/2021/"' in page


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("渝万援（2022）民字003号", ["003"]),
        ("渝万援[2022]民字第3号", ["003"]),
        (" 渝万援〔２０２２〕民字003号 ", ["003"]),
        ("民字", ["001", "002", "003", "004"]),
        ("没有这件", []),
    ],
)
def test_a_number_is_found_however_it_is_typed(
    client: Client, typed: str, found: list[str]
) -> None:
    publish(make_year())
    page = client.get("/public/2022/", {"number": typed}).content.decode()
    assert re.findall(r"<td>渝万援（2022）民字(\d+)号</td>", page) == found


def test_the_plan_may_publish_codes_instead_of_numbers(client: Client) -> None:
    year = make_year()
    Plan.objects.filter(pk=year.plan.pk).update(number_public="code")
    year.reload()
    publish(year)
    page = client.get("/public/2022/").content.decode()
    assert "2022-0003" in page
    assert "<th>评估编号</th>" in page
    book = openpyxl.load_workbook(io.BytesIO(client.get("/public/2022/1/list.xlsx").content))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet["B"]][:2] == ["评估编号", "2022-0001"]
    told = texts(client.get("/public/2022/1/list.docx").content)
    assert "2022-0001" in told
    for output in (page, told, *(str(cell.value) for cell in sheet["B"])):
        assert "民字001" not in output
    assert "没有查到" in client.get("/public/2022/", {"number": "民字001"}).content.decode()


def test_each_name_of_a_group_is_searched_for_alone() -> None:
    year = make_year()
    case = year.cases[1].case
    case.recipient = "钱富贵、孙小毛等6人"
    case.save(update_fields=["recipient"])
    other = year.cases[0].case
    other.number = other.key = "渝万援孙小毛1号"
    other.save(update_fields=["number", "key"])
    found = residues(year.plan, draft_rows(year.plan))
    assert [sentence for sentence in found if "孙某" in sentence]
    assert "孙小毛" not in "".join(found)


def test_a_name_in_the_reason_or_the_place_blocks_too() -> None:
    year = publish(make_year())
    withhold_case(year.cases[0], withheld=True, reason="未成年人", by=year.users["bureau"])
    for reason, site in (("张三丰案件变更", "网站"), ("变更", "张三丰的网站 13812345678")):
        with pytest.raises(RefusedError, match="不能公开的内容") as refused:
            republish_results(
                year.plan, reason=reason, site=site, evidence="x", by=year.users["bureau"]
            )
        assert "张三丰" not in refused.value.sentence
    assert Publication.objects.count() == 1


def test_downloads_of_strangers_are_counted(client: Client) -> None:
    publish(make_year())
    codes = [client.get("/public/2022/1/list.xlsx").status_code for _ in range(31)]
    assert codes == [200] * 30 + [429]


def public_outputs(client: Client) -> dict[str, str]:
    """The text of everything that anybody may open or take, files unpacked."""
    found = {}
    for address in (
        "/public/", "/public/2022/", "/public/2022/1/", "/public/2022/?number=003",
        "/public/2022/1/list.xlsx", "/public/2022/1/list.docx", "/public/draws/",
        "/public/2022/draws/", "/login/",
    ):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == 200, address
        data = b"".join(answer)
        if data.startswith(b"PK"):
            package = ZipFile(io.BytesIO(data))
            data = b"\n".join(package.read(name) for name in package.namelist())
        found[address] = data.decode("utf-8", "replace")
    return found


def test_nothing_public_holds_anybodys_data(client: Client) -> None:
    """Every name in the database, every score and moment, against every public output."""
    year = make_year()
    publish(year)
    names = set(Person.objects.values_list("name", flat=True))
    names |= {user.name for user in year.users.values()}
    names |= {case.case.recipient for case in year.cases}
    outputs = public_outputs(client)
    for address, text in outputs.items():
        assert {name for name in names if name in text} == set(), address
        plain = re.sub(r"[0-9a-f]{16,}", " ", re.sub(r"<[^>]*>", " ", text))
        left = masking.residuals(plain, known_names=names)
        assert [each for each in left if each.text not in {"20220902"}] == [], address
        for secret in ("90分", "70分", "50分", "两评一致", "夏平", "小组"):
            assert secret not in text, (address, secret)
    book = openpyxl.load_workbook(io.BytesIO(client.get("/public/2022/1/list.xlsx").content))
    assert [(sheet.title, sheet.sheet_state) for sheet in book.worksheets] == [
        ("评估结果", "visible")
    ]
    assert not book.defined_names
    sheet = book.worksheets[0]
    assert not [key for key, row in sheet.row_dimensions.items() if row.hidden]
    assert not [key for key, column in sheet.column_dimensions.items() if column.hidden]
