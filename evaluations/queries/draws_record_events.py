"""抽选以后的变动 on the record of a draw: what gave way to what, and the two who stand for it."""

from dataclasses import dataclass

from django.db.models import Prefetch

from evaluations.models import Assignment, Draw, DrawEvent
from evaluations.queries.draws_calls import person_names
from evaluations.queries.replacements import reason_words


@dataclass(frozen=True)
class EventRow:
    """A change after the draw, experts by name."""

    event: DrawEvent
    item: str
    replacement: str
    reason: str


def event_rows(draw: Draw) -> list[EventRow]:
    """The changes after a draw in order. A fixed number of queries."""
    seats = Assignment.objects.select_related("panel", "leader__person", "member__person")
    events = list(
        draw.events.select_related("by", "confirmed_by").prefetch_related(
            Prefetch("assignments", queryset=seats)
        )
    )
    names = person_names({code for event in events for code in (event.item, event.replacement)})
    return [_row(event, names) for event in events]


def _row(event: DrawEvent, names: dict[str, str]) -> EventRow:
    item = names.get(event.item, event.item)
    replacement = names.get(event.replacement, event.replacement)
    if event.kind == DrawEvent.Kind.RECUSED and event.case_number:
        item = f"{item}（{event.case_number}）"
        for seat in event.assignments.all():
            replacement = f"{seat.panel}：{seat.leader}、{seat.member}"
    return EventRow(event, item, replacement, reason_words(event))
