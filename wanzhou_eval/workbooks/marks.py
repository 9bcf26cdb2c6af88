"""What calamine does not tell of old .xls and of .ods files: hidden rows and, of .xls, more.

Read in Python from the bytes themselves, bounds checked: a damaged place ends the search
with what was found so far, for calamine then says what is wrong with the file.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from wanzhou_eval.workbooks.guard import Handlers, Package
from wanzhou_eval.workbooks.model import MAX_ROWS

FREE = 0xFFFFFFFA
"""From here on a sector number is a mark (end of chain, free, table), no place."""
ENTRY = 128
END, DATEMODE, FILEPASS, BOUNDSHEET, ROW = 0x000A, 0x0022, 0x002F, 0x0085, 0x0208
HIDDEN_ROW = 0x20
MACROS = "_VBA_PROJECT_CUR"


@dataclass(slots=True)
class Marks:
    """Hidden rows (as shown, from 1) of the worksheets in order; facts of the whole file."""

    hidden: list[frozenset[int]] = field(default_factory=list)
    date1904: bool = False
    locked: bool = False
    macros: bool = False


class OdsRows(Handlers):
    """content.xml: the rows that a person or a filter hid, table by table."""

    def __init__(self) -> None:
        self.tables: list[set[int]] = []
        self.number = 0
        self.start = self._start

    def _start(self, name: str, attrs: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "table" and name != tag:
            self.tables.append(set())
            self.number = 0
        elif tag == "table-row" and self.tables:
            told = {key.rpartition(":")[2]: value for key, value in attrs.items()}
            repeated = told.get("number-rows-repeated", "1")
            count = int(repeated) if repeated.isascii() and repeated.isdigit() else 1
            if told.get("visibility", "visible") != "visible":
                last = self.number + min(count, MAX_ROWS)
                self.tables[-1].update(range(self.number + 1, last + 1))
            self.number += count


def ods_marks(package: Package) -> Marks:
    """The hidden rows of an .ods. Raises RefusedError for broken XML and entities."""
    rows = OdsRows()
    package.parse("content.xml", rows)
    return Marks([frozenset(table) for table in rows.tables])


def xls_marks(data: bytes) -> Marks:
    """Hidden rows, date system, password and macros of a BIFF8 .xls."""
    marks = Marks()
    try:
        streams = dict(_streams(data))
        marks.macros = MACROS in streams
        _walk(streams.get("Workbook", b""), marks)
    except (struct.error, IndexError, ValueError):
        pass
    return marks


def _streams(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Names of the container's entries; the bytes of the stream Workbook."""
    size = 1 << min(struct.unpack_from("<H", data, 30)[0], 12)
    first, cutoff = struct.unpack_from("<I", data, 48)[0], struct.unpack_from("<I", data, 56)[0]
    tables = [n for n in struct.unpack_from("<109I", data, 76) if n < FREE]
    fat: list[int] = []
    for sector in tables:
        fat.extend(struct.unpack_from(f"<{size // 4}I", data, (sector + 1) * size))
    directory = _chain(data, first, fat, size)
    for at in range(0, len(directory) - ENTRY + 1, ENTRY):
        length = struct.unpack_from("<H", directory, at + 64)[0]
        name = directory[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
        start, used = struct.unpack_from("<II", directory, at + 116)
        wanted = name == "Workbook" and used >= cutoff
        yield name, _chain(data, start, fat, size)[:used] if wanted else b""


def _chain(data: bytes, sector: int, fat: list[int], size: int) -> bytes:
    parts: list[bytes] = []
    while sector < FREE and len(parts) <= len(fat):
        parts.append(data[(sector + 1) * size : (sector + 2) * size])
        sector = fat[sector]
    return b"".join(parts)


def _walk(stream: bytes, marks: Marks) -> None:
    """The globals first: they say where each worksheet begins."""
    starts: list[int] = []
    for kind, at in _records(stream, 0):
        if kind == FILEPASS:
            marks.locked = True
            return
        if kind == DATEMODE:
            marks.date1904 = struct.unpack_from("<H", stream, at)[0] == 1
        elif kind == BOUNDSHEET:
            start, _, sort = struct.unpack_from("<IBB", stream, at)
            if sort == 0:
                starts.append(start)
    for start in starts:
        rows = (
            struct.unpack_from("<H10xH", stream, at)
            for k, at in _records(stream, start)
            if k == ROW
        )
        marks.hidden.append(frozenset(row + 1 for row, flags in rows if flags & HIDDEN_ROW))


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int]]:
    """Kind and place of each record of a substream, up to its end."""
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == END:
            return
        yield kind, at + 4
        at += 4 + length
