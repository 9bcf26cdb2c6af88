"""同义词: entered, refused, removed, offered by a preview; no imported case changes."""

from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client

from cases.actions import confirm_import, keep_synonym, open_frame, remove_synonym, upload_file
from cases.models import Case, CleaningLine, Frame, ImportBatch, Synonym
from tests.people import make_user, signed_in, words
from tests.workbook_samples import FIRM, HEADER, case, xlsx
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent, FirmAlias, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def frame() -> Frame:
    return open_frame(
        year=2022, window_from=date(2022, 1, 1), window_to=date(2022, 7, 31), rehearsal=False
    )


@pytest.fixture
def desk() -> Client:
    return signed_in(make_user(Role.CLERK))


def uploaded(frame: Frame, *rows: list[object]) -> ImportBatch:
    return upload_file(
        frame, content="ledger", data=xlsx([HEADER, *rows]), file_name="a.xlsx", by=None
    )


def test_a_kept_word_unifies_with_a_line_that_names_the_rule(frame: Frame) -> None:
    keep_synonym(subject="kind", word="劳动 案件", meaning="民事", by=None)
    keep_synonym(subject="header", word="办完那天", meaning="closed_on", by=None)
    confirm_import(uploaded(frame, case(1, 案件类型="劳动案")), by=None)
    assert Case.objects.get().kind == "civil"
    line = CleaningLine.objects.get(column="案件类型")
    assert (line.before, line.after, line.rule) == ("劳动案", "民事", "案件类型按同义词表统一")
    event = AuditEvent.objects.filter(action="keep_synonym").earliest("seq")
    assert (event.target, event.detail) == ("劳动 → 民事", {"subject": "kind"})


@pytest.mark.parametrize(
    ("subject", "word", "meaning", "sentence"),
    [
        ("kind", " 　", "民事", "请填写要登记的写法"),
        ("kind", "某" * 41, "民事", "太长"),
        ("kind", "劳动", "商事", "请选"),
        ("kind", "刑事案件", "民事", "系统本来就认作“刑事”"),
        ("stage", "第一审", "一审", "系统本来就认作“一审”"),
        ("header", "承办律师", "handlers", "系统本来就认作“承办人”"),
        ("header", "某列", "nothing", "请选"),
        ("firm", "某所", "没有的所", "请从机构名册里选"),
        ("firm", FIRM, FIRM, "是一个机构，不能再作别名"),
        ("colour", "红", "刑事", "请选这个词用于"),
    ],
)
def test_a_word_that_helps_nobody_is_refused(
    frame: Frame, subject: str, word: str, meaning: str, sentence: str
) -> None:
    confirm_import(uploaded(frame, case(1)), by=None)
    events = AuditEvent.objects.count()
    with pytest.raises(RefusedError, match=sentence) as refused:
        keep_synonym(subject=subject, word=word, meaning=meaning, by=None)
    assert refused.value.status == 422
    assert (Synonym.objects.count(), FirmAlias.objects.count()) == (0, 0)
    assert AuditEvent.objects.count() == events


def test_a_word_means_one_thing(frame: Frame) -> None:
    confirm_import(uploaded(frame, case(1), case(2, 承办机构="重庆新渡律师事务所")), by=None)
    keep_synonym(subject="stage", word="公安阶段", meaning="侦查", by=None)
    keep_synonym(subject="firm", word="榆舟所", meaning=FIRM, by=None)
    for subject, word, meaning in (
        ("stage", "公安", "一审"),
        ("firm", "榆舟所", "重庆新渡律师事务所"),
    ):
        with pytest.raises(RefusedError, match="已登记为"):
            keep_synonym(subject=subject, word=word, meaning=meaning, by=None)


@pytest.mark.parametrize(
    "fields",
    [
        {"subject": "colour", "word": "红", "meaning": "刑事"},
        {"subject": "kind", "word": "", "meaning": "刑事"},
        {"subject": "kind", "word": "劳动", "meaning": ""},
        {"subject": "kind", "word": "有了", "meaning": "刑事"},
    ],
)
def test_the_database_holds_no_senseless_word(fields: dict[str, str]) -> None:
    Synonym.objects.create(subject="kind", word="有了", meaning="民事")
    with pytest.raises(IntegrityError), transaction.atomic():
        Synonym.objects.create(**fields)


