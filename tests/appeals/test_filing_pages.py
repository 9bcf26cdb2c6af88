"""提出异议 through the handler's pages: what is shown, filed, too late, and of others."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from appeals.models import Appeal
from tests.appeals.builders import STATEMENT, WINDOW_END, make_year, signed_in
from tests.appeals.filing import PDF, published

pytestmark = pytest.mark.django_db


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
