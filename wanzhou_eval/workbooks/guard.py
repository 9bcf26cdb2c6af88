"""The guard before a packed workbook.

What is refused before anything is unpacked, and the counted, DOCTYPE-free way in which
every part of the package is read.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from xml.parsers import expat
from xml.parsers.expat import XMLParserType

from wanzhou_eval.errors import RefusedError
from wanzhou_eval.workbooks.model import (
    MAX_FILE_BYTES,
    MAX_MEMBERS,
    MAX_RATIO,
    MAX_UNPACKED_BYTES,
)

CHUNK = 64 * 1024
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    RuntimeError,
)
"""What Python's zip reader raises on damaged packages; NotImplementedError is a RuntimeError."""
DAMAGED = "文件已损坏或没有传完整，读不出来：请在 Excel 或 WPS 中重新打开、另存为 .xlsx 后再上传。"


Pace = Callable[[float], object]
"""Told which share of a file is read; what it raises stops the reading."""


def unheard(_share: float) -> None:
    """Nobody waits."""


def refuse(sentence: str) -> RefusedError:
    """Bad input: the answer is 422."""
    return RefusedError(sentence, status=422)


def local(name: str) -> str:
    """An element or attribute name without its namespace prefix."""
    return name.rpartition(":")[2]


def check_size(data: bytes) -> None:
    """Refuse an empty file and one above the size cap."""
    if not data:
        raise refuse("文件是空的（0 字节）：请确认导出成功后重新选择文件。")
    if len(data) > MAX_FILE_BYTES:
        size = len(data) / 1024 / 1024
        raise refuse(
            f"文件有 {size:.1f} MB，超过上限 {MAX_FILE_BYTES // 1024 // 1024} MB："
            "请删去图片和无关工作表，或者分成几个文件导入。"
        )


class Package:
    """An opened zip package whose unpacked bytes are counted while they are read."""

    def __init__(self, data: bytes) -> None:
        try:
            self.zip = zipfile.ZipFile(io.BytesIO(data))
        except BROKEN as error:
            raise refuse(DAMAGED) from error
        self.names = frozenset(self.zip.namelist())
        self.whole = sum(member.file_size for member in self.zip.infolist())
        self.budget = MAX_UNPACKED_BYTES
        self.pace: Pace = unheard
        self._check_directory(len(data))

    def _check_directory(self, packed: int) -> None:
        members = self.zip.infolist()
        if len(members) > MAX_MEMBERS or len(self.names) != len(members):
            raise refuse(
                f"压缩包内有 {len(members)} 个部件或有重名部件，不是正常的工作簿："
                "请另存为 .xlsx 后再上传。"
            )
        if any(member.flag_bits & 0x1 for member in members):
            raise refuse("文件设了打开密码：请在 Excel 中取消密码、另存后再上传。")
        declared = sum(member.file_size for member in members)
        if declared > MAX_UNPACKED_BYTES or declared > max(packed, 1) * MAX_RATIO:
            raise refuse(
                "文件解压后大得不正常（疑似压缩炸弹），没有读取："
                "请把台账复制到一个新的工作簿，另存后再上传。"
            )
        if any(name.lower().endswith("vbaproject.bin") for name in self.names):
            raise refuse("文件含有宏：请在 Excel 中另存为不含宏的 .xlsx 后再上传。")

    def chunks(self, name: str) -> "Chunks":
        """The unpacked bytes of one part, piece by piece, counted against the budget."""
        return Chunks(self, name)

    def parse(self, name: str, handlers: "Handlers") -> None:
        """Feed one XML part to `handlers`. Raises RefusedError for DOCTYPE and broken XML."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler = handlers.start
        parser.EndElementHandler = handlers.end
        parser.CharacterDataHandler = handlers.text
        try:
            handlers.feed(parser, self.chunks(name))
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise refuse(DAMAGED) from error


class Handlers:
    """What to do with the elements of one part; by default nothing."""

    start: Callable[[str, dict[str, str]], object] | None = None
    end: Callable[[str], object] | None = None
    text: Callable[[str], object] | None = None

    def feed(self, parser: XMLParserType, chunks: Iterable[bytes]) -> None:
        """Give the parser all the bytes; parts with a quicker way override this."""
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)


class Chunks:
    """Iterates over a part; a lying header cannot make it unpack more than the budget."""

    def __init__(self, package: Package, name: str) -> None:
        self.package = package
        self.name = name

    def __iter__(self) -> "Chunks":
        try:
            self.stream = self.package.zip.open(self.name)
        except BROKEN as error:
            raise refuse(DAMAGED) from error
        return self

    def __next__(self) -> bytes:
        try:
            chunk = self.stream.read(CHUNK)
        except BROKEN as error:
            raise refuse(DAMAGED) from error
        if not chunk:
            raise StopIteration
        self.package.budget -= len(chunk)
        if self.package.budget < 0:
            raise refuse("文件解压后大得不正常（疑似压缩炸弹），没有读取：请另存后再上传。")
        self.package.pace((MAX_UNPACKED_BYTES - self.package.budget) / max(self.package.whole, 1))
        return chunk


def _refuse_doctype(*_: object) -> None:
    raise refuse(
        "文件内部带有 DOCTYPE 或实体声明，正常的工作簿没有这些内容，没有读取："
        "请在 Excel 或 WPS 中打开、另存为 .xlsx 后再上传。"
    )
