"""Rows of the score sheet as markup; what nobody entered yet is made once for everybody.

A row with an entry is made for its reader each time. Kept ones would be kept for all: how fast
the page comes would tell an expert whether the partner entered the same (背靠背).
"""

from functools import lru_cache

from django import template
from django.forms import BoundField
from django.template.loader import render_to_string

from evaluations.forms.marking import AmountsForm
from evaluations.queries.score_rows import ItemRow, VetoRow

register = template.Library()


def score_item(item: ItemRow, code: str) -> str:
    """Show one item of the sheet."""
    return _blank_item(item, code) if item.version == 0 else _item(item, code)


def score_vetoes(rows: tuple[VetoRow, ...]) -> str:
    """Show the items that fail a case at once."""
    return _vetoes(rows) if any(row.version for row in rows) else _blank_vetoes(rows)


@register.filter
def amount_cell(form: AmountsForm | None, number: str) -> BoundField | None:
    """The cell for the agreed deduction of this item; None where there is nothing to settle."""
    name = f"item-{number}"
    return form[name] if form and name in form.fields else None


def _item(item: ItemRow, code: str) -> str:
    return render_to_string("evaluations/_score_item.html", {"item": item, "code": code})


def _vetoes(rows: tuple[VetoRow, ...]) -> str:
    return render_to_string("evaluations/_score_veto.html", {"veto_items": rows})


_blank_item = lru_cache(maxsize=1024)(_item)
"""2 KB a row at most; a standard has some 30 items in each of five scopes."""
_blank_vetoes = lru_cache(maxsize=64)(_vetoes)
register.simple_tag(score_item)
register.simple_tag(score_vetoes)
