"""专家库 of a year: who may be drawn, why not the others, and whether the seats can be filled."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count

from cases.models import CaseHandler
from evaluations.models import Alternate, Draw, DrawKind, Panel, PanelMember, Plan
from evaluations.queries.draws_frozen import frozen_pool, panel_slots
from evaluations.queries.draws_lists import live_draw
from evaluations.rules.canonical import Head
from evaluations.rules.freeze_experts import ExpertsFreeze, Slot
from evaluations.rules.leader_price import prices
from evaluations.rules.panels import LABELS, needs_of, shortage
from experts.models import Expert, YearAbsence
from experts.queries import LEFT_OUT, left_out
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent, Role

CHOICES = {
    "specialty": {"criminal": "刑事", "civil": "民事行政"},
    "status": {"in": "可抽", "out": "不可抽"},
    "lead": {"1": "可任组长", "0": "不可任组长"},
}


@dataclass(frozen=True)
class PoolFilter:
    """What was asked for in the filter row; unknown values are ignored."""

    text: str = ""
    specialty: str = ""
    status: str = ""
    lead: str = ""

    @classmethod
    def asked(cls, query: Mapping[str, str]) -> "PoolFilter":
        """Read the allowed names only."""
        known = {n: query.get(n, "") for n, values in CHOICES.items() if query.get(n) in values}
        return cls(text=query.get("q", "").strip()[:40], **known)

    def chosen(self) -> list[str]:
        """The filters in words, for the export's second sheet."""
        words = [f"检索：{self.text}"] if self.text else []
        return words + [
            values[getattr(self, name)] for name, values in CHOICES.items() if getattr(self, name)
        ]

    def fits(self, row: "PoolRow") -> bool:
        """Whether a row is asked for."""
        expert, person = row.expert, row.expert.person
        texts = (person.name, person.firm.name, person.code)
        return (
            (not self.text or any(self.text in text for text in texts))
            and (not self.specialty or getattr(expert, self.specialty))
            and (not self.status or (self.status == "in") == (not row.code))
            and (not self.lead or expert.may_lead == (self.lead == "1"))
        )


@dataclass(frozen=True)
class PoolRow:
    """One expert in the year: `code` and `why` say why he or she cannot be drawn."""

    expert: Expert
    code: str
    why: str
    seat: str
    handled: int
    account: str


@dataclass(frozen=True)
class SlotCount:
    """One category: who is there against what the plan needs."""

    label: str
    able: int
    leaders: int
    seats: int
    groups: int

    @property
    def missing(self) -> list[str]:
        """What is missing, in short sentences."""
        short = [("专家", self.seats - self.able), ("组长人选", self.groups - self.leaders)]
        return [f"{self.label}{word}还差{count}人" for word, count in short if count > 0]

    @property
    def spare(self) -> int:
        """How many would be alternates."""
        return max(self.able - self.seats, 0)


@dataclass(frozen=True)
class PoolPage:
    """专家库 page: rows as filtered, counts of the whole."""

    rows: list[PoolRow]
    total: int
    eligible: int
    slots: list[SlotCount]
    sentence: str
    enough: bool
    prices: list[str]
    frozen: Draw | None
    asked: PoolFilter


def find_plan(year: int) -> Plan | None:
    """The plan of a year, if there is one yet: the pool may be filled before."""
    return Plan.objects.select_related("frame").filter(year=year).first()


def pool_page(year: int, asked: PoolFilter) -> PoolPage:
    """The pool of a year. A fixed number of queries."""
    plan = find_plan(year)
    rows = pool_rows_of(year, plan)
    frozen = pool_as_list(plan) if plan and rows else None
    slots = [slot_count(frozen, slot) for slot in frozen.slots] if frozen else []
    missing = [word for slot in slots for word in slot.missing]
    if frozen and not missing and shortage(needs_of(frozen.slots, {}), frozen.pool):
        missing = ["两类都能评的专家不够两边分，须补充只评其中一类的专家"]
    return PoolPage(
        rows=[row for row in rows if asked.fits(row)],
        total=len(rows),
        eligible=sum(not row.code for row in rows),
        slots=slots,
        sentence="；".join(missing),
        enough=not missing,
        prices=prices(frozen) if frozen and not missing else [],
        frozen=live_draw(plan, DrawKind.EXPERTS) if plan else None,
        asked=asked,
    )


