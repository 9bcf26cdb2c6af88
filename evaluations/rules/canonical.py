"""The byte form that all freeze files share (LAQD/1 2.1): headers, sections, rows in order.

Every refusal names the line, counted from 1 in the whole file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from operator import lt

from evaluations.rules.characters import CODE, HEX64
from evaluations.rules.errors import RuleError
from evaluations.rules.hashing import HashName, hash_text
from evaluations.rules.tickets import SPEC

NONE = "-"
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
CONTROL_BYTES = bytes({*range(32), 127} - {9, 10})


@dataclass(frozen=True, slots=True)
class Head:
    """The headers of every kind. `prev` is the result hash of the year's previous draw."""

    draw: str
    hash: HashName = HashName.SHA256
    prev: str = NONE
    commit: str = NONE


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of one `[name]`; `first_line` is the line number of the first row."""

    name: str
    first_line: int
    lines: list[str]

    def cells(self, width: int) -> Iterator[tuple[int, list[str]]]:
        """Yield line number and cells; refuse a row of another width or with an empty cell."""
        for number, line in enumerate(self.lines, self.first_line):
            cells = line.split("\t")
            if len(cells) != width or "" in cells:
                raise bad_line(
                    number, f"应有{width}栏且不留空（没有内容写“-”），现有{len(cells)}栏"
                )
            yield number, cells


@dataclass(frozen=True, slots=True)
class Document:
    """A freeze file taken apart, its canonical form checked, its cells not yet."""

    text: str
    headers: dict[str, str]
    sections: dict[str, Section]

    def line_of(self, key: str) -> int:
        """Return the line number of a header."""
        return list(self.headers).index(key) + 2


def bad_line(number: int, what: str) -> RuleError:
    """Return the refusal of one line."""
    return RuleError(f"名单第{number}行：{what}。请更正后重新封存。")


def decode(data: bytes) -> str:
    """Return the text of a freeze file; refuse a byte order mark and bytes that are not UTF-8."""
    if data.startswith(b"\xef\xbb\xbf"):
        raise bad_line(1, "文件开头有BOM标记，应存为不带BOM的UTF-8")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        number = data.count(b"\n", 0, error.start) + 1
        raise bad_line(number, "不是UTF-8编码（可能存成了GBK）") from None


def check_bytes(text: str) -> None:
    """Check line ends and control characters of the whole file."""
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        number = text.count("\n", 0, error.start) + 1
        raise bad_line(number, "含有残缺的字符") from None
    found = None
    if len(data.translate(None, CONTROL_BYTES)) != len(data):
        found = CONTROL.search(text)
    if found:
        name = "回车符（应只用换行符LF）" if found[0] == "\r" else "控制字符"
        raise bad_line(text.count("\n", 0, found.start()) + 1, f"含有{name}")
    if not text.endswith("\n"):
        raise bad_line(text.count("\n") + 1, "文件末尾缺少换行符")
    if "\n\n" in text:
        raise bad_line(text.count("\n", 0, text.index("\n\n")) + 2, "是空行")


def check_order(section: Section) -> None:
    """Check that rows ascend strictly; code point order equals the order of UTF-8 bytes."""
    lines = section.lines
    if all(map(lt, lines, islice(lines, 1, None))):
        return
    for number, (above, below) in enumerate(pairwise(lines), section.first_line + 1):
        if above == below:
            raise bad_line(number, "与上一行重复")
        if above > below:
            raise bad_line(number, "没有按字节顺序排列，应在上一行之前")


def read_headers(lines: list[str], keys: Sequence[str]) -> dict[str, str]:
    """Return the headers; they must be all there, in the order of `keys`."""
    headers: dict[str, str] = {}
    for number, key in enumerate(keys, 2):
        line = lines[number - 1] if number <= len(lines) else ""
        found, equals, value = line.partition("=")
        if found != key or not equals:
            raise bad_line(number, f"应为“{key}=…”，现为“{line[:40]}”")
        if not value or "\t" in value:
            raise bad_line(number, f"“{key}”没有内容或含有制表符（没有内容写“-”）")
        headers[key] = value
    return headers


def read_sections(lines: list[str], start: int, names: Sequence[str]) -> dict[str, Section]:
    """Return the sections; they must be all there, in the order of `names`."""
    marks = [start]
    for name in names[1:]:
        try:
            marks.append(lines.index(f"[{name}]", marks[-1] + 1))
        except ValueError:
            raise bad_line(len(lines), f"缺少“[{name}]”一节") from None
    if len(lines) <= start or lines[start] != f"[{names[0]}]":
        raise bad_line(start + 1, f"应为“[{names[0]}]”")
    ends = [*marks[1:], len(lines)]
    sections = {}
    for name, mark, end in zip(names, marks, ends, strict=True):
        sections[name] = Section(name, mark + 2, lines[mark + 1 : end])
    return sections


def take_apart(
    text: str, *, keys: Sequence[str], names: Sequence[str], sealed: bool = False
) -> Document:
    """Check the canonical form and return headers and sections; raises `RuleError`.

    Bytes and order of a `sealed` text, whose fingerprint agrees, are not checked again.
    """
    if not sealed:
        check_bytes(text)
    lines = text[:-1].split("\n")
    if lines[0] != SPEC:
        raise bad_line(1, f"应为“{SPEC}”")
    headers = read_headers(lines, keys)
    sections = read_sections(lines, len(keys) + 1, names)
    for section in () if sealed else sections.values():
        check_order(section)
    return Document(text, headers, sections)


def put_together(headers: Mapping[str, str], sections: Mapping[str, Sequence[str]]) -> str:
    """Return the text of a freeze file: headers and sections as given, rows sorted by bytes."""
    lines = [SPEC, *(f"{key}={value}" for key, value in headers.items())]
    for name, rows in sections.items():
        lines += [f"[{name}]", *sorted(rows)]
    return "\n".join(lines) + "\n"


def read_head(document: Document) -> Head:
    """Return the common headers, checked."""
    headers = document.headers
    if not CODE.fullmatch(headers["draw"]):
        raise bad_line(document.line_of("draw"), "抽选编号只能用字母、数字和“._-”，最多40个")
    try:
        name = HashName(headers["hash"])
    except ValueError:
        raise bad_line(document.line_of("hash"), "杂凑算法只能是SHA-256或SM3") from None
    for key in ("prev", "commit"):
        check_reference(document, key)
    return Head(headers["draw"], name, headers["prev"], headers["commit"])


def check_reference(document: Document, key: str) -> None:
    """Check that a header is `-` or a hash."""
    value = document.headers[key]
    if value != NONE and not HEX64.fullmatch(value):
        raise bad_line(document.line_of(key), f"“{key}”应为“-”或64位小写十六进制指纹")


def head_headers(kind: str, head: Head) -> dict[str, str]:
    """Return the common headers in their order."""
    return {
        "kind": kind,
        "draw": head.draw,
        "hash": head.hash.value,
        "prev": head.prev,
        "commit": head.commit,
    }


def text_hash(head: Head, text: str) -> str:
    """Return the hash of a text under the hash of its draw."""
    return hash_text(head.hash, text)
