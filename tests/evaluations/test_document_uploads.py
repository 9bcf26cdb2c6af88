"""Templates that the bureau edited: kept with version and hash, or refused in a clear sentence."""

import io
import zipfile
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from evaluations.actions.documents import restore_template, store_template
from evaluations.models import DocumentTemplate
from evaluations.queries.documents import built_in, template_in_force
from evaluations.rules.documents import DocumentKind
from tests.appeals.builders import make_user, make_year, signed_in
from tests.evaluations.test_document_templates import parts, texts
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent, Role, User

pytestmark = pytest.mark.django_db
SHEET = DocumentKind.SCORE_SHEET
Edit = Callable[[str], str]


@pytest.fixture
def bureau() -> User:
    return make_user("bureau", Role.BUREAU)


def edited(edit: Edit = lambda text: text, others: dict[str, bytes | None] | None = None) -> bytes:
    """The built-in score sheet as Word saves it after an edit; `others` are parts added."""
    kept = parts(built_in(SHEET).data)
    kept["word/document.xml"] = edit(kept["word/document.xml"].decode()).encode()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name, data in (kept | (others or {})).items():
            if data is not None:
                package.writestr(name, data)
    return target.getvalue()


def other_title(text: str) -> str:
    return text.replace("法律援助案件质量评分表", "质量评分表（万州）")


def split_field(text: str) -> str:
    """What Word does to a field when one half of it was once selected."""
    return text.replace("{{ 得分 }}", "{</w:t></w:r><w:r><w:t>{ 得</w:t></w:r><w:r><w:t>分 }}")


def test_an_edited_template_makes_the_documents_from_then_on(bureau: User) -> None:
    data = edited(lambda text: split_field(other_title(text)))
    kept = store_template(SHEET, name="评分表.docx", data=data, reason="改标题", by=bureau)
    assert (kept.version, template_in_force(SHEET).sha256) == (1, kept.sha256)
    event = AuditEvent.objects.get(action="store_template")
    assert (event.target, event.detail["sha256"]) == ("评分表模板第1版", kept.sha256)


def test_the_page_takes_it_and_the_document_shows_it() -> None:
    year = make_year()
    client = signed_in(year.users["bureau"])
    file = SimpleUploadedFile("评分表.docx", edited(other_title))
    page = "/y/2022/documents/score_sheet/"
    answer = client.post(page, {"file": file, "reason": "改标题"}, follow=True)
    assert "评分表改用你上传的模板（第1版）" in answer.content.decode()
    told = texts(client.get("/y/2022/settle/1/first/sheet-1.docx").content)
    assert "质量评分表（万州）" in told
    assert "90 分，优良" in told
    client.post(f"{page}restore/", {"reason": "试用完毕"})
    told = texts(client.get("/y/2022/settle/1/first/sheet-1.docx").content)
    assert "法律援助案件质量评分表" in told
    assert DocumentTemplate.objects.count() == 2


BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "文件是空的（0 字节）"),
    "old": (b"\xd0\xcf\x11\xe0\xa1\xb1", "旧格式的 .doc 或加了密码"),
    "text": ("我是文本".encode(), "不是完好的 Word 文档（.docx）"),
    "cut": (edited()[:900], "不是完好的 Word 文档（.docx）"),
    "large": (b"PK" + bytes(2 * 1024 * 1024), "模板超过 2 MB"),
    "no text": (edited(others={"word/document.xml": None}), "没有 Word 正文"),
    "xml": (edited(lambda t: t.replace("</w:body>", "")), "不是完好的 Word 文档（.docx）"),
    "entity": (edited(lambda t: "<!DOCTYPE x><x/>"), "不是完好的 Word 文档（.docx）"),
    "macro": (edited(others={"word/vbaProject.bin": b"x"}), "不是完好的 Word 文档（.docx）"),
    "field": (edited(lambda t: t.replace("{{ 得分 }}", "{{ 承办人 }}")), "不认识的字段“承办人”"),
    "column": (edited(lambda t: t.replace("行.满分", "行.满分值")), "没有“满分值”这一栏"),
    "table": (edited(lambda t: t.replace("行 in 项目", "行 in 案件")), "可用的表：项目"),
    "outside": (edited(lambda t: t.replace("{{ 得分 }}", "{{ 行.满分 }}")), "不在表的循环里"),
    "whole": (edited(lambda t: t.replace("{{ 得分 }}", "{{ 项目 }}")), "要用循环逐行写"),
    "open": (edited(lambda t: t.replace("{{ 得分 }}", "{{ 得分 ")), "标记不完整或不成对"),
    "endless": (edited(lambda t: t.replace("{%tr endfor %}", "")), "标记不完整或不成对"),
    "call": (edited(lambda t: t.replace("{{ 得分 }}", "{{ 得分.format(1) }}")), "写法，系统不执行"),
    "escape": (edited(lambda t: t.replace("{{ 得分 }}", "{{ ''.__class__ }}")), "不在表的循环里"),
    "filter": (edited(lambda t: t.replace("{{ 得分 }}", "{{ 得分|safe }}")), "写法，系统不执行"),
    "include": (edited(lambda t: t.replace("{{ 得分 }}", "{% include 'x' %}")), "写法，系统不执行"),
    "none": (edited(lambda t: "<w:document><w:t>没有字段</w:t></w:document>"), "一个字段也没有"),
    "insert": (edited(lambda t: t.replace("<w:body>", '<w:body><w:ins w:id="1"/>')), "修订标记"),
    "remark": (edited(lambda t: t.replace("<w:body>", "<w:body><w:commentReference/>")), "批注"),
    "hidden": (edited(lambda t: t.replace("<w:body>", "<w:body><w:vanish/>")), "隐藏的文字"),
    "link": (
        edited(others={"word/_rels/x.rels": b'<R TargetMode="External" Target="http://a"/>'}),
        "外部链接",
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_template_is_refused_with_what_to_do_and_nothing_kept(
    fault: str, bureau: User
) -> None:
    data, sentence = BROKEN[fault]
    with pytest.raises(RefusedError, match=sentence.replace("（", "[（]")) as refused:
        store_template(SHEET, name="x.docx", data=data, reason="试", by=bureau)
    assert refused.value.status == 422
    assert not DocumentTemplate.objects.exists()
    assert not AuditEvent.objects.filter(action="store_template").exists()
    assert template_in_force(SHEET).version == 0


def test_a_bomb_is_not_unpacked(bureau: User) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b"\0" * 400_000_000)
    with pytest.raises(RefusedError, match="不是完好的 Word 文档"):
        store_template(SHEET, name="x.docx", data=target.getvalue(), reason="试", by=bureau)


def test_the_same_file_again_and_no_reason_are_refused(bureau: User) -> None:
    data = edited(other_title)
    with pytest.raises(RefusedError, match="写明改了什么"):
        store_template(SHEET, name="x.docx", data=data, reason=" ", by=bureau)
    store_template(SHEET, name="x.docx", data=data, reason="改", by=bureau)
    with pytest.raises(RefusedError, match="现在用的就是这份模板"):
        store_template(SHEET, name="x.docx", data=data, reason="改", by=bureau)
    with pytest.raises(RefusedError, match="现在用的就是内置模板"):
        restore_template(DocumentKind.REPORT, reason="x", by=bureau)
    assert DocumentTemplate.objects.count() == 1


@pytest.mark.parametrize("role", [Role.LEADER, Role.AUDITOR, Role.CLERK, Role.SYSADMIN])
def test_only_the_bureau_edits(role: Role) -> None:
    with pytest.raises(RefusedError) as refused:
        store_template(SHEET, name="x", data=edited(), reason="改", by=make_user("x", role))
    assert refused.value.status == 403


def test_the_database_changes_no_kept_template(bureau: User) -> None:
    store_template(SHEET, name="x.docx", data=edited(other_title), reason="改", by=bureau)
    with (
        pytest.raises(DatabaseError, match="permission denied|一经记录"),
        transaction.atomic(),
    ):
        DocumentTemplate.objects.update(reason="别的")


def test_a_refused_upload_shows_the_sentence_on_the_page() -> None:
    year = make_year()
    client = signed_in(year.users["bureau"])
    file = SimpleUploadedFile("模板.docx", BROKEN["field"][0])
    answer = client.post("/y/2022/documents/score_sheet/", {"file": file, "reason": "改"})
    assert answer.status_code == 422
    assert "不认识的字段“承办人”" in answer.content.decode()
    empty = client.post("/y/2022/documents/score_sheet/", {"reason": "改"})
    assert empty.status_code == 422


def test_pages_of_templates_for_every_reader() -> None:
    year = make_year()
    for role in ("bureau", "leader", "auditor"):
        client = signed_in(year.users[role])
        page = client.get("/y/2022/documents/").content.decode()
        assert page.count("内置") >= len(DocumentKind)
        assert "项目" in client.get("/y/2022/documents/score_sheet/").content.decode()
        for file in ("template.docx", "specimen.docx"):
            assert client.get(f"/y/2022/documents/score_sheet/{file}").status_code == 200
        assert client.get("/y/2022/documents/nonsense/").status_code == 404
