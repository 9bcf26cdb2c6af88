"""抽选以后的变动 on the record of a draw: what gave way to what, and the two who stand for it."""

from dataclasses import dataclass

from evaluations.models import Draw, DrawEvent
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
    """The changes after a draw in order."""
    events = list(draw.events.select_related("by", "confirmed_by"))
    names = person_names({code for event in events for code in (event.item, event.replacement)})
    return [
        EventRow(
            event,
            names.get(event.item, event.item),
            names.get(event.replacement, event.replacement),
            reason_words(event),
        )
        for event in events
    ]
