r"""清洗台账: its canonical text and fingerprint; `sha256sum` of the text gives it again.

The text is UTF-8 with LF, fields separated by TAB:

    WZQX/1
    year=2022
    lines=<number of lines>
    <SHA-256 of the file> <sheet> <row> <column> <before> <after> <rule> <account>
    …

Lines stand in the order of their UTF-8 bytes; equal lines stand as often as they occur. In a field
a backslash is doubled, TAB is `\t`, LF `\n`, CR `\r`; nothing is trimmed or normalised; an empty
field is empty. `account` is the login name of who corrected, rejected or removed, empty for a rule
of the import. One LF at the end.
"""

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

FORMAT = "WZQX/1"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class LedgerLine(NamedTuple):
    """One line: file, place, what stood there, what was taken, by which rule or person."""

    file_sha256: str
    sheet: str
    row: int
    column: str
    before: str
    after: str
    rule: str
    account: str


def ledger_text(year: int, lines: Iterable[LedgerLine]) -> str:
    """The canonical text of a year's cleaning ledger."""
    rows = sorted(
        "\t".join(str(cell).translate(_ESCAPES) for cell in line).encode() for line in lines
    )
    head = f"{FORMAT}\nyear={year}\nlines={len(rows)}\n"
    return head + "".join(f"{row.decode()}\n" for row in rows)


def ledger_sha256(year: int, lines: Iterable[LedgerLine]) -> str:
    """The fingerprint that stands on sheet A beside the list's."""
    return hashlib.sha256(ledger_text(year, lines).encode()).hexdigest()
