"""A small hall for tests of marking: matched cases, a pair, an alternate, a short standard."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.test import Client
from django.utils import timezone

from cases.models import Case, CaseHandler, Frame, ImportBatch
from evaluations.actions import marking
from evaluations.actions.entering import SavedRow
from evaluations.models import (
    Alternate,
    Assignment,
    DeductionReason,
    Draw,
    DrawnCase,
    GradeBand,
    Item,
    Panel,
    PanelMember,
    Plan,
    ScoreSheet,
    ScoringStandard,
    SheetContent,
)
from evaluations.queries.draws_frozen import match_freeze
from evaluations.rules.canonical import Head
from evaluations.rules.certificates import run_draw
from experts.models import Expert
from wanzhou_eval.models import Firm, Person, Role, User
from wanzhou_eval.readers import reading_as, reading_as_person

YEAR = 2031
SCOPE = "民事"


@dataclass
class Hall:
    """The year with everybody in it; `experts` are users in the order leader, member, alternate."""

    plan: Plan
    staff: dict[str, User]
    experts: list[User]
    standard: ScoringStandard
    cases: list[Case] = field(default_factory=list)

    @property
    def leader(self) -> User:
        return self.experts[0]

    @property
    def member(self) -> User:
        return self.experts[1]

    @property
    def bureau(self) -> User:
        return self.staff["bureau"]

    def sheet(self, user: User, serial: int = 1, in_round: str = "first") -> ScoreSheet:
        """The expert's sheet with what stands on it, as its author reads it."""
        with reading_as(user):
            return ScoreSheet.objects.select_related("content").get(
                drawn_case__case__serial=serial,
                expert__person=user.person,
                round=in_round,
                drawn_case__draw__plan=self.plan,
            )

    def drawn(self, serial: int = 1) -> DrawnCase:
        return DrawnCase.objects.get(case__serial=serial, draw__plan=self.plan)

    def item(self, number: str) -> Item:
        return self.standard.items.get(number=number)


def short_standard() -> ScoringStandard:
    """Three items of 50, 30 and 20 marks, one veto, grades at 80 and 60."""
    standard = ScoringStandard.objects.create(name="短标准", version=1, sha256="a" * 64)
    for place, (name, floor) in enumerate((("优良", 80), ("合格", 60), ("不合格", 0)), 1):
        GradeBand.objects.create(
            standard=standard, name=name, floor=floor, ordinal=place, failing=floor == 0
        )
    marks = (("A1", "A 手续", 50), ("B1", "B 会见", 30), ("B2", "B 会见", 20))
    for ordinal, (number, section, full) in enumerate(marks, 1):
        item = Item.objects.create(
            standard=standard, scope=SCOPE, section=section, ordinal=ordinal, number=number,
            title=f"项目{number}", guidance="说明", rule="", full_marks=full,
            na_allowed=number != "A1",
        )  # fmt: skip
        DeductionReason.objects.create(item=item, ordinal=1, text="缺件", low=2, high=2)
        DeductionReason.objects.create(item=item, ordinal=2, text="不全", low=1, high=full)
        DeductionReason.objects.create(
            item=item, ordinal=3, text="其他（写明理由）", low=Decimal("0.5"), high=full, other=True
        )
    Item.objects.create(
        standard=standard, scope=SCOPE, section="Z 一票否决", ordinal=4, number="Z1",
        title="伪造材料", guidance="查实", full_marks=0, veto=True,
    )  # fmt: skip
    return standard


def account(role: Role, name: str, **fields: Any) -> User:
    user = User(username=name, name=f"甲{name}", role=role, **fields)
    user.set_password("演练-口令-2031")
    user.save()
    return user


def _expert(number: int) -> User:
    firm = Firm.objects.create(code=f"X{number}", name=f"专家{number}所", key=f"专家{number}所")
    person = Person.objects.create(code=f"E{number:03d}", name=f"专家{number}", firm=firm)
    Expert.objects.create(person=person, civil=True)
    return account(Role.EXPERT, f"expert{number}", person=person)


def matched_hall(
    *, cases: int = 3, experts: int = 4, standard: ScoringStandard | None = None, **plan: Any
) -> Hall:
    """A year at 已匹配: the last of the experts are the alternates in order."""
    today = timezone.localdate()
    frame = Frame.objects.create(
        year=YEAR, window_from=date(YEAR, 1, 1), window_to=date(YEAR, 7, 31), rehearsal=True
    )
    values: dict[str, Any] = {
        "title": "演练方案", "place": "大厅", "stage": "matched", "rehearsal": True,
        "marking_from": today, "marking_to": today + timedelta(days=4),
    } | plan  # fmt: skip
    standard = standard or short_standard()
    made = Plan.objects.create(year=YEAR, frame=frame, standard=standard, **values)
    roles = (Role.BUREAU, Role.CLERK, Role.LEADER, Role.AUDITOR, Role.SYSADMIN)
    staff = {role.value: account(role, role.value) for role in roles}
    hall = Hall(made, staff, [_expert(n) for n in range(experts)], standard)
    hall.cases = _cases(hall, cases)
    _draws(hall)
    return hall


