"""Columns known by what stands in them, when no header names them."""

import re
from collections.abc import Callable, Mapping
from datetime import date

from cases.imports.fields import FIELDS
from cases.rules import Stage, kind_of, parse_date, stage_of
from wanzhou_eval.headers import Header
from wanzhou_eval.tables import text_of
from wanzhou_eval.texts import IDEOGRAPH, is_blank, mask_identity, split_names
from wanzhou_eval.workbooks import Cell, Sheet

LOOKED_AT = 50
SHARE = 0.8
LONGEST = 60
_YEAR_NUMBER = re.compile(r"[^0-9]*[(\[〔（［【]?(19|20)[0-9]{2}[)\]〕）］】]?.*[0-9]")
_FIRM = re.compile(r"(律师事务所|律所|法律服务所|法律援助中心|司法所|公证处)")
_PHONE = re.compile(r"(1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8})")


def by_contents(sheet: Sheet, header: Header) -> Mapping[str, int]:
    """Fields that the header lacks, each found in the only nameless column that fits.

    Two columns that fit are none: a wrong guess is worse than a question. Names alone may
    be those of clients, so handlers are looked for only beside a column of clients.
    """
    taken = set(header.columns.values())
    body = [row for row in sheet.rows if row.number > header.last][:LOOKED_AT]
    free = {
        index: [cell for row in body if _filled(cell := row.cells[index])]
        for index in range(sheet.width)
        if index not in taken
    }
    found: dict[str, int] = {}
    for key in (field.key for field in FIELDS if field.key in LOOKS):
        if key in header.columns or (key == "handlers" and "recipient" not in header.columns):
            continue
        fitting = [index for index, cells in free.items() if _fits(cells, LOOKS[key])]
        if len(fitting) == 1:
            found[key] = fitting[0]
            del free[fitting[0]]
    return found


def _filled(cell: Cell) -> bool:
    return cell is not None and not is_blank(text_of(cell))


def _fits(cells: list[Cell], looks: Callable[[Cell], bool]) -> bool:
    return bool(cells) and sum(map(looks, cells)) >= SHARE * len(cells)


def _text(look: Callable[[str], bool]) -> Callable[[Cell], bool]:
    return lambda cell: isinstance(cell, str) and len(cell) <= LONGEST and look(cell)


def _is_day(cell: Cell) -> bool:
    """A date or a text that is one; bare numbers could be anything."""
    if isinstance(cell, date):
        return True
    return isinstance(cell, str) and not cell.isdigit() and parse_date(cell).value is not None


def _is_names(text: str) -> bool:
    names = split_names(text)
    return bool(names) and all(
        2 <= len(name) <= 4 and all(map(IDEOGRAPH.match, name)) for name in names
    )


LOOKS: Mapping[str, Callable[[Cell], bool]] = {
    "number": _text(lambda text: bool(_YEAR_NUMBER.match(text)) and text.strip()[-1:] == "号"),
    "kind": _text(lambda text: not text.isascii() and kind_of(text) is not None),
    "stage": _text(lambda text: not text.isascii() and stage_of(text)[0] is not Stage.OTHER),
    "identity": lambda cell: (
        mask_identity(text_of(cell).lstrip("'")) != text_of(cell).lstrip("'")
        and len(text_of(cell).strip("' ")) in {15, 18}
    ),
    "phone": lambda cell: bool(_PHONE.fullmatch(text_of(cell).strip())),
    "firm": _text(lambda text: bool(_FIRM.search(text))),
    "handlers": _text(_is_names),
    "closed_on": _is_day,
}
"""How the cells of a field look; fields without a look of their own are not guessed."""
