"""Attachments and finality, without a database."""

import io
import zipfile
from datetime import UTC, datetime

import pytest

from appeals.rules import is_final
from wanzhou_eval.attachments import (
    check_attachment,
    check_attachments,
    clean_file_name,
    kind_of,
)


def word(*, macro: bool = False) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("word/document.xml", "<x/>")
        if macro:
            archive.writestr("word/vbaProject.bin", "x")
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7", "pdf"),
        (b"\xff\xd8\xff\xe0", "jpg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (word(), "docx"),
        (word(macro=True), ""),
        (b"PK\x03\x04", ""),
        (b"<html>", ""),
        (b"", ""),
    ],
)
def test_type_is_told_by_content(data: bytes, kind: str) -> None:
    assert kind_of(data) == kind


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\文件\\申辩书.DOCX", "申辩书.docx"),
        ("a\u202egpj.pdf", "agpj.pdf"),
        (".pdf", "附件.pdf"),
        ('<b>"x".png', "bx.png"),
    ],
)
def test_names_are_cleaned(name: str, clean: str) -> None:
    assert clean_file_name(name) == clean


def test_a_word_file_is_kept_with_its_type() -> None:
    kept = check_attachment("申辩书.docx", word())
    assert not isinstance(kept, str)
    assert kept.content_type.endswith("wordprocessingml.document")


def test_at_most_five_files() -> None:
    kept, problems = check_attachments([("a.pdf", b"%PDF-")] * 6)
    assert len(kept) == 6
    assert problems == ["附件最多 5 个，请合并后上传。"]


@pytest.mark.parametrize(
    ("hours", "appealed", "answered", "withdrawn", "final"),
    [
        (-1, False, False, False, False),
        (0, False, False, False, True),
        (1, False, False, False, True),
        (1, True, False, False, False),
        (-1, True, True, False, True),
        (-1, True, False, True, True),
    ],
)
def test_finality(hours: int, appealed: bool, answered: bool, withdrawn: bool, final: bool) -> None:
    until = datetime(2022, 9, 10, 12, tzinfo=UTC)
    now = until.replace(hour=12 + hours)
    assert (
        is_final(now=now, until=until, appealed=appealed, answered=answered, withdrawn=withdrawn)
        is final
    )
    assert not is_final(now=now, until=None, appealed=False, answered=False, withdrawn=False)
