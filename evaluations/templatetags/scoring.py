"""Rows of the score sheet as markup, made once for equal rows.

A row depends on nothing but its value: most of the rows that experts open in a day (blank, or
0 at the first save) are equal, and to render the same item again costs more than the whole save.
"""

from functools import lru_cache

from django import template
from django.template.loader import render_to_string

from evaluations.queries.score_rows import ItemRow, VetoRow

register = template.Library()


@lru_cache(maxsize=4096)
def score_item(item: ItemRow, code: str) -> str:
    """Show one item of the sheet, 2 KB each at most."""
    return render_to_string("evaluations/_score_item.html", {"item": item, "code": code})


@lru_cache(maxsize=512)
def score_vetoes(rows: tuple[VetoRow, ...]) -> str:
    """Show the items that fail a case at once."""
    return render_to_string("evaluations/_score_veto.html", {"veto_items": rows})


register.simple_tag(score_item)
register.simple_tag(score_vetoes)
