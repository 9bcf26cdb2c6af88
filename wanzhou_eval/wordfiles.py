"""Word files made from a template: prepared once by docxtpl, filled any number of times.

docxtpl turns what people typed in Word ({{ 案号 }}, {%tr for 行 in 案件 %}) into one Jinja template
for each part of the package. Keeping that, and putting the filled parts beside the untouched ones,
costs a fraction of opening the template anew for every document.
"""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from wanzhou_eval.texts import drop_invisible
from wanzhou_eval.workdays import SHANGHAI

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FILLED_PARTS = re.compile(r"word/(?:document|header|footer)\d*\.xml")
PARAGRAPH = re.compile(r"<w:p([ >])")
BREAK = Markup('</w:t><w:br/><w:t xml:space="preserve">')
BORN = (1980, 1, 1, 0, 0, 0)
"""The date of every part: a document tells nothing about the machine that made it."""
NO_PROPERTIES = {
    "docProps/core.xml": (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
        'core-properties"/>'
    ),
    "docProps/app.xml": (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
        'extended-properties"/>'
    ),
    "docProps/custom.xml": (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
        'custom-properties"/>'
    ),
}
"""Author, company and dates of whoever edited the template stay out of every document."""
LANGUAGE = ImmutableSandboxedEnvironment(
    autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
)


class WordTemplate:
    """A template taken apart. Raises what zipfile, docxtpl and Jinja raise on a broken one."""

    def __init__(self, data: bytes) -> None:
        self.sources: dict[str, str] = {}
        self.filled: dict[str, Template] = {}
        self.kept: dict[str, bytes] = {}
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            self.names = package.namelist()
            for name in self.names:
                self._take(name, package.read(name))

    def _take(self, name: str, part: bytes) -> None:
        if name in NO_PROPERTIES:
            self.kept[name] = NO_PROPERTIES[name].encode()
        elif FILLED_PARTS.fullmatch(name):
            self.sources[name] = prepared(part.decode("utf-8-sig"))
            self.filled[name] = LANGUAGE.from_string(self.sources[name])
        else:
            self.kept[name] = part

    def fill(self, values: Mapping[str, object]) -> bytes:
        """The document with these values; texts stay texts, whatever stands in them."""
        shown = {name: as_written(value) for name, value in values.items()}
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
            for name in self.names:
                part = self.kept.get(name)
                if part is None:
                    part = self.filled[name].render(shown).encode()
                entry = zipfile.ZipInfo(name, BORN)
                package.writestr(entry, part, zipfile.ZIP_DEFLATED)
        return target.getvalue()


def prepared(source: str) -> str:
    """A part as Jinja reads it: docxtpl joins what Word split, one line for each paragraph."""
    patched: str = DocxTemplate("").patch_xml(source)
    return PARAGRAPH.sub(r"\n<w:p\1", patched)


def as_written(value: object) -> Any:
    """A value as it stands in the text: dates and numbers in words, a new line as a line break."""
    if isinstance(value, bool):
        return value
    if isinstance(value, Mapping):
        return {key: as_written(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [as_written(each) for each in value]
    return _as_text(value if isinstance(value, str) else _words(value))


@lru_cache(maxsize=4096)
def _as_text(text: str) -> Markup:
    """Escaped, without what XML forbids; the words of a standard come back on every sheet."""
    lines = drop_invisible(text).replace("\t", " ").splitlines()
    return BREAK.join(escape(line) for line in lines)


def _words(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        local = value.astimezone(SHANGHAI)
        return f"{_words(local.date())}{local:%H:%M}"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value)