def pool_as_list(plan: Plan) -> ExpertsFreeze | None:
    """The pool as it would be sealed now; None where the plan names no panel yet."""
    slots = panel_slots(plan)
    return frozen_pool(plan, head=Head("dry-run"), slots=slots) if slots else None


def slot_count(frozen: ExpertsFreeze, slot: Slot) -> SlotCount:
    """How many of the pool serve one category."""
    able = [member for member in frozen.pool if member.serves(slot.category)]
    leaders = sum(member.may_lead for member in able)
    return SlotCount(LABELS[slot.category], len(able), leaders, slot.seats, slot.groups)


def pool_rows_of(year: int, plan: Plan | None) -> list[PoolRow]:
    """Every expert with status, seat and cases handled in the year."""
    experts = list(
        Expert.objects.select_related("person__firm", "person__user").prefetch_related(
            "former_firms__firm"
        )
    )
    reasons = left_out(year)
    seats = seats_by_expert(plan) if plan else {}
    handled = cases_handled(plan, experts) if plan else {}
    return [_row(expert, status_of(expert, reasons), seats, handled) for expert in experts]


def status_of(expert: Expert, reasons: Mapping[int, str]) -> str:
    """The code of the first reason that stands against the expert, empty when eligible."""
    if not expert.active:
        return "inactive"
    return "nonlocal" if not expert.is_local else reasons.get(expert.pk, "")


def _row(
    expert: Expert, code: str, seats: Mapping[int, str], handled: Mapping[int, int]
) -> PoolRow:
    user = getattr(expert.person, "user", None)
    strange = user is not None and user.role != Role.EXPERT
    return PoolRow(
        expert=expert,
        code=code,
        why=LEFT_OUT.get(code, ""),
        seat=seats.get(expert.pk, ""),
        handled=handled.get(expert.person_id, 0),
        account=user.get_role_display() if user and strange else "",
    )


def seats_by_expert(plan: Plan) -> dict[int, str]:
    """Panel or place among the alternates in the standing draw, once it is locked."""
    drawn = {
        "draw__plan": plan,
        "draw__kind": DrawKind.EXPERTS,
        "draw__voided_at__isnull": True,
        "draw__signed_at__isnull": False,
    }
    places: dict[int, str] = {}
    for row in Alternate.objects.filter(**drawn).order_by("-category", "rank"):
        label = "刑事" if row.category == Panel.Category.CRIMINAL else "民事行政"
        places.setdefault(row.expert_id, f"{label}候补第{row.rank}")
    for seat in PanelMember.objects.filter(**drawn).select_related("panel").order_by("pk"):
        role = "已退出" if seat.ended_at else "组长" if seat.leads else ""
        places[seat.expert_id] = f"{seat.panel}{role}"
    return places


def cases_handled(plan: Plan, experts: Iterable[Expert]) -> dict[int, int]:
    """How many cases of the year's list an expert handled: he is recused in them by the system."""
    people = [expert.person_id for expert in experts]
    rows = CaseHandler.objects.filter(person__in=people, case__frame=plan.frame_id).order_by()
    return dict(rows.values_list("person").annotate(Count("pk")))


@dataclass(frozen=True)
class ExpertPage:
    """One expert in a year: the row, 年度不参加, the seats of all years, what was changed."""

    row: PoolRow
    absences: list[YearAbsence]
    absence: YearAbsence | None
    history: list[AuditEvent]
    frozen: Draw | None


def expert_page(plan: Plan, expert: Expert) -> ExpertPage:
    """The page of one expert. A fixed number of queries."""
    row = next(row for row in pool_rows_of(plan.year, plan) if row.expert.pk == expert.pk)
    absences = list(
        expert.absences.select_related("entered_by", "lifted_by").order_by("-year", "-pk")
    )
    standing = (each for each in absences if each.year == plan.year and not each.lifted_at)
    history = AuditEvent.objects.filter(
        action="change_expert", target=expert.person.code, outcome="done"
    )
    return ExpertPage(
        row=row,
        absences=absences,
        absence=next(standing, None),
        history=list(history.order_by("-seq")[:20]),
        frozen=live_draw(plan, DrawKind.EXPERTS),
    )


def find_absence(year: int, expert: Expert) -> YearAbsence:
    """The standing entry of the year. Raises `RefusedError` (404)."""
    found = expert.absences.filter(year=year, lifted_at__isnull=True).first()
    if found is None:
        raise RefusedError("这位专家没有登记本年度不参加，不用撤销。", status=404)
    return found
