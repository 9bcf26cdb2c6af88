"""sharedStrings.xml → the table of texts; runs of plain strings without the XML parser.

A list of 100,000 cases has four texts of its own in each row, and six expat events a text.
Strings as every spreadsheet program writes them, without rich text or entities, are taken by
one regular expression; whatever else stands there goes to expat as it is (as in `rowfeed`).
"""

import re
from collections.abc import Iterable
from xml.parsers.expat import XMLParserType

from wanzhou_eval.workbooks.guard import Handlers, local, refuse
from wanzhou_eval.workbooks.model import MAX_CELL_CHARACTERS
from wanzhou_eval.workbooks.numbers import unescape
from wanzhou_eval.workbooks.rowfeed import CONTROLS, is_broken_up, is_utf8

BEGIN, END = b"<si>", b"</si>"
_TEXT = r'<t(?: xml:space="preserve")?>([^<&\r\ufffe\uffff]*)</t>'
TEXTS = re.compile(_TEXT)
PLAIN = re.compile(f"(?:<si>{_TEXT}</si>)+".replace("([", "(?:["))
TOO_LONG = f"有单元格的内容超过 {MAX_CELL_CHARACTERS} 字：请删短后重新上传。"


class Strings(Handlers):
    """The texts in the order of the part, phonetic readings left out; blank ones are None."""

    def __init__(self) -> None:
        self.values: list[str | None] = []
        self.parts: list[str] = []
        self.reading = False
        self.phonetic = False
        self.start, self.end, self.text = self._start, self._end, self._text

    def feed(self, parser: XMLParserType, chunks: Iterable[bytes]) -> None:
        """Complete strings as soon as they are there; the rest waits for the next piece."""
        rest, plain = b"", True
        for place, chunk in enumerate(chunks):
            plain = plain and (place > 0 or is_utf8(chunk))
            rest += chunk
            end = rest.rfind(END) + len(END) if plain else len(rest)
            if end < len(END):
                continue
            plain = self._strings(parser, rest[:end]) and plain
            rest = rest[end:]
        parser.Parse(rest, True)

    def _strings(self, parser: XMLParserType, block: bytes) -> bool:
        """Take a block that ends with a string. False: no more of the quick way.

        After a comment, CDATA or instruction what looks like a string need not be one.
        """
        start = max(block.find(BEGIN), 0)
        head, strings = block[:start], block[start:]
        clean = len(strings.translate(None, CONTROLS)) == len(strings)
        try:
            found = PLAIN.fullmatch(strings.decode()) if clean else None
        except UnicodeDecodeError:
            found = None
        if found is None:
            parser.Parse(block, False)
            return not is_broken_up(block)
        if head:
            parser.Parse(head, False)
            if is_broken_up(head):
                parser.Parse(strings, False)
                return False
        self._keep(TEXTS.findall(found[0]))
        return True

    def _keep(self, texts: list[str]) -> None:
        plain = [unescape(text) if "_x" in text else text for text in texts]
        if max(map(len, plain), default=0) > MAX_CELL_CHARACTERS:
            raise refuse(TOO_LONG)
        self.values += [text if text and not text.isspace() else None for text in plain]

    def _start(self, name: str, attrs: dict[str, str]) -> None:
        tag = local(name)
        if tag == "t":
            self.reading = not self.phonetic
        elif tag == "rPh":
            self.phonetic = True
        elif tag == "si":
            self.parts = []

    def _end(self, name: str) -> None:
        tag = local(name)
        if tag == "t":
            self.reading = False
        elif tag == "rPh":
            self.phonetic = False
        elif tag == "si":
            self._keep(["".join(self.parts)])

    def _text(self, text: str) -> None:
        if self.reading:
            self.parts.append(text)
