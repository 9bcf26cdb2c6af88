"""The quick way through a sheet: rows of the plain form are taken by one regular expression.

A ledger of 100,000 rows has two million cells, and five expat events a cell cost more than
all the checking. Rows written as every spreadsheet program writes them — cells with r, s, t in this
order, a value or an inline text, no entity, no formula — are matched whole and taken at
once; every other byte of the part, and every other row, goes to expat as it stands. So
whatever is unusual is read or refused by the XML parser, and the two ways give the same rows.
"""

import re
from collections.abc import Callable, Iterable
from xml.parsers.expat import XMLParserType

Cells = list[tuple[str, str, str, str, str]]
"""Column letters, style, type, value and inline text of each cell."""

_TEXT = r"[^<&\x00-\x08\x0b-\x1f\ufffe\uffff]*"
_CELL = (
    r'<c r="([A-Z]{1,3})[0-9]{1,7}"(?: s="([0-9]{1,6})")?(?: t="(n|s|inlineStr)")? ?'
    rf'(?:/>|>(?:<v>({_TEXT})</v>|<is><t(?: xml:space="preserve")?>({_TEXT})</t></is>)?</c>)'
)
_PLAIN_CELL = re.sub(r"\((?!\?)", "(?:", _CELL)
CELLS = re.compile(_CELL)
ROW = re.compile(rf"<row((?: [^<>&]*)?)>((?:{_PLAIN_CELL})*)</row>")
NUMBER = re.compile(r' r="([0-9]{1,7})"')
HIDDEN = re.compile(r' hidden="(?:1|true)"')
LONGEST_ROW = 4 * 1024 * 1024
KEEP = 8

TakeRow = Callable[[str, Cells], object]


class RowFeed:
    """Cuts the bytes of a sheet into rows; `take` gets the plain ones, expat all the rest."""

    def __init__(self, parser: XMLParserType, take: TakeRow) -> None:
        self.parser = parser
        self.take = take
        self.buffer = b""
        self.plain = True
        self.begun = False

    def feed(self, chunks: Iterable[bytes]) -> None:
        """The whole part. Raises what expat and `take` raise."""
        for chunk in chunks:
            if not self.begun:
                self._begin(chunk)
            if self.plain:
                self.buffer += chunk
                self._cut()
            else:
                self.parser.Parse(chunk, False)
        self.parser.Parse(self.buffer, True)

    def _begin(self, chunk: bytes) -> None:
        """Only UTF-8 is cut; another encoding is expat's from the first byte."""
        self.begun = True
        head = chunk[:200]
        declared = re.search(rb"""encoding=["']([^"']*)["']""", head)
        utf8 = declared is None or declared[1].lower() == b"utf-8"
        self.plain = utf8 and head.lstrip(b"\xef\xbb\xbf").startswith(b"<")

    def _cut(self) -> None:
        """Take every complete row of the buffer; keep what may be the start of the next."""
        buffer, done = self.buffer, 0
        while self.plain:
            start = buffer.find(b"<row", done)
            if start < 0:
                keep = max(done, len(buffer) - KEEP)
                self._pass(buffer[done:keep])
                done = keep
                break
            self._pass(buffer[done:start])
            done = start
            end = _end(buffer, start)
            if end < 0:
                self.plain = self.plain and len(buffer) - start <= LONGEST_ROW
                break
            if self.plain:
                self._row(buffer[start:end])
                done = end
        self.buffer = buffer[done:]
        if not self.plain:
            self.parser.Parse(self.buffer, False)
            self.buffer = b""

    def _pass(self, between: bytes) -> None:
        """Bytes outside rows. A comment, CDATA or instruction ends the quick way for good."""
        if between and not between.isspace():
            self.parser.Parse(between, False)
            if b"<!" in between or b"<?" in between.replace(b"<?xml ", b"", 1):
                self.plain = False

    def _row(self, raw: bytes) -> None:
        try:
            found = ROW.fullmatch(raw.decode())
        except UnicodeDecodeError:
            found = None
        if found is None:
            self.parser.Parse(raw, False)
        else:
            self.take(found[1], CELLS.findall(found[2]))


def _end(buffer: bytes, start: int) -> int:
    """Where the row that begins at `start` ends, -1 when more bytes are needed."""
    opened = buffer.find(b">", start)
    if opened < 0:
        return -1
    if buffer[start + 4 : start + 5] not in {b" ", b">", b"/"} or buffer[opened - 1] == ord("/"):
        return opened + 1
    closed = buffer.find(b"</row>", opened)
    return closed + 6 if closed >= 0 else -1