def _cases(hall: Hall, count: int) -> list[Case]:
    frame = hall.plan.frame
    batch = ImportBatch.objects.create(
        frame=frame, content="ledger", file_name="台账.xlsx", sha256="0" * 64, data=b""
    )
    firm = Firm.objects.create(code="F1", name="承办所", key="承办所")
    handler = Person.objects.create(code="H1", name="承办人甲", firm=firm)
    hall.staff["handler"] = account(Role.HANDLER, "handler", person=handler)
    made = []
    for serial in range(1, count + 1):
        number = f"渝万援民〔{YEAR}〕{serial}号"
        case = Case.objects.create(
            frame=frame, batch=batch, serial=serial, number=number, number_original=number,
            key=number, skeleton=f"S{serial}", kind="civil", stage="一审",
            cause="劳动争议", firm=firm, closed_on=date(YEAR, 5, 18), row=serial,
        )  # fmt: skip
        CaseHandler.objects.create(case=case, person=handler)
        made.append(case)
    return made


def _draw(hall: Hall, kind: str, result: str, freeze: str = "-") -> Draw:
    """A draw as the ceremony leaves it; its texts are what a test needs of them."""
    last = hall.plan.draws.order_by("pk").last()
    now = last.drawn_at if last and last.drawn_at else timezone.now() - timedelta(hours=3)
    first, second = hall.staff["bureau"], hall.staff["clerk"]
    draw = Draw.objects.create(
        plan=hall.plan, kind=kind, code=f"T-{kind}", hash_name="SHA-256", freeze_text=freeze,
        freeze_hash="f" * 64, frozen_at=now, previous=last,
    )  # fmt: skip
    draw.sheet_a_at, draw.first_typed_by, draw.seed_entered_by = now, first, second
    draw.seed = draw.first_typing = f"{len(kind)}" * 24
    draw.seed_entered_at = draw.drawn_at = now + timedelta(minutes=1)
    draw.result_text, draw.result_hash = result, "e" * 64
    draw.save()
    return draw


@transaction.atomic  # a panel is checked for its two members at the commit
def _draws(hall: Hall) -> None:
    sample = _draw(hall, "sample", "LAQD/1\n[reserve]\n")
    people = [Expert.objects.get(person=user.person) for user in hall.experts]
    drawn = [
        DrawnCase.objects.create(
            draw=sample, case=case, rank=n, stratum="civil", ticket=f"{n:064d}"
        )
        for n, case in enumerate(hall.cases, 1)
    ]
    of_experts = _draw(hall, "experts", "-")
    panel = Panel.objects.create(
        plan=hall.plan, draw=of_experts, code="civil-1", category="civil", ordinal=1
    )
    for place, expert in enumerate(people[:2]):
        PanelMember.objects.create(panel=panel, draw=of_experts, expert=expert, leads=place == 0)
    for rank, expert in enumerate(people[2:], 1):
        Alternate.objects.create(draw=of_experts, category="civil", rank=rank, expert=expert)
    frozen = match_freeze(hall.plan, head=Head("T-match"))
    outcome = run_draw(frozen, seed="5" * 24)
    match = _draw(hall, "match", outcome.result_text, frozen.text)
    Assignment.objects.bulk_create(
        Assignment(draw=match, drawn_case=each, panel=panel, leader=people[0], member=people[1])
        for each in drawn
    )
    match.signed_at = match.drawn_at
    match.save()


def open_hall(**values: Any) -> Hall:
    """A year in 评分中 with the undertakings of the pair signed."""
    hall = matched_hall(**values)
    hall.plan = marking.open_marking(hall.plan, by=hall.bureau)
    for user in hall.experts[:2]:
        marking.sign_undertaking(hall.plan, by=user)
    return hall


def score(
    hall: Hall,
    user: User,
    serial: int = 1,
    *,
    lose: str = "0",
    in_round: str = "first",
    **extra: Any,
) -> ScoreSheet:
    """Score every item, losing `lose` marks on A1, nothing elsewhere."""
    sheet = hall.sheet(user, serial, in_round)
    amounts = {"A1": Decimal(lose), "B1": Decimal(0), "B2": Decimal(0)}
    for number, amount in amounts.items():
        reasons = (2,) if amount else ()
        marking.save_mark(
            sheet, item=hall.item(number), deduction=amount, reasons=reasons,
            pages="17" if amount else "", version=0, by=user, **extra,
        )  # fmt: skip
    return hall.sheet(user, serial, in_round)


def seal(
    hall: Hall, user: User, serial: int = 1, *, lose: str = "0", in_round: str = "first"
) -> ScoreSheet:
    """Score and seal."""
    return marking.seal_sheet(score(hall, user, serial, lose=lose, in_round=in_round), by=user)


def force_seal(sheet: ScoreSheet, *, grade: str = "优良", total: int = 90) -> None:
    """Seal a sheet that has no marks, as its author's transaction would."""
    with reading_as_person(sheet.expert.person_id):
        SheetContent.objects.filter(pk=sheet.pk).update(
            sealed_at=timezone.now(), total=total, grade=grade, seal_hash="a" * 64
        )


def seal_both(hall: Hall, serial: int = 1, *, lose: tuple[str, str] = ("0", "0")) -> None:
    for user, amount in zip((hall.leader, hall.member), lose, strict=True):
        seal(hall, user, serial, lose=amount)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def put(hall: Hall, number: str, amount: str | None, **values: Any) -> SavedRow:
    """Save one mark as its author does."""
    user = values.pop("by", hall.leader)
    sheet = values.pop("sheet", None) or hall.sheet(user)
    deduction = None if amount is None else Decimal(amount)
    values.setdefault("version", 0)
    return marking.save_mark(sheet, item=hall.item(number), deduction=deduction, by=user, **values)
