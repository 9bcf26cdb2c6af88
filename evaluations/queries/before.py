"""Before the first sheet: who has signed, been trained and practised; the papers themselves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch

from evaluations.models import (
    Attendance,
    DrawKind,
    Method,
    PanelMember,
    Plan,
    Training,
    Undertaking,
)
from evaluations.queries.assignments import live_assignments
from evaluations.queries.draws_calls import call_count
from evaluations.queries.draws_lists import live_draw
from evaluations.queries.recusals import recusal_target
from evaluations.queries.relations import REASON_LABELS
from evaluations.rules.undertakings import CURRENT, Wording, wording
from experts.models import Expert
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User


def seated_experts(plan: Plan) -> list[Expert]:
    """Everybody who holds a seat on a panel, once the room knows of it, in panel order.

    Then those who by the signed matching stand in for a single case without a seat.
    """
    draw = live_draw(plan, DrawKind.EXPERTS)
    if draw is None or not draw.drawn_at or draw.announced < call_count(draw):
        return []
    seats = PanelMember.objects.standing().filter(draw=draw)
    rows = seats.select_related("expert__person__firm", "panel")
    ordered = sorted(rows, key=lambda seat: (seat.panel.category != "criminal", seat.panel.ordinal,
                                             not seat.leads))  # fmt: skip
    experts = [seat.expert for seat in ordered]
    return [*experts, *_stand_ins(plan, {expert.pk for expert in experts})]


def _stand_ins(plan: Plan, seated: set[int]) -> list[Expert]:
    rows = live_assignments(plan).filter(draw__signed_at__isnull=False)
    keys = {key for pair in rows.values_list("leader", "member") for key in pair} - seated
    found = Expert.objects.filter(pk__in=keys).select_related("person__firm")
    return list(found.order_by("pk")) if keys else []


def undertaking_expert(plan: Plan, user: User) -> Expert | None:
    """The reader as an expert of the year: seated, or with sheets (a reviewer, a replacement)."""
    expert = Expert.objects.filter(person=user.person_id).first() if user.person_id else None
    if expert is None:
        return None
    seated = any(each.pk == expert.pk for each in seated_experts(plan))
    own = expert.sheets.filter(drawn_case__draw__plan=plan)
    return expert if seated or own.exists() else None


@dataclass(frozen=True)
class Signed:
    """A signed paper as its owner and staff print it."""

    plan: Plan
    name: str
    firm: str
    at: datetime
    wording: Wording
    sha256: str
    relations: list[tuple[str, str, str]]


def signed_paper(plan: Plan, *, expert: Expert) -> Signed | None:
    """What the expert signed, with the relations declared on it; None before."""
    row = (
        Undertaking.objects.filter(plan=plan, expert=expert)
        .select_related("expert__person__firm", "plan")
        .first()
    )
    if row is None:
        return None
    declared = row.declared.select_related("recusal__firm", "recusal__person").order_by("pk")
    return Signed(
        plan=row.plan,
        name=row.expert.person.name,
        firm=row.expert.person.firm.name,
        at=row.signed_at,
        wording=wording(row.text_version),
        sha256=row.text_sha256,
        relations=[
            (
                REASON_LABELS[each.recusal.reason],
                recusal_target(each.recusal, number=each.recusal.case_key),
                each.recusal.explanation,
            )
            for each in declared
        ],
    )


def paper_of(plan: Plan, pk: int) -> Signed:
    """The signed paper of an expert by key, for staff. Raises `RefusedError` (404)."""
    expert = Expert.objects.filter(pk=pk).first()
    paper = signed_paper(plan, expert=expert) if expert else None
    if paper is None:
        raise RefusedError("这位专家本年度还没有签署承诺书。", status=404)
    return paper


@dataclass(frozen=True)
class FirstSteps:
    """What an expert has to do before the first sheet; all empty when nothing is left."""

    unsigned: list[Plan]
    practised: bool
    trainings: list[Training]


def first_steps(user: User, plans: Iterable[Plan]) -> FirstSteps:
    """The first steps of the reader, in the years he is appointed for. Two queries."""
    years = {plan.pk: plan for plan in plans}
    signed = Undertaking.objects.filter(expert__person=user.person_id, plan__in=years)
    done = set(signed.values_list("plan_id", flat=True))
    trainings = Training.objects.filter(plan__in=years, corrected_by__isnull=True)
    return FirstSteps(
        unsigned=[plan for pk, plan in years.items() if pk not in done],
        practised=user.practised_at is not None,
        trainings=list(trainings.select_related("plan")),
    )


def practice_method() -> str:
    """The method of the practice sheet: that of the latest year that has chosen a standard."""
    years = Plan.objects.filter(standard__isnull=False).order_by("-year")
    return years.values_list("standard__method", flat=True).first() or Method.POINTS.value


@dataclass(frozen=True)
class Readiness:
    """How far an expert is before the first sheet."""

    expert: Expert
    name: str
    firm: str
    signed_at: datetime | None
    declared: int
    trained: bool
    practised_at: datetime | None


@dataclass(frozen=True)
class TrainingPage:
    """专项培训 of the year, and who is ready. `rows` are staff's alone."""

    trainings: list[Training]
    rows: list[Readiness]
    current: Wording = CURRENT

    @property
    def untrained(self) -> list[str]:
        """Who was at no training yet."""
        return [row.name for row in self.rows if not row.trained]

    @property
    def unsigned(self) -> list[str]:
        """Who has not signed yet."""
        return [row.name for row in self.rows if row.signed_at is None]


def trainings_of(plan: Plan) -> list[Training]:
    """Records that no later one corrects come with those that were; two queries."""
    people = Attendance.objects.select_related("expert__person").order_by("pk")
    rows = Training.objects.filter(plan=plan).select_related("recorded_by", "corrected_by")
    return list(rows.prefetch_related(Prefetch("attendances", queryset=people)))


def training_page(plan: Plan) -> TrainingPage:
    """The page for staff. A fixed number of queries."""
    trainings = trainings_of(plan)
    experts = seated_experts(plan)
    signed = {
        row.expert_id: row
        for row in Undertaking.objects.filter(plan=plan).prefetch_related("declared")
    }
    people = [expert.person_id for expert in experts]
    practised = dict(
        User.objects.filter(person__in=people).values_list("person_id", "practised_at")
    )
    trained = _trained(trainings)
    rows = [
        Readiness(
            expert=expert,
            name=expert.person.name,
            firm=expert.person.firm.name,
            signed_at=signed[expert.pk].signed_at if expert.pk in signed else None,
            declared=len(signed[expert.pk].declared.all()) if expert.pk in signed else 0,
            trained=expert.pk in trained,
            practised_at=practised.get(expert.person_id),
        )
        for expert in experts
    ]
    return TrainingPage(trainings, rows)


def _trained(trainings: Iterable[Training]) -> set[int]:
    """Who took part in a training whose record stands."""
    return {
        each.expert_id
        for training in trainings
        if not hasattr(training, "corrected_by")
        for each in training.attendances.all()
    }


def find_training(plan: Plan, pk: int) -> Training:
    """A record of this year. Raises `RefusedError` (404)."""
    found = next((row for row in trainings_of(plan) if row.pk == pk), None)
    if found is None:
        raise RefusedError("没有找到这条培训记录。请回专项培训页选择。", status=404)
    return found


def training_start(training: Training) -> dict[str, object]:
    """What the form of a correction starts with."""
    names = ("held_on", "place", "trainer", "notes")
    people = [each.expert_id for each in training.attendances.all()]
    return {name: getattr(training, name) for name in names} | {"experts": people}