def test_neither_entering_nor_removing_a_word_changes_a_case(frame: Frame) -> None:
    keep_synonym(subject="kind", word="劳动", meaning="民事", by=None)
    rows = [case(1, 案件类型="劳动"), case(2, 承办机构="重庆渝舟所")]
    confirm_import(uploaded(frame, *rows), by=None)
    before = list(Case.objects.values())
    keep_synonym(subject="firm", word="重庆榆州所", meaning=FIRM, by=None)
    remove_synonym(subject="kind", pk=Synonym.objects.get().pk, by=None)
    remove_synonym(subject="firm", pk=FirmAlias.objects.get().pk, by=None)
    assert list(Case.objects.values()) == before
    with pytest.raises(RefusedError, match="没有找到这个同义词"):
        remove_synonym(subject="kind", pk=1, by=None)


def test_an_unknown_word_of_the_preview_is_entered_in_one_step(frame: Frame, desk: Client) -> None:
    confirm_import(uploaded(frame, case(1)), by=None)
    rows = [case(1), case(2, 案件类型="劳动"), case(3, 承办机构="榆舟律所")]
    batch = uploaded(frame, *rows)
    review = f"/y/2022/cases/import/{batch.pk}/"
    page = words(desk.get(review))
    assert "“劳动”就是" in page
    assert "“榆舟律所”就是" in page
    assert "1处错误要先改" in page
    for subject, word, meaning in (("kind", "劳动", "民事"), ("firm", "榆舟律所", FIRM)):
        told = {"subject": subject, "word": word, "meaning": meaning}
        assert desk.post(f"{review}word/", told)["Location"] == review
    page = words(desk.get(review))
    assert "“劳动”已登记为“民事”的同义词，文件已重新检查。" in page
    assert "确认导入3件" in page
    desk.post(f"{review}confirm/")
    assert {found.firm.name for found in Case.objects.all()} == {FIRM}
    assert Case.objects.get(serial=2).kind == "civil"
    assert (
        desk.post(
            f"{review}word/", {"subject": "kind", "word": "甲", "meaning": "民事"}
        ).status_code
        == 409
    )
    assert not Synonym.objects.filter(word="甲").exists()


def test_the_page_shows_enters_and_removes(frame: Frame, desk: Client) -> None:
    page = words(desk.get("/words/"))
    assert "还没有登记" in page
    assert "民事民、民商事、民商、劳动仲裁、劳动争议、民诉、商事" in page
    assert "承办人承办律师、承办人员" in page
    told = {"subject": "header", "word": "办完那天（年月日）", "meaning": "closed_on"}
    assert desk.post("/words/keep/", told)["Location"] == "/words/"
    page = words(desk.get("/words/"))
    assert "办完那天结案日期钟未央" in page
    word = Synonym.objects.get()
    assert word.kept_by == "钟未央"
    assert desk.post("/words/keep/", told).status_code == 422
    assert desk.post(f"/words/header/{word.pk}/remove/")["Location"] == "/words/"
    assert not Synonym.objects.exists()
    reader = signed_in(make_user(Role.AUDITOR))
    assert "登记</button>" not in reader.get("/words/").content.decode()
    assert reader.post("/words/keep/", told).status_code == 403


def test_the_words_of_the_product_are_loaded_once(capsys: Any) -> None:
    AuditEvent.objects.count()
    call_command("load_words")
    number = Synonym.objects.count()
    assert number > 80
    assert set(Synonym.objects.values_list("subject", flat=True)) == {"kind", "stage", "header"}
    Synonym.objects.all().delete()
    call_command("load_words")
    assert Synonym.objects.count() == 0
    assert capsys.readouterr().out.split("\n")[:2] == [
        f"已载入{number}个同义词", "同义词以前已载入，没有改动",
    ]  # fmt: skip
