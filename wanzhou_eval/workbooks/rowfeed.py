"""The quick way through a sheet: rows of the plain form are taken by one regular expression.

A ledger of 100,000 rows has two million cells, and five expat events a cell cost more than
all the checking. Rows written as every spreadsheet program writes them — cells with r, s, t in this
order, a value or an inline text, no entity, no formula — are matched whole and taken at
once; every other byte of the part, and every other row, goes to expat as it stands. So
whatever is unusual is read or refused by the XML parser, and all ways give the same rows.
"""

import re
from collections.abc import Iterable
from typing import Protocol
from xml.parsers.expat import XMLParserType

from wanzhou_eval.workbooks.layouts import Layout, Layouts

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
CLOSED = b"</row>"
LONGEST_ROW = 4 * 1024 * 1024
LONGEST_KNOWN = 8 * 1024
KEEP = 8

CONTROLS = bytes({*range(32)} - {9, 10, 13})
"""What no XML may hold: the parser is to refuse it."""


class RowTaker(Protocol):
    """Who takes the plain rows."""

    layouts: Layouts

    def plain_row(self, attributes: str, cells: Cells) -> object:
        """A row matched cell by cell."""

    def known_row(self, layout: Layout, groups: tuple[str, ...]) -> bool:
        """A row matched whole; False when it must be read cell by cell."""


class RowFeed:
    """Cuts the bytes of a sheet into rows; `taker` gets the plain ones, expat all the rest."""

    def __init__(self, parser: XMLParserType, taker: RowTaker) -> None:
        self.parser = parser
        self.taker = taker
        self.buffer = b""
        self.plain = True
        self.begun = False

    def feed(self, chunks: Iterable[bytes]) -> None:
        """The whole part. Raises what expat and `taker` raise."""
        for chunk in chunks:
            if not self.begun:
                self.begun, self.plain = True, is_utf8(chunk)
            if self.plain:
                self.buffer += chunk
                self.plain = len(self.buffer.translate(None, CONTROLS)) == len(self.buffer)
                self._cut()
            else:
                self.parser.Parse(chunk, False)
        self.parser.Parse(self.buffer, True)

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
            if start > done:
                self._pass(buffer[done:start])
                done = start
                continue  # it may have ended the quick way
            end = self._known(buffer, start) or self._other(buffer, start)
            if end < 0:
                break
            done = end
        self.buffer = buffer[done:]
        if not self.plain:
            self.parser.Parse(self.buffer, False)
            self.buffer = b""

    def _pass(self, between: bytes) -> None:
        """Bytes outside rows. A comment, CDATA or instruction ends the quick way for good."""
        if between and not between.isspace():
            self.parser.Parse(between, False)
            if is_broken_up(between):
                self.plain = False

    def _row(self, raw: bytes) -> None:
        try:
            row = raw.decode()
        except UnicodeDecodeError:
            self.parser.Parse(raw, False)
            return
        found = ROW.fullmatch(row)
        if found is None:
            self.parser.Parse(raw, False)
        else:
            self.taker.plain_row(found[1], CELLS.findall(found[2]))
            self.taker.layouts.learn(found[2])

    def _known(self, buffer: bytes, start: int) -> int:
        """Take a row whole when it is written as others before, and say where it ends; else 0.

        What a layout matches is one row to its end.
        """
        layouts = self.taker.layouts
        closed = buffer.find(CLOSED, start, start + LONGEST_KNOWN) if layouts.known else -1
        raw = buffer[start : closed + len(CLOSED)]
        if closed < 0 or b"\r" in raw:
            return 0
        try:
            known = layouts.read(raw.decode())
        except UnicodeDecodeError:
            return 0
        taken = known is not None and self.taker.known_row(*known)
        return closed + len(CLOSED) if taken else 0

    def _other(self, buffer: bytes, start: int) -> int:
        """Take the row that begins at `start` and say where it ends; -1: more bytes are needed."""
        end = _end(buffer, start)
        if end >= 0:
            self._row(buffer[start:end])
        elif len(buffer) - start > LONGEST_ROW:
            self.plain = False
        return end


def is_utf8(first: bytes) -> bool:
    """Whether a part may be cut, by its first bytes; another encoding is expat's."""
    head = first[:200]
    declared = re.search(rb"""encoding=["']([^"']*)["']""", head)
    utf8 = declared is None or declared[1].lower() == b"utf-8"
    return utf8 and head.lstrip(b"\xef\xbb\xbf").startswith(b"<")


def is_broken_up(passed: bytes) -> bool:
    """Whether a comment, CDATA or instruction stands there: it may hide what looks like tags."""
    return b"<!" in passed or b"<?" in passed.replace(b"<?xml ", b"", 1)


def _end(buffer: bytes, start: int) -> int:
    """Where the row that begins at `start` ends, -1 when more bytes are needed."""
    opened = buffer.find(b">", start)
    if opened < 0:
        return -1
    if buffer[start + 4 : start + 5] not in {b" ", b">", b"/"} or buffer[opened - 1] == ord("/"):
        return opened + 1
    closed = buffer.find(CLOSED, opened)
    return closed + len(CLOSED) if closed >= 0 else -1
