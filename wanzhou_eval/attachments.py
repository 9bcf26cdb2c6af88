"""What may be kept as an attachment: the type by content, a clean name, 20 MB at most. Pure."""

import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO

FILE_LIMIT = 20 * 1024 * 1024
FILES_LIMIT = 5
NAME_LIMIT = 80
ZIP_MEMBERS_LIMIT = 2000
ZIP_SIZE_LIMIT = 200 * 1024 * 1024

TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
SCANS = frozenset({"pdf", "jpg", "png"})
"""What a scan of paper may be."""
KIND_WORDS = {"pdf": "PDF", "jpg": "JPG", "png": "PNG", "docx": "Word（docx）"}
SPELLINGS = {"jpeg": "jpg"}
_NOT_IN_NAMES = re.compile(
    '[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff<>:"|?*]'
)


@dataclass(frozen=True)
class Attachment:
    """A file as it may be kept: cleaned name, type by content."""

    name: str
    content_type: str
    data: bytes


def kind_of(data: bytes) -> str:
    """The type by content: pdf, jpg, png, docx, or empty for anything else."""
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    return "docx" if data.startswith(b"PK\x03\x04") and _is_word(data) else ""


def _is_word(data: bytes) -> bool:
    """A ZIP with the parts of a Word document, no macros, and of a believable size."""
    try:
        members = zipfile.ZipFile(BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    names = {member.filename for member in members}
    return (
        {"[Content_Types].xml", "word/document.xml"} <= names
        and "word/vbaProject.bin" not in names
        and len(members) <= ZIP_MEMBERS_LIMIT
        and sum(member.file_size for member in members) <= ZIP_SIZE_LIMIT
    )


def clean_file_name(name: str) -> str:
    """The last part of a path without control, bidirectional and reserved characters."""
    plain = _NOT_IN_NAMES.sub("", name.replace("\\", "/").rsplit("/", 1)[-1])
    stem, _, ending = plain.strip(" .").rpartition(".")
    return f"{stem.strip(' .')[:NAME_LIMIT] or '附件'}.{ending.lower()[:8]}"


def check_attachment(
    name: str, data: bytes, kinds: Iterable[str] = tuple(TYPES)
) -> Attachment | str:
    """The file as it may be kept, or the sentence why not."""
    clean = clean_file_name(name)
    if not data:
        return f"“{clean}”是空文件（0 字节），请重新选择后上传。"
    if len(data) > FILE_LIMIT:
        return f"“{clean}”超过 20 MB，请压缩或分成几个文件后上传。"
    kind = kind_of(data)
    if kind not in kinds:
        *words, last = [word for each, word in KIND_WORDS.items() if each in kinds]
        return f"“{clean}”不是 {'、'.join(words)} 或 {last}文件，请转换后上传。"
    ending = clean.rpartition(".")[2]
    if SPELLINGS.get(ending, ending) != kind:
        return f"“{clean}”的内容其实是 {kind}，与扩展名不符，请用原来的扩展名后上传。"
    return Attachment(clean, TYPES[kind], data)


def check_attachments(
    files: Iterable[tuple[str, bytes]], kinds: Iterable[str] = tuple(TYPES)
) -> tuple[list[Attachment], list[str]]:
    """All files as they may be kept, and the sentences of those that may not."""
    results = [check_attachment(name, data, kinds) for name, data in files]
    kept = [each for each in results if isinstance(each, Attachment)]
    problems = [each for each in results if isinstance(each, str)]
    if len(results) > FILES_LIMIT:
        problems.append(f"附件最多 {FILES_LIMIT} 个，请合并后上传。")
    return kept, problems
