"""离线评分: the expert's own open sheets with what is saved on them, for the workbook."""

from collections.abc import Collection
from dataclasses import dataclass

from evaluations.models import Item, Mark, Plan, ScoreSheet, Undertaking
from evaluations.queries.sheets import own_sheets, rule_mark, why_closed
from evaluations.queries.standards import load_scope
from evaluations.rules import standards
from wanzhou_eval.clock import database_now
from wanzhou_eval.models import User


@dataclass(frozen=True)
class SavedRow:
    """One item of a sheet with the mark saved so far and its version."""

    item: Item
    value: standards.Item
    mark: standards.Mark
    version: int


@dataclass(frozen=True)
class SavedSheet:
    """An own open sheet as it is saved now."""

    sheet: ScoreSheet
    rows: list[SavedRow]


def open_own(user: User) -> list[ScoreSheet]:
    """The expert's own sheets that may be worked on now, in file order."""
    signed = Undertaking.objects.filter(expert__person=user.person_id).values("plan")
    sheets = own_sheets(user).filter(sealed=False, paper=False, drawn_case__draw__plan__in=signed)
    now, found = database_now(), []
    for sheet in sheets.order_by("drawn_case__draw__plan__year", "round", "position", "pk"):
        plan: Plan = sheet.drawn_case.draw.plan
        plan.now = now + plan.clock_offset
        if not why_closed(sheet):
            found.append(sheet)
    return found


def saved_sheets(user: User, chosen: Collection[str] = ()) -> list[SavedSheet]:
    """Those chosen by key, or all, with what is saved on them."""
    sheets = [sheet for sheet in open_own(user) if not chosen or str(sheet.pk) in chosen]
    marks: dict[int, dict[int, Mark]] = {sheet.pk: {} for sheet in sheets}
    for mark in Mark.objects.filter(sheet__in=sheets).select_related("item"):
        marks[mark.sheet_id][mark.item_id] = mark
    return [SavedSheet(sheet, _rows(sheet, marks[sheet.pk])) for sheet in sheets]


def _rows(sheet: ScoreSheet, marks: dict[int, Mark]) -> list[SavedRow]:
    standard, items = load_scope(sheet.standard, sheet.scope)
    values = {item.number: item for item in standard.items}
    rows = []
    for item in items:
        mark = marks.get(item.pk)
        entered = rule_mark(mark) if mark else standards.Mark(item=item.number)
        rows.append(SavedRow(item, values[item.number], entered, mark.version if mark else 0))
    return rows


def standard_sign(sheet: ScoreSheet) -> str:
    """The standard and scope of a sheet as a file names them."""
    return f"{sheet.standard_id}-{sheet.scope}-{sheet.standard.sha256[:12]}"
