"""聘书: who was appointed by the draw and by its replacements, numbered for good."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.utils.timezone import localdate

from evaluations.models import (
    Draw,
    DrawEvent,
    DrawKind,
    DrawnCase,
    Panel,
    PanelMember,
    Plan,
    ScoreSheet,
    SheetRound,
)
from evaluations.queries.assignments import assigned_pairs
from evaluations.queries.draws_calls import CATEGORY_LABELS, person_names
from evaluations.queries.draws_lists import live_draw
from evaluations.rules.stages import Stage, has_reached
from wanzhou_eval.errors import RefusedError

WORD = "万法援评聘"
"""机关代字 of the letters; the number follows in panel order, replacements after the drawn."""


@dataclass(frozen=True)
class Letter:
    """One 聘书. `left` says when the expert left and who came, `came` whom he or she replaced.

    `cases` is None before the matching.
    """

    ordinal: int
    number: str
    expert: int
    name: str
    firm: str
    panel: str
    role: str
    category: str
    cases: int | None
    issued: date
    came: str
    left: str


@dataclass(frozen=True)
class LetterPage:
    """聘书数据 of a year; no draw means that nobody is appointed yet."""

    draw: Draw | None
    letters: list[Letter]
    stand_ins: list[tuple[str, int]]

    @property
    def standing(self) -> list[Letter]:
        """Letters in force: those that are printed."""
        return [letter for letter in self.letters if not letter.left]


@dataclass(frozen=True)
class Known:
    """What letters are written from: withdrawals by who came and by who left, names, cases."""

    came: dict[str, DrawEvent]
    left: dict[str, DrawEvent]
    names: dict[str, str]
    counts: dict[int, tuple[str, int]] | None

    def cases_of(self, expert: int) -> int | None:
        """How many cases an expert evaluates; None before the matching."""
        return None if self.counts is None else self.counts.get(expert, ("", 0))[1]


def letter_page(plan: Plan) -> LetterPage:
    """The letters of the locked draw of experts. A fixed number of queries."""
    draw = live_draw(plan, DrawKind.EXPERTS)
    if draw is None or draw.signed_at is None:
        return LetterPage(None, [], [])
    seats = list(
        PanelMember.objects.filter(draw=draw).select_related("panel", "expert__person__firm")
    )
    events = list(draw.events.filter(kind=DrawEvent.Kind.WITHDRAWN))
    codes = {event.item for event in events} | {event.replacement for event in events}
    known = Known(
        came={event.replacement: event for event in events},
        left={event.item: event for event in events},
        names=person_names(codes),
        counts=case_counts(plan),
    )
    ordered = enumerate(in_order(seats, events), 1)
    letters = [_letter(draw, order, mine, known) for order, mine in ordered]
    appointed = {letter.expert for letter in letters}
    return LetterPage(draw, letters, stand_ins(known.counts or {}, appointed))


def in_order(seats: list[PanelMember], events: list[DrawEvent]) -> list[list[PanelMember]]:
    """The seats of each expert: the drawn in panel order, then who came, in order of the events."""
    by_expert: dict[str, list[PanelMember]] = {}
    for seat in sorted(seats, key=lambda seat: seat.pk):
        by_expert.setdefault(seat.expert.person.code, []).append(seat)
    drawn = [code for code, mine in by_expert.items() if mine[0].event_id is None]
    drawn.sort(key=lambda code: place(by_expert[code][0]))
    return [by_expert[code] for code in [*drawn, *(event.replacement for event in events)]]


def place(seat: PanelMember) -> tuple[bool, int, bool]:
    """Criminal panels first, each with its leader first."""
    return (seat.panel.category != Panel.Category.CRIMINAL, seat.panel.ordinal, not seat.leads)


def _letter(draw: Draw, order: int, mine: list[PanelMember], known: Known) -> Letter:
    """One letter from the seats an expert held, the last of which says the role."""
    seat, person = mine[-1], mine[-1].expert.person
    came, left = known.came.get(person.code), known.left.get(person.code)
    return Letter(
        ordinal=order,
        number=f"{WORD}〔{draw.plan.year}〕{order}号",
        expert=seat.expert_id,
        name=person.name,
        firm=person.firm.name,
        panel=str(seat.panel),
        role="组长" if seat.leads else "组员",
        category=CATEGORY_LABELS[seat.panel.category],
        cases=known.cases_of(seat.expert_id),
        issued=localdate(came.at if came else draw.signed_at),
        came=f"递补{known.names[came.item]}" if came else "",
        left=left_words(left, known.names) if left else "",
    )


def left_words(event: DrawEvent, names: dict[str, str]) -> str:
    """When the expert left and who came."""
    return f"{localdate(event.at):%Y年%-m月%-d日}退出，由{names[event.replacement]}递补"


def case_counts(plan: Plan) -> dict[int, tuple[str, int]] | None:
    """Name and number of cases by expert: of the sheets once they exist, else of the matching.

    None before the matching, or while somebody's case waits for an expert.
    """
    stage = Stage(plan.stage)
    if has_reached(stage, Stage.MARKING):
        rows = ScoreSheet.objects.standing().filter(
            drawn_case__in=DrawnCase.objects.of(plan), round=SheetRound.FIRST
        )
        found = list(rows.values_list("expert", "expert__person__name").order_by())
    elif stage is Stage.MATCHED:
        try:
            pairs = assigned_pairs(plan)
        except RefusedError:
            return None
        both = [expert for pair in pairs for expert in (pair.leader, pair.member)]
        found = [(expert.pk, expert.person.name) for expert in both]
    else:
        return None
    return {pk: (name, count) for (pk, name), count in Counter(found).items()}


def stand_ins(counts: dict[int, tuple[str, int]], appointed: set[int]) -> list[tuple[str, int]]:
    """Alternates who evaluate single cases without a seat: name and number of cases."""
    return [row for pk, row in sorted(counts.items()) if pk not in appointed]
