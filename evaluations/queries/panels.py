"""分组匹配: panels, who evaluates which case, alternates, conflicts that were avoided."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from evaluations.models import (
    Alternate,
    Assignment,
    Draw,
    DrawEvent,
    DrawKind,
    DrawnCase,
    Panel,
    PanelMember,
    Plan,
)
from evaluations.queries.assignments import live_assignments
from evaluations.queries.draws_calls import person_names
from evaluations.queries.draws_lists import live_draw, standing_seats
from evaluations.queries.draws_text import sections_of
from experts.models import Expert, Recusal
from wanzhou_eval.models import Firm

SCOPE_LABELS = {"case": "案件", "org": "机构", "handler": "承办人"}


@dataclass(frozen=True)
class SeatCell:
    """An expert on a panel; `note` says whom he or she replaced."""

    pk: int
    name: str
    firm: str
    note: str = ""


@dataclass(frozen=True)
class PanelRow:
    """One panel with its two experts, the leader first, and how many cases it evaluates."""

    panel: Panel
    name: str
    seats: list[SeatCell]
    cases: int
    serials: list[str]


@dataclass(frozen=True)
class StandIn:
    """A case for which a recused expert is replaced by an alternate."""

    serial: str
    panel: str
    change: str


@dataclass(frozen=True)
class PanelPage:
    """分组匹配 of a year."""

    rows: list[PanelRow]
    alternates: list[Alternate]
    conflicts: list[tuple[str, str, str, str]]
    stand_ins: list[StandIn]
    blocker: str
    match: Draw | None
    experts: Draw | None
    unassigned: int


def panel_page(plan: Plan, *, blocker: str = "") -> PanelPage:
    """Panels of the standing draw of experts; a fixed number of queries."""
    experts, match = live_draw(plan, DrawKind.EXPERTS), live_draw(plan, DrawKind.MATCH)
    serials = _serials(plan)
    seated = Panel.objects.filter(draw=experts).prefetch_related(standing_seats())
    panels = list(seated) if experts else []
    names = _left_names(panels)
    matched = bool(match and match.drawn_at)
    standing = DrawnCase.objects.of(plan).count() if matched else 0
    return PanelPage(
        rows=[_row(panel, serials.get(panel.pk, []), names) for panel in panels],
        alternates=_alternates(experts) if experts else [],
        conflicts=_conflicts(match),
        stand_ins=_stand_ins(plan, match),
        blocker=blocker,
        match=match,
        experts=experts,
        unassigned=standing - sum(len(row) for row in serials.values()) if matched else 0,
    )


def _alternates(experts: Draw) -> list[Alternate]:
    """Alternates in the order of the draw; `seated` marks those who took a place."""
    rows = Alternate.objects.filter(draw=experts).annotate(
        seated=Exists(PanelMember.objects.filter(draw=experts, expert=OuterRef("expert")))
    )
    return list(rows.select_related("expert__person__firm").order_by("-category", "rank"))


def _serials(plan: Plan) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = live_assignments(plan).order_by("drawn_case__case__serial")
    for panel, serial in rows.values_list("panel_id", "drawn_case__case__serial"):
        found.setdefault(panel, []).append(f"{serial:04d}")
    return found


def _row(panel: Panel, serials: list[str], names: dict[str, str]) -> PanelRow:
    return PanelRow(
        panel=panel,
        name=str(panel),
        seats=[_seat(m, names) for m in sorted(panel.members.all(), key=lambda m: not m.leads)],
        cases=len(serials),
        serials=serials,
    )


def _seat(member: PanelMember, names: dict[str, str]) -> SeatCell:
    person, event = member.expert.person, member.event
    note = ""
    if event:
        left = names[event.item]
        came = event.replacement == person.code
        note = f"递补{left}" if came else f"{left}退出后接任组长"
    return SeatCell(member.expert_id, person.name, person.firm.name, note)


def _left_names(panels: Iterable[Panel]) -> dict[str, str]:
    """Who left, by code; no query where nobody did."""
    codes = {m.event.item for panel in panels for m in panel.members.all() if m.event}
    return person_names(codes) if codes else {}


def _conflicts(match: Draw | None) -> list[tuple[str, str, str, str]]:
    """Declared relations as sealed, with names for the codes: expert, scope, object, reason."""
    if match is None:
        return []
    rows = sections_of(match.freeze_text)["conflicts"]
    names = person_names({row[0] for row in rows} | {row[2] for row in rows if row[1] == "handler"})
    firms = {row[2] for row in rows if row[1] == "org"}
    names |= dict(Firm.objects.filter(code__in=firms).values_list("code", "name"))
    reasons = {value: str(label) for value, label in Recusal.Reason.choices}
    return [
        (names.get(person, person), SCOPE_LABELS[scope], names.get(value, value), reasons[reason])
        for person, scope, value, reason in rows
    ]


def _stand_ins(plan: Plan, match: Draw | None) -> list[StandIn]:
    """Cases that others than the panel's own two evaluate: by the matching, or recused later."""
    if match is None or not match.drawn_at:
        return []
    notes = {row[2]: row[6] for row in sections_of(match.result_text)["assign"] if row[6] != "-"}
    rows = live_assignments(plan).filter(
        Q(replaces__isnull=True, drawn_case__case__number__in=list(notes))
        | Q(event__kind=DrawEvent.Kind.RECUSED)
    )
    seated = list(
        rows.select_related(
            "drawn_case__case", "panel", "event", "leader__person", "member__person"
        ).order_by("drawn_case__case__serial")
    )
    pairs = [pair.split(">") for note in notes.values() for pair in note.split(",")]
    late = {row.event.item for row in seated if row.event}
    names = person_names({code for pair in pairs for code in pair} | late)
    return [
        StandIn(row.drawn_case.case.label, str(row.panel), _change(row, notes, names))
        for row in seated
    ]


def _change(row: Assignment, notes: dict[str, str], names: dict[str, str]) -> str:
    """Who is recused and who evaluates instead."""
    if row.event:
        return f"匹配后{names[row.event.item]}回避，由{row.leader}、{row.member}评估"
    return "，".join(
        f"{names[old]}回避，由候补{names[new]}代替"
        for old, new in (pair.split(">") for pair in notes[row.drawn_case.case.number].split(","))
    )


def experts_by_code(codes: set[str]) -> dict[str, Expert]:
    """Experts of the pool by the code of the person."""
    return {
        expert.person.code: expert
        for expert in Expert.objects.filter(person__code__in=codes).select_related("person__firm")
    }


def drawn_experts(draw: Draw) -> list[Expert]:
    """The experts that a draw of experts or a review draw chose, the leader of each panel first."""
    groups = sections_of(draw.result_text).get("groups", [])
    codes = [code for row in groups for code in (row[2], row[3])]
    experts = experts_by_code(set(codes))
    return [experts[code] for code in codes]


def drawn_alternates(draw: Draw) -> list[Expert]:
    """The alternates of a draw in their order."""
    codes = [row[2] for row in sections_of(draw.result_text).get("alternates", [])]
    experts = experts_by_code(set(codes))
    return [experts[code] for code in codes]
