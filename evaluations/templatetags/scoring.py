"""Rows of the score sheet as markup: the template is rendered once per item, not per reader.

It is rendered with marks where the author's entries stand, and cut there; an entry is escaped and
put between the pieces, for its reader alone. Nothing that anybody entered is kept, so that how
fast a page comes tells an expert nothing of what the partner entered (背靠背).
"""

import re

from django import template
from django.forms import BoundField
from django.template.base import FilterExpression, Parser, Token
from django.template.loader import render_to_string
from django.utils.html import conditional_escape

from evaluations.forms.marking import AmountsForm
from evaluations.queries.score_rows import ItemRow, VetoRow
from evaluations.rules.levels import LEVEL_WORDS
from evaluations.rules.standards import plain

register = template.Library()

Pieces = list[str]
"""Literal markup, the name of what stands behind it, literal markup and so on."""
SLOT = re.compile("\ue000([a-z0-9_]+)\ue001")
NAMES = (
    "row_class", "version", "na", "cannot", "amount_class", "amount", "got_class", "got", "error",
    "brief", "pages", "note",
)  # fmt: skip
BRIEF = "evaluations/_score_brief.html"
STATES = {"na": "不适用", "cannot": "无法评价"}
MOST = 2048
"""2 KB a row; a standard has some 30 items in each of five scopes."""
KEPT: dict[tuple[int, str], tuple[object, Pieces]] = {}
"""By item and section: the wording that the pieces were made of, and the pieces."""


class RowNode(template.Node):
    """One item of the sheet. As a variable of the engine does, it escapes what was entered."""

    def __init__(self, item: FilterExpression, code: FilterExpression) -> None:
        self.item, self.code = item, code

    def render(self, context: template.Context) -> str:
        """Return the row's markup."""
        return row_markup(self.item.resolve(context), self.code.resolve(context))


@register.tag
def score_item(parser: Parser, token: Token) -> RowNode:
    """Show one item of the sheet: `{% score_item item code %}`."""
    _, item, code = token.split_contents()
    return RowNode(parser.compile_filter(item), parser.compile_filter(code))


def row_markup(item: ItemRow, code: str) -> str:
    """The item's markup with the author's entries between its pieces, every one escaped."""
    pieces, put = _pieces(item, code), _entries(item)
    pieces[1::2] = [conditional_escape(put[name]) for name in pieces[1::2]]
    return "".join(pieces)


def _pieces(item: ItemRow, code: str) -> Pieces:
    """A copy of the item's markup; made anew where a draft of a standard was edited."""
    wording = (
        item.number, item.title, item.guidance, item.rule, item.where, item.training,
        item.full_marks, item.na_allowed, item.by_level, item.reasons,
    )  # fmt: skip
    known = KEPT.get((item.id, code))
    if known is None or known[0] != wording:
        if len(KEPT) >= MOST:
            KEPT.clear()
        known = KEPT[item.id, code] = (wording, _cut(item, code))
    return known[1].copy()


def _cut(item: ItemRow, code: str) -> Pieces:
    put: dict[str, object] = {name: _slot(name) for name in NAMES}
    put["reasons"] = [(reason, _slot(f"reason_{reason.key}")) for reason in item.reasons]
    put["levels"] = [(level, word, _slot(f"level_{level}")) for level, word in LEVEL_WORDS.items()]
    context = {"item": item, "code": code, "put": put}
    return SLOT.split(render_to_string("evaluations/_score_item.html", context))


def _slot(name: str) -> str:
    return f"\ue000{name}\ue001"


def _entries(item: ItemRow) -> dict[str, str]:
    """What the author entered, by the name of its place."""
    lost = item.deduction
    put = {f"reason_{reason.key}": "" for reason in item.reasons}
    put |= {f"reason_{key}": "checked" for key in item.chosen}
    put |= {f"level_{level}": "checked" if level == item.level else "" for level in LEVEL_WORDS}
    classes = {" minus": item.lowered, " off": item.state, " bad": item.error}
    return put | {
        "row_class": "".join(name for name, holds in classes.items() if holds),
        "version": str(item.version),
        "na": "checked" if item.state == "na" else "",
        "cannot": "checked" if item.state == "cannot" else "",
        "amount_class": "" if lost is None else " minus" if lost else " zero",
        "amount": "" if lost is None else plain(lost),
        "got_class": " dash" if lost is None else "",
        "got": STATES.get(item.state) or ("—" if item.score is None else plain(item.score)),
        "error": item.error,
        "brief": render_to_string(BRIEF, {"item": item}) if item.lowered or item.state else "",
        "pages": item.pages,
        "note": item.note,
    }


@register.simple_tag
def score_vetoes(rows: tuple[VetoRow, ...]) -> str:
    """Show the items that fail a case at once."""
    return render_to_string("evaluations/_score_veto.html", {"veto_items": rows})


@register.filter
def amount_cell(form: AmountsForm | None, number: str) -> BoundField | None:
    """The cell for the agreed deduction of this item; None where there is nothing to settle."""
    name = f"item-{number}"
    return form[name] if form and name in form.fields else None
