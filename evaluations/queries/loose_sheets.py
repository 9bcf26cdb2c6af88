"""Sheets outside the evaluation, on the page of the real one: practice, preview, trial.

What was entered is a mapping of item keys to plain values, kept by whoever owns the sheet: the
session of a practising expert, or the row of a trial sheet. None of it is a `Mark` of the year.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from evaluations.models import Item, Mark, Method, ScoringStandard
from evaluations.queries.score_page import page_of
from evaluations.queries.score_rows import QueueCell, ScorePage, SheetHead
from evaluations.queries.sheets import rule_mark
from evaluations.queries.standards import read_scope
from evaluations.rules import standards
from evaluations.rules.practice import SCOPE, practice_of
from evaluations.rules.standards import plain

Entries = Mapping[str, Mapping[str, Any]]
WHOLE = "whole"


@dataclass(frozen=True)
class LooseSheet:
    """Items with what was entered; `standard` and `items` are in the same order."""

    standard: standards.Standard
    items: list[Item]
    entries: Entries
    overall: int | None = None

    @property
    def stored(self) -> dict[int, Mark]:
        """The entries as unsaved rows, as the real page reads them."""
        return {
            item.pk: mark_row(item, self.entries[str(item.pk)])
            for item in self.items
            if str(item.pk) in self.entries
        }

    @property
    def marks(self) -> list[standards.Mark]:
        """The entries as values of the rules."""
        return [rule_mark(row) for row in self.stored.values()]

    def item(self, key: str) -> Item | None:
        """The item of this sheet by the key that a page sends."""
        return next((item for item in self.items if str(item.pk) == key), None)


def mark_row(item: Item, entry: Mapping[str, Any]) -> Mark:
    """An entry as an unsaved row of its item."""
    amount = entry["deduction"]
    return Mark(
        item=item,
        state=entry["state"],
        deduction=None if amount is None else Decimal(amount),
        level=entry.get("level"),
        reasons=list(entry["reasons"]),
        pages=entry["pages"],
        note=entry["note"],
        version=entry["version"],
        saved_at=datetime.fromisoformat(entry["saved_at"]),
    )


def entry_of(mark: standards.Mark, *, version: int, at: datetime) -> dict[str, Any]:
    """A value of the rules as it is kept: the inverse of `mark_row`."""
    return {
        "state": mark.state.value,
        "deduction": None if mark.deduction is None else plain(mark.deduction),
        "level": mark.level,
        "reasons": list(mark.reasons),
        "pages": mark.pages,
        "note": mark.note,
        "version": version,
        "saved_at": at.isoformat(),
    }


def loose_head(**facts: Any) -> SheetHead:
    """The head of a sheet without a drawn case; whatever is not given is blank."""
    blank: dict[str, Any] = {
        "id": 0, "serial": "0000", "year": 0, "number": "", "kind": "", "cause": "",
        "stage_label": "", "closed_on": date(2022, 1, 1), "standard_label": "", "version": 0,
        "comment": "", "overall": None, "sealed": False, "sealed_at": None, "seal_hash": "",
        "saved_at": None, "position": 1, "expert": "", "review": False,
    }  # fmt: skip
    known = {name: blank[name] for name in SheetHead.__dataclass_fields__ if name in blank}
    return SheetHead(**(known | facts))


def loose_page(sheet: LooseSheet, head: SheetHead, *, lock_text: str = "") -> ScorePage:
    """The page of a loose sheet. No query."""
    return page_of(head, sheet.standard, sheet.items, sheet.stored, lock_text=lock_text)


def practice_sheet(entries: Entries, method: str = Method.POINTS) -> LooseSheet:
    """The practice sheet with what this session entered. No query: nothing of it is stored.

    The judgement of the whole file stands among the entries under `WHOLE`.
    """
    standard = practice_of(method)
    items = [
        _unsaved(key, section.title, item)
        for key, (section, item) in enumerate(
            ((section, item) for section in standard.sections for item in section.items), 1
        )
    ]
    return LooseSheet(standard, items, entries, entries.get(WHOLE, {}).get("overall"))


def _unsaved(key: int, section: str, item: standards.Item) -> Item:
    names = ("number", "title", "guidance", "rule", "where", "training", "full_marks", "veto",
             "by_level", "na_allowed")  # fmt: skip
    told = {name: getattr(item, name) for name in names}
    return Item(pk=key, scope=SCOPE, section=section, ordinal=key, **told)


def practice_page(entries: Entries, method: str = Method.POINTS) -> ScorePage:
    """演练卷 as the real page."""
    whole = entries.get(WHOLE, {})
    head = loose_head(
        serial="演练", cause="追索劳动报酬（虚构）", stage_label="一审 调解结案", kind="民事",
        standard_label="演练，五项", comment=whole.get("comment", ""), overall=whole.get("overall"),
    )  # fmt: skip
    return loose_page(practice_sheet(entries, method), head)


def preview_page(standard: ScoringStandard, scope: str) -> ScorePage:
    """A version as an expert will see it; nothing can be entered. Three queries."""
    value, items = read_scope(standard, scope)
    head = loose_head(serial="预览", cause="案由", stage_label=scope, standard_label=scope)
    lock = "这是预览：专家看到的就是这一页，这里不能填写。"
    return loose_page(LooseSheet(value, items, {}), head, lock_text=lock)


def sheet_context(
    page: ScorePage, *, urls: Mapping[str, str] | None = None, queue: Sequence[QueueCell] = ()
) -> dict[str, Any]:
    """What the templates of the real sheet need; `urls` as in `views.marking.ADDRESSES`."""
    return {
        "sheet": page.head,
        "facts": [page.head.number] if page.head.number else [],
        "sections": page.sections,
        "veto_items": page.vetoes,
        "totals": page.totals,
        "problems": page.problems,
        "lock_text": page.lock_text,
        "saved_at": page.head.saved_at,
        "queue": list(queue),
        "queue_position": page.head.position,
        "queue_sealed": sum(1 for cell in queue if cell.progress == "sealed"),
        "queue_drafts": sum(1 for cell in queue if cell.progress == "draft"),
        **(urls or {}),
    }
